"""A line to declare made whole from its allocation and the agreement."""

from datetime import date
from uuid import UUID

import pytest

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.declared import ContractTariff, DeclarableAllocation
from services.referral.domain.declared_volume import AllocatedVolume
from services.referral.domain.declaring import CannotDeclare, Delivered, credit, debit

APRIL = date(2026, 4, 17)
HOURLY = ContractTariff("45A04", 6990, Unit.HOUR, date(2026, 1, 1), None, None)


def allocation(
    unit: Unit = Unit.HOUR, first: date = date(2026, 4, 8), last: date | None = date(2026, 6, 17), **more: object
) -> DeclarableAllocation:
    extent = AllocatedVolume(20, unit, Frequency.MONTH, by_effort=bool(more.get("by_effort")))
    return DeclarableAllocation(5301, UUID(int=1), first, last, "45", "45A04", extent)


def generic() -> DeclarableAllocation:
    return DeclarableAllocation(5302, UUID(int=1), date(2026, 1, 1), None, budget_cents=100_000)


def test_the_period_follows_the_month_and_the_allocation() -> None:
    """IV089: never the days on which care was really given."""
    found = [debit(Delivered(1, date(2026, month, 20)), "R", allocation(), None, [HOURLY]) for month in (4, 5, 6)]
    assert [(each.starts_on, each.ends_on) for each in found] == [
        (date(2026, 4, 8), date(2026, 4, 30)),
        (date(2026, 5, 1), date(2026, 5, 31)),
        (date(2026, 6, 1), date(2026, 6, 17)),
    ]


@pytest.mark.parametrize(
    ("unit", "volume", "tariff", "amount"), [(None, 10, 6990, 69_900), (Unit.MINUTE, 95, 117, 11_068)]
)
def test_the_amount_follows_from_the_tariff(unit: Unit | None, volume: int, tariff: int, amount: int) -> None:
    line = debit(Delivered(volume, APRIL, unit), "R", allocation(), None, [HOURLY])
    assert (line.unit, line.tariff_cents, line.amount_cents) == (unit or Unit.HOUR, tariff, amount)


def test_euros_count_in_cents_and_have_no_tariff() -> None:
    line = debit(Delivered(12_345, APRIL), "R", allocation(Unit.EURO), None, [])
    assert (line.unit, line.tariff_cents, line.amount_cents, line.volume) == (Unit.EURO, None, 12_345, 12_345)


def test_pieces_are_of_effort_where_the_allocation_says_so() -> None:
    piece = ContractTariff("45A04", 2500, Unit.PIECE, date(2026, 1, 1), None, None)
    for by_effort in (True, False):
        line = debit(Delivered(2, APRIL), "R", allocation(Unit.PIECE, by_effort=by_effort), None, [piece])
        assert (line.by_effort, line.amount_cents) == (by_effort, 5000)


def test_an_open_allocation_takes_the_product_of_the_line() -> None:
    line = debit(Delivered(2, APRIL, None, "45A04"), "R", generic(), "45", [HOURLY])
    assert (line.code, line.category, line.unit) == ("45A04", "45", Unit.HOUR)
    with pytest.raises(CannotDeclare) as refused:
        debit(Delivered(2, APRIL), "R", generic(), None, [HOURLY])
    assert refused.value.field == "productCode"


@pytest.mark.parametrize(
    ("delivered", "field"),
    [
        (Delivered(1, date(2026, 3, 31)), "month"),
        (Delivered(1, date(2026, 7, 1)), "month"),
        (Delivered(1, APRIL, None, "45A05"), "productCode"),
    ],
)
def test_what_cannot_be_made_whole_says_why(delivered: Delivered, field: str) -> None:
    with pytest.raises(CannotDeclare) as refused:
        debit(delivered, "R", allocation(), None, [HOURLY])
    assert refused.value.field == field
    assert refused.value.text.nl
    assert refused.value.text.en


def test_a_credit_takes_back_exactly_what_was_granted() -> None:
    granted = debit(Delivered(10, APRIL), "R1", allocation(), None, [HOURLY])
    assert credit(granted, "R2").takes_back(granted)
