"""The rules of commissioning: values and decisions, without any input or output.

Acts give a new value and leave the old one alone. They raise ``Invalid`` when a value is wrong and ``Conflict`` when
the present state does not allow the act; the handler stores the result and emits the event.
"""
