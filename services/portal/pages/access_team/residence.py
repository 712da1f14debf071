"""Which municipality is responsible: a few questions that lead to it, two weeks to find out, and a move during care."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.events.commissioning import Law
from services.commissioning.client import CommissioningClient
from services.kit.problems import Problem
from services.portal.care.clients import AccessWorker, Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.forms import compact, key_of, require, take, today, with_key
from services.portal.care.silence import flash_sent
from services.portal.care.terms import last_day
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.people import Person
from services.portal.views import flash, render, translate, views
from services.referral.client import (
    Ground,
    ReferralState,
    ReferralView,
    RefusalReason,
    Status,
    responsible,
)

router = APIRouter()

UNDER_WAY: Final = (Status.GRANTED, Status.ACCEPTED, Status.STARTED, Status.PAUSED)
GROUNDS: Final = {
    Ground.REGISTERED: N_("There the child is registered as a resident, and the help includes no stay."),
    Ground.REGISTERED_BEFORE_STAY: N_("There the child was registered right before its first stay."),
    Ground.REALLY_THERE: N_("The child is registered nowhere; there it really is."),
}
_FIELDS: Final = {"/municipality": "municipality", "/fromDay": "from_day"}


@router.get("/access/referrals/{referral_id}/residence")
async def residence(
    request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """The questions, or the form for a move when help is under way."""
    referral = await referrals.referral(referral_id)
    return await _show(request, person, commissioning, referral, Form.of({"from_day": today(request)}))


@router.post("/access/referrals/{referral_id}/residence")
async def answer(
    request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """What the answers lead to; nothing is kept of them."""
    referral, form = await referrals.referral(referral_id), await Form.read(request)
    require(request, form, [("stays", N_("Say whether the help includes a stay."))])
    found = responsible(
        stays=form.value("stays") == "yes",
        registered_in=form.value("registered_in") or None,
        registered_before_stay=form.value("registered_before") or None,
        is_in=form.value("is_in") or None,
    )
    if form.is_valid and found is None:
        form.wrong(
            "is_in", translate(request, N_("This is not enough to say who is responsible. Fill in what you know."))
        )
    told = {"municipality": found.municipality, "because": GROUNDS[found.ground]} if found and form.is_valid else None
    return await _show(request, person, commissioning, referral, form, told, 200 if form.is_valid else 422)


@router.post("/access/referrals/{referral_id}/residence/investigate")
async def investigate(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> Response:
    """Two weeks to find out; the provider hears of it."""
    form = await Form.read(request)
    state = await referrals.investigate_residence(referral_id, idempotency_key=key_of(form))
    day = views(request).formats_for(request).weekday(last) if (last := last_day(state.decision_due)) else ""
    referral = await referrals.referral(referral_id)
    told = translate(request, N_("You look into who is responsible. Decide by %(day)s at the latest."), day=day)
    await flash_sent(request, referrals, referral.client, told)
    return RedirectResponse(f"/access/referrals/{referral_id}", status_code=303)


@router.post("/access/referrals/{referral_id}/residence/refuse")
async def refuse(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> Response:
    """Turn down, naming the municipality that is responsible (OP359)."""
    form = await Form.read(request)
    await referrals.refuse(
        referral_id,
        RefusalReason.RESIDENCE_PRINCIPLE,
        responsible_municipality=form.value("municipality"),
        idempotency_key=key_of(form),
    )
    referral = await referrals.referral(referral_id)
    told = translate(request, N_("Turned down. The provider is told which municipality to ask."))
    await flash_sent(request, referrals, referral.client, told)
    return RedirectResponse("/access/worklist", status_code=303)


@router.post("/access/referrals/{referral_id}/residence/move")
async def move(
    request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """The client moved: the new municipality is asked to go on with the help."""
    form = await Form.read(request)
    require(
        request,
        form,
        [
            ("municipality", N_("Choose the municipality where the client lives now.")),
            ("from_day", N_("Give the day of the move.")),
        ],
    )
    if form.is_valid:
        body = compact({"municipality": form.value("municipality"), "fromDay": form.value("from_day")})
        address = f"/referrals/{referral_id}/moves"
        try:
            await referrals.post(ReferralState, address, body, idempotency_key=key_of(form))
        except Problem as problem:
            take(request, form, problem, _FIELDS)
        else:
            told = N_("The new municipality has the request. End your own allocation now, with reason 'moved'.")
            flash(request, translate(request, told))
            return RedirectResponse(f"/access/referrals/{referral_id}", status_code=303)
    referral = await referrals.referral(referral_id)
    return await _show(request, person, commissioning, referral, form, status=422)


async def _show(
    request: Request,
    person: Person,
    commissioning: CommissioningClient,
    referral: ReferralView,
    form: Form,
    told: dict[str, Any] | None = None,
    status: int = 200,
) -> HTMLResponse:
    codes = {each.code for region in await commissioning.regions() for each in region.municipalities} | {person.code}
    names = await Directory(request, commissioning).municipalities(codes)
    return render(
        request,
        "pages/access_team/residence.html",
        status=status,
        form=with_key(form),
        referral=referral,
        youth=referral.assignment.law is Law.YOUTH,
        asking=referral.status is Status.REQUESTED,
        under_way=referral.status in UNDER_WAY and referral.continued_as is None,
        told=told,
        because=translate(request, told["because"]) if told else "",
        ours=bool(told) and told is not None and told["municipality"] == person.code,
        named=names.get(told["municipality"], "") if told else "",
        municipalities=sorted(names.items(), key=lambda each: each[1]),
        others=sorted(((code, name) for code, name in names.items() if code != person.code), key=lambda each: each[1]),
    )
