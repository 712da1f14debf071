"""The municipality changes an allocation: another end or another volume; or it removes one."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.kit.problems import Problem
from services.portal.care.clients import AccessWorker, Referrals
from services.portal.care.forms import key_of, once, require, take, with_key
from services.portal.care.words import options
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.chain import extent
from services.portal.pages.chain.words import CHANGES
from services.portal.views import flash, render, translate
from services.referral.client import ReferralState

router = APIRouter()

FIELDS: Final = {
    "/reason": "reason",
    "/endsOn": "ends_on",
    "/volume": "volume",
    "/fromDay": "from_day",
    "/agreed": "agreed",
}
_PAGE: Final = "pages/chain/change.html"


@router.get("/access/referrals/{referral_id}/change")
async def form_of(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> HTMLResponse:
    """The form, filled with what is allocated now."""
    referral, form = await extent.empty_form(referrals, referral_id)
    return await extent.show(request, referrals, referral, form, _PAGE, options(request, CHANGES))


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
            told = N_("Changed. The provider is told by message (301).")
            if state.referral_id != referral_id:
                told = N_("Changed. From that day a new allocation holds, under its own number. This is it.")
            flash(request, translate(request, told))
            return RedirectResponse(f"/access/referrals/{state.referral_id}", status_code=303)
    return await extent.show(request, referrals, referral, form, _PAGE, options(request, CHANGES), 422)


@router.get("/access/referrals/{referral_id}/remove")
async def question(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> HTMLResponse:
    """Ask whether it is meant: it cannot be undone."""
    await referrals.referral(referral_id)
    return _ask(request, referral_id, Form())


@router.post("/access/referrals/{referral_id}/remove")
async def remove(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> Response:
    """Remove it, as if it had never been made."""
    form = await Form.read(request)
    try:
        await once(lambda: referrals.remove_allocation(referral_id, idempotency_key=key_of(form)))
    except Problem as problem:
        take(request, form, problem, {})
        return _ask(request, referral_id, form, 422)
    flash(request, translate(request, N_("Removed. The provider is told by message (301).")))
    return RedirectResponse(f"/access/referrals/{referral_id}", status_code=303)


def _ask(request: Request, referral_id: UUID, form: Form, status: int = 200) -> HTMLResponse:
    back = f"/access/referrals/{referral_id}"
    return render(request, "pages/chain/remove.html", status=status, form=with_key(form), back=back)
