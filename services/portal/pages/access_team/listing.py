"""Every referral of the municipality: filter, order and page by the address, and keep as a file."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.kit.problems import Invalid, NotFound
from services.portal.care.clients import AccessWorker, Commissioning, Referrals, names_of
from services.portal.care.directory import Directory
from services.portal.care.forms import today
from services.portal.care.gather import FILE_ROWS, SORTED_ROWS, Gathered, gather
from services.portal.care.terms import last_day
from services.portal.care.words import OUTCOMES, STATUS, STOPS, TONES, options, said
from services.portal.components import Column, Row, Table
from services.portal.exports import export, formats
from services.portal.i18n import N_
from services.portal.lists import ListQuery, Pages
from services.portal.pages.access_team.worklist import KINDS
from services.portal.people import Person
from services.portal.views import render, translate
from services.referral.client import ReferralClient, ReferralView, Status, Task

router = APIRouter()

OPEN: Final = (Status.REQUESTED, Status.GRANTED, Status.ACCEPTED, Status.DECLINED)
WAITING: Final = "waiting"
"""What waits for the team: in the order of the worklist."""


def due_of(referral: ReferralView) -> date | None:
    """The last day to keep the promise that is open now, or to do what waits."""
    due = {
        Status.REQUESTED: referral.decision_due,
        Status.GRANTED: referral.accept_due,
        Status.ACCEPTED: referral.start_due,
    }.get(referral.status)
    if due is None and referral.task is not Task.PLACE:
        due = referral.task_due
    return last_day(due)


_SORTS: Final[Mapping[str, Callable[[ReferralView], Any]]] = {
    "requested": lambda each: each.requested_at,
    "due": due_of,
    "product": lambda each: each.assignment.product_code,
    "status": lambda each: list(Status).index(each.status),
    "number": lambda each: each.allocation_number,
}


def _query(request: Request) -> ListQuery:
    default = "due" if request.query_params.get("status") == WAITING else "-requested"
    return ListQuery.of(
        request, filters=("status", "product", "provider", "late"), sorts=tuple(_SORTS), default=default
    )


def _is_usual(query: ListQuery) -> bool:
    """Whether the service gives this order."""
    return (query.sort, query.descending) == (query.default_sort, query.default_descending)


async def _rows(query: ListQuery, referrals: ReferralClient, need: int) -> Gathered[ReferralView]:
    chosen = query.filters.get("status", "")
    statuses = OPEN if chosen == "open" else tuple(each for each in Status if each == chosen)
    waiting = KINDS if chosen == WAITING else ()
    try:
        found = await gather(
            lambda after, limit: referrals.referrals(
                status=statuses,
                tasks=waiting,
                provider=query.filters.get("provider"),
                product_code=query.filters.get("product"),
                escalated=bool(query.filters.get("late")),
                limit=limit,
                after=after,
            ),
            need,
        )
    except Invalid:
        return Gathered([], False)
    if _is_usual(query):
        return found
    return Gathered(ordered(found.rows, query.sort, query.descending), found.more)


def ordered(rows: Sequence[ReferralView], sort: str, descending: bool) -> list[ReferralView]:
    """The rows in another order; those without a value come last either way."""
    key = _SORTS[sort]
    with_value = [each for each in rows if key(each) is not None]
    without = [each for each in rows if key(each) is None]
    return sorted(with_value, key=key, reverse=descending) + without


def _table(
    request: Request,
    rows: Sequence[ReferralView],
    products: Mapping[str, str],
    providers: Mapping[str, str],
    clients: Mapping[Any, str] | None,
) -> Table:
    """The list for on screen; without ``clients`` the list for a file, in which nobody is named."""

    def label(text: str) -> str:
        return translate(request, text)

    columns = [
        Column("number", label(N_("Allocation")), sort="number", main=clients is None),
        Column("product", label(N_("Product")), sort="product"),
        Column("provider", label(N_("Provider"))),
        Column("status", label(N_("Status")), kind="text" if clients is None else "raw", sort="status"),
        Column("requested", label(N_("Requested")), kind="day", sort="requested"),
        Column("due", label(N_("Next term")), kind="day" if clients is None else "deadline", sort="due"),
    ]
    if clients is None:
        columns += [
            Column("starts", label(N_("First day")), kind="day"),
            Column("started", label(N_("Help began")), kind="day"),
            Column("stopped", label(N_("Help ended")), kind="day"),
            Column("reason", label(N_("Reason"))),
        ]
    else:
        columns.insert(0, Column("client", label(N_("Client")), main=True))
    found = []
    for each in rows:
        code = each.assignment.product_code
        cells: dict[str, Any] = {
            "number": each.allocation_number,
            "product": products.get(code, code),
            "provider": providers.get(each.provider, each.provider),
            "status": label(STATUS[each.status]),
            "tone": TONES[each.status],
            "requested": each.requested_at,
            "due": due_of(each),
            "starts": each.starts_on,
            "started": each.started_on,
            "stopped": each.stopped_on,
            "reason": said(request, OUTCOMES, each.reason) or said(request, STOPS, each.stop_reason),
        }
        if clients is not None:
            cells["client"] = clients.get(each.client) or label(N_("a resident"))
        found.append(Row(cells, url=f"/access/referrals/{each.referral_id}", warning=bool(each.escalated)))
    return Table(label(N_("Referrals")), columns, found, caption_hidden=True, id="referrals")


async def _known(
    request: Request, person: Person, referrals: ReferralClient, directory: Directory, rows: Sequence[ReferralView]
) -> tuple[dict[str, str], dict[str, str]]:
    """The names of the products and of the providers that may be chosen or are shown."""
    offered = await referrals.products(person.code, today(request))
    names = await directory.providers(each.provider for each in rows)
    return {each.product_code: each.name for each in offered}, names


@router.get("/access/referrals")
async def listing(
    request: Request, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """A page of the list. In the usual order it asks no more of the service than it shows."""
    query = _query(request)
    usual = _is_usual(query)
    found = await _rows(query, referrals, query.offset + query.size + 1 if usual else SORTED_ROWS)
    shown = found.rows[query.offset : query.offset + query.size]
    directory = Directory(request, commissioning)
    (products, providers), clients, everyone = await asyncio.gather(
        _known(request, person, referrals, directory, shown),
        names_of(referrals, person, (each.client for each in shown)),
        commissioning.providers(limit=200),
    )
    kept = urlencode([*query.filters.items(), ("sort", ("-" if query.descending else "") + query.sort)])
    table = _table(request, shown, products, providers, clients)
    exports = {form.upper(): f"/access/export/{form}?{kept}" for form in formats()}
    return render(
        request,
        "pages/access_team/listing.html",
        query=query,
        table=replace(table, exports=exports),
        pages=Pages(query, len(found.rows), found.more),
        cut=found.more and not usual,
        most=len(found.rows),
        statuses=[
            (WAITING, translate(request, N_("Everything that waits for you"))),
            ("open", translate(request, N_("Everything that is open"))),
            *options(request, STATUS),
        ],
        products=sorted(products.items(), key=lambda each: each[1]),
        providers=[(each.agb, each.name) for each in everyone.items],
    )


@router.get("/access/export/{form}")
async def file(
    request: Request, form: str, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """The list with its filters and order as a file. Names stay behind: a file travels."""
    if form not in formats():
        raise NotFound()
    found = await _rows(_query(request), referrals, FILE_ROWS)
    directory = Directory(request, commissioning)
    products, providers = await _known(request, person, referrals, directory, found.rows)
    table = _table(request, found.rows, products, providers, None)
    return export(table, form, translate(request, N_("referrals")))
