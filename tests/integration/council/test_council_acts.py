"""Frames, moments, views, questions and letters: who may, when, and who hears of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from contracts.events.council import (
    FrameAdopted,
    LetterSent,
    MomentKind,
    MomentScheduled,
    QuestionAnswered,
    QuestionAsked,
    ViewSubmitted,
)
from services.council import commands
from services.kit.problems import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from tests.integration.council.council_world import (
    CLERK,
    EXECUTIVE,
    FRAME,
    MEMBER,
    MOOK_CLERK,
    MOOK_EXECUTIVE,
    NOW,
    SYSTEM,
    World,
    moment_text,
)

SECOND = timedelta(seconds=1)


async def test_a_frame_is_edited_by_version_adopted_once_and_then_public(world: World) -> None:
    draft = await world.do(commands.DraftFrame(**dict(FRAME)), CLERK)
    everything = "select frame_id from frame"
    assert await world.rows(MOOK_CLERK, everything) == []
    assert len(await world.rows(EXECUTIVE, everything)) == 1
    text = FRAME.model_copy(update={"title": "Kader 2026-2029"})
    edit = commands.EditFrame(frame_id=draft.frame_id, version=1, text=text)
    edited = await world.do(edit, CLERK)
    assert (edited.title, edited.version) == ("Kader 2026-2029", 2)
    with pytest.raises(PreconditionFailed):
        await world.do(edit, CLERK)
    adopt = commands.AdoptFrame(frame_id=draft.frame_id)
    for stranger in (MOOK_CLERK, EXECUTIVE):
        with pytest.raises(NotFound):
            await world.do(adopt, stranger)
    await world.do(adopt, CLERK, "adopt")
    await world.do(adopt, CLERK, "adopt")
    with pytest.raises(Conflict):
        await world.do(adopt, CLERK)
    [(adopted, audience)] = await world.events(FrameAdopted)
    assert [goal.indicators for goal in adopted.goals] == [(5, 6, 7), (8, 9)]
    assert audience == [CLERK.party, EXECUTIVE.party]
    assert len(await world.rows(MOOK_CLERK, everything)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"goals": ()}, "missing"),
        ({"last_year": 2025}, "ends-before-start"),
        ({"goals": ({"title": "Doel", "indicators": (5, 5)},)}, "repeated"),
    ],
)
async def test_a_frame_that_gives_no_direction_is_refused(world: World, changes: Any, code: str) -> None:
    async def draft_and_adopt() -> None:
        draft = await world.do(commands.DraftFrame(**FRAME.model_dump() | changes), CLERK)
        await world.do(commands.AdoptFrame(frame_id=draft.frame_id), CLERK)

    with pytest.raises(Invalid) as refused:
        await draft_and_adopt()
    assert refused.value.errors[0].code == code


async def test_a_view_is_given_once_and_within_its_eighty_four_days(world: World) -> None:
    moment = await world.do(commands.ScheduleMoment(**dict(moment_text())), CLERK)
    assert moment.due == datetime(2026, 8, 14, 22, tzinfo=UTC)
    assert (moment.used_days, moment.term_days, moment.days_left, moment.state) == (84, 84, 0, "open")
    [(scheduled, _)] = await world.events(MomentScheduled)
    assert scheduled.due == moment.due
    view = commands.SubmitView(moment_id=moment.moment_id, text="De raad vraagt aandacht voor de kleine gemeenten.")
    for stranger in (MOOK_CLERK, EXECUTIVE):
        with pytest.raises(NotFound):
            await world.do(view, stranger)
    [deadline] = await world.rows(CLERK, "select due, done_at, workflow from deadline")
    assert (deadline["due"], deadline["done_at"], deadline["workflow"]) == (moment.due, None, None)
    await world.at(moment.due - SECOND)
    given = await world.do(view, MEMBER)
    assert (given.state, given.view) == ("done", view.text)
    with pytest.raises(Conflict) as twice:
        await world.do(view, CLERK)
    assert twice.value.code == "moment-done"
    assert len(await world.events(ViewSubmitted)) == 1
    [deadline] = await world.rows(CLERK, "select done_at from deadline")
    assert deadline["done_at"] is not None


async def test_a_view_too_early_too_late_or_not_asked_is_refused(world: World) -> None:
    later = moment_text(opens_on=date(2026, 9, 1), term_days=14)
    moment = await world.do(commands.ScheduleMoment(**dict(later)), CLERK)
    view = commands.SubmitView(moment_id=moment.moment_id, text="Te vroeg.")
    with pytest.raises(Conflict) as early:
        await world.do(view, CLERK)
    assert early.value.code == "moment-not-open"
    await world.at(moment.due)
    with pytest.raises(Conflict) as late:
        await world.do(view, CLERK)
    assert late.value.code == "term-passed"
    with pytest.raises(Conflict) as asked:
        await world.do(commands.FinishMoment(moment_id=moment.moment_id, outcome="Anders"), CLERK)
    assert asked.value.code == "view-asked"
    budget = moment_text(kind=MomentKind.BUDGET, title="Begroting", opens_on=date(2026, 9, 10), term_days=30)
    decided = await world.do(commands.ScheduleMoment(**dict(budget)), CLERK)
    with pytest.raises(Conflict) as no_view:
        await world.do(commands.SubmitView(moment_id=decided.moment_id, text="Nee."), CLERK)
    assert no_view.value.code == "no-view-asked"
    done = await world.do(commands.FinishMoment(moment_id=decided.moment_id, outcome="Aangenomen"), CLERK)
    assert (done.state, done.view) == ("done", "Aangenomen")


async def test_a_question_gets_the_local_term_and_one_answer_of_the_own_executive(world: World) -> None:
    ask = commands.AskQuestion(subject="Wachttijd", body="Waarom stijgt de wachttijd?", indicator=5)
    first = await world.do(ask, MEMBER)
    assert first.due == datetime(2026, 9, 13, 22, tzinfo=UTC)
    await world.do(commands.AgreeQuestionTerm(days=21), CLERK)
    second = await world.do(ask, MEMBER)
    assert second.due == datetime(2026, 9, 4, 22, tzinfo=UTC)
    [(asked, audience), _] = await world.events(QuestionAsked)
    assert (asked.indicator, asked.due) == (5, first.due)
    assert audience == [MEMBER.party, EXECUTIVE.party]
    deadlines = await world.rows(EXECUTIVE, "select kind from deadline where done_at is null")
    assert len(deadlines) == 2
    answer = commands.AnswerQuestion(question_id=first.question_id, answer="Er zijn meer verwijzingen.")
    with pytest.raises(NotFound):
        await world.do(answer, MOOK_EXECUTIVE)
    with pytest.raises(Forbidden):
        await world.do(answer, CLERK)
    answered = await world.do(answer, EXECUTIVE)
    assert answered.answer == "Er zijn meer verwijzingen."
    with pytest.raises(Conflict):
        await world.do(answer, EXECUTIVE)
    assert len(await world.events(QuestionAnswered)) == 1
    assert len(await world.rows(EXECUTIVE, "select kind from deadline where done_at is null")) == 1


async def test_a_letter_is_the_executives_and_public_at_once(world: World) -> None:
    send = commands.SendLetter(title="Budgetruimte jeugdhulp", body="Wij spraken de aanbieder.", indicator=26)
    with pytest.raises(Forbidden):
        await world.do(send, CLERK)
    letter = await world.do(send, EXECUTIVE)
    [(sent, audience)] = await world.events(LetterSent)
    assert (sent.letter_id, sent.indicator) == (letter.letter_id, 26)
    assert audience == [CLERK.party, EXECUTIVE.party]
    assert len(await world.rows(MOOK_CLERK, "select 1 from letter")) == 1


async def test_row_level_security_keeps_others_off_when_the_api_does_not(world: World) -> None:
    await world.do(commands.DraftFrame(**dict(FRAME)), CLERK)
    await world.do(commands.ScheduleMoment(**dict(moment_text())), CLERK)
    await world.do(commands.AskQuestion(subject="Wachttijd", body="Waarom?"), MEMBER)
    await world.do(commands.SendLetter(title="Brief", body="Inhoud"), EXECUTIVE)
    for actor, statement in (
        (MOOK_CLERK, "update frame set title = 'x'"),
        (MOOK_CLERK, "update moment set title = 'x'"),
        (MOOK_EXECUTIVE, "update question set answer = 'x'"),
        (CLERK, "update question set answer = 'x'"),
        (EXECUTIVE, "update moment set done_at = now()"),
        (MOOK_CLERK, "update deadline set done_at = now()"),
        (CLERK, "delete from letter"),
        (EXECUTIVE, "delete from question"),
    ):
        async with world.pools.unit(actor) as unit:
            assert (await unit.conn.execute(statement)).endswith(" 0"), (actor.party, statement)
    for actor, statement in (
        (MOOK_CLERK, "insert into question_term values ('0252', 7, now())"),
        (EXECUTIVE, "insert into question_term values ('0252', 7, now())"),
        (CLERK, "insert into letter values (gen_random_uuid(), '0252', 'x', 'y', null, now())"),
        (MOOK_CLERK, "insert into deadline values ('x', 'y', now(), 'council:0252', 'z')"),
        (EXECUTIVE, "insert into deadline values ('x', 'y', now(), 'municipality:0252', 'z')"),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.pools.unit(actor) as unit:
                await unit.conn.execute(statement)


async def test_published_figures_are_written_by_the_projection_alone(world: World) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.pools.unit(CLERK) as unit:
            await unit.conn.execute("delete from published_figure")
    assert (await world.rows(SYSTEM, "select clock.now() as now"))[0]["now"] >= NOW
