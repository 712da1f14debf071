"""What regions, municipalities and providers call themselves: the registry of commissioning, remembered.

The registry is for people who are signed in, and the portal has no identity of its own. So a page that somebody who
is signed in asks for brings the names along when they are older than a minute; they say nothing about that person, so
everybody sees them from then on.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import httpx
from pydantic import ValidationError

from contracts.values import municipality, provider
from services.commissioning.client import CommissioningClient
from services.kit.logging import get_logger
from services.kit.problems import Problem
from services.portal.tenants import Tenant, Tenants

FRESH_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 5.0
PATIENCE_SECONDS: Final = 2.0
"""How long the first page waits for names; it shows codes when they do not come."""
PIECE: Final = 200

_log = get_logger("portal.names")


class Names:
    """Keeps ``tenants`` told. ``address``: commissioning; ``clock``: machine time in seconds."""

    def __init__(
        self, http: httpx.AsyncClient, address: str | None, tenants: Tenants, clock: Callable[[], float]
    ) -> None:
        self._http = http
        self._address = address
        self._tenants = tenants
        self._clock = clock
        self._ask_again_at = 0.0
        self._asking: asyncio.Task[bool] | None = None
        self._known = False

    async def follow(self, access_token: str) -> None:
        """Bring the names up to date in the name of who holds this token. Waits only when nothing is known yet."""
        if self._address is None or (self._asking is None and self._clock() < self._ask_again_at):
            return
        if self._asking is None or self._asking.done():
            if self._clock() < self._ask_again_at:
                return
            self._ask_again_at = self._clock() + RETRY_SECONDS
            self._asking = asyncio.create_task(self._ask(self._address, access_token))
        if not self._known:
            await asyncio.wait({self._asking}, timeout=PATIENCE_SECONDS)

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking})

    async def _ask(self, address: str, access_token: str) -> bool:
        client = CommissioningClient(address, self._http).acting_for(access_token)
        try:
            regions = await client.regions()
            after: str | None = None
            providers: dict[str, str] = {}
            while True:
                page = await client.providers(after=after, limit=PIECE)
                providers |= {provider(each.agb): each.name for each in page.items}
                after = page.next
                if after is None:
                    break
        except (Problem, ValidationError) as error:
            _log.warning("names unknown", kind=type(error).__name__)
            return False
        found = [Tenant(party, name, name) for party, name in providers.items()]
        for region in regions:
            found.append(Tenant(f"region:{region.region_id}", f"Regio {region.name}", region.name))
            found += [
                Tenant(municipality(member.code), f"Gemeente {member.name}", member.name)
                for member in region.municipalities
            ]
        self._tenants.learn(found)
        self._known = True
        self._ask_again_at = self._clock() + FRESH_SECONDS
        return True
