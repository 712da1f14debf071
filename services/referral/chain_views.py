"""What the service tells about the chain: requests that are decided on as a whole, and every allocation there is."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from contracts.events.commissioning import Law, Unit
from contracts.events.referral import Frequency, StopReason
from contracts.values import AgbCode, Cents, MunicipalityCode
from services.referral.domain.reasons import Answer, ChangeReason, ChangeRequestReason
from services.referral.views import ReferralView, View


class RequestState(View):
    """Where a request that is decided on as a whole stands."""

    request_id: UUID | None
    answer: Answer | None = Field(default=None, description="The latest 319 on it.")
    granted: bool = False
    decision_due: datetime | None = None


class WantedView(View):
    """A product that a request wants: a change of allocation ``number``, or without one a new product."""

    number: int | None
    category: str | None
    product_code: str | None
    starts_on: date
    ends_on: date | None
    volume: int | None
    unit: Unit | None
    frequency: Frequency | None
    by_effort: bool
    budget_cents: int | None


class ChainRequestView(View):
    """A request that is decided on as a whole: for change (317), or for no specific product (315)."""

    request_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    provider_name: str | None
    client: UUID = Field(description="The client's pseudonym; `/clients/{client}` tells who it is, to who may know.")
    law: Law
    reference: str
    change: bool
    reason: ChangeRequestReason | None
    dated: date
    received_at: datetime
    unchanged: tuple[int, ...]
    changed: tuple[WantedView, ...]
    new: tuple[WantedView, ...]
    answers: tuple[Answer, ...] = Field(description="The 319s on it, oldest first.")
    granted_at: datetime | None
    decision_due: datetime | None
    escalated: bool = Field(description="Its term passed without a decision.")
    open: bool


class ChainAllocation(View):
    """An allocation as the latest decision on it left it, with the journey that serves it, if one does."""

    municipality: MunicipalityCode
    provider: AgbCode
    law: Law
    number: int
    client: UUID
    category: str | None
    product_code: str | None
    volume: int | None
    unit: Unit | None
    frequency: Frequency | None
    by_effort: bool
    budget_cents: int | None
    starts_on: date
    ends_on: date | None
    decided_at: datetime
    reason: ChangeReason | None
    removed: bool
    referral_id: UUID | None


class ClientAt(View):
    """A client as one municipality knows them; the same person has another pseudonym in each."""

    client: UUID
    municipality: MunicipalityCode
    own_number: str | None = Field(description="The provider's own number for the client.")


class ClientCare(View):
    """All care of one person with one provider, whatever municipality pays and under whatever law."""

    known_as: tuple[ClientAt, ...] = Field(description="The client that was asked for first.")
    referrals: tuple[ReferralView, ...] = Field(description="The journeys, latest request first; at most 200.")
    allocations: tuple[ChainAllocation, ...] = Field(description="What is allocated without a product; at most 200.")
    requests: tuple[ChainRequestView, ...] = Field(
        description="What was asked and is decided on as a whole, latest first; empty for who may not see requests."
    )


class ApprovedView(View):
    """What was declared on an allocation, approved and not credited, in one unit. Euros count in cents."""

    unit: Unit
    volume: int
    cents: Cents


class ReportView(View):
    """A start of care as a 305 told it, or with ``reason`` and ``ends_on`` a stop (307)."""

    category: str | None
    product_code: str | None
    starts_on: date
    reason: StopReason | None
    ends_on: date | None
    reported_at: datetime


class AllocationInDetail(ChainAllocation):
    """An allocation with what came of it so far."""

    approved: tuple[ApprovedView, ...]
    reports: tuple[ReportView, ...] = Field(description="Starts and stops of care, in the order of their reports.")


class AllocationState(View):
    """An allocation as an act left it."""

    municipality: MunicipalityCode
    law: Law
    number: int
    starts_on: date
    ends_on: date | None
    budget_cents: Cents | None
    removed: bool


class CategoryView(View):
    """A category that may be allocated without a product, with the providers that have an agreement in it."""

    law: Law
    category: str
    name: str
    providers: tuple[AgbCode, ...]


class ExchangeSettings(View):
    """How a party exchanges messages."""

    own_retours: bool = Field(
        description="Its own software sends the retours on what it receives; otherwise Samenspel confirms at once."
    )
