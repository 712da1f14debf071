"""Published figures as a council reads them: the latest of each indicator, with its history and direction."""

from collections.abc import Collection
from typing import Any

from contracts.events.monitoring import PeriodKind, PublishedFigure
from contracts.values import PartyId
from services.council.domain.indicators import INDICATORS, a_year_before, direction
from services.council.store import queries
from services.council.views import FigureSeries, Point, Words
from services.kit.unit import Connection

POINTS = 36
"""How many periods back a sparkline goes."""

_PREFERRED = (PeriodKind.ROLLING_YEAR, PeriodKind.HALF_YEAR, PeriodKind.QUARTER, PeriodKind.MONTH)


async def published(
    conn: Connection, area: PartyId, indicators: Collection[int] | None = None
) -> dict[int, FigureSeries]:
    """The series of ``area`` by indicator: over the steadiest period that was published for it."""
    series: dict[int, dict[PeriodKind, list[Any]]] = {}
    wanted = None if indicators is None else list(indicators)
    async for row in queries.figures(conn, area=area, indicators=wanted, points=POINTS):
        kinds = series.setdefault(row["indicator"], {})
        kinds.setdefault(PeriodKind(row["period_kind"]), []).append(row)
    return {
        number: _series(area, number, next(kinds[kind] for kind in _PREFERRED if kind in kinds))
        for number, kinds in series.items()
        if number in INDICATORS
    }


def _series(area: PartyId, number: int, rows: list[Any]) -> FigureSeries:
    indicator, latest = INDICATORS[number], rows[-1]
    points = [(row["period_end"], row["figure"].get("value")) for row in rows]
    return FigureSeries(
        indicator=number,
        name=Words(nl=indicator.name.nl, en=indicator.name.en),
        good=indicator.good,
        area=area,
        month=latest["month"],
        correction=latest["correction"],
        published_at=latest["published_at"],
        figure=PublishedFigure.model_validate(latest["figure"]),
        direction=direction(indicator.good, points[-1][1], a_year_before(points)),
        history=tuple(Point(period_end=end, value=value) for end, value in points),
    )
