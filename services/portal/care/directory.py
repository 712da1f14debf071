"""What municipalities and providers are called, remembered for a few minutes: they are asked for on every page."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from fastapi import Request

from contracts.values import municipality, party_code, party_kind, provider
from services.commissioning.client import CommissioningClient
from services.kit.problems import NotFound
from services.portal.views import views

KEEP_SECONDS: Final = 300.0
MOST: Final = 10_000


class Directory:
    """Names by party. A municipality carries the name of its portal; a provider the one it registered with."""

    def __init__(self, request: Request, commissioning: CommissioningClient) -> None:
        state = request.app.state
        if not hasattr(state, "known_names"):
            state.known_names = {}
        self._known: dict[str, tuple[str, float]] = state.known_names
        self._now: float = state.wall_clock()
        self._tenants = views(request).tenants
        self._commissioning = commissioning

    def _remembered(self, party: str) -> str | None:
        name, until = self._known.get(party, ("", 0.0))
        return name if until > self._now else None

    def _remember(self, party: str, name: str) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[party] = (name, self._now + KEEP_SECONDS)

    async def municipalities(self, codes: Iterable[str]) -> dict[str, str]:
        """The names of these municipalities, by code; the code itself when nobody knows the name."""
        wanted = set(codes)
        names = {code: self._tenants.of(municipality(code)).short for code in wanted}
        if any(name == code and self._remembered(municipality(code)) is None for code, name in names.items()):
            for region in await self._commissioning.regions():
                for member in region.municipalities:
                    self._remember(municipality(member.code), member.name)
        return {
            code: (self._remembered(municipality(code)) or name) if name == code else name
            for code, name in names.items()
        }

    async def providers(self, codes: Iterable[str]) -> dict[str, str]:
        """The names of these providers, by AGB code."""

        async def one(agb: str) -> tuple[str, str]:
            name = self._remembered(provider(agb))
            if name is None:
                try:
                    name = (await self._commissioning.provider(agb)).name
                except NotFound:
                    name = agb
                self._remember(provider(agb), name)
            return agb, name

        return dict(await asyncio.gather(*(one(agb) for agb in sorted(set(codes)))))

    async def parties(self, parties: Iterable[str | None]) -> dict[str, str]:
        """The names of parties: municipalities, providers, and a region by the name of its portal."""
        wanted = {party for party in parties if party}
        by_kind: dict[str, Any] = {"municipality": {}, "provider": {}}
        for kind, ask in (("municipality", self.municipalities), ("provider", self.providers)):
            by_kind[kind] = await ask(party_code(party) for party in wanted if party_kind(party) == kind)
        return {
            party: str(by_kind.get(party_kind(party).value, {}).get(party_code(party), self._tenants.of(party).name))
            for party in wanted
        }
