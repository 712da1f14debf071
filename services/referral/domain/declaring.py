"""A line to declare made whole from its allocation and the agreement: period, unit, tariff and amount.

Source: iWmo/iJw 3.2 IV079, IV081 (minutes under an hourly tariff), IV089 (product period), IV091 (credits).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from contracts.events.commissioning import Unit
from services.kit.problems import Text
from services.referral.domain.declaration_checks import last_of_month
from services.referral.domain.declared import ContractTariff, DeclarableAllocation, Performance
from services.referral.domain.declared_volume import amount_at, amount_for_minutes, tariff_per_minute


class CannotDeclare(Exception):
    """A line that cannot be made whole: ``field`` of the line, and what to do about it."""

    def __init__(self, field: str, text: Text) -> None:
        super().__init__(text.en)
        self.field = field
        self.text = text


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was delivered under an allocation in the month of ``month``; see ``LineToDeclare``."""

    volume: int
    month: date
    unit: Unit | None = None
    product_code: str | None = None


def debit(
    delivered: Delivered,
    reference: str,
    allocation: DeclarableAllocation,
    category: str | None,
    tariffs: Iterable[ContractTariff],
) -> Performance:
    """The line for what was delivered. ``category`` is of the product, for an allocation that leaves it open.

    Raises ``CannotDeclare`` when the allocation does not run in that month, or product or tariff are not known.
    """
    code = delivered.product_code or allocation.code
    category = allocation.category or category
    if code is None or category is None:
        raise CannotDeclare(
            "productCode",
            Text(
                "De toewijzing laat het product open. Geef een productcode uit uw overeenkomst.",
                "The allocation leaves the product open. Give a product code of your agreement.",
            ),
        )
    first = delivered.month.replace(day=1)
    starts_on, ends_on = max(first, allocation.starts_on), last_of_month(first)
    if allocation.ends_on is not None:
        ends_on = min(ends_on, allocation.ends_on)
    if ends_on < starts_on:
        raise CannotDeclare(
            "month",
            Text(
                "De toewijzing loopt niet in deze maand. Kies een maand binnen de toewijzing.",
                "The allocation does not run in this month. Choose a month within the allocation.",
            ),
        )
    tariff = next((each for each in tariffs if each.code == code and each.holds_on(starts_on)), None)
    counted = allocation.extent or tariff
    unit = delivered.unit or (counted.unit if counted else None)
    line = Performance(
        reference=reference,
        allocation_number=allocation.number,
        category=category,
        code=code,
        starts_on=starts_on,
        ends_on=ends_on,
        volume=delivered.volume,
        unit=unit or Unit.EURO,
        amount_cents=delivered.volume,
        by_effort=unit is Unit.PIECE and allocation.extent is not None and allocation.extent.by_effort,
    )
    if unit is Unit.EURO:
        return line
    if tariff is None or unit is None:
        raise CannotDeclare(
            "productCode",
            Text(
                "Voor dit product is dan geen tarief afgesproken. Controleer de productcode en uw overeenkomst.",
                "No tariff is agreed for this product then. Check the product code and your agreement.",
            ),
        )
    if unit is Unit.MINUTE and tariff.unit is Unit.HOUR:
        amount, stated = amount_for_minutes(tariff.cents, delivered.volume), tariff_per_minute(tariff.cents)
    else:
        amount, stated = amount_at(tariff.cents, delivered.volume), tariff.cents
    return replace(line, amount_cents=amount, tariff_cents=stated)


def credit(granted: Performance, reference: str) -> Performance:
    """The credit of a granted line: the line itself, but for its references and its sign (IV091)."""
    return replace(granted, reference=reference, previous_reference=granted.reference, credit=True)
