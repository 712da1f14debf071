"""The place in a list that a cursor of ours names: what orders the list, and an identifier."""

from datetime import date, datetime
from uuid import UUID

from services.kit.paging import PageRequest, bad_cursor


def place(paging: PageRequest) -> tuple[datetime, UUID] | None:
    """Where the page before ended; ``None`` on the first page. Raises ``Invalid`` for a cursor we did not give."""
    at = paging.instant(0)
    if at is None:
        return None
    if at.tzinfo is None:
        raise bad_cursor()
    return at, _identifier(paging)


def day_place(paging: PageRequest) -> tuple[date, UUID] | None:
    """The same in a list in the order of a day."""
    day = paging.day(0)
    return None if day is None else (day, _identifier(paging))


def _identifier(paging: PageRequest) -> UUID:
    try:
        return UUID(str(paging.text(1)))
    except ValueError:
        raise bad_cursor() from None
