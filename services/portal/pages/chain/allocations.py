"""Allocations without a product of their own: by category or by budget. They have no journey; here they can be seen."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.values import Role, municipality, provider
from services.portal.care.clients import LOOKERS, Commissioning, Referrals, names_of
from services.portal.care.directory import Directory
from services.portal.care.forms import today
from services.portal.components import Column, Row, Table
from services.portal.i18n import N_
from services.portal.pages.chain.listing import PER_PAGE, Concerned, tabs_of
from services.portal.pages.chain.words import said, what
from services.portal.views import render, translate

router = APIRouter()


@router.get("/requests/allocations")
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
        over = each.removed or (each.ends_on is not None and each.ends_on < today(request))
        cells = {
            "about": names.get(each.client, "") or each.number,
            "number": each.number,
            "other": parties.get(other, ""),
            "what": what(request, each),
            "extent": said(request, each),
            "standing": translate(request, N_("Removed") if each.removed else N_("Ended") if over else N_("Running")),
            "tone": "quiet" if over else "good",
        }
        rows.append(Row(cells))
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
        older=f"/requests/allocations?after={page.next}" if page.next else None,
    )
