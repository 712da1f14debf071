"""Python's garbage collector, told what kind of program this is.

Events and requests make thousands of small objects that die by themselves; the collector, set for small programs, walks
through all of them and all code again and again: two thirds of the time of parsing events. While a program starts there
is nothing to collect, only code that stays: entry points turn the collector off, and :func:`settle` turns it on again.
"""

import gc

YOUNG = 300_000
"""Objects made, less those gone, before the collector looks at the young ones (Python's own: 700).

More than two batches of events hold, the one that is applied and the one that is parsed meanwhile: so reading events
starts no collection by itself.
"""
OLDER = 20
"""Looks at one generation before the collector looks at the next."""


def settle() -> None:
    """What exists now stays: leave it out of every collection, and collect the rest less often. Call after start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDER)
    gc.enable()
