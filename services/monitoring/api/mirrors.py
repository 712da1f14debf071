"""A provider among its anonymous peers."""

from typing import Annotated

from fastapi import APIRouter, Depends

from contracts.values import Role
from services.kit.actor import Actor
from services.kit.auth import allow
from services.kit.unit import Unit
from services.monitoring.api.access import RegionQuery, Store
from services.monitoring.catalogue import catalogue
from services.monitoring.domain.figures import basis
from services.monitoring.domain.indicators import PUBLISHED_PERIOD
from services.monitoring.domain.periods import Month, Period
from services.monitoring.explaining import words
from services.monitoring.store import figures, queries
from services.monitoring.views import MirrorItemView, MirrorListView, MirrorView

router = APIRouter(tags=["mirrors"])

Provider = Annotated[Actor, Depends(allow(Role.PLANNER, Role.PROFESSIONAL, Role.PROVIDER_ADMINISTRATOR))]


@router.get("/mirrors")
async def list_mirrors(
    database: Store,
    actor: Provider,
    region_id: RegionQuery = None,
) -> MirrorListView:
    """Your own figures beside the quartiles of the other providers, per region, as of its latest release.

    The spread is of at least five providers, without names; a region without a release has no mirror yet.
    """
    async with database.reading(actor) as unit:
        regions = [row["region_id"] async for row in queries.regions_of_provider(unit.conn, provider=actor.code)]
        wanted = [name for name in regions if region_id in (None, name)]
        found = [mirror for name in wanted if (mirror := await _mirror(unit, name, actor.code)) is not None]
    return MirrorListView(items=found)


async def _mirror(unit: Unit, region_id: str, provider: str) -> MirrorView | None:
    latest = await queries.latest_spread_month(unit.conn, region_id=region_id)
    if latest is None:
        return None
    month = Month.of(latest)
    period = Period(PUBLISHED_PERIOD, month)
    spreads = {
        row["indicator"]: row
        async for row in queries.peer_spreads(unit.conn, region_id=region_id, month=month.first_day)
    }
    members = [row["municipality"] async for row in queries.regions(unit.conn, region_id=region_id, municipality=None)]
    own = await figures.load(unit.conn, first=period.first, last=period.last, municipalities=members, provider=provider)
    totals = own.totals(period)
    items = []
    for indicator in catalogue().computed:
        spread = spreads.get(indicator.number)
        if spread is None:
            continue
        exact = basis(indicator, totals)
        items.append(
            MirrorItemView(
                indicator=indicator.number,
                code=indicator.code,
                name=words(indicator.name),
                unit=indicator.unit,
                good=indicator.good,
                own_value=exact.value,
                own_cases=exact.cases,
                peers=spread["peers"],
                lower_quartile=spread["lower_quartile"],
                median=spread["median"],
                upper_quartile=spread["upper_quartile"],
            )
        )
    return MirrorView(region_id=region_id, month=str(month), items=items)
