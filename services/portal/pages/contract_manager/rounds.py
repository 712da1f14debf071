"""Reporting rounds: who reported over a month, what is still to come, and opening the next one."""

import asyncio
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.values import Role
from services.commissioning.client import CommissioningClient
from services.kit.problems import Problem
from services.monitoring.client import MonitoringClient, RoundStatus, RoundView
from services.portal.components import BadgeTone, Step
from services.portal.directing.figures import month
from services.portal.directing.names import Names, names
from services.portal.directing.people import Commissioning, Manager, Monitoring, Officer
from services.portal.directing.sending import send, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.directing.terms import last_moment
from services.portal.formats import Formats
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.people import Person
from services.portal.views import flash, render

router = APIRouter()

STATUS = {
    RoundStatus.OPEN: N_("Open"),
    RoundStatus.CLOSED: N_("Closed, figures to come"),
    RoundStatus.PUBLISHED: N_("Figures published"),
}
TONES: dict[RoundStatus, BadgeTone] = {
    RoundStatus.OPEN: "attention",
    RoundStatus.CLOSED: "neutral",
    RoundStatus.PUBLISHED: "good",
}
SHOWN, MONTHS_BACK = 24, 6
OPENING = "round-opening"
"""The kind of deadline that a planned round is."""


@router.get("/manager/rounds")
async def listing(
    request: Request, person: Manager, commissioning: Commissioning, monitoring: Monitoring
) -> HTMLResponse:
    """The rounds of the own region, newest month first."""
    return await _page(request, person, commissioning, monitoring, Form())


@router.post("/manager/rounds")
async def open_round(
    request: Request, person: Officer, commissioning: Commissioning, monitoring: Monitoring
) -> Response:
    """Open the round of a month that is over."""
    form, _ = await Form.read(request), speech(request)
    form.require(["month"], _("Choose a month."))
    if form.is_valid:
        done = await send(
            request,
            form,
            lambda key: monitoring.open_round(person.code, form.value("month"), idempotency_key=key),
            {"/month": "month", "/regionId": ""},
        )
        if done is not None:
            told = _.ngettext(
                "The round is open. %(num)s provider is asked to report.",
                "The round is open. %(num)s providers are asked to report.",
                len(done.providers),
            )
            flash(request, told)
            return RedirectResponse("/manager/rounds", status_code=303)
    return await _page(request, person, commissioning, monitoring, form, 422)


async def _page(
    request: Request,
    person: Person,
    commissioning: CommissioningClient,
    monitoring: MonitoringClient,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    _, now = speech(request), request.app.state.now()
    known, rounds, planned = await asyncio.gather(
        names(request, commissioning), monitoring.rounds(limit=SHOWN), _planned(_, monitoring)
    )
    taken = {each.month for each in rounds.items}
    today = Formats.local(now).date()
    months = [each for each in _months_before(today) if each not in taken]
    return render(
        request,
        "pages/contract_manager/rounds.html",
        status=status,
        rounds=[_described(_, each, known) for each in rounds.items],
        months=[(each, month(_, each)) for each in months] if person.has(Role.REGIONAL_OFFICER) else [],
        planned=planned,
        form=with_key(form),
    )


async def _planned(_: Speech, monitoring: MonitoringClient) -> str | None:
    """When the next round opens by itself; only the region itself is told."""
    try:
        due = [each for each in await monitoring.deadlines() if each.kind == OPENING]
    except Problem:  # a page does not fail because of a line below it
        return None
    if not due:
        return None
    return _(
        "The next round opens by itself on %(day)s: the one for %(month)s.",
        day=_.fmt.day(due[0].due),
        month=month(_, due[0].subject.rpartition("/")[2]),
    )


def _months_before(today: date) -> list[str]:
    """The months that are over, latest first."""
    numbers = [today.year * 12 + today.month - 1 - back for back in range(1, MONTHS_BACK + 1)]
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def _described(_: Speech, each: RoundView, known: Names) -> dict[str, Any]:
    reported = [one for one in each.providers if one.reported_at is not None]
    missing = [one for one in each.providers if one.reported_at is None]
    closed, published = each.closed_at is not None, each.published_at is not None
    steps = [
        Step(_("Opened"), each.opened_at, state="done"),
        Step(_("Reminder"), each.reminded_at or each.remind_at, state="done" if each.reminded_at or closed else "now"),
        Step(
            _("Closes"),
            each.closed_at or last_moment(each.closes_at),
            state="done" if closed else "now" if each.reminded_at else "later",
        ),
        Step(
            _("Figures published"),
            each.published_at or each.publish_at,
            state="done" if published else "now" if closed else "later",
        ),
    ]
    return {
        "id": each.round_id,
        "month": month(_, each.month),
        "status": (_(STATUS[each.status]), TONES[each.status]),
        "reported": [(known.provider(one.provider), one.outcomes, one.reported_at) for one in reported],
        "missing": [known.provider(one.provider) for one in missing],
        "count": _("%(reported)s of %(all)s providers reported", reported=len(reported), all=len(each.providers)),
        "share": len(reported) / len(each.providers) if each.providers else 0,
        "steps": steps,
        "is_open": each.status is RoundStatus.OPEN,
        "is_past": each.status is RoundStatus.PUBLISHED,
    }
