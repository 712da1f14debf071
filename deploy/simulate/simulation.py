"""A whole simulation: many journeys at once, at a steady rate, until all are done or somebody says enough."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from contracts.values import Role
from deploy.demo.once import Demonstration
from deploy.local.errors import LocalError
from deploy.local.state import State
from deploy.simulate.access import Access
from deploy.simulate.declaring import Declared
from deploy.simulate.journeys import Journey, Traveller
from deploy.simulate.measures import Tally, Watch
from deploy.simulate.region import settle
from services.kit.http import ServiceClient, network
from services.kit.working_days import local_date

AT_ONCE = 8
TIMEOUT_SECONDS = 30.0
CONNECTIONS = 64


@dataclass(frozen=True)
class Size:
    """How much load: ``clients`` each ask once, in one of the last ``months``; ``rate`` commands a second at most."""

    municipalities: int
    clients: int
    months: int
    seed: int
    rate: float | None = None
    at_once: int = AT_ONCE


class Pace:
    """Lets at most ``rate`` commands a second through, evenly."""

    def __init__(self, rate: float | None) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._next = 0.0

    async def __call__(self) -> None:
        if not self._interval:
            return
        now = time.monotonic()
        moment = max(now, self._next)
        self._next = moment + self._interval
        await asyncio.sleep(moment - now)


@dataclass
class Simulation:
    """The journeys of one run. ``enough`` begins no more; those under way are finished."""

    size: Size
    traveller: Traveller
    tally: Tally
    journeys: list[Journey] = field(default_factory=list)
    declared: Declared = field(default_factory=Declared)
    _enough: bool = False

    @classmethod
    @asynccontextmanager
    async def on(cls, state: State, size: Size) -> "AsyncIterator[Simulation]":
        """On the stack that runs on ``state``, settled and ready. Raises LocalError where it cannot be."""
        if Demonstration(state).half_loaded:
            raise LocalError(
                "The demonstration is being loaded. Wait until 'samenspel run' prints the address of the portal."
            )
        async with httpx.AsyncClient(transport=network(CONNECTIONS), timeout=TIMEOUT_SECONDS) as http:
            access = Access(state, http)
            places = await settle(access, size.municipalities)
            tally = Tally()
            watch = Watch(access, tally)
            traveller = Traveller(
                access=access,
                places=places,
                seed=size.seed,
                months=size.months,
                today=local_date(await _now(access)),
                run=time.time_ns() // 1_000_000,
                tally=tally,
                watch=watch,
                pace=Pace(size.rate),
            )
            sampling = asyncio.create_task(watch.run())
            try:
                yield cls(size, traveller, tally)
            finally:
                sampling.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await sampling

    async def run(self) -> None:
        """Play all journeys, ``at_once`` at the same time; then the providers declare what they delivered."""
        began = time.perf_counter()
        numbers = iter(range(self.size.clients))

        async def play() -> None:
            for number in numbers:
                if self._enough:
                    return
                journey, chance = self.traveller.begin(number)
                self.journeys.append(journey)
                await self.traveller.play(journey, chance)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self.size.at_once, self.size.clients)):
                group.create_task(play())
        self.declared = await self.traveller.declare(self.journeys)
        self.tally.seconds = time.perf_counter() - began

    def enough(self) -> None:
        """Begin no more journeys."""
        self._enough = True

    @property
    def begun(self) -> list[Journey]:
        """Journeys whose request was accepted."""
        return [journey for journey in self.journeys if journey.referral_id is not None]

    @property
    def whole(self) -> bool:
        """Whether every journey, and every declaration, went the way it was meant to go."""
        return bool(self.journeys) and all(journey.finished for journey in self.journeys) and not self.tally.refused

    @property
    def as_json(self) -> dict[str, Any]:
        endings: dict[str, int] = {}
        for journey in self.journeys:
            endings[journey.ending] = endings.get(journey.ending, 0) + 1
        size = self.size
        return {
            "municipalities": size.municipalities,
            "clients": size.clients,
            "months": size.months,
            "seed": size.seed,
            "begun": len(self.begun),
            "finished": sum(journey.finished for journey in self.journeys),
            "endings": endings,
            "declared": self.declared.as_json,
            **self.tally.as_json,
        }


async def _now(access: Access) -> datetime:
    """Business now; a simulation never moves it."""
    client = access.client(ServiceClient, "referral", "system:samenspel", Role.SYSTEM)
    answer: dict[str, str] = await client.get(dict[str, str], "/clock")
    return datetime.fromisoformat(answer["now"])
