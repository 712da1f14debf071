"""Commissions by admission: the list, writing one, and opening it. What happens under it is in ``admission``."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.commissioning.client import Commission, CommissioningClient, ScenarioStatus, Stage
from services.portal.care.agreed import DECLARED, STARTS, STOPS
from services.portal.care.words import PAID_FOR
from services.portal.components import Action, BadgeTone, Column, Row, Table
from services.portal.directing.names import names
from services.portal.directing.people import COMMISSIONING, Commissioning, Director, Manager
from services.portal.directing.sending import send, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.directing.terms import last_moment
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.lists import ListQuery
from services.portal.pages.contract_manager import commission_form as fields
from services.portal.people import Person
from services.portal.views import flash, render

router = APIRouter()

STAGES = {
    Stage.DRAFT: N_("Draft"),
    Stage.PUBLISHED: N_("Questions"),
    Stage.ANSWERED: N_("Applications"),
    Stage.CLOSED: N_("Assessment"),
    Stage.STANDSTILL: N_("Standstill"),
    Stage.FINAL: N_("Final"),
    Stage.WITHDRAWN: N_("Withdrawn"),
}
TONES: dict[Stage, BadgeTone] = {
    Stage.DRAFT: "attention",
    Stage.PUBLISHED: "neutral",
    Stage.ANSWERED: "neutral",
    Stage.CLOSED: "attention",
    Stage.STANDSTILL: "neutral",
    Stage.FINAL: "good",
    Stage.WITHDRAWN: "quiet",
}


@router.get("/manager/commissions")
async def listing(request: Request, person: Director, commissioning: Commissioning) -> HTMLResponse:
    """Every commission that was published, and the drafts that one takes part in."""
    _, query = speech(request), ListQuery.of(request, filters=("stage", "municipality"))
    stage = query.filters.get("stage")
    known, page = await asyncio.gather(
        names(request, commissioning),
        commissioning.commissions(
            stage=Stage(stage) if stage in set(Stage) else None,
            municipality=query.filters.get("municipality"),
            limit=100,
        ),
    )
    columns = [
        Column("title", _("Commission"), main=True),
        Column("stage", _("Stage"), "raw"),
        Column("owner", _("Commissioner")),
        Column("until", _("Until"), "deadline"),
    ]
    rows = [
        Row(
            {
                "title": each.title,
                "stage": {"text": _(STAGES[each.stage]), "tone": TONES[each.stage]},
                "owner": known.party(each.owner),
                "until": last_moment(each.until) if each.until else None,
            },
            f"/manager/commissions/{each.commission_id}",
        )
        for each in page.items
    ]
    may = person.has(*COMMISSIONING)
    return render(
        request,
        "pages/contract_manager/commissions.html",
        table=Table(_("Commissions"), columns, rows, caption_hidden=True),
        query=query,
        stages=[(stage.value, _(label)) for stage, label in STAGES.items()],
        members=known.members(person.party),
        actions=[Action(_("Open a commission"), "/manager/commissions/new")] if may else [],
    )


@router.get("/manager/commissions/new")
async def new(request: Request, person: Manager, commissioning: Commissioning) -> HTMLResponse:
    """An empty commission with the usual terms; for the municipalities of its story."""
    form = fields.blank()
    form.values["scenario"] = request.query_params.get("scenario", "")
    known = await names(request, commissioning)
    form.lists["municipalities"] = [code for code, _name in known.members(person.party)]
    return await _form(request, person, commissioning, form)


@router.post("/manager/commissions/new")
async def draft(request: Request, person: Manager, commissioning: Commissioning) -> Response:
    """Keep it as a draft."""
    form, _ = await Form.read(request), speech(request)
    text = fields.read(form, _)
    if text is not None:
        kept = await send(request, form, lambda key: commissioning.draft_commission(text, key), fields.FIELDS)
        if kept is not None:
            flash(request, _("Kept as a draft. Read it once more, and then open it."))
            return RedirectResponse(f"/manager/commissions/{kept.commission_id}", status_code=303)
    return await _form(request, person, commissioning, form, status=422)


@router.get("/manager/commissions/{commission_id}/edit")
async def edit(request: Request, commission_id: UUID, person: Manager, commissioning: Commissioning) -> HTMLResponse:
    """A draft to go on with."""
    found = await commissioning.commission(commission_id)
    form = fields.filled(found.data, speech(request))
    form.values["version"] = found.etag or ""
    return await _form(request, person, commissioning, form, commission_id)


@router.post("/manager/commissions/{commission_id}/edit")
async def rewrite(request: Request, commission_id: UUID, person: Manager, commissioning: Commissioning) -> Response:
    """Keep other words."""
    form, _ = await Form.read(request), speech(request)
    text = fields.read(form, _)
    if text is not None:
        version = form.value("version")
        kept = await send(
            request, form, lambda _key: commissioning.edit_commission(commission_id, text, version), fields.FIELDS
        )
        if kept is not None:
            flash(request, _("Kept."))
            return RedirectResponse(f"/manager/commissions/{commission_id}", status_code=303)
    return await _form(request, person, commissioning, form, commission_id, 422)


@router.get("/manager/commissions/{commission_id}/publish")
async def ask(request: Request, commission_id: UUID, person: Manager, commissioning: Commissioning) -> HTMLResponse:
    """Ask before the terms begin to run."""
    found: Commission = (await commissioning.commission(commission_id)).data
    return _confirm(request, found, Form())


@router.post("/manager/commissions/{commission_id}/publish")
async def publish(request: Request, commission_id: UUID, person: Manager, commissioning: Commissioning) -> Response:
    """Open it."""
    form, _ = await Form.read(request), speech(request)
    done = await send(request, form, lambda key: commissioning.publish_commission(commission_id, key))
    if done is None:
        found: Commission = (await commissioning.commission(commission_id)).data
        return _confirm(request, found, form, 422)
    flash(request, _("Open. Providers can ask questions and apply."))
    return RedirectResponse(f"/manager/commissions/{commission_id}", status_code=303)


def _confirm(request: Request, commission: Commission, form: Form, status: int = 200) -> HTMLResponse:
    _, terms = speech(request), commission.terms
    return render(
        request,
        "pages/contract_manager/confirm.html",
        status=status,
        title=_("Open “%(title)s”?", title=commission.title),
        text=_("From today the terms run, and the text is fixed."),
        consequences=[
            _.ngettext(
                "Providers can ask questions for %(num)s working day.",
                "Providers can ask questions for %(num)s working days.",
                terms.question_working_days,
            ),
            _.ngettext(
                "They can apply for %(num)s working day. Nobody opens an application before that.",
                "They can apply for %(num)s working days. Nobody opens an application before that.",
                terms.application_working_days,
            ),
            _("Whoever meets every requirement gets an agreement; there is no ranking."),
        ],
        form=with_key(form),
        label=_("Open the commission"),
        action=f"/manager/commissions/{commission.commission_id}/publish",
        cancel=f"/manager/commissions/{commission.commission_id}",
    )


async def _form(
    request: Request,
    person: Person,
    commissioning: CommissioningClient,
    form: Form,
    commission_id: UUID | None = None,
    status: int = 200,
) -> HTMLResponse:
    _ = speech(request)
    known, page = await asyncio.gather(names(request, commissioning), commissioning.scenarios(limit=100))
    published = [each for each in page.items if each.status is ScenarioStatus.PUBLISHED]
    return render(
        request,
        "pages/contract_manager/commission_form.html",
        status=status,
        form=with_key(form),
        commission_id=commission_id,
        scenarios=[(str(each.scenario_id), each.title) for each in published],
        members=[(code, name, None) for code, name in known.members(person.party)],
        products=fields.parts(form, "product_code", fields.MOST_PRODUCTS, 1),
        requirements=fields.parts(form, "requirement_text", fields.MOST_REQUIREMENTS, 3),
        steps=_options(_, fields.STEPS),
        units=_options(_, fields.UNITS),
        variants=_options(_, PAID_FOR),
        declared=_options(_, DECLARED),
        starts=_options(_, STARTS),
        stops=_options(_, STOPS),
        laws=_options(_, fields.LAWS),
        terms=[(name, _(label), _(unit)) for name, label, unit in fields.TERMS],
    )


def _options(_: Speech, labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(each.value, _(label)) for each, label in labels.items()]
