"""The arithmetic of volumes against the examples of the standard, put right where they contradict themselves."""

from datetime import date
from typing import Any

import pytest
import yaml

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.declared_volume import (
    AllocatedVolume,
    allowed_in_period,
    allowed_in_total,
    amount_for_minutes,
    fits_unit,
    hours_declared,
    in_smallest_unit,
    output_weeks,
    some_hourly_tariff_gives,
    tariff_per_minute,
)
from services.referral.istandaarden.codes import FREQUENCIES, PIECES_BY_EFFORT, UNITS
from tests.shared_data import shared

HOURS_A_WEEK = AllocatedVolume(3, Unit.HOUR, Frequency.WEEK)
CENTS_A_WEEK = AllocatedVolume(30_000, Unit.EURO, Frequency.WEEK)


def day(text: str) -> date:
    return date.fromisoformat(text)


def volume_scenarios() -> list[Any]:
    scenarios = yaml.safe_load(shared("istandaarden/scenarios.yaml").read_text())
    return [pytest.param(s["steps"][0]["fields"], id=s["id"]) for s in scenarios if s["topic"] == "volume"]


@pytest.mark.parametrize("given", volume_scenarios())
def test_the_scenarios_of_the_standard(given: dict[str, Any]) -> None:
    unit = given.get("eenheid", "04")
    extent = AllocatedVolume(
        given["volume"],
        UNITS.member(unit),
        FREQUENCIES.member(given["frequentie"]),
        by_effort=unit == PIECES_BY_EFFORT,
        household_help=given.get("categorie") == "01",
    )
    assert extent.is_output == (given["variant"] == "output")
    starts_on, ends_on = map(day, given["toewijzing"])
    for period in given["max_per_productperiode"]:
        allowed = allowed_in_period(extent, starts_on, ends_on, day(period["van"]), day(period["tot"]))
        assert allowed == period["max"], period
    if "max_totaal" in given:
        assert allowed_in_total(extent, starts_on, ends_on) == given["max_totaal"]


@pytest.mark.parametrize(
    ("starts", "ends", "first", "last", "allowed"),
    [
        # IV076: three months of effort; the source says 7.5 and 9 hours but adds up to 10 delivered of at most 12.
        ("2025-07-07", "2025-09-07", "2025-07-07", "2025-07-31", 12),
        ("2025-07-07", "2025-09-07", "2025-08-01", "2025-08-31", 15),
        ("2025-07-07", "2025-09-07", "2025-09-01", "2025-09-07", 3),
        # IV077: "week 48 up to 52, 01" must begin at 49: five weeks in December 2025, the last one until 4 January.
        ("2025-10-07", "2026-01-31", "2025-12-01", "2025-12-31", 15),
        # IV078, iJw with days of 2026: four ISO weeks and so 12 hours, not 9; with days of 2025 three weeks is right.
        ("2026-11-12", "2026-12-13", "2026-11-12", "2026-11-30", 12),
        ("2025-11-12", "2025-12-13", "2025-11-12", "2025-11-30", 9),
    ],
)
def test_effort_per_week(starts: str, ends: str, first: str, last: str, allowed: int) -> None:
    assert allowed_in_period(HOURS_A_WEEK, day(starts), day(ends), day(first), day(last)) == allowed


@pytest.mark.parametrize(
    ("starts", "ends", "first", "last", "weeks"),
    [
        # IV077: three Sundays in October belong to a first day of 7 October, not of 1 October.
        ("2025-10-07", "2026-01-04", "2025-10-07", "2025-10-31", 3),
        ("2025-10-01", "2026-01-04", "2025-10-01", "2025-10-31", 4),
        # November 2025 has five Sundays, not four.
        ("2025-10-07", "2026-01-04", "2025-11-01", "2025-11-30", 5),
        # IV076, output, example 2: the broken last week goes with the last Sunday, 31 August.
        ("2025-07-07", "2025-09-06", "2025-07-07", "2025-07-31", 3),
        ("2025-07-07", "2025-09-06", "2025-08-01", "2025-08-31", 6),
        ("2025-07-07", "2025-09-06", "2025-09-01", "2025-09-06", 0),
        # Ending on a Sunday breaks no week.
        ("2025-07-07", "2025-09-07", "2025-08-01", "2025-08-31", 5),
        ("2025-07-07", "2025-09-07", "2025-09-01", "2025-09-07", 1),
        # Without any Sunday, the week goes where the allocation ends.
        ("2025-09-29", "2025-10-03", "2025-09-29", "2025-09-30", 0),
        ("2025-09-29", "2025-10-03", "2025-10-01", "2025-10-03", 1),
        ("2025-09-29", None, "2025-09-29", "2025-09-30", 0),
    ],
)
def test_output_per_week(starts: str, ends: str | None, first: str, last: str, weeks: int) -> None:
    ends_on = day(ends) if ends else None
    assert output_weeks(day(starts), ends_on, day(first), day(last)) == weeks
    allowed = allowed_in_period(CENTS_A_WEEK, day(starts), ends_on, day(first), day(last))
    assert allowed == weeks * 30_000


def test_the_week_around_new_year_counts_once() -> None:
    extent = AllocatedVolume(1, Unit.HOUR, Frequency.WEEK)
    assert allowed_in_total(extent, date(2025, 12, 22), date(2026, 1, 11)) == 3


def test_the_maxima_of_the_months_exceed_the_total_so_both_are_needed() -> None:
    starts, ends = date(2025, 7, 7), date(2025, 9, 7)
    months = [(starts, date(2025, 7, 31)), (date(2025, 8, 1), date(2025, 8, 31)), (date(2025, 9, 1), ends)]
    assert sum(allowed_in_period(HOURS_A_WEEK, starts, ends, *month) for month in months) == 30
    assert allowed_in_total(HOURS_A_WEEK, starts, ends) == 27


def test_household_help_has_six_weeks_in_any_month_and_the_same_total() -> None:
    extent = AllocatedVolume(3, Unit.HOUR, Frequency.WEEK, household_help=True)
    starts, ends = date(2026, 4, 1), date(2026, 9, 30)
    assert allowed_in_period(extent, starts, ends, date(2026, 4, 1), date(2026, 4, 30)) == 18
    assert allowed_in_total(extent, starts, ends) == allowed_in_total(HOURS_A_WEEK, starts, ends) == 81


@pytest.mark.parametrize(
    ("frequency", "in_month", "in_total"),
    [(Frequency.DAY, 10 * 18, None), (Frequency.MONTH, 10, None), (Frequency.WHOLE, 10, 10)],
)
def test_other_frequencies(frequency: Frequency, in_month: int, in_total: int | None) -> None:
    extent = AllocatedVolume(10, Unit.MINUTE, frequency)
    starts = date(2026, 10, 14)
    assert allowed_in_period(extent, starts, None, date(2026, 10, 1), date(2026, 10, 31)) == in_month
    assert allowed_in_total(extent, starts, None) == in_total


def test_nothing_outside_the_allocation() -> None:
    extent = AllocatedVolume(10, Unit.HOUR, Frequency.MONTH)
    september = date(2026, 9, 1), date(2026, 9, 30)
    assert allowed_in_period(extent, date(2026, 10, 1), None, *september) == 0
    assert allowed_in_period(extent, date(2026, 1, 1), date(2026, 8, 31), *september) == 0


def test_units() -> None:
    assert fits_unit(Unit.MINUTE, False, Unit.HOUR, False)
    assert not fits_unit(Unit.HOUR, False, Unit.MINUTE, False)
    assert not fits_unit(Unit.PIECE, True, Unit.PIECE, False)
    assert in_smallest_unit(2, Unit.HOUR, Unit.HOUR) == in_smallest_unit(120, Unit.MINUTE, Unit.HOUR) == 120
    assert in_smallest_unit(2, Unit.DAY, Unit.DAY) == 2
    effort = AllocatedVolume(1, Unit.PIECE, Frequency.WEEK, by_effort=True)
    assert not effort.is_output
    assert AllocatedVolume(1, Unit.PIECE, Frequency.WEEK).is_output


def test_minutes_hours_and_cents() -> None:
    assert [hours_declared(minutes) for minutes in (0, 1, 29, 30, 89, 90, 150)] == [0, 1, 1, 1, 1, 2, 3]
    assert tariff_per_minute(6990) == 117
    assert amount_for_minutes(6990, 95) == 11068
    assert some_hourly_tariff_gives(11068, 95, 117)
    # 117 cents times 95 fits an hourly tariff of 70.20; 110.00 fits none that rounds to 117 a minute.
    assert some_hourly_tariff_gives(117 * 95, 95, 117)
    assert not some_hourly_tariff_gives(11_000, 95, 117)
    assert some_hourly_tariff_gives(0, 0, 117)
    assert not some_hourly_tariff_gives(1, 0, 117)
