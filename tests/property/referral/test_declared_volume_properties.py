"""What may be declared, over arbitrary allocations and months."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.declaration_checks import last_of_month
from services.referral.domain.declared_volume import (
    AllocatedVolume,
    allowed_in_period,
    allowed_in_total,
    amount_for_minutes,
    half_up,
    some_hourly_tariff_gives,
    tariff_per_minute,
)

DAYS = st.dates(date(2021, 1, 1), date(2040, 12, 31))
EXTENTS = st.builds(
    AllocatedVolume,
    st.integers(1, 10_000),
    st.sampled_from(Unit),
    st.sampled_from(Frequency),
    st.booleans(),
    st.booleans(),
)


def months(starts_on: date, ends_on: date) -> list[tuple[date, date]]:
    """The product periods of an allocation."""
    found, first = [], starts_on
    while first <= ends_on:
        last = min(last_of_month(first), ends_on)
        found.append((first, last))
        first = last + timedelta(days=1)
    return found


@given(EXTENTS, DAYS, st.integers(0, 500))
def test_the_months_together_allow_the_total_or_more(extent: AllocatedVolume, starts_on: date, length: int) -> None:
    ends_on = starts_on + timedelta(days=length)
    allowed = [allowed_in_period(extent, starts_on, ends_on, *month) for month in months(starts_on, ends_on)]
    total = allowed_in_total(extent, starts_on, ends_on)
    assert all(part >= 0 for part in allowed)
    assert total is not None
    assert sum(allowed) >= total
    if extent.frequency is Frequency.WEEK and extent.is_output and not extent.household_help:
        assert sum(allowed) == total  # each week of output lies in one month only


@given(EXTENTS, DAYS, st.integers(0, 500), st.integers(0, 200))
def test_a_longer_allocation_never_allows_less_in_total(
    extent: AllocatedVolume, starts_on: date, length: int, more: int
) -> None:
    ends_on = starts_on + timedelta(days=length)
    shorter = allowed_in_total(extent, starts_on, ends_on)
    longer = allowed_in_total(extent, starts_on, ends_on + timedelta(days=more))
    assert shorter is not None
    assert longer is not None
    assert 0 < shorter <= longer


@given(EXTENTS, DAYS, st.integers(0, 500), st.lists(st.integers(0, 30), min_size=2, max_size=5))
def test_a_longer_period_never_allows_less(
    extent: AllocatedVolume, starts_on: date, length: int, lengths: list[int]
) -> None:
    ends_on = starts_on + timedelta(days=length)
    lasts = sorted(starts_on + timedelta(days=extra) for extra in lengths)
    allowed = [allowed_in_period(extent, starts_on, ends_on, starts_on, last) for last in lasts]
    assert all(less <= more for less, more in pairwise(allowed))


@given(st.integers(0, 100_000), st.integers(0, 50_000))
def test_minutes_at_an_hourly_tariff_are_within_half_a_cent(hourly: int, minutes: int) -> None:
    amount = amount_for_minutes(hourly, minutes)
    assert abs(60 * amount - hourly * minutes) <= 30
    assert some_hourly_tariff_gives(amount, minutes, tariff_per_minute(hourly))
    assert amount_for_minutes(hourly, minutes + 1) >= amount


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_half_goes_up(numerator: int, denominator: int) -> None:
    rounded = half_up(numerator, denominator)
    assert -denominator < 2 * (numerator - rounded * denominator) < denominator or (
        2 * (rounded * denominator - numerator) == denominator
    )
