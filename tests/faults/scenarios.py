"""The fault scenarios of ``make faults``: what dies, under which load."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from deploy.local.processes import PROCESSES
from deploy.simulate.measures import summary
from deploy.simulate.simulation import Size
from tests.faults.invariants import check
from tests.faults.stage import Recovery, Stage, moment

LOAD = Size(municipalities=4, clients=10_000, months=3, seed=0, rate=12.0, at_once=6)
"""A steady load, far more journeys than any scenario lasts for; each scenario has a seed of its own."""
STORM = 6

Faults = Callable[[Stage, random.Random], Awaitable[list[Recovery]]]


@dataclass
class Result:
    """What a scenario gave. ``problems`` is empty when every invariant held."""

    scenario: str
    seed: int
    recoveries: list[Recovery] = field(default_factory=list)
    journeys: int = 0
    commands: int = 0
    retries: int = 0
    command_milliseconds: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def killing(name: str) -> Faults:
    """SIGKILL one process or engine, twice, each time at a moment that the seed gives."""

    async def happen(stage: Stage, chance: random.Random) -> list[Recovery]:
        target = stage.stack.broker_name if name == "broker" else name
        recoveries = []
        for _ in range(2):
            await moment(chance)
            recoveries.append(await stage.kill(target))
        return recoveries

    return happen


async def lose_broker_data(stage: Stage, chance: random.Random) -> list[Recovery]:
    """The broker comes back empty: every topic is made and filled again from the logs."""
    await moment(chance)
    return [await stage.wipe_broker()]


async def deploy_anew(stage: Stage, chance: random.Random) -> list[Recovery]:
    """Every process is stopped and started in turn, as a deployment of a new version does."""
    recoveries = []
    for process in PROCESSES:
        await moment(chance, 0.1, 0.5)
        recoveries.append(await stage.restart(process.name))
    return recoveries


async def storm(stage: Stage, chance: random.Random) -> list[Recovery]:
    """Several die while others are still coming back."""
    names = [process.name for process in PROCESSES] + [stage.stack.broker_name, "temporal", "postgres"]
    dying = []
    for name in chance.sample(names, STORM):
        await moment(chance, 0.1, 1.0)
        dying.append(asyncio.create_task(stage.kill(name)))
    return list(await asyncio.gather(*dying))


SCENARIOS: Mapping[str, Faults] = {
    **{f"kill-{process.name}": killing(process.name) for process in PROCESSES},
    "kill-identity": killing("identity"),
    "kill-broker": killing("broker"),
    "kill-temporal": killing("temporal"),
    "kill-postgres": killing("postgres"),
    "broker-loses-its-data": lose_broker_data,
    "deploy-under-load": deploy_anew,
    "storm": storm,
}


async def play(stage: Stage, name: str, seed: int) -> Result:
    """One scenario, and what came of it."""
    result = Result(name, seed)
    began = time.monotonic()
    try:
        load = Size(**{**asdict(LOAD), "seed": seed})
        async with stage.under_load(load) as simulation:
            result.recoveries = await SCENARIOS[name](stage, random.Random(f"{seed}/{name}"))
        result.journeys, result.commands = len(simulation.begun), simulation.tally.commands
        result.retries = simulation.tally.retries
        result.command_milliseconds = summary(simulation.tally.latencies)
        await stage.quiet()
        result.problems = await check(stage)
    except Exception as error:  # whatever goes wrong in a scenario is a finding, and the others are still played
        result.problems = [f"{type(error).__name__}: {error}"]
    result.seconds = round(time.monotonic() - began, 1)
    return result
