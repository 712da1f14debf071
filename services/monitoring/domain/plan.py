"""What an allocation promises, month by month: against this, what is delivered is held (realisation)."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.monitoring.domain.measures import Cell, Contribution, Measure
from services.monitoring.domain.periods import Month

OPEN_END_DAYS = 365
"""An allocation without an end date is taken to last a year, as its total volume is."""

LONGEST_DAYS = 10 * 366
"""Days beyond this are not spread: a wrong end date must not fill the tables."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``minutes`` of care over the days from ``first_day`` to ``last_day``, as far as care did not stop before."""

    municipality: str
    provider: str
    allocation_number: int
    minutes: int
    first_day: date
    last_day: date | None
    stopped_on: date | None

    @property
    def contribution(self) -> Contribution:
        """The minutes of each month: even over the days, whole, and together exactly those up to the stop."""
        days = OPEN_END_DAYS
        if self.last_day is not None:
            days = max(1, (self.last_day - self.first_day).days + 1)
        until = min(days, LONGEST_DAYS)
        if self.stopped_on is not None:
            until = min(until, (self.stopped_on - self.first_day).days + 1)
        counts: dict[tuple[Measure, Cell], int] = {}
        passed, promised, began = 0, 0, self.first_day.toordinal()
        while passed < until:
            day = date.fromordinal(began + passed)
            month, last = _month(day.year, day.month)
            passed = min(until, last - began + 1)
            through = self.minutes * passed // days
            if through > promised:
                cell = Cell(self.municipality, self.provider, month)
                counts[Measure.ALLOCATED_MINUTES, cell] = through - promised
            promised = through
        return Contribution(counts, {})


@lru_cache(maxsize=1200)
def _month(year: int, number: int) -> tuple[Month, int]:
    """A month and the ordinal of its last day; looked up for every month of every allocation."""
    month = Month(year, number)
    return month, month.last_day.toordinal()
