"""The municipality changes an allocation: another end, volume or budget; or it removes one."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.events.commissioning import Law, Unit
from services.kit.problems import Problem
from services.portal.care.allocated import page_of
from services.portal.care.clients import AccessWorker, Referrals
from services.portal.care.forms import compact, key_of, once, require, take, volume_text, with_key
from services.portal.care.silence import flash_sent
from services.portal.care.words import options
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.chain import extent
from services.portal.pages.chain.words import CHANGES, name_of, what
from services.portal.people import Person
from services.portal.views import render, translate, views
from services.referral.client import AllocationInDetail, ReferralClient, ReferralState

router = APIRouter()

FIELDS: Final = {
    "/reason": "reason",
    "/endsOn": "ends_on",
    "/volume": "volume",
    "/fromDay": "from_day",
    "/agreed": "agreed",
    "/budgetCents": "budget",
}
_PAGE: Final = "pages/chain/change.html"
_CHANGED: Final = N_("Changed. The provider is told by message (301).")


@router.get("/access/referrals/{referral_id}/change")
async def form_of(
    request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals, reason: str = ""
) -> HTMLResponse:
    """The form, filled with what is allocated now and, for who comes from a page that knows it, the reason."""
    referral, form = await extent.empty_form(referrals, referral_id)
    if reason in CHANGES:
        form.values["reason"] = reason
    present = await extent.present_of(request, referrals, referral)
    return extent.show(request, present, form, _PAGE, options(request, CHANGES))


@router.post("/access/referrals/{referral_id}/change")
async def change(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> Response:
    """Change it; the page of the journey that holds from then on follows."""
    form = await Form.read(request)
    referral = await referrals.referral(referral_id)
    require(request, form, [("reason", N_("Choose the reason. The provider gets it too."))])
    if form.is_valid:
        body = {**extent.wanted(form, referral), "agreed": bool(form.value("agreed"))}
        try:
            state: ReferralState = await once(
                lambda: referrals.post(
                    ReferralState, f"/referrals/{referral_id}/changes", body, idempotency_key=key_of(form)
                )
            )
        except Problem as problem:
            take(request, form, problem, FIELDS)
        else:
            told = _CHANGED
            if state.referral_id != referral_id:
                told = N_("Changed. From that day a new allocation holds, under its own number. This is it.")
            await flash_sent(request, referrals, referral.client, translate(request, told))
            return RedirectResponse(f"/access/referrals/{state.referral_id}", status_code=303)
    present = await extent.present_of(request, referrals, referral)
    return extent.show(request, present, form, _PAGE, options(request, CHANGES), 422)


@router.get("/access/referrals/{referral_id}/remove")
async def question(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> HTMLResponse:
    """Ask whether it is meant: it cannot be undone."""
    await referrals.referral(referral_id)
    return _ask(request, f"/access/referrals/{referral_id}", Form())


@router.post("/access/referrals/{referral_id}/remove")
async def remove(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> Response:
    """Remove it, as if it had never been made."""
    referral = await referrals.referral(referral_id)
    return await _remove(
        request,
        referrals,
        referral.client,
        f"/access/referrals/{referral_id}",
        lambda key: referrals.remove_allocation(referral_id, idempotency_key=key),
    )


@router.get("/requests/allocations/{municipality}/{law}/{number}/change")
async def broad_form(
    request: Request, municipality: str, law: Law, number: int, person: AccessWorker, referrals: Referrals
) -> HTMLResponse:
    """The form for one without a product, filled with what is allocated now."""
    found = await referrals.chain_allocation(municipality, law, number)
    budget = "" if found.budget_cents is None else volume_text(found.budget_cents, Unit.EURO)
    form = Form.of({"ends_on": found.ends_on, "budget": budget})
    present = await _present(request, person, referrals, found)
    return extent.show(request, present, form, _PAGE, options(request, CHANGES))


@router.post("/requests/allocations/{municipality}/{law}/{number}/change")
async def change_broadly(
    request: Request, municipality: str, law: Law, number: int, person: AccessWorker, referrals: Referrals
) -> Response:
    """Another last day or budget; the page of the allocation follows."""
    form = await Form.read(request)
    found = await referrals.chain_allocation(municipality, law, number)
    require(request, form, [("reason", N_("Choose the reason. The provider gets it too."))])
    budget = extent.cents(request, form)
    if form.is_valid:
        body = compact(
            {
                "reason": form.value("reason"),
                "endsOn": extent.other_end(form, found.ends_on),
                "budgetCents": None if budget == found.budget_cents else budget,
                "agreed": bool(form.value("agreed")),
            }
        )
        try:
            await once(lambda: referrals.change_broad_allocation(found, body, idempotency_key=key_of(form)))
        except Problem as problem:
            take(request, form, problem, FIELDS)
        else:
            await flash_sent(request, referrals, found.client, translate(request, _CHANGED))
            return RedirectResponse(page_of(found), status_code=303)
    present = await _present(request, person, referrals, found)
    return extent.show(request, present, form, _PAGE, options(request, CHANGES), 422)


@router.get("/requests/allocations/{municipality}/{law}/{number}/remove")
async def broad_question(
    request: Request, municipality: str, law: Law, number: int, person: AccessWorker, referrals: Referrals
) -> HTMLResponse:
    """Ask whether it is meant."""
    return _ask(request, page_of(await referrals.chain_allocation(municipality, law, number)), Form())


@router.post("/requests/allocations/{municipality}/{law}/{number}/remove")
async def remove_broadly(
    request: Request, municipality: str, law: Law, number: int, person: AccessWorker, referrals: Referrals
) -> Response:
    """Remove one without a product, as if it had never been made."""
    found = await referrals.chain_allocation(municipality, law, number)
    return await _remove(
        request,
        referrals,
        found.client,
        page_of(found),
        lambda key: referrals.remove_broad_allocation(municipality, law, number, idempotency_key=key),
    )


async def _present(
    request: Request, person: Person, referrals: ReferralClient, found: AllocationInDetail
) -> extent.Present:
    budget = "" if found.budget_cents is None else views(request).formats_for(request).euros(found.budget_cents)
    return extent.Present(
        back=page_of(found),
        name=await name_of(request, referrals, person, found.client),
        number=found.number,
        product=what(request, found),
        extent=budget,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        by_budget=True,
    )


async def _remove(
    request: Request, referrals: ReferralClient, client: UUID, back: str, act: Callable[[str], Awaitable[object]]
) -> Response:
    form = await Form.read(request)
    try:
        await once(lambda: act(key_of(form)))
    except Problem as problem:
        take(request, form, problem, {})
        return _ask(request, back, form, 422)
    told = translate(request, N_("Removed. The provider is told by message (301)."))
    await flash_sent(request, referrals, client, told)
    return RedirectResponse(back, status_code=303)


def _ask(request: Request, back: str, form: Form, status: int = 200) -> HTMLResponse:
    return render(request, "pages/chain/remove.html", status=status, form=with_key(form), back=back)
