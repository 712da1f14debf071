"""The accessibility statement (Besluit digitale toegankelijkheid overheid, article 4; model of DigiToegankelijk)."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.portal.people import Visitor
from services.portal.views import render

router = APIRouter()


@router.get("/accessibility")
async def accessibility(request: Request, person: Visitor) -> HTMLResponse:
    """How accessible the portal is, how that is checked, and where to report a barrier."""
    return render(request, "pages/accessibility.html")
