"""Scenarios: where a municipality or region wants to go."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from contracts.values import MunicipalityCode
from services.commissioning import commands
from services.commissioning.api.access import Commissioner, ScenarioId, SignedIn, Store
from services.commissioning.domain.scenario import Scenario
from services.commissioning.store import queries
from services.commissioning.store.records import get_scenario as stored_scenario
from services.commissioning.store.records import position, value
from services.kit.paging import Page, Paging
from services.kit.runner import ExpectedVersion, Runner, set_etag

router = APIRouter(tags=["scenarios"])


@router.post("/scenarios", status_code=201)
async def draft_scenario(body: commands.ScenarioText, run: Runner, actor: Commissioner, response: Response) -> Scenario:
    """Begin a scenario for one or more municipalities."""
    scenario: Scenario = await run(commands.DraftScenario(**dict(body)), actor)
    set_etag(response, scenario.version)
    return scenario


@router.get("/scenarios")
async def list_scenarios(
    database: Store,
    actor: SignedIn,
    paging: Paging,
    municipality: Annotated[MunicipalityCode | None, Query(description="Only about this municipality.")] = None,
) -> Page[Scenario]:
    """Published scenarios, and drafts that the caller's organisation takes part in; newest first."""
    drafted_at, scenario_id = position(paging)
    async with database.reading(actor) as unit:
        found = queries.scenarios(
            unit.conn, municipality=municipality, drafted_at=drafted_at, scenario_id=scenario_id, limit=paging.fetch
        )
        rows = [row async for row in found]
    return paging.page(
        rows, lambda row: value(Scenario, row), lambda row: (row["drafted_at"].isoformat(), str(row["scenario_id"]))
    )


@router.get("/scenarios/{scenarioId}")
async def get_scenario(scenario_id: ScenarioId, database: Store, actor: SignedIn, response: Response) -> Scenario:
    """One scenario; its ETag is needed to edit it."""
    async with database.reading(actor) as unit:
        scenario = await stored_scenario(unit.conn, scenario_id)
    set_etag(response, scenario.version)
    return scenario


@router.put("/scenarios/{scenarioId}")
async def edit_scenario(
    scenario_id: ScenarioId,
    body: commands.ScenarioText,
    expected: ExpectedVersion,
    run: Runner,
    actor: Commissioner,
    response: Response,
) -> Scenario:
    """Rewrite a draft."""
    scenario: Scenario = await run(commands.EditScenario(scenario_id=scenario_id, version=expected, text=body), actor)
    set_etag(response, scenario.version)
    return scenario


@router.post("/scenarios/{scenarioId}/publications", status_code=201)
async def publish_scenario(scenario_id: ScenarioId, run: Runner, actor: Commissioner) -> Scenario:
    """Tell the scenario to everyone; from then on it is fixed."""
    scenario: Scenario = await run(commands.PublishScenario(scenario_id=scenario_id), actor)
    return scenario
