"""Follow one referral: the journey with its promises, the messages that were sent, and who it is about."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.events.commissioning import Law
from services.kit.problems import NotFound
from services.portal.care.clients import AccessWorker, Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.forms import today
from services.portal.care.journey import Timeline
from services.portal.care.persons import contact_of
from services.portal.care.terms import last_day
from services.portal.care.words import (
    DECLINES,
    LAWS,
    NOT_BEGUN,
    OFFERS,
    REFERRERS,
    STATUS,
    TONES,
    WAITS,
    extent,
    message_label,
    said,
)
from services.portal.components import Action
from services.portal.i18n import N_
from services.portal.pages.access_team.residence import UNDER_WAY
from services.portal.views import render, translate, views
from services.referral.client import ClientView, OfferStatus, ReferralClient, ReferralView, ReferrerView, Status

router = APIRouter()

BEFORE_START = (Status.REQUESTED, Status.OFFERED, Status.GRANTED, Status.ACCEPTED, Status.DECLINED)

ALLOCATED = (Status.GRANTED, Status.ACCEPTED, Status.STARTED, Status.PAUSED)


async def client_of(referrals: ReferralClient, referral: ReferralView) -> ClientView | None:
    """Who it is about; ``None`` when the data were erased. The look is recorded."""
    try:
        return await referrals.client(referral.client)
    except NotFound:
        return None


async def product_name(request: Request, referrals: ReferralClient, referral: ReferralView) -> str:
    """What the product is called; its code when no agreement about it holds any more."""
    code = referral.assignment.product_code
    offered = await referrals.products(referral.municipality, today(request))
    return next((each.name for each in offered if each.product_code == code), code)


def _actions(request: Request, referral: ReferralView) -> list[Action]:
    address = f"/access/referrals/{referral.referral_id}"
    found = []
    if referral.status is Status.REQUESTED:
        found.append(Action(translate(request, N_("Decide")), f"{address}/decide"))
    if referral.status is Status.REQUESTED and referral.assignment.law is Law.YOUTH:
        words = translate(request, N_("Who is responsible?"))
        found.append(Action(words, f"{address}/residence", primary=False))
    if referral.status in UNDER_WAY and referral.continued_as is None:
        found.append(Action(translate(request, N_("The client moves")), f"{address}/residence", primary=False))
    if referral.status is Status.DECLINED:
        found.append(Action(translate(request, N_("Find a place")), f"{address}/decide"))
    if referral.status in ALLOCATED:
        found.append(Action(translate(request, N_("Change the allocation")), f"{address}/change"))
    if referral.status in BEFORE_START:
        found.append(Action(translate(request, N_("Take back")), f"{address}/withdraw", primary=False))
    return found


async def referrer_of(referrals: ReferralClient, referral: ReferralView) -> ReferrerView | None:
    """Who exactly pointed the way; ``None`` when the data were erased."""
    try:
        return await referrals.referrer(referral.referral_id)
    except NotFound:
        return None


def referrer_facts(request: Request, pointed: ReferrerView | None) -> list[tuple[str, Any]]:
    """Who pointed the way, as pairs of words."""
    if pointed is None:
        return []
    formats = views(request).formats_for(request)
    who = said(request, REFERRERS, pointed.referrer)
    known = pointed.name or (translate(request, N_("AGB code %(code)s"), code=pointed.code) if pointed.code else "")
    facts = [(translate(request, N_("Referrer")), f"{who}: {known}" if known else who)]
    if pointed.ordered_on is not None and (due := last_day(pointed.request_due)) is not None:
        told = N_("%(day)s; to be asked for by %(due)s at the latest")
        words = translate(request, told, day=formats.day(pointed.ordered_on), due=formats.day(due))
        facts.append((translate(request, N_("Day of the order")), words))
    return facts


def _besides(request: Request, referral: ReferralView) -> list[tuple[str, Any]]:
    """What is out of the ordinary."""
    found: list[tuple[str, Any]] = []
    if referral.wait_reason is not None:
        reason = said(request, WAITS, referral.wait_reason)
        found.append((translate(request, N_("Why a wait beyond the norm?")), reason))
    if referral.expected_on is not None and referral.started_on is None:
        day = views(request).formats_for(request).day(referral.expected_on)
        told = f"{day}: {said(request, NOT_BEGUN, referral.not_begun)}"
        found.append((translate(request, N_("Not begun yet; the provider expects it on")), told))
    if referral.crisis:
        found.append((translate(request, N_("Crisis")), translate(request, N_("Yes, with terms of hours"))))
    return found


@router.get("/access/referrals/{referral_id}")
async def follow(
    request: Request, referral_id: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """One journey from request to end."""
    referral = await referrals.referral(referral_id)
    allocations, messages, client, product, offers, pointed = await asyncio.gather(
        referrals.allocations(referral_id),
        referrals.messages(referral_id=referral_id),
        client_of(referrals, referral),
        product_name(request, referrals, referral),
        referrals.offers_of(referral_id),
        referrer_of(referrals, referral),
    )
    asked = {referral.provider, *(each.provider for each in allocations), *(each.provider for each in offers)}
    directory = Directory(request, commissioning)
    providers = await directory.providers(asked)
    senders = await directory.parties(each.sender for each in messages.items)
    facts: list[tuple[str, Any]] = [
        (translate(request, N_("Product")), product),
        (translate(request, N_("Extent")), extent(request, referral.assignment)),
        (translate(request, N_("Law")), said(request, LAWS, referral.assignment.law)),
        (translate(request, N_("Provider")), providers[referral.provider]),
        (translate(request, N_("Allocation")), referral.allocation_number),
        *referrer_facts(request, pointed),
        *_besides(request, referral),
    ]
    return render(
        request,
        "pages/access_team/follow.html",
        referral=referral,
        name=client.display_name if client and client.display_name else translate(request, N_("A resident")),
        contact=contact_of(request, client) if client else [],
        silent=client is not None and client.no_messages,
        lead=translate(
            request, N_("%(product)s at %(provider)s"), product=product, provider=providers[referral.provider]
        ),
        phase=translate(request, STATUS[referral.status]),
        tone=TONES[referral.status],
        facts=facts,
        steps=Timeline(request, referral, providers).steps(allocations),
        messages=[(message_label(request, each.kind), senders.get(each.sender, ""), each) for each in messages.items],
        offers=[
            (providers[each.provider], said(request, OFFERS, each.status), said(request, DECLINES, each.reason))
            for each in offers
        ],
        claim_due=last_day(max((each.claim_due for each in offers if each.status == OfferStatus.OPEN), default=None)),
        actions=_actions(request, referral),
    )
