"""What stands beside a personal budget, and what has to be done with it (OP043)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.events.commissioning import Law
from services.referral.domain.allocation import Allocation
from services.referral.domain.personal_budget import PersonalBudget, Remedy, added

TODAY, FIRST, LAST = date(2026, 8, 14), date(2026, 10, 1), date(2026, 12, 31)
CLIENT = UUID(int=1)
DAYS = st.integers(0, 59).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def allocation(**changes: Any) -> Allocation:
    values: dict[str, Any] = {
        "municipality": "0252",
        "provider": "73730001",
        "law": Law.WMO,
        "number": 1,
        "client_id": CLIENT,
        "starts_on": date(2026, 9, 1),
        "decided_at": datetime(2026, 8, 1, tzinfo=UTC),
        "category": "02",
        "product_code": "02A03",
    }
    return Allocation(**(values | changes))


def budget(**changes: Any) -> PersonalBudget:
    values: dict[str, Any] = {
        "budget_id": UUID(int=2),
        "municipality": "0252",
        "client_id": CLIENT,
        "law": Law.WMO,
        "category": "02",
        "starts_on": FIRST,
        "ends_on": LAST,
    }
    return PersonalBudget(**(values | changes))


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "beside"),
    [
        (date(2026, 9, 1), date(2026, 9, 30), False),  # up to and including the day before
        (date(2026, 9, 1), FIRST, True),
        (date(2026, 9, 1), None, True),
        (LAST, None, True),
        (date(2027, 1, 1), None, False),
        (FIRST, FIRST, True),
    ],
)
def test_the_last_day_before_and_the_first_day_after_are_free(
    starts_on: date, ends_on: date | None, beside: bool
) -> None:
    assert budget().covers(allocation(starts_on=starts_on, ends_on=ends_on)) is beside


def test_a_budget_without_an_end_is_beside_all_that_comes() -> None:
    assert budget(ends_on=None).covers(allocation(starts_on=date(2040, 1, 1)))
    assert not budget(ends_on=None).covers(allocation(ends_on=date(2026, 9, 30)))


@pytest.mark.parametrize(
    ("of_budget", "of_allocation", "same"),
    [
        (None, "02A03", True),
        ("02A03", "02A03", True),
        ("02A03", "02A05", False),
        ("02A03", None, True),  # aspecific: the provider may choose this very product
        (None, None, True),
    ],
)
def test_the_same_product_is_the_same_code_and_without_a_code_the_category(
    of_budget: str | None, of_allocation: str | None, same: bool
) -> None:
    assert budget(product_code=of_budget).covers(allocation(product_code=of_allocation)) is same


@pytest.mark.parametrize(
    "other",
    [
        {"category": "07", "product_code": "07A01"},
        {"law": Law.YOUTH},
        {"client_id": UUID(int=9)},
        {"removed": True},
        {"category": None, "product_code": None, "budget_cents": 1000},
    ],
)
def test_other_help_is_not_the_same(other: dict[str, Any]) -> None:
    assert not budget().covers(allocation(**other))


@pytest.mark.parametrize(
    ("of_budget", "of_allocation", "remedy"),
    [
        ({}, {}, Remedy.END),
        ({"starts_on": TODAY}, {"starts_on": date(2026, 1, 1)}, Remedy.END),
        ({"starts_on": TODAY - timedelta(days=1)}, {"starts_on": date(2026, 1, 1)}, Remedy.AGREE),
        ({}, {"starts_on": FIRST}, Remedy.REMOVE),
        ({}, {"starts_on": FIRST - timedelta(days=1)}, Remedy.END),
        ({}, {"category": None, "product_code": None}, Remedy.LOOK),
        ({}, {"category": "07"}, None),
        ({}, {"ends_on": FIRST - timedelta(days=1)}, None),
    ],
)
def test_what_has_to_be_done(of_budget: dict[str, Any], of_allocation: dict[str, Any], remedy: Remedy | None) -> None:
    assert budget(**of_budget).remedy(allocation(**of_allocation), TODAY) is remedy


@PATIENT
@given(DAYS, st.none() | DAYS, DAYS, st.none() | DAYS)
def test_beside_is_sharing_a_day_and_ending_the_day_before_mends_it(
    starts_on: date, ends_on: date | None, first: date, last: date | None
) -> None:
    one = allocation(starts_on=starts_on, ends_on=ends_on if ends_on is None else max(ends_on, starts_on))
    other = budget(starts_on=first, ends_on=last if last is None else max(last, first))
    horizon = date(2026, 3, 2)

    def days(begin: date, end: date | None) -> set[date]:
        until = min(end or horizon, horizon)
        return {begin + timedelta(days=each) for each in range((until - begin).days + 1)}

    shared = days(one.starts_on, one.ends_on) & days(other.starts_on, other.ends_on)
    assert other.covers(one) is bool(shared)
    if other.remedy(one, date(2026, 1, 1)) is Remedy.END:
        ended = one.ended_on(other.last_day_before, TODAY)
        assert not other.covers(ended)
        assert days(ended.starts_on, ended.ends_on) == {
            each for each in days(one.starts_on, one.ends_on) if each < first
        }


@PATIENT
@given(DAYS, st.none() | DAYS, st.none() | DAYS)
def test_what_an_extension_adds_is_the_days_that_were_not_there(
    starts_on: date, before: date | None, after: date | None
) -> None:
    present = allocation(starts_on=starts_on, ends_on=before and max(before, starts_on))
    changed = allocation(starts_on=starts_on, ends_on=after and max(after, starts_on))
    found = list(added(present, changed))
    longer = present.ends_on is not None and (changed.ends_on is None or changed.ends_on > present.ends_on)
    assert bool(found) is longer
    for each in found:
        assert present.ends_on is not None
        assert (each.starts_on, each.ends_on) == (present.ends_on + timedelta(days=1), changed.ends_on)


def test_the_same_recorded_twice_is_seen() -> None:
    other = UUID(int=3)
    assert budget().repeats(budget(budget_id=other, starts_on=LAST, ends_on=None))
    assert not budget().repeats(budget(budget_id=other, starts_on=LAST + timedelta(days=1)))
    assert not budget().repeats(budget(budget_id=other, product_code="02A03"))
    assert not budget().repeats(budget())
