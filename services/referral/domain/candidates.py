"""Which providers can take an allocation, how they compare, and who is asked next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.referral.domain.distance import nearest


@dataclass(frozen=True, slots=True)
class Candidate:
    """A provider with an agreement for the product in the municipality.

    ``wait_days`` and ``free`` are what the provider itself said at ``stated_at``; ``None`` when it said nothing.
    ``locations`` are the municipalities in which it said it delivers from.
    """

    provider: str
    name: str | None
    valid_from: date
    valid_until: date | None
    category: str = ""
    places: int | None = None
    free: int | None = None
    wait_days: int | None = None
    stated_at: datetime | None = None
    locations: tuple[str, ...] = ()

    @property
    def has_room(self) -> bool:
        """Whether it says that it has a place free."""
        return bool(self.free)

    def away_from(self, municipality: str) -> int | None:
        """Kilometres from a municipality to its nearest location; ``None`` when that is not known."""
        return nearest(municipality, self.locations)

    def beyond(self, norm_days: int) -> bool:
        """Whether the wait that it stated is longer than the waiting norm (OV 3.5.1)."""
        return self.wait_days is not None and self.wait_days > norm_days


class Order(StrEnum):
    """What stands first in a list of candidates."""

    WAIT = "wait"
    DISTANCE = "distance"
    ROOM = "room"


def ranked(candidates: Iterable[Candidate], order: Order = Order.WAIT, home: str = "") -> list[Candidate]:
    """Who has room, the shortest wait first; then most free places; who said nothing comes last.

    ``Order.DISTANCE`` counts from ``home``, an unknown distance last. Ties by AGB code, so that it is stable.
    """

    def usual(each: Candidate) -> tuple[Any, ...]:
        return each.wait_days is None, not each.has_room, each.wait_days or 0, -(each.free or 0), each.provider

    def by_distance(each: Candidate) -> tuple[Any, ...]:
        away = each.away_from(home)
        return away is None, away or 0, *usual(each)

    def by_room(each: Candidate) -> tuple[Any, ...]:
        return -(each.free or 0), *usual(each)

    return sorted(candidates, key={Order.WAIT: usual, Order.DISTANCE: by_distance, Order.ROOM: by_room}[order])


def fitting(
    candidates: Iterable[Candidate],
    *,
    home: str,
    norm: Callable[[str], int],
    has_room: bool = False,
    within_norm: bool = False,
    at_most_km: int | None = None,
) -> list[Candidate]:
    """Only who meets every wish. What somebody did not state meets none: it cannot be relied upon.

    ``norm`` gives the waiting norm in days of a product category.
    """

    def meets(each: Candidate) -> bool:
        away = each.away_from(home)
        return (
            (not has_room or each.has_room)
            and (not within_norm or (each.wait_days is not None and not each.beyond(norm(each.category))))
            and (at_most_km is None or (away is not None and away <= at_most_km))
        )

    return [each for each in candidates if meets(each)]


def next_provider(candidates: Iterable[Candidate], already_asked: Iterable[str]) -> Candidate | None:
    """Who is offered the allocation next, or ``None`` when everybody was asked."""
    asked = set(already_asked)
    return next((each for each in ranked(candidates) if each.provider not in asked), None)
