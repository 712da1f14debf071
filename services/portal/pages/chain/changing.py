"""The municipality changes an allocation: another end or another volume; or it removes one."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.events.referral import Frequency
from services.kit.problems import Problem
from services.portal.care.clients import AccessWorker, Referrals
from services.portal.care.forms import compact, key_of, once, require, take, today, volume, volume_text, with_key
from services.portal.care.words import extent, options
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.access_team.follow import client_of, product_name
from services.portal.pages.chain.words import CHANGES
from services.portal.views import flash, render, translate
from services.referral.client import ReferralClient, ReferralState, ReferralView

router = APIRouter()

FIELDS: Final = {
    "/reason": "reason",
    "/endsOn": "ends_on",
    "/volume": "volume",
    "/fromDay": "from_day",
    "/agreed": "agreed",
}


@router.get("/access/referrals/{referral_id}/change")
async def form_of(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> HTMLResponse:
    """The form, filled with what is allocated now."""
    referral = await referrals.referral(referral_id)
    present = {
        "ends_on": referral.ends_on,
        "volume": volume_text(referral.assignment.volume, referral.assignment.unit),
    }
    return await _show(request, referrals, referral, Form.of(present))


@router.post("/access/referrals/{referral_id}/change")
async def change(request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals) -> Response:
    """Change it; the page of the journey that holds from then on follows."""
    form = await Form.read(request)
    referral = await referrals.referral(referral_id)
    require(request, form, [("reason", N_("Choose the reason. The provider gets it too."))])
    if form.is_valid:
        body = _body(form, referral)
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
    return await _show(request, referrals, referral, form, 422)


def _body(form: Form, referral: ReferralView) -> dict[str, Any]:
    ends_on, wanted = form.value("ends_on"), volume(form.value("volume"), referral.assignment.unit)
    same_end = referral.ends_on is not None and ends_on == referral.ends_on.isoformat()
    return compact(
        {
            "reason": form.value("reason"),
            "endsOn": "" if same_end else ends_on,
            "volume": None if wanted == referral.assignment.volume else wanted,
            "fromDay": form.value("from_day"),
            "agreed": bool(form.value("agreed")),
        }
    )


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


async def _show(
    request: Request, referrals: ReferralClient, referral: ReferralView, form: Form, status: int = 200
) -> HTMLResponse:
    client = await client_of(referrals, referral)
    return render(
        request,
        "pages/chain/change.html",
        status=status,
        form=with_key(form),
        referral=referral,
        name=client.display_name if client and client.display_name else translate(request, N_("a resident")),
        product=await product_name(request, referrals, referral),
        extent=extent(request, referral.assignment),
        whole=referral.assignment.frequency is Frequency.WHOLE,
        today=today(request),
        reasons=options(request, CHANGES),
    )
