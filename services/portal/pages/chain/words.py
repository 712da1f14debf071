"""The words on screen for changes and requests, and what a request wants beside what is allocated now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fastapi import Request

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.portal.care.allocated import said
from services.portal.care.clients import names_of
from services.portal.care.forms import today
from services.portal.care.words import amount_of_care
from services.portal.components import BadgeTone
from services.portal.i18n import N_
from services.portal.people import Person
from services.portal.views import translate, views
from services.referral.client import (
    AllocationInDetail,
    ChainAllocation,
    ChainRequestView,
    ChangeReason,
    ChangeRequestReason,
    ReferralClient,
    WantedView,
)

CHANGES: Final[Mapping[str, str]] = {
    ChangeReason.EXTENDED: N_("Longer or more, after a new assessment"),
    ChangeReason.SHORTENED: N_("Shorter or less, after a new assessment"),
    ChangeReason.MOVED: N_("The client moved to another municipality"),
    ChangeReason.DIED: N_("The client died"),
    ChangeReason.OTHER_PROVIDER: N_("The client goes to another provider"),
    ChangeReason.OTHER_DOMAIN: N_("The client goes on under another law"),
    ChangeReason.CONTRACT: N_("The agreement with the provider changed"),
    ChangeReason.FORM_OF_DELIVERY: N_("Another form of delivery"),
    ChangeReason.CORRECTION: N_("Administrative correction"),
}
WISHES: Final[Mapping[str, str]] = {
    ChangeRequestReason.CLIENT_SITUATION: N_("The situation of the client changed"),
    ChangeRequestReason.CARE_PLAN: N_("The care plan changed"),
}


async def name_of(request: Request, referrals: ReferralClient, person: Person, client: UUID) -> str:
    """What a client is called, for who may know; the look is recorded."""
    found = (await names_of(referrals, person, [client])).get(client)
    return found or translate(request, N_("a resident"))


def running(request: Request, allocation: ChainAllocation) -> tuple[str, BadgeTone]:
    """Whether an allocation runs, in a word, with the tone of its badge."""
    if allocation.removed:
        return translate(request, N_("Removed")), "quiet"
    if allocation.ends_on is not None and allocation.ends_on < today(request):
        return translate(request, N_("Ended")), "quiet"
    return translate(request, N_("Running")), "good"


def declared(request: Request, allocation: AllocationInDetail) -> str:
    """What was declared on it and approved: ``10 uur, € 851,00``; empty for nothing."""
    formats = views(request).formats_for(request)
    parts = [
        f"{amount_of_care(request, each.volume, each.unit)}, {formats.euros(each.cents)}"
        for each in allocation.approved
    ]
    return "; ".join(parts)


def standing(request: Request, asked: ChainRequestView) -> tuple[str, BadgeTone]:
    """How a request stands, in words, with the tone of its badge."""
    if asked.granted_at is not None:
        return translate(request, N_("Granted")), "good"
    if not asked.open:
        return translate(request, N_("Turned down")), "quiet"
    if asked.answers:
        return translate(request, N_("Under investigation")), "attention"
    return translate(request, N_("Waits for a decision")), "attention"


def title(request: Request, asked: ChainRequestView) -> str:
    """What kind of request it is."""
    return translate(request, N_("Request for change") if asked.change else N_("Request for allocation"))


@dataclass(frozen=True, slots=True)
class Wish:
    """One product: what is allocated now, what was declared on that and what is wanted, in words.

    ``too_little``: more was approved already than is wanted in total (OP345).
    """

    product: str
    number: int | None
    now: str
    wanted: str
    kind: str
    declared: str = ""
    too_little: bool = False


def wishes(
    request: Request,
    asked: ChainRequestView,
    allocations: Sequence[AllocationInDetail],
    products: Mapping[str, str],
) -> list[Wish]:
    """What the request wants, product by product: changes, new ones, and what stays. ``products`` are their names."""
    known = {each.number: each for each in allocations}
    found = [_wish(request, each, known.get(each.number or 0), N_("Change"), products) for each in asked.changed]
    found += [_wish(request, each, None, N_("New"), products) for each in asked.new]
    for number in asked.unchanged:
        present = known.get(number)
        if present is not None:
            now = said(request, present)
            kind = translate(request, N_("Stays"))
            found.append(Wish(what(request, present, products), number, now, now, kind, declared(request, present)))
    return found


def _wish(
    request: Request, wanted: WantedView, present: AllocationInDetail | None, kind: str, products: Mapping[str, str]
) -> Wish:
    return Wish(
        what(request, present or wanted, products),
        wanted.number,
        said(request, present) if present else "",
        said(request, wanted),
        translate(request, kind),
        declared(request, present) if present else "",
        present is not None and _too_little(wanted, present),
    )


def _too_little(wanted: WantedView, present: AllocationInDetail) -> bool:
    """Whether a budget, or a volume over the whole allocation, is below what was approved on it."""
    if wanted.budget_cents is not None:
        return sum(each.cents for each in present.approved) > wanted.budget_cents
    if wanted.volume is None or wanted.unit is None or wanted.frequency is not Frequency.WHOLE:
        return False
    minutes = {Unit.HOUR: 60, Unit.MINUTE: 1}
    counted = [
        each.volume * minutes.get(each.unit, 1)
        for each in present.approved
        if each.unit is wanted.unit or {each.unit, wanted.unit} <= minutes.keys()
    ]
    return sum(counted) > wanted.volume * minutes.get(wanted.unit, 1)


def what(request: Request, product: ChainAllocation | WantedView, products: Mapping[str, str] | None = None) -> str:
    """The product in words: its name, or in what the provider may choose one. ``products`` are names by code."""
    if product.product_code:
        return (products or {}).get(product.product_code, product.product_code)
    if product.category:
        return translate(
            request, N_("Category %(category)s, the provider chooses the product"), category=product.category
        )
    return translate(request, N_("A budget, the provider chooses the product"))
