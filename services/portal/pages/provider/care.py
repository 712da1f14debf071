"""Care in progress: who gets help now, since when, and reporting that it ended or was interrupted."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.values import Role
from services.commissioning.client import CommissioningClient
from services.portal.care.agreed import Moments
from services.portal.care.clients import HELPERS, Commissioning, Referrals, Staff, names_of, page_of_helped
from services.portal.care.directory import Directory
from services.portal.care.forms import today
from services.portal.care.gather import Gathered, gather
from services.portal.care.silence import SILENT
from services.portal.care.words import STATUS, STOPS, TONES, extent, options
from services.portal.clients import new_key
from services.portal.i18n import N_
from services.portal.lists import ListQuery, Pages
from services.portal.pages.provider.selection import Answered, Selection
from services.portal.people import Person
from services.portal.views import render, translate
from services.referral.client import ReferralClient, ReferralView, Status

router = APIRouter()

RUNNING: Final = (Status.STARTED, Status.PAUSED)


def address(chosen: Selection) -> str:
    """The address of this list for one municipality or one client, or all."""
    return "/provider/care" + (f"?{narrowed}" if (narrowed := where(chosen)) else "")


def where(chosen: Selection) -> str:
    """The part of that address behind the question mark."""
    values = {"municipality": chosen.municipality, "client": chosen.client}
    return urlencode({name: value for name, value in values.items() if value})


@router.get("/provider/care")
async def in_progress(
    request: Request, person: Staff, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """The list."""
    return await show(request, person, referrals, commissioning, Selection.of(request))


async def _found(
    referrals: ReferralClient, chosen: Selection, wanted: Sequence[Status], need: int
) -> Gathered[ReferralView]:
    return await gather(
        lambda after, limit: referrals.referrals(
            status=list(wanted), municipality=chosen.municipality or None, limit=limit, after=after
        ),
        need,
    )


async def _given(rows: list[ReferralView]) -> Gathered[ReferralView]:
    return Gathered(rows, more=False)


async def show(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    commissioning: CommissioningClient,
    chosen: Selection,
    *,
    answered: Answered | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The page, or the list alone when it changed."""
    answered = answered or Answered()
    query = ListQuery.of(request, filters=("municipality", "status", "client"))
    query = ListQuery(path="/provider/care", filters=query.filters, page=query.page, size=query.size)
    only = query.filters.get("status")
    wanted = [each for each in RUNNING if only in (None, each.value)]
    one = await chosen.of_client(person, referrals)
    found, products, moments = await asyncio.gather(
        _found(referrals, chosen, wanted, query.offset + query.size + 1)
        if one is None
        else _given([each for each in one if each.status in wanted]),
        referrals.products(),
        Moments.of(request, referrals),
    )
    shown = found.rows[query.offset : query.offset + query.size]
    codes = {each.municipality for each in found.rows} | ({chosen.municipality} - {""})
    municipalities, clients = await asyncio.gather(
        Directory(request, commissioning).municipalities(codes),
        names_of(referrals, person, (each.client for each in shown), translate(request, SILENT)),
    )
    names = {each.product_code: each.name for each in products}

    def row(each: ReferralView) -> dict[str, Any]:
        code = each.assignment.product_code
        return {
            "id": str(each.referral_id),
            "own_number": each.own_number or "",
            "client": clients.get(each.client, ""),
            "page": page_of_helped(each.client),
            "municipality": municipalities.get(each.municipality, each.municipality),
            "product": names.get(code, code),
            "extent": extent(request, each.assignment),
            "started_on": each.started_on,
            "ends_on": each.ends_on,
            "paused": each.status is Status.PAUSED,
            "since": each.stopped_on,
            "phase": translate(request, STATUS[each.status]),
            "tone": TONES[each.status],
            "key": new_key(),
            **moments.row(each),
        }

    return render(
        request,
        "pages/provider/care.html",
        fragment="list",
        status=status,
        query=query,
        chosen=chosen,
        rows=[row(each) for each in shown],
        pages=Pages(query, len(found.rows)),
        more=found.more,
        municipalities=sorted(municipalities.items(), key=lambda each: each[1]),
        phases=[(each.value, translate(request, STATUS[each])) for each in RUNNING],
        reasons=options(request, STOPS),
        answered=answered,
        may_ask=person.has(Role.PLANNER),
        sees_names=person.has(*HELPERS),
        where=where(chosen),
        everybody=address(replace(chosen, client="")) if one is not None else None,
        today=today(request),
        empty=translate(request, N_("Nobody gets help from you at the moment")),
    )
