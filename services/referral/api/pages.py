"""The place in a list that a cursor of ours names: the instant that orders the list, and an identifier."""

from datetime import datetime
from uuid import UUID

from services.kit.paging import PageRequest, bad_cursor


def place(paging: PageRequest) -> tuple[datetime, UUID] | None:
    """Where the page before ended; ``None`` on the first page. Raises ``Invalid`` for a cursor we did not give."""
    at, identifier = paging.instant(0), paging.text(1)
    if at is None or identifier is None:
        return None
    try:
        found = UUID(identifier)
    except ValueError:
        raise bad_cursor() from None
    if at.tzinfo is None:
        raise bad_cursor()
    return at, found
