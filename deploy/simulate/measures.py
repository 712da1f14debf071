"""What a simulation counted and timed."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.values import Role
from deploy.simulate.access import Access
from services.kit.http import ServiceClient
from services.kit.problems import Problem

PERCENTILES = (50, 95, 99)
FOLLOWER, FOLLOWED = "monitoring-counting", "referral"
LOOK_SECONDS = 0.01


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile; 0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Percentiles and the worst, in milliseconds."""
    found = {f"p{percent}": round(1000 * percentile(seconds, percent), 1) for percent in PERCENTILES}
    return found | {"max": round(1000 * max(seconds, default=0.0), 1)}


@dataclass
class Tally:
    """``latencies`` are seconds from the first attempt of a command to its answer, ``visible`` on to monitoring."""

    latencies: list[float] = field(default_factory=list)
    visible: list[float] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    seconds: float = 0.0

    @property
    def commands(self) -> int:
        """How many were accepted."""
        return sum(self.accepted.values())

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "commands": self.commands,
            "refused": dict(self.refused),
            "retries": self.retries,
            "seconds": round(self.seconds, 2),
            "ratePerSecond": round(self.commands / self.seconds, 1) if self.seconds else 0.0,
            "commandMilliseconds": summary(self.latencies),
            "visibleMilliseconds": summary(self.visible),
            "visibleSamples": len(self.visible),
        }


class Watch:
    """Samples how long it takes until what a command did is in monitoring's read model.

    One sample at a time: an answered command hands in its moment; what referral's log then holds must be in
    monitoring's positions.
    """

    def __init__(self, access: Access, tally: Tally) -> None:
        self._referral = access.client(ServiceClient, "referral", "system:samenspel", Role.SYSTEM)
        base = access.address("monitoring")
        self._monitoring = ServiceClient(base, access.http, access.token("system:samenspel", Role.SYSTEM))
        self._tally = tally
        self._moments: asyncio.Queue[float] = asyncio.Queue(maxsize=1)

    def answered(self) -> None:
        """A command was answered just now."""
        if self._moments.empty():
            self._moments.put_nowait(time.perf_counter())

    async def run(self) -> None:
        """Sample until cancelled. A service that is away costs the sample."""
        while True:
            moment = await self._moments.get()
            try:
                await self._until_visible()
            except Problem:
                continue
            self._tally.visible.append(time.perf_counter() - moment)

    async def _until_visible(self) -> None:
        state: dict[str, Any] = await self._referral.get(dict[str, Any], "/stream-state")
        heads = {each["partition"]: each["last"] for each in state["partitions"]}
        while True:
            state = await self._monitoring.get(dict[str, Any], "/stream-state")
            reached = {
                each["partition"]: each["last"]
                for each in state["positions"]
                if each["group"] == FOLLOWER and each["source"] == FOLLOWED
            }
            if all(reached.get(partition, 0) >= last for partition, last in heads.items()):
                return
            await asyncio.sleep(LOOK_SECONDS)
