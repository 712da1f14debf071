"""Providers with the room they say they have: who can take a client, and how long a client waits."""

import asyncio
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.commissioning.client import AgreementStatus, Capacity
from services.portal.components import Column, Row, Table
from services.portal.directing.names import Names, names
from services.portal.directing.people import Commissioning, Director
from services.portal.directing.speech import Speech, speech
from services.portal.exports import export
from services.portal.lists import ListQuery
from services.portal.views import render

router = APIRouter()

OLD = timedelta(days=31)
"""A statement about room that is older than this says little."""
SORTS = ("provider", "product", "places", "free", "wait", "stated")


def _query(request: Request) -> ListQuery:
    return ListQuery.of(request, filters=("product", "room"), sorts=SORTS, default="wait")


async def _rows(
    request: Request, commissioning: Commissioning, query: ListQuery
) -> tuple[list[Row], dict[str, str], Names]:
    known, capacities, agreements = await asyncio.gather(
        names(request, commissioning),
        commissioning.capacities(),
        commissioning.agreements(status=AgreementStatus.CONCLUDED, limit=200),
    )
    products = {product.product_code: product.name for each in agreements.items for product in each.products}
    under = {
        (each.provider, product.product_code): f"/manager/agreements/{each.agreement_id}"
        for each in agreements.items
        for product in each.products
    }
    now = request.app.state.now()
    rows = [
        Row(_cells(each, known, products, now - each.stated_at > OLD), under.get((each.provider, each.product_code)))
        for each in capacities
    ]
    words = query.search.casefold()
    shown = [
        row
        for row in rows
        if words in f"{row.cells['provider']} {row.cells['product']}".casefold()
        and query.filters.get("product") in (None, row.cells["code"])
        and (query.filters.get("room") != "free" or row.cells["free"] > 0)
    ]
    shown.sort(key=lambda row: row.cells[query.sort], reverse=query.descending)
    return shown, dict(sorted(products.items(), key=lambda item: item[1])), known


def _cells(each: Capacity, known: Names, products: dict[str, str], is_old: bool) -> dict[str, Any]:
    return {
        "provider": known.provider(each.provider),
        "product": products.get(each.product_code, each.product_code),
        "code": each.product_code,
        "places": each.places,
        "free": each.free,
        "wait": each.wait_days,
        "stated": each.stated_at,
        "old": is_old,
    }


def _table(_: Speech, rows: list[Row], kind: Any) -> Table:
    columns = [
        Column("provider", _("Provider"), sort="provider", main=True),
        Column("product", _("Product"), sort="product"),
        Column("places", _("Places"), "number", sort="places"),
        Column("free", _("Free"), "number", sort="free"),
        Column("wait", _("Waiting time (days)"), "number", sort="wait"),
        Column("stated", _("Stated on"), kind, sort="stated"),
    ]
    return Table(_("Providers and their room"), columns, rows, caption_hidden=True)


@router.get("/manager/providers")
async def listing(request: Request, person: Director, commissioning: Commissioning) -> HTMLResponse:
    """Who has room for what, shortest wait first."""
    _, query = speech(request), _query(request)
    rows, products, _known = await _rows(request, commissioning, query)
    query_text = f"?{request.url.query}" if request.url.query else ""
    return render(
        request,
        "pages/contract_manager/providers.html",
        table=_table(_, rows, "raw"),
        query=query,
        products=list(products.items()),
        files={form.upper(): f"/manager/providers.{form}{query_text}" for form in ("csv", "xlsx")},
    )


@router.get("/manager/providers.{form}")
async def file(request: Request, form: str, person: Director, commissioning: Commissioning) -> Response:
    """The same as a file."""
    _ = speech(request)
    rows, _products, _known = await _rows(request, commissioning, _query(request))
    return export(_table(_, rows, "day"), form if form in ("csv", "xlsx") else "csv", _("providers"))
