"""An allocation, and what a request wants, in words; shared by the pages that show either."""

from collections.abc import Sequence

from fastapi import Request

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.portal.care.forms import volume_text
from services.portal.care.words import FREQUENCIES, units
from services.portal.i18n import N_
from services.portal.views import translate, views
from services.referral.client import ChainAllocation, WantedView


def page_of(allocation: ChainAllocation) -> str:
    """The page of an allocation that no journey serves."""
    return f"/requests/allocations/{allocation.municipality}/{allocation.law}/{allocation.number}"


def already(request: Request, same: Sequence[ChainAllocation]) -> list[tuple[int, str, str]]:
    """What is allocated already of what is asked: number, address of its page, and what it allows."""
    return [
        (
            each.number,
            page_of(each) if each.referral_id is None else f"/access/referrals/{each.referral_id}",
            said(request, each),
        )
        for each in same
    ]


def said(request: Request, product: ChainAllocation | WantedView) -> str:
    """How much, or with what budget, and from when until when."""
    formats = views(request).formats_for(request)
    parts = []
    if product.volume is not None and product.unit is not None and product.frequency is not None:
        parts.append(amount(request, product.volume, product.unit, product.frequency))
    if product.budget_cents is not None:
        parts.append(translate(request, N_("budget %(amount)s"), amount=formats.euros(product.budget_cents)))
    first = formats.day(product.starts_on)
    if product.ends_on is None:
        parts.append(translate(request, N_("from %(first)s"), first=first))
    else:
        last = formats.day(product.ends_on)
        parts.append(translate(request, N_("%(first)s up to and including %(last)s"), first=first, last=last))
    return ", ".join(parts)


def amount(request: Request, volume: int, unit: Unit, frequency: Frequency) -> str:
    """How much, as people say it: ``3 uur per week``."""
    number = volume_text(volume, unit) if unit is Unit.EURO else views(request).formats_for(request).number(volume)
    return f"{number} {units(request, unit, volume)} {translate(request, FREQUENCIES[frequency])}"
