"""Decide about a request, or find another place when a provider declined: allocate, offer to several, turn down."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.events.commissioning import Law, Unit
from services.commissioning.client import CommissioningClient
from services.kit.problems import Problem
from services.portal.care.allocated import already
from services.portal.care.authority import missing_for
from services.portal.care.budgets import in_the_way
from services.portal.care.clients import AccessWorker, Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.forms import compact, key_of, once, require, take, today, volume, volume_text, with_key
from services.portal.care.persons import PERSON_FIELDS, PERSON_WORDS, check_person, person_choices, person_of
from services.portal.care.silence import flash_sent
from services.portal.care.terms import last_day
from services.portal.care.words import FREQUENCIES, REFUSALS, WAITS, extent, options
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.access_team.follow import client_of, product_name, referrer_facts, referrer_of
from services.portal.pages.access_team.places import Wishes, choices, distances, orders
from services.portal.people import Person
from services.portal.views import flash, render, translate, views
from services.referral.client import ClientView, ReferralClient, ReferralState, ReferralView, RefusalReason, Status

router = APIRouter()

FIELDS: Final = {
    **PERSON_FIELDS,
    "/person": "bsn",
    "/provider": "provider",
    "/providers": "providers",
    "/startsOn": "starts_on",
    "/endsOn": "ends_on",
    "/volume": "volume",
    "/frequency": "frequency",
    "/reason": "reason",
    "/waitReason": "wait_reason",
    "/responsibleMunicipality": "responsible",
}
WEIGHING: Final = (RefusalReason.NOT_SUITABLE, RefusalReason.OUTSIDE_BUDGET, RefusalReason.STACKING)
"""Reasons that weigh the need: not for a court or a certified institution (SAP-GI)."""
AT_LEAST: Final = 2
"""To how many providers a request is offered at once, at least."""
_PATHS: Final = {"several": "shared-offers", "investigate": "investigations"}
"""Where a decision goes that neither allocates nor refuses."""
_EXTENT: Final = (
    ("starts_on", N_("Give the first day of the allocation.")),
    ("volume", N_("Give how much help is needed.")),
    ("frequency", N_("Choose per what the help is counted.")),
)


@router.get("/access/referrals/{referral_id}/decide")
async def decision(
    request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """The form, filled with what was asked."""
    referral = await referrals.referral(referral_id)
    if referral.status not in (Status.REQUESTED, Status.DECLINED):
        flash(request, translate(request, N_("There is nothing to decide here any more.")), "info")
        return RedirectResponse(f"/access/referrals/{referral_id}", status_code=303)
    form = Form.of(
        {
            "decision": "grant",
            "provider": referral.provider if referral.status is Status.REQUESTED else "",
            "starts_on": referral.starts_on or referral.desired_start,
            "ends_on": referral.ends_on or referral.desired_end,
            "volume": volume_text(referral.assignment.volume, referral.assignment.unit),
            "frequency": referral.assignment.frequency.value,
        }
    )
    return await _show(request, person, referrals, commissioning, referral, form)


@router.post("/access/referrals/{referral_id}/candidates")
async def candidates(
    request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """The same form with other providers on show."""
    referral = await referrals.referral(referral_id)
    form = await Form.read(request)
    return await _show(request, person, referrals, commissioning, referral, form, fragment="candidates")


@router.post("/access/referrals/{referral_id}/decide")
async def decide(
    request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """Allocate or refuse; back to the worklist, where the next one waits."""
    form = await Form.read(request)
    referral = await referrals.referral(referral_id)
    body = _body(request, form, referral.assignment.unit)
    if form.is_valid:
        await _ask_about_wait(request, person, referrals, referral_id, form)
    if form.is_valid:
        try:
            address = f"/referrals/{referral_id}/{_PATHS.get(form.value('decision'), 'decisions')}"
            state: ReferralState = await once(
                lambda: referrals.post(ReferralState, address, body, idempotency_key=key_of(form))
            )
        except Problem as problem:
            take(request, form, problem, FIELDS, PERSON_WORDS)
        else:
            await _tell(request, referrals, commissioning, referral, state)
            return RedirectResponse("/access/worklist", status_code=303)
    return await _show(request, person, referrals, commissioning, referral, form, status=422)


def _body(request: Request, form: Form, unit: Unit) -> dict[str, Any]:
    """The decision as the service takes it; what is missing is put beside its field."""
    if form.value("decision") == "investigate":
        return {}
    if form.value("decision") == "refuse":
        require(request, form, [("reason", N_("Choose the reason. The provider gets it too."))])
        if form.value("reason") == RefusalReason.RESIDENCE_PRINCIPLE:
            require(request, form, [("responsible", N_("Choose the municipality that is responsible."))])
            responsible = form.value("responsible")
        else:
            responsible = ""
        return compact({"decision": "refuse", "reason": form.value("reason"), "responsibleMunicipality": responsible})
    several = form.value("decision") == "several"
    if several:
        if len(form.chosen("providers")) < AT_LEAST:
            form.wrong("providers", translate(request, N_("Choose at least two providers.")))
    else:
        require(request, form, [("provider", N_("Choose a provider."))])
    require(request, form, _EXTENT)
    check_person(request, form)
    to_whom = {"providers": form.chosen("providers")} if several else {"provider": form.value("provider")}
    return compact(
        {
            **({} if several else {"decision": "grant"}),
            **to_whom,
            "startsOn": form.value("starts_on"),
            "endsOn": form.value("ends_on"),
            "volume": volume(form.value("volume"), unit),
            "frequency": form.value("frequency"),
            "waitReason": form.value("wait_reason"),
            "person": person_of(form),
        }
    )


async def _ask_about_wait(
    request: Request, person: Person, referrals: ReferralClient, referral_id: UUID, form: Form
) -> None:
    """A stated wait beyond the norm needs a reason (OV 3.5.1): elsewhere the help may begin sooner."""
    several = form.value("decision") == "several"
    chosen = set(form.chosen("providers")) if several else {form.value("provider")}
    if form.value("decision") in ("refuse", "investigate") or form.value("wait_reason"):
        return
    referral = await referrals.referral(referral_id)
    found = await choices(request, person, referrals, referral.assignment.product_code, referral.desired_start)
    if not referral.crisis and any(each.beyond for each in found if each.code in chosen):
        told = N_("The wait there is longer than the norm. Say why you place this resident there all the same.")
        form.wrong("wait_reason", translate(request, told))


async def _tell(
    request: Request,
    referrals: ReferralClient,
    commissioning: CommissioningClient,
    referral: ReferralView,
    state: ReferralState,
) -> None:
    if state.status is Status.REFUSED:
        told = N_("Turned down. The provider is told the reason.")
        await flash_sent(request, referrals, referral.client, translate(request, told))
        return
    if state.status is Status.REQUESTED:
        told = N_("The provider is told that you investigate it. You have eight weeks from the request.")
        await flash_sent(request, referrals, referral.client, translate(request, told))
        return
    if state.status is Status.OFFERED:
        flash(request, translate(request, N_("Offered to several. The first provider that claims it, gets it.")))
        return
    names = await Directory(request, commissioning).providers([state.provider])
    due = views(request).formats_for(request).weekday(last) if (last := last_day(state.accept_due)) else ""
    told = N_("Allocated to %(provider)s, who answers by %(day)s at the latest. The message (301) is on its way.")
    sent = translate(request, told, provider=names[state.provider], day=due)
    await flash_sent(request, referrals, referral.client, sent)


def missing(client: ClientView | None) -> list[str]:
    """Which groups of fields the dossier lacks for a message of allocation (iStandaarden 3.2; TR006, IV047)."""
    if client is None:
        return []
    person = client.person
    lacks: Mapping[str, bool] = {
        "bsn": person.bsn is None,
        "name": person.last_name is None,
        "birth": person.birth_date is None,
        "contact": person.address is None and person.phone is None,
        "address": person.address is None and person.phone is not None,
    }
    return [group for group, lacking in lacks.items() if lacking]


async def _show(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    commissioning: CommissioningClient,
    referral: ReferralView,
    form: Form,
    status: int = 200,
    fragment: str | None = None,
) -> HTMLResponse:
    placing = referral.status is Status.DECLINED
    client, product, allocations, pointed, same, budgets = await asyncio.gather(
        client_of(referrals, referral),
        product_name(request, referrals, referral),
        referrals.allocations(referral.referral_id),
        referrer_of(referrals, referral),
        referrals.same_allocations(referral.referral_id),
        referrals.budgets_beside_referral(referral.referral_id),
    )
    binding = pointed is not None and pointed.binding
    if same and not placing:
        # Whether help that was ordered goes together with other help is not weighed (SAP-GI).
        form.values.setdefault("reason", RefusalReason.NEW_REQUEST_NEEDED if binding else RefusalReason.STACKING)
    asked = {each.provider for each in allocations}
    wishes = Wishes.of(form)
    providers = await choices(
        request, person, referrals, referral.assignment.product_code, referral.desired_start, asked, wishes
    )
    directory = Directory(request, commissioning)
    names = await directory.providers({referral.provider, *asked})
    codes = {each.code for region in await commissioning.regions() for each in region.municipalities}
    municipalities = await directory.municipalities(codes - {person.code})
    return render(
        request,
        "pages/access_team/decide.html",
        fragment=fragment,
        status=status,
        form=with_key(form),
        referral=referral,
        placing=placing,
        due=None if placing else last_day(referral.decision_due),
        name=client.display_name if client and client.display_name else translate(request, N_("a resident")),
        product=product,
        extent=extent(request, referral.assignment),
        provider=names[referral.provider],
        asked=sorted(names[each] for each in asked),
        same=already(request, [] if placing else same),
        personal_budgets=in_the_way(request, budgets),
        providers=providers,
        narrow=wishes.narrow,
        orders=orders(request),
        distances=distances(request),
        may_offer=(placing or referral.request_reference is None) and (wishes.narrow or len(providers) >= AT_LEAST),
        lacking=missing(client),
        silent=client is not None and client.no_messages,
        without_authority=fragment is None
        and referral.assignment.law is Law.YOUTH
        and await missing_for(referrals, client, today(request)),
        client_page=f"/access/clients/{referral.client}" if client is not None else None,
        frequencies=options(request, FREQUENCIES),
        refusals=options(request, REFUSALS, without=WEIGHING if binding else ()),
        binding=binding,
        pointed=referrer_facts(request, pointed),
        waits=options(request, WAITS),
        slow=any(each.beyond for each in providers),
        municipalities=sorted(municipalities.items(), key=lambda each: each[1]),
        about=person_choices(request),
    )
