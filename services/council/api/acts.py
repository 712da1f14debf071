"""What clerk, council members and executive do: moments, views, questions, answers and letters."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from services.council import commands, views
from services.council.api.access import Clerk, Council, Executive, MomentId, QuestionId, SignedIn, Store
from services.council.domain.moment import MomentText
from services.council.store import queries
from services.kit.model import Line, Model, Prose
from services.kit.runner import Runner

router = APIRouter(tags=["acts"])


class ViewText(Model):
    """The view of the council."""

    text: Prose


class Outcome(Model):
    """How the council decided."""

    outcome: Line


class AnswerText(Model):
    """The answer of the executive."""

    answer: Prose


@router.post("/moments", status_code=201)
async def schedule_moment(body: MomentText, run: Runner, actor: Clerk) -> views.MomentView:
    """Put a moment in the calendar of the caller's council; its last day follows from the term."""
    moment: views.MomentView = await run(commands.ScheduleMoment(**dict(body)), actor)
    return moment


@router.post("/moments/{momentId}/views", status_code=201)
async def submit_view(moment_id: MomentId, body: ViewText, run: Runner, actor: Council) -> views.MomentView:
    """Give the council's view (*zienswijze*) while the term runs."""
    moment: views.MomentView = await run(commands.SubmitView(moment_id=moment_id, text=body.text), actor)
    return moment


@router.post("/moments/{momentId}/conclusions", status_code=201)
async def finish_moment(moment_id: MomentId, body: Outcome, run: Runner, actor: Clerk) -> views.MomentView:
    """Record how the council decided at a moment that asks for no view."""
    moment: views.MomentView = await run(commands.FinishMoment(moment_id=moment_id, outcome=body.outcome), actor)
    return moment


@router.post("/questions", status_code=201)
async def ask_question(body: commands.QuestionText, run: Runner, actor: Council) -> views.QuestionView:
    """Ask the executive of the caller's municipality; public at once, so never about a person."""
    question: views.QuestionView = await run(commands.AskQuestion(**dict(body)), actor)
    return question


@router.post("/questions/{questionId}/answers", status_code=201)
async def answer_question(
    question_id: QuestionId, body: AnswerText, run: Runner, actor: Executive
) -> views.QuestionView:
    """Answer a question of the own council; public at once."""
    command = commands.AnswerQuestion(question_id=question_id, answer=body.answer)
    question: views.QuestionView = await run(command, actor)
    return question


@router.post("/letters", status_code=201)
async def send_letter(body: commands.LetterText, run: Runner, actor: Executive) -> views.Letter:
    """Inform the council of the caller's municipality; public at once."""
    letter: views.Letter = await run(commands.SendLetter(**dict(body)), actor)
    return letter


@router.put("/question-term")
async def agree_question_term(body: commands.AgreeQuestionTerm, run: Runner, actor: Clerk) -> views.QuestionTerm:
    """Say within how many calendar days questions of the caller's council are answered, from now on."""
    term: views.QuestionTerm = await run(body, actor)
    return term


@router.get("/deadlines")
async def list_deadlines(
    database: Store,
    actor: SignedIn,
    before: Annotated[AwareDatetime | None, Query(description="Only what is due at or before this instant.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most, earliest first.")] = 200,
) -> list[views.DeadlineView]:
    """Promises of the caller's organisation that are still open, earliest first."""
    party = None if actor.is_system else actor.party
    async with database.reading(actor) as unit:
        rows = queries.open_deadlines(unit.conn, before=before, party=party, limit=limit)
        return [views.DeadlineView(**dict(row)) async for row in rows]
