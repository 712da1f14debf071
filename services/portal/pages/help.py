"""Help: how the portal works in a few words, and the glossary."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.portal.glossary import TERMS
from services.portal.i18n import N_
from services.portal.pages import NavigationItem
from services.portal.people import Visitor
from services.portal.views import render, translate

router = APIRouter()

NAVIGATION = (NavigationItem(N_("Help"), "/help", order=95),)


@router.get("/help")
async def help_page(request: Request, person: Visitor) -> HTMLResponse:
    """The glossary in the order of the reader's language."""
    terms = sorted(
        ((name, translate(request, term.term), translate(request, term.meaning)) for name, term in TERMS.items()),
        key=lambda entry: entry[1].casefold(),
    )
    return render(request, "pages/help.html", terms=terms)
