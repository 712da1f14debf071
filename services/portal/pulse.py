"""The heartbeat of the loop: how many events every service logged, and what was published.

The portal has no identity of its own, so it takes only what is open to it: what a service measures about itself
(``GET /metrics``: the head of its event log) and what anybody may read without signing in. No count says anything
about a person or a party.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx
from pydantic import ValidationError

from services.commissioning.client import CommissioningClient
from services.council.client import CouncilClient
from services.kit.problems import Problem
from services.monitoring.client import MonitoringClient
from services.portal.settings import PortalSettings

FRESH_SECONDS: Final = 2.0
PATIENCE_SECONDS: Final = 1.5
"""How long the start page waits for counts; it shows the loop without them when they do not come."""
SERVICES: Final = ("council", "commissioning", "referral", "monitoring")

_HEAD: Final = re.compile(r"^samenspel_event_log_head\{[^}]*\} (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Counts:
    """Events per service, and published things per kind (``frames``, ``scenarios``, ``commissions``, ``releases``).

    What could not be counted is absent. A kind with more than a page of things is counted up to that page.
    """

    events: Mapping[str, int] = field(default_factory=dict)
    published: Mapping[str, int] = field(default_factory=dict)


class Pulse:
    """Counts for everybody who looks, asked at most every two seconds however many look. ``clock``: machine time."""

    def __init__(self, http: httpx.AsyncClient, settings: PortalSettings, clock: Callable[[], float]) -> None:
        self._http = http
        self._clock = clock
        self._settings = settings
        self._counts = Counts()
        self._fresh_until = 0.0
        self._looking = asyncio.Lock()

    async def counts(self) -> Counts:
        """The latest counts."""
        async with self._looking:
            if self._clock() >= self._fresh_until:
                self._counts = await self._look()
                self._fresh_until = self._clock() + FRESH_SECONDS
        return self._counts

    async def follow(self, seen: Counts) -> AsyncIterator[Counts]:
        """Every change from ``seen`` on."""
        while True:
            counts = await self.counts()
            if counts != seen:
                seen = counts
                yield counts
            await asyncio.sleep(FRESH_SECONDS)

    async def _look(self) -> Counts:
        heads, published = await asyncio.gather(
            asyncio.gather(*(self._head(name) for name in SERVICES)),
            asyncio.gather(*(self._published(kind) for kind in ("frames", "scenarios", "commissions", "releases"))),
        )
        return Counts(
            {name: head for name, head in zip(SERVICES, heads, strict=True) if head is not None},
            {kind: count for kind, count in published if count is not None},
        )

    async def _head(self, name: str) -> int | None:
        address = getattr(self._settings, f"{name}_url")
        if address is None:
            return None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._http.get(f"{address}/metrics")
            found = _HEAD.findall(answer.raise_for_status().text)
            return round(sum(map(float, found))) if found else None
        except (httpx.HTTPError, ValueError, TimeoutError):
            return None

    async def _published(self, kind: str) -> tuple[str, int | None]:
        settings = self._settings
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if kind == "frames" and settings.council_url:
                    return kind, len(await CouncilClient(settings.council_url, self._http).frames())
                if kind == "releases" and settings.monitoring_url:
                    monitoring = MonitoringClient(settings.monitoring_url, self._http)
                    return kind, len((await monitoring.releases(limit=200)).items)
                if settings.commissioning_url and kind in ("scenarios", "commissions"):
                    commissioning = CommissioningClient(settings.commissioning_url, self._http)
                    if kind == "scenarios":
                        return kind, len((await commissioning.published_scenarios(limit=200)).items)
                    return kind, len((await commissioning.published_commissions()).items)
        except (Problem, ValidationError, TimeoutError):
            pass
        return kind, None
