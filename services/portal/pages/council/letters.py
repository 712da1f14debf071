"""Letters of the executive to the council (*raadsinformatiebrief*): reading and sending one."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from services.council.client import CouncilClient, LetterText
from services.kit.problems import NotFound
from services.portal.directing.sending import send, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.forms import Form
from services.portal.pages.council.common import Code, Councils, Executive, governs, only, show
from services.portal.pages.council.questions import choices
from services.portal.people import Visitor
from services.portal.views import flash

router = APIRouter()

FIELDS = {"/title": "title", "/body": "body", "/indicator": "indicator"}


@router.get("/council/{code}/letters/new")
async def new(request: Request, code: Code, person: Executive, councils: Councils, indicator: str = "") -> HTMLResponse:
    """An empty letter."""
    only(governs(person, code))
    return await _form(request, code, councils, Form.of({"indicator": indicator}))


@router.post("/council/{code}/letters/new")
async def write(request: Request, code: Code, person: Executive, councils: Councils) -> Response:
    """Send it; it is public at once."""
    only(governs(person, code))
    form, _ = await Form.read(request), speech(request)
    form.require(["title"], _("Say in one line what it is about."))
    form.require(["body"], _("Write the letter."))
    text = _text(form, _)
    if text is not None:
        sent = await send(request, form, lambda key: councils.send_letter(text, key), FIELDS)
        if sent is not None:
            flash(request, _("Sent. The council and everybody else can read it."))
            return RedirectResponse(f"/council/{code}/letters/{sent.letter_id}", status_code=303)
    return await _form(request, code, councils, form, 422)


def _text(form: Form, _: Speech) -> LetterText | None:
    number = form.value("indicator")
    if not form.is_valid:
        return None
    try:
        return LetterText(title=form.value("title"), body=form.value("body"), indicator=int(number) if number else None)
    except (ValidationError, ValueError):
        form.wrong("title", _("The subject is one line of at most 200 characters; choose a figure from the list."))
        return None


async def _form(request: Request, code: str, councils: CouncilClient, form: Form, status: int = 200) -> HTMLResponse:
    _ = speech(request)
    figures = await choices(councils, code, _)
    return show(request, "write.html", code, "", status=status, form=with_key(form), figures=figures)


@router.get("/council/{code}/letters/{letter_id}")
async def one(request: Request, code: Code, letter_id: UUID, person: Visitor, councils: Councils) -> HTMLResponse:
    """One letter."""
    _, letter = speech(request), await councils.letter(letter_id)
    if letter.municipality != code:
        raise NotFound()
    figures = dict(await choices(councils, code, _)) if letter.indicator else {}
    return show(request, "letter.html", code, "", letter=letter, about=figures.get(str(letter.indicator)))
