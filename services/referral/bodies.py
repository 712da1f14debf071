"""What callers send. Personal data stand in bodies only, never in an address."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contracts.events.commissioning import Law
from contracts.events.referral import DeclineReason, Frequency, NotBegunReason, Referrer, StopReason
from contracts.values import AgbCode, MunicipalityCode, ProductCategory, ProductCode
from services.kit.model import Day
from services.referral.broad_commands import BudgetCents
from services.referral.commands import OwnNumber, Reference, ReferrerName, Volume
from services.referral.domain.person import Person
from services.referral.domain.reasons import (
    ChangeReason,
    ChangeRequestReason,
    Promise,
    RefusalReason,
    WaitReason,
    WithdrawalReason,
)


class Body(BaseModel):
    """Base of every body: closed, ``camelCase``."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True
    )


class RequestBody(Body):
    """A request for allocation, by form."""

    municipality: MunicipalityCode
    provider: AgbCode
    person: Person
    product_code: ProductCode
    volume: Volume
    frequency: Frequency
    by_effort: bool = Field(default=False, description="Pieces count effort (84) instead of output (82).")
    referrer: Referrer
    referrer_name: ReferrerName | None = Field(
        default=None, description="Of a doctor or institution: when its AGB code is not known (CD067)."
    )
    referrer_code: AgbCode | None = Field(default=None, description="AGB code of a doctor or institution (CD066–068).")
    ordered_on: Day | None = Field(default=None, description="Day of the order of a court or certified institution.")
    desired_start: Day
    desired_end: Day | None = None
    own_number: OwnNumber | None = Field(default=None, description="The provider's own number for the client.")
    request_reference: Reference | None = Field(default=None, description="The provider's reference of the request.")
    crisis: bool = Field(default=False, description="Terms of hours; care may have begun up to five working days ago.")


class GrantBody(Body):
    """Allocate. What is left out stays as it was requested."""

    decision: Literal["grant"]
    provider: AgbCode | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    volume: Volume | None = None
    frequency: Frequency | None = None
    wait_reason: WaitReason | None = None
    person: Person | None = Field(default=None, description="Completes the dossier: a 301 needs an address or phone.")


class RefuseBody(Body):
    """Refuse the request."""

    decision: Literal["refuse"]
    reason: RefusalReason
    responsible_municipality: MunicipalityCode | None = Field(
        default=None, description="With `residence_principle`: the municipality that is responsible."
    )


DecisionBody = Annotated[GrantBody | RefuseBody, Field(discriminator="decision")]


class ChangeBody(Body):
    """Change an allocation. What is left out stays as it is."""

    reason: ChangeReason
    ends_on: Day | None = None
    volume: Volume | None = None
    from_day: Day | None = Field(
        default=None, description="From when another volume per day, week or month holds, under a number of its own."
    )
    agreed: bool = Field(default=False, description="The provider consents to less in total (OP298).")


class BroadAllocationBody(Body):
    """Allocate a category, perhaps with a budget, or without `category` a budget alone."""

    municipality: MunicipalityCode
    provider: AgbCode
    law: Law
    person: Person
    category: ProductCategory | None = None
    budget_cents: BudgetCents | None = None
    starts_on: Day
    ends_on: Day | None = Field(default=None, description="Needed with a budget (CD075).")


class BroadChangeBody(Body):
    """Change such an allocation. What is left out stays as it is."""

    reason: ChangeReason
    ends_on: Day | None = None
    budget_cents: BudgetCents | None = None
    agreed: bool = Field(default=False, description="The provider consents to a lower budget (OP299).")


class ChangeRequestBody(Body):
    """Ask the municipality to change an allocation (317). What is left out stays as it is."""

    reason: ChangeRequestReason
    ends_on: Day | None = None
    volume: Volume | None = None
    from_day: Day | None = Field(default=None, description="From when another volume per day, week or month is wanted.")


class GrantRequestBody(Body):
    """Grant a request as a whole."""

    decision: Literal["grant"]
    from_day: Day | None = Field(
        default=None, description="Instead of a desired first day that has passed, by agreement with the provider."
    )
    person: Person | None = Field(default=None, description="Completes the dossier: a 301 needs an address or phone.")


class InvestigateBody(Body):
    """The decision needs an investigation; it comes within eight weeks of the day of the request."""

    decision: Literal["investigate"]


RequestDecisionBody = Annotated[GrantRequestBody | RefuseBody | InvestigateBody, Field(discriminator="decision")]


class RequestReminderBody(Body):
    """Whether the term is almost over, or has passed."""

    overdue: bool


class AcceptBody(Body):
    """Take the allocation on."""

    own_number: OwnNumber | None = Field(default=None, description="The provider's own number for the client.")


class DeclineBody(Body):
    """Do not take it on."""

    reason: DeclineReason = Field(description="`no_answer` is for the workflow only.")


class OfferBody(Body):
    """Offer to a named provider; without one to the next candidate, shortest wait first."""

    provider: AgbCode | None = None


class MoveBody(Body):
    """The client moved."""

    municipality: MunicipalityCode = Field(description="Where the client lives now.")
    from_day: Day = Field(description="The day of the move.")


class OpenOfferBody(Body):
    """Offer to several providers at once. What is left out stays as it was requested."""

    providers: tuple[AgbCode, ...] = Field(description="Two to twenty; the first that claims gets the allocation.")
    starts_on: Day | None = None
    ends_on: Day | None = None
    volume: Volume | None = None
    frequency: Frequency | None = None
    wait_reason: WaitReason | None = None
    person: Person | None = Field(default=None, description="Completes the dossier: a 301 needs an address or phone.")


class ClaimBody(Body):
    """Be the first."""

    own_number: OwnNumber | None = Field(default=None, description="The provider's own number for the client.")


class LocationsBody(Body):
    """From where a provider delivers; replaces what it said before."""

    municipalities: tuple[MunicipalityCode, ...] = Field(max_length=100)


class StartBody(Body):
    """Care began."""

    started_on: Day


class ExpectedStartBody(Body):
    """Care did not begin yet."""

    expected_on: Day
    reason: NotBegunReason


class StopBody(Body):
    """Care stopped."""

    stopped_on: Day
    reason: StopReason


class WithdrawalBody(Body):
    """Take back before care began."""

    reason: WithdrawalReason


class PromiseBody(Body):
    """Which promise."""

    promise: Promise


class OwnNumberBody(Body):
    """The provider's own number for the client."""

    own_number: OwnNumber


class ErasureBody(Body):
    """Why a person is erased, as a code."""

    reason: Literal["retention_ended", "request_of_client", "entered_by_mistake"]


class ExchangeSettingsBody(Body):
    """How the caller exchanges messages."""

    own_retours: bool = Field(description="The caller's own software sends the retours on what it receives.")
