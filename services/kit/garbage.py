"""Python's garbage collector, told what kind of program this is.

Events and requests make thousands of small objects that die by themselves; the collector, set for small programs, walks
through all of them and all code again and again: two thirds of the time of parsing events.
"""

import gc

YOUNG = 20_000
"""Objects made, less those gone, before the collector looks at the young ones (Python's own: 700)."""
OLDER = 20
"""Looks at one generation before the collector looks at the next."""


def settle() -> None:
    """What exists now stays: leave it out of every collection, and collect the rest less often. Call after start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDER)
