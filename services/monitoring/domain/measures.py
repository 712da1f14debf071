"""Named measures: what is counted per municipality, provider and month. Every figure is made of these.

A measure only ever adds up, so that one event is one small change and a late correction of an earlier month is a
change like any other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from services.monitoring.domain.periods import Month

Key = TypeVar("Key")


class Measure(StrEnum):
    """What is counted. The month is that of the fact itself, not of the day it was told."""

    WAITING = "waiting"
    """+1 in the month of the allocation, -1 in the month it started, was declined or withdrawn. A stock: add up all
    months so far."""
    STARTS = "starts"
    """Care that started under a known allocation (301 and 305)."""
    STARTS_WITHIN_NORM = "starts_within_norm"
    """Those that started before the waiting norm passed (OV 3.5.1)."""
    ENDED = "ended"
    """Definitive ends (307); temporary stops, stops on the municipality's initiative and changes are left out."""
    ENDED_AS_PLANNED = "ended_as_planned"
    """Ends with reason 31."""
    ENDED_BY_DROPOUT = "ended_by_dropout"
    """Ends with reasons 32 and 33."""
    OUTCOMES_DUE = "outcomes_due"
    """Ends whose outcome the provider reports: all but those by death."""
    OUTCOMES = "outcomes"
    """Outcomes that were reported."""
    USEFULNESS_SCORES = "usefulness_scores"
    """Sum of the scores for usefulness, 1 to 10 each (information protocol 4.3)."""
    USEFULNESS_ANSWERS = "usefulness_answers"
    WITHOUT_HELP = "without_help"
    """Answers 03 and 04 (information protocol 4.4)."""
    WITHOUT_HELP_ANSWERS = "without_help_answers"
    ALLOCATED_MINUTES = "allocated_minutes"
    """Time that allocations promise, spread evenly over their days until they end or care stops."""
    DELIVERED_MINUTES = "delivered_minutes"
    """Time in granted lines of declarations (323), in the month of the care; credits take away."""
    DELIVERED_DAY_PARTS = "delivered_day_parts"
    """Day parts in granted lines, likewise."""
    APPROVED_CENTS = "approved_cents"
    """What those lines cost, in cents."""
    GRANTED_LINES = "granted_lines"
    """How many lines were granted, in the month of the care."""
    DECLARED_LINES = "declared_lines"
    """Lines of declarations that were answered (325), in the month that they declare."""
    REJECTED_LINES = "rejected_lines"
    """Those that were rejected."""
    DECLARATIONS = "declarations"
    """Declarations that were answered, in the month that they declare."""
    DECLARATIONS_IN_TIME = "declarations_in_time"
    """Those that were answered within ten working days (OP090x4)."""
    APPROVED_TO_DATE = "approved_to_date"
    """Cents approved since 1 January, with the providers whose ceiling counts."""
    CEILING = "ceiling"
    """Spending room in cents per calendar year, of agreements that lie wholly in the area."""
    USED_DAY_PARTS = "used_day_parts"
    """Day parts delivered by the providers whose capacity is known."""
    AVAILABLE_DAY_PARTS = "available_day_parts"
    """Day parts that their places offer: two on every weekday."""


STOCKS = frozenset({Measure.WAITING})
"""Measures whose value is the sum of all months up to the end of the period."""

DERIVED = frozenset({Measure.APPROVED_TO_DATE, Measure.CEILING, Measure.USED_DAY_PARTS, Measure.AVAILABLE_DAY_PARTS})
"""Measures that are not counted from events but worked out from agreements and capacity (domain/room.py)."""

SIGNED = STOCKS | {Measure.DELIVERED_MINUTES, Measure.DELIVERED_DAY_PARTS, Measure.APPROVED_CENTS}
"""Counted measures that may be below zero for a while: a credit may be told before its debit."""


class Stream(StrEnum):
    """A kind of evidence: which events stand behind a figure."""

    ALLOCATIONS = "allocations"
    ANSWERS = "answers"
    STARTS = "starts"
    STOPS = "stops"
    OUTCOMES = "outcomes"
    DELIVERIES = "deliveries"
    """Granted amounts, in the month of the care."""
    DECLARATIONS = "declarations"
    """Answered declarations, in the month that they declare."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Where a count belongs."""

    municipality: str
    provider: str
    month: Month


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one trajectory or outcome adds: counts per measure and cell, and waiting days per cell.

    Subtracting what it added before and adding what it adds now is how every change is made.
    """

    counts: Mapping[tuple[Measure, Cell], int]
    waiting: Mapping[tuple[Cell, int], int]


NOTHING = Contribution({}, {})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One event in a stream: which cell it speaks about and when it was logged."""

    stream: Stream
    cell: Cell
    at: datetime


class Deltas:
    """Changes to the aggregates, gathered over a batch. Zeroes vanish."""

    def __init__(self) -> None:
        self.counts: dict[tuple[Measure, Cell], int] = {}
        self.waiting: dict[tuple[Cell, int], int] = {}
        self.evidence: dict[tuple[Stream, Cell], tuple[int, datetime]] = {}

    def replace(self, before: Contribution, after: Contribution) -> None:
        """Something that added ``before`` now adds ``after``."""
        _add(self.counts, before.counts, -1)
        _add(self.counts, after.counts, 1)
        _add(self.waiting, before.waiting, -1)
        _add(self.waiting, after.waiting, 1)

    def witness(self, evidence: Iterable[Evidence]) -> None:
        """Count events as evidence; the latest time stays."""
        for item in evidence:
            count, last = self.evidence.get((item.stream, item.cell), (0, item.at))
            self.evidence[item.stream, item.cell] = (count + 1, max(last, item.at))


def _add(into: dict[Key, int], what: Mapping[Key, int], sign: int) -> None:
    for key, value in what.items():
        total = into.get(key, 0) + sign * value
        if total:
            into[key] = total
        else:
            into.pop(key, None)
