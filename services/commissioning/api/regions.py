"""Regions, providers, capacity, frames, and what is due."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from contracts.values import AgbCode, MunicipalityCode, ProductCode
from services.commissioning import commands, views
from services.commissioning.api.access import Founder, Registrar, SignedIn, Stater, Store
from services.commissioning.api.bodies import CapacityStatement
from services.commissioning.store import queries
from services.kit.paging import Page, Paging
from services.kit.problems import NotFound
from services.kit.runner import Runner

router = APIRouter(tags=["parties"])

RegionId = Annotated[commands.RegionId, Path(alias="regionId", description="Name of the region.")]
Agb = Annotated[AgbCode, Path(description="AGB code of the provider.")]


@router.post("/regions", status_code=201)
async def form_region(body: commands.FormRegion, run: Runner, actor: Founder) -> views.Region:
    """Municipalities commission together; again, with other members, replaces them."""
    region: views.Region = await run(body, actor)
    return region


@router.get("/regions")
async def list_regions(database: Store, actor: SignedIn) -> views.Regions:
    """Every region with its municipalities."""
    async with database.reading(actor) as unit:
        rows = [views.Region(**dict(row)) async for row in queries.regions(unit.conn, region_id=None)]
    return views.Regions(items=tuple(rows))


@router.get("/regions/{regionId}")
async def get_region(region_id: RegionId, database: Store, actor: SignedIn) -> views.Region:
    """One region with its municipalities."""
    async with database.reading(actor) as unit:
        rows = [views.Region(**dict(row)) async for row in queries.regions(unit.conn, region_id=region_id)]
    if not rows:
        raise NotFound()
    return rows[0]


@router.post("/providers", status_code=201)
async def register_provider(body: commands.RegisterProvider, run: Runner, actor: Registrar) -> views.Provider:
    """A provider joins the platform, or changes its name."""
    registered: views.Provider = await run(body, actor)
    return registered


@router.get("/providers")
async def list_providers(database: Store, actor: SignedIn, paging: Paging) -> Page[views.Provider]:
    """Providers in order of AGB code."""
    async with database.reading(actor) as unit:
        found = queries.providers(unit.conn, agb=None, after=paging.text(0), limit=paging.fetch)
        rows = [row async for row in found]
    return paging.page(rows, lambda row: views.Provider(**dict(row)), lambda row: (row["agb"],))


@router.get("/providers/{agb}")
async def get_provider(agb: Agb, database: Store, actor: SignedIn) -> views.Provider:
    """One provider."""
    async with database.reading(actor) as unit:
        rows = [views.Provider(**dict(row)) async for row in queries.providers(unit.conn, agb=agb, after=None, limit=1)]
    if not rows:
        raise NotFound()
    return rows[0]


@router.post("/capacities", status_code=201)
async def state_capacity(body: CapacityStatement, run: Runner, actor: Stater) -> views.Capacity:
    """State how many places the caller's organisation has for a product; the latest statement counts."""
    stated: views.Capacity = await run(commands.StateCapacity(**body.model_dump()), actor)
    return stated


@router.get("/capacities")
async def list_capacities(
    database: Store,
    actor: SignedIn,
    provider: Annotated[AgbCode | None, Query(description="Only of this provider.")] = None,
    product_code: Annotated[ProductCode | None, Query(alias="productCode", description="Only this product.")] = None,
) -> views.Capacities:
    """What providers said about room and wait, shortest wait first. A provider sees its own."""
    async with database.reading(actor) as unit:
        found = queries.capacities(unit.conn, provider=provider, product_code=product_code)
        rows = [views.Capacity(**dict(row)) async for row in found]
    return views.Capacities(items=tuple(rows))


@router.get("/frames")
async def list_frames(
    database: Store,
    actor: SignedIn,
    municipality: Annotated[list[MunicipalityCode] | None, Query(description="Only of these municipalities.")] = None,
) -> views.Frames:
    """Frames adopted by councils, which a scenario may cite."""
    async with database.reading(actor) as unit:
        found = queries.frames(unit.conn, municipalities=municipality)
        rows = [views.Frame(**dict(row)) async for row in found]
    return views.Frames(items=tuple(rows))


@router.get("/deadlines")
async def list_deadlines(
    database: Store,
    actor: SignedIn,
    before: Annotated[AwareDatetime | None, Query(description="Only what is due at or before this instant.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most, earliest first.")] = 200,
) -> list[views.DeadlineView]:
    """Promises of the caller's organisation that are still open, earliest first."""
    party = None if actor.is_system else actor.party
    async with database.reading(actor) as unit:
        rows = queries.open_deadlines(unit.conn, before=before, party=party, limit=limit)
        return [views.DeadlineView(**dict(row)) async for row in rows]
