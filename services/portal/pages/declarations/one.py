"""One declaration: what was submitted is what was granted plus what was rejected, and why, line by line."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from contracts.values import PartyKind, Role, party_kind
from services.portal.care.clients import Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.terms import last_day
from services.portal.care.words import LAWS
from services.portal.components import Column, Row, Tab, Table
from services.portal.exports import export
from services.portal.i18n import N_
from services.portal.pages.declarations.words import (
    STATUS,
    Reader,
    allocated,
    delivered,
    left,
    product,
    reason,
)
from services.portal.people import Person
from services.portal.views import render, translate, views
from services.referral.client import DeclarationLine

router = APIRouter()

PER_PAGE: Final = 50
MOST_IN_A_FILE: Final = 50_000


@router.get("/declarations/{declaration_id}")
async def one(
    request: Request,
    declaration_id: UUID,
    person: Reader,
    referrals: Referrals,
    commissioning: Commissioning,
    lines: str = "",
    after: str | None = None,
) -> HTMLResponse:
    """The reconciliation, the rejected lines with what to do about each, and all lines."""
    declaration = await referrals.declaration(declaration_id)
    everything = lines == "all" or not declaration.rejected_lines
    page = await referrals.declaration_lines(declaration_id, rejected=not everything, limit=PER_PAGE, after=after)
    names = await Directory(request, commissioning).municipalities([declaration.municipality])
    word, tone = STATUS[declaration.status]
    formats = views(request).formats_for(request)
    address = f"/declarations/{declaration_id}"
    exports = {"CSV": f"{address}/lines.csv", "Excel": f"{address}/lines.xlsx"}
    table = _table(request, page.items)
    return render(
        request,
        "pages/declarations/one.html",
        declaration=declaration,
        title=translate(request, N_("Declaration %(number)s"), number=declaration.number),
        month=formats.month(declaration.period),
        municipality=names[declaration.municipality],
        provider=declaration.provider_name or declaration.provider,
        law=translate(request, LAWS[declaration.law]),
        of_provider=party_kind(person.party) is PartyKind.PROVIDER,
        sees_messages=person.has(Role.PLANNER, Role.PROVIDER_ADMINISTRATOR, Role.ACCESS_WORKER),
        word=translate(request, word),
        tone=tone,
        message=declaration.answer_id if declaration.elsewhere else declaration.message_id,
        answer_due=last_day(declaration.answer_due),
        reasons=[reason(request, each) for each in declaration.reasons],
        tabs=[
            Tab(translate(request, N_("Rejected lines")), address, not everything, declaration.rejected_lines),
            Tab(translate(request, N_("All lines")), f"{address}?lines=all", everything, declaration.lines),
        ],
        everything=everything,
        too_early=[each.reference for each in page.items if each.too_early],
        cards=[] if everything else [_card(request, person, each) for each in page.items],
        table=Table(table.caption, table.columns, table.rows, exports, caption_hidden=True, id="lines"),
        exports=exports,
        more=f"{address}?{'lines=all&' if everything else ''}after={page.next}" if page.next else None,
        first=address + ("?lines=all" if everything else "") if after else None,
    )


@router.get("/declarations/{declaration_id}/lines.{form}")
async def file(request: Request, declaration_id: UUID, form: str, person: Reader, referrals: Referrals) -> Response:
    """Every line with its reasons as CSV or XLSX."""
    declaration = await referrals.declaration(declaration_id)
    found: list[DeclarationLine] = []
    after: str | None = None
    while len(found) < MOST_IN_A_FILE:
        page = await referrals.declaration_lines(declaration_id, limit=200, after=after)
        found += page.items
        after = page.next
        if after is None:
            break
    name = f"{translate(request, N_('declaration'))}-{declaration.number}"
    return export(_table(request, found, with_reasons=True), form if form in ("csv", "xlsx") else "csv", name)


def _card(request: Request, person: Person, line: DeclarationLine) -> dict[str, Any]:
    """A rejected line: what it is, why it was rejected, what to do, and what is left on its allocation."""
    room = line.room
    formats = views(request).formats_for(request)
    journey = f"/access/referrals/{line.referral_id}" if line.referral_id and person.has(Role.ACCESS_WORKER) else None
    period = f"{formats.day_short(line.starts_on)} – {formats.day_short(line.ends_on)}"
    allocation = None
    if room is not None:
        until = formats.day_short(room.ends_on) if room.ends_on else translate(request, N_("no end date"))
        allocation = f"{formats.day_short(room.starts_on)} – {until}"
    return {
        "id": f"line-{line.line}",
        "line": line.line,
        "reference": line.reference,
        "product": product(line),
        "period": period,
        "volume": delivered(request, line),
        "cents": line.amount_cents,
        "credit": line.credit,
        "own_number": line.own_number,
        "reasons": [(*reason(request, each), each.code) for each in line.reasons],
        "number": line.allocation_number,
        "journey": journey,
        "allocation": allocation,
        "allocated": allocated(request, line),
        "left": left(request, line),
        "removed": room is not None and room.removed,
    }


def _table(request: Request, lines: list[DeclarationLine], *, with_reasons: bool = False) -> Table:
    rows = []
    for line in lines:
        granted = N_("Granted line") if line.granted else N_("Rejected line")
        cells: dict[str, Any] = {
            "reference": line.reference,
            "number": line.allocation_number,
            "own_number": line.own_number,
            "product": product(line),
            "from": line.starts_on,
            "until": line.ends_on,
            "volume": delivered(request, line),
            "amount": line.amount_cents,
            "result": translate(request, granted),
            "tone": "good" if line.granted else "bad",
            "codes": " ".join(each.code for each in line.reasons),
            "reasons": " ".join(reason(request, each)[0] for each in line.reasons),
            "right": " ".join(reason(request, each)[1] or "" for each in line.reasons).strip(),
            "left": left(request, line),
        }
        rows.append(Row(cells, warning=not line.granted))
    columns = [
        Column("reference", translate(request, N_("Reference of the line")), main=True),
        Column("number", translate(request, N_("Allocation number"))),
        Column("own_number", translate(request, N_("Own number of the client"))),
        Column("product", translate(request, N_("Product"))),
        Column("from", translate(request, N_("From")), kind="day"),
        Column("until", translate(request, N_("Until and including")), kind="day"),
        Column("volume", translate(request, N_("Delivered"))),
        Column("amount", translate(request, N_("Amount")), kind="euros"),
        Column("result", translate(request, N_("Result")), kind="raw"),
    ]
    if with_reasons:
        columns += [
            Column("codes", translate(request, N_("Codes of the standard"))),
            Column("reasons", translate(request, N_("Why"))),
            Column("right", translate(request, N_("What is right"))),
            Column("left", translate(request, N_("Left on the allocation"))),
        ]
    return Table(translate(request, N_("Lines of the declaration")), columns, rows, id="lines")
