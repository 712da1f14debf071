"""The rules of monitoring: periods, measures, figures, quality labels, disclosure control, rounds and outcome files.

Pure: no await, no I/O. Everything here can be computed again from events.
"""
