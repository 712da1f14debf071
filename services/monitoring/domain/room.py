"""Against what use is held: ceilings of agreements, and places for care by the day part.

Neither is split over municipalities, so they count only in an area that holds the whole agreement: a region, or a
provider itself. Elsewhere there is no such figure.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from services.monitoring.domain.measures import Measure
from services.monitoring.domain.periods import Month, Period

DAY_PARTS_A_DAY = 2
"""A place is open mornings and afternoons, Monday to Friday."""
_WEEKDAYS = 5


@dataclass(frozen=True, slots=True)
class Room:
    """What one agreement makes possible: its ceiling per calendar year, and its products by the day part."""

    provider: str
    municipalities: frozenset[str]
    valid_from: date
    valid_until: date | None
    ceiling_cents: int | None
    day_part_products: frozenset[str]

    def holds(self, first: Month, last: Month) -> bool:
        """Whether it is in force on some day of these months."""
        return self.valid_from <= last.last_day and (self.valid_until is None or self.valid_until >= first.first_day)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many places a provider had for a product from a month on, as it said."""

    provider: str
    product_code: str
    month: Month
    places: int


Amounts = Mapping[tuple[str, Month], int]
"""A measure by provider and month."""


def use_of_ceilings(rooms: Collection[Room], approved: Amounts, period: Period) -> dict[Measure, int]:
    """Cents approved since 1 January of the year in which the period ends, beside the ceilings of that year."""
    january = Month(period.last.year, 1)
    capped = [room for room in rooms if room.ceiling_cents is not None and room.holds(january, period.last)]
    providers = {room.provider for room in capped}
    return {
        Measure.CEILING: sum(room.ceiling_cents or 0 for room in capped),
        Measure.APPROVED_TO_DATE: sum(
            cents
            for (provider, month), cents in approved.items()
            if provider in providers and january <= month <= period.last
        ),
    }


def use_of_places(
    rooms: Collection[Room], capacities: Collection[Capacity], day_parts: Amounts, period: Period
) -> dict[Measure, int]:
    """Day parts delivered and available, month by month, with the providers that have both places and an agreement."""
    stated: dict[tuple[str, str], list[Capacity]] = {}
    for capacity in sorted(capacities, key=lambda each: each.month):
        stated.setdefault((capacity.provider, capacity.product_code), []).append(capacity)
    used = available = 0
    for month in period.months:
        agreed = {
            (room.provider, product) for room in rooms if room.holds(month, month) for product in room.day_part_products
        }
        offered = [key for key in agreed if key in stated]
        available += sum(_places(stated[key], month) for key in offered) * DAY_PARTS_A_DAY * _weekdays(month)
        used += sum(day_parts.get((provider, month), 0) for provider in {provider for provider, _ in offered})
    return {Measure.USED_DAY_PARTS: used, Measure.AVAILABLE_DAY_PARTS: available}


def _places(stated: list[Capacity], month: Month) -> int:
    """As last stated by then; what was first stated is taken to hold before it too."""
    place = bisect_right([capacity.month for capacity in stated], month)
    return stated[max(0, place - 1)].places


@lru_cache(maxsize=1024)
def _weekdays(month: Month) -> int:
    return sum(day.weekday() < _WEEKDAYS for day in _days(month))


def _days(month: Month) -> Iterator[date]:
    return (month.first_day + timedelta(days=number) for number in range(month.last_day.day))
