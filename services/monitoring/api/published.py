"""What everyone may read without signing in: released figures, their history, as JSON, CSV and feeds."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from services.kit.auth import public
from services.kit.database import Database
from services.kit.paging import Page, Paging
from services.kit.problems import NotFound
from services.monitoring.api.access import (
    ANYONE,
    Area,
    FirstMonth,
    LastMonth,
    RegionQuery,
    ReleaseId,
    Store,
    month_of,
    seen_id,
)
from services.monitoring.explaining import released_view
from services.monitoring.handlers.releases import release_view
from services.monitoring.store import queries
from services.monitoring.tables import atom_feed, json_feed, published_csv
from services.monitoring.views import ReleaseDetailView, ReleasedFigureView, ReleaseView

router = APIRouter(tags=["published"], dependencies=[Depends(public())])

FEED_LENGTH = 50
MAX_EXPORT = 20_000

IndicatorQuery = Annotated[int | None, Query(description="Only this indicator.", ge=1, le=9999)]


@router.get("/published-figures")
async def list_published_figures(
    database: Store,
    paging: Paging,
    area: Area = None,
    region_id: RegionQuery = None,
    indicator: IndicatorQuery = None,
    first: FirstMonth = None,
    last: LastMonth = None,
) -> Page[ReleasedFigureView]:
    """Published figures that hold now, newest month first: of one area for its history, of all to compare."""
    about = _about(area, region_id, indicator, first, last)
    async with database.reading(ANYONE) as unit:
        found = queries.published_figures(
            unit.conn,
            **about,
            month=paging.day(0),
            seen_indicator=paging.integer(1),
            seen_area=paging.text(2),
            fetch=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(rows, released_view, lambda row: (row["month"].isoformat(), row["indicator"], row["area"]))


@router.get(
    "/published-figure-exports",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_published_figures(
    database: Store,
    area: Area = None,
    region_id: RegionQuery = None,
    indicator: IndicatorQuery = None,
    first: FirstMonth = None,
    last: LastMonth = None,
) -> Response:
    """The same as CSV, at most 20,000 rows."""
    about = _about(area, region_id, indicator, first, last)
    async with database.reading(ANYONE) as unit:
        found = queries.published_figures(
            unit.conn, **about, month=None, seen_indicator=None, seen_area=None, fetch=MAX_EXPORT
        )
        rows = [row async for row in found]
    return Response(
        published_csv(map(released_view, rows)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="published-figures.csv"'},
    )


@router.get("/releases")
async def list_releases(database: Store, paging: Paging, area: Area = None) -> Page[ReleaseView]:
    """Every release ever made, newest first. Nothing of it changes any more."""
    async with database.reading(ANYONE) as unit:
        found = queries.releases(
            unit.conn, area=area, published_at=paging.instant(0), release_id=seen_id(paging, 1), fetch=paging.fetch
        )
        rows = [row async for row in found]
    return paging.page(rows, release_view, lambda row: (row["published_at"].isoformat(), str(row["release_id"])))


@router.get("/releases/{releaseId}")
async def get_release(release_id: ReleaseId, database: Store) -> ReleaseDetailView:
    """One release with its figures, as they were published."""
    async with database.reading(ANYONE) as unit:
        row = await queries.release(unit.conn, release_id=release_id)
        if row is None:
            raise NotFound()
        rows = [figure async for figure in queries.figures_of_release(unit.conn, release_id=release_id)]
    shown = release_view(row)
    return ReleaseDetailView(
        **{name: getattr(shown, name) for name in ReleaseView.model_fields},
        figures=[released_view(row) for row in rows],
    )


@router.get(
    "/feeds/json",
    response_class=Response,
    responses={200: {"content": {"application/feed+json": {"schema": {"type": "object"}}}}},
)
async def get_json_feed(request: Request, database: Store, area: Area = None) -> Response:
    """The latest releases as JSON Feed 1.1."""
    releases, figures = await _latest(database, area)
    address, base = _addresses(request)
    return JSONResponse(json_feed(address, base, releases, figures), media_type="application/feed+json")


@router.get(
    "/feeds/atom",
    response_class=Response,
    responses={200: {"content": {"application/atom+xml": {"schema": {"type": "string"}}}}},
)
async def get_atom_feed(request: Request, database: Store, area: Area = None) -> Response:
    """The latest releases as Atom."""
    releases, figures = await _latest(database, area)
    address, base = _addresses(request)
    return Response(atom_feed(address, base, releases, figures), media_type="application/atom+xml")


async def _latest(
    database: Database, area: str | None
) -> tuple[Sequence[ReleaseView], dict[UUID, list[dict[str, Any]]]]:
    async with database.reading(ANYONE) as unit:
        found = queries.releases(unit.conn, area=area, published_at=None, release_id=None, fetch=FEED_LENGTH)
        releases = [release_view(row) async for row in found]
        figures: dict[UUID, list[dict[str, Any]]] = {}
        ids = [release.release_id for release in releases]
        async for row in queries.figures_of_releases(unit.conn, release_ids=ids):
            figures.setdefault(row["release_id"], []).append(row["figure"])
    return releases, figures


def _addresses(request: Request) -> tuple[str, str]:
    return str(request.url), f"{str(request.base_url).rstrip('/')}/v1"


def _about(
    area: str | None, region_id: str | None, indicator: int | None, first: str | None, last: str | None
) -> dict[str, object]:
    return {
        "area": area,
        "region_id": region_id,
        "indicator": indicator,
        "first": month_of(first, "first").first_day if first else None,
        "last": month_of(last, "last").first_day if last else None,
    }
