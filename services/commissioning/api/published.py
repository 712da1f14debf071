"""What everyone may read without signing in: published scenarios and commissions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from contracts.values import MunicipalityCode
from services.commissioning.api.access import ANYONE, CommissionId, ScenarioId, Store
from services.commissioning.domain.commission import Commission, Stage
from services.commissioning.domain.scenario import Scenario
from services.commissioning.store import queries
from services.commissioning.store.records import get_commission, get_scenario, position, value
from services.kit.auth import public
from services.kit.paging import Page, Paging

router = APIRouter(tags=["published"], dependencies=[Depends(public())])


@router.get("/published-scenarios")
async def list_published_scenarios(
    database: Store,
    paging: Paging,
    municipality: Annotated[MunicipalityCode | None, Query(description="Only about this municipality.")] = None,
) -> Page[Scenario]:
    """Scenarios that were published, newest first."""
    drafted_at, scenario_id = position(paging)
    async with database.reading(ANYONE) as unit:
        found = queries.scenarios(
            unit.conn, municipality=municipality, drafted_at=drafted_at, scenario_id=scenario_id, limit=paging.fetch
        )
        rows = [row async for row in found]
    return paging.page(
        rows, lambda row: value(Scenario, row), lambda row: (row["drafted_at"].isoformat(), str(row["scenario_id"]))
    )


@router.get("/published-scenarios/{scenarioId}")
async def get_published_scenario(scenario_id: ScenarioId, database: Store) -> Scenario:
    """One published scenario."""
    async with database.reading(ANYONE) as unit:
        return await get_scenario(unit.conn, scenario_id)


@router.get("/published-commissions")
async def list_published_commissions(
    database: Store,
    paging: Paging,
    stage: Annotated[Stage | None, Query(description="Only in this stage.")] = None,
    municipality: Annotated[MunicipalityCode | None, Query(description="Only for this municipality.")] = None,
) -> Page[Commission]:
    """Commissions that were published, newest first."""
    drafted_at, commission_id = position(paging)
    async with database.reading(ANYONE) as unit:
        found = queries.commissions(
            unit.conn,
            stage=stage,
            municipality=municipality,
            drafted_at=drafted_at,
            commission_id=commission_id,
            limit=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(
        rows,
        lambda row: value(Commission, row),
        lambda row: (row["drafted_at"].isoformat(), str(row["commission_id"])),
    )


@router.get("/published-commissions/{commissionId}")
async def get_published_commission(commission_id: CommissionId, database: Store) -> Commission:
    """One published commission."""
    async with database.reading(ANYONE) as unit:
        return await get_commission(unit.conn, commission_id)
