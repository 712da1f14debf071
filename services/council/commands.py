"""What people may ask of the council service. One handler each, in ``handlers``."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.council.domain.frame import FrameText, Indicator
from services.council.domain.moment import MomentText
from services.kit.commands import Command
from services.kit.model import Line, Model, Prose

DEFAULT_QUESTION_DAYS = 30


class DraftFrame(FrameText, Command):
    """Begin a frame of the caller's council."""


class EditFrame(Command):
    """Rewrite a draft; ``version`` is the one that was read."""

    frame_id: UUID
    version: int
    text: FrameText


class AdoptFrame(Command):
    """The council adopted the frame."""

    frame_id: UUID


class ScheduleMoment(MomentText, Command):
    """It will be the turn of the caller's council: the term begins on ``opens_on``."""


class SubmitView(Command):
    """The council gives its view (*zienswijze*, Wgr art. 35) at a moment that asks for one."""

    moment_id: UUID
    text: Prose


class FinishMoment(Command):
    """The council did what another moment is for, and how it decided."""

    moment_id: UUID
    outcome: Line


class QuestionText(Model):
    """A written question. Never about a person: figures and policy only."""

    subject: Line
    body: Prose
    indicator: Indicator | None = None


class AskQuestion(QuestionText, Command):
    """A council member asks the executive; the local term begins to run."""


class AnswerQuestion(Command):
    """The executive answers; the answer stands beside the figure. It is given once."""

    question_id: UUID
    answer: Prose


class LetterText(Model):
    """An information letter (*raadsinformatiebrief*), if so about one indicator."""

    title: Line
    body: Prose
    indicator: Indicator | None = None


class SendLetter(LetterText, Command):
    """The executive informs its council."""


class AgreeQuestionTerm(Command):
    """The council's rules of order say within how many days a question is answered (30 by default)."""

    days: Annotated[int, Field(ge=7, le=90)]
