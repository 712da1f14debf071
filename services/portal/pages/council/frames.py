"""Frames of a council: the goals within which the municipality directs; and how the clerk writes one."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from services.council.client import CouncilClient, Frame, FrameText, GoalText
from services.monitoring.client import MonitoringClient
from services.portal.directing.sending import send, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.forms import Form
from services.portal.pages.council.common import Clerk, Code, Councils, Monitoring, keeps, only, show
from services.portal.people import Visitor
from services.portal.views import flash

router = APIRouter()

MOST_GOALS = 12
FIELDS = {
    "/title": "title",
    "/introduction": "introduction",
    "/firstYear": "first_year",
    "/lastYear": "last_year",
    "/goals/*/title": "goal_{}",
    "/goals/*/explanation": "explanation_{}",
    "/goals/*": "indicators_{}",
    "/goals": "goal_0",
}


@router.get("/council/{code}/frames")
async def listing(
    request: Request, code: Code, person: Visitor, councils: Councils, monitoring: Monitoring
) -> HTMLResponse:
    """Every frame that the council adopted, newest first; the clerk sees the drafts as well."""
    _, is_clerk = speech(request), keeps(person, code)
    adopted, names = await asyncio.gather(councils.frames(code), _names(monitoring, _))
    drafts = await councils.frame_drafts() if is_clerk else ()
    return show(request, "frames.html", code, "/frames", frames=adopted, drafts=drafts, names=names, may_write=is_clerk)


async def _names(monitoring: MonitoringClient, _: Speech) -> dict[int, str]:
    return {each.number: _.of(each.name) for each in await monitoring.indicators()}


@router.get("/council/{code}/frames/new")
async def new(request: Request, code: Code, person: Clerk, monitoring: Monitoring) -> HTMLResponse:
    """An empty frame."""
    only(keeps(person, code))
    return await _form(request, code, monitoring, Form())


@router.post("/council/{code}/frames/new")
async def draft(request: Request, code: Code, person: Clerk, councils: Councils, monitoring: Monitoring) -> Response:
    """Keep it as a draft."""
    only(keeps(person, code))
    form, _ = await Form.read(request), speech(request)
    text = _text(form, _)
    if text is not None:
        kept = await send(request, form, lambda key: councils.draft_frame(text, key), FIELDS)
        if kept is not None:
            flash(request, _("Kept as a draft. It is public when the council has adopted it."))
            return RedirectResponse(f"/council/{code}/frames", status_code=303)
    return await _form(request, code, monitoring, form, status=422)


@router.get("/council/{code}/frames/{frame_id}/edit")
async def edit(
    request: Request, code: Code, frame_id: UUID, person: Clerk, councils: Councils, monitoring: Monitoring
) -> HTMLResponse:
    """A draft to go on with."""
    only(keeps(person, code))
    found = await councils.frame_draft(frame_id)
    form = _filled(found.data)
    form.values["version"] = found.etag or ""
    return await _form(request, code, monitoring, form, frame_id)


@router.post("/council/{code}/frames/{frame_id}/edit")
async def rewrite(
    request: Request, code: Code, frame_id: UUID, person: Clerk, councils: Councils, monitoring: Monitoring
) -> Response:
    """Keep other words."""
    only(keeps(person, code))
    form, _ = await Form.read(request), speech(request)
    text = _text(form, _)
    if text is not None:
        version = form.value("version")
        kept = await send(request, form, lambda _key: councils.edit_frame(frame_id, text, version), FIELDS)
        if kept is not None:
            flash(request, _("Kept."))
            return RedirectResponse(f"/council/{code}/frames", status_code=303)
    return await _form(request, code, monitoring, form, frame_id, 422)


@router.get("/council/{code}/frames/{frame_id}/adopt")
async def ask(request: Request, code: Code, frame_id: UUID, person: Clerk, councils: Councils) -> HTMLResponse:
    """Ask before it is fixed."""
    only(keeps(person, code))
    return await _confirm(request, code, frame_id, councils, Form())


@router.post("/council/{code}/frames/{frame_id}/adopt")
async def adopt(request: Request, code: Code, frame_id: UUID, person: Clerk, councils: Councils) -> Response:
    """The council adopted it."""
    only(keeps(person, code))
    form, _ = await Form.read(request), speech(request)
    done = await send(request, form, lambda key: councils.adopt_frame(frame_id, key))
    if done is None:
        return await _confirm(request, code, frame_id, councils, form, 422)
    flash(request, _("Adopted. The frame is public, and stories can cite it."))
    return RedirectResponse(f"/council/{code}/frames", status_code=303)


async def _confirm(
    request: Request, code: str, frame_id: UUID, councils: CouncilClient, form: Form, status: int = 200
) -> HTMLResponse:
    frame: Frame = (await councils.frame_draft(frame_id)).data
    return show(request, "adopt.html", code, "/frames", status=status, frame=frame, form=with_key(form))


def _year(form: Form, name: str, _: Speech) -> int:
    text = form.value(name)
    if text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100:
        return int(text)
    form.wrong(name, _("Give a year, for example 2029."))
    return 0


def _text(form: Form, _: Speech) -> FrameText | None:
    form.require(["title"], _("Give the frame a title."))
    first, last = _year(form, "first_year", _), _year(form, "last_year", _)
    goals: list[GoalText] = []
    for place in range(MOST_GOALS):
        title = form.value(f"goal_{place}")
        if not title:
            continue
        chosen = [int(each) for each in form.chosen(f"indicators_{place}") if each.isascii() and each.isdigit()]
        if not chosen:
            form.wrong(f"indicators_{place}", _("Choose the figures that show whether this goal comes closer."))
            continue
        identifier = form.value(f"goal_id_{place}")
        try:
            goals.append(
                GoalText(
                    goal_id=UUID(identifier) if identifier else None,
                    title=title,
                    explanation=form.value(f"explanation_{place}") or None,
                    indicators=tuple(chosen),
                )
            )
        except (ValidationError, ValueError):
            form.wrong(f"goal_{place}", _("A goal is one line of at most 200 characters."))
    if not form.is_valid:
        return None
    try:
        return FrameText(
            title=form.value("title"),
            introduction=form.value("introduction") or None,
            first_year=first,
            last_year=last,
            goals=tuple(goals),
        )
    except ValidationError:
        form.wrong("", _("Something in this form is too long or not possible. Shorten the texts and try again."))
        return None


def _filled(frame: Frame) -> Form:
    values: dict[str, object] = {
        "title": frame.title,
        "introduction": frame.introduction,
        "first_year": frame.first_year,
        "last_year": frame.last_year,
    }
    for place, goal in enumerate(frame.goals):
        values |= {
            f"goal_id_{place}": goal.goal_id,
            f"goal_{place}": goal.title,
            f"explanation_{place}": goal.explanation,
        }
    form = Form.of(values)
    form.lists = {
        f"indicators_{place}": [str(number) for number in goal.indicators] for place, goal in enumerate(frame.goals)
    }
    return form


async def _form(
    request: Request,
    code: str,
    monitoring: MonitoringClient,
    form: Form,
    frame_id: UUID | None = None,
    status: int = 200,
) -> HTMLResponse:
    _ = speech(request)
    published = [each for each in await monitoring.indicators() if each.published]
    used = [place for place in range(MOST_GOALS) if form.value(f"goal_{place}")]
    return show(
        request,
        "frame_form.html",
        code,
        "/frames",
        status=status,
        form=with_key(form),
        frame_id=frame_id,
        goals=range(min(MOST_GOALS, max(3, (max(used) if used else -1) + 2))),
        indicators=[(str(each.number), _.of(each.name), None) for each in published],
    )
