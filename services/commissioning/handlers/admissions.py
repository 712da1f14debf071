"""Questions, sealed applications, and their assessment."""

from contracts.events.commissioning import ApplicationAssessed, ApplicationSubmitted, CommissionStage
from contracts.values import party_code
from services.commissioning.commands import (
    AnnounceAssessment,
    AnswerQuestion,
    AskQuestion,
    AssessApplication,
    SubmitApplication,
)
from services.commissioning.domain.admission import Application, Assessment, assess, check_application
from services.commissioning.domain.commission import Commission, Stage
from services.commissioning.domain.mandate import require_provider
from services.commissioning.domain.promises import Promise, about_commission, of_standstill
from services.commissioning.handlers.commissions import emit_stage, parties_of
from services.commissioning.store import queries
from services.commissioning.store.records import (
    get_application,
    get_assessment,
    get_commission,
    kept,
    promise,
    row_of,
    save_commission,
    value,
)
from services.commissioning.views import ApplicationView, Question, application_view, question_view
from services.kit.model import refused
from services.kit.problems import NotFound
from services.kit.unit import Unit


async def ask_question(command: AskQuestion, unit: Unit) -> Question:
    require_provider(unit.actor.party)
    commission = await get_commission(unit.conn, command.commission_id)
    commission.require_open_for_questions(unit.now)
    question_id = unit.new_id()
    await queries.insert_question(
        unit.conn,
        question_id=question_id,
        commission_id=commission.commission_id,
        owner=commission.owner,
        asked_by=unit.actor.party,
        question=command.question,
        at=unit.now,
    )
    return Question(question_id=question_id, question=command.question, asked_at=unit.now, own=True)


async def answer_question(command: AnswerQuestion, unit: Unit) -> Question:
    """Answers may be given as long as applications can still profit from them."""
    row = await queries.get_question(unit.conn, question_id=command.question_id)
    if row is None or row["owner"] != unit.actor.party:
        raise NotFound()
    commission = await get_commission(unit.conn, row["commission_id"])
    if commission.stage not in (Stage.PUBLISHED, Stage.ANSWERED):
        raise refused(
            "Antwoorden kan niet meer: de inschrijving is gesloten of de opdracht is ingetrokken.",
            "Answering is no longer possible: applications are closed or the commission is withdrawn.",
            "applications-closed",
        )
    await queries.answer_question(unit.conn, question_id=command.question_id, answer=command.answer, at=unit.now)
    row = await queries.get_question(unit.conn, question_id=command.question_id)
    return question_view(row, unit.actor.party)


async def submit_application(command: SubmitApplication, unit: Unit) -> ApplicationView:
    """The application is sealed until the deadline: only the provider itself may read it, or hear of it."""
    require_provider(unit.actor.party)
    commission = await get_commission(unit.conn, command.commission_id)
    commission.require_open_for_applications(unit.now)
    check_application(command.text, commission)
    if commission.applications_due is None:
        raise AssertionError("an open commission has a deadline")
    application = Application(
        application_id=unit.new_id(),
        commission_id=commission.commission_id,
        owner=commission.owner,
        provider=unit.actor.code,
        provider_party=unit.actor.party,
        products=command.text.products,
        answers=command.text.answers,
        submitted_at=unit.now,
        sealed_until=commission.applications_due,
    )
    application_id = await queries.put_application(unit.conn, row=row_of(application))
    unit.emit(
        commission.commission_id,
        ApplicationSubmitted(
            application_id=application_id,
            commission_id=commission.commission_id,
            provider=application.provider,
            products=application.products,
            submitted_at=unit.now,
        ),
        [unit.actor.party],
    )
    row = await queries.application_with_assessment(unit.conn, application_id=application_id)
    return application_view(row)


async def assess_application(command: AssessApplication, unit: Unit) -> ApplicationView:
    application = await get_application(unit.conn, command.application_id)
    commission = await get_commission(unit.conn, application.commission_id, lock=True)
    commission.require_in_assessment()
    assessment = Assessment(
        application_id=application.application_id,
        commission_id=application.commission_id,
        owner=application.owner,
        provider_party=application.provider_party,
        admitted=assess(commission.requirements, command.judgements),
        judgements=command.judgements,
        assessed_at=unit.now,
    )
    await queries.put_assessment(unit.conn, row=row_of(assessment))
    row = await queries.application_with_assessment(unit.conn, application_id=application.application_id)
    return application_view(row)


async def announce_assessment(command: AnnounceAssessment, unit: Unit) -> Commission:
    """Every application has its decision; all applicants hear theirs at the same moment."""
    commission = await get_commission(unit.conn, command.commission_id, lock=True)
    commission.require_in_assessment()
    rows = [row async for row in queries.applications(unit.conn, commission_id=commission.commission_id)]
    undecided = sum(row["assessment"] is None for row in rows)
    if undecided:
        raise refused(
            f"Nog niet beoordeeld: {undecided} van {len(rows)} inschrijvingen. Beoordeel ze eerst.",
            f"Not assessed yet: {undecided} of {len(rows)} applications. Assess them first.",
            "assessment-incomplete",
        )
    commission = commission.announce(unit.now)
    await save_commission(unit.conn, commission)
    await queries.announce(unit.conn, commission_id=commission.commission_id, at=unit.now)
    for row in rows:
        decided = value(Assessment, await queries.get_assessment(unit.conn, application_id=row["application_id"]))
        unit.emit(
            commission.commission_id,
            ApplicationAssessed(
                application_id=decided.application_id,
                commission_id=commission.commission_id,
                provider=party_code(decided.provider_party),
                admitted=decided.admitted,
                grounds=decided.grounds,
                assessed_at=decided.assessed_at,
            ),
            [*parties_of(commission), decided.provider_party],
        )
    emit_stage(commission, CommissionStage.ASSESSED, unit)
    emit_stage(commission, CommissionStage.STANDSTILL, unit)
    await kept(unit.conn, about_commission(commission.commission_id), unit.now, Promise.ASSESSMENT)
    if commission.standstill_until is not None:
        await promise(unit.conn, [of_standstill(commission, commission.standstill_until)])
    return commission


async def require_admitted(application: Application, unit: Unit) -> None:
    """Raise ``Conflict`` unless the application was admitted."""
    assessment = await get_assessment(unit.conn, application.application_id)
    if assessment is None or not assessment.admitted:
        raise refused(
            "Deze inschrijving is niet toegelaten. Alleen een toegelaten aanbieder krijgt een overeenkomst.",
            "This application was not admitted. Only an admitted provider gets an agreement.",
            "not-admitted",
        )
