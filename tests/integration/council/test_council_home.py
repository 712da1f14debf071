"""The council's first page over HTTP, without signing in: turn, year, goals with figures, news; and the calendar."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from icalendar import Calendar

from contracts.events.council import MomentKind
from contracts.events.monitoring import Withheld
from services.council import commands
from services.council.bootstrap import openapi_app
from services.kit.api_rules import violations
from services.kit.problems import Forbidden, Invalid, NotFound, PreconditionFailed, Unauthorized
from tests.integration.council.council_world import (
    CLERK,
    EXECUTIVE,
    FRAME,
    MEMBER,
    MOOK_EXECUTIVE,
    SYSTEM,
    World,
    figure,
    moment_text,
    release,
)

HEUMEN = "municipality:0252"


def test_the_description_keeps_the_design_rules() -> None:
    found = [line for line in violations(openapi_app().openapi()) if "dead-letters" not in line]
    assert found == []


async def test_on_the_last_day_it_is_the_councils_turn_and_then_the_executives(world: World) -> None:
    async with world.api() as caller:
        clerk, public = caller(CLERK), caller(None)
        await clerk.schedule_moment(moment_text(), "view")
        autumn = moment_text(
            kind=MomentKind.BUDGET, title="Begroting 2027", opens_on=date(2026, 10, 1), term_days=42, rule="Gemeentewet"
        )
        await clerk.schedule_moment(autumn, "budget")
        home = await public.home("0252")
        assert home.turn.side == "council"
        assert home.turn.moment
        assert (home.turn.moment.days_left, home.turn.moment.used_days) == (0, 84)
        assert home.turn.following
        assert home.turn.following.opens_on == date(2026, 10, 1)
        assert [month.month for month in home.strip][:2] == ["2026-08", "2026-09"]
        assert len(home.strip) == 12
        filled = {month.month: len(month.moments) for month in home.strip if month.moments}
        assert filled == {"2026-08": 1, "2026-11": 1}
        await world.at(datetime(2026, 8, 14, 22, tzinfo=UTC))
        home = await public.home("0252")
        assert (home.turn.side, home.turn.moment) == ("executive", None)
        empty = await public.home("0944")
        assert (empty.goals, empty.news) == ((), ())


async def test_goals_carry_their_published_figures_with_direction_and_history(world: World) -> None:
    frame = await world.do(commands.DraftFrame(**dict(FRAME)), CLERK)
    await world.do(commands.AdoptFrame(frame_id=frame.frame_id), CLERK)
    world.release(
        release(HEUMEN, "2025-07", figure(6, "2025-07", 71.0), figure(5, "2025-07", 40.0)),
        release(HEUMEN, "2026-06", figure(6, "2026-06", 76.0), figure(5, "2026-06", 44.0)),
        release(HEUMEN, "2026-07", figure(6, "2026-07", 60.0), figure(5, "2026-07", 45.0)),
        release(HEUMEN, "2026-07", figure(6, "2026-07", 78.0), correction=1),
        release(
            HEUMEN,
            "2026-07",
            figure(9, "2026-07", None, wider_area="region:rijk-van-nijmegen", wider_value=14.0),
        ),
        release("region:rijk-van-nijmegen", "2026-07", figure(6, "2026-07", 74.0)),
    )
    await world.deliver()
    await world.do(commands.AskQuestion(subject="Op tijd", body="Blijft dit zo?", indicator=6), MEMBER)
    async with world.api() as caller:
        home = await caller(None).home("0252")
        sooner, works = home.goals
        by_indicator = {series.indicator: series for series in sooner.figures}
        assert list(by_indicator) == [5, 6]
        on_time = by_indicator[6]
        assert (on_time.figure.value, on_time.correction, on_time.direction) == (78.0, 1, "better")
        assert [(point.period_end, point.value) for point in on_time.history] == [
            ("2025-07", 71.0),
            ("2026-06", 76.0),
            ("2026-07", 78.0),
        ]
        assert by_indicator[5].direction == "worse"
        assert on_time.name.nl == "Op tijd gestart"
        assert sooner.questions_open == 1
        [withheld] = works.figures
        assert (withheld.figure.withheld, withheld.figure.wider_value) == (Withheld.TOO_SMALL, 14.0)
        assert withheld.direction == "unknown"
        [region] = await caller(None).figures("region:rijk-van-nijmegen", [6])
        assert region.figure.value == 74.0
        assert await caller(None).figures("municipality:0944") == ()
        with pytest.raises(Invalid):
            await caller(None).figures("Heumen")


@pytest.mark.parametrize("backwards", [False, True])
async def test_releases_in_any_order_give_the_same_figures(world: World, backwards: bool) -> None:
    world.release(
        *(
            release(HEUMEN, month, figure(6, month, value), correction=correction)
            for month, value, correction in (
                ("2026-05", 1.0, 0),
                ("2026-06", 2.0, 0),
                ("2026-06", 3.0, 1),
                ("2026-06", 4.0, 2),
                ("2026-07", 5.0, 0),
            )
        )
    )
    await world.deliver(backwards=backwards)
    rows = await world.rows(SYSTEM, "select figure from published_figure order by period_end")
    assert [row["figure"]["value"] for row in rows] == [1.0, 4.0, 5.0]


async def test_questions_letters_and_views_are_news_and_may_be_read_by_everyone(world: World) -> None:
    async with world.api() as caller:
        public = caller(None)
        moment = await caller(CLERK).schedule_moment(moment_text(), "moment")
        await caller(MEMBER).submit_view(moment.moment_id, "Wij stemmen in.", "view")
        text = commands.QuestionText(subject="Wachttijd", body="Waarom?", indicator=5)
        asked = [await caller(MEMBER).ask_question(text, f"ask-{number}") for number in range(3)]
        await caller(EXECUTIVE).answer_question(asked[0].question_id, "Daarom.", "answer")
        letter = commands.LetterText(title="Stand van zaken", body="Zo staat het ervoor.", indicator=5)
        sent = await caller(EXECUTIVE).send_letter(letter, "letter")
        home = await public.home("0252")
        assert sorted(item.kind for item in home.news) == ["answer", "letter", "question", "question", "view"]
        first = await public.questions("0252", limit=2)
        rest = await public.questions("0252", after=first.next)
        assert len(first.items) == 2
        assert len(rest.items) == 1
        assert rest.next is None
        assert len((await public.questions("0252", open_only=True)).items) == 2
        assert (await public.questions("0252", indicator=6)).items == []
        assert (await public.question(asked[0].question_id)).answer == "Daarom."
        assert [each.letter_id for each in (await public.letters("0252")).items] == [sent.letter_id]
        assert (await public.letter(sent.letter_id)).title == "Stand van zaken"
        assert (await public.moment(moment.moment_id)).view == "Wij stemmen in."
        assert len(await public.moments("0252", since=date(2026, 8, 1), until=date(2026, 9, 1))) == 1
        assert await public.moments("0252", since=date(2026, 9, 1)) == ()
        assert (await public.question_term("0252")).days == 30
        assert (await caller(CLERK).agree_question_term(21)).days == 21
        assert (await public.question_term("0252")).days == 21
        due = await caller(EXECUTIVE).deadlines()
        assert [deadline.kind for deadline in due] == ["answer", "answer"]
        assert await caller(MOOK_EXECUTIVE).deadlines() == []
        assert len(await caller(SYSTEM).deadlines()) == 2
        for read in (public.question, public.letter, public.moment, public.frame):
            with pytest.raises(NotFound):
                await read(uuid4())


async def test_the_calendar_is_icalendar_that_others_can_read(world: World) -> None:
    async with world.api() as caller:
        text = moment_text(explanation="Lees de notitie; begroting, risico's\nen bijdragen.", note_url="https://x.nl/a")
        moment = await caller(CLERK).schedule_moment(text, "moment")
        content = await caller(None).calendar("0252")
        assert content == await caller(None).calendar("0252")
    book = Calendar.from_ical(content)
    [event] = book.walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 8, 14)
    assert event["uid"] == f"{moment.moment_id}@samenspel"
    assert "22-05-2026 tot en met 14-08-2026" in event["description"]
    assert event["summary"] == "Laatste dag: Zienswijze op de ontwerpbegroting"
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


async def test_drafts_are_for_the_own_council_and_edited_with_an_etag(world: World) -> None:
    async with world.api() as caller:
        clerk = caller(CLERK)
        draft = await clerk.draft_frame(FRAME, "draft")
        assert await caller(None).frames() == ()
        with pytest.raises(NotFound):
            await caller(None).frame(draft.frame_id)
        read = await caller(EXECUTIVE).frame_draft(draft.frame_id)
        with pytest.raises(NotFound):
            await caller(MOOK_EXECUTIVE).frame_draft(draft.frame_id)
        assert len(await caller(MEMBER).frame_drafts()) == 1
        text = FRAME.model_copy(update={"title": "Kader"})
        await clerk.edit_frame(draft.frame_id, text, read.etag or "")
        with pytest.raises(PreconditionFailed):
            await clerk.edit_frame(draft.frame_id, text, read.etag or "")
        await clerk.adopt_frame(draft.frame_id, "adopt")
        assert [each.title for each in await caller(None).frames("0252")] == ["Kader"]
        for refused, call in (
            (Forbidden, caller(MEMBER).draft_frame(FRAME, "no")),
            (Forbidden, caller(EXECUTIVE).schedule_moment(moment_text(), "no")),
            (Forbidden, caller(CLERK).send_letter(commands.LetterText(title="x", body="y"), "no")),
            (Unauthorized, caller(None).frame_drafts()),
        ):
            with pytest.raises(refused):
                await call
