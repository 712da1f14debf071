"""The form for another end, volume or budget, which the municipality fills in to change and the provider to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.portal.care.forms import compact, volume, volume_text, with_key
from services.portal.care.words import extent
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.access_team.follow import client_of, product_name
from services.portal.views import render, translate
from services.referral.client import ReferralClient, ReferralView


@dataclass(frozen=True, slots=True)
class Present:
    """What is allocated now, in words. ``back`` is its page; ``whole``: the volume is over the whole allocation.

    ``by_budget``: it names no product, so its budget can change instead of a volume.
    """

    back: str
    name: str
    number: int | None
    product: str
    extent: str
    starts_on: date | None
    ends_on: date | None
    whole: bool = False
    by_budget: bool = False


async def empty_form(referrals: ReferralClient, referral_id: UUID) -> tuple[ReferralView, Form]:
    """The journey, and the form filled with what is allocated now."""
    referral = await referrals.referral(referral_id)
    assignment = referral.assignment
    present = {"ends_on": referral.ends_on, "volume": volume_text(assignment.volume, assignment.unit)}
    return referral, Form.of(present)


def wanted(form: Form, referral: ReferralView) -> dict[str, Any]:
    """What was filled in, as the service takes it: what stays as it is, is left out."""
    amount = volume(form.value("volume"), referral.assignment.unit)
    return compact(
        {
            "reason": form.value("reason"),
            "endsOn": other_end(form, referral.ends_on),
            "volume": None if amount == referral.assignment.volume else amount,
            "fromDay": form.value("from_day"),
        }
    )


def other_end(form: Form, ends_on: date | None) -> str:
    """The last day that was filled in; empty when it stays as it is."""
    chosen = form.value("ends_on")
    return "" if ends_on is not None and chosen == ends_on.isoformat() else chosen


def cents(request: Request, form: Form) -> int | None:
    """The budget that was filled in, in cents; what is no amount is told beside the field."""
    found = volume(form.value("budget"), Unit.EURO)
    if isinstance(found, str):
        form.wrong("budget", translate(request, N_("Give the budget in euros, as 5000 or 1.234,50.")))
        return None
    return found


async def present_of(request: Request, referrals: ReferralClient, referral: ReferralView) -> Present:
    """What is allocated now in a journey."""
    client = await client_of(referrals, referral)
    return Present(
        back=f"/access/referrals/{referral.referral_id}",
        name=client.display_name if client and client.display_name else translate(request, N_("a resident")),
        number=referral.allocation_number,
        product=await product_name(request, referrals, referral),
        extent=extent(request, referral.assignment),
        starts_on=referral.starts_on,
        ends_on=referral.ends_on,
        whole=referral.assignment.frequency is Frequency.WHOLE,
    )


def show(
    request: Request,
    present: Present,
    form: Form,
    template: str,
    reasons: Sequence[tuple[str, str]],
    status: int = 200,
) -> HTMLResponse:
    """The form beside what is allocated now."""
    return render(request, template, status=status, form=with_key(form), present=present, reasons=reasons)
