"""The free places of a provider, edited where they stand."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.commissioning.client import Capacity, CommissioningClient
from services.kit.problems import Problem
from services.portal.care.clients import STATERS, Commissioning, Referrals, Stater
from services.portal.care.forms import compact, key_of, number, require, take, with_key
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.people import Person
from services.portal.views import flash, is_fragment, render, translate
from services.referral.client import ReferralClient

router = APIRouter()

FIELDS: Final = {"/places": "places", "/free": "free", "/waitDays": "wait_days", "/productCode": ""}
_NEEDED: Final = (
    ("places", N_("Give how many places you have.")),
    ("free", N_("Give how many places are free.")),
    ("wait_days", N_("Give how many days somebody waits.")),
)


@dataclass(frozen=True, slots=True)
class Places:
    """What the provider said about its places per product; one of them may be open for editing."""

    names: dict[str, str]
    rows: list[dict[str, Any]]
    edit: str
    form: Form
    allowed: bool

    @classmethod
    async def of(
        cls,
        request: Request,
        person: Person,
        referrals: ReferralClient,
        commissioning: CommissioningClient,
        edit: str = "",
        form: Form | None = None,
    ) -> "Places":
        """Ask the services. ``form`` is what was filled in and came back."""
        products, stated = await asyncio.gather(referrals.products(), commissioning.capacities(provider=person.code))
        names = {each.product_code: each.name for each in products}
        by_code = {each.product_code: each for each in stated}
        rows = [{"code": code, "name": name, "stated": by_code.get(code)} for code, name in sorted(names.items())]
        if form is None:
            known = by_code.get(edit)
            values = {"places": known.places, "free": known.free, "wait_days": known.wait_days} if known else {}
            form = Form.of(values)
        return cls(names, rows, edit if edit in names else "", with_key(form), person.has(*STATERS))


@router.get("/provider/places")
async def part(
    request: Request, person: Stater, referrals: Referrals, commissioning: Commissioning, edit: str = ""
) -> Response:
    """The places alone, for a page that is on screen already; others get the worklist they stand on."""
    if not is_fragment(request):
        return RedirectResponse(f"/provider/worklist?edit={edit}#places", status_code=303)
    places = await Places.of(request, person, referrals, commissioning, edit)
    return render(request, "pages/provider/places.html", places=places, said="")


@router.post("/provider/places")
async def state(request: Request, person: Stater, referrals: Referrals, commissioning: Commissioning) -> Response:
    """State places, room and wait for one product."""
    form = await Form.read(request)
    require(request, form, _NEEDED)
    code = form.value("product")
    if form.is_valid:
        body = compact(
            {
                "productCode": code,
                "places": number(form.value("places")),
                "free": number(form.value("free")),
                "waitDays": number(form.value("wait_days")),
            }
        )
        try:
            await commissioning.post(Capacity, "/capacities", body, idempotency_key=key_of(form))
        except Problem as problem:
            take(request, form, problem, FIELDS)
        else:
            said = translate(request, N_("Your places were kept. Access teams see them within a minute."))
            if not is_fragment(request):
                flash(request, said)
                return RedirectResponse("/provider/worklist#places", status_code=303)
            places = await Places.of(request, person, referrals, commissioning)
            return render(request, "pages/provider/places.html", places=places, said=said)
    places = await Places.of(request, person, referrals, commissioning, code, form)
    template = "pages/provider/places.html" if is_fragment(request) else "pages/provider/places_page.html"
    return render(request, template, status=422, places=places, said="")
