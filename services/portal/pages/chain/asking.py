"""The provider asks the municipality to change what is allocated: the program sends its 317."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.events.referral import Frequency
from services.kit.problems import Problem
from services.portal.care.clients import Planner, Referrals
from services.portal.care.forms import compact, key_of, once, require, take, volume, volume_text, with_key
from services.portal.care.words import extent, options
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.access_team.follow import client_of, product_name
from services.portal.pages.chain.words import WISHES
from services.portal.views import flash, render, translate
from services.referral.client import MessageView, ReferralClient, ReferralView

router = APIRouter()

FIELDS: Final = {"/reason": "reason", "/endsOn": "ends_on", "/volume": "volume", "/fromDay": "from_day"}


@router.get("/provider/care/{referral_id}/ask")
async def form_of(request: Request, referral_id: UUID, person: Planner, referrals: Referrals) -> HTMLResponse:
    """The form, filled with what is allocated now."""
    referral = await referrals.referral(referral_id)
    present = {
        "ends_on": referral.ends_on,
        "volume": volume_text(referral.assignment.volume, referral.assignment.unit),
    }
    return await _show(request, referrals, referral, Form.of(present))


@router.post("/provider/care/{referral_id}/ask")
async def ask(request: Request, referral_id: UUID, person: Planner, referrals: Referrals) -> Response:
    """Send the request; what would be rejected stands beside the form and is not sent."""
    form = await Form.read(request)
    referral = await referrals.referral(referral_id)
    require(request, form, [("reason", N_("Choose why you ask this."))])
    if form.is_valid:
        wanted = volume(form.value("volume"), referral.assignment.unit)
        same_end = referral.ends_on is not None and form.value("ends_on") == referral.ends_on.isoformat()
        body = compact(
            {
                "reason": form.value("reason"),
                "endsOn": "" if same_end else form.value("ends_on"),
                "volume": None if wanted == referral.assignment.volume else wanted,
                "fromDay": form.value("from_day"),
            }
        )
        try:
            await once(
                lambda: referrals.post(
                    MessageView, f"/referrals/{referral_id}/requested-changes", body, idempotency_key=key_of(form)
                )
            )
        except Problem as problem:
            take(request, form, problem, FIELDS)
        else:
            flash(request, translate(request, N_("Sent. The municipality decides within five working days.")))
            return RedirectResponse("/requests", status_code=303)
    return await _show(request, referrals, referral, form, 422)


async def _show(
    request: Request, referrals: ReferralClient, referral: ReferralView, form: Form, status: int = 200
) -> HTMLResponse:
    client = await client_of(referrals, referral)
    return render(
        request,
        "pages/chain/ask.html",
        status=status,
        form=with_key(form),
        referral=referral,
        name=client.display_name if client and client.display_name else translate(request, N_("a resident")),
        product=await product_name(request, referrals, referral),
        extent=extent(request, referral.assignment),
        whole=referral.assignment.frequency is Frequency.WHOLE,
        reasons=options(request, WISHES),
    )
