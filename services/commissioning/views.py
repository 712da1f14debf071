"""What the API answers: values of the domain, and views that join some of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from contracts.events.commissioning import Municipality
from contracts.events.council import Goal
from contracts.values import AgbCode, Cents, MunicipalityCode, PartyId, ProductCode, YearMonth
from services.commissioning.commands import SpendingDecision
from services.commissioning.domain.admission import ApplicationText, Judgement
from services.commissioning.domain.agreement import Agreement
from services.commissioning.domain.promises import Promise
from services.kit.model import Model


class Region(Model):
    """Municipalities that commission together."""

    region_id: str
    name: str
    formed_at: datetime
    municipalities: tuple[Municipality, ...]


class Provider(Model):
    """A care provider on the platform."""

    agb: AgbCode
    name: str
    fictional: bool
    registered_at: datetime


class Capacity(Model):
    """What a provider said about room and wait for a product."""

    provider: AgbCode
    product_code: ProductCode
    places: int
    free: int
    wait_days: int
    stated_at: datetime


class Frame(Model):
    """A frame that a council adopted, as a scenario may cite it."""

    frame_id: UUID
    municipality: MunicipalityCode
    title: str
    first_year: int
    last_year: int
    goals: tuple[Goal, ...]
    adopted_at: datetime


class Question(Model):
    """A question about a commission. Who asked is not told; ``own`` when the caller did."""

    question_id: UUID
    question: str
    asked_at: datetime
    own: bool
    answer: str | None = None
    answered_at: datetime | None = None


class Decision(Model):
    """What was decided about an application. ``announced_at`` ``None``: not told to the provider yet."""

    admitted: bool
    judgements: tuple[Judgement, ...]
    assessed_at: datetime
    announced_at: datetime | None = None


class ApplicationView(ApplicationText):
    """An application that the caller may open, with what was decided as far as the caller may know."""

    application_id: UUID
    commission_id: UUID
    provider: AgbCode
    submitted_at: datetime
    sealed_until: datetime
    decision: Decision | None = None


class Signature(Model):
    """One side signed."""

    party: PartyId
    signed_at: datetime


class AgreementView(Agreement):
    """An agreement with the signatures it has so far."""

    signatures: tuple[Signature, ...] = ()


class ImportedRow(Model):
    """What an import does with one agreement: ``created``, ``changed`` or ``unchanged``."""

    reference: str
    provider: AgbCode
    effect: str
    tariffs: int


class ImportReport(Model):
    """What an import did, or in a dry run would do."""

    dry_run: bool
    created: int
    changed: int
    unchanged: int
    providers_registered: int
    agreements: tuple[ImportedRow, ...]


class MonthCommitted(Model):
    """What was committed by allocations that begin in a month."""

    month: YearMonth
    committed_cents: Cents


class NextDeadline(Model):
    """The next legal deadline about an agreement."""

    kind: Promise
    due: datetime
    rule: str


class SpendingRoom(Model):
    """The spending room of one agreement in one calendar year, and how its care goes.

    ``committed_cents`` is what allocations that begin in the year promise. ``spent_cents`` is what was granted in
    declarations for care given in the year, the latest of it in ``spent_through``; both are empty until something was
    declared. ``forecast_cents`` is the year when
    it goes on as until today; empty for a year that has not begun. ``share`` and ``forecast_share`` are fractions of
    the ceiling. ``waiting`` counts allocations without a start; the other counts are since the agreement began.
    """

    agreement_id: UUID
    reference: str | None
    provider: AgbCode
    provider_name: str | None
    owner: PartyId
    municipalities: tuple[MunicipalityCode, ...]
    valid_from: date
    valid_until: date | None
    year: int
    ceiling_cents: Cents | None
    committed_cents: Cents
    spent_cents: Cents | None = None
    spent_through: YearMonth | None = None
    forecast_cents: Cents | None
    share: float | None
    forecast_share: float | None
    months: tuple[MonthCommitted, ...]
    waiting: int
    started: int
    within_norm: int
    ended: int
    dropouts: int
    last_event_at: datetime | None
    next_deadline: NextDeadline | None
    warned_at: datetime | None


class SpendingRooms(Model):
    """The spending room of every agreement that the caller may see."""

    year: int
    items: tuple[SpendingRoom, ...]


class ReconciliationLine(Model):
    """One month and municipality: reserved for allocations that begin in it, spent on care given in it.

    Empty where nothing was reserved or declared.
    """

    month: YearMonth
    municipality: MunicipalityCode
    reserved_cents: Cents | None
    spent_cents: Cents | None


class Reconciliation(Model):
    """One agreement in one calendar year: the ceiling beside what is reserved, committed and spent, to the cent.

    ``reserved_cents`` is what allocations that begin in the year may cost in all; ``committed_cents`` is the same
    without what early stops gave back. The sums of the lines are the totals.
    """

    agreement_id: UUID
    year: int
    ceiling_cents: Cents | None
    reserved_cents: Cents | None
    committed_cents: Cents
    spent_cents: Cents | None
    spent_through: YearMonth | None
    lines: tuple[ReconciliationLine, ...] = Field(description="By month, then municipality.")


class SpendingWarning(Model):
    """The committed amount passed 70 % of the ceiling; talk, then decide (OV 1.5.7)."""

    agreement_id: UUID
    year: int
    owner: PartyId
    provider_party: PartyId
    committed_cents: Cents
    ceiling_cents: Cents
    forecast_cents: Cents
    warned_at: datetime
    talk_due: datetime
    decision_due: datetime
    talked_on: date | None = None
    talk_note: str | None = None
    decided_on: date | None = None
    decision: SpendingDecision | None = None
    decision_note: str | None = None


class DeadlineView(Model):
    """A promise that is still open. ``workflow`` null: people keep it, nothing acts by itself."""

    subject: str
    kind: Promise
    due: datetime
    party: PartyId
    rule: str
    workflow: str | None


class Regions(Model):
    items: tuple[Region, ...]


class Capacities(Model):
    items: tuple[Capacity, ...]


class Frames(Model):
    items: tuple[Frame, ...]


class Questions(Model):
    items: tuple[Question, ...]


class Applications(Model):
    """The applications that the caller may open. Before the deadline a commissioner sees none."""

    items: tuple[ApplicationView, ...]


class SpendingWarnings(Model):
    items: tuple[SpendingWarning, ...] = Field(description="Latest first.")


def question_view(row: Any, party: PartyId) -> Question:
    """A question as ``party`` may see it."""
    return Question(
        question_id=row["question_id"],
        question=row["question"],
        asked_at=row["asked_at"],
        own=row["asked_by"] == party,
        answer=row["answer"],
        answered_at=row["answered_at"],
    )


def application_view(row: Any) -> ApplicationView:
    """A row of an application joined with its assessment, if the caller may see that."""
    decided = row["assessment"]
    return ApplicationView(
        application_id=row["application_id"],
        commission_id=row["commission_id"],
        provider=row["provider"],
        products=row["products"],
        answers=row["answers"],
        submitted_at=row["submitted_at"],
        sealed_until=row["sealed_until"],
        decision=Decision(**{name: decided[name] for name in Decision.model_fields}) if decided else None,
    )
