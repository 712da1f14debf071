"""Events of the council service: the frame it sets, its moments, questions and letters."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from contracts.event import Event, Fact
from contracts.values import MunicipalityCode


class Goal(Fact):
    """One goal of a frame, tied to the indicators that show whether it comes closer."""

    goal_id: UUID
    title: str
    indicators: tuple[int, ...]


class FrameAdopted(Event):
    """A council adopted a frame (*kader*): the goals within which the municipality directs."""

    type: ClassVar[str] = "nl.samenspel.frames.adopted.v1"
    frame_id: UUID
    municipality: MunicipalityCode
    title: str
    first_year: int
    last_year: int
    goals: tuple[Goal, ...]
    adopted_at: datetime


class MomentKind(StrEnum):
    """Why the council is on: *signaleren, kaderstellen, volgen, controleren* and the formal terms."""

    FRAME = "frame"
    VIEW = "view"
    BUDGET = "budget"
    ACCOUNTS = "accounts"
    REPORT = "report"


class MomentScheduled(Event):
    """It will be the council's turn: a moment in its calendar with a term.

    ``due`` is the instant at which the term ends; ``term_days`` is the length of the term in calendar days.
    """

    type: ClassVar[str] = "nl.samenspel.moments.scheduled.v1"
    moment_id: UUID
    municipality: MunicipalityCode
    kind: MomentKind
    title: str
    opens_on: date
    due: datetime
    term_days: int
    rule: str


class ViewSubmitted(Event):
    """The council gave its view (*zienswijze*, Wgr art. 35) at a moment."""

    type: ClassVar[str] = "nl.samenspel.views.submitted.v1"
    moment_id: UUID
    municipality: MunicipalityCode
    submitted_at: datetime


class QuestionAsked(Event):
    """A council member asked a written question, if so about one figure; ``due`` ends the local term."""

    type: ClassVar[str] = "nl.samenspel.questions.asked.v1"
    question_id: UUID
    municipality: MunicipalityCode
    indicator: int | None = None
    due: datetime
    asked_at: datetime


class QuestionAnswered(Event):
    """The executive answered; the answer stands beside the figure."""

    type: ClassVar[str] = "nl.samenspel.questions.answered.v1"
    question_id: UUID
    municipality: MunicipalityCode
    answered_at: datetime


class LetterSent(Event):
    """The executive sent the council an information letter (*raadsinformatiebrief*)."""

    type: ClassVar[str] = "nl.samenspel.letters.sent.v1"
    letter_id: UUID
    municipality: MunicipalityCode
    title: str
    indicator: int | None = None
    sent_at: datetime
