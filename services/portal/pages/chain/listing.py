"""Requests that are decided on as a whole, for who decides and for who asked."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from contracts.values import Role, municipality, provider
from services.commissioning.client import CommissioningClient
from services.kit.problems import Invalid
from services.portal.care.clients import LOOKERS, Commissioning, Referrals, names_of
from services.portal.care.directory import Directory
from services.portal.care.gather import number_of
from services.portal.care.terms import last_day
from services.portal.components import Column, Row, Tab, Table
from services.portal.i18n import N_
from services.portal.lists import ListQuery
from services.portal.pages.chain.words import standing, title
from services.portal.people import Person, require
from services.portal.views import render, translate
from services.referral.client import RequestOrder

router = APIRouter()

ROLES: Final = (Role.ACCESS_WORKER, Role.PLANNER, Role.PROVIDER_ADMINISTRATOR)
Concerned = Annotated[Person, Depends(require(*ROLES))]
PER_PAGE: Final = 50
_KINDS: Final = {"change": True, "new": False}


@router.get("/requests")
async def requests(
    request: Request,
    person: Concerned,
    referrals: Referrals,
    commissioning: Commissioning,
    decided: bool = False,
    after: str | None = None,
) -> Response:
    """The list: what waits for a decision, the first due first, or what was decided, the latest first."""
    decides = person.has(Role.ACCESS_WORKER)
    query = ListQuery.of(request, filters=("kind", "other", "late", "order"))
    wanted: dict[str, Any] = {
        "undecided": not decided,
        "change": _KINDS.get(query.filters.get("kind", "")),
        "escalated": True if query.filters.get("late") else None,
        "provider" if decides else "municipality": query.filters.get("other"),
    }
    latest = decided or query.filters.get("order") == "latest"
    order = RequestOrder.RECEIVED if latest else RequestOrder.DUE
    try:
        page = await referrals.chain_requests(**wanted, sort=order, limit=PER_PAGE, after=after)
    except Invalid:
        # Somebody changed the address: this is no list of ours.
        return RedirectResponse("/requests", status_code=303)
    others = {each.request_id: _other(each.provider, each.municipality, decides) for each in page.items}
    directory = Directory(request, commissioning)
    parties, names, choices, number = await asyncio.gather(
        directory.parties(set(others.values())),
        names_of(referrals, person, (each.client for each in page.items)),
        _choices(directory, commissioning, decides),
        number_of(page, lambda: referrals.chain_request_count(**wanted), after),
    )
    rows = []
    for each in page.items:
        word, tone = standing(request, each)
        cells = {
            "about": names.get(each.client, "") or each.reference,
            "kind": title(request, each),
            "other": parties.get(others[each.request_id], ""),
            "due": last_day(each.decision_due) if each.open else None,
            "standing": word,
            "tone": tone,
        }
        rows.append(Row(cells, url=f"/requests/{each.request_id}", warning=each.escalated and each.open))
    columns = [
        Column("about", translate(request, N_("Client") if person.has(*LOOKERS) else N_("Reference")), main=True),
        Column("kind", translate(request, N_("Question"))),
        Column("other", translate(request, N_("Provider") if decides else N_("Municipality"))),
        Column("due", translate(request, N_("Decision before")), kind="day"),
        Column("standing", translate(request, N_("Status")), kind="raw"),
    ]
    tab = {"decided": "true"} if decided else {}
    return render(
        request,
        "pages/chain/requests.html",
        decides=decides,
        tabs=tabs_of(request, person, "decided" if decided else ""),
        table=Table(translate(request, N_("Requests")), columns, rows, caption_hidden=True, id="requests"),
        query=query,
        number=number,
        choices=choices,
        beginning=query.url(**tab) if after else None,
        following=query.url(**tab, after=page.next) if page.next else None,
        decided=decided,
    )


async def _choices(directory: Directory, commissioning: CommissioningClient, decides: bool) -> list[tuple[str, str]]:
    """The other parties that the list can be narrowed down to, by name."""
    if decides:
        return [(each.agb, each.name) for each in (await commissioning.providers(limit=200)).items]
    codes = {each.code for region in await commissioning.regions() for each in region.municipalities}
    return sorted((await directory.municipalities(codes)).items(), key=lambda each: each[1])


def tabs_of(request: Request, person: Person, chosen: str) -> list[Tab]:
    """The parts of the list as links: what waits, what was decided, and what is allocated without a product."""
    waits = N_("To decide") if person.has(Role.ACCESS_WORKER) else N_("Waits for a decision")
    parts = {
        "": (waits, "/requests"),
        "decided": (N_("Decided"), "/requests?decided=true"),
        "allocations": (N_("Allocations without a product"), "/requests/allocations"),
    }
    return [Tab(translate(request, label), url, name == chosen) for name, (label, url) in parts.items()]


def _other(agb: str, code: str, decides: bool) -> str:
    return provider(agb) if decides else municipality(code)
