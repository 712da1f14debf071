"""The agenda of a council: every moment with its term, giving a view, and what the clerk records."""

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from contracts.events.council import MomentKind
from services.council.client import CouncilClient, MomentState, MomentText, MomentView
from services.kit.problems import NotFound
from services.portal.components import BadgeTone
from services.portal.directing.sending import send, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.formats import Formats
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.council.common import Clerk, Code, Councils, Member, keeps, only, show, sits_in
from services.portal.people import Person, Visitor
from services.portal.views import flash

router = APIRouter()

STATES = {
    MomentState.UPCOMING: N_("To come"),
    MomentState.OPEN: N_("Open"),
    MomentState.DONE: N_("Done"),
    MomentState.PAST: N_("Term passed"),
}
TONES: dict[MomentState, BadgeTone] = {
    MomentState.UPCOMING: "quiet",
    MomentState.OPEN: "attention",
    MomentState.DONE: "good",
    MomentState.PAST: "bad",
}
KINDS = {
    MomentKind.FRAME: N_("Set a frame"),
    MomentKind.VIEW: N_("Give a view"),
    MomentKind.BUDGET: N_("Decide about the budget"),
    MomentKind.ACCOUNTS: N_("Judge the annual accounts"),
    MomentKind.REPORT: N_("Discuss how it goes"),
}
FIELDS = {
    "/kind": "kind",
    "/title": "title",
    "/explanation": "explanation",
    "/noteUrl": "note_url",
    "/opensOn": "opens_on",
    "/termDays": "term_days",
    "/rule": "rule",
}


@router.get("/council/{code}/moments")
async def listing(request: Request, code: Code, person: Visitor, councils: Councils) -> HTMLResponse:
    """Every moment from a year ago on, as a list."""
    _, today = speech(request), Formats.local(request.app.state.now()).date()
    found = await councils.moments(code, since=date(today.year - 1, today.month, 1))
    return show(
        request,
        "moments.html",
        code,
        "/moments",
        ahead=[_described(_, each) for each in found if each.state in (MomentState.OPEN, MomentState.UPCOMING)],
        past=[_described(_, each) for each in reversed(found) if each.state in (MomentState.DONE, MomentState.PAST)],
        may_plan=keeps(person, code),
    )


def _described(_: Speech, each: MomentView) -> dict[str, Any]:
    return {"moment": each, "kind": _(KINDS[each.kind]), "state": (_(STATES[each.state]), TONES[each.state])}


@router.get("/council/{code}/moments/new")
async def new(request: Request, code: Code, person: Clerk, councils: Councils) -> HTMLResponse:
    """An empty moment."""
    only(keeps(person, code))
    return _form(request, code, Form.of({"term_days": 28}))


@router.post("/council/{code}/moments/new")
async def plan(request: Request, code: Code, person: Clerk, councils: Councils) -> Response:
    """Put it in the agenda."""
    only(keeps(person, code))
    form, _ = await Form.read(request), speech(request)
    text = _text(form, _)
    if text is not None:
        planned = await send(request, form, lambda key: councils.schedule_moment(text, key), FIELDS)
        if planned is not None:
            flash(request, _("Planned. Its last day is %(day)s.", day=_.fmt.day(planned.last_day)))
            return RedirectResponse(f"/council/{code}/moments/{planned.moment_id}", status_code=303)
    return _form(request, code, form, 422)


def _text(form: Form, _: Speech) -> MomentText | None:
    form.require(["title"], _("Say in one line what it is about."))
    form.require(["rule"], _("Name the rule that the term comes from."))
    if form.value("kind") not in set(MomentKind):
        form.wrong("kind", _("Choose what the council does."))
    days = form.value("term_days")
    if not (days.isascii() and days.isdigit() and 1 <= int(days) <= 366):
        form.wrong("term_days", _("Give a number of days from 1 to 366."))
    try:
        opens_on = date.fromisoformat(form.value("opens_on"))
    except ValueError:
        form.wrong("opens_on", _("Give the day, for example 01-10-2026."))
        return None
    note = form.value("note_url")
    if note and not note.startswith("https://"):
        form.wrong("note_url", _("An address begins with https://"))
    if not form.is_valid:
        return None
    try:
        return MomentText(
            kind=MomentKind(form.value("kind")),
            title=form.value("title"),
            explanation=form.value("explanation") or None,
            note_url=note or None,
            opens_on=opens_on,
            term_days=int(days),
            rule=form.value("rule"),
        )
    except ValidationError:
        form.wrong("", _("Something in this form is too long or not possible. Shorten the texts and try again."))
        return None


def _form(request: Request, code: str, form: Form, status: int = 200) -> HTMLResponse:
    _ = speech(request)
    kinds = [(kind.value, _(label), None) for kind, label in KINDS.items()]
    return show(request, "plan.html", code, "/moments", status=status, form=with_key(form), kinds=kinds)


@router.get("/council/{code}/moments/{moment_id}")
async def one(request: Request, code: Code, moment_id: UUID, person: Visitor, councils: Councils) -> HTMLResponse:
    """One moment: what for, until when, and what the council gave."""
    return await _page(request, code, moment_id, councils, person, Form())


@router.post("/council/{code}/moments/{moment_id}/view")
async def give(request: Request, code: Code, moment_id: UUID, person: Member, councils: Councils) -> Response:
    """The council gives its view (*zienswijze*)."""
    only(sits_in(person, code))
    form, _ = await Form.read(request), speech(request)
    form.require(["text"], _("Write the view of the council."))
    if form.is_valid:
        done = await send(
            request, form, lambda key: councils.submit_view(moment_id, form.value("text"), key), {"/text": "text"}
        )
        if done is not None:
            flash(request, _("Given. The view of the council is public."))
            return RedirectResponse(f"/council/{code}/moments/{moment_id}", status_code=303)
    return await _page(request, code, moment_id, councils, person, form, 422)


@router.post("/council/{code}/moments/{moment_id}/conclusion")
async def conclude(request: Request, code: Code, moment_id: UUID, person: Clerk, councils: Councils) -> Response:
    """The clerk records how the council decided."""
    only(keeps(person, code))
    form, _ = await Form.read(request), speech(request)
    form.require(["outcome"], _("Say in one line how the council decided."))
    if form.is_valid:
        done = await send(
            request,
            form,
            lambda key: councils.finish_moment(moment_id, form.value("outcome"), key),
            {"/outcome": "outcome"},
        )
        if done is not None:
            flash(request, _("Recorded."))
            return RedirectResponse(f"/council/{code}/moments/{moment_id}", status_code=303)
    return await _page(request, code, moment_id, councils, person, form, 422)


async def _page(
    request: Request,
    code: str,
    moment_id: UUID,
    councils: CouncilClient,
    person: Person | None,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    _, moment = speech(request), await councils.moment(moment_id)
    if moment.municipality != code:
        raise NotFound()
    is_open = moment.state is MomentState.OPEN
    return show(
        request,
        "moment.html",
        code,
        "/moments",
        status=status,
        moment=moment,
        kind=_(KINDS[moment.kind]),
        state=(_(STATES[moment.state]), TONES[moment.state]),
        share=round(100 * moment.used_days / moment.term_days, 1),
        may_give=is_open and moment.kind is MomentKind.VIEW and sits_in(person, code),
        may_conclude=is_open and moment.kind is not MomentKind.VIEW and keeps(person, code),
        form=with_key(form),
    )
