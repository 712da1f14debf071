"""Live figures: exact, for who may see the cases behind them. Row-level security decides what there is to see."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from contracts.events.monitoring import PeriodKind
from contracts.values import AgbCode, MunicipalityCode, PartyId, PartyKind, YearMonth, municipality, provider
from services.kit.actor import Actor
from services.kit.openapi import problems
from services.kit.problems import FieldError, Invalid, NotFound, Text
from services.kit.unit import Unit
from services.monitoring.api.access import FigureReader, RegionQuery, Store, month_of
from services.monitoring.catalogue import catalogue
from services.monitoring.domain.aggregates import Slice
from services.monitoring.domain.indicators import Indicator
from services.monitoring.domain.periods import Month, Period
from services.monitoring.explaining import figure_views
from services.monitoring.store import figures, queries
from services.monitoring.tables import live_csv
from services.monitoring.views import FigureListView, FigureView

router = APIRouter(tags=["figures"])
MAX_PERIODS = 24


class Split(StrEnum):
    """Into what figures are split besides their total."""

    MUNICIPALITY = "municipality"
    PROVIDER = "provider"


class Wanted(BaseModel, frozen=True):
    """Which figures were asked."""

    indicator: Annotated[list[int] | None, Query(description="Only these indicators.")] = None
    municipality: Annotated[MunicipalityCode | None, Query(description="Only of this municipality.")] = None
    region: RegionQuery = None
    provider: Annotated[AgbCode | None, Query(description="Only of this provider.")] = None
    period: Annotated[PeriodKind, Query(description="Over which span.")] = PeriodKind.ROLLING_YEAR
    until: Annotated[
        YearMonth | None, Query(description="The last whole period up to this month; the last month by default.")
    ] = None
    periods: Annotated[int, Query(ge=1, le=MAX_PERIODS, description="How many periods, the latest first.")] = 1
    split: Annotated[Split | None, Query(description="Also each municipality or provider apart.")] = None


@router.get("/figures", responses=problems(NotFound))
async def list_figures(wanted: Annotated[Wanted, Query()], database: Store, actor: FigureReader) -> FigureListView:
    """Live figures of your own municipality, region or organisation, each with all that explains it."""
    async with database.reading(actor) as unit:
        return FigureListView(at=unit.now, items=await _figures(wanted, unit, actor))


@router.get(
    "/figure-exports",
    response_class=Response,
    responses={**problems(NotFound), 200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_figures(wanted: Annotated[Wanted, Query()], database: Store, actor: FigureReader) -> Response:
    """The same as CSV."""
    async with database.reading(actor) as unit:
        items = await _figures(wanted, unit, actor)
    return Response(
        live_csv(items),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="figures.csv"'},
    )


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the caller asks about: an area with its municipalities (``None``: all of a provider)."""

    area: PartyId
    municipalities: tuple[str, ...] | None
    provider: str | None


async def _figures(wanted: Wanted, unit: Unit, actor: Actor) -> list[FigureView]:
    indicators = _indicators(wanted.indicator)
    periods = _periods(wanted, unit)
    scope = await _scope(wanted, unit, actor)
    counted = await figures.load(
        unit.conn,
        first=periods[-1].first,
        last=periods[0].last,
        municipalities=scope.municipalities,
        provider=scope.provider,
    )
    shown: list[FigureView] = []
    for part, area, agb in _parts(counted, scope, wanted.split):
        for period in periods:
            shown.extend(figure_views(part, indicators, period, unit.now, area=area, provider=agb))
    return shown


def _parts(counted: Slice, scope: _Scope, split: Split | None) -> list[tuple[Slice, PartyId, str | None]]:
    parts: list[tuple[Slice, PartyId, str | None]] = [(counted, scope.area, scope.provider)]
    if split is Split.MUNICIPALITY:
        codes = scope.municipalities or tuple(sorted({row.municipality for row in counted.counted}))
        parts += [(counted.of(municipalities=[code]), municipality(code), scope.provider) for code in codes]
    if split is Split.PROVIDER:
        parts += [(counted.of(provider=agb), scope.area, agb) for agb in counted.providers]
    return parts


async def _scope(wanted: Wanted, unit: Unit, actor: Actor) -> _Scope:
    """Raises ``NotFound`` for what is not the caller's; ``Invalid`` when Samenspel itself asks about nothing."""
    if actor.kind is PartyKind.PROVIDER:
        if wanted.provider not in (None, actor.code):
            raise NotFound()
        area = actor.party if wanted.municipality is None else municipality(wanted.municipality)
        return _Scope(area, None if wanted.municipality is None else (wanted.municipality,), actor.code)
    if actor.kind is PartyKind.MUNICIPALITY:
        if wanted.municipality not in (None, actor.code):
            raise NotFound()
        return _Scope(actor.party, (actor.code,), wanted.provider)
    region = actor.code if actor.kind is PartyKind.REGION else wanted.region
    if region is not None:
        members = tuple(
            [row["municipality"] async for row in queries.regions(unit.conn, region_id=region, municipality=None)]
        )
        if not members or wanted.municipality not in (None, *members):
            raise NotFound()
        if wanted.municipality is None:
            return _Scope(f"region:{region}", members, wanted.provider)
    if wanted.municipality is not None:
        return _Scope(municipality(wanted.municipality), (wanted.municipality,), wanted.provider)
    if wanted.provider is not None and actor.is_system:
        return _Scope(provider(wanted.provider), None, wanted.provider)
    message = Text("Zeg over welke gemeente of regio het gaat.", "Say which municipality or region it is about.")
    raise Invalid(message, errors=[FieldError("/municipality", message, "missing", "query")])


def _indicators(numbers: list[int] | None) -> list[Indicator]:
    computed = {indicator.number: indicator for indicator in catalogue().computed}
    unknown = [number for number in numbers or () if number not in computed]
    if unknown:
        message = Text(
            "Van deze indicator zijn geen cijfers. De lijst met indicatoren zegt waarom.",
            "There are no figures of this indicator. The list of indicators says why.",
        )
        raise Invalid(message, errors=[FieldError("/indicator", message, "not-computed", "query")])
    return [computed[number] for number in numbers or computed]


def _periods(wanted: Wanted, unit: Unit) -> list[Period]:
    """The latest first. The month that is running may be asked; later ones not."""
    running = Month.at(unit.now)
    last = running.plus(-1) if wanted.until is None else month_of(wanted.until, "until")
    if last > running or last.year < 2000:
        message = Text(
            "Over deze maand zijn er geen cijfers. Kies een maand vanaf 2000 die al begonnen is.",
            "There are no figures about this month. Choose a month from 2000 on that has begun.",
        )
        raise Invalid(message, errors=[FieldError("/until", message, "no-such-month", "query")])
    periods = [Period.ended_by(wanted.period, last)]
    while len(periods) < wanted.periods:
        periods.append(periods[-1].previous)
    return periods
