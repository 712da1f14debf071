"""Home of a provider: what waits, over all municipalities, the earliest term first; and the free places."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.values import Role
from services.commissioning.client import CommissioningClient
from services.portal.care.agreed import Moments
from services.portal.care.clients import HELPERS, STATERS, Commissioning, Referrals, Staff, names_of, page_of_helped
from services.portal.care.directory import Directory
from services.portal.care.forms import today
from services.portal.care.gather import gather, number_of
from services.portal.care.silence import SILENT
from services.portal.care.terms import last_day, rule_of
from services.portal.care.words import NOT_BEGUN, OFFERS, extent, message_label, said
from services.portal.clients import new_key
from services.portal.components import Tab
from services.portal.i18n import N_
from services.portal.lists import PAGE_SIZE, ListQuery, Pages
from services.portal.pages.provider.act_forms import choices, fields_of, where
from services.portal.pages.provider.places import Places
from services.portal.pages.provider.selection import OFFERED, REJECTED, Answered, Selection
from services.portal.people import Person
from services.portal.views import render, translate
from services.referral.client import MessageView, OfferStatus, OpenOfferView, ReferralClient, ReferralView, Task

router = APIRouter()

RECENT: Final = timedelta(days=30)
"""How long a rejected message stays on the worklist: nothing tells when it was mended."""
MESSENGERS: Final = (Role.PLANNER, Role.PROVIDER_ADMINISTRATOR)
TITLES: Final = {
    Task.ANSWER.value: N_("Allocations that wait for your answer"),
    Task.REPORT_START.value: N_("Help that has not begun yet"),
    Task.REPORT_STOP.value: N_("Help of which the allocation has ended"),
    REJECTED: N_("Messages that were rejected"),
    OFFERED: N_("Offered to several: whoever claims first, gets it"),
}


@router.get("/provider/worklist")
async def worklist(
    request: Request, person: Staff, referrals: Referrals, commissioning: Commissioning, edit: str = ""
) -> HTMLResponse:
    """The worklist; ``edit`` opens the free places of one product."""
    return await show(request, person, referrals, commissioning, Selection.of(request), edit=edit)


async def rejected(
    request: Request, person: Person, referrals: ReferralClient, *, shown: bool
) -> tuple[int, list[MessageView]]:
    """How many messages of the last thirty days were rejected, and the latest of them where they are shown."""
    if not person.has(*MESSENGERS):
        return 0, []
    since = request.app.state.now() - RECENT
    count = partial(referrals.message_count, direction="received", accepted=False, since=since)
    if not shown:
        return await count(), []
    page = await referrals.messages(direction="received", accepted=False, since=since, limit=PAGE_SIZE)
    return await number_of(page, count), page.items


def tabs_of(request: Request, person: Person, chosen: Selection, counts: dict[str, int]) -> list[Tab]:
    """The tabs as links with their counts."""

    def tab(label: str, task: str) -> Tab:
        return Tab(translate(request, label), chosen.url(task=task), chosen.task == task, counts.get(task, 0))

    found = [tab(N_("New"), Task.ANSWER.value), tab(N_("Offered to several"), OFFERED)]
    found.append(tab(N_("To start"), Task.REPORT_START.value))
    found.append(tab(N_("To end"), Task.REPORT_STOP.value))
    found.append(Tab(translate(request, N_("Results due")), "/outcomes"))
    if person.has(*MESSENGERS):
        found.append(tab(N_("Rejected messages"), REJECTED))
    return found


async def _municipalities(person: Person, commissioning: CommissioningClient, rows: Sequence[ReferralView]) -> set[str]:
    """Where the provider works: by its agreements, and in any case where something waits."""
    found = {each.municipality for each in rows}
    if person.has(*STATERS):
        for agreement in (await commissioning.agreements(limit=200)).items:
            found.update(agreement.municipalities)
    return found


async def _next_term(referrals: ReferralClient) -> date | None:
    """The last day of the next promise that this provider has to keep, whatever tab it stands on."""
    promises = await referrals.deadlines()
    return last_day(min((each.due for each in promises if not each.kind.startswith("remind")), default=None))


async def show(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    commissioning: CommissioningClient,
    chosen: Selection,
    *,
    answered: Answered | None = None,
    edit: str = "",
    status: int = 200,
    fragment: str = "worklist",
) -> HTMLResponse:
    """The page, or the part of it that changed."""
    answered = answered or Answered()
    query = ListQuery.of(request, filters=("task", "municipality", "client"))
    task = Task(chosen.task) if chosen.task not in (REJECTED, OFFERED) else None
    counts, (wrong, bad), places, offers, moments = await asyncio.gather(
        referrals.task_counts(),
        rejected(request, person, referrals, shown=chosen.task == REJECTED),
        Places.of(request, person, referrals, commissioning, edit),
        referrals.open_offers(),
        Moments.of(request, referrals),
    )
    numbers = {count.task.value: count.number for count in counts}
    numbers |= {REJECTED: wrong, OFFERED: sum(each.status == OfferStatus.OPEN for each in offers)}
    rows: list[ReferralView] = []
    more = False
    one = await chosen.of_client(person, referrals)
    if task is not None and one is not None:
        rows = [each for each in one if each.task is task]
    elif task is not None:
        found = await gather(
            lambda after, limit: referrals.referrals(
                tasks=[task], municipality=chosen.municipality or None, limit=limit, after=after
            ),
            query.offset + query.size + 1,
        )
        rows, more = found.rows, found.more
    shown = rows[query.offset : query.offset + query.size]
    directory = Directory(request, commissioning)
    codes, clients = await asyncio.gather(
        _municipalities(person, commissioning, rows),
        names_of(referrals, person, (each.client for each in shown), translate(request, SILENT)),
    )
    codes |= {each.municipality for each in offers} | ({chosen.municipality} - {""})
    municipalities = await directory.municipalities(codes)
    offered = [
        offer_row(request, each, places.names, municipalities)
        for each in offers
        if chosen.task == OFFERED and chosen.municipality in ("", each.municipality) and one is None
    ]
    empty = not shown and not offered and not bad
    open_offers = [each for each in offered if each["open"]]
    return render(
        request,
        "pages/provider/worklist.html",
        fragment=fragment,
        status=status,
        chosen=chosen,
        heading=translate(request, TITLES[chosen.task]),
        tabs=tabs_of(request, person, chosen, numbers),
        rows=[
            {**fields_of(each, moments), **_row(request, each, places.names, clients, municipalities)} for each in shown
        ],
        rejected=[_rejected(request, each) for each in bad],
        more_rejected=0 < len(bad) < wrong,
        offers=open_offers[query.offset : query.offset + query.size],
        gone=[each for each in offered if not each["open"]],
        elsewhere=await _elsewhere(request, person, referrals, directory, places.names, chosen),
        locations=await _locations(person, referrals, commissioning, directory),
        municipalities=sorted(municipalities.items(), key=lambda each: each[1]),
        pages=Pages(query, len(rows or open_offers), more),
        next_term=await _next_term(referrals) if empty else None,
        places=places,
        answered=answered,
        choices=choices(request),
        where=where(request),
        may_answer=person.has(Role.PLANNER),
        may_upload=person.has(*MESSENGERS),
        sees_names=person.has(*HELPERS),
        everybody=chosen.url(client="") if one is not None else None,
        today=today(request),
    )


async def _elsewhere(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    directory: Directory,
    products: dict[str, str],
    chosen: Selection,
) -> list[dict[str, Any]]:
    """Requests that were refused because another municipality is responsible, and not asked there yet."""
    if chosen.task != Task.ANSWER.value or not person.has(*STATERS):
        return []
    refused = (await referrals.referrals(elsewhere=True)).items
    codes = {each.municipality for each in refused} | {str(each.responsible_municipality) for each in refused}
    names = await directory.municipalities(codes) if codes else {}
    clients = await names_of(referrals, person, (each.client for each in refused))
    return [
        {
            "id": str(each.referral_id),
            "client": clients.get(each.client, ""),
            "own_number": each.own_number or "",
            "product": products.get(each.assignment.product_code, each.assignment.product_code),
            "municipality": names[each.municipality],
            "named": names[str(each.responsible_municipality)],
            "key": new_key(),
        }
        for each in refused
    ]


async def _locations(
    person: Person, referrals: ReferralClient, commissioning: CommissioningClient, directory: Directory
) -> list[tuple[str, str, bool]]:
    """The municipalities from which the provider may say it delivers: code, name, and whether it says so."""
    if not person.has(*STATERS):
        return []
    stated, regions = await asyncio.gather(referrals.locations(), commissioning.regions())
    ours = {each.municipality for each in stated}
    names = await directory.municipalities(ours | {each.code for region in regions for each in region.municipalities})
    return sorted(((code, name, code in ours) for code, name in names.items()), key=lambda each: each[1])


def offer_row(
    request: Request, offer: OpenOfferView, products: dict[str, str], municipalities: dict[str, str]
) -> dict[str, Any]:
    """One offer in words. It says nothing about who it is for."""
    code = offer.assignment.product_code
    return {
        "id": str(offer.referral_id),
        "due": last_day(offer.claim_due),
        "municipality": municipalities.get(offer.municipality, offer.municipality),
        "product": products.get(code, code),
        "extent": extent(request, offer.assignment),
        "starts_on": offer.starts_on,
        "ends_on": offer.ends_on,
        "open": offer.status is OfferStatus.OPEN,
        "crisis": offer.crisis,
        "outcome": said(request, OFFERS, offer.status),
        "key": new_key(),
    }


def _row(
    request: Request,
    referral: ReferralView,
    products: dict[str, str],
    clients: dict[UUID, str],
    municipalities: dict[str, str],
) -> dict[str, Any]:
    code = referral.assignment.product_code
    return {
        "due": last_day(referral.task_due),
        "rule": translate(request, rule) if (rule := rule_of(referral)) else "",
        "client": clients.get(referral.client, ""),
        "page": page_of_helped(referral.client),
        "municipality": municipalities.get(referral.municipality, referral.municipality),
        "product": products.get(code, code),
        "extent": extent(request, referral.assignment),
        "not_begun": said(request, NOT_BEGUN, referral.not_begun) if referral.not_begun else "",
        "number": referral.allocation_number,
        "crisis": referral.crisis,
    }


def _rejected(request: Request, message: MessageView) -> dict[str, Any]:
    return {
        "url": f"/messages/{message.message_id}",
        "label": message_label(request, message.kind),
        "identification": message.identification,
        "at": message.at,
        "count": len(message.findings) or len(message.return_codes),
    }
