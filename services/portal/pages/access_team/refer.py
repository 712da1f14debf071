"""Refer someone: what help, who has room, for whom. One form; nothing that was filled in is ever lost."""

import asyncio
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.events.commissioning import Unit
from contracts.events.referral import Referrer
from services.kit.problems import Problem
from services.portal.care.clients import AccessWorker, Referrals
from services.portal.care.forms import compact, key_of, require, take, today, volume, with_key
from services.portal.care.persons import PERSON_FIELDS, PERSON_WORDS, check_person, person_choices, person_of
from services.portal.care.words import FREQUENCIES, REFERRER_RULES, REFERRERS, options, units
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.access_team.places import Wishes, choices, day, distances, orders
from services.portal.people import Person
from services.portal.views import flash, render, translate
from services.referral.client import ReferralClient, ReferralState, Status

router = APIRouter()

FIELDS: Final = {
    **PERSON_FIELDS,
    "/productCode": "product",
    "/desiredStart": "start",
    "/desiredEnd": "end",
    "/provider": "provider",
    "/volume": "volume",
    "/frequency": "frequency",
    "/referrer": "referrer",
    "/referrerCode": "referrer_code",
    "/referrerName": "referrer_name",
    "/orderedOn": "ordered_on",
}
_NEEDED: Final = (
    ("product", N_("Choose the help that is needed.")),
    ("start", N_("Give the day on which the help should begin.")),
    ("provider", N_("Choose a provider. With 'Show who has room' you see who can take it.")),
    ("volume", N_("Give how much help is needed.")),
    ("frequency", N_("Choose per what the help is counted.")),
    ("referrer", N_("Choose who pointed the way.")),
)


@router.get("/access/refer")
async def empty(request: Request, person: AccessWorker, referrals: Referrals, product: str = "") -> HTMLResponse:
    """The empty form; ``product`` may be chosen already."""
    form = Form.of({"product": product, "start": today(request), "frequency": "week", "referrer": "municipality"})
    return await _show(request, person, referrals, form)


@router.post("/access/refer/candidates")
async def candidates(request: Request, person: AccessWorker, referrals: Referrals) -> HTMLResponse:
    """The same form with who has room for the product. A POST, since it may carry data of a person."""
    return await _show(request, person, referrals, await Form.read(request), fragment="candidates")


@router.post("/access/refer")
async def refer(request: Request, person: AccessWorker, referrals: Referrals) -> Response:
    """Ask for the allocation. What is wrong stands beside its field; the rest stays as it was."""
    form = await Form.read(request)
    require(request, form, _NEEDED)
    check_person(request, form, whole=True)
    if form.is_valid:
        unit = await _unit_of(person, referrals, form.value("product"), day(form.value("start")) or today(request))
        body = compact(
            {
                "municipality": person.code,
                "provider": form.value("provider"),
                "person": person_of(form),
                "productCode": form.value("product"),
                "volume": volume(form.value("volume"), unit),
                "frequency": form.value("frequency"),
                "byEffort": True if form.value("by_effort") else None,
                "referrer": form.value("referrer"),
                **_pointed(form),
                "desiredStart": form.value("start"),
                "desiredEnd": form.value("end"),
                "crisis": form.value("crisis") == "yes" or None,
            }
        )
        try:
            state = await referrals.post(ReferralState, "/referrals", body, idempotency_key=key_of(form))
        except Problem as problem:
            take(request, form, problem, FIELDS, PERSON_WORDS)
        else:
            flash(request, translate(request, _told(form, state)))
            return RedirectResponse(f"/access/referrals/{state.referral_id}", status_code=303)
    return await _show(request, person, referrals, form, status=422)


async def _unit_of(person: Person, referrals: ReferralClient, product: str, on: date) -> Unit | None:
    """What the product is counted in under the agreements of a day."""
    found = (each.unit for each in await referrals.products(person.code, on) if each.product_code == product)
    return next((Unit(each) for each in found), None)


def _pointed(form: Form) -> dict[str, str]:
    """Who exactly pointed the way. What is not on screen for this kind of referrer is left out."""
    kind = form.value("referrer")
    own = kind in (Referrer.MUNICIPALITY, Referrer.NONE)
    return {
        "referrerCode": "" if own or kind == Referrer.COURT else form.value("referrer_code"),
        "referrerName": "" if own else form.value("referrer_name"),
        "orderedOn": form.value("ordered_on") if kind in (Referrer.COURT, Referrer.CERTIFIED_INSTITUTION) else "",
    }


def _told(form: Form, state: ReferralState) -> str:
    """What became of the request, as a marked sentence."""
    if form.value("crisis") != "yes":
        return N_("The request is in. Decide about it, or leave that to a colleague.")
    if state.status is Status.GRANTED:
        return N_("Crisis: allocated at once. The provider answers within hours; the help may begin now.")
    return N_("Crisis: the request is in. The dossier lacks something for the allocation. Decide within hours.")


async def _show(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    form: Form,
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HTMLResponse:
    product, start, wishes = form.value("product"), day(form.value("start")), Wishes.of(form)
    products, providers = await asyncio.gather(
        referrals.products(person.code, start or today(request)),
        choices(request, person, referrals, product, start, wishes=wishes),
    )
    unit = next((Unit(each.unit) for each in products if each.product_code == product), None)
    if len(providers) == 1:
        form.values.setdefault("provider", providers[0].code)
    return render(
        request,
        "pages/access_team/refer.html",
        fragment=fragment,
        status=status,
        form=with_key(form),
        products=[(each.product_code, each.name) for each in products],
        unit=units(request, unit, 2) if unit else None,
        in_pieces=unit is Unit.PIECE,
        providers=providers,
        narrow=wishes.narrow,
        orders=orders(request),
        distances=distances(request),
        frequencies=options(request, FREQUENCIES),
        referrers=options(request, REFERRERS),
        referrer_rules=options(request, REFERRER_RULES),
        about=person_choices(request),
    )
