"""Due instants and volumes, on dates where they go wrong easily."""

from datetime import UTC, date, datetime

import pytest

from contracts.events.referral import Frequency
from services.referral.domain.terms import Terms
from services.referral.domain.volume import iso_weeks, months, periods, total_units

TERMS = Terms()


def at(month: int, day: int, hour: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("requested", "due"),
    [
        (at(8, 14), at(8, 21, 22)),  # Friday; Dutch midnight in summer is 22:00 UTC
        (at(8, 14, 23), at(8, 21, 22)),  # Saturday already in the Netherlands: counted from there
        (at(4, 2), at(4, 13, 22)),  # Good Friday and Easter Monday do not count
        (at(12, 23), datetime(2026, 12, 31, 23, tzinfo=UTC)),  # both days of Christmas
    ],
)
def test_five_working_days_to_decide(requested: datetime, due: datetime) -> None:
    assert TERMS.decision_due(requested) == due
    assert TERMS.accept_due(requested) == due


def test_the_waiting_norm_counts_from_the_later_of_allocation_and_first_day() -> None:
    assert TERMS.start_due(at(8, 14), date(2026, 9, 1), "45") == at(10, 13, 22)
    assert TERMS.start_due(at(8, 14), date(2026, 7, 1), "45") == at(9, 25, 22)
    # Living: thirteen weeks, which end in winter time.
    assert TERMS.start_due(at(8, 14), date(2026, 8, 14), "43") == at(11, 13, 23)
    assert Terms(waiting_norm_days=7).start_due(at(8, 14), date(2026, 8, 14), "45") == at(8, 21, 22)


def test_a_reminder_comes_two_working_days_before_the_last_day() -> None:
    due = TERMS.accept_due(at(8, 14))  # the end of Friday 21 August
    assert TERMS.remind_at(due) == at(8, 18, 22)  # the beginning of Wednesday 19 August
    assert Terms(remind_before=1).remind_at(due) == at(8, 19, 22)


def test_a_start_is_reported_within_five_working_days() -> None:
    assert TERMS.report_due(date(2026, 8, 14)) == at(8, 21, 22)
    # Retroactive allocation: from the day it was known (OP271).
    assert TERMS.report_due(date(2026, 8, 3), known_at=at(8, 14)) == at(8, 21, 22)


@pytest.mark.parametrize(
    ("first", "last", "weeks"),
    [
        (date(2026, 9, 7), date(2026, 9, 13), 1),
        (date(2026, 9, 13), date(2026, 9, 14), 2),
        (date(2026, 12, 28), date(2027, 1, 3), 1),  # the week around New Year counts once
        (date(2025, 11, 1), date(2025, 11, 30), 5),
    ],
)
def test_iso_weeks_are_counted_once(first: date, last: date, weeks: int) -> None:
    assert iso_weeks(first, last) == weeks


def test_months_and_days() -> None:
    assert months(date(2026, 1, 31), date(2026, 2, 1)) == 2
    assert periods(Frequency.DAY, date(2026, 2, 1), date(2026, 2, 28)) == 28
    assert periods(Frequency.WHOLE, date(2026, 2, 1), date(2026, 2, 28)) == 1
    assert periods(Frequency.DAY, date(2026, 2, 2), date(2026, 2, 1)) == 0


def test_total_units_over_the_whole_allocation() -> None:
    first = date(2026, 9, 1)
    assert total_units(3, Frequency.WEEK, first, date(2026, 9, 30)) == 15
    assert total_units(2, Frequency.MONTH, first, date(2026, 12, 31)) == 8
    assert total_units(80, Frequency.WHOLE, first, None) == 80
    assert total_units(1, Frequency.DAY, first, None) == 365
