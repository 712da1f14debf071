"""A moment at which the council is on: when it opens, how long it lasts, and whose turn it is meanwhile.

A term of N days that opens on a day ends at the end of the N-th day after it: a view of 12 weeks (Wgr art. 35) opened
on 22 May ends with 14 August. The council is off when no moment is open: then it is the executive's turn.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from contracts.events.council import MomentKind
from contracts.values import MunicipalityCode
from services.kit.model import Day, Line, Model, Prose, refused
from services.kit.working_days import end_of_day_utc, local_date

TermDays = Annotated[int, Field(ge=1, le=366)]
"""Length of a term in calendar days."""


class MomentState(StrEnum):
    """Where a moment is: still to come, open now, finished by the council, or past without that."""

    UPCOMING = "upcoming"
    OPEN = "open"
    DONE = "done"
    PAST = "past"


class MomentText(Model):
    """What a clerk writes in a moment. ``note_url`` leads to the note that the council reads for it."""

    kind: MomentKind
    title: Line
    explanation: Prose | None = None
    note_url: Annotated[str, Field(pattern=r"^https://[^\s\x00]{1,500}$")] | None = None
    opens_on: Day
    term_days: TermDays
    rule: Line


class Moment(MomentText):
    """A moment of one council. ``due`` is the instant at which its term ends, UTC."""

    moment_id: UUID
    municipality: MunicipalityCode
    due: datetime
    scheduled_at: datetime
    done_at: datetime | None = None

    @property
    def last_day(self) -> date:
        """The last day of the term."""
        return self.opens_on + timedelta(days=self.term_days)

    def state(self, now: datetime) -> MomentState:
        """Where the moment is."""
        if self.done_at is not None:
            return MomentState.DONE
        if local_date(now) < self.opens_on:
            return MomentState.UPCOMING
        return MomentState.OPEN if now < self.due else MomentState.PAST

    def days_left(self, now: datetime) -> int:
        """Whole days until the last day; 0 on the last day itself, negative afterwards."""
        return (self.last_day - local_date(now)).days

    def finish(self, now: datetime) -> Self:
        """The council did what the moment is for. Raises ``Conflict`` unless it is open."""
        state = self.state(now)
        if state is MomentState.UPCOMING:
            raise refused(
                f"Dit moment opent op {self.opens_on:%d-%m-%Y}. Wacht tot dan.",
                f"This moment opens on {self.opens_on}. Wait until then.",
                "moment-not-open",
            )
        if state is MomentState.PAST:
            raise refused(
                f"De termijn eindigde op {self.last_day:%d-%m-%Y}. Neem contact op met het college.",
                f"The term ended on {self.last_day}. Contact the executive.",
                "term-passed",
            )
        if state is MomentState.DONE:
            raise refused(
                "Dit moment is al afgerond. Er is niets gewijzigd.",
                "This moment is finished already. Nothing was changed.",
                "moment-done",
            )
        return self.model_copy(update={"done_at": now})


def due(opens_on: date, term_days: int) -> datetime:
    """The instant at which a term of calendar days ends.

    >>> due(date(2026, 5, 22), 84).isoformat()
    '2026-08-14T22:00:00+00:00'
    """
    return end_of_day_utc(opens_on + timedelta(days=term_days))


def question_due(asked_at: datetime, term_days: int) -> datetime:
    """Before when a written question is answered: a local term in calendar days (30 where nothing was agreed)."""
    return end_of_day_utc(local_date(asked_at) + timedelta(days=term_days))


def turn(moments: Sequence[Moment], now: datetime) -> tuple[Moment | None, Moment | None]:
    """The open moment that ends first, if it is the council's turn; and the moment after that, by opening day."""
    open_now = [moment for moment in moments if moment.state(now) is MomentState.OPEN]
    upcoming = [moment for moment in moments if moment.state(now) is MomentState.UPCOMING]
    current = min(open_now, key=lambda moment: (moment.due, moment.moment_id), default=None)
    following = min(upcoming, key=lambda moment: (moment.opens_on, moment.due, moment.moment_id), default=None)
    return current, following


def twelve_months(today: date) -> tuple[date, ...]:
    """The first days of this month and the eleven after it."""
    months = (today.year * 12 + today.month - 1 + ahead for ahead in range(12))
    return tuple(date(month // 12, month % 12 + 1, 1) for month in months)
