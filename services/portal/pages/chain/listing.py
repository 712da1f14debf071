"""Requests that are decided on as a whole, for who decides and for who asked."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from contracts.values import Role, municipality, provider
from services.portal.care.clients import LOOKERS, Commissioning, Referrals, names_of
from services.portal.care.directory import Directory
from services.portal.care.terms import last_day
from services.portal.components import Column, Row, Tab, Table
from services.portal.i18n import N_
from services.portal.pages.chain.words import standing, title
from services.portal.people import Person, require
from services.portal.views import render, translate

router = APIRouter()

ROLES: Final = (Role.ACCESS_WORKER, Role.PLANNER, Role.PROVIDER_ADMINISTRATOR)
Concerned = Annotated[Person, Depends(require(*ROLES))]
PER_PAGE: Final = 50


@router.get("/requests")
async def requests(
    request: Request,
    person: Concerned,
    referrals: Referrals,
    commissioning: Commissioning,
    decided: bool = False,
    after: str | None = None,
) -> HTMLResponse:
    """The list: what waits for a decision, or what was decided."""
    page = await referrals.chain_requests(undecided=not decided, limit=PER_PAGE, after=after)
    decides = person.has(Role.ACCESS_WORKER)
    others = {each.request_id: _other(each.provider, each.municipality, decides) for each in page.items}
    parties = await Directory(request, commissioning).parties(set(others.values()))
    names = await names_of(referrals, person, (each.client for each in page.items))
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
    query = "decided=true&" if decided else ""
    return render(
        request,
        "pages/chain/requests.html",
        decides=decides,
        tabs=tabs_of(request, person, "decided" if decided else ""),
        table=Table(translate(request, N_("Requests")), columns, rows, caption_hidden=True, id="requests"),
        older=f"/requests?{query}after={page.next}" if page.next else None,
        decided=decided,
    )


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
