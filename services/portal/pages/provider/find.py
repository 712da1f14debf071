"""A provider finds a client whom it helps or helped, by citizen number, own number or the number of an allocation."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.portal.care.clients import Carer, Referrals, page_of_helped
from services.portal.care.finding import Search
from services.portal.forms import Form
from services.portal.i18n import N_

router = APIRouter()

SEARCH: Final = Search(
    address="/provider/clients",
    page=page_of_helped,
    back="/provider/worklist",
    title=N_("Find a client"),
    lead=N_("You find who gets help from you, who got it before, and who was asked of you. Each look is recorded."),
    label=N_("Citizen number (BSN), your own number or an allocation number"),
    needed=N_("Type a citizen number (BSN), your own number or an allocation number."),
    nobody=N_("You have no client with this number. Check the number. You find only your own clients here."),
)


@router.get(SEARCH.address)
async def empty(request: Request, person: Carer) -> HTMLResponse:
    """The form by itself."""
    return SEARCH.show(request, Form())


@router.post(SEARCH.address)
async def find(request: Request, person: Carer, referrals: Referrals) -> Response:
    """To the page of who was found, to choose from several, or the form again."""
    return await SEARCH.answer(request, referrals)
