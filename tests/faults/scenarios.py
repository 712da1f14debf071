"""The fault scenarios of ``make faults``: what dies, under which load."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from deploy.local.processes import PROCESSES
from deploy.simulate.measures import summary
from deploy.simulate.simulation import Size
from services.kit.working_days import AMSTERDAM
from tests.faults import disturbances
from tests.faults.exchanging import exchange
from tests.faults.invariants import check
from tests.faults.stage import Recovery, Stage, moment

LOAD = Size(municipalities=4, clients=10_000, months=3, seed=0, rate=12.0, at_once=6)
"""A steady load, far more journeys than any scenario lasts for; each scenario has a seed of its own."""
STORM = 6
FROZEN_SECONDS = 6.0
JOURNEYS = 30
"""A scenario goes on until so many journeys were begun, however quick the fault was."""

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


async def cut_connections(stage: Stage, chance: random.Random) -> list[Recovery]:
    """Every database session ends, three times."""
    recoveries = []
    for _ in range(3):
        await moment(chance)
        fault = "database connections are cut"
        recoveries.append(await stage.disturb(fault, lambda: disturbances.cut_connections(stage.stack)))
    return recoveries


async def kill_during_exchange(stage: Stage, chance: random.Random) -> list[Recovery]:
    """Referral dies, three times, while messages come in one by one and in a batch."""
    sending = asyncio.create_task(exchange(stage, datetime.now(AMSTERDAM).date()))
    recoveries = []
    for _ in range(3):
        await moment(chance)
        recoveries.append(await stage.kill("referral"))
    stage.exchanges.append(await sending)
    return recoveries


def freezing(name: str) -> Faults:
    """It hangs for some seconds, with its connections open."""

    async def happen(stage: Stage, chance: random.Random) -> list[Recovery]:
        target = stage.stack.broker_name if name == "broker" else name
        await moment(chance)
        fault = f"{target} hangs for {FROZEN_SECONDS:.0f} s"
        return [await stage.disturb(fault, lambda: disturbances.freeze(stage.stack, target, FROZEN_SECONDS))]

    return happen


async def repeat_everything(stage: Stage, chance: random.Random) -> list[Recovery]:
    """Everything is delivered a second time, in another order."""
    await moment(chance, 3.0, 6.0)
    fault = "every record again, shuffled"
    return [await stage.disturb(fault, lambda: disturbances.repeat_everything(stage.stack, chance))]


async def rebalance_storm(stage: Stage, chance: random.Random) -> list[Recovery]:
    """More members join the groups of monitoring and are killed, so that partitions move all the time."""

    async def come_and_go() -> None:
        await asyncio.gather(*(disturbances.another_member(stage.stack, "monitoring") for _ in range(2)))

    recoveries = []
    for _ in range(2):
        await moment(chance)
        recoveries.append(await stage.disturb("two members come and are killed", come_and_go))
    return recoveries


SCENARIOS: Mapping[str, Faults] = {
    **{f"kill-{process.name}": killing(process.name) for process in PROCESSES},
    "kill-referral-during-exchange": kill_during_exchange,
    "kill-identity": killing("identity"),
    "kill-broker": killing("broker"),
    "kill-temporal": killing("temporal"),
    "kill-postgres": killing("postgres"),
    "broker-loses-its-data": lose_broker_data,
    "cut-database-connections": cut_connections,
    "freeze-monitoring": freezing("monitoring"),
    "freeze-broker": freezing("broker"),
    "freeze-postgres": freezing("postgres"),
    "duplicates-out-of-order": repeat_everything,
    "rebalance-storm": rebalance_storm,
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
            await stage.until_begun(simulation, JOURNEYS)
        result.journeys, result.commands = len(simulation.begun), simulation.tally.commands
        result.retries = simulation.tally.retries
        result.command_milliseconds = summary(simulation.tally.latencies)
        await stage.quiet()
        result.problems = await check(stage)
    except Exception as error:  # whatever goes wrong in a scenario is a finding, and the others are still played
        result.problems = [f"{type(error).__name__}: {error}"]
    result.seconds = round(time.monotonic() - began, 1)
    return result
