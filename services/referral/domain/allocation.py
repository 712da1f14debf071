"""An allocation as the latest decision on it left it, whoever told it.

An allocation is specific (category, code and extent), aspecific (category alone, or with a budget) or generic (a budget
alone). Only a specific one is served in a journey of its own.

Source: iWmo/iJw 3.2 IV066 (numbers and changes), OP033x1 (changes), OP080 (the latest decision counts).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from contracts.events.commissioning import Law, Unit
from contracts.events.referral import Assignment, Frequency
from contracts.values import PartyId, municipality, provider
from services.kit.model import wrong
from services.referral.domain.referral import Referral
from services.referral.domain.volume import total_units

_AIDS = frozenset({"11", "12", "13", "14"})
"""Wmo: wheelchairs, transport, housing and other aids."""
REMOVED = "removed"
"""The reason of an allocation that counts as never made (RedenWijziging 13)."""


class CareRelation(NamedTuple):
    """One client (the vault's name, ``None`` for somebody unknown) at one provider, for one municipality and law."""

    municipality: str
    provider: str
    law: Law
    client_id: UUID | None

    @classmethod
    def of(cls, referral: Referral) -> Self:
        return cls(referral.municipality, referral.provider, referral.assignment.law, referral.client_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """One allocation. Dates are days in the Netherlands, ``decided_at`` is UTC, money is in cents.

    ``number`` is unique in ``municipality`` and ``law``. ``reason`` is why the latest decision changed it,
    ``reference`` the provider's own of the request that it grants. ``client_id`` is the vault's.
    """

    municipality: str
    provider: str
    law: Law
    number: int
    client_id: UUID
    starts_on: date
    decided_at: datetime
    ends_on: date | None = None
    category: str | None = None
    product_code: str | None = None
    volume: int | None = None
    unit: Unit | None = None
    frequency: Frequency | None = None
    by_effort: bool = False
    budget_cents: int | None = None
    reason: str | None = None
    reference: str | None = None
    removed: bool = False
    referral_id: UUID | None = None

    @classmethod
    def of(cls, referral: Referral, reference: str | None = None) -> Self:
        """The allocation under which a journey is served now."""
        granted, assignment = referral.granted, referral.assignment
        return cls(
            municipality=referral.municipality,
            provider=referral.provider,
            law=assignment.law,
            number=granted.number,
            client_id=referral.client_id,
            starts_on=granted.starts_on,
            ends_on=referral.ends_on,
            category=assignment.category,
            product_code=assignment.product_code,
            volume=assignment.volume,
            unit=assignment.unit,
            frequency=assignment.frequency,
            by_effort=assignment.by_effort,
            decided_at=granted.granted_at,
            reference=reference,
            referral_id=referral.referral_id,
        )

    @classmethod
    def asked(cls, referral: Referral) -> Self:
        """What an allocation would be that grants a request exactly; it has no number yet."""
        assignment = referral.assignment
        return cls(
            municipality=referral.municipality,
            provider=referral.provider,
            law=assignment.law,
            number=0,
            client_id=referral.client_id,
            starts_on=referral.desired_start,
            ends_on=referral.desired_end,
            category=assignment.category,
            product_code=assignment.product_code,
            decided_at=referral.requested_at,
        )

    @property
    def parties(self) -> tuple[PartyId, PartyId]:
        """Whose it is: the municipality and the provider."""
        return municipality(self.municipality), provider(self.provider)

    @property
    def allocation_id(self) -> UUID:
        """A name for it that says nothing: the same for the same number, law and municipality."""
        return uuid5(NAMESPACE_URL, f"urn:samenspel:allocation:{self.municipality}:{self.law}:{self.number}")

    @property
    def relation(self) -> CareRelation:
        """Whose it is."""
        return CareRelation(self.municipality, self.provider, self.law, self.client_id)

    @property
    def assignment(self) -> Assignment | None:
        """What is allocated, when it is specific."""
        if not (self.category and self.product_code and self.volume and self.unit and self.frequency):
            return None
        return Assignment(
            law=self.law,
            product_code=self.product_code,
            category=self.category,
            unit=self.unit,
            frequency=self.frequency,
            volume=self.volume,
            total_units=total_units(self.volume, self.frequency, self.starts_on, self.ends_on),
            by_effort=self.by_effort,
        )

    def ended_on(self, last: date, today: date) -> Self:
        """With another last day under the same number: earlier withdraws it, later stretches it (OP033x1).

        Raises ``Invalid`` for a day before its first, and for a later end when it has expired (OP380).
        """
        if last < self.starts_on:
            raise wrong(
                "/endsOn",
                "De einddatum ligt vóór de ingangsdatum. Verwijder de toewijzing als zij er nooit had moeten zijn.",
                "The end date is before the first day. Remove the allocation if it should never have been made.",
                "ends-before-start",
            )
        if self.ends_on is not None and last > self.ends_on and self.ends_on < today:
            raise wrong(
                "/endsOn",
                "Deze toewijzing is al verlopen en kan niet meer worden verlengd (iStandaarden OP380). Maak een nieuwe"
                " toewijzing.",
                "This allocation has expired and cannot be extended any more (iStandaarden OP380). Make a new one.",
                "expired",
            )
        return replace(self, ends_on=last)

    def taken_back(self, now: datetime) -> Self:
        """Removed: its end becomes its beginning, and it counts as never made (OP033x1)."""
        return replace(self, ends_on=self.starts_on, decided_at=now, reason=REMOVED, reference=None, removed=True)

    def says_the_same(self, other: "Allocation") -> bool:
        """Whether both allow the same; when and why that was decided does not matter."""
        decided = replace(
            other,
            decided_at=self.decided_at,
            reason=self.reason,
            reference=self.reference,
            referral_id=self.referral_id,
        )
        return decided == self

    def stacks_with(self, other: "Allocation") -> bool:
        """Whether both allow the same product in the same days, which is not allowed (OP259, TR302).

        The same product: the same code; without a code the same category; without a category any. Aids of the Wmo may
        stand beside anything.
        """
        if self.removed or other.removed or ({self.category, other.category} & _AIDS and self.law is Law.WMO):
            return False
        days = self.shares_days_with(other.starts_on, other.ends_on)
        by_category = None in (self.category, other.category) or self.category == other.category
        by_code = None in (self.product_code, other.product_code) or self.product_code == other.product_code
        return days and by_category and by_code

    def shares_days_with(self, first: date, last: date | None) -> bool:
        """Whether it allows care on a day from ``first`` up to and including ``last``, or without an end."""
        return (last is None or self.starts_on <= last) and (self.ends_on is None or first <= self.ends_on)

    def holds_on_or_after(self, day: date) -> bool:
        """Whether care may be given under it on ``day`` or later."""
        return not self.removed and (self.ends_on is None or self.ends_on >= day)
