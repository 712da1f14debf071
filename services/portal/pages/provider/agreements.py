"""The agreements of a provider: own tariffs, the budget room, and signing."""

import asyncio
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.values import Role
from services.commissioning.client import views
from services.kit.problems import Conflict, NotFound
from services.portal.care.agreed import DECLARED, STARTS, STOPS
from services.portal.care.clients import Administrator, Commissioning, Stater
from services.portal.care.directory import Directory
from services.portal.care.forms import key_of, once, today
from services.portal.care.terms import last_day
from services.portal.care.words import units
from services.portal.charts import Chart, charts
from services.portal.clients import new_key
from services.portal.components import Action, BadgeTone, Column, Row, Spending, Table
from services.portal.directing.reconciling import reconciled, through
from services.portal.directing.speech import speech
from services.portal.exports import download, export
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.people import Person
from services.portal.views import flash, language_of, render, translate

router = APIRouter()

_STATUS: Final[dict[str, tuple[str, BadgeTone]]] = {
    "drafted": (N_("To be signed"), "attention"),
    "concluded": (N_("Concluded"), "good"),
    "void": (N_("Lapsed"), "quiet"),
}


def spending_of(room: views.SpendingRoom | None) -> Spending | None:
    """The bar of an agreement with a ceiling."""
    if room is None or room.ceiling_cents is None:
        return None
    return Spending(room.ceiling_cents, room.spent_cents, room.committed_cents, room.forecast_cents)


def status_of(request: Request, agreement: views.AgreementView) -> tuple[str, BadgeTone]:
    """How an agreement stands, in words."""
    label, tone = _STATUS[agreement.status.value]
    if agreement.status.value == "concluded":
        now = today(request)
        if agreement.valid_until is not None and agreement.valid_until < now:
            return translate(request, N_("Ended")), "quiet"
        if agreement.valid_from > now:
            return translate(request, N_("Not begun yet")), "neutral"
    return translate(request, label), tone


def waits_for(person: Person, agreement: views.AgreementView) -> bool:
    """Whether this person's side has still to sign."""
    signed = {signature.party for signature in agreement.signatures}
    return agreement.status.value == "drafted" and person.party not in signed


def _title(request: Request, agreement: views.AgreementView) -> str:
    return ", ".join(product.name for product in agreement.products[:3])


@router.get("/provider/agreements")
async def overview(request: Request, person: Stater, commissioning: Commissioning) -> HTMLResponse:
    """Every agreement: those that wait for a signature first."""
    page, rooms = await asyncio.gather(commissioning.agreements(limit=100), commissioning.spending_rooms())
    by_id = {room.agreement_id: room for room in rooms.items}
    directory = Directory(request, commissioning)
    names = await directory.municipalities({code for each in page.items for code in each.municipalities})
    owners = await directory.parties(each.owner for each in page.items)

    def card(agreement: views.AgreementView) -> dict[str, Any]:
        word, tone = status_of(request, agreement)
        return {
            "url": f"/provider/agreements/{agreement.agreement_id}",
            "title": _title(request, agreement),
            "reference": agreement.reference,
            "owner": owners.get(agreement.owner, ""),
            "where": ", ".join(sorted(names[code] for code in agreement.municipalities)),
            "from": agreement.valid_from,
            "until": agreement.valid_until,
            "word": word,
            "tone": tone,
            "sign_due": last_day(agreement.sign_due) if waits_for(person, agreement) else None,
            "spending": spending_of(by_id.get(agreement.agreement_id)),
            "ended": tone == "quiet",
        }

    cards = sorted((card(each) for each in page.items), key=lambda each: (each["sign_due"] is None, each["ended"]))
    return render(request, "pages/provider/agreements.html", cards=cards, year=rooms.year)


def _tariffs(request: Request, agreement: views.AgreementView, names: dict[str, str]) -> Table:
    """What the provider is paid: the own lines where there are any, else the prices of the products."""
    products = {product.product_code: product for product in agreement.products}
    columns = [
        Column("product", translate(request, N_("Product")), main=True),
        Column("unit", translate(request, N_("Per"))),
        Column("tariff", translate(request, N_("Tariff")), kind="euros"),
        Column("where", translate(request, N_("Where"))),
        Column("from", translate(request, N_("From")), kind="day"),
        Column("until", translate(request, N_("Until and including")), kind="day"),
    ]
    everywhere = translate(request, N_("everywhere"))
    own = {line.product_code for line in agreement.tariffs}
    rows = [
        {
            "product": products[line.product_code].name if line.product_code in products else line.product_code,
            "unit": units(request, products[line.product_code].unit, 1) if line.product_code in products else "",
            "tariff": line.tariff_cents,
            "where": names.get(line.municipality, line.municipality) if line.municipality else everywhere,
            "from": line.valid_from,
            "until": line.valid_until,
        }
        for line in agreement.tariffs
    ]
    rows += [
        {
            "product": product.name,
            "unit": units(request, product.unit, 1),
            "tariff": product.tariff_cents,
            "where": everywhere,
            "from": agreement.valid_from,
            "until": agreement.valid_until,
        }
        for product in agreement.products
        if product.product_code not in own
    ]
    return Table(translate(request, N_("Your tariffs")), columns, [Row(row) for row in rows], id="tariffs")


def _moments(request: Request, agreement: views.AgreementView) -> list[tuple[str, list[str]]]:
    """Per product when it is declared and what the days of starts and ends are, where that was recorded."""
    found = []
    for product in agreement.products:
        said = []
        if product.declared_when is not None:
            moment = translate(request, DECLARED[product.declared_when])
            said.append(translate(request, N_("declared %(moment)s"), moment=moment))
        if product.start_means is not None:
            moment = translate(request, STARTS[product.start_means])
            said.append(translate(request, N_("start is %(moment)s"), moment=moment))
        if product.stop_means is not None:
            moment = translate(request, STOPS[product.stop_means])
            said.append(translate(request, N_("end is %(moment)s"), moment=moment))
        if said:
            found.append((product.name, said))
    return found


@router.get("/provider/agreements/{agreement_id}")
async def one(request: Request, agreement_id: UUID, person: Stater, commissioning: Commissioning) -> HTMLResponse:
    """One agreement with its tariffs, room and signatures."""
    agreement = await commissioning.agreement(agreement_id)
    directory = Directory(request, commissioning)
    names, parties = await asyncio.gather(
        directory.municipalities(agreement.municipalities),
        directory.parties([agreement.owner, agreement.provider_party]),
    )
    room: views.SpendingRoom | None = None
    spent: Chart | None = None
    if agreement.status.value == "concluded":
        with suppress(NotFound):  # it does not hold this year
            room = await commissioning.spending_room(agreement_id)
            spent = await reconciled(
                request, speech(request), await commissioning.reconciliation(agreement_id),
                lambda code: names.get(code, code),
                base=f"/provider/agreements/{agreement_id}/reconciliation/{room.year}",
            )  # fmt: skip
    word, tone = status_of(request, agreement)
    actions = []
    if waits_for(person, agreement) and person.has(Role.PROVIDER_ADMINISTRATOR):
        actions = [Action(translate(request, N_("Sign")), f"/provider/agreements/{agreement_id}/sign")]
    return render(
        request,
        "pages/provider/agreement.html",
        agreement=agreement,
        title=_title(request, agreement),
        where=", ".join(sorted(names.values())),
        word=word,
        tone=tone,
        moments=_moments(request, agreement),
        table=_tariffs(request, agreement, names),
        room=room,
        spending=spending_of(room),
        spent_through=room and through(speech(request), room.spent_through),
        reconciled=spent,
        signatures=[(parties.get(each.party, each.party), each.signed_at) for each in agreement.signatures],
        owner=parties.get(agreement.owner, ""),
        actions=actions,
        waits=waits_for(person, agreement),
        sign_by=last_day(agreement.sign_due),
    )


@router.get("/provider/agreements/{agreement_id}/reconciliation/{year}.{form}")
async def reconciliation_file(
    request: Request, agreement_id: UUID, year: int, form: str, person: Stater, commissioning: Commissioning
) -> Response:
    """What was reserved and spent per month and municipality as CSV, XLSX or PNG."""
    found = await commissioning.reconciliation(agreement_id, year)
    names = await Directory(request, commissioning).municipalities({line.municipality for line in found.lines})
    _ = speech(request)
    chart = await reconciled(request, _, found, lambda code: names.get(code, code), base=None)
    if chart is None or chart.table is None:
        raise NotFound()
    name = "-".join((_("reconciliation"), str(agreement_id)[:8], str(year)))
    if form == "png":
        return download(await charts(request).png(chart), "image/png", f"{name}.png")
    return export(chart.table, form if form in ("csv", "xlsx") else "csv", name)


@router.get("/provider/agreements/{agreement_id}/sign")
async def question(
    request: Request, agreement_id: UUID, person: Administrator, commissioning: Commissioning
) -> HTMLResponse:
    """Ask before signing: it cannot be undone."""
    agreement = await commissioning.agreement(agreement_id)
    address = f"/provider/agreements/{agreement_id}"
    consequences = [
        N_("You sign for your organisation."),
        N_("With the signature of the other side the agreement is concluded."),
        N_("From the first day on, municipalities can allocate help to you at the agreed tariffs."),
    ]
    return render(
        request,
        "confirm.html",
        title=translate(request, N_("Sign the agreement?")),
        text=_title(request, agreement),
        consequences=[translate(request, line) for line in consequences],
        confirm_label=translate(request, N_("Sign")),
        action_url=f"{address}/sign",
        cancel_url=address,
        fields={"idempotency_key": new_key()},
        danger=False,
    )


@router.post("/provider/agreements/{agreement_id}/sign")
async def sign(request: Request, agreement_id: UUID, person: Administrator, commissioning: Commissioning) -> Response:
    """Sign for the own side."""
    form = await Form.read(request)
    try:
        agreement = await once(lambda: commissioning.sign_agreement(agreement_id, key_of(form)))
    except Conflict as problem:
        flash(request, problem.detail.in_language(language_of(request)), "error")
    else:
        concluded = N_("Signed. The agreement is concluded.")
        waiting = N_("Signed. The agreement waits for the signature of the other side.")
        flash(request, translate(request, concluded if agreement.status.value == "concluded" else waiting))
    return RedirectResponse(f"/provider/agreements/{agreement_id}", status_code=303)
