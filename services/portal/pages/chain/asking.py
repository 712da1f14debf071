"""The provider asks the municipality to change what is allocated: the program sends its 317."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.kit.problems import Problem
from services.portal.care.clients import Planner, Referrals
from services.portal.care.forms import key_of, once, require, take
from services.portal.care.words import options
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.chain import extent
from services.portal.pages.chain.words import WISHES
from services.portal.views import flash, translate
from services.referral.client import MessageView

router = APIRouter()

FIELDS: Final = {"/reason": "reason", "/endsOn": "ends_on", "/volume": "volume", "/fromDay": "from_day"}
_PAGE: Final = "pages/chain/ask.html"


@router.get("/provider/care/{referral_id}/ask")
async def form_of(request: Request, referral_id: UUID, person: Planner, referrals: Referrals) -> HTMLResponse:
    """The form, filled with what is allocated now."""
    referral, form = await extent.empty_form(referrals, referral_id)
    present = await extent.present_of(request, referrals, referral)
    return extent.show(request, present, form, _PAGE, options(request, WISHES))


@router.post("/provider/care/{referral_id}/ask")
async def ask(request: Request, referral_id: UUID, person: Planner, referrals: Referrals) -> Response:
    """Send the request; what would be rejected stands beside the form and is not sent."""
    form = await Form.read(request)
    referral = await referrals.referral(referral_id)
    require(request, form, [("reason", N_("Choose why you ask this."))])
    if form.is_valid:
        address, body = f"/referrals/{referral_id}/requested-changes", extent.wanted(form, referral)
        try:
            await once(lambda: referrals.post(MessageView, address, body, idempotency_key=key_of(form)))
        except Problem as problem:
            take(request, form, problem, FIELDS)
        else:
            flash(request, translate(request, N_("Sent. The municipality decides within five working days.")))
            return RedirectResponse("/requests", status_code=303)
    present = await extent.present_of(request, referrals, referral)
    return extent.show(request, present, form, _PAGE, options(request, WISHES), 422)
