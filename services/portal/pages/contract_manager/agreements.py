"""Agreements: the list, and one agreement with its terms, its budget, how its care goes, and signing it."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.commissioning.client import AgreementStatus
from services.kit.problems import NotFound
from services.portal.charts import charts
from services.portal.directing import overview
from services.portal.directing.budget import run_rate
from services.portal.directing.names import names
from services.portal.directing.people import COMMISSIONING, Commissioning, Director, Monitoring
from services.portal.directing.reconciling import reconciled
from services.portal.directing.sending import send
from services.portal.directing.speech import speech
from services.portal.exports import download, export
from services.portal.formats import Formats
from services.portal.forms import Form
from services.portal.pages.contract_manager import home
from services.portal.pages.contract_manager.agreement_page import asked_year, page
from services.portal.views import flash, render

router = APIRouter()


@router.get("/manager/agreements")
async def listing(request: Request, person: Director, commissioning: Commissioning) -> HTMLResponse:
    """Every agreement in a year, and those that wait for a signature."""
    _, now, query = speech(request), request.app.state.now(), home.query_of(request)
    today = Formats.local(now).date()
    known, rooms, drafted = await asyncio.gather(
        names(request, commissioning),
        commissioning.spending_rooms(year=asked_year(request, today)),
        commissioning.agreements(status=AgreementStatus.DRAFTED, limit=200),
    )
    shown = overview.chosen(rooms.items, query, known)
    years = [(str(today.year + ahead), today.year + ahead == rooms.year) for ahead in (-1, 0, 1)]
    return render(
        request,
        "pages/contract_manager/agreements.html",
        table=overview.Overview(_, known, now).table(shown),
        query=query,
        found=len(shown),
        rooms=len(rooms.items),
        members=known.members(person.party),
        files=home.files_of(request),
        years=[(year, query.url(year="" if int(year) == today.year else year), current) for year, current in years],
        drafted=[(each, known.provider(each.provider)) for each in drafted.items],
        may_import=person.has(*COMMISSIONING),
    )


@router.get("/manager/agreements/{agreement_id}")
async def one(
    request: Request, agreement_id: UUID, person: Director, commissioning: Commissioning, monitoring: Monitoring
) -> HTMLResponse:
    """One agreement."""
    return await page(request, agreement_id, person, commissioning, monitoring, Form())


@router.post("/manager/agreements/{agreement_id}/sign")
async def sign(
    request: Request, agreement_id: UUID, person: Director, commissioning: Commissioning, monitoring: Monitoring
) -> Response:
    """Sign for the own side."""
    form = await Form.read(request)
    signed = await send(request, form, lambda key: commissioning.sign_agreement(agreement_id, key))
    if signed is None:
        return await page(request, agreement_id, person, commissioning, monitoring, form, 422)
    _ = speech(request)
    if signed.status is AgreementStatus.CONCLUDED:
        flash(request, _("Signed. Both sides have signed: the agreement holds."))
    else:
        flash(request, _("Signed. The agreement now waits for the provider."))
    return RedirectResponse(f"/manager/agreements/{agreement_id}", status_code=303)


@router.get("/manager/agreements/{agreement_id}/budget/{year}.{form}")
async def budget_file(
    request: Request, agreement_id: UUID, year: int, form: str, person: Director, commissioning: Commissioning
) -> Response:
    """The budget of one agreement in a year as CSV, XLSX or PNG."""
    _, today = speech(request), Formats.local(request.app.state.now()).date()
    room = await commissioning.spending_room(agreement_id, year)
    chart = await run_rate(request, _, [room], year, today, title=_("Budget in %(year)s", year=year), base="")
    if chart is None or chart.table is None:
        raise NotFound()
    name = "-".join((_("budget"), room.reference or room.provider, str(year)))
    if form == "png":
        return download(await charts(request).png(chart), "image/png", f"{name}.png")
    return export(chart.table, form if form in ("csv", "xlsx") else "csv", name)


@router.get("/manager/agreements/{agreement_id}/reconciliation/{year}.{form}")
async def reconciliation_file(
    request: Request, agreement_id: UUID, year: int, form: str, person: Director, commissioning: Commissioning
) -> Response:
    """What was reserved and spent per month and municipality as CSV, XLSX or PNG."""
    _, known = speech(request), await names(request, commissioning)
    found = await commissioning.reconciliation(agreement_id, year)
    chart = await reconciled(request, _, found, known.municipality, base=None)
    if chart is None or chart.table is None:
        raise NotFound()
    name = "-".join((_("reconciliation"), str(agreement_id)[:8], str(year)))
    if form == "png":
        return download(await charts(request).png(chart), "image/png", f"{name}.png")
    return export(chart.table, form if form in ("csv", "xlsx") else "csv", name)
