"""Where faults are played: a stack of its own, load on it, something that dies, and how long it takes to recover."""

import asyncio
import random
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
from temporalio.client import Client

from deploy.demo.clock import BusinessClock, Group
from deploy.demo.streams import groups
from deploy.local.supervisor import Stack
from deploy.simulate.simulation import Simulation, Size
from tests.faults.exchanging import Exchange
from tests.faults.reading import logs_of, positions_of
from workflows.connection import connect
from workflows.settings import WorkflowSettings

RECOVERY_SECONDS = 120.0
QUIET_SECONDS = 120.0
LOOK_SECONDS = 0.05
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""How a database that is restarting shows itself."""


@dataclass(frozen=True)
class Recovery:
    """How long after a fault the process did its work again, and how long until everybody had caught up."""

    fault: str
    ready_seconds: float
    caught_up_seconds: float


@dataclass
class Stage:
    """A running stack with its groups; every simulation that ran on it is remembered for the invariants."""

    stack: Stack
    groups: list[Group] = field(default_factory=groups)
    simulations: list[Simulation] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    """Messages that were sent on it, to be answered once each."""

    async def temporal(self) -> Client:
        """A client with the workflows' own key, so that histories can be read."""
        return await connect(WorkflowSettings.load(self.stack.environment("worker")))

    @asynccontextmanager
    async def under_load(self, size: Size) -> AsyncIterator[Simulation]:
        """Load while the body runs. At its end no journey begins any more, and those under way are finished."""
        async with Simulation.on(self.stack.state, size) as simulation:
            self.simulations.append(simulation)
            running = asyncio.create_task(simulation.run())
            try:
                yield simulation
                simulation.enough()
                await running
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    @staticmethod
    async def until_begun(simulation: Simulation, journeys: int) -> None:
        """Wait until the load began so many journeys. Raises ``TimeoutError``."""
        async with asyncio.timeout(RECOVERY_SECONDS):
            while True:
                if len(simulation.begun) >= journeys:
                    return
                await asyncio.sleep(LOOK_SECONDS)

    async def kill(self, name: str) -> Recovery:
        """SIGKILL one process or engine; gives how long it took to recover."""
        since = self.stack.restarts(name)
        return await self._recovered(
            f"kill {name}",
            lambda: self._killed(name),
            lambda: self.stack.running_again(name, since=since, seconds=RECOVERY_SECONDS),
        )

    async def _killed(self, name: str) -> None:
        self.stack.kill(name)

    async def wipe_broker(self) -> Recovery:
        """The broker loses everything that it ever stored."""
        name = self.stack.broker_name

        async def lose() -> None:
            await self.stack.stop(name)
            await asyncio.to_thread(shutil.rmtree, self.stack.state.path("engines", name), ignore_errors=True)

        return await self._recovered("broker loses its data", lose, lambda: self.stack.start(name))

    async def disturb(self, fault: str, happen: Callable[[], Awaitable[None]]) -> Recovery:
        """Something that nothing dies of; gives how long it lasted, and how long until everybody had caught up."""
        return await self._recovered(fault, happen, _nothing)

    async def restart(self, name: str) -> Recovery:
        """Stop one process or engine in an orderly way and start it again, as a deployment does."""
        return await self._recovered(f"restart {name}", lambda: self.stack.stop(name), lambda: self.stack.start(name))

    async def _recovered(
        self, fault: str, happen: Callable[[], Awaitable[None]], until_ready: Callable[[], Awaitable[None]]
    ) -> Recovery:
        began = time.monotonic()
        await happen()
        await until_ready()
        ready = time.monotonic() - began
        await self._caught_up()
        return Recovery(fault, round(ready, 2), round(time.monotonic() - began, 2))

    async def _caught_up(self) -> None:
        """Wait until every consumer is where the logs are now, however much is added meanwhile."""
        give_up_at = time.monotonic() + RECOVERY_SECONDS
        heads: dict[tuple[str, int], int] | None = None
        behind = ["everything"]
        while behind:
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"not caught up: {'; '.join(behind[:5])}")
            try:
                heads = heads or {place: log.last for place, log in (await logs_of(self.stack.admin_url)).items()}
                behind = await self._behind(heads)
            except AWAY:
                pass
            await asyncio.sleep(LOOK_SECONDS)

    async def _behind(self, heads: dict[tuple[str, int], int]) -> list[str]:
        positions = await positions_of(self.stack.admin_url)
        return [
            f"{group.name} in {source}/{partition}"
            for group in self.groups
            for (source, partition), last in heads.items()
            if any(topic.service == source for topic in group.sources)
            and positions.get((group.name, source, partition), 0) < last
        ]

    async def quiet(self) -> None:
        """Wait until nothing is under way any more. Raises ``NotQuiet``."""
        async with BusinessClock.open(self.stack.admin_url, await self.temporal(), self.groups) as clock:
            await clock.quiet(QUIET_SECONDS)


async def _nothing() -> None:
    """There is nothing to wait for."""


def moment(chance: random.Random, shortest: float = 0.5, longest: float = 3.0) -> Awaitable[None]:
    """Some time during the load."""
    return asyncio.sleep(chance.uniform(shortest, longest))
