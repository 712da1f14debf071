"""The rules of the council: values and decisions, without any input or output."""
