"""How much an allocation allows in total, from its volume, frequency and period.

Weeks are ISO weeks that the period touches, broken ones included (iStandaarden 3.2 IV077, IV078); a week around New
Year counts once. Months are the calendar months it touches.
"""

from datetime import date, timedelta

from contracts.events.referral import Frequency

OPEN_END_DAYS = 365
"""An allocation without an end date counts one year ahead, so that what it commits can be shown at all."""


def iso_weeks(first: date, last: date) -> int:
    """The number of ISO weeks that ``first`` up to and including ``last`` touch."""
    monday = first - timedelta(days=first.weekday())
    return (last - monday).days // 7 + 1


def months(first: date, last: date) -> int:
    """The number of calendar months that ``first`` up to and including ``last`` touch."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def periods(frequency: Frequency, first: date, last: date) -> int:
    """How often the volume may be used from ``first`` up to and including ``last``; 0 when there is no such day."""
    if last < first:
        return 0
    match frequency:
        case Frequency.DAY:
            return (last - first).days + 1
        case Frequency.WEEK:
            return iso_weeks(first, last)
        case Frequency.MONTH:
            return months(first, last)
        case Frequency.WHOLE:
            return 1


def total_units(volume: int, frequency: Frequency, starts_on: date, ends_on: date | None) -> int:
    """The volume over the whole allocation, in its own unit.

    >>> total_units(3, Frequency.WEEK, date(2026, 9, 1), date(2026, 9, 30))
    15
    """
    last = ends_on if ends_on is not None else starts_on + min(timedelta(days=OPEN_END_DAYS - 1), date.max - starts_on)
    return volume * periods(frequency, starts_on, last)
