"""Business time for the pages: the time of the machine plus the offset that the services keep.

In production the offset is zero and stays so. In the demonstration and in tests it moves, and every date and every
"3 days left" on screen has to move along; so the offset is asked again every second (``GET /v1/clock``).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import httpx
from pydantic import AwareDatetime, BaseModel, ValidationError

from services.kit.logging import get_logger

REFRESH_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 1.0
"""How long one service may take to tell the time; the next one is asked then."""
WOBBLE: Final = timedelta(seconds=0.5)
"""A difference this small is the way to the service and back, not a clock that was moved."""

_log = get_logger("portal.clock")


class _Told(BaseModel):
    now: AwareDatetime


class BusinessClock:
    """Tells business time. ``machine_now`` is the time of this machine, ``addresses`` the services in order of asking.

    Until a service answered, business time is that of the machine; when none answers any more, the last offset stays,
    so that a restart of a service never throws a page to another date.
    """

    def __init__(self, http: httpx.AsyncClient, addresses: Sequence[str], machine_now: Callable[[], datetime]) -> None:
        self._http = http
        self._addresses = tuple(addresses)
        self._machine_now = machine_now
        self._offset = timedelta()
        self._silent = False

    def now(self) -> datetime:
        """Business now, UTC."""
        return self._machine_now() + self._offset

    async def refresh(self) -> bool:
        """Ask the services for the time; whether one of them told it."""
        for address in self._addresses:
            offset = await self._ask(address)
            if offset is not None:
                if abs(offset - self._offset) > WOBBLE:
                    self._offset = offset if abs(offset) > WOBBLE else timedelta()
                self._silent = False
                return True
        if self._addresses and not self._silent:
            self._silent = True
            _log.warning("no service tells the time", kept_offset_seconds=self._offset.total_seconds())
        return False

    async def _ask(self, address: str) -> timedelta | None:
        asked = self._machine_now()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._http.get(f"{address}/v1/clock")
            told = _Told.model_validate_json(answer.raise_for_status().content).now
        except (httpx.HTTPError, ValidationError, TimeoutError):
            return None
        # The service looked at its clock somewhere between our question and its answer.
        return told - (asked + (self._machine_now() - asked) / 2)

    async def run(self) -> None:
        """Keep the offset current until cancelled."""
        while self._addresses:
            await self.refresh()
            await asyncio.sleep(REFRESH_SECONDS)
