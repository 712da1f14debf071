"""All that is allocated; and what the municipality decides by itself on what no journey serves."""

from datetime import date
from typing import Annotated

import asyncpg
from fastapi import APIRouter, Path, Query

from contracts.events.commissioning import Law
from contracts.values import MunicipalityCode
from services.kit.paging import Page, Paging
from services.kit.problems import Forbidden
from services.kit.runner import Runner
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral import bodies, broad_commands
from services.referral.api.access import Decider, OpenVault, Reader, Store
from services.referral.api.acts import mark_of
from services.referral.chain_views import (
    AllocationInDetail,
    AllocationState,
    ApprovedView,
    CategoryView,
    ChainAllocation,
    ReportView,
)
from services.referral.istandaarden.codes import STANDARDS
from services.referral.istandaarden.labels import CATEGORIES
from services.referral.store import allocations, deliveries, queries

router = APIRouter(tags=["allocations"])

Municipality = Annotated[MunicipalityCode, Path(description="Who allocated.")]
TheLaw = Annotated[Law, Path(alias="law", description="Under which law.")]
Number = Annotated[broad_commands.AllocationNumber, Path(description="Its number, unique in both.")]


@router.get("/allocations")
async def list_chain_allocations(
    database: Store,
    actor: Reader,
    paging: Paging,
    journeyless: Annotated[
        bool | None, Query(description="Only those that no journey serves: without a specific product.")
    ] = None,
) -> Page[ChainAllocation]:
    """Every allocation of the caller as the latest decision left it, latest first day first."""
    async with database.reading(actor) as unit:
        found = queries.list_allocations(
            unit.conn,
            journeyless=journeyless,
            starts_on=paging.day(0),
            municipality=paging.text(1),
            law=paging.text(2),
            number=paging.integer(3),
            limit=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(
        rows,
        allocation_seen,
        lambda row: (row["starts_on"].isoformat(), row["municipality"], row["law"], row["number"]),
    )


@router.post("/allocations", status_code=201)
async def allocate_broadly(
    body: bodies.BroadAllocationBody, run: Runner, vault: OpenVault, actor: Decider
) -> AllocationState:
    """Allocate a category, or a budget alone, which nobody asked for (a 301 is written)."""
    values = {name: getattr(body, name) for name in bodies.BroadAllocationBody.model_fields}
    command = broad_commands.AllocateBroadly(**values, person_mark=mark_of(vault, body) or "")
    state: AllocationState = await run(command, actor)
    return state


@router.get("/allocations/{municipality}/{law}/{number}")
async def get_chain_allocation(
    municipality: Municipality, law: TheLaw, number: Number, database: Store, actor: Reader
) -> AllocationInDetail:
    """One allocation of the caller, with what was reported of the care under it and what was declared on it."""
    async with database.reading(actor) as unit:
        row = await queries.get_allocation(unit.conn, municipality=municipality, law=law, number=number)
        if row is None:
            raise allocations.unknown()
        return await in_detail(unit, row)


@router.post("/allocations/{municipality}/{law}/{number}/changes", status_code=201)
async def change_broad_allocation(
    municipality: Municipality, law: TheLaw, number: Number, body: bodies.BroadChangeBody, run: Runner, actor: Decider
) -> AllocationState:
    """Another last day or budget of an allocation that no journey serves (a 301 is written)."""
    command = broad_commands.ChangeBroadAllocation(
        municipality=municipality, law=law, number=number, **body.model_dump()
    )
    state: AllocationState = await run(command, actor)
    return state


@router.post("/allocations/{municipality}/{law}/{number}/removals", status_code=201)
async def remove_broad_allocation(
    municipality: Municipality, law: TheLaw, number: Number, run: Runner, actor: Decider
) -> AllocationState:
    """Remove one that no journey serves: it counts as never made. Not when claims on it were approved (TR385)."""
    command = broad_commands.RemoveBroadAllocation(municipality=municipality, law=law, number=number)
    state: AllocationState = await run(command, actor)
    return state


@router.get("/categories")
async def list_categories(
    database: Store,
    actor: Decider,
    municipality: Annotated[MunicipalityCode, Query(description="The own municipality.")],
    starts_on: Annotated[
        date | None, Query(alias="startsOn", description="Agreed on this day; today by default.")
    ] = None,
) -> list[CategoryView]:
    """The categories that may be allocated without a product, with the providers that have an agreement in them."""
    if not actor.is_system and actor.code != municipality:
        raise Forbidden()
    async with database.reading(actor) as unit:
        rows = queries.categories_here(unit.conn, municipality=municipality, on=starts_on or local_date(unit.now))
        return [
            CategoryView(**dict(row), name=CATEGORIES[STANDARDS[Law(row["law"])]].get(row["category"], row["category"]))
            async for row in rows
        ]


def allocation_seen(row: asyncpg.Record) -> ChainAllocation:
    """An allocation as its parties see it."""
    return ChainAllocation.model_validate(_shared(row))


async def in_detail(unit: Unit, row: asyncpg.Record) -> AllocationInDetail:
    """The same with what came of it so far."""
    relation, number = allocations.from_row(row).relation, row["number"]
    approved = await allocations.approved(unit, relation, number)
    reported = await deliveries.under(unit, relation, number)
    return AllocationInDetail(
        **_shared(row),
        approved=tuple(ApprovedView(**each._asdict()) for each in approved),
        reports=tuple(ReportView.model_validate(each, from_attributes=True) for each in reported),
    )


def _shared(row: asyncpg.Record) -> dict[str, object]:
    allocation = allocations.from_row(row)
    shared = {name: getattr(allocation, name) for name in ChainAllocation.model_fields if hasattr(allocation, name)}
    return {**shared, "client": row["client_dossier"]}
