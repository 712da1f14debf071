"""The public start page: what Samenspel is, in one picture with live counts; and the way to one's own home."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from services.portal.drawings import Station, loop
from services.portal.i18n import LANGUAGES, N_
from services.portal.live import event_stream, message
from services.portal.pages import NavigationItem, home_of
from services.portal.people import SignedIn, Visitor
from services.portal.pulse import Counts, Pulse
from services.portal.sign_in import safe_next
from services.portal.views import Views, render, translate, views

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the loop: who, what they do, the service whose log has their events, and what they publish."""

    who: str
    does: str
    service: str | None = None
    kinds: tuple[str, ...] = ()


LOOP: Final = (
    Part(N_("Council"), N_("sets the goals and the limits beforehand."), "council", ("frames",)),
    Part(
        N_("Municipality"),
        N_("tells the story, and asks partners to play their part."),
        "commissioning",
        ("scenarios", "commissions"),
    ),
    Part(N_("Providers"), N_("give help in their own way, inside clear lines."), "referral"),
    Part(N_("Residents"), N_("get help that fits, and say what it brought them."), "monitoring"),
    Part(N_("Figures"), N_("show what came of it, and how far you can trust them."), None, ("releases",)),
)
"""Who does what in the loop, clockwise."""

NAVIGATION = (NavigationItem(N_("Start"), "/", order=0),)


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the loop in words, with what is counted there."""

    who: str
    does: str
    events: str | None
    published: tuple[str, ...]


def _published(found: Views, request: Request, kind: str, count: int) -> str:
    words, number = found.words_for(request), found.formats_for(request).number(count)
    told = {
        "frames": words.ngettext("%(num)s frame adopted", "%(num)s frames adopted", count),
        "scenarios": words.ngettext("%(num)s story told", "%(num)s stories told", count),
        "commissions": words.ngettext("%(num)s commission opened", "%(num)s commissions opened", count),
        "releases": words.ngettext("%(num)s release of figures", "%(num)s releases of figures", count),
    }
    return told[kind] % {"num": number}


def _steps(request: Request, counts: Counts) -> list[Step]:
    found, steps = views(request), []
    words, formats = found.words_for(request), found.formats_for(request)
    for part in LOOP:
        count = counts.events.get(part.service) if part.service else None
        events = None
        if count is not None:
            events = words.ngettext("%(num)s event", "%(num)s events", count) % {"num": formats.number(count)}
        kinds = [(kind, counts.published[kind]) for kind in part.kinds if kind in counts.published]
        published = tuple(_published(found, request, kind, count) for kind, count in kinds)
        steps.append(Step(translate(request, part.who), translate(request, part.does), events, published))
    return steps


def shown(request: Request, counts: Counts) -> dict[str, Any]:
    """The loop with these counts: the picture, and the same in words."""
    formats, steps = views(request).formats_for(request), _steps(request, counts)
    stations = []
    for part, step in zip(LOOP, steps, strict=True):
        count = counts.events.get(part.service) if part.service else counts.published.get(part.kinds[0])
        stations.append(Station(step.who, step.does, None if count is None else formats.number(count)))
    told = " ".join(f"{step.who}: {step.does} {step.events or ''}".strip() for step in steps)
    picture = loop(stations, translate(request, N_("The loop of directing")), told)
    return {"picture": picture, "steps": steps, "counted": bool(counts.events)}


@router.get("/")
async def start(request: Request, person: Visitor) -> HTMLResponse:
    """The loop of directing, drawn, for everybody."""
    pulse: Pulse = request.app.state.pulse
    return render(request, "pages/start.html", **shown(request, await pulse.counts()))


@router.get("/pulse")
async def follow(request: Request) -> StreamingResponse:
    """The picture and the steps again, whenever something was counted, for as long as the page is open."""
    pulse: Pulse = request.app.state.pulse

    async def messages() -> AsyncIterator[str]:
        async for counts in pulse.follow(Counts()):
            context = shown(request, counts)
            for block in ("picture", "steps"):
                yield message(block, views(request).text(request, "pages/start.html", context, block))

    return event_stream(request, messages())


@router.get("/home")
async def home(request: Request, person: SignedIn) -> RedirectResponse:
    """To the home of this person's role."""
    return RedirectResponse(home_of(person), status_code=303)


@router.post("/language")
async def choose_language(request: Request) -> Response:
    """Remember the language that the visitor chose, and go back to where they were."""
    async with request.form() as form:
        language, back = str(form.get("language", "")), str(form.get("next", "/"))
    if language in LANGUAGES:
        request.session["language"] = language
    return RedirectResponse(safe_next(back, "/"), status_code=303)
