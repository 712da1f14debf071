"""What the API answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from contracts.events.council import MomentKind
from contracts.events.monitoring import PublishedFigure
from contracts.values import MunicipalityCode, PartyId, YearMonth
from services.council.domain.frame import Frame, FrameGoal
from services.council.domain.indicators import Direction, Good
from services.council.domain.moment import Moment, MomentState
from services.kit.model import Model


class Words(Model):
    """A sentence or name in Dutch and English."""

    nl: str
    en: str


class MomentView(Model):
    """A moment as it stands now. ``used_days`` of ``term_days`` have passed; ``view`` is what the council gave."""

    moment_id: UUID
    municipality: MunicipalityCode
    kind: MomentKind
    title: str
    explanation: str | None
    note_url: str | None
    opens_on: date
    last_day: date
    due: datetime
    term_days: int
    used_days: int
    days_left: int
    rule: str
    state: MomentState
    done_at: datetime | None
    view: str | None = None

    @classmethod
    def of(cls, moment: Moment, now: datetime, view: str | None = None) -> "MomentView":
        """The moment at an instant."""
        left = moment.days_left(now)
        return cls(
            moment_id=moment.moment_id,
            municipality=moment.municipality,
            kind=moment.kind,
            title=moment.title,
            explanation=moment.explanation,
            note_url=moment.note_url,
            opens_on=moment.opens_on,
            last_day=moment.last_day,
            due=moment.due,
            term_days=moment.term_days,
            used_days=min(moment.term_days, max(0, moment.term_days - left)),
            days_left=left,
            rule=moment.rule,
            state=moment.state(now),
            done_at=moment.done_at,
            view=view,
        )


class QuestionView(Model):
    """A written question with its answer. Who asked is not told here; the council knows."""

    question_id: UUID
    municipality: MunicipalityCode
    subject: str
    body: str
    indicator: int | None
    asked_at: datetime
    due: datetime
    answer: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> "QuestionView":
        return cls(**{name: row[name] for name in cls.model_fields})


class Letter(Model):
    """An information letter of the executive."""

    letter_id: UUID
    municipality: MunicipalityCode
    title: str
    body: str
    indicator: int | None
    sent_at: datetime


class QuestionTerm(Model):
    """Within how many calendar days a question is answered here."""

    municipality: MunicipalityCode
    days: int


class Point(Model):
    """A figure in a sparkline; ``value`` null where it was withheld."""

    period_end: YearMonth
    value: float | None


class FigureSeries(Model):
    """The latest published figure of an indicator in an area, with how it came there.

    ``direction`` compares with a year before. ``wider`` on the figure is what is shown when this one is withheld.
    """

    indicator: int
    name: Words
    good: Good
    area: PartyId
    month: YearMonth
    correction: int
    published_at: datetime
    figure: PublishedFigure
    direction: Direction
    history: tuple[Point, ...] = Field(description="Oldest first, the latest figure included.")


class Figures(Model):
    """Published figures of an area."""

    area: PartyId
    items: tuple[FigureSeries, ...]


class GoalView(Model):
    """A goal of the frame with its figures, as far as they are published."""

    goal: FrameGoal
    frame_id: UUID
    frame_title: str
    figures: tuple[FigureSeries, ...]
    questions_open: int


class Turn(Model):
    """Whose turn it is: ``council`` with the moment that is open, or ``executive``; and when the council is on next."""

    side: str = Field(description="`council` or `executive`.", examples=["council"])
    moment: MomentView | None
    following: MomentView | None


class MonthStrip(Model):
    """A month of the coming twelve with the moments whose term ends in it."""

    month: YearMonth
    moments: tuple[MomentView, ...]


class NewsItem(Model):
    """Something new: ``answer``, ``question``, ``letter``, ``view`` or ``frame``."""

    kind: str
    id: UUID
    title: str
    indicator: int | None
    at: datetime


class CouncilHome(Model):
    """The first page of a council: its turn, the year ahead, whether it gets better, and what is new."""

    municipality: MunicipalityCode
    at: datetime
    turn: Turn
    strip: tuple[MonthStrip, ...]
    goals: tuple[GoalView, ...]
    news: tuple[NewsItem, ...]


class DeadlineView(Model):
    """A promise that is still open. ``workflow`` null: people keep it, nothing acts by itself."""

    subject: str
    kind: str
    due: datetime
    party: PartyId
    rule: str
    workflow: str | None


class Frames(Model):
    items: tuple[Frame, ...] = Field(description="Newest first.")


class Moments(Model):
    items: tuple[MomentView, ...] = Field(description="In order of their last day.")
