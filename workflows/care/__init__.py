"""The promise to report the end of care."""
