"""What becomes of a message, per kind: judged at levels 2 to 4, carried out as a whole or not at all, and answered.

A module per kind has ``process(inbound)``; ``inbound`` keeps, answers and tells, ``judging`` makes verdicts, and
``knowing`` finds what a message is judged against.
"""
