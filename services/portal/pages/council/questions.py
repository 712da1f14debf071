"""Written questions: the list, asking one, and the answer of the executive. Reading needs no account."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from contracts.values import municipality
from services.council.client import CouncilClient, QuestionText
from services.kit.problems import NotFound
from services.portal.directing.sending import send, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.directing.terms import last_moment
from services.portal.forms import Form
from services.portal.lists import ListQuery
from services.portal.pages.council.common import Code, Councils, Executive, Member, governs, only, show, sits_in
from services.portal.people import Visitor
from services.portal.views import flash

router = APIRouter()

SHOWN = 25
FIELDS = {"/subject": "subject", "/body": "body", "/indicator": "indicator"}


@router.get("/council/{code}/questions")
async def listing(
    request: Request, code: Code, person: Visitor, councils: Councils, after: str | None = None
) -> HTMLResponse:
    """Every question with its answer, newest first."""
    query = ListQuery.of(request, filters=("show",))
    open_only = query.filters.get("show") == "open"
    found, term = await asyncio.gather(
        councils.questions(code, open_only=open_only, after=after, limit=SHOWN), councils.question_term(code)
    )
    return show(
        request,
        "questions.html",
        code,
        "/questions",
        questions=[(each, last_moment(each.due)) for each in found.items],
        following=query.url(after=found.next) if found.next else None,
        open_only=open_only,
        days=term.days,
        may_ask=person is None or sits_in(person, code),
    )


async def choices(councils: CouncilClient, code: str, _: Speech) -> list[tuple[str, str]]:
    """The figures that a question or letter can be about."""
    return [(str(each.indicator), _.of(each.name)) for each in await councils.figures(municipality(code))]


@router.get("/council/{code}/questions/new")
async def new(request: Request, code: Code, person: Member, councils: Councils, indicator: str = "") -> HTMLResponse:
    """An empty question, about a figure when one came from there."""
    only(sits_in(person, code))
    return await _form(request, code, councils, Form.of({"indicator": indicator}))


@router.post("/council/{code}/questions/new")
async def ask(request: Request, code: Code, person: Member, councils: Councils) -> Response:
    """Ask it; it is public at once."""
    only(sits_in(person, code))
    form, _ = await Form.read(request), speech(request)
    form.require(["subject"], _("Say in one line what it is about."))
    form.require(["body"], _("Write your question."))
    text = _text(form, _)
    if text is not None:
        asked = await send(request, form, lambda key: councils.ask_question(text, key), FIELDS)
        if asked is not None:
            day = _.fmt.day(last_moment(asked.due))
            flash(request, _("Asked. The executive answers on %(day)s at the latest.", day=day))
            return RedirectResponse(f"/council/{code}/questions/{asked.question_id}", status_code=303)
    return await _form(request, code, councils, form, 422)


def _text(form: Form, _: Speech) -> QuestionText | None:
    number = form.value("indicator")
    if not form.is_valid:
        return None
    try:
        return QuestionText(
            subject=form.value("subject"), body=form.value("body"), indicator=int(number) if number else None
        )
    except (ValidationError, ValueError):
        form.wrong("subject", _("The subject is one line of at most 200 characters; choose a figure from the list."))
        return None


async def _form(request: Request, code: str, councils: CouncilClient, form: Form, status: int = 200) -> HTMLResponse:
    _ = speech(request)
    figures, term = await asyncio.gather(choices(councils, code, _), councils.question_term(code))
    return show(
        request,
        "ask.html",
        code,
        "/questions",
        status=status,
        form=with_key(form),
        figures=figures,
        days=term.days,
    )


@router.get("/council/{code}/questions/{question_id}")
async def one(request: Request, code: Code, question_id: UUID, person: Visitor, councils: Councils) -> HTMLResponse:
    """One question with its answer."""
    return await _page(request, code, question_id, councils, governs(person, code), Form())


@router.post("/council/{code}/questions/{question_id}")
async def answer(request: Request, code: Code, question_id: UUID, person: Executive, councils: Councils) -> Response:
    """The executive answers, once; it is public at once."""
    only(governs(person, code))
    form, _ = await Form.read(request), speech(request)
    form.require(["answer"], _("Write the answer."))
    if form.is_valid:
        done = await send(
            request,
            form,
            lambda key: councils.answer_question(question_id, form.value("answer"), key),
            {"/answer": "answer"},
        )
        if done is not None:
            flash(request, _("Answered. The council and everybody else can read it."))
            return RedirectResponse(f"/council/{code}/questions/{question_id}", status_code=303)
    return await _page(request, code, question_id, councils, True, form, 422)


async def _page(
    request: Request,
    code: str,
    question_id: UUID,
    councils: CouncilClient,
    may_answer: bool,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    _, question = speech(request), await councils.question(question_id)
    if question.municipality != code:
        raise NotFound()
    figures = dict(await choices(councils, code, _)) if question.indicator else {}
    return show(
        request,
        "question.html",
        code,
        "/questions",
        status=status,
        question=question,
        due=last_moment(question.due),
        about=figures.get(str(question.indicator)),
        may_answer=may_answer and question.answer is None,
        form=with_key(form),
    )
