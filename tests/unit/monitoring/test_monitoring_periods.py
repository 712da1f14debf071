from datetime import UTC, date, datetime

import pytest

from contracts.events.monitoring import PeriodKind
from services.monitoring.domain.periods import Month, Period


def test_a_month_is_counted_in_the_netherlands() -> None:
    assert Month.at(datetime(2026, 7, 31, 21, 59, tzinfo=UTC)) == Month(2026, 7)
    assert Month.at(datetime(2026, 7, 31, 22, 0, tzinfo=UTC)) == Month(2026, 8)


def test_a_month_knows_its_days() -> None:
    assert (Month(2028, 2).first_day, Month(2028, 2).last_day) == (date(2028, 2, 1), date(2028, 2, 29))


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-8", "26-08", "2026/08", "", "2026-0a", "0000-01"])
def test_what_is_not_a_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


def test_a_rolling_year_has_twelve_months() -> None:
    period = Period(PeriodKind.ROLLING_YEAR, Month(2026, 7))
    assert [str(month) for month in period.months][::11] == ["2025-08", "2026-07"]
    assert period.previous == Period(PeriodKind.ROLLING_YEAR, Month(2026, 6))
    assert period.contains(Month(2025, 8))
    assert not period.contains(Month(2025, 7))


def test_quarters_and_half_years_are_those_of_the_calendar() -> None:
    assert Period.ended_by(PeriodKind.QUARTER, Month(2026, 7)) == Period(PeriodKind.QUARTER, Month(2026, 6))
    assert Period.ended_by(PeriodKind.HALF_YEAR, Month(2026, 5)) == Period(PeriodKind.HALF_YEAR, Month(2025, 12))
    assert Period.ended_by(PeriodKind.MONTH, Month(2026, 5)).last == Month(2026, 5)
    assert Period(PeriodKind.QUARTER, Month(2026, 6)).previous.last == Month(2026, 3)
    with pytest.raises(ValueError, match="2026-07 does not end a half year"):
        Period(PeriodKind.HALF_YEAR, Month(2026, 7))


def test_a_period_has_instants_in_utc() -> None:
    period = Period(PeriodKind.MONTH, Month(2026, 3))  # the clock moves forward in it
    assert period.begins_at == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert period.ends_at == datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
