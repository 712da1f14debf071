"""Find a resident by citizen number or own reference."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.portal.care.clients import AccessWorker, Referrals
from services.portal.care.finding import Search
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.chain.relations import page_of

router = APIRouter()

SEARCH: Final = Search(
    address="/access/clients",
    page=page_of,
    back="/access/worklist",
    title=N_("Find a resident"),
    lead=N_("You go straight to the page of the resident. Each look is recorded."),
    label=N_("Citizen number (BSN) or your own reference"),
    needed=N_("Type a citizen number (BSN) or your own reference."),
    nobody=N_("No resident of your municipality has this number. Check the number."),
    next_step=(N_("Is this somebody new?"), N_("Refer someone"), "/access/refer"),
)


@router.get(SEARCH.address)
async def empty(request: Request, person: AccessWorker) -> HTMLResponse:
    """The form by itself."""
    return SEARCH.show(request, Form())


@router.post(SEARCH.address)
async def find(request: Request, person: AccessWorker, referrals: Referrals) -> Response:
    """To the page of who was found; otherwise the form again, with what to do."""
    return await SEARCH.answer(request, referrals)
