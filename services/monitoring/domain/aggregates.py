"""A slice of the aggregates: everything counted in some municipalities up to some month, ready to be added up.

From one slice come the figures of a municipality, of a region, and of a provider, over any period inside it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.monitoring.domain.figures import AreaInput, Provenance, Totals
from services.monitoring.domain.indicators import Computation, Indicator
from services.monitoring.domain.measures import STOCKS, Measure, Stream
from services.monitoring.domain.periods import Month, Period
from services.monitoring.domain.room import Capacity, Room, use_of_ceilings, use_of_places


@dataclass(frozen=True, slots=True)
class Counted:
    """One measure of one provider in one municipality and month."""

    municipality: str
    provider: str
    month: Month
    measure: Measure
    value: int


@dataclass(frozen=True, slots=True)
class Waited:
    """How many starts waited so many days."""

    municipality: str
    provider: str
    month: Month
    days: int
    starts: int


@dataclass(frozen=True, slots=True)
class Witnessed:
    """How many events of one kind speak of a month, and when the last was logged."""

    municipality: str
    provider: str
    month: Month
    stream: Stream
    events: int
    last_event_at: datetime


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal of a council or a desired outcome of a scenario that names an indicator in a municipality."""

    aim_id: UUID
    municipality: str
    indicator: int
    title: str
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """What was counted. ``rounds`` tells per month which providers were expected, and whether they reported.

    The rows of a stock before the first month may be added up in one earlier month. ``rooms`` are the agreements that
    lie wholly in the area, ``capacities`` the places that providers stated.
    """

    counted: Collection[Counted] = ()
    waited: Collection[Waited] = ()
    witnessed: Collection[Witnessed] = ()
    aims: Collection[Aim] = ()
    rounds: Mapping[Month, Mapping[str, bool]] = field(default_factory=dict)
    rooms: Collection[Room] = ()
    capacities: Collection[Capacity] = ()

    def of(self, *, municipalities: Collection[str] | None = None, provider: str | None = None) -> "Slice":
        """The part about some municipalities, or one provider, or both."""

        def wanted(row: Counted | Waited | Witnessed) -> bool:
            return (municipalities is None or row.municipality in municipalities) and (
                provider is None or row.provider == provider
            )

        return Slice(
            [row for row in self.counted if wanted(row)],
            [row for row in self.waited if wanted(row)],
            [row for row in self.witnessed if wanted(row)],
            [aim for aim in self.aims if municipalities is None or aim.municipality in municipalities],
            self.rounds
            if provider is None
            else {
                month: {provider: reports[provider]} for month, reports in self.rounds.items() if provider in reports
            },
            [
                room
                for room in self.rooms
                if provider in (None, room.provider)
                and (municipalities is None or room.municipalities <= set(municipalities))
            ],
            [each for each in self.capacities if provider in (None, each.provider)],
        )

    @property
    def providers(self) -> tuple[str, ...]:
        """Every provider about whom something is counted."""
        return tuple(sorted({row.provider for row in self.counted}))

    def totals(self, period: Period) -> Totals:
        """The measures over a period, and its stocks at the end."""
        counts: dict[Measure, int] = defaultdict(int)
        approved: dict[tuple[str, Month], int] = defaultdict(int)
        day_parts: dict[tuple[str, Month], int] = defaultdict(int)
        for row in self.counted:
            if row.measure is Measure.APPROVED_CENTS:
                approved[row.provider, row.month] += row.value
            elif row.measure is Measure.DELIVERED_DAY_PARTS:
                day_parts[row.provider, row.month] += row.value
            if period.contains(row.month) or (row.measure in STOCKS and row.month <= period.last):
                counts[row.measure] += row.value
        counts.update(use_of_ceilings(self.rooms, approved, period))
        counts.update(use_of_places(self.rooms, self.capacities, day_parts, period))
        waiting: dict[int, int] = defaultdict(int)
        for wait in self.waited:
            if period.contains(wait.month):
                waiting[wait.days] += wait.starts
        return Totals(dict(counts), dict(waiting))

    def _provenance(
        self, indicator: Indicator, how: Computation, period: Period, inside: Collection[Witnessed]
    ) -> Provenance:
        """What stands behind a figure; ``inside`` lies in the period. Who had something to report follows from the
        events, or from the round."""
        behind = [row for row in inside if row.stream in how.streams]
        expected = _providers(inside, how.expected)
        reported = _providers(inside, how.reported)
        if how.rounds and period.last in self.rounds:
            declared = self.rounds[period.last]
            expected |= set(declared)
            reported = {name for name in reported if name not in declared} | {
                name for name, done in declared.items() if done
            }
        return Provenance(
            events=sum(row.events for row in behind),
            last_event_at=max((row.last_event_at for row in behind), default=None),
            expected=len(expected),
            reported=len(expected & reported),
            goals=len({aim.aim_id for aim in self.aims if aim.indicator == indicator.number}),
        )

    def inputs(self, indicators: Iterable[Indicator], period: Period) -> dict[int, AreaInput]:
        """Per indicator what its figure is made of; the measures are added up once."""
        totals = self.totals(period)
        inside = [row for row in self.witnessed if period.contains(row.month)]
        return {
            indicator.number: AreaInput(totals, self._provenance(indicator, indicator.computation, period, inside))
            for indicator in indicators
            if indicator.computation is not None
        }


def _providers(rows: Iterable[Witnessed], streams: Collection[Stream]) -> set[str]:
    return {row.provider for row in rows if row.stream in streams}
