"""Volumes over arbitrary periods, against counting day by day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.events.referral import Frequency
from services.referral.domain.volume import iso_weeks, months, total_units

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
LENGTHS = st.integers(0, 800)


@given(DAYS, LENGTHS)
def test_weeks_and_months_equal_counting_every_day(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    days = [first + timedelta(days=number) for number in range(length + 1)]
    assert iso_weeks(first, last) == len({day.isocalendar()[:2] for day in days})
    assert months(first, last) == len({(day.year, day.month) for day in days})


@given(DAYS, LENGTHS, st.integers(0, 400), st.sampled_from(Frequency), st.integers(1, 10_000))
def test_a_longer_allocation_never_allows_less(
    first: date, length: int, more: int, frequency: Frequency, volume: int
) -> None:
    last = first + timedelta(days=length)
    shorter = total_units(volume, frequency, first, last)
    longer = total_units(volume, frequency, first, last + timedelta(days=more))
    assert 0 < shorter <= longer
    assert shorter % volume == 0
