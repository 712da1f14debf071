"""For who builds on Samenspel: where the APIs are, how to get a token, and how to follow events."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.portal.i18n import N_
from services.portal.people import Visitor
from services.portal.views import render

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Api:
    """A service: its name in addresses, and what it is for."""

    name: str
    purpose: str


APIS: Final = (
    Api("council", N_("Frames, moments, views, questions and letters, and the published figures of a council.")),
    Api("commissioning", N_("Regions and providers, stories, commissions, applications, agreements and budget room.")),
    Api("referral", N_("Requests for help, allocations, start and stop, and the messages of iWmo and iJw.")),
    Api("monitoring", N_("Reporting rounds, results, and live and published figures with their reliability.")),
)


@router.get("/developers")
async def developers(request: Request, person: Visitor) -> HTMLResponse:
    """Addresses are shown where they lead somewhere for the reader: in a demonstration on this machine."""
    settings = request.app.state.settings
    here = settings.demo_people_file is not None
    addresses = {api.name: getattr(settings, f"{api.name}_url") if here else None for api in APIS}
    return render(
        request,
        "pages/developers.html",
        apis=[(api, addresses[api.name]) for api in APIS],
        example=addresses["council"] or "https://council.example",
        issuer=settings.oidc_issuer,
    )
