"""One request that is decided on as a whole: what it wants beside what there is, and the decision."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.values import Role, municipality, provider
from services.commissioning.client import CommissioningClient
from services.kit.problems import NotFound, Problem
from services.portal.care.allocated import already
from services.portal.care.budgets import in_the_way
from services.portal.care.clients import LOOKERS, AccessWorker, Commissioning, Referrals, page_of_client
from services.portal.care.directory import Directory
from services.portal.care.forms import compact, key_of, once, require, take, today, with_key
from services.portal.care.persons import PERSON_FIELDS, PERSON_WORDS, check_person, person_choices, person_of
from services.portal.care.silence import flash_sent
from services.portal.care.terms import last_day
from services.portal.care.words import LAWS, REFUSALS, options, said
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.access_team.decide import missing
from services.portal.pages.chain.listing import Concerned
from services.portal.pages.chain.words import WISHES, standing, title, wishes
from services.portal.people import Person
from services.portal.views import render, translate
from services.referral.client import ChainRequestView, ClientView, ReferralClient, RefusalReason, RequestState

router = APIRouter()

FIELDS: Final = {
    **PERSON_FIELDS,
    "/person": "bsn",
    "/decision": "decision",
    "/fromDay": "from_day",
    "/reason": "reason",
    "/responsibleMunicipality": "responsible",
}
_TOLD: Final = {
    "grant": N_("Granted. The message with the allocations (301) is on its way."),
    "refuse": N_("Turned down. The provider is told the reason; what was allocated stays as it is."),
    "investigate": N_("The provider is told that you investigate it. You have eight weeks from the request."),
}


@router.get("/requests/{request_id}")
async def one(
    request: Request, request_id: UUID, person: Concerned, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """What is asked, by whom and until when; for who decides with the form."""
    form = Form.of({"decision": "grant"})
    return await _show(request, person, referrals, commissioning, await referrals.chain_request(request_id), form)


@router.post("/requests/{request_id}")
async def decide(
    request: Request, request_id: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """Grant, turn down, or say that it needs an investigation."""
    form = await Form.read(request)
    body = _body(request, form)
    if form.is_valid:
        address = f"/chain-requests/{request_id}/decisions"
        try:
            await once(lambda: referrals.post(RequestState, address, body, idempotency_key=key_of(form)))
        except Problem as problem:
            take(request, form, problem, FIELDS, PERSON_WORDS)
        else:
            asked = await referrals.chain_request(request_id)
            await flash_sent(request, referrals, asked.client, translate(request, _TOLD[body["decision"]]))
            return RedirectResponse("/requests", status_code=303)
    asked = await referrals.chain_request(request_id)
    return await _show(request, person, referrals, commissioning, asked, form, 422)


def _body(request: Request, form: Form) -> dict[str, Any]:
    decision = form.value("decision")
    if decision not in _TOLD:
        form.wrong("decision", translate(request, N_("Choose what you decide.")))
    if decision == "refuse":
        require(request, form, [("reason", N_("Choose the reason. The provider gets it too."))])
        residence = form.value("reason") == RefusalReason.RESIDENCE_PRINCIPLE
        responsible = form.value("responsible") if residence else ""
        return compact({"decision": decision, "reason": form.value("reason"), "responsibleMunicipality": responsible})
    if decision == "grant":
        check_person(request, form)
        return compact({"decision": decision, "fromDay": form.value("from_day"), "person": person_of(form)})
    return {"decision": decision}


async def _client(referrals: ReferralClient, person: Person, asked: ChainRequestView) -> ClientView | None:
    if not person.has(*LOOKERS):
        return None
    try:
        return await referrals.client(asked.client)
    except NotFound:
        return None


async def _show(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    commissioning: CommissioningClient,
    asked: ChainRequestView,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    client, allocations, same, offered = await asyncio.gather(
        _client(referrals, person, asked),
        referrals.allocations_of_request(asked.request_id),
        referrals.same_allocations_as_request(asked.request_id),
        referrals.products(asked.municipality, today(request)),
    )
    if same:
        form.values.setdefault("reason", RefusalReason.STACKING)
    directory = Directory(request, commissioning)
    names = await directory.parties({provider(asked.provider), municipality(asked.municipality)})
    word, tone = standing(request, asked)
    decides = person.has(Role.ACCESS_WORKER) and asked.open
    codes = {each.code for region in await commissioning.regions() for each in region.municipalities}
    municipalities = await directory.municipalities(codes - {person.code}) if decides else {}
    budgets = await referrals.budgets_beside_request(asked.request_id) if decides else []
    begun = {each.starts_on for each in allocations}
    passed = any(
        each.starts_on < today(request) and each.starts_on not in begun for each in (*asked.changed, *asked.new)
    )
    return render(
        request,
        "pages/chain/request.html",
        status=status,
        form=with_key(form),
        asked=asked,
        silent=client is not None and client.no_messages,
        client_page=page_of_client(person, asked.client),
        title=title(request, asked),
        name=client.display_name if client and client.display_name else translate(request, N_("a resident")),
        provider=names.get(provider(asked.provider), asked.provider),
        municipality=names.get(municipality(asked.municipality), asked.municipality),
        why=said(request, WISHES, asked.reason) if asked.reason else None,
        law=said(request, LAWS, asked.law),
        word=word,
        tone=tone,
        due=last_day(asked.decision_due) if asked.open else None,
        rule="OP346" if asked.change else "OP274",
        wishes=wishes(request, asked, allocations, {each.product_code: each.name for each in offered}),
        decides=decides,
        investigated=bool(asked.answers),
        passed=passed,
        same=already(request, same),
        personal_budgets=in_the_way(request, budgets),
        lacking=missing(client) if decides else [],
        refusals=options(request, REFUSALS, without=(RefusalReason.RESIDENCE_PRINCIPLE,) if asked.change else ()),
        municipalities=sorted(municipalities.items(), key=lambda each: each[1]),
        about=person_choices(request),
    )
