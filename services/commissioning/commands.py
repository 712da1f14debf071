"""What people and workflows may ask of commissioning. One handler each, in ``handlers``."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from contracts.values import AgbCode, MunicipalityCode, PartyId, ProductCode
from services.commissioning.domain.admission import ApplicationText, Judgement
from services.commissioning.domain.commission import CommissionText, Stage
from services.commissioning.domain.model import CeilingCents
from services.commissioning.domain.scenario import DesiredOutcome
from services.kit.commands import Command
from services.kit.model import Day, Line, Model, Prose

RegionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""Name of a region in addresses: ``rijk-van-nijmegen``."""


class RegionMunicipality(Model):
    """A municipality in a region; ``inhabitants`` serves keys and comparisons."""

    code: MunicipalityCode
    name: Line
    inhabitants: int = Field(ge=0, le=20_000_000)


class FormRegion(Command):
    """Municipalities commission together. Again, with other members, replaces them."""

    region_id: RegionId
    name: Line
    municipalities: Annotated[tuple[RegionMunicipality, ...], Field(min_length=1, max_length=100)]


class RegisterProvider(Command):
    """A provider joins the platform, or changes its name. ``fictional`` is shown as "(fictief)"."""

    agb: AgbCode
    name: Line
    fictional: bool = False


class StateCapacity(Command):
    """How many places the caller has for a product, how many are free and how many days a client waits."""

    product_code: ProductCode
    places: int = Field(ge=0, le=1_000_000)
    free: int = Field(ge=0, le=1_000_000)
    wait_days: int = Field(ge=0, le=3_650)


class ScenarioText(Model):
    """What a commissioner writes in a scenario."""

    title: Line
    story: Prose
    municipalities: Annotated[tuple[MunicipalityCode, ...], Field(min_length=1, max_length=50)]
    frames: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()
    outcomes: Annotated[tuple[DesiredOutcome, ...], Field(max_length=31)] = ()


class DraftScenario(ScenarioText, Command):
    """Begin a scenario."""


class EditScenario(Command):
    """Rewrite a draft; ``version`` is the one that was read."""

    scenario_id: UUID
    version: int
    text: ScenarioText


class PublishScenario(Command):
    """Tell the scenario to everyone."""

    scenario_id: UUID


class DraftCommission(CommissionText, Command):
    """Begin a commission under a published scenario."""


class EditCommission(Command):
    """Rewrite a draft; ``version`` is the one that was read."""

    commission_id: UUID
    version: int
    text: CommissionText


class PublishCommission(Command):
    """Open the commission; the terms begin to run."""

    commission_id: UUID


class AdvanceCommission(Command):
    """A moment came (from the workflow): questions close, applications close, or the standstill ends."""

    commission_id: UUID
    stage: Stage


class RemindAssessment(Command):
    """The assessment term passed (from the workflow): remind the commissioner if it has not announced."""

    commission_id: UUID


class WithdrawCommission(Command):
    """Take the commission back, with the reason."""

    commission_id: UUID
    reason: Line


class AskQuestion(Command):
    """Ask the commissioner something about a commission."""

    commission_id: UUID
    question: Prose


class AnswerQuestion(Command):
    """Answer a question, for everyone to read; answering again replaces the answer."""

    question_id: UUID
    answer: Prose


class SubmitApplication(Command):
    """Apply for admission; again, before the deadline, replaces the application."""

    commission_id: UUID
    text: ApplicationText


class AssessApplication(Command):
    """Judge an application; again, before announcing, replaces the judgement."""

    application_id: UUID
    judgements: Annotated[tuple[Judgement, ...], Field(min_length=1, max_length=100)]


class AnnounceAssessment(Command):
    """Tell all applicants the decision; the standstill begins."""

    commission_id: UUID


class DraftAgreement(Command):
    """Lay an agreement before both sides, for an admitted application. Dates are the commission's unless given."""

    application_id: UUID
    ceiling_cents: CeilingCents | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None


class SignAgreement(Command):
    """The caller's side signs."""

    agreement_id: UUID


class ImportAgreements(Command):
    """Take over running agreements and tariffs from a workbook: all rows or none.

    ``dry_run`` checks and tells what would happen. ``owner`` is for Samenspel itself, on behalf of a commissioner.
    """

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    content: bytes
    dry_run: bool = False
    owner: PartyId | None = None


class RecordTalk(Command):
    """The talk about spending room was held (OV 1.5.7)."""

    agreement_id: UUID
    year: int = Field(ge=2000, le=2100)
    held_on: Day
    note: Prose


class SpendingDecision(StrEnum):
    """What the commissioner decides after a warning (OV 1.5.7)."""

    RAISE_CEILING = "raise_ceiling"
    HOLD_CEILING = "hold_ceiling"
    NO_CHANGE = "no_change"


class RecordDecision(Command):
    """The commissioner decided about the spending room: a higher ceiling, no payment above it, or no change."""

    agreement_id: UUID
    year: int = Field(ge=2000, le=2100)
    decision: SpendingDecision
    decided_on: Day
    note: Prose
