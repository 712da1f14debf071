"""Written questions with their term, answers, and information letters."""

from contracts.events.council import LetterSent, QuestionAnswered, QuestionAsked
from contracts.values import PartyKind, council, municipality
from services.council.commands import (
    DEFAULT_QUESTION_DAYS,
    AgreeQuestionTerm,
    AnswerQuestion,
    AskQuestion,
    SendLetter,
)
from services.council.domain.moment import question_due
from services.council.store import queries
from services.council.store.records import require_kind
from services.council.views import Letter, QuestionTerm, QuestionView
from services.kit.model import refused
from services.kit.problems import NotFound
from services.kit.unit import Unit


async def agree_question_term(command: AgreeQuestionTerm, unit: Unit) -> QuestionTerm:
    """For questions asked from now on."""
    require_kind(unit.actor, PartyKind.COUNCIL)
    await queries.agree_question_term(unit.conn, municipality=unit.actor.code, days=command.days, at=unit.now)
    return QuestionTerm(municipality=unit.actor.code, days=command.days)


async def ask_question(command: AskQuestion, unit: Unit) -> QuestionView:
    require_kind(unit.actor, PartyKind.COUNCIL)
    code = unit.actor.code
    days = await queries.question_term(unit.conn, municipality=code) or DEFAULT_QUESTION_DAYS
    due = question_due(unit.now, days)
    question_id = unit.new_id()
    await queries.insert_question(
        unit.conn,
        question_id=question_id,
        municipality=code,
        subject=command.subject,
        body=command.body,
        indicator=command.indicator,
        person=unit.actor.person,
        at=unit.now,
        due=due,
    )
    await queries.set_deadline(
        unit.conn,
        subject=f"question/{question_id}",
        kind="answer",
        due=due,
        party=municipality(code),
        rule=f"reglement van orde: {days} dagen",
    )
    unit.emit(
        question_id,
        QuestionAsked(
            question_id=question_id, municipality=code, indicator=command.indicator, due=due, asked_at=unit.now
        ),
        [unit.actor.party, municipality(code)],
    )
    return QuestionView.of(await queries.get_question(unit.conn, question_id=question_id))


async def answer_question(command: AnswerQuestion, unit: Unit) -> QuestionView:
    """By the executive of the same municipality, once; also after the term, for late is better than never."""
    require_kind(unit.actor, PartyKind.MUNICIPALITY)
    row = await queries.lock_question(unit.conn, question_id=command.question_id)
    if row is None:
        raise NotFound()
    if row["answer"] is not None:
        raise refused(
            "Deze vraag is al beantwoord. Stuur een raadsinformatiebrief als er iets verandert.",
            "This question was answered already. Send an information letter when something changes.",
            "already-answered",
        )
    await queries.answer_question(unit.conn, question_id=command.question_id, answer=command.answer, at=unit.now)
    await queries.keep_deadline(unit.conn, subject=f"question/{command.question_id}", kind="answer", at=unit.now)
    unit.emit(
        command.question_id,
        QuestionAnswered(question_id=command.question_id, municipality=unit.actor.code, answered_at=unit.now),
        [unit.actor.party, council(unit.actor.code)],
    )
    return QuestionView.of(await queries.get_question(unit.conn, question_id=command.question_id))


async def send_letter(command: SendLetter, unit: Unit) -> Letter:
    require_kind(unit.actor, PartyKind.MUNICIPALITY)
    letter = Letter(
        letter_id=unit.new_id(),
        municipality=unit.actor.code,
        title=command.title,
        body=command.body,
        indicator=command.indicator,
        sent_at=unit.now,
    )
    await queries.insert_letter(unit.conn, at=unit.now, **letter.model_dump(exclude={"sent_at"}))
    unit.emit(
        letter.letter_id,
        LetterSent(
            letter_id=letter.letter_id,
            municipality=letter.municipality,
            title=letter.title,
            indicator=letter.indicator,
            sent_at=unit.now,
        ),
        [unit.actor.party, council(unit.actor.code)],
    )
    return letter
