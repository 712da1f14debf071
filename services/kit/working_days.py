"""Dutch working days, and when a day ends.

A working day is any day but Saturday, Sunday and the generally recognised holidays of the Algemene termijnenwet
art. 3: New Year's Day, Easter Monday, Ascension Day, Whit Monday, both days of Christmas, the day on which the King's
birthday is celebrated and 5 May (first paragraph, every year, whatever employers agree about Liberation Day), with
Good Friday on a par with them (second paragraph). Days that a royal decree equates for certain years (third paragraph)
are not known beforehand: pass them as ``also_closed``.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
"""The time zone in which Dutch law counts days."""

_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def recognised_holidays(year: int) -> frozenset[date]:
    """The holidays of Algemene termijnenwet art. 3 in ``year`` (Easter and Whit Sunday included)."""
    return frozenset(holidays.country_holidays("NL", years=year, categories=("public", "optional")))


def is_working_day(day: date, also_closed: Collection[date] = ()) -> bool:
    """Whether ``day`` is not a Saturday, Sunday or recognised holiday (Algemene termijnenwet art. 3)."""
    return day.weekday() < 5 and day not in recognised_holidays(day.year) and day not in also_closed


def add_working_days(start: date, n: int, also_closed: Collection[date] = ()) -> date:
    """The ``n``-th working day after ``start``; ``start`` itself does not count (``n < 0``: before ``start``).

    With ``n == 0``: ``start`` when that is a working day, else the first working day after it (art. 1).
    """
    if n == 0:
        return first_working_day(start, also_closed)
    step = _ONE_DAY if n > 0 else -_ONE_DAY
    day, left = start, abs(n)
    while left:
        day += step
        if is_working_day(day, also_closed):
            left -= 1
    return day


def first_working_day(day: date, also_closed: Collection[date] = ()) -> date:
    """``day``, or the first working day after it: a term that ends on a closed day is extended
    to the end of the next open one (Algemene termijnenwet art. 1, first paragraph)."""
    while not is_working_day(day, also_closed):
        day += _ONE_DAY
    return day


def working_days_between(start: date, end: date, also_closed: Collection[date] = ()) -> int:
    """How many working days lie after ``start`` up to and including ``end``; negative when ``end`` is earlier.

    The inverse of :func:`add_working_days`: ``working_days_between(d, add_working_days(d, n)) == n`` for ``n >= 1``.
    """
    if end < start:
        return -working_days_between(end, start, also_closed)
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    return sum(is_working_day(day, also_closed) for day in days)


def start_of_day_utc(day: date) -> datetime:
    """The instant, in UTC, at which ``day`` begins in the Netherlands (00:00 Europe/Amsterdam)."""
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def end_of_day_utc(day: date) -> datetime:
    """The instant, in UTC, at which ``day`` ends in the Netherlands: 24:00 Europe/Amsterdam, exclusive.

    A promise due on ``day`` is kept until this instant: 22:00 UTC in summer, 23:00 UTC in winter.
    """
    return start_of_day_utc(day + _ONE_DAY)


@lru_cache(maxsize=1_000)
def local_date(instant: datetime) -> date:
    """The calendar date of an aware instant in the Netherlands. Raises ``ValueError`` without a time zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone; samenspel keeps UTC")
    return instant.astimezone(AMSTERDAM).date()
