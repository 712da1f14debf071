"""What routes take in besides whole commands: the part that the address does not say."""

from typing import Annotated

from pydantic import Field

from contracts.values import ProductCode
from services.commissioning.commands import SpendingDecision
from services.commissioning.domain.admission import Judgement
from services.commissioning.domain.commission import Stage
from services.commissioning.domain.model import CeilingCents
from services.kit.model import Day, Line, Model, Prose


class CapacityStatement(Model):
    """How many places there are, how many are free and how many days a client waits."""

    product_code: ProductCode
    places: int = Field(ge=0, le=1_000_000)
    free: int = Field(ge=0, le=1_000_000)
    wait_days: int = Field(ge=0, le=3_650)


class StageEntered(Model):
    """The stage whose moment came: `answered`, `closed` or `final`."""

    stage: Stage


class Withdrawal(Model):
    """Why a commission is taken back."""

    reason: Line


class QuestionText(Model):
    """A question about a commission."""

    question: Prose


class AnswerText(Model):
    """The answer, for everyone to read."""

    answer: Prose


class Judgements(Model):
    """The judgement about every requirement of the steps that were reached."""

    judgements: Annotated[tuple[Judgement, ...], Field(min_length=1, max_length=100)]


class AgreementDraft(Model):
    """What an agreement adds to its commission; dates are the commission's unless given."""

    ceiling_cents: CeilingCents | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None


class TalkHeld(Model):
    """When the talk about spending room was held, and what was said."""

    held_on: Day
    note: Prose


class DecisionTaken(Model):
    """What was decided about the spending room, and why."""

    decision: SpendingDecision
    decided_on: Day
    note: Prose
