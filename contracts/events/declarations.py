"""Events of the referral service about money: what was declared, what of it is spent, and what is reserved."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from contracts.event import Event
from contracts.events.commissioning import Law, Unit
from contracts.values import AgbCode, Cents, MunicipalityCode, ProductCode


class DeclarationAnswered(Event):
    """A declaration (323) was judged and answered (325). Amounts are signed cents: credits count below zero.

    ``period`` is the first day of the calendar month it declares. ``granted_cents + rejected_cents = submitted_cents``.
    ``answer_due`` is ten working days after it came in (OP090x4).
    """

    type: ClassVar[str] = "nl.samenspel.declarations.answered.v1"
    declaration_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    law: Law
    period: date
    submitted_cents: Cents
    granted_cents: Cents
    rejected_cents: Cents
    lines: int
    rejected_lines: int
    return_codes: tuple[str, ...] = ()
    received_at: datetime
    answer_due: datetime
    answered_at: datetime


class AmountSpent(Event):
    """What one declaration adds to the spend on one product in one month, summed over its granted lines.

    ``agreement_id`` is the agreement whose tariff holds, if one does. ``month`` is the first day of the month in which
    the care was given. ``volume`` is in ``unit`` and signed, as ``cents`` are; ``lines`` counts the granted lines.
    """

    type: ClassVar[str] = "nl.samenspel.amounts.spent.v1"
    declaration_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    agreement_id: UUID | None = None
    product_code: ProductCode
    month: date
    unit: Unit
    volume: int
    cents: Cents
    lines: int


class AmountReserved(Event):
    """What one allocation may cost in all, at the tariff of the agreement; the latest event about it counts.

    ``cents`` is 0 from when the allocation is withdrawn before care began.
    """

    type: ClassVar[str] = "nl.samenspel.amounts.reserved.v1"
    referral_id: UUID
    allocation_number: int
    municipality: MunicipalityCode
    provider: AgbCode
    agreement_id: UUID | None = None
    product_code: ProductCode
    cents: Cents
    reserved_at: datetime
