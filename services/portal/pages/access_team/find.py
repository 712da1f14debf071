"""Find a resident by citizen number or own reference. What is typed is posted, never part of an address."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.kit.problems import NotFound, Problem
from services.portal.care.clients import AccessWorker, Referrals
from services.portal.care.forms import require, take
from services.portal.clients import new_key
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.chain.relations import page_of
from services.portal.views import render, translate

router = APIRouter()

_WORDS: Final = {"/number": N_("This is not a citizen number (BSN). It has nine digits; check them.")}


@router.get("/access/clients")
async def empty(request: Request, person: AccessWorker) -> HTMLResponse:
    """The form by itself."""
    return _show(request, Form())


@router.post("/access/clients")
async def find(request: Request, person: AccessWorker, referrals: Referrals) -> Response:
    """To the page of who was found; otherwise the form again, with what to do."""
    form = await Form.read(request)
    require(request, form, [("number", N_("Type a citizen number (BSN) or your own reference."))])
    if len(form.value("number")) > 40:
        form.wrong("number", translate(request, N_("This is too long for a citizen number or a reference.")))
    if not form.is_valid:
        return _show(request, form, 422)
    try:
        # Who goes back in the browser looks for somebody else with the same form, so no key comes with the form.
        found = await referrals.find_client(form.value("number"), idempotency_key=new_key())
    except NotFound:
        return _show(request, form, nothing=True)
    except Problem as problem:
        take(request, form, problem, {"/number": "number"}, _WORDS)
        return _show(request, form, 422)
    return RedirectResponse(page_of(found.client), status_code=303)


def _show(request: Request, form: Form, status: int = 200, *, nothing: bool = False) -> HTMLResponse:
    return render(request, "pages/access_team/find.html", status=status, form=form, nothing=nothing)
