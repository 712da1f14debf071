"""Home of a council: whose turn it is, the year ahead, whether it gets better, and what is new."""

import asyncio
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.values import PartyKind, municipality, party_code, party_kind
from services.council.client import CouncilClient, CouncilHome, FigureSeries, MomentView, NewsItem, QuestionView
from services.kit.problems import Problem
from services.monitoring.client import MonitoringClient
from services.portal.components import Figure, Moment, calendar
from services.portal.directing.speech import Speech, speech
from services.portal.directing.terms import last_moment
from services.portal.formats import Formats
from services.portal.i18n import N_
from services.portal.pages.council import cards
from services.portal.pages.council.common import (
    Code,
    Commissioning,
    Councils,
    Member,
    Monitoring,
    governs,
    is_municipality,
    named,
    show,
    sits_in,
)
from services.portal.people import Person, Visitor
from services.portal.views import render

router = APIRouter()

GOALS = 3
NEWS = {
    "answer": N_("An answer"),
    "question": N_("A question"),
    "letter": N_("A letter"),
    "view": N_("View"),
    "frame": N_("Frame"),
}


@router.get("/council")
async def listing(request: Request, person: Visitor, councils: Councils, monitoring: Monitoring) -> HTMLResponse:
    """Every council that adopted a frame, or about whose municipality figures were published."""
    codes = await _known(councils, monitoring)
    found = sorted(((code, named(request, code)) for code in codes), key=lambda pair: pair[1])
    return render(request, "pages/council/index.html", councils=found)


async def _known(councils: CouncilClient, monitoring: MonitoringClient) -> set[str]:
    codes = {frame.municipality for frame in await councils.frames()}
    try:
        releases = await monitoring.releases(limit=200)
    except Problem:
        return codes
    areas = {each.area for each in releases.items}
    return codes | {party_code(area) for area in areas if party_kind(area) is PartyKind.MUNICIPALITY}


@router.get("/council/mine")
async def mine(request: Request, person: Member) -> RedirectResponse:
    """To the home of one's own council."""
    return RedirectResponse(f"/council/{person.code}", status_code=303)


@router.get("/council/{code}")
async def home(
    request: Request,
    code: Code,
    person: Visitor,
    councils: Councils,
    monitoring: Monitoring,
    commissioning: Commissioning,
) -> HTMLResponse:
    """Everything at a glance."""
    _, today = speech(request), Formats.local(request.app.state.now()).date()
    found, every, behind, waiting = await asyncio.gather(
        councils.home(code),
        councils.figures(municipality(code)),
        cards.backing(monitoring, commissioning, municipality(code), code),
        councils.questions(code, open_only=True, limit=5),
    )
    moments = [
        Moment(each.last_day, each.title, each.state != "done", f"/council/{code}/moments/{each.moment_id}")
        for month in found.strip
        for each in month.moments
    ]
    return show(
        request,
        "home.html",
        code,
        "",
        turn=_turn(_, found, code, person),
        months=calendar(moments, today),
        has_moments=bool(moments),
        goals=_goals(_, found, behind, code),
        more_goals=max(0, len(found.goals) - GOALS),
        other_figures=_others(_, found, every, behind, code),
        news=[_news(_, each, code) for each in found.news],
        waiting=[_waiting(each, code) for each in waiting.items],
        may_write=governs(person, code),
        may_ask=person is None or sits_in(person, code),
    )


def _turn(_: Speech, found: CouncilHome, code: str, person: Person | None) -> dict[str, Any]:
    """The spotlight: what the council has to do now, or when it is on again."""
    moment, following = found.turn.moment, found.turn.following
    if moment is None:
        return {"is_ours": False, "title": _("Now the executive."), "text": _again(_, following, person)}
    left = _.ngettext("%(num)s day left", "%(num)s days left", moment.days_left)
    outsider = is_municipality(person)
    title = _("The council is on: %(what)s, %(left)s") if outsider else _("You are on: %(what)s, %(left)s")
    may = sits_in(person, code) and moment.kind == "view"
    return {
        "is_ours": True,
        "title": title % {"what": moment.title, "left": left},
        "text": moment.explanation,
        "term": _("Day %(used)s of %(all)s, up to and including %(day)s", used=moment.used_days, all=moment.term_days,
                  day=_.fmt.weekday(moment.last_day)),
        "rule": moment.rule,
        "share": round(100 * moment.used_days / moment.term_days, 1),
        "note": moment.note_url,
        "url": f"/council/{code}/moments/{moment.moment_id}",
        "act": _("Give the view") if may else None,
        "is_last": moment.days_left <= 2,
    }  # fmt: skip


def _again(_: Speech, following: MomentView | None, person: Person | None) -> str:
    if following is None:
        return _("Nothing is planned yet.")
    day = _.fmt.day(following.opens_on)
    if is_municipality(person):
        return _("The council is on again on %(day)s: %(what)s.", day=day, what=following.title)
    return _("You are on again on %(day)s: %(what)s.", day=day, what=following.title)


def _goals(_: Speech, found: CouncilHome, behind: cards.Backing, code: str) -> list[dict[str, Any]]:
    shown = []
    for each in found.goals[:GOALS]:
        series = cards.best(each.figures)
        goal = _("Goal: %(title)s", title=each.goal.title)
        open_ = _.ngettext("%(num)s question waits for an answer", "%(num)s questions wait for an answer",
                           each.questions_open)  # fmt: skip
        shown.append(
            {
                "title": each.goal.title,
                "card": cards.card(_, series, behind, code, goal) if series else None,
                "questions": open_ if each.questions_open else None,
            }
        )
    return shown


def _others(
    _: Speech, found: CouncilHome, every: Sequence[FigureSeries], behind: cards.Backing, code: str
) -> list[Figure]:
    """What else was published about the municipality than the figures on the cards of its goals."""
    on_cards = {series.indicator for each in found.goals[:GOALS] if (series := cards.best(each.figures))}
    return [cards.card(_, each, behind, code) for each in every if each.indicator not in on_cards]


def _news(_: Speech, item: NewsItem, code: str) -> dict[str, Any]:
    addresses = {
        "answer": f"questions/{item.id}",
        "question": f"questions/{item.id}",
        "letter": f"letters/{item.id}",
        "view": f"moments/{item.id}",
        "frame": f"frames#frame-{item.id}",
    }
    return {
        "kind": _(NEWS.get(item.kind, item.kind)),
        "tone": "good" if item.kind in ("answer", "letter") else "quiet",
        "title": item.title,
        "at": item.at,
        "url": f"/council/{code}/{addresses.get(item.kind, '')}",
    }


def _waiting(question: QuestionView, code: str) -> dict[str, Any]:
    return {
        "title": question.subject,
        "due": last_moment(question.due),
        "url": f"/council/{code}/questions/{question.question_id}",
    }


@router.get("/council/{code}/calendar.ics")
async def agenda_file(request: Request, code: Code, person: Visitor, councils: Councils) -> Response:
    """The moments for one's own agenda (iCalendar, RFC 5545), to keep or to subscribe to."""
    content = await councils.calendar(code)
    headers = {"Content-Disposition": f'inline; filename="raad-{code}.ics"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)
