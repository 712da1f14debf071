"""The list of declarations: what was submitted, granted and rejected, the latest first."""

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from contracts.values import PartyKind, Role, party_kind
from services.portal.care.clients import Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.terms import last_day
from services.portal.care.words import LAWS
from services.portal.components import Action, Column, Row, Tab, Table
from services.portal.exports import export
from services.portal.i18n import N_
from services.portal.pages.declarations.lines import month_of
from services.portal.pages.declarations.words import ELSEWHERE, STATUS, Reader
from services.portal.people import Person
from services.portal.views import render, translate, views
from services.referral.client import DeclarationView

router = APIRouter()

PER_PAGE: Final = 50
MOST_IN_A_FILE: Final = 5000
_FILES: Final = {"csv": "CSV", "xlsx": "Excel"}


@router.get("/declarations")
async def listing(
    request: Request,
    person: Reader,
    referrals: Referrals,
    commissioning: Commissioning,
    box: str = "",
    month: str = "",
    after: str | None = None,
) -> HTMLResponse:
    """A page of declarations; narrowed down to a month, or to those of which something was rejected."""
    period, rejected = month_of(month), box == "rejected"
    page = await referrals.declarations(period=period, rejected=rejected, limit=PER_PAGE, after=after)
    table = await _table(request, person, commissioning, page.items)
    query = {
        name: value for name, value in (("box", "rejected" * rejected), ("month", month if period else "")) if value
    }

    def address(**more: str) -> str:
        told = {name: value for name, value in (query | more).items() if value}
        return "/declarations" + (f"?{urlencode(told)}" if told else "")

    exports = {
        label: f"/declarations.{form}" + (f"?{urlencode(query)}" if query else "") for form, label in _FILES.items()
    }
    return render(
        request,
        "pages/declarations/listing.html",
        of_provider=party_kind(person.party) is PartyKind.PROVIDER,
        actions=[Action(translate(request, N_("Make a declaration")), "/declarations/new")]
        if person.has(Role.PROVIDER_ADMINISTRATOR, Role.PLANNER)
        else [],
        tabs=[
            Tab(translate(request, N_("All declarations")), address(box=""), not rejected),
            Tab(translate(request, N_("With rejected lines")), address(box="rejected"), rejected),
        ],
        table=Table(table.caption, table.columns, table.rows, exports, caption_hidden=True, id="declarations"),
        month=month if period else "",
        box="rejected" if rejected else "",
        narrowed=bool(query),
        older=address(after=page.next) if page.next else None,
        latest=address() if after else None,
    )


@router.get("/declarations.{form}")
async def file(
    request: Request,
    form: str,
    person: Reader,
    referrals: Referrals,
    commissioning: Commissioning,
    box: str = "",
    month: str = "",
) -> Response:
    """The same list as a file: CSV or XLSX."""
    found: list[DeclarationView] = []
    after: str | None = None
    while len(found) < MOST_IN_A_FILE:
        page = await referrals.declarations(period=month_of(month), rejected=box == "rejected", limit=200, after=after)
        found += page.items
        after = page.next
        if after is None:
            break
    table = await _table(request, person, commissioning, found)
    return export(table, form if form in _FILES else "csv", translate(request, N_("declarations")))


async def _table(request: Request, person: Person, commissioning: Commissioning, found: list[DeclarationView]) -> Table:
    directory = Directory(request, commissioning)
    formats = views(request).formats_for(request)
    of_provider = party_kind(person.party) is PartyKind.PROVIDER
    municipalities = await directory.municipalities({each.municipality for each in found}) if of_provider else {}
    rows = []
    for each in found:
        word, tone = STATUS[each.status]
        cells = {
            "number": each.number,
            "month": formats.month(each.period),
            "other": municipalities.get(each.municipality) if of_provider else each.provider_name or each.provider,
            "law": translate(request, LAWS[each.law]),
            "submitted": each.submitted_cents,
            "granted": each.granted_cents,
            "rejected": each.rejected_cents,
            "received": each.received_at,
            "due": last_day(each.answer_due),
            "status": translate(request, word) + (f" ({translate(request, ELSEWHERE)})" if each.elsewhere else ""),
            "tone": tone,
        }
        rows.append(Row(cells, url=f"/declarations/{each.declaration_id}", warning=tone == "bad"))
    columns = [
        Column("number", translate(request, N_("Declaration")), main=True),
        Column("month", translate(request, N_("Month"))),
        Column("other", translate(request, N_("Municipality") if of_provider else N_("Provider"))),
        Column("law", translate(request, N_("Law"))),
        Column("submitted", translate(request, N_("Submitted")), kind="euros"),
        Column("granted", translate(request, N_("Granted")), kind="euros"),
        Column("rejected", translate(request, N_("Rejected amount")), kind="euros"),
        Column("received", translate(request, N_("Received")), kind="moment"),
        Column("due", translate(request, N_("Answer before the end of")), kind="day"),
        Column("status", translate(request, N_("Result")), kind="raw"),
    ]
    return Table(translate(request, N_("Declarations")), columns, rows, id="declarations")
