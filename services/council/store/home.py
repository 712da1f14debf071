"""The council's first page, put together from what is public."""

from collections import Counter
from datetime import date
from typing import Any

from contracts.values import municipality as party_of
from services.council.domain.frame import Frame, FrameStatus
from services.council.domain.moment import Moment, turn, twelve_months
from services.council.store import queries
from services.council.store.figures import published
from services.council.store.records import value
from services.council.views import CouncilHome, GoalView, MomentView, MonthStrip, NewsItem, Turn
from services.kit.unit import Unit
from services.kit.working_days import local_date, start_of_day_utc

NEWS = 10
OPEN_QUESTIONS = 200


async def moments(unit: Unit, code: str, since: date | None, until: date | None) -> list[Moment]:
    """The moments of a council whose term touches a span of days."""
    found = queries.moments(unit.conn, municipality=code, since=start_of_day_utc(since) if since else None, until=until)
    return [value(Moment, row) async for row in found]


async def home(unit: Unit, code: str) -> CouncilHome:
    """Whose turn it is, the year ahead, whether it gets better, and what is new."""
    today = local_date(unit.now)
    months = twelve_months(today)
    known = await moments(unit, code, months[0], None)
    given = {
        row["moment_id"]: row["text"]
        async for row in queries.views(unit.conn, moment_ids=[moment.moment_id for moment in known])
    }
    shown = {moment.moment_id: MomentView.of(moment, unit.now, given.get(moment.moment_id)) for moment in known}
    current, following = turn(known, unit.now)
    news = queries.news(unit.conn, municipality=code, limit=NEWS)
    return CouncilHome(
        municipality=code,
        at=unit.now,
        turn=Turn(
            side="council" if current else "executive",
            moment=shown[current.moment_id] if current else None,
            following=shown[following.moment_id] if following else None,
        ),
        strip=tuple(
            MonthStrip(
                month=f"{month:%Y-%m}",
                moments=tuple(shown[moment.moment_id] for moment in known if moment.last_day.replace(day=1) == month),
            )
            for month in months
        ),
        goals=await _goals(unit, code, today),
        news=tuple([NewsItem(**dict(row)) async for row in news]),
    )


async def _goals(unit: Unit, code: str, today: date) -> tuple[GoalView, ...]:
    """The goals of the frames that hold this year, each with the figures of its indicators."""
    rows = queries.frames(unit.conn, municipality=code, status=FrameStatus.ADOPTED)
    frames = [value(Frame, row) async for row in rows]
    holding = [frame for frame in frames if frame.first_year <= today.year <= frame.last_year]
    numbers = {number for frame in holding for goal in frame.goals for number in goal.indicators}
    figures = await published(unit.conn, party_of(code), numbers) if numbers else {}
    open_questions: Counter[Any] = Counter(
        [
            row["indicator"]
            async for row in queries.questions(
                unit.conn,
                municipality=code,
                indicator=None,
                open_only=True,
                asked_at=None,
                question_id=None,
                limit=OPEN_QUESTIONS,
            )
        ]
    )
    return tuple(
        GoalView(
            goal=goal,
            frame_id=frame.frame_id,
            frame_title=frame.title,
            figures=tuple(figures[number] for number in goal.indicators if number in figures),
            questions_open=sum(open_questions[number] for number in goal.indicators),
        )
        for frame in holding
        for goal in frame.goals
    )
