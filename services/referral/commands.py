"""What somebody wants to happen with a referral.

Personal data in a command are never part of what is stored of it: they are excluded from its serialisation, and a keyed
``mark`` stands in for them, so that a repeated command is recognised all the same.
"""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from contracts.events.referral import DeclineReason, Frequency, NotBegunReason, Referrer, StopReason
from contracts.values import AgbCode, MunicipalityCode, ProductCode
from services.kit.commands import Command
from services.kit.model import Day
from services.referral.domain.person import ONE_LINE, Person
from services.referral.domain.reasons import (
    ChangeReason,
    ChangeRequestReason,
    Promise,
    RefusalReason,
    WaitReason,
    WithdrawalReason,
)

Volume = Annotated[int, Field(ge=1, le=99_999_999, description="How much per `frequency`, in the product's unit.")]
OwnNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=36, pattern=r"^[A-Za-z0-9._/-]+$")
]
ReferrerName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=ONE_LINE)]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=36, pattern=ONE_LINE)]


class RequestAllocation(Command):
    """Ask for support of a resident with a product of a provider, by form.

    An access worker asks for the own municipality, a provider for itself. ``by_effort`` tells what pieces count: effort
    (84) or output (82). ``own_number`` is the provider's own number of the client, ``request_reference`` the
    provider's reference (*ReferentieAanbieder*).
    """

    municipality: MunicipalityCode
    provider: AgbCode
    person: Person = Field(exclude=True, repr=False)
    person_mark: str
    product_code: ProductCode
    volume: Volume
    frequency: Frequency
    by_effort: bool = False
    referrer: Referrer
    referrer_name: ReferrerName | None = Field(default=None, exclude=True, repr=False)
    referrer_code: AgbCode | None = Field(default=None, exclude=True, repr=False)
    ordered_on: Day | None = None
    desired_start: Day
    desired_end: Day | None = None
    own_number: OwnNumber | None = None
    request_reference: Reference | None = None
    crisis: bool = False


class GrantAllocation(Command):
    """Allocate. What is left out stays as it was requested; ``person`` completes the dossier for the 301."""

    referral_id: UUID
    provider: AgbCode | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    volume: Volume | None = None
    frequency: Frequency | None = None
    wait_reason: WaitReason | None = None
    person: Person | None = Field(default=None, exclude=True, repr=False)
    person_mark: str | None = None


class RefuseRequest(Command):
    """Refuse a request, with a reason of the standard (WJ759).

    ``responsible_municipality`` goes with *residence_principle* and only with it.
    """

    referral_id: UUID
    reason: RefusalReason
    responsible_municipality: MunicipalityCode | None = None


class InvestigateRequest(Command):
    """The decision on a request needs an investigation (319, *in onderzoek*; OP274)."""

    referral_id: UUID


class ChangeAllocation(Command):
    """Change an allocation: another end, or another volume (OP033x1, OP257, OP380).

    What is left out stays as it is. Another end, and another volume over the whole allocation, keep its number. Any
    other volume is a new allocation ``from_day`` on, and the present one ends the day before. ``agreed``: the provider
    consents to less in total (OP298).
    """

    referral_id: UUID
    reason: ChangeReason
    ends_on: Day | None = None
    volume: Volume | None = None
    from_day: Day | None = None
    agreed: bool = False


class RemoveAllocation(Command):
    """Remove an allocation: it counts as never made (reason 13), also when care had begun."""

    referral_id: UUID


class RequestChange(Command):
    """The provider asks to change an allocation: the program writes its 317 (OP343)."""

    referral_id: UUID
    reason: ChangeRequestReason
    ends_on: Day | None = None
    volume: Volume | None = None
    from_day: Day | None = None


class GrantRequest(Command):
    """Grant a request as a whole: for change (317), or without a specific product (315) (IV093, IV094).

    ``from_day`` replaces the desired first day of what changes or is new, when that has passed (by agreement with the
    provider). ``person`` completes the dossier for the 301.
    """

    request_id: UUID
    from_day: Day | None = None
    person: Person | None = Field(default=None, exclude=True, repr=False)
    person_mark: str | None = None


class RejectRequest(Command):
    """Reject such a request, with a reason of the standard (WJ759)."""

    request_id: UUID
    reason: RefusalReason
    responsible_municipality: MunicipalityCode | None = None


class InvestigateChainRequest(Command):
    """The decision on such a request needs an investigation (OP346)."""

    request_id: UUID


class RemindOfRequest(Command):
    """The decision on such a request is almost due, or (``overdue``) its term has passed."""

    request_id: UUID
    overdue: bool


class InvestigateResidence(Command):
    """Look into which municipality is responsible, for two weeks at most (OP359)."""

    referral_id: UUID


class AskElsewhere(Command):
    """The provider asks the municipality that a refusal named for the same help."""

    referral_id: UUID


class ContinueElsewhere(Command):
    """The client moved: the new ``municipality`` is asked to go on with the help; they leave ``asked_by``."""

    referral_id: UUID
    asked_by: MunicipalityCode
    municipality: MunicipalityCode
    from_day: Day


class AcceptAllocation(Command):
    """The provider takes the allocation on."""

    referral_id: UUID
    own_number: OwnNumber | None = None


class DeclineAllocation(Command):
    """The provider does not take it on, or (``no_answer``, by the workflow only) let the term pass."""

    referral_id: UUID
    reason: DeclineReason


class OfferAllocation(Command):
    """Offer a declined allocation to ``provider``, or to the next one: shortest wait first, each asked once."""

    referral_id: UUID
    provider: AgbCode | None = None


class OfferOpenly(Command):
    """Offer a request to several providers at once: the first that claims gets it. What is left out stays as it was.

    ``person`` completes the dossier, as an allocation needs it.
    """

    referral_id: UUID
    providers: tuple[AgbCode, ...]
    starts_on: Day | None = None
    ends_on: Day | None = None
    volume: Volume | None = None
    frequency: Frequency | None = None
    wait_reason: WaitReason | None = None
    person: Person | None = Field(default=None, exclude=True, repr=False)
    person_mark: str | None = None


class ClaimOffer(Command):
    """``provider`` claims what it was offered beside others. Carried out by Samenspel for it."""

    referral_id: UUID
    provider: AgbCode
    own_number: OwnNumber | None = None


class DeclineOffer(Command):
    """``provider`` does not claim what it was offered beside others. Carried out by Samenspel for it."""

    referral_id: UUID
    provider: AgbCode
    reason: DeclineReason


class LapseOffers(Command):
    """The term of an offer to several passed and nobody claimed."""

    referral_id: UUID


class StateLocations(Command):
    """The provider says in which municipalities it has a location; this replaces what it said before."""

    municipalities: tuple[MunicipalityCode, ...] = Field(max_length=100)


class RemindOfPromise(Command):
    """A promise is almost due: remind the party that made it."""

    referral_id: UUID
    promise: Promise


class PromiseEnds(Command):
    """Ends of care in an imported file came near: they are waited for from now on."""

    import_id: UUID


class EscalatePromise(Command):
    """A promise was not kept: put it on the worklist of the access team."""

    referral_id: UUID
    promise: Promise


class ReportStart(Command):
    """Care began on ``started_on``."""

    referral_id: UUID
    started_on: Day


class ExpectStart(Command):
    """Care did not begin yet; the provider expects it on ``expected_on``."""

    referral_id: UUID
    expected_on: Day
    reason: NotBegunReason


class ReportStop(Command):
    """Care stopped on ``stopped_on``, for good unless the reason is temporary."""

    referral_id: UUID
    stopped_on: Day
    reason: StopReason


class WithdrawReferral(Command):
    """Take a journey back before care began."""

    referral_id: UUID
    reason: WithdrawalReason


class NumberClient(Command):
    """The provider's own number for the client of a journey."""

    referral_id: UUID
    own_number: OwnNumber


class EraseClient(Command):
    """Erase a person: throw the key of the dossier away. All journeys must have ended."""

    client: UUID
    reason: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class ReceiveMessage(Command):
    """An iWmo/iJw message as it came in, byte for byte. ``mark`` is its keyed hash."""

    model_config = ConfigDict(ser_json_bytes="base64")

    original: bytes = Field(exclude=True, repr=False)
    mark: str


class ImportTrajectories(Command):
    """A CSV file with trajectories from before joining; all rows or none. ``dry_run`` only says what would happen."""

    content: bytes = Field(exclude=True, repr=False)
    mark: str
    dry_run: bool = False


class MissReceipt(Command):
    """The retour on a message did not come in time (OP090)."""

    message_id: UUID


class SetExchange(Command):
    """How the caller exchanges messages. ``own_retours``: its own software sends the retours on what it receives."""

    own_retours: bool
