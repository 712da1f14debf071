"""Questions about a commission, applications for admission, and their assessment."""

from fastapi import APIRouter

from services.commissioning import commands, views
from services.commissioning.api.access import (
    Applicant,
    ApplicationId,
    Assessor,
    Commissioner,
    CommissionId,
    QuestionId,
    SignedIn,
    Store,
)
from services.commissioning.api.bodies import AgreementDraft, AnswerText, Judgements, QuestionText
from services.commissioning.domain.admission import ApplicationText
from services.commissioning.store import queries
from services.kit.problems import NotFound
from services.kit.runner import Runner

router = APIRouter(tags=["admissions"])


@router.post("/commissions/{commissionId}/questions", status_code=201)
async def ask_question(
    commission_id: CommissionId, body: QuestionText, run: Runner, actor: Applicant
) -> views.Question:
    """Ask the commissioner something; nobody else is told who asked."""
    command = commands.AskQuestion(commission_id=commission_id, question=body.question)
    question: views.Question = await run(command, actor)
    return question


@router.get("/commissions/{commissionId}/questions")
async def list_questions(commission_id: CommissionId, database: Store, actor: SignedIn) -> views.Questions:
    """Answered questions; the commissioner and the asker also see those without an answer yet."""
    async with database.reading(actor) as unit:
        found = queries.questions(unit.conn, commission_id=commission_id)
        rows = [views.question_view(row, actor.party) async for row in found]
    return views.Questions(items=tuple(rows))


@router.post("/questions/{questionId}/answers", status_code=201)
async def answer_question(
    question_id: QuestionId, body: AnswerText, run: Runner, actor: Commissioner
) -> views.Question:
    """Answer for everyone; a later answer replaces an earlier one."""
    command = commands.AnswerQuestion(question_id=question_id, answer=body.answer)
    question: views.Question = await run(command, actor)
    return question


@router.post("/commissions/{commissionId}/applications", status_code=201)
async def submit_application(
    commission_id: CommissionId, body: ApplicationText, run: Runner, actor: Applicant
) -> views.ApplicationView:
    """Apply for admission. Sealed until the deadline; applying again before it replaces the application."""
    command = commands.SubmitApplication(commission_id=commission_id, text=body)
    application: views.ApplicationView = await run(command, actor)
    return application


@router.get("/commissions/{commissionId}/applications")
async def list_applications(commission_id: CommissionId, database: Store, actor: Assessor) -> views.Applications:
    """The applications that the caller may open: a provider its own; the commissioner all, after the deadline."""
    async with database.reading(actor) as unit:
        found = queries.applications(unit.conn, commission_id=commission_id)
        rows = [views.application_view(row) async for row in found]
    return views.Applications(items=tuple(rows))


@router.get("/applications/{applicationId}")
async def get_application(application_id: ApplicationId, database: Store, actor: Assessor) -> views.ApplicationView:
    """One application, if the caller may open it, with what was decided."""
    async with database.reading(actor) as unit:
        row = await queries.application_with_assessment(unit.conn, application_id=application_id)
    if row is None:
        raise NotFound()
    return views.application_view(row)


@router.post("/applications/{applicationId}/assessments", status_code=201)
async def assess_application(
    application_id: ApplicationId, body: Judgements, run: Runner, actor: Commissioner
) -> views.ApplicationView:
    """Judge every requirement of the steps that are reached; a later judgement replaces an earlier one."""
    command = commands.AssessApplication(application_id=application_id, judgements=body.judgements)
    application: views.ApplicationView = await run(command, actor)
    return application


@router.post("/applications/{applicationId}/agreements", status_code=201)
async def draft_agreement(
    application_id: ApplicationId, body: AgreementDraft, run: Runner, actor: Commissioner
) -> views.AgreementView:
    """Lay an agreement with an admitted provider before both sides, after the standstill."""
    agreement: views.AgreementView = await run(
        commands.DraftAgreement(application_id=application_id, **dict(body)), actor
    )
    return agreement
