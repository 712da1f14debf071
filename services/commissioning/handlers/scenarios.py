"""Scenarios: draft, edit, publish."""

from contracts.events.commissioning import ScenarioPublished
from contracts.values import council, municipality
from services.commissioning.commands import DraftScenario, EditScenario, PublishScenario
from services.commissioning.domain.mandate import require_mandate
from services.commissioning.domain.scenario import Scenario, ScenarioStatus, bands
from services.commissioning.store import queries
from services.commissioning.store.records import get_scenario, join, partners, row_of
from services.kit.runner import require_version
from services.kit.unit import Unit


async def draft_scenario(command: DraftScenario, unit: Unit) -> Scenario:
    owner = unit.actor.party
    require_mandate(owner, command.municipalities, await partners(unit, owner))
    scenario = Scenario(
        scenario_id=unit.new_id(),
        owner=owner,
        title=command.title,
        story=command.story,
        municipalities=command.municipalities,
        frames=command.frames,
        outcomes=bands(command.outcomes, [unit.new_id() for _ in command.outcomes]),
        status=ScenarioStatus.DRAFT,
        version=1,
        drafted_at=unit.now,
    )
    await queries.insert_scenario(unit.conn, row=row_of(scenario))
    await join(unit.conn, scenario.scenario_id, owner, scenario.municipalities)
    return scenario


async def edit_scenario(command: EditScenario, unit: Unit) -> Scenario:
    scenario = await get_scenario(unit.conn, command.scenario_id, lock=True)
    require_version(command.version, scenario.version)
    text = command.text
    require_mandate(scenario.owner, text.municipalities, await partners(unit, scenario.owner))
    scenario = scenario.edit(
        title=text.title,
        story=text.story,
        municipalities=text.municipalities,
        frames=text.frames,
        outcomes=bands(text.outcomes, [unit.new_id() for _ in text.outcomes]),
    )
    await queries.update_scenario(unit.conn, scenario_id=scenario.scenario_id, row=row_of(scenario))
    await join(unit.conn, scenario.scenario_id, scenario.owner, scenario.municipalities)
    return scenario


async def publish_scenario(command: PublishScenario, unit: Unit) -> Scenario:
    scenario = await get_scenario(unit.conn, command.scenario_id, lock=True)
    adopted = {row["frame_id"] async for row in queries.frames(unit.conn, municipalities=list(scenario.municipalities))}
    scenario = scenario.publish(unit.now, adopted)
    await queries.update_scenario(unit.conn, scenario_id=scenario.scenario_id, row=row_of(scenario))
    unit.emit(
        scenario.scenario_id,
        ScenarioPublished(
            scenario_id=scenario.scenario_id,
            title=scenario.title,
            municipalities=scenario.municipalities,
            frames=scenario.frames,
            outcomes=scenario.outcomes,
            published_at=unit.now,
        ),
        [scenario.owner, *map(municipality, scenario.municipalities), *map(council, scenario.municipalities)],
    )
    return scenario
