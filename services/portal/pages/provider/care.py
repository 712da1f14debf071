"""Care in progress: who gets help now, since when, and reporting that it ended or was interrupted."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.values import Role
from services.commissioning.client import CommissioningClient
from services.kit.problems import Invalid
from services.portal.care.agreed import Moments
from services.portal.care.clients import HELPERS, Commissioning, Referrals, Staff, names_of, page_of_helped
from services.portal.care.directory import Directory
from services.portal.care.forms import today
from services.portal.care.silence import SILENT
from services.portal.care.words import STATUS, TONES, extent
from services.portal.i18n import N_
from services.portal.lists import ListQuery
from services.portal.pages.provider.act_forms import choices, fields_of, where
from services.portal.pages.provider.selection import Answered, Selection
from services.portal.people import Person
from services.portal.views import render, translate
from services.referral.client import ReferralClient, ReferralOrder, ReferralView, Status

router = APIRouter()

RUNNING: Final = (Status.STARTED, Status.PAUSED)
PATH: Final = "/provider/care"
_ORDERS: Final = {"ends": ReferralOrder.ENDS}


def address(request: Request) -> str:
    """The address of the part of this list that is on screen."""
    return PATH + (f"?{place}" if (place := where(request)) else "")


def _query(request: Request, chosen: Selection) -> ListQuery:
    """What the list is narrowed down to, whatever the address of the act that shows it again."""
    found = ListQuery.of(request, filters=("product", "status", "order")).filters
    told = {"municipality": chosen.municipality, **found, "client": chosen.client}
    return ListQuery(PATH, filters={name: value for name, value in told.items() if value})


@router.get(PATH)
async def in_progress(
    request: Request, person: Staff, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """The list."""
    return await show(request, person, referrals, commissioning, Selection.of(request))


async def _found(
    request: Request, referrals: ReferralClient, query: ListQuery, one: list[ReferralView] | None
) -> tuple[list[ReferralView], str | None, bool]:
    """A page of the list, where the next one begins, and whether it is the first; of one client everything."""
    only, product = query.filters.get("status"), query.filters.get("product")
    wanted = [each for each in RUNNING if only in (None, each.value)]
    if one is not None:
        return [each for each in one if each.status in wanted and product in (None, _code(each))], None, True
    after = request.query_params.get("after")
    for place in (after, None) if after else (None,):
        try:
            page = await referrals.referrals(
                status=wanted,
                municipality=query.filters.get("municipality"),
                product_code=product,
                sort=_ORDERS.get(query.filters.get("order", ""), ReferralOrder.REQUESTED),
                limit=query.size,
                after=place,
            )
        except Invalid:
            continue
        if page.items:
            return page.items, page.next, place is None
    # Nobody fits; or the address is not one of ours; or who stood last on this page stands here no longer.
    return [], None, True


def _code(referral: ReferralView) -> str:
    return referral.assignment.product_code


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
    query = _query(request, chosen)
    one = await chosen.of_client(person, referrals)
    (shown, following, first), products, moments, codes = await asyncio.gather(
        _found(request, referrals, query, one),
        referrals.products(),
        Moments.of(request, referrals),
        referrals.municipalities(),
    )
    municipalities, clients = await asyncio.gather(
        Directory(request, commissioning).municipalities({*codes, *(each.municipality for each in shown)}),
        names_of(referrals, person, (each.client for each in shown), translate(request, SILENT)),
    )
    names = {each.product_code: each.name for each in products}

    def row(each: ReferralView) -> dict[str, Any]:
        return {
            **fields_of(each, moments),
            "client": clients.get(each.client, ""),
            "page": page_of_helped(each.client),
            "municipality": municipalities.get(each.municipality, each.municipality),
            "product": names.get(_code(each), _code(each)),
            "extent": extent(request, each.assignment),
            "phase": translate(request, STATUS[each.status]),
            "tone": TONES[each.status],
        }

    return render(
        request,
        "pages/provider/care.html",
        fragment="list",
        status=status,
        query=query,
        chosen=chosen,
        rows=[row(each) for each in shown],
        beginning=None if first else query.url(),
        following_page=query.url(after=following) if following else None,
        municipalities=sorted(municipalities.items(), key=lambda each: each[1]),
        products=sorted(names.items(), key=lambda each: each[1]),
        phases=[(each.value, translate(request, STATUS[each])) for each in RUNNING],
        choices=choices(request),
        answered=_pointed(answered, shown),
        may_ask=person.has(Role.PLANNER),
        sees_names=person.has(*HELPERS),
        where=where(request),
        everybody=query.url(client="") if one is not None else None,
        today=today(request),
        empty=translate(request, N_("Nobody gets help from you at the moment")),
    )


def _pointed(answered: Answered, shown: Sequence[ReferralView]) -> Answered:
    """The focus goes to a row that is there: the first, when the one that was to follow stands on another page."""
    known = [str(each.referral_id) for each in shown]
    if answered.following in ("", *known) or not known:
        return answered
    return replace(answered, following=known[0])
