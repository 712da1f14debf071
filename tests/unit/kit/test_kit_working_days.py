"""Working days after the Algemene termijnenwet, and when a day ends."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from services.kit.working_days import (
    add_working_days,
    end_of_day_utc,
    first_working_day,
    is_working_day,
    local_date,
    recognised_holidays,
    start_of_day_utc,
    working_days_between,
)

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),  # New Year's Day
        date(2026, 4, 3),  # Good Friday, equated by the second paragraph
        date(2026, 4, 6),  # Easter Monday
        date(2026, 4, 27),  # the King's birthday
        date(2025, 4, 26),  # celebrated a day earlier when the 27th is a Sunday
        date(2026, 5, 5),  # 5 May, every year and not only in lustrum years
        date(2027, 5, 5),
        date(2026, 5, 14),  # Ascension Day
        date(2026, 5, 25),  # Whit Monday
        date(2026, 12, 25),
        date(2028, 12, 26),
        date(2026, 8, 1),  # a Saturday
        date(2026, 8, 2),  # a Sunday
    ],
)
def test_closed_days(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 12, 24), date(2026, 12, 31), date(2026, 5, 4), date(2025, 4, 28)])
def test_open_days(day: date) -> None:
    assert is_working_day(day)


def test_counting_passes_over_easter() -> None:
    assert add_working_days(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert add_working_days(date(2026, 4, 7), -1) == date(2026, 4, 2)
    assert working_days_between(date(2026, 4, 2), date(2026, 4, 7)) == 1
    assert working_days_between(date(2026, 4, 7), date(2026, 4, 2)) == -1


def test_a_day_that_a_decree_closes_counts_as_closed() -> None:
    friday = date(2026, 5, 15)
    assert add_working_days(date(2026, 5, 13), 1) == friday
    assert add_working_days(date(2026, 5, 13), 1, also_closed={friday}) == date(2026, 5, 18)


def test_a_term_that_ends_on_a_closed_day_is_extended() -> None:
    assert first_working_day(date(2026, 4, 3)) == date(2026, 4, 7)
    assert add_working_days(date(2026, 4, 3), 0) == date(2026, 4, 7)
    assert add_working_days(date(2026, 4, 7), 0) == date(2026, 4, 7)


@given(DAYS, st.integers(1, 60))
def test_adding_and_counting_are_each_others_inverse(start: date, n: int) -> None:
    end = add_working_days(start, n)
    assert is_working_day(end)
    assert working_days_between(start, end) == n


@given(DAYS, st.integers(0, 30), st.integers(1, 30))
def test_adding_twice_is_adding_once(start: date, first: int, second: int) -> None:
    day = first_working_day(start)
    assert add_working_days(add_working_days(day, first), second) == add_working_days(day, first + second)


@given(st.integers(2014, 2099))
def test_the_recognised_days_are_those_of_the_law(year: int) -> None:
    sunday = easter(year)
    king = date(year, 4, 27)
    assert recognised_holidays(year) == {
        date(year, 1, 1),
        *(sunday + timedelta(days=offset) for offset in (-2, 0, 1, 39, 49, 50)),
        king - timedelta(days=1) if king.weekday() == 6 else king,
        date(year, 5, 5),
        date(year, 12, 25),
        date(year, 12, 26),
    }


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 1, 31), datetime(2026, 1, 31, 23, tzinfo=UTC)),
        (date(2026, 7, 31), datetime(2026, 7, 31, 22, tzinfo=UTC)),
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),  # summer time begins: a day of 23 hours
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),  # winter time begins: a day of 25 hours
    ],
)
def test_a_day_ends_at_midnight_in_the_netherlands(day: date, end: datetime) -> None:
    assert end_of_day_utc(day) == end
    assert end_of_day_utc(day).tzinfo is UTC


@given(DAYS)
def test_the_end_of_a_day_is_the_first_instant_outside_it(day: date) -> None:
    end = end_of_day_utc(day)
    assert local_date(end) == day + timedelta(days=1)
    assert local_date(end - timedelta(microseconds=1)) == day
    assert start_of_day_utc(day) == end_of_day_utc(day - timedelta(days=1))


def test_an_instant_without_a_zone_is_refused() -> None:
    assert local_date(datetime(2026, 8, 31, 20, tzinfo=timezone(timedelta(hours=-5)))) == date(2026, 9, 1)
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2026, 8, 31))  # noqa: DTZ001
