"""One agreement: its terms, its budget and warnings, how its care goes, and what there is to sign."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse

from contracts.events.commissioning import Product
from services.commissioning.client import AgreementStatus, AgreementView, CommissioningClient, SpendingRoom
from services.kit.problems import NotFound, Problem
from services.monitoring.client import FigureView, MonitoringClient, PeriodKind
from services.portal.care.agreed import DECLARED, STARTS, STOPS
from services.portal.care.words import LAWS, PAID_FOR, units
from services.portal.components import Column, Figure, Row, Table
from services.portal.directing import overview
from services.portal.directing.budget import run_rate
from services.portal.directing.figures import live_card
from services.portal.directing.names import Names, names
from services.portal.directing.people import COMMISSIONING
from services.portal.directing.reconciling import reconciled, through
from services.portal.directing.sending import with_key
from services.portal.directing.speech import Speech, speech
from services.portal.directing.terms import last_moment
from services.portal.directing.warnings import decisions, described
from services.portal.formats import Formats
from services.portal.forms import Form
from services.portal.people import Person
from services.portal.views import render

T = TypeVar("T")

INDICATORS = (5, 6, 9, 12)
"""What is told of one provider's care: waiting, within the norm, dropout, on without help."""
PERIODS = 12


def asked_year(request: Request, today: date) -> int:
    """The calendar year in the address, or this year."""
    asked = request.query_params.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and 2000 <= int(asked) <= 2100 else today.year


async def page(
    request: Request,
    agreement_id: UUID,
    person: Person,
    commissioning: CommissioningClient,
    monitoring: MonitoringClient,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    """The agreement with everything about it; ``form`` is what was filled in about its budget."""
    _, now = speech(request), request.app.state.now()
    today = Formats.local(now).date()
    year = asked_year(request, today)
    agreement, known = await asyncio.gather(commissioning.agreement(agreement_id), names(request, commissioning))
    room, reconciliation, warnings, figures = await asyncio.gather(
        _of_year(commissioning.spending_room(agreement_id, year)),
        _of_year(commissioning.reconciliation(agreement_id, year)),
        commissioning.spending_warnings(),
        _figures(_, monitoring, person, agreement.provider),
    )
    provider = known.provider(agreement.provider)
    chart = room and await run_rate(
        request, _, [room], year, today,
        title=_("Budget in %(year)s", year=year),
        base=f"/manager/agreements/{agreement_id}/budget/{year}",
    )  # fmt: skip
    spent = room and reconciliation and await reconciled(
        request, _, reconciliation, known.municipality,
        base=f"/manager/agreements/{agreement_id}/reconciliation/{year}",
    )  # fmt: skip
    warning = next((each for each in warnings if each.agreement_id == agreement_id and each.decided_on is None), None)
    decided = [each for each in warnings if each.agreement_id == agreement_id and each.decided_on is not None]
    return render(
        request,
        "pages/contract_manager/agreement.html",
        status=status,
        agreement=agreement,
        provider=provider,
        owner=known.party(agreement.owner),
        facts=_facts(_, agreement, known),
        products=_products(request, _, agreement, known),
        room=room,
        spending=room and overview.spending_of(room),
        progress=room and _progress(_, room),
        spent_through=room and through(_, room.spent_through),
        chart=chart,
        reconciled=spent,
        years=[(each, each == year) for each in (today.year - 1, today.year, today.year + 1)],
        figures=figures,
        warning=warning and described(_, warning, known),
        decided=[described(_, each, known) for each in decided],
        may_act=warning is not None and warning.owner == person.party and person.has(*COMMISSIONING),
        sign=_sign(_, agreement, person, known),
        form=with_key(form),
        decisions=decisions(_),
    )


async def _of_year(asked: Awaitable[T]) -> T | None:
    try:
        return await asked
    except NotFound:  # not concluded, or not valid in that year
        return None


async def _figures(_: Speech, monitoring: MonitoringClient, person: Person, provider: str) -> list[Figure]:
    """Live figures of this provider, as far as the person may see; the page does not wait for them in vain."""
    try:
        found = await monitoring.figures(
            indicators=INDICATORS, provider=provider, period=PeriodKind.ROLLING_YEAR, periods=PERIODS
        )
    except Problem:
        return []
    series: dict[int, list[FigureView]] = {}
    for figure in found.items:
        series.setdefault(figure.indicator, []).append(figure)
    url = "/manager/figures/{number}?provider=" + provider
    return [live_card(_, series[number], url.format(number=number)) for number in INDICATORS if number in series]


def _facts(_: Speech, agreement: AgreementView, known: Names) -> list[tuple[str, Any]]:
    until = _.fmt.day(agreement.valid_until) if agreement.valid_until else _("no end was agreed")
    notice = agreement.extension_notice_due and last_moment(agreement.extension_notice_due)
    signatures = ", ".join(
        _("%(name)s on %(day)s", name=known.party(each.party), day=_.fmt.day(each.signed_at))
        for each in agreement.signatures
    )
    return [
        (_("Provider"), f"{known.provider(agreement.provider)} ({agreement.provider})"),
        (_("Commissioner"), known.party(agreement.owner)),
        (_("For"), known.listed(agreement.municipalities, 7)),
        (_("From"), _.fmt.day(agreement.valid_from)),
        (_("Up to and including"), until),
        (_("Say whether it goes on before"), _.fmt.day(notice) if notice else None),
        (_("Ceiling per year"), _.fmt.euros_whole(agreement.ceiling_cents) if agreement.ceiling_cents else None),
        (_("Own number"), agreement.reference),
        (_("Signed by"), signatures or (_("taken over, signed elsewhere") if agreement.imported else None)),
    ]


def _paid_for(_: Speech, product: Product | None) -> str | None:
    return _(PAID_FOR[product.variant]) if product is not None and product.variant is not None else None


def _moments(_: Speech, product: Product | None) -> str | None:
    """When it is declared, and what the days of starts and ends are."""
    if product is None:
        return None
    parts = []
    if product.declared_when is not None:
        parts.append(_("declared %(moment)s", moment=_(DECLARED[product.declared_when])))
    if product.start_means is not None:
        parts.append(_("start is %(moment)s", moment=_(STARTS[product.start_means])))
    if product.stop_means is not None:
        parts.append(_("end is %(moment)s", moment=_(STOPS[product.stop_means])))
    return "; ".join(parts) or None


def _products(request: Request, _: Speech, agreement: AgreementView, known: Names) -> Table:
    columns = [
        Column("name", _("Product"), main=True),
        Column("code", _("Code")),
        Column("law", _("Law")),
        Column("tariff", _("Tariff"), "euros"),
        Column("unit", _("Per")),
        Column("paid_for", _("What we pay for")),
        Column("moments", _("Moments agreed")),
        Column("where", _("Where and when")),
    ]
    products = {product.product_code: product for product in agreement.products}
    lines: list[tuple[str, int, str | None]] = [
        (line.product_code, line.tariff_cents, _span(_, line, known)) for line in agreement.tariffs
    ] or [(product.product_code, product.tariff_cents, None) for product in agreement.products]
    rows = [
        Row(
            {
                "name": products[code].name if code in products else code,
                "code": code,
                "law": _(LAWS[products[code].law]) if code in products else None,
                "tariff": cents,
                "unit": units(request, products[code].unit, 1) if code in products else None,
                "paid_for": _paid_for(_, products.get(code)),
                "moments": _moments(_, products.get(code)),
                "where": span or _("everywhere"),
            }
        )
        for code, cents, span in lines
    ]
    return Table(_("Products and tariffs"), columns, rows, caption_hidden=True, id="products")


def _span(_: Speech, line: Any, known: Names) -> str:
    place = known.municipality(line.municipality) if line.municipality else _("everywhere")
    begin = _.fmt.day_short(line.valid_from)
    if line.valid_until is None:
        return _("%(place)s, from %(begin)s", place=place, begin=begin)
    return _("%(place)s, %(begin)s to %(end)s", place=place, begin=begin, end=_.fmt.day_short(line.valid_until))


def _progress(_: Speech, room: SpendingRoom) -> Sequence[tuple[str, str, str | None]]:
    """Number, what it counts, and its share."""
    norm, dropout = overview.share(room.within_norm, room.started), overview.share(room.dropouts, room.ended)
    in_time = _("%(share)s within the norm", share=_.fmt.percent(norm)) if norm is not None else None
    early = _("%(share)s stopped early", share=_.fmt.percent(dropout)) if dropout is not None else None
    return [
        (_.fmt.number(room.waiting), _("waiting for the start"), None),
        (_.fmt.number(room.started), _("started"), in_time),
        (_.fmt.number(room.ended), _("ended"), early),
    ]


def _sign(_: Speech, agreement: AgreementView, person: Person, known: Names) -> dict[str, Any] | None:
    """What there is to sign, and who still has to."""
    if agreement.status is not AgreementStatus.DRAFTED:
        return None
    signed = {each.party for each in agreement.signatures}
    due = last_moment(agreement.sign_due) if agreement.sign_due else None
    ours = agreement.owner == person.party
    return {
        "due": due,
        "may": ours and person.party not in signed,
        "waits_for": [known.party(party) for party in agreement.sides if party not in signed],
        "label": _("Sign for %(name)s", name=known.party(agreement.owner)),
    }
