"""Live figures: exact, for the own municipality or region, with everything that explains them."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from contracts.events.monitoring import PeriodKind
from contracts.values import PartyKind, party_code, party_kind
from services.kit.problems import NotFound
from services.monitoring.client import FigureView, IndicatorView, MonitoringClient
from services.portal.chart_specs import Point
from services.portal.charts import Chart, charts
from services.portal.components import Column, Row, Table
from services.portal.directing import figures as told
from services.portal.directing.names import Names, names
from services.portal.directing.people import Commissioning, Director, Monitoring
from services.portal.directing.speech import Speech, speech
from services.portal.exports import download
from services.portal.lists import ListQuery
from services.portal.people import Person
from services.portal.views import render

router = APIRouter()

PERIODS = {PeriodKind.ROLLING_YEAR: 13, PeriodKind.MONTH: 13, PeriodKind.QUARTER: 8, PeriodKind.HALF_YEAR: 4}
"""How many periods of each kind a trend shows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the visitor asks figures about, read from the address."""

    query: ListQuery
    period: PeriodKind
    municipality: str | None
    provider: str | None

    @property
    def address(self) -> str:
        """The choice, to carry along to another page."""
        return self.query.url().partition("?")[2]


def _asked(request: Request, person: Person) -> Asked:
    query = ListQuery.of(request, filters=("period", "municipality", "provider"))
    kind = query.filters.get("period", "")
    own = person.kind is PartyKind.MUNICIPALITY
    return Asked(
        query,
        PeriodKind(kind) if kind in set(PeriodKind) else PeriodKind.ROLLING_YEAR,
        None if own else query.filters.get("municipality"),
        query.filters.get("provider"),
    )


def _choices(_: Speech, person: Person, known: Names) -> dict[str, Any]:
    return {
        "periods": [(kind.value, _(label)) for kind, label in told.PERIODS.items() if kind != PeriodKind.ROLLING_YEAR],
        "members": [] if person.kind is PartyKind.MUNICIPALITY else known.members(person.party),
        "providers": sorted(known.providers.items(), key=lambda item: item[1]),
    }


@router.get("/manager/figures")
async def listing(
    request: Request, person: Director, commissioning: Commissioning, monitoring: Monitoring
) -> HTMLResponse:
    """Every figure that is computed, with where it goes and its label."""
    _, asked = speech(request), _asked(request, person)
    known, found, catalogue = await asyncio.gather(
        names(request, commissioning),
        monitoring.figures(
            municipality=asked.municipality,
            provider=asked.provider,
            period=asked.period,
            periods=PERIODS[asked.period],
        ),
        monitoring.indicators(),
    )
    series: dict[int, list[FigureView]] = {}
    for figure in found.items:
        series.setdefault(figure.indicator, []).append(figure)
    query = f"?{asked.address}" if asked.address else ""
    absent = [each for each in catalogue if not each.computed and "commissioner" in each.audiences]
    return render(
        request,
        "pages/contract_manager/figures.html",
        cards=[told.live_card(_, each, f"/manager/figures/{number}{query}") for number, each in sorted(series.items())],
        absent=[(_.of(each.name), _.of(each.unavailable) if each.unavailable else "") for each in absent],
        about=_about(_, asked, person, known),
        query=asked.query,
        **_choices(_, person, known),
    )


def _about(_: Speech, asked: Asked, person: Person, known: Names) -> str:
    area = known.municipality(asked.municipality) if asked.municipality else known.party(person.party)
    if asked.provider:
        return _("%(provider)s in %(area)s", provider=known.provider(asked.provider), area=area)
    return area


@router.get("/manager/figures/{number}")
async def one(
    request: Request, number: int, person: Director, commissioning: Commissioning, monitoring: Monitoring
) -> HTMLResponse:
    """One figure: its trend with the band, its parts, and the same for each municipality and provider."""
    _, asked = speech(request), _asked(request, person)
    indicator = await _indicator(monitoring, number)
    known, trend, by_provider = await asyncio.gather(
        names(request, commissioning),
        _series(monitoring, asked, number, "municipality" if person.kind is PartyKind.REGION else None),
        _latest(monitoring, asked, number),
    )
    own = [each for each in trend if each.area == trend[0].area]
    about = _about(_, asked, person, known)
    latest = own[0]
    return render(
        request,
        "pages/contract_manager/figure.html",
        indicator=indicator,
        name=_.of(indicator.name),
        definition=_.of(indicator.definition),
        about=about,
        card=told.live_card(_, own),
        chart=await _trend(request, _, own, _.of(indicator.name), about),
        multiples=await _multiples(request, _, trend, known),
        explained=_explained(_, indicator, latest),
        by_provider=_providers(_, by_provider, known) if not asked.provider else None,
        query=asked.query,
        file=f"/manager/figures/{number}/file.csv" + (f"?{asked.address}" if asked.address else ""),
        **_choices(_, person, known),
    )


async def _indicator(monitoring: MonitoringClient, number: int) -> IndicatorView:
    indicator = await monitoring.indicator(number)
    if not indicator.computed:
        raise NotFound()
    return indicator


async def _series(monitoring: MonitoringClient, asked: Asked, number: int, split: str | None) -> list[FigureView]:
    found = await monitoring.figures(
        indicators=[number],
        municipality=asked.municipality,
        provider=asked.provider,
        period=asked.period,
        periods=PERIODS[asked.period],
        split=None if asked.municipality else split,
    )
    return found.items


async def _latest(monitoring: MonitoringClient, asked: Asked, number: int) -> list[FigureView]:
    found = await monitoring.figures(
        indicators=[number],
        municipality=asked.municipality,
        provider=asked.provider,
        period=asked.period,
        split="provider",
    )
    return [each for each in found.items if each.provider]


def _labelled(_: Speech, series: list[FigureView]) -> list[tuple[str, float | None]]:
    """Oldest first, each with a short name of its period."""
    labelled = []
    for each in reversed(series):
        first = told.first_day(each.period.last)
        labelled.append((f"{_.fmt.month_short(first)} {first:%y}", each.value))
    return labelled


async def _trend(request: Request, _: Speech, own: list[FigureView], name: str, about: str) -> Chart | None:
    periods, latest = _labelled(_, own), own[0]
    known = [value for _label, value in periods if value is not None]
    if len(known) < 2 or latest.value is None:
        return None
    aim = next((aim for aim in latest.aims if aim.lower is not None or aim.upper is not None), None)
    words = told.direction(_, [value for _label, value in periods], latest.unit, latest.good, periods[0][0])[0]
    if aim is not None:
        place = told.where(_, latest.value, aim.lower, aim.upper)
        words = _("%(direction)s. It is now %(place)s: %(aim)s.", direction=words, place=place, aim=aim.title)
    title = _("%(name)s in %(area)s", name=name, area=about)
    chart = await charts(request).trend(
        _.fmt,
        title=title,
        description=words,
        points=told.points(periods, latest.unit),
        unit=told.chart_unit(latest.unit),
        band=told.band_of(_, aim.lower, aim.upper, latest.unit, known) if aim else None,
    )
    base = f"/manager/figures/{latest.indicator}/trend.png"
    query = f"?{request.url.query}" if request.url.query else ""
    return chart.with_table(told.history_table(_, title, periods, latest.unit), {"PNG": base + query})


async def _multiples(request: Request, _: Speech, trend: list[FigureView], known: Names) -> Chart | None:
    """The same per municipality, for a region."""
    series: dict[str, list[Point]] = {}
    rows: list[Row] = []
    for area in dict.fromkeys(each.area for each in trend):
        if party_kind(area) is not PartyKind.MUNICIPALITY:
            continue
        own, name = [each for each in trend if each.area == area], known.municipality(party_code(area))
        periods = _labelled(_, own)
        if sum(value is not None for _label, value in periods) < 2:
            continue
        series[name] = told.points(periods, own[0].unit)
        value = own[0].value
        rows.append(Row({"name": name, "value": None if value is None else told.written(_, value, own[0].unit)}))
    if len(series) < 2:
        return None
    latest = trend[0]
    aim = next((aim for aim in latest.aims if aim.lower is not None or aim.upper is not None), None)
    known_values = [each.value for each in trend if each.value is not None]
    chart = await charts(request).small_multiples(
        _.fmt,
        title=_("The same for each municipality"),
        description=_("All on the same scale, so that lines can be compared."),
        series=series,
        unit=told.chart_unit(latest.unit),
        band=told.band_of(_, aim.lower, aim.upper, latest.unit, known_values) if aim else None,
    )
    columns = [Column("name", _("Municipality"), main=True), Column("value", told.month(_, latest.period.last))]
    return chart.with_table(Table(_("The same for each municipality"), columns, rows, caption_hidden=True))


def _explained(_: Speech, indicator: IndicatorView, latest: FigureView) -> list[tuple[str, Any]]:
    numerator, denominator = latest.numerator, latest.denominator
    first, last = told.month(_, latest.period.first), told.month(_, latest.period.last)
    return [
        (_("Period"), first if first == last else _("%(first)s to %(last)s", first=first, last=last)),
        (_.of(indicator.numerator).capitalize(), None if numerator is None else _.fmt.number(numerator)),
        (_.of(indicator.denominator).capitalize(), None if denominator is None else _.fmt.number(denominator)),
        (_("Events behind it"), _.fmt.number(latest.source_events)),
        (_("Latest event"), _.fmt.moment(latest.last_event_at) if latest.last_event_at else None),
        (
            _("Providers that reported"),
            _("%(reported)s of %(expected)s", reported=latest.parties_reported, expected=latest.parties_expected),
        ),
        (_("Source"), indicator.source),
        (_("Version of the definition"), _.fmt.number(indicator.version)),
    ]


def _providers(_: Speech, figures: list[FigureView], known: Names) -> Table | None:
    shown = [each for each in figures if each.value is not None and each.provider]
    if not shown:
        return None
    columns = [
        Column("name", _("Provider"), main=True),
        Column("value", _("Value")),
        Column("cases", _("Cases"), "number"),
        Column("label", _("Reliability"), "raw"),
    ]
    shown.sort(key=lambda each: each.value or 0, reverse=shown[0].good == "up")
    rows = [
        Row(
            {
                "name": known.provider(each.provider or ""),
                "value": told.written(_, each.value or 0, each.unit),
                "cases": each.denominator or each.numerator,
                "label": told.quality(_, each.label),
            }
        )
        for each in shown
    ]
    return Table(_("The same for each provider"), columns, rows, caption_hidden=True, id="providers")


@router.get("/manager/figures/{number}/trend.png")
async def picture(
    request: Request, number: int, person: Director, commissioning: Commissioning, monitoring: Monitoring
) -> Response:
    """The trend as a picture."""
    _, asked = speech(request), _asked(request, person)
    indicator = await _indicator(monitoring, number)
    known, own = await asyncio.gather(names(request, commissioning), _series(monitoring, asked, number, None))
    chart = await _trend(request, _, own, _.of(indicator.name), _about(_, asked, person, known))
    if chart is None:
        raise NotFound()
    return download(await charts(request).png(chart), "image/png", f"{indicator.code}.png")


@router.get("/manager/figures/{number}/file.csv")
async def file(request: Request, number: int, person: Director, monitoring: Monitoring) -> Response:
    """The series with everything that explains it, as the service writes it."""
    asked = _asked(request, person)
    indicator = await _indicator(monitoring, number)
    query: dict[str, str | int] = {
        "indicator": number,
        "period": asked.period.value,
        "periods": PERIODS[asked.period],
    }
    if asked.municipality:
        query["municipality"] = asked.municipality
    if asked.provider:
        query["provider"] = asked.provider
    return download(await monitoring.figures_csv(**query), "text/csv; charset=utf-8", f"{indicator.code}.csv")
