"""What the service tells about a referral. Nothing here says who the client is: ``client`` is a pseudonym."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contracts.events.commissioning import DeclaredWhen, StartMeans, StopMeans
from contracts.events.referral import Assignment, Channel, DeclineReason, NotBegunReason, Referrer, StopReason
from contracts.values import AgbCode, MunicipalityCode, PartyId, PartyKind, ProductCode
from services.kit.actor import Actor
from services.referral.domain.candidates import Candidate
from services.referral.domain.columns import Column
from services.referral.domain.journey import Status
from services.referral.domain.open_offer import OfferStatus
from services.referral.domain.person import Person
from services.referral.domain.reasons import WaitReason
from services.referral.domain.referral import Referral
from services.referral.domain.trajectories import RowError
from services.referral.domain.worklist import Task, tasks


class View(BaseModel):
    """Base of every answer: ``camelCase`` in JSON."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class ReferralState(View):
    """Where a journey stands after an act, with what is due next."""

    referral_id: UUID
    status: Status
    provider: AgbCode
    allocation_number: int | None = None
    decision_due: datetime | None = None
    accept_due: datetime | None = None
    start_due: datetime | None = None
    reason: str | None = None
    changed: bool = Field(default=True, description="False when the act was done before or was no longer needed.")

    @classmethod
    def of(cls, referral: Referral, *, changed: bool = True) -> "ReferralState":
        """The state of ``referral``."""
        return cls(
            referral_id=referral.referral_id,
            status=referral.status,
            provider=referral.provider,
            allocation_number=referral.allocation_number,
            decision_due=referral.decision_due,
            accept_due=referral.accept_due,
            start_due=referral.start_due,
            reason=referral.reason,
            changed=changed,
        )


class ReferralView(View):
    """One journey as its parties see it."""

    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    provider_name: str | None = None
    client: UUID = Field(description="The client's pseudonym; `/clients/{client}` tells who it is, to who may know.")
    own_number: str | None = Field(default=None, description="The provider's own number for the client.")
    status: Status
    assignment: Assignment
    referrer: Referrer
    channel: Channel
    desired_start: date
    desired_end: date | None
    requested_at: datetime
    crisis: bool = Field(description="Terms of hours; on top of every worklist.")
    ordered_on: date | None
    responsible_municipality: MunicipalityCode | None = Field(description="Named in a refusal by residence (OP359).")
    continued_as: UUID | None = Field(description="The journey at another municipality that goes on with this one.")
    follows: UUID | None = Field(description="The journey at another municipality that this one goes on with.")
    wait_reason: WaitReason | None = Field(description="Why it was placed where the wait is longer than the norm.")
    decision_due: datetime | None
    request_reference: str | None
    allocation_number: int | None
    granted_at: datetime | None
    starts_on: date | None
    ends_on: date | None
    accept_due: datetime | None
    start_due: datetime | None
    report_due: datetime | None = Field(
        default=None, description="Before when a start on the first day is reported (OP271)."
    )
    stop_due: datetime | None = Field(default=None, description="Before when the end of care is reported (OP272).")
    accepted_at: datetime | None
    expected_on: date | None = Field(default=None, description="When the provider expects care to begin.")
    not_begun: NotBegunReason | None = Field(default=None, description="Why it did not begin yet.")
    started_on: date | None
    start_reported_at: datetime | None
    stopped_on: date | None
    stop_reason: StopReason | None
    stop_reported_at: datetime | None
    reason: str | None = Field(description="Why it was refused, declined or withdrawn.")
    offers: int = Field(description="How many providers it was offered to.")
    task: Task | None = Field(description="What the caller has to do next.")
    task_due: datetime | None
    escalated: tuple[str, ...] = Field(description="Promises that were not kept in time.")
    investigated: bool = Field(description="The provider was told that the decision needs an investigation.")

    @classmethod
    def of(
        cls, referral: Referral, actor: Actor, *, own_number: str | None = None, provider_name: str | None = None
    ) -> "ReferralView":
        """``referral`` as ``actor`` sees it, with what is known of it besides."""
        todo = tasks(referral)
        provider_asks = actor.kind is PartyKind.PROVIDER
        shared = {name: getattr(referral, name) for name in cls.model_fields if hasattr(referral, name)}
        return cls(
            **shared,
            client=referral.client_dossier,
            own_number=own_number,
            provider_name=provider_name,
            task=todo.provider if provider_asks else todo.municipality,
            task_due=todo.provider_due if provider_asks else todo.municipality_due,
        )


class ReferrerView(View):
    """Who exactly pointed the way. ``name`` and ``code`` are null when they were not given, or were erased."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True)

    referrer: Referrer
    name: str | None
    code: str | None
    ordered_on: date | None = Field(description="The day of the order of a court or certified institution.")
    request_due: datetime | None = Field(description="Before when help that was ordered had to be asked for (SAP-GI).")
    binding: bool = Field(description="Whether the municipality may not weigh the need (SAP-GI).")

    def __repr__(self) -> str:
        return f"ReferrerView({self.referrer})"


class TaskCount(View):
    """How many journeys wait for one task of the caller."""

    task: Task
    number: int


class Count(View):
    """How many a list has in all, whatever its pages show."""

    number: int


class AllocationView(View):
    """One allocation of a journey; withdrawn ones were declined or taken back."""

    number: int
    provider: AgbCode
    granted_at: datetime
    withdrawn_at: datetime | None


class CandidateView(View):
    """A provider that can take an allocation, with what it said about room and wait, its distance and the norm."""

    provider: AgbCode
    name: str | None
    valid_from: date
    valid_until: date | None
    places: int | None
    free: int | None
    wait_days: int | None
    stated_at: datetime | None
    locations: tuple[MunicipalityCode, ...] = Field(description="Municipalities from which it says it delivers.")
    distance_km: int | None = Field(description="As the crow flies to its nearest location; null when not known.")
    norm_days: int = Field(description="The waiting norm of the product category (OV 3.5.1).")
    beyond_norm: bool = Field(description="Whether the wait that it stated is longer than the norm.")

    @classmethod
    def of(cls, candidate: Candidate, municipality: str, norm_days: int) -> "CandidateView":
        """``candidate`` as seen from ``municipality``."""
        known = ("provider", "name", "valid_from", "valid_until", "places", "free", "wait_days", "stated_at")
        return cls(
            **{name: getattr(candidate, name) for name in (*known, "locations")},
            distance_km=candidate.away_from(municipality),
            norm_days=norm_days,
            beyond_norm=candidate.beyond(norm_days),
        )


class OpenOfferView(View):
    """A request that is offered to several providers, as one of them sees it: nothing about who the client is."""

    referral_id: UUID
    provider: AgbCode
    provider_name: str | None = None
    municipality: MunicipalityCode
    assignment: Assignment
    starts_on: date
    ends_on: date | None
    offered_at: datetime
    claim_due: datetime
    crisis: bool
    status: OfferStatus
    reason: DeclineReason | None = Field(description="Why the provider declined.")
    ended_at: datetime | None


class LocationView(View):
    """A municipality from which a provider delivers."""

    municipality: MunicipalityCode
    stated_at: datetime


class ProductView(View):
    """A product that may be asked for."""

    product_code: ProductCode
    category: str
    name: str
    law: str
    unit: str


class AgreedMomentsView(View):
    """What was agreed about the moments of a product; null is what was not recorded."""

    municipality: MunicipalityCode
    provider: AgbCode
    product_code: ProductCode
    declared_when: DeclaredWhen | None = Field(description="When a result is declared (OP264).")
    start_means: StartMeans | None = Field(description="What the first day in a report of a start is (OP270).")
    stop_means: StopMeans | None = Field(description="What the last day in a report of an end is (OP270).")


class DeadlineView(View):
    """A promise that is still open."""

    subject: str
    kind: str
    due: datetime
    party: str
    rule: str
    workflow: str | None


class RowProblem(View):
    """One wrong value in a file: where, what is wrong, and what would be right, in Dutch and English."""

    line: int
    column: str
    wrong_nl: str
    wrong_en: str
    right_nl: str
    right_en: str

    @classmethod
    def of(cls, error: RowError) -> "RowProblem":
        """The problem of one value."""
        return cls(
            line=error.line,
            column=error.column,
            wrong_nl=error.wrong.nl,
            wrong_en=error.wrong.en,
            right_nl=error.right.nl,
            right_en=error.right.en,
        )


class ImportedFile(View):
    """What became of a file; ``import_id`` is null when nothing was imported (a dry run)."""

    import_id: UUID | None
    rows: int
    imported: int = Field(description="Rows that became a journey; for a dry run: would become.")
    already_known: int = Field(description="Rows that were imported before.")
    imported_at: datetime
    problems: list[RowProblem] = Field(default_factory=list, description="The first 200 wrong values of a dry run.")
    problem_count: int = 0
    changed: bool = Field(default=True, description="False when this very file was imported before.")


class PromisedEnds(View):
    """How many ends of care in a file were taken up, and when the next one comes near; null when none is left."""

    import_id: UUID
    promised: int
    next_at: datetime | None


class ImportedRow(View):
    """What one row of a file became."""

    line: int
    municipality: MunicipalityCode
    allocation_number: int
    referral_id: UUID


class ColumnView(View):
    """One column of the trajectories file."""

    name: str
    required: bool
    personal: bool
    meaning_nl: str
    meaning_en: str
    right_nl: str
    right_en: str

    @classmethod
    def of(cls, column: Column) -> "ColumnView":
        """The documentation of one column."""
        return cls(
            name=column.name,
            required=column.required,
            personal=column.personal,
            meaning_nl=column.meaning.nl,
            meaning_en=column.meaning.en,
            right_nl=column.right.nl,
            right_en=column.right.en,
        )


class ClientView(View):
    """Who a client is: for authorised staff with a relation, and every look is recorded."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True)

    client: UUID
    display_name: str
    own_number: str | None
    version: int = Field(description="How often it was changed, from 1 on: the ETag, to correct it.")
    no_messages: bool = Field(
        default=False,
        description="No messages about this client are sent; arrange by phone what they would say (OP003).",
    )
    person: Person

    @classmethod
    def of(
        cls, client: UUID, person: Person, own_number: str | None, *, version: int = 1, no_messages: bool = False
    ) -> "ClientView":
        """The client as staff see them."""
        return cls(
            client=client,
            display_name=person.display_name,
            own_number=own_number,
            version=version,
            no_messages=no_messages,
            person=person,
        )

    def __repr__(self) -> str:
        return f"ClientView({self.client})"


class ClientErased(View):
    """The dossier is unreadable from now on."""

    client: UUID
    erased_at: datetime
    changed: bool = True


class MessageFinding(View):
    """What is wrong with a message, where, and what would be right; the value itself is never repeated."""

    path: str | None
    line: int | None = None
    codes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    wrong_nl: str
    wrong_en: str
    right_nl: str | None = None
    right_en: str | None = None


class MessageView(View):
    """An iWmo/iJw message, without its text."""

    message_id: UUID
    direction: str = Field(description="`received` or `written` by Samenspel.")
    kind: str | None = Field(description="Such as JW315; null when it could not be read.")
    sender: PartyId
    receiver: PartyId | None
    identification: str | None
    dated: date | None
    accepted: bool | None
    level: str | None = Field(description="The first level that failed: technical, 1, 2, 3 or 4.")
    return_codes: tuple[str, ...]
    findings: list[MessageFinding] = Field(default_factory=list)
    answer_id: UUID | None = Field(description="The retour or answer to it.")
    answer_kind: str | None
    referral_ids: tuple[UUID, ...]
    at: datetime
    receipt_due: datetime | None = Field(default=None, description="Before when its retour is to come (OP090).")
    receipt_missed: bool = Field(default=False, description="That passed without a retour.")
