"""Stories: where a municipality or region wants to go, with outcomes and a band around each. How is for others."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.commissioning.client import CommissioningClient, Frame, Scenario, ScenarioStatus
from services.monitoring.client import IndicatorView, MonitoringClient
from services.portal.components import Action
from services.portal.directing.figures import band_text
from services.portal.directing.names import Names, names
from services.portal.directing.people import COMMISSIONING, Commissioning, Director, Manager, Monitoring
from services.portal.directing.sending import send, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.forms import Form
from services.portal.pages.contract_manager.scenario_form import BLANKS, FIELDS, filled, read
from services.portal.people import Person
from services.portal.views import flash, render

router = APIRouter()


@router.get("/manager/scenarios")
async def listing(request: Request, person: Director, commissioning: Commissioning) -> HTMLResponse:
    """Every story that was published, and the drafts that one takes part in."""
    _ = speech(request)
    known, page = await asyncio.gather(names(request, commissioning), commissioning.scenarios(limit=100))
    return render(
        request,
        "pages/contract_manager/scenarios.html",
        scenarios=[(each, known.listed(each.municipalities), known.party(each.owner)) for each in page.items],
        actions=[Action(_("Write a story"), "/manager/scenarios/new")] if person.has(*COMMISSIONING) else [],
    )


@router.get("/manager/scenarios/new")
async def new(request: Request, person: Manager, commissioning: Commissioning, monitoring: Monitoring) -> HTMLResponse:
    """An empty story."""
    known = await names(request, commissioning)
    form = Form()
    form.lists["municipalities"] = [code for code, _name in known.members(person.party)]
    return await _form(request, person, commissioning, monitoring, form)


@router.post("/manager/scenarios/new")
async def draft(request: Request, person: Manager, commissioning: Commissioning, monitoring: Monitoring) -> Response:
    """Keep it as a draft."""
    form, _ = await Form.read(request), speech(request)
    text = read(form, _)
    if text is not None:
        kept = await send(request, form, lambda key: commissioning.draft_scenario(text, key), FIELDS)
        if kept is not None:
            flash(request, _("Kept as a draft. Only the municipalities that take part see it."))
            return RedirectResponse(f"/manager/scenarios/{kept.scenario_id}", status_code=303)
    return await _form(request, person, commissioning, monitoring, form, status=422)


@router.get("/manager/scenarios/{scenario_id}")
async def one(
    request: Request, scenario_id: UUID, person: Director, commissioning: Commissioning, monitoring: Monitoring
) -> HTMLResponse:
    """One story as everybody reads it."""
    return await _page(request, scenario_id, person, commissioning, monitoring, Form())


@router.get("/manager/scenarios/{scenario_id}/edit")
async def edit(
    request: Request, scenario_id: UUID, person: Manager, commissioning: Commissioning, monitoring: Monitoring
) -> HTMLResponse:
    """A draft to go on with."""
    found = await commissioning.scenario(scenario_id)
    form = filled(found.data, speech(request))
    form.values["version"] = found.etag or ""
    return await _form(request, person, commissioning, monitoring, form, scenario_id)


@router.post("/manager/scenarios/{scenario_id}/edit")
async def rewrite(
    request: Request, scenario_id: UUID, person: Manager, commissioning: Commissioning, monitoring: Monitoring
) -> Response:
    """Keep other words."""
    form, _ = await Form.read(request), speech(request)
    text = read(form, _)
    if text is not None:
        version = form.value("version")
        kept = await send(request, form, lambda _key: commissioning.edit_scenario(scenario_id, text, version), FIELDS)
        if kept is not None:
            flash(request, _("Kept."))
            return RedirectResponse(f"/manager/scenarios/{scenario_id}", status_code=303)
    return await _form(request, person, commissioning, monitoring, form, scenario_id, 422)


@router.get("/manager/scenarios/{scenario_id}/publish")
async def ask(request: Request, scenario_id: UUID, person: Manager, commissioning: Commissioning) -> HTMLResponse:
    """Ask before it is fixed."""
    found: Scenario = (await commissioning.scenario(scenario_id)).data
    return _confirm(request, found, Form())


def _confirm(request: Request, scenario: Scenario, form: Form, status: int = 200) -> HTMLResponse:
    _ = speech(request)
    return render(
        request,
        "pages/contract_manager/confirm.html",
        status=status,
        title=_("Publish “%(title)s”?", title=scenario.title),
        text=_("From then on everybody can read it, and nothing of it changes any more."),
        consequences=[
            _("Providers see where you want to go, and decide how."),
            _("The figures of its outcomes get the band beside them."),
            _("When the direction changes, you write a new story."),
        ],
        form=with_key(form),
        label=_("Publish"),
        action=f"/manager/scenarios/{scenario.scenario_id}/publish",
        cancel=f"/manager/scenarios/{scenario.scenario_id}",
    )


@router.post("/manager/scenarios/{scenario_id}/publish")
async def publish(request: Request, scenario_id: UUID, person: Manager, commissioning: Commissioning) -> Response:
    """Tell it to everyone."""
    form, _ = await Form.read(request), speech(request)
    done = await send(request, form, lambda key: commissioning.publish_scenario(scenario_id, key))
    if done is None:
        found: Scenario = (await commissioning.scenario(scenario_id)).data
        return _confirm(request, found, form, 422)
    flash(request, _("Published. Now you can open a commission under this story."))
    return RedirectResponse(f"/manager/scenarios/{scenario_id}", status_code=303)


async def _page(
    request: Request,
    scenario_id: UUID,
    person: Person,
    commissioning: CommissioningClient,
    monitoring: MonitoringClient,
    form: Form,
) -> HTMLResponse:
    _ = speech(request)
    found, known, indicators = await asyncio.gather(
        commissioning.scenario(scenario_id), names(request, commissioning), monitoring.indicators()
    )
    scenario: Scenario = found.data
    frames = {frame.frame_id: frame for frame in await commissioning.frames(scenario.municipalities)}
    by_number = {indicator.number: indicator for indicator in indicators}
    return render(
        request,
        "pages/contract_manager/scenario.html",
        scenario=scenario,
        owner=known.party(scenario.owner),
        places=known.listed(scenario.municipalities, 7),
        outcomes=[_outcome(_, each, by_number.get(each.indicator)) for each in scenario.outcomes],
        frames=_cited(known, [frames[each] for each in scenario.frames if each in frames]),
        is_draft=scenario.status is ScenarioStatus.DRAFT,
        may_edit=scenario.owner == person.party and person.has(*COMMISSIONING),
    )


def _outcome(_: Speech, outcome: Any, indicator: IndicatorView | None) -> dict[str, Any]:
    unit = indicator.unit if indicator else "number"
    return {
        "title": outcome.title,
        "year": outcome.year,
        "number": outcome.indicator,
        "indicator": _.of(indicator.name) if indicator else None,
        "definition": _.of(indicator.definition) if indicator else None,
        "band": band_text(_, outcome.lower, outcome.upper, unit),
        "computed": indicator is not None and indicator.computed,
    }


def _cited(known: Names, frames: list[Frame]) -> list[dict[str, Any]]:
    """The frames that a story cites; one line for councils that adopted the same."""
    by_title: dict[str, list[Frame]] = {}
    for frame in frames:
        by_title.setdefault(frame.title, []).append(frame)
    return [
        {"title": title, "councils": [(each.municipality, known.municipality(each.municipality)) for each in same]}
        for title, same in by_title.items()
    ]


async def _form(
    request: Request,
    person: Person,
    commissioning: CommissioningClient,
    monitoring: MonitoringClient,
    form: Form,
    scenario_id: UUID | None = None,
    status: int = 200,
) -> HTMLResponse:
    _ = speech(request)
    known, indicators = await asyncio.gather(names(request, commissioning), monitoring.indicators())
    members = known.members(person.party)
    frames = await commissioning.frames([code for code, _name in members])
    filled_in = [n for n in range(BLANKS) if form.value(f"title_{n}") or form.value(f"indicator_{n}")]
    return render(
        request,
        "pages/contract_manager/scenario_form.html",
        status=status,
        form=with_key(form),
        scenario_id=scenario_id,
        members=[(code, name, None) for code, name in members],
        frames=[
            (str(each.frame_id), f"{known.municipality(each.municipality)}: {each.title}", None) for each in frames
        ],
        indicators=[(each.number, _.of(each.name)) for each in indicators],
        outcomes=range(max(3, len(filled_in) + 1)),
    )
