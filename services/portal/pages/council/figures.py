"""Published figures of a municipality: all of them, and one with what explains it and the others beside it."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from contracts.values import PartyKind, municipality, party_kind
from services.council.client import FigureSeries
from services.kit.problems import NotFound, Problem
from services.monitoring.client import MonitoringClient, ReleasedFigureView
from services.portal.charts import Chart, charts
from services.portal.components import Column, Row, Table
from services.portal.directing import figures as told
from services.portal.directing.speech import Speech, speech
from services.portal.exports import download
from services.portal.pages.council import cards
from services.portal.pages.council.common import Code, Commissioning, Councils, Monitoring, called, show
from services.portal.people import Visitor

router = APIRouter()


@router.get("/council/{code}/figures")
async def listing(
    request: Request,
    code: Code,
    person: Visitor,
    councils: Councils,
    monitoring: Monitoring,
    commissioning: Commissioning,
) -> HTMLResponse:
    """Every published figure; those of the goals first."""
    _ = speech(request)
    found, series, behind = await asyncio.gather(
        councils.home(code),
        councils.figures(municipality(code)),
        cards.backing(monitoring, commissioning, municipality(code), code),
    )
    goals: dict[int, str] = {}
    for each in found.goals:
        for number in each.goal.indicators:
            goals.setdefault(number, _("Goal: %(title)s", title=each.goal.title))
    ordered = sorted(series, key=lambda each: (each.indicator not in goals, each.indicator))
    return show(
        request,
        "figures.html",
        code,
        "/figures",
        figures=[cards.card(_, each, behind, code, goals.get(each.indicator)) for each in ordered],
    )


@router.get("/council/{code}/figures/{number}")
async def one(
    request: Request,
    code: Code,
    number: int,
    person: Visitor,
    councils: Councils,
    monitoring: Monitoring,
    commissioning: Commissioning,
) -> HTMLResponse:
    """One figure, as everybody may read it."""
    _, area = speech(request), municipality(code)
    series, indicator, history, bands, questions, letters = await asyncio.gather(
        councils.figures(area, [number]),
        monitoring.indicator(number),
        monitoring.published_figures(area=area, indicator=number, limit=100),
        cards.bands(commissioning, code),
        councils.questions(code, indicator=number, limit=10),
        councils.letters(code, indicator=number, limit=10),
    )
    if not series:
        raise NotFound()
    latest = series[0]
    behind = cards.Backing({(number, each.month): each for each in history.items}, bands)
    released = behind.of(latest)
    return show(
        request,
        "figure.html",
        code,
        "/figures",
        name=_.of(indicator.name),
        definition=_.of(indicator.definition),
        card=cards.card(_, latest, behind, code),
        chart=await _trend(request, _, latest, bands.get(number), code),
        explained=_explained(_, latest, released, _.of(indicator.numerator), _.of(indicator.denominator), indicator),
        history=_history(_, history.items),
        compared=await _compare(request, _, monitoring, latest, released, area),
        file=f"/council/{code}/figures/{number}/file.csv",
        ask=f"/council/{code}/questions/new?indicator={number}",
        questions=questions.items,
        letters=letters.items,
    )


async def _trend(request: Request, _: Speech, series: FigureSeries, band: cards.Band | None, code: str) -> Chart | None:
    unit = series.figure.unit
    periods: list[tuple[str, float | None]] = []
    for point in series.history[-cards.YEAR :]:
        first = told.first_day(point.period_end)
        periods.append((f"{_.fmt.month_short(first)} {first:%y}", point.value))
    known = [value for _label, value in periods if value is not None]
    if len(known) < 2:
        return None
    since = told.month(_, series.history[-cards.YEAR :][0].period_end)
    words, _better = told.direction(_, [value for _label, value in periods], unit, series.good, since)
    if band is not None and series.figure.value is not None:
        place = told.where(_, series.figure.value, band.lower, band.upper)
        words = _("%(direction)s. It is now %(place)s: %(aim)s.", direction=words, place=place, aim=band.title)
    title = _("%(name)s in %(area)s", name=_.of(series.name), area=called(request, municipality(code)))
    chart = await charts(request).trend(
        _.fmt,
        title=title,
        description=words,
        points=told.points(periods, unit),
        unit=told.chart_unit(unit),
        band=told.band_of(_, band.lower, band.upper, unit, known) if band else None,
    )
    return chart.with_table(told.history_table(_, title, periods, unit))


def _explained(
    _: Speech,
    series: FigureSeries,
    released: ReleasedFigureView | None,
    numerator: str,
    denominator: str,
    indicator: Any,
) -> list[tuple[str, Any]]:
    figure = series.figure
    begin = _months_before(figure.period_end, 11)
    span = _("%(first)s to %(last)s", first=told.month(_, begin), last=told.month(_, figure.period_end))
    return [
        (_("Period"), span),
        (numerator.capitalize(), None if figure.numerator is None else _.fmt.number(figure.numerator)),
        (denominator.capitalize(), None if figure.denominator is None else _.fmt.number(figure.denominator)),
        (_("Events behind it"), _.fmt.number(figure.source_events) if figure.source_events else _("fewer than 10")),
        (
            _("Providers that reported"),
            _("%(reported)s of %(expected)s", reported=figure.parties_reported, expected=figure.parties_expected),
        ),
        (_("Published on"), _.fmt.day(series.published_at)),
        (_("Corrected"), _("no") if not series.correction else _.fmt.number(series.correction)),
        (_("Source"), indicator.source),
        (_("Version of the definition"), _.fmt.number(figure.definition_version)),
    ]


def _months_before(year_month: str, months: int) -> str:
    year, month = map(int, year_month.split("-"))
    number = year * 12 + month - 1 - months
    return f"{number // 12}-{number % 12 + 1:02d}"


def _history(_: Speech, items: list[ReleasedFigureView]) -> Table:
    columns = [
        Column("month", _("Year up to"), main=True),
        Column("value", _("Value")),
        Column("cases", _("Cases"), "number"),
        Column("label", _("Reliability"), "raw"),
        Column("published", _("Published on"), "day"),
    ]
    rows = [
        Row(
            {
                "month": told.month(_, each.figure.period_end),
                "value": _value(_, each),
                "cases": each.figure.denominator,
                "label": told.quality(_, each.label),
                "published": each.published_at,
            }
        )
        for each in items
    ]
    return Table(_("Earlier values"), columns, rows, caption_hidden=True, id="history")


def _value(_: Speech, each: ReleasedFigureView) -> str:
    if each.figure.value is None:
        return _("not shown")
    return told.written(_, each.figure.value, each.figure.unit)


@dataclass(frozen=True, slots=True)
class Bar:
    """A municipality beside the others; ``share`` is the length of its bar from 0 to 100."""

    name: str
    value: str | None
    share: float
    ours: bool
    is_region: bool
    reason: str | None


async def _compare(
    request: Request,
    _: Speech,
    monitoring: MonitoringClient,
    series: FigureSeries,
    released: ReleasedFigureView | None,
    area: str,
) -> list[Bar]:
    """The same figure of every municipality of the region over the same months, the best first, and of the region."""
    try:
        releases = await monitoring.releases(area=area, limit=1)
        if not releases.items:
            return []
        page = await monitoring.published_figures(
            region_id=releases.items[0].region_id, indicator=series.indicator, first=series.month, last=series.month
        )
    except Problem:
        return []
    values = [each.figure.value for each in page.items if each.figure.value is not None]
    longest = max(values, default=0.0) or 1.0

    def bar(each: ReleasedFigureView) -> Bar:
        value = each.figure.value
        return Bar(
            name=called(request, each.area),
            value=None if value is None else told.written(_, value, each.figure.unit),
            share=0.0 if value is None else round(100 * value / longest, 1),
            ours=each.area == area,
            is_region=party_kind(each.area) is PartyKind.REGION,
            reason=_(cards.REASONS[each.figure.withheld]) if each.figure.withheld else None,
        )

    low_first = series.good == "down"

    def place(each: ReleasedFigureView) -> tuple[bool, float, str]:
        value = each.figure.value
        return value is None, (value or 0.0) * (1 if low_first else -1), each.area

    return [bar(each) for each in sorted(page.items, key=place)]


@router.get("/council/{code}/figures/{number}/file.csv")
async def file(request: Request, code: Code, number: int, person: Visitor, monitoring: Monitoring) -> Response:
    """The published values with everything that explains them."""
    indicator = await monitoring.indicator(number)
    content = await monitoring.published_figures_csv(area=municipality(code), indicator=number)
    return download(content, "text/csv; charset=utf-8", f"{indicator.code}-{code}.csv")
