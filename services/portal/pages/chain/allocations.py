"""Allocations without a product of their own: by category or by budget. They have no journey; here they can be seen."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.events.commissioning import Law
from contracts.values import Role, municipality, provider
from services.portal.care.allocated import page_of, said
from services.portal.care.clients import LOOKERS, Commissioning, Referrals, names_of, page_of_client
from services.portal.care.directory import Directory
from services.portal.care.words import LAWS, STOPS, amount_of_care
from services.portal.care.words import said as word_for
from services.portal.components import Action, Column, Row, Table
from services.portal.i18n import N_
from services.portal.pages.chain.listing import PER_PAGE, Concerned, tabs_of
from services.portal.pages.chain.words import name_of, running, what
from services.portal.people import Person
from services.portal.views import render, translate, views
from services.referral.client import AllocationInDetail, ChainAllocation

router = APIRouter()

LIST: Final = "/requests/allocations"


@router.get(LIST)
async def allocations(
    request: Request,
    person: Concerned,
    referrals: Referrals,
    commissioning: Commissioning,
    after: str | None = None,
) -> HTMLResponse:
    """The list, the latest first day first; one that was removed counts as never made, and is marked."""
    page = await referrals.chain_allocations(journeyless=True, limit=PER_PAGE, after=after)
    decides = person.has(Role.ACCESS_WORKER)
    others = [provider(each.provider) if decides else municipality(each.municipality) for each in page.items]
    parties = await Directory(request, commissioning).parties(set(others))
    names = await names_of(referrals, person, (each.client for each in page.items))
    rows = []
    for each, other in zip(page.items, others, strict=True):
        word, tone = running(request, each)
        cells = {
            "about": names.get(each.client, "") or each.number,
            "number": each.number,
            "other": parties.get(other, ""),
            "what": what(request, each),
            "extent": said(request, each),
            "standing": word,
            "tone": tone,
        }
        rows.append(Row(cells, url=page_of(each)))
    columns = [
        Column("about", translate(request, N_("Client") if person.has(*LOOKERS) else N_("Number")), main=True),
        Column("number", translate(request, N_("Number"))),
        Column("other", translate(request, N_("Provider") if decides else N_("Municipality"))),
        Column("what", translate(request, N_("Product"))),
        Column("extent", translate(request, N_("Extent"))),
        Column("standing", translate(request, N_("Status")), kind="raw"),
    ]
    return render(
        request,
        "pages/chain/allocations.html",
        tabs=tabs_of(request, person, "allocations"),
        table=Table(translate(request, N_("Allocations")), columns, rows, caption_hidden=True, id="allocations"),
        older=f"{LIST}?after={page.next}" if page.next else None,
        actions=[Action(translate(request, N_("Allocate without a product")), f"{LIST}/new")] if decides else [],
    )


@router.get("/requests/allocations/{code}/{law}/{number}")
async def one(
    request: Request,
    code: str,
    law: Law,
    number: int,
    person: Concerned,
    referrals: Referrals,
    commissioning: Commissioning,
) -> HTMLResponse:
    """One of them: what is allocated, the care that was reported under it, and what was declared on it."""
    found = await referrals.chain_allocation(code, law, number)
    name = await name_of(request, referrals, person, found.client)
    client_page = page_of_client(person, found.client)
    parties = {"provider": provider(found.provider), "municipality": municipality(found.municipality)}
    names = await Directory(request, commissioning).parties(parties.values())
    word, tone = running(request, found)
    facts = [
        (translate(request, N_("Number")), found.number),
        (translate(request, N_("Product")), what(request, found)),
        (translate(request, N_("Extent")), said(request, found)),
        (translate(request, N_("Law")), word_for(request, LAWS, found.law)),
        (translate(request, N_("Provider")), names.get(parties["provider"], found.provider)),
        (translate(request, N_("Municipality")), names.get(parties["municipality"], found.municipality)),
        (translate(request, N_("Decided")), views(request).formats_for(request).day(found.decided_at)),
    ]
    return render(
        request,
        "pages/chain/allocation.html",
        number=found.number,
        name=name,
        word=word,
        tone=tone,
        facts=facts,
        reports=_reports(request, found),
        approved=_approved(request, found),
        client_page=client_page,
        actions=_actions(request, person, found),
        # One that a journey serves stands in no list of allocations: the way back is the page of the client.
        trail=[(name, client_page)]
        if found.referral_id is not None and client_page
        else [(translate(request, N_("Allocations without a product")), LIST)],
    )


def _actions(request: Request, person: Person, found: ChainAllocation) -> list[Action]:
    """What the municipality can do with it; one that a journey serves is changed there."""
    if not person.has(Role.ACCESS_WORKER) or found.removed or found.referral_id is not None:
        return []
    address = page_of(found)
    return [
        Action(translate(request, N_("Change the allocation")), f"{address}/change"),
        Action(translate(request, N_("Remove the allocation")), f"{address}/remove", primary=False),
    ]


def _reports(request: Request, found: AllocationInDetail) -> Table:
    """The starts and stops of care, in the order of their reports."""
    rows = []
    for each in found.reports:
        stopped = each.ends_on is not None
        cells = {
            "what": translate(request, N_("Help stopped") if stopped else N_("Help started")),
            "day": each.ends_on or each.starts_on,
            "product": each.product_code or each.category,
            "reason": word_for(request, STOPS, each.reason) if each.reason else None,
            "reported": each.reported_at,
        }
        rows.append(Row(cells))
    columns = [
        Column("what", translate(request, N_("What")), main=True),
        Column("day", translate(request, N_("On")), kind="day"),
        Column("product", translate(request, N_("Product"))),
        Column("reason", translate(request, N_("Reason"))),
        Column("reported", translate(request, N_("Reported")), kind="day"),
    ]
    return Table(translate(request, N_("Starts and ends")), columns, rows, caption_hidden=True, id="reports")


def _approved(request: Request, found: AllocationInDetail) -> list[tuple[str, Any]]:
    """What was declared and approved, per unit, and what that leaves of the budget."""
    formats = views(request).formats_for(request)
    facts: list[tuple[str, Any]] = [
        (amount_of_care(request, each.volume, each.unit), formats.euros(each.cents)) for each in found.approved
    ]
    if found.budget_cents is not None:
        left = found.budget_cents - sum(each.cents for each in found.approved)
        facts.append((translate(request, N_("Left of the budget")), formats.euros(left)))
    return facts
