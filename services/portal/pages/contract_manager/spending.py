"""What is done about a budget warning: record the talk, then the decision (contract standard, article 1.5.7)."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.commissioning.client import SpendingDecision
from services.portal.directing.people import Commissioning, Manager, Monitoring
from services.portal.directing.sending import send
from services.portal.directing.speech import Speech, speech
from services.portal.directing.terms import last_moment
from services.portal.forms import Form
from services.portal.pages.contract_manager.agreement_page import page
from services.portal.views import flash

router = APIRouter()


def _day(form: Form, name: str, _: Speech) -> date | None:
    try:
        return date.fromisoformat(form.value(name))
    except ValueError:
        form.wrong(name, _("Give the day, for example 14-08-2026."))
        return None


@router.post("/manager/agreements/{agreement_id}/warnings/{year}/talk")
async def talk(
    request: Request,
    agreement_id: UUID,
    year: int,
    person: Manager,
    commissioning: Commissioning,
    monitoring: Monitoring,
) -> Response:
    """Record that the talk was held, and what was said."""
    form, _ = await Form.read(request), speech(request)
    held_on = _day(form, "held_on", _)
    form.require(["note"], _("Write in a few words what was said."))
    if form.is_valid and held_on is not None:
        fields = {"/heldOn": "held_on", "/note": "note"}
        done = await send(
            request,
            form,
            lambda key: commissioning.record_talk(agreement_id, year, held_on, form.value("note"), key),
            fields,
        )
        if done is not None:
            flash(request, _("The talk was recorded. The decision is due on %(day)s.",
                             day=_.fmt.day(last_moment(done.decision_due))))  # fmt: skip
            return RedirectResponse(f"/manager/agreements/{agreement_id}#warning", status_code=303)
    return await page(request, agreement_id, person, commissioning, monitoring, form, 422)


@router.post("/manager/agreements/{agreement_id}/warnings/{year}/decision")
async def decide(
    request: Request,
    agreement_id: UUID,
    year: int,
    person: Manager,
    commissioning: Commissioning,
    monitoring: Monitoring,
) -> Response:
    """Record what was decided."""
    form, _ = await Form.read(request), speech(request)
    decided_on = _day(form, "decided_on", _)
    if form.value("decision") not in set(SpendingDecision):
        form.wrong("decision", _("Choose what was decided."))
    form.require(["note"], _("Write in a few words why."))
    if form.is_valid and decided_on is not None:
        fields = {"/decidedOn": "decided_on", "/note": "note", "/decision": "decision"}
        decision = SpendingDecision(form.value("decision"))
        done = await send(
            request,
            form,
            lambda key: commissioning.record_decision(
                agreement_id, year, decision, decided_on, form.value("note"), key
            ),
            fields,
        )
        if done is not None:
            flash(request, _("The decision was recorded. It stands with the agreement."))
            return RedirectResponse(f"/manager/agreements/{agreement_id}", status_code=303)
    return await page(request, agreement_id, person, commissioning, monitoring, form, 422)
