"""The form of an act on a row of a provider's lists: loaded when it is opened, as a list of all of them is too long."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from contracts.values import Role
from services.kit.problems import NotFound
from services.portal.care.agreed import Moments
from services.portal.care.clients import Referrals, Staff, names_of
from services.portal.care.forms import today
from services.portal.care.words import DECLINES, NOT_BEGUN, STOPS, options
from services.portal.clients import new_key
from services.portal.i18n import N_
from services.portal.pages.provider.selection import Answered
from services.portal.views import is_fragment, render, translate
from services.referral.client import ReferralView, Status

router = APIRouter()

PLACES: Final = ("task", "page", "municipality", "client", "product", "status", "order", "after")
"""What says in an address which part of a list is on screen."""
_TITLES: Final[Mapping[str, str]] = {
    "decline": N_("Refuse"),
    "expect": N_("Not begun yet"),
    "start": N_("Report start"),
    "stop": N_("Report end"),
    "number": N_("Your own number"),
    "pass": N_("Not for us"),
}


def where(request: Request) -> str:
    """Which part of the list is on screen, as the part of an address behind the question mark."""
    return urlencode({name: value for name in PLACES if (value := request.query_params.get(name))})


def fields_of(referral: ReferralView, moments: Moments) -> dict[str, Any]:
    """What the forms of a row start from."""
    return {
        "id": str(referral.referral_id),
        "own_number": referral.own_number or "",
        "starts_on": referral.starts_on,
        "started_on": referral.started_on,
        "expected_on": referral.expected_on,
        "ends_on": referral.ends_on,
        "paused": referral.status is Status.PAUSED,
        "since": referral.stopped_on,
        "key": new_key(),
        **moments.row(referral),
    }


def choices(request: Request) -> dict[str, list[tuple[str, str]]]:
    """The reasons of each act, in words."""
    return {
        "decline": options(request, DECLINES, without=("no_answer",)),
        "expect": options(request, NOT_BEGUN),
        "stop": options(request, STOPS),
    }


@router.get("/provider/referrals/{referral_id}/{act}")
async def form_of(
    request: Request,
    referral_id: UUID,
    act: Literal["decline", "expect", "start", "stop", "number", "pass"],
    person: Staff,
    referrals: Referrals,
    origin: Annotated[Literal["worklist", "care"], Query(alias="list")] = "worklist",
    following: str = "",
) -> HTMLResponse:
    """The form alone, for the row that is opened; for others a page with it."""
    if act in ("decline", "pass") and not person.has(Role.PLANNER):
        raise NotFound()
    alone = not is_fragment(request)
    row: dict[str, Any] = {"id": str(referral_id), "key": new_key()}
    about: object = None
    if act != "pass":
        # What is offered to several names nobody, and is no journey of this provider yet.
        referral, moments = await asyncio.gather(referrals.referral(referral_id), Moments.of(request, referrals))
        row = fields_of(referral, moments)
        about = referral.own_number or referral.allocation_number
        if alone:
            about = (await names_of(referrals, person, [referral.client])).get(referral.client) or about
    place = where(request)
    return render(
        request,
        "pages/provider/act.html",
        fragment="form",
        act=act,
        title=translate(request, _TITLES[act]),
        about=about,
        row=row,
        where=place,
        list=origin,
        following=following,
        back=f"/provider/{origin}" + (f"?{place}" if place else ""),
        choices=choices(request),
        answered=Answered(),
        alone=alone,
        today=today(request),
    )
