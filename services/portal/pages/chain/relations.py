"""Who stands around a client: add, change and end a relation."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.kit.problems import NotFound, Problem
from services.portal.care.clients import AccessWorker, Referrals
from services.portal.care.forms import compact, key_of, number, once, require, take, with_key
from services.portal.care.persons import check_person, fields_at, filled, person_choices, person_of, words_at
from services.portal.care.words import options
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.views import flash, render, translate
from services.referral.client import ReferralClient, RelationKind, RelationView

router = APIRouter()

KINDS: Final[Mapping[str, str]] = {
    RelationKind.PARENT: N_("Parent"),
    RelationKind.GUARDIAN: N_("Guardian"),
    RelationKind.FOSTER_PARENT: N_("Foster parent"),
    RelationKind.PARTNER: N_("Partner or spouse"),
    RelationKind.CHILD: N_("Son or daughter"),
    RelationKind.HOUSEHOLD_MEMBER: N_("Member of the household"),
    RelationKind.RELATIVE: N_("Other family"),
    RelationKind.FRIEND: N_("Friend or acquaintance"),
    RelationKind.NEIGHBOUR: N_("Neighbour"),
    RelationKind.MENTOR: N_("Mentor (appointed by a court)"),
    RelationKind.ADMINISTRATOR: N_("Administrator of goods (appointed by a court)"),
    RelationKind.CURATOR: N_("Curator (appointed by a court)"),
    RelationKind.FINANCIAL_PROXY: N_("Proxy for money matters"),
    RelationKind.FINANCIAL_SUPERVISOR: N_("Supervisor of money matters"),
    RelationKind.CLIENT_SUPPORTER: N_("Client supporter"),
    RelationKind.NEIGHBOURHOOD_COACH: N_("Neighbourhood coach"),
    RelationKind.GENERAL_PRACTITIONER: N_("GP"),
    RelationKind.SPECIALIST: N_("Specialist"),
    RelationKind.CARE_WORKER: N_("Care worker"),
    RelationKind.LIVING_GROUP: N_("Living group"),
    RelationKind.EMPLOYER: N_("Employer"),
    RelationKind.HEIRS: N_("Heirs"),
    RelationKind.OTHER: N_("Somebody else"),
}
"""What somebody is to the client (COD472)."""

_FIELDS: Final = {
    **fields_at("/relation"),
    "/relation/kind": "kind",
    "/relation/authority": "authority",
    "/relation/contact": "contact",
    "/relation/order": "order",
    "/relation/organisation": "organisation",
}
_WORDS: Final = {
    **words_at("/relation"),
    "/relation/order": N_("Give a number from 1 to 99. Number 1 is called first."),
}


def page_of(client: UUID) -> str:
    """The page of a client of the own municipality."""
    return f"/access/clients/{client}"


@router.get("/access/clients/{client}/relations/new")
async def empty(request: Request, client: UUID, person: AccessWorker, referrals: Referrals) -> HTMLResponse:
    """The empty form."""
    return await _show(request, referrals, client, Form.of({"contact": "yes"}))


@router.post("/access/clients/{client}/relations/new")
async def add(request: Request, client: UUID, person: AccessWorker, referrals: Referrals) -> Response:
    """Record somebody; the page of the client follows."""
    form = await Form.read(request)
    _require(request, form)
    if form.is_valid:
        try:
            body = _relation(form, {})
            await once(lambda: referrals.add_relation(client, body, idempotency_key=key_of(form)))
        except Problem as problem:
            take(request, form, problem, _FIELDS, _WORDS)
        else:
            flash(request, translate(request, N_("Recorded. The next allocation names this relation where needed.")))
            return RedirectResponse(page_of(client), status_code=303)
    return await _show(request, referrals, client, form, status=422)


@router.get("/access/clients/{client}/relations/{number}")
async def form_of(
    request: Request, client: UUID, number: int, person: AccessWorker, referrals: Referrals
) -> HTMLResponse:
    """The form, filled with what is known."""
    found = await _relation_of(referrals, client, number)
    return await _show(request, referrals, client, _filled(found), found)


@router.post("/access/clients/{client}/relations/{number}")
async def change(request: Request, client: UUID, number: int, person: AccessWorker, referrals: Referrals) -> Response:
    """Replace what is known; the number stays."""
    form = await Form.read(request)
    found = await _relation_of(referrals, client, number)
    _require(request, form)
    if form.is_valid:
        known = found.relation.model_dump(mode="json", by_alias=True, exclude_none=True)
        try:
            body = _relation(form, known)
            await once(lambda: referrals.change_relation(client, number, body, idempotency_key=key_of(form)))
        except Problem as problem:
            take(request, form, problem, _FIELDS, _WORDS)
        else:
            flash(request, translate(request, N_("Changed. The next allocation tells the provider.")))
            return RedirectResponse(page_of(client), status_code=303)
    return await _show(request, referrals, client, form, found, status=422)


@router.get("/access/clients/{client}/relations/{number}/end")
async def question(
    request: Request, client: UUID, number: int, person: AccessWorker, referrals: Referrals
) -> HTMLResponse:
    """Ask whether it is meant."""
    return _ask(request, client, await _relation_of(referrals, client, number), Form())


@router.post("/access/clients/{client}/relations/{number}/end")
async def end(request: Request, client: UUID, number: int, person: AccessWorker, referrals: Referrals) -> Response:
    """They stand around the client no longer."""
    form = await Form.read(request)
    try:
        await once(lambda: referrals.end_relation(client, number, idempotency_key=key_of(form)))
    except Problem as problem:
        take(request, form, problem, {})
        return _ask(request, client, await _relation_of(referrals, client, number), form, 422)
    flash(request, translate(request, N_("Ended. The next allocation does not name this relation any more.")))
    return RedirectResponse(page_of(client), status_code=303)


async def _relation_of(referrals: ReferralClient, client: UUID, number: int) -> RelationView:
    for each in (await referrals.relations(client)).relations:
        if each.number == number and each.ended_at is None:
            return each
    raise NotFound()


def _require(request: Request, form: Form) -> None:
    check_person(request, form)
    require(request, form, [("kind", N_("Choose what this person or organisation is to the resident."))])
    if not form.value("organisation") and not form.value("last_name"):
        form.wrong("last_name", translate(request, N_("Give a surname, or the name of an organisation.")))
    if not form.value("phone") and not (form.value("postcode") and form.value("house_number")):
        form.wrong("phone", translate(request, N_("Give a phone number, or a postcode with a house number.")))


def _relation(form: Form, known: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, as the service takes it. What is not on the form stays as it is ``known``."""
    person, lived = person_of(form), known.get("address", {})
    address = person.pop("address", {})
    if all(lived.get(name) == address.get(name) for name in ("houseNumber", "addition")) and (
        lived.get("postcode") == str(address.get("postcode", "")).replace(" ", "").upper()
    ):
        address = lived
    given = {
        **person,
        "firstNames": known.get("firstNames"),
        "kind": form.value("kind"),
        "organisation": form.value("organisation"),
        "address": address,
        "order": number(form.value("order")) if form.value("contact") else None,
    }
    return {**compact(given), "authority": bool(form.value("authority")), "contact": bool(form.value("contact"))}


def _filled(found: RelationView) -> Form:
    relation = found.relation
    home = relation.address
    return Form.of(
        {
            **filled(relation),
            "kind": relation.kind.value,
            "organisation": relation.organisation,
            "authority": "yes" if relation.authority else "",
            "contact": "yes" if relation.contact else "",
            "order": relation.order,
            "postcode": home.postcode if home else None,
            "house_number": home.house_number if home else None,
            "addition": home.addition if home else None,
        }
    )


async def _show(
    request: Request,
    referrals: ReferralClient,
    client: UUID,
    form: Form,
    found: RelationView | None = None,
    status: int = 200,
) -> HTMLResponse:
    about = await referrals.client(client)
    return render(
        request,
        "pages/chain/relation.html",
        status=status,
        form=with_key(form),
        found=found,
        name=about.display_name or translate(request, N_("A resident")),
        kinds=options(request, KINDS),
        about=person_choices(request),
        back=page_of(client),
    )


def _ask(request: Request, client: UUID, found: RelationView, form: Form, status: int = 200) -> HTMLResponse:
    return render(
        request,
        "pages/chain/relation_end.html",
        status=status,
        form=with_key(form),
        name=found.display_name,
        back=page_of(client),
    )
