"""Take a referral back before help began."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.kit.problems import Problem
from services.portal.care.clients import AccessWorker, Referrals
from services.portal.care.forms import key_of, once, require, take, with_key
from services.portal.care.silence import flash_sent
from services.portal.care.words import WITHDRAWALS, options
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.views import render, translate
from services.referral.client import ReferralState

router = APIRouter()


@router.get("/access/referrals/{referral_id}/withdraw")
async def question(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> HTMLResponse:
    """Ask for the reason: this cannot be undone."""
    await referrals.referral(referral_id)
    return _show(request, referral_id, Form())


@router.post("/access/referrals/{referral_id}/withdraw")
async def withdraw(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> Response:
    """Take it back."""
    form = await Form.read(request)
    require(request, form, [("reason", N_("Choose the reason."))])
    if form.is_valid:
        try:
            address, body = f"/referrals/{referral_id}/withdrawals", {"reason": form.value("reason")}
            await once(lambda: referrals.post(ReferralState, address, body, idempotency_key=key_of(form)))
        except Problem as problem:
            take(request, form, problem, {"/reason": "reason"})
        else:
            referral = await referrals.referral(referral_id)
            told = translate(request, N_("Taken back. If there was an allocation, the provider is told."))
            await flash_sent(request, referrals, referral.client, told)
            return RedirectResponse(f"/access/referrals/{referral_id}", status_code=303)
    return _show(request, referral_id, form, 422)


def _show(request: Request, referral_id: UUID, form: Form, status: int = 200) -> HTMLResponse:
    reasons = [(code, label, None) for code, label in options(request, WITHDRAWALS)]
    return render(
        request,
        "pages/access_team/withdraw.html",
        status=status,
        form=with_key(form),
        reasons=reasons,
        back=f"/access/referrals/{referral_id}",
    )
