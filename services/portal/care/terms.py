"""Terms as people read them: the last day on which a promise can still be kept."""

from datetime import date, datetime, timedelta

from services.portal.formats import Formats


def last_day(due: datetime | None) -> date | None:
    """The last day of a term. A term ends when that day ends, which is the first moment of the next one.

    >>> from datetime import UTC
    >>> last_day(datetime(2026, 8, 20, 22, tzinfo=UTC))
    datetime.date(2026, 8, 20)
    """
    return Formats.local(due - timedelta(microseconds=1)).date() if due is not None else None
