"""The agreement: what one provider may deliver, where, at which price, and under which ceiling per calendar year.

No agreement until both sides sign (IE 5.8.2). A running agreement may be imported: it was signed elsewhere.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from contracts.events.commissioning import Tariff
from contracts.values import AgbCode, MunicipalityCode, PartyId
from services.commissioning.domain.model import CeilingCents, OfferedProduct
from services.kit.model import Day, Line, Model, refused, wrong
from services.kit.working_days import end_of_day_utc, local_date

EXTENSION_NOTICE_MONTHS = 6
"""Notice of an extension at least six months before the end, else it lapses (OV 1.3.3)."""


class AgreementStatus(StrEnum):
    DRAFTED = "drafted"
    CONCLUDED = "concluded"
    VOID = "void"


class AgreementTerms(Model):
    """What both sides agree on. ``tariffs`` are there only where prices differ from those of ``products``."""

    provider: AgbCode
    municipalities: Annotated[tuple[MunicipalityCode, ...], Field(min_length=1, max_length=400)]
    products: Annotated[tuple[OfferedProduct, ...], Field(min_length=1, max_length=500)]
    tariffs: tuple[Tariff, ...] = ()
    ceiling_cents: CeilingCents | None = None
    valid_from: Day
    valid_until: Day | None = None


class Agreement(AgreementTerms):
    """An agreement between ``owner`` and a provider. ``reference`` is the owner's own number, for imported ones."""

    agreement_id: UUID
    commission_id: UUID | None = None
    application_id: UUID | None = None
    reference: Line | None = None
    owner: PartyId
    provider_party: PartyId
    status: AgreementStatus
    imported: bool = False
    drafted_at: datetime
    sign_due: datetime | None = None
    concluded_at: datetime | None = None

    @property
    def sides(self) -> tuple[PartyId, PartyId]:
        """Who must sign: the commissioner and the provider."""
        return self.owner, self.provider_party

    @property
    def terms(self) -> AgreementTerms:
        """Only what was agreed."""
        return AgreementTerms(**{name: getattr(self, name) for name in AgreementTerms.model_fields})

    def sign(self, party: PartyId, signed: Collection[PartyId], now: datetime) -> Self:
        """One side signs; ``signed`` are the sides that did before. With both signatures it is concluded."""
        if self.status is not AgreementStatus.DRAFTED:
            raise refused(
                "Deze overeenkomst ligt niet (meer) ter ondertekening: zij is al gesloten of vervallen.",
                "This agreement is not (or no longer) open for signing: it is concluded or void.",
                "not-open-for-signing",
            )
        if party not in self.sides:
            raise refused(
                "Alleen de opdrachtgever en de aanbieder van deze overeenkomst tekenen haar.",
                "Only the commissioner and the provider of this agreement sign it.",
                "not-a-side",
            )
        if party in signed:
            raise refused(
                "Uw kant heeft al getekend. De overeenkomst wacht op de andere kant.",
                "Your side has signed already. The agreement waits for the other side.",
                "already-signed",
            )
        if {*signed, party} != set(self.sides):
            return self
        return self.model_copy(update={"status": AgreementStatus.CONCLUDED, "concluded_at": now})

    @property
    def extension_notice_due(self) -> datetime | None:
        """Until when the commissioner may give notice of an extension (OV 1.3.3); ``None`` without an end."""
        if self.valid_until is None:
            return None
        return end_of_day_utc(months_before(self.valid_until, EXTENSION_NOTICE_MONTHS))


def sign_due(now: datetime, days: int) -> datetime:
    """Before when both sides sign: ``days`` calendar days from now (three weeks, OV 3.24)."""
    return end_of_day_utc(local_date(now) + timedelta(days=days))


def months_before(day: date, months: int) -> date:
    """The same day of the month ``months`` earlier, or the last day of that month when it is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    following_year, following_month = divmod(index + 1, 12)
    last = (date(following_year, following_month + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def check_terms(terms: AgreementTerms) -> None:
    """Raise ``Invalid`` when the terms contradict themselves."""
    if terms.valid_until is not None and terms.valid_until < terms.valid_from:
        raise wrong(
            "/validUntil",
            "De einddatum ligt vóór de ingangsdatum. Kies een latere einddatum.",
            "The last day is before the first. Choose a later one.",
            "ends-before-start",
        )
    codes = [product.product_code for product in terms.products]
    if len(set(codes)) < len(codes):
        raise wrong("/products", "Noem elk product één keer.", "Name each product once.", "repeated")


def overlapping(tariffs: Sequence[Tariff]) -> tuple[int, int] | None:
    """The places of two lines that price the same product in the same municipality on the same day, if any."""
    for later, line in enumerate(tariffs):
        for earlier, other in enumerate(tariffs[:later]):
            same = line.product_code == other.product_code and line.municipality == other.municipality
            apart = (line.valid_until is not None and line.valid_until < other.valid_from) or (
                other.valid_until is not None and other.valid_until < line.valid_from
            )
            if same and not apart:
                return earlier, later
    return None
