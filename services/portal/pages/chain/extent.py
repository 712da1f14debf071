"""The form for another end or another volume, which the municipality fills in to change and the provider to ask."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse

from contracts.events.referral import Frequency
from services.portal.care.forms import compact, volume, volume_text, with_key
from services.portal.care.words import extent
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.access_team.follow import client_of, product_name
from services.portal.views import render, translate
from services.referral.client import ReferralClient, ReferralView


async def empty_form(referrals: ReferralClient, referral_id: UUID) -> tuple[ReferralView, Form]:
    """The journey, and the form filled with what is allocated now."""
    referral = await referrals.referral(referral_id)
    assignment = referral.assignment
    present = {"ends_on": referral.ends_on, "volume": volume_text(assignment.volume, assignment.unit)}
    return referral, Form.of(present)


def wanted(form: Form, referral: ReferralView) -> dict[str, Any]:
    """What was filled in, as the service takes it: what stays as it is, is left out."""
    ends_on, amount = form.value("ends_on"), volume(form.value("volume"), referral.assignment.unit)
    same_end = referral.ends_on is not None and ends_on == referral.ends_on.isoformat()
    return compact(
        {
            "reason": form.value("reason"),
            "endsOn": "" if same_end else ends_on,
            "volume": None if amount == referral.assignment.volume else amount,
            "fromDay": form.value("from_day"),
        }
    )


async def show(
    request: Request,
    referrals: ReferralClient,
    referral: ReferralView,
    form: Form,
    template: str,
    reasons: Sequence[tuple[str, str]],
    status: int = 200,
) -> HTMLResponse:
    """The form beside what is allocated now."""
    client = await client_of(referrals, referral)
    return render(
        request,
        template,
        status=status,
        form=with_key(form),
        referral=referral,
        name=client.display_name if client and client.display_name else translate(request, N_("a resident")),
        product=await product_name(request, referrals, referral),
        extent=extent(request, referral.assignment),
        whole=referral.assignment.frequency is Frequency.WHOLE,
        reasons=reasons,
    )
