"""What the service tells about declarations. Nothing here says who a client is, and no citizen number is in it."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field

from contracts.events.commissioning import Law, Unit
from contracts.events.referral import Frequency
from contracts.values import AgbCode, Cents, MunicipalityCode
from services.referral.domain.declared import Performance
from services.referral.domain.declared_volume import MINUTES_IN_AN_HOUR, AllocatedVolume, allowed_in_total
from services.referral.istandaarden.reasons_of_rejection import reason_for
from services.referral.views import MessageFinding, View


class DeclarationStatus(StrEnum):
    """What became of a declaration."""

    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    REJECTED = "rejected"


class RejectionReason(View):
    """Why something was rejected, and what is right instead, in the words of the rule."""

    code: str = Field(description="The return code (WJ001).")
    wrong_nl: str
    wrong_en: str
    right_nl: str | None = None
    right_en: str | None = None

    @classmethod
    def of(cls, code: str) -> "RejectionReason":
        """The reason behind a return code."""
        reason = reason_for(code)
        right = reason.right
        return cls(
            code=code,
            wrong_nl=reason.wrong.nl,
            wrong_en=reason.wrong.en,
            right_nl=right.nl if right else None,
            right_en=right.en if right else None,
        )


class DeclarationView(View):
    """One declaration (323) with what became of it (325). Amounts are signed cents: credits count below zero."""

    declaration_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    provider_name: str | None
    law: Law
    number: str = Field(description="The provider's own number of it.")
    period: date = Field(
        description="First day of the month that it declares; when the 323 is not known, of its first rejected line or"
        " of its date."
    )
    declared_on: date
    message_id: UUID = Field(description="The 323; the 325 when the 323 did not go through Samenspel.")
    answer_id: UUID = Field(description="The 325.")
    status: DeclarationStatus
    reasons: tuple[RejectionReason, ...] = Field(description="Why it was rejected as a whole; else empty.")
    submitted_cents: Cents
    granted_cents: Cents
    rejected_cents: Cents
    lines: int
    rejected_lines: int
    received_at: datetime
    answer_due: datetime = Field(description="Ten working days after it came in (OP090).")
    answered_at: datetime
    elsewhere: bool = Field(default=False, description="Answered by a municipality with another system.")
    fits: bool = Field(default=True, description="Whether the answer fits with what was declared; see its message.")

    @classmethod
    def from_row(cls, row: Any) -> "DeclarationView":
        """A declaration as it is stored."""
        values = dict(row)
        status = DeclarationStatus.GRANTED
        if row["rejected_lines"]:
            # Of an answer of another system only the rejected lines may be known.
            rejected = row["rejected_lines"] == row["lines"] and not (row["elsewhere"] and row["granted_cents"])
            status = DeclarationStatus.REJECTED if rejected else DeclarationStatus.PARTLY_GRANTED
        elif row["return_codes"]:
            status = DeclarationStatus.REJECTED
        reasons = tuple(RejectionReason.of(code) for code in row["return_codes"])
        return cls(**{name: values[name] for name in cls.model_fields.keys() & values}, status=status, reasons=reasons)


class RoomOnAllocation(View):
    """The allocation of a line, and how much of it is left after all that was granted so far.

    Volumes count in ``counted_in``; an allocation in hours counts in minutes, one in euros in cents.
    """

    starts_on: date
    ends_on: date | None
    removed: bool
    volume: int | None
    unit: Unit | None
    frequency: Frequency | None
    counted_in: Unit | None = None
    total: int | None = Field(default=None, description="Over the whole allocation; null when it has no end.")
    used: int | None = None
    left: int | None = None
    budget_cents: Cents | None = None
    used_cents: Cents
    left_cents: Cents | None = None

    @classmethod
    def from_row(cls, row: Any) -> "RoomOnAllocation":
        """The allocation in a row of ``lines_of_declaration``."""
        given: dict[str, Any] = {
            "starts_on": row["allocated_from"],
            "ends_on": row["allocated_until"],
            "removed": row["removed"],
            "volume": row["allocated_volume"],
            "unit": row["allocated_unit"],
            "frequency": row["allocated_frequency"],
            "used_cents": row["standing_cents"],
        }
        if row["budget_cents"] is not None:
            given |= {"budget_cents": row["budget_cents"], "left_cents": row["budget_cents"] - row["standing_cents"]}
        if row["allocated_volume"] and row["allocated_unit"] and row["allocated_frequency"] and row["allocated_code"]:
            unit = Unit(row["allocated_unit"])
            extent = AllocatedVolume(row["allocated_volume"], unit, Frequency(row["allocated_frequency"]))
            total = allowed_in_total(extent, row["allocated_from"], row["allocated_until"])
            hourly = unit is Unit.HOUR
            if total is not None and hourly:
                total *= MINUTES_IN_AN_HOUR
            used = row["standing_volume"]
            given |= {
                "counted_in": Unit.MINUTE if hourly else unit,
                "total": total,
                "used": used,
                "left": None if total is None else total - used,
            }
        return cls(**given)


class DeclarationLine(View):
    """One line of a declaration (*Prestatie*) with what became of it. ``volume`` is in ``unit``; euros in cents."""

    line: int = Field(description="Place in the message, from 1.")
    reference: str = Field(description="The provider's own reference.")
    previous_reference: str | None = Field(description="Of a credit: the debit that it takes back.")
    allocation_number: int
    referral_id: UUID | None = Field(description="The journey of the allocation, if it has one.")
    client: UUID | None = Field(description="The client's pseudonym, for who has a relation with the client.")
    own_number: str | None = Field(description="The provider's own number for the client.")
    category: str
    product_code: str
    product_name: str | None
    starts_on: date
    ends_on: date
    volume: int
    unit: Unit
    by_effort: bool = Field(description="Tells pieces of effort (84) from pieces of output (82).")
    tariff_cents: Cents | None
    amount_cents: Cents = Field(description="Signed: a credit is below zero.")
    credit: bool
    granted: bool
    reasons: tuple[RejectionReason, ...]
    credited_in: UUID | None = Field(description="The declaration in which a credit took it back.")
    room: RoomOnAllocation | None = Field(description="Null when the client has no such allocation here.")
    too_early: bool = Field(
        default=False,
        description="The agreement says that this result is declared when the care has ended, and no end was reported"
        " up to and including the period (OP264). The standard has no code for it.",
    )

    @classmethod
    def from_row(cls, row: Any) -> "DeclarationLine":
        """A row of ``lines_of_declaration``."""
        values = dict(row) | {
            "client": row["client_dossier"],
            "amount_cents": -row["amount_cents"] if row["credit"] else row["amount_cents"],
            "reasons": tuple(RejectionReason.of(code) for code in row["codes"]),
            "room": RoomOnAllocation.from_row(row) if row["allocated"] else None,
        }
        return cls(**{name: values[name] for name in cls.model_fields})


class DraftLine(View):
    """A line of a declaration to be, made whole, with what would become of it now."""

    reference: str
    previous_reference: str | None
    allocation_number: int
    category: str
    product_code: str
    starts_on: date
    ends_on: date
    volume: int
    unit: Unit
    by_effort: bool
    tariff_cents: Cents | None
    amount_cents: Cents = Field(description="Signed: a credit is below zero.")
    credit: bool
    reasons: tuple[RejectionReason, ...] = Field(description="Why it would be rejected; empty when it would not.")

    @classmethod
    def of(cls, line: Performance, codes: Iterable[str]) -> "DraftLine":
        """A line with the codes that it would get."""
        return cls(
            reference=line.reference,
            previous_reference=line.previous_reference,
            allocation_number=line.allocation_number,
            category=line.category,
            product_code=line.code,
            starts_on=line.starts_on,
            ends_on=line.ends_on,
            volume=line.volume,
            unit=line.unit,
            by_effort=line.by_effort,
            tariff_cents=line.tariff_cents,
            amount_cents=line.signed_cents,
            credit=line.credit,
            reasons=tuple(RejectionReason.of(code) for code in codes),
        )


class DraftView(View):
    """A declaration that a provider makes here: judged beforehand, or, with ``message_id``, sent and answered."""

    municipality: MunicipalityCode
    law: Law
    month: date
    message_id: UUID | None = Field(default=None, description="The 323 that was sent; null for a dry run.")
    declaration_id: UUID | None = Field(default=None, description="The declaration as it was answered.")
    submitted_cents: Cents
    granted_cents: Cents
    rejected_cents: Cents
    reasons: tuple[RejectionReason, ...] = Field(default=(), description="Why it would be rejected as a whole.")
    findings: list[MessageFinding] = Field(default_factory=list, description="What breaks the rules of the message.")
    lines: list[DraftLine] = Field(default_factory=list, description="Of a dry run: every line in order.")


class DeclarableView(View):
    """An allocation that runs in a month, for who makes a declaration over it."""

    allocation_number: int
    own_number: str | None = Field(description="The provider's own number for the client.")
    category: str | None
    product_code: str | None = Field(description="Null when the allocation leaves the product open.")
    product_name: str | None
    unit: Unit | None
    starts_on: date
    ends_on: date | None
    declared: bool = Field(description="Whether something was granted on it for that month already.")

    @classmethod
    def from_row(cls, row: Any) -> "DeclarableView":
        """A row of ``declarable_allocations``."""
        return cls(**(dict(row) | {"allocation_number": row["number"]}))
