"""What an allocation may cost in all: its units at the tariff of the agreement, known the moment it is granted."""

from collections.abc import Iterable
from datetime import date

from contracts.events.commissioning import Unit
from contracts.events.referral import Assignment
from services.referral.domain.declared import ContractTariff
from services.referral.domain.declared_volume import MINUTES_IN_AN_HOUR, half_up

_PER = {(Unit.MINUTE, Unit.HOUR): (1, MINUTES_IN_AN_HOUR), (Unit.HOUR, Unit.MINUTE): (MINUTES_IN_AN_HOUR, 1)}


def price_of(assignment: Assignment, starts_on: date, tariffs: Iterable[ContractTariff]) -> ContractTariff | None:
    """The tariff that prices an allocation: the first that holds on its first day, in its unit or in minutes or hours
    where the other is agreed. Euros need no tariff: any line tells the agreement.
    """
    unit = assignment.unit
    for tariff in tariffs:
        fits = unit is Unit.EURO or unit is tariff.unit or (unit, tariff.unit) in _PER
        if tariff.code == assignment.product_code and fits and tariff.holds_on(starts_on):
            return tariff
    return None


def cost_of(assignment: Assignment, price: ContractTariff | None) -> int:
    """Cents for all units of an allocation, half cents up; 0 when nothing prices it. Euros are in cents already.

    >>> from contracts.events.commissioning import Law
    >>> from contracts.events.referral import (Frequency)
    >>> minutes = Assignment(law=Law.YOUTH, product_code="45A04", category="45", unit=Unit.MINUTE,
    ...                      frequency=Frequency.WEEK, volume=95, total_units=95)
    >>> cost_of(minutes, ContractTariff("45A04", 6990, Unit.HOUR, date(2026, 1, 1)))
    11068
    """
    if assignment.unit is Unit.EURO:
        return assignment.total_units
    if price is None:
        return 0
    times, per = (1, 1) if assignment.unit is price.unit else _PER[assignment.unit, price.unit]
    return half_up(assignment.total_units * times * price.cents, per)
