"""Calendar months and the periods that figures are taken over, as the Netherlands counts days."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Self

from contracts.events.monitoring import PeriodKind
from services.kit.working_days import end_of_day_utc, local_date, start_of_day_utc

LENGTHS: dict[PeriodKind, int] = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.ROLLING_YEAR: 12,
}
"""How many calendar months each kind of period spans."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in Europe/Amsterdam. ``str(Month(2026, 8)) == "2026-08"``."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 12 or not 1 <= self.year <= 9999:
            raise ValueError(f"{self.year}-{self.number} is not a calendar month")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``YYYY-MM``. Raises ``ValueError``."""
        year, dash, number = text.partition("-")
        if not (dash and len(year) == 4 and len(number) == 2 and year.isdigit() and number.isdigit()):
            raise ValueError(f"{text!r} is not a month; write it as 2026-08")
        return cls(int(year), int(number))

    @classmethod
    def of(cls, day: date) -> Self:
        """The month that ``day`` lies in."""
        return cls(day.year, day.month)

    @classmethod
    def at(cls, instant: datetime) -> Self:
        """The month in which an aware instant lies in the Netherlands."""
        return cls.of(local_date(instant))

    @classmethod
    def from_index(cls, index: int) -> Self:
        """The inverse of :attr:`index`."""
        return cls(index // 12, index % 12 + 1)

    @property
    def index(self) -> int:
        """Months since the year 0: consecutive months have consecutive numbers."""
        return self.year * 12 + self.number - 1

    def plus(self, months: int) -> Self:
        """The month that lies ``months`` later (earlier when negative)."""
        return self.from_index(self.index + months)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True)
class Period:
    """A span of whole calendar months that ends with ``last``.

    Quarters and half years are those of the calendar; a rolling year may end with any month.
    Raises ``ValueError`` when ``last`` does not end such a period.
    """

    kind: PeriodKind
    last: Month

    def __post_init__(self) -> None:
        if self.kind in (PeriodKind.QUARTER, PeriodKind.HALF_YEAR) and self.last.number % LENGTHS[self.kind]:
            raise ValueError(f"{self.last} does not end a {self.kind.value.replace('_', ' ')} of the calendar")

    @classmethod
    def ended_by(cls, kind: PeriodKind, last: Month) -> Self:
        """The latest whole period of ``kind`` that ends with ``last`` or before it."""
        if kind in (PeriodKind.QUARTER, PeriodKind.HALF_YEAR):
            last = last.plus(-(last.number % LENGTHS[kind]))
        return cls(kind, last)

    @cached_property
    def first(self) -> Month:
        # Every row that is counted is compared with it.
        return self.last.plus(1 - LENGTHS[self.kind])

    @property
    def months(self) -> Iterator[Month]:
        """Every month of the period, in order."""
        return (self.first.plus(offset) for offset in range(LENGTHS[self.kind]))

    @property
    def begins_at(self) -> datetime:
        """The instant (UTC) at which the first day begins."""
        return start_of_day_utc(self.first.first_day)

    @property
    def ends_at(self) -> datetime:
        """The instant (UTC) at which the last day ends, exclusive."""
        return end_of_day_utc(self.last.last_day)

    @property
    def previous(self) -> Self:
        """The period of the same kind just before; for a rolling year the one that ends a month earlier."""
        step = 1 if self.kind is PeriodKind.ROLLING_YEAR else LENGTHS[self.kind]
        return type(self)(self.kind, self.last.plus(-step))

    def contains(self, month: Month) -> bool:
        return self.first <= month <= self.last
