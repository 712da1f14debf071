"""The reporting round: open, remind, close, publish."""
