"""What declarations add to the spend, and what allocations reserve of it: sums to the cent."""

from datetime import date
from uuid import UUID

import pytest

from contracts.events.commissioning import Law, Unit
from contracts.events.referral import Assignment, Frequency
from services.referral.domain.declared import ContractTariff, Performance
from services.referral.domain.reserved import cost_of, price_of
from services.referral.domain.spent import Spent, spent

FIRST, SECOND = UUID(int=1), UUID(int=2)
APRIL = date(2026, 4, 1)


def performance(reference: str, cents: int, volume: int = 1, *, day: date = APRIL, credit: bool = False) -> Performance:
    return Performance(reference, 1, "45", "45A04", day, day, volume, Unit.HOUR, cents, cents, credit=credit)


def test_nothing_granted_is_nothing_spent() -> None:
    assert spent([]) == []


def test_lines_are_added_up_per_agreement_product_month_and_unit() -> None:
    found = spent(
        [
            (performance("A", 6000), FIRST),
            (performance("B", 12000, 2, day=date(2026, 4, 8)), FIRST),
            (performance("C", 6000, day=date(2026, 5, 1)), FIRST),
            (performance("D", 7000), SECOND),
            (performance("E", 5000), None),
        ]
    )
    assert found == [
        Spent(None, "45A04", APRIL, Unit.HOUR, 1, 5000, 1),
        Spent(FIRST, "45A04", APRIL, Unit.HOUR, 3, 18000, 2),
        Spent(FIRST, "45A04", date(2026, 5, 1), Unit.HOUR, 1, 6000, 1),
        Spent(SECOND, "45A04", APRIL, Unit.HOUR, 1, 7000, 1),
    ]


def test_a_credit_counts_below_zero() -> None:
    debit, credit = performance("A", 6000, 2), performance("B", 6000, 2, credit=True)
    assert spent([(credit, FIRST)]) == [Spent(FIRST, "45A04", APRIL, Unit.HOUR, -2, -6000, 1)]
    assert spent([(debit, FIRST), (credit, FIRST)]) == [Spent(FIRST, "45A04", APRIL, Unit.HOUR, 0, 0, 2)]


def assignment(unit: Unit, total: int, code: str = "45A04") -> Assignment:
    return Assignment(
        law=Law.YOUTH,
        product_code=code,
        category="45",
        unit=unit,
        frequency=Frequency.WHOLE,
        volume=total,
        total_units=total,
    )


def tariff(unit: Unit, cents: int, first: date = APRIL, last: date | None = None) -> ContractTariff:
    return ContractTariff("45A04", cents, unit, first, last, None, FIRST)


@pytest.mark.parametrize(
    ("unit", "total", "agreed", "cents"),
    [
        (Unit.HOUR, 10, tariff(Unit.HOUR, 6990), 69_900),
        (Unit.MINUTE, 95, tariff(Unit.HOUR, 6990), 11_068),
        (Unit.HOUR, 2, tariff(Unit.MINUTE, 117), 14_040),
        (Unit.PIECE, 3, tariff(Unit.PIECE, 2500), 7_500),
        (Unit.EURO, 30_000, tariff(Unit.EURO, 100), 30_000),
        (Unit.EURO, 30_000, tariff(Unit.HOUR, 6990), 30_000),
        (Unit.DAY, 3, tariff(Unit.HOUR, 6990), 0),
    ],
)
def test_an_allocation_costs_its_units_at_the_tariff(
    unit: Unit, total: int, agreed: ContractTariff, cents: int
) -> None:
    wanted = assignment(unit, total)
    assert cost_of(wanted, price_of(wanted, APRIL, [agreed])) == cents


def test_the_tariff_is_that_of_the_first_day() -> None:
    lines = [tariff(Unit.HOUR, 7000, date(2026, 5, 1)), tariff(Unit.HOUR, 6000, APRIL, date(2026, 4, 30))]
    wanted = assignment(Unit.HOUR, 1)
    assert [cost_of(wanted, price_of(wanted, day, lines)) for day in (APRIL, date(2026, 4, 30), date(2026, 5, 1))] == [
        6000,
        6000,
        7000,
    ]
    assert price_of(wanted, date(2026, 3, 31), lines) is None
    assert price_of(assignment(Unit.HOUR, 1, "45A05"), APRIL, lines) is None
