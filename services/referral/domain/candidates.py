"""Which providers can take an allocation, and who is asked next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A provider with an agreement for the product in the municipality.

    ``wait_days`` and ``free`` are what the provider itself said at ``stated_at``; ``None`` when it said nothing.
    """

    provider: str
    name: str | None
    valid_from: date
    valid_until: date | None
    places: int | None = None
    free: int | None = None
    wait_days: int | None = None
    stated_at: datetime | None = None


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Shortest wait first; then most free places; who said nothing comes last. Ties by AGB code, so it is stable."""
    return sorted(
        candidates,
        key=lambda each: (
            each.wait_days is None,
            each.wait_days or 0,
            -(each.free or 0),
            each.provider,
        ),
    )


def next_provider(candidates: Iterable[Candidate], already_asked: Iterable[str]) -> Candidate | None:
    """Who is offered the allocation next, or ``None`` when everybody was asked."""
    asked = set(already_asked)
    return next((each for each in ranked(candidates) if each.provider not in asked), None)
