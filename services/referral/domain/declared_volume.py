"""What a provider may declare on an allocation: units in a product period and in total, minutes, hours and cents.

All numbers are whole: units, minutes and cents. Halves are rounded up, as people do.

Source: iWmo/iJw 3.2 IV076–IV079, IV081, TR321, TR322 and TR346, with the sums of the examples put right: a week around
New Year counts once, and both the product period and the whole allocation have their own maximum, since the maxima of
the periods add up to more than the total.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.volume import iso_weeks, periods, total_units

MINUTES_IN_AN_HOUR = 60
HOUSEHOLD_HELP_WEEKS = 6
"""iWmo category 01 per week: this many times the weekly volume in every product period (IV077, TR321)."""
SUNDAY = 7


@dataclass(frozen=True, slots=True)
class AllocatedVolume:
    """Volume per frequency, in a unit; ``by_effort`` tells pieces of effort (84) from pieces of output (82).

    Euros are in cents. ``household_help`` is iWmo category 01.
    """

    volume: int
    unit: Unit
    frequency: Frequency
    by_effort: bool = False
    household_help: bool = False

    @property
    def is_output(self) -> bool:
        """Whether a result is paid for (pieces of output, euros) instead of effort."""
        return self.unit is Unit.EURO or (self.unit is Unit.PIECE and not self.by_effort)


def allowed_in_period(extent: AllocatedVolume, starts_on: date, ends_on: date | None, first: date, last: date) -> int:
    """The most units in the product period ``first`` up to and including ``last`` of an allocation (TR321).

    A part of the period outside the allocation counts for nothing. A broken week or month counts in full: what was
    really delivered may be declared up to the full volume (IV078).

    >>> three_hours = AllocatedVolume(3, Unit.HOUR, Frequency.WEEK)
    >>> allowed_in_period(three_hours, date(2025, 7, 7), date(2025, 9, 7), date(2025, 7, 7), date(2025, 7, 31))
    12
    """
    begin = max(first, starts_on)
    end = last if ends_on is None else min(last, ends_on)
    if end < begin:
        return 0
    if extent.frequency is not Frequency.WEEK:
        return extent.volume * periods(extent.frequency, begin, end)
    if extent.household_help:
        return extent.volume * HOUSEHOLD_HELP_WEEKS
    if extent.is_output:
        return extent.volume * output_weeks(starts_on, ends_on, begin, end)
    return extent.volume * iso_weeks(begin, end)


def allowed_in_total(extent: AllocatedVolume, starts_on: date, ends_on: date | None) -> int | None:
    """The most units over the whole allocation (TR322); None when it has no end and so no total.

    >>> allowed_in_total(AllocatedVolume(3, Unit.HOUR, Frequency.WEEK), date(2025, 7, 7), date(2025, 9, 7))
    27
    """
    if ends_on is None and extent.frequency is not Frequency.WHOLE:
        return None
    return total_units(extent.volume, extent.frequency, starts_on, ends_on)


def output_weeks(starts_on: date, ends_on: date | None, first: date, last: date) -> int:
    """How many weeks of output belong to ``first`` up to and including ``last``, days within the allocation (IV076).

    A week belongs where its Sunday lies. The broken last week, of an allocation that does not end on a Sunday, goes
    with the last Sunday of the allocation. The standard leaves open where it goes when the allocation has no Sunday
    at all: here, where the allocation ends.
    """
    sundays = last.toordinal() // 7 - (first.toordinal() - 1) // 7
    if ends_on is None or ends_on.isoweekday() == SUNDAY:
        return sundays
    last_sunday = ends_on - timedelta(days=ends_on.isoweekday())
    broken_week_goes_with = last_sunday if last_sunday >= starts_on else ends_on
    return sundays + (first <= broken_week_goes_with <= last)


def in_smallest_unit(volume: int, unit: Unit, allocated: Unit) -> int:
    """A volume made comparable with an allocation in ``allocated``: hours in minutes, anything else as it is."""
    return volume * MINUTES_IN_AN_HOUR if allocated is Unit.HOUR and unit is Unit.HOUR else volume


def fits_unit(unit: Unit, by_effort: bool, allocated: Unit, allocated_by_effort: bool) -> bool:
    """Whether care in one unit may be declared on another: the same, or minutes on hours (TR341)."""
    if unit is Unit.PIECE and allocated is Unit.PIECE:
        return by_effort == allocated_by_effort
    return unit is allocated or (unit is Unit.MINUTE and allocated is Unit.HOUR)


def half_up(numerator: int, denominator: int) -> int:
    """The fraction as a whole number, a half rounded up; for numbers that are not negative.

    >>> half_up(6990, 60), half_up(6990 * 95, 60)
    (117, 11068)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def hours_declared(minutes: int) -> int:
    """Hours to declare for the minutes of a whole declaration period: rounded once, at least one (IV079).

    >>> hours_declared(89), hours_declared(90), hours_declared(5), hours_declared(0)
    (1, 2, 1, 0)
    """
    return max(half_up(minutes, MINUTES_IN_AN_HOUR), 1) if minutes else 0


def tariff_per_minute(hourly_cents: int) -> int:
    """The tariff to state for a minute under an hourly tariff, in whole cents (IV081). Never used to compute with."""
    return half_up(hourly_cents, MINUTES_IN_AN_HOUR)


def amount_at(tariff_cents: int, volume: int) -> int:
    """Cents for ``volume`` units at a tariff for that unit."""
    return tariff_cents * volume


def amount_for_minutes(hourly_cents: int, minutes: int) -> int:
    """Cents for minutes at an hourly tariff: multiplied first, then rounded (IV081, TR346)."""
    return half_up(hourly_cents * minutes, MINUTES_IN_AN_HOUR)


def some_hourly_tariff_gives(amount_cents: int, minutes: int, per_minute_cents: int) -> bool:
    """Whether an hourly tariff exists that rounds to this tariff per minute and gives this amount for the minutes.

    For minutes under an hourly tariff that is not known here: no more can be asked of them.
    """
    if minutes == 0:
        return amount_cents == 0
    lowest = max(-(-(60 * amount_cents - 30) // minutes), 60 * per_minute_cents - 30, 0)
    highest = min(-(-(60 * amount_cents + 30) // minutes) - 1, 60 * per_minute_cents + 29)
    return lowest <= highest
