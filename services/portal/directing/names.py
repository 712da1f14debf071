"""What municipalities, regions and providers are called, remembered for a minute: nearly every page asks."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from contracts.values import PartyKind, party_code, party_kind
from services.commissioning.client import CommissioningClient, Region
from services.portal.tenants import Tenants
from services.portal.views import views

KEEP_SECONDS: Final = 60.0
_PIECE = 200


@dataclass(frozen=True, slots=True)
class Names:
    """Names by code. Whoever is not known is called by the code itself."""

    municipalities: Mapping[str, str]
    providers: Mapping[str, str]
    regions: Sequence[Region]
    tenants: Tenants

    def municipality(self, code: str) -> str:
        """The name of a municipality in running text."""
        return self.municipalities.get(code) or self.tenants.of(f"municipality:{code}").short

    def provider(self, agb: str) -> str:
        """The name of a provider."""
        return self.providers.get(agb, agb)

    def region(self, region_id: str) -> str:
        """The name of a region."""
        return next((each.name for each in self.regions if each.region_id == region_id), region_id)

    def party(self, party: str) -> str:
        """The name of any party."""
        kind, code = party_kind(party), party_code(party)
        if kind is PartyKind.MUNICIPALITY:
            return self.municipality(code)
        if kind is PartyKind.PROVIDER:
            return self.provider(code)
        if kind is PartyKind.REGION:
            return self.region(code)
        return self.tenants.of(party).name

    def region_of(self, party: str) -> Region | None:
        """The region that a party is, or belongs to."""
        code = party_code(party)
        for region in self.regions:
            if party == f"region:{region.region_id}" or any(member.code == code for member in region.municipalities):
                return region
        return None

    def listed(self, codes: Sequence[str], most: int = 3) -> str:
        """Names of municipalities in a sentence: all of them when they are few, else how many others there are."""
        names = [self.municipality(code) for code in codes]
        return ", ".join(names) if len(names) <= most + 1 else f"{', '.join(names[:most])} + {len(names) - most}"

    def members(self, party: str) -> list[tuple[str, str]]:
        """The municipalities that a party may direct for: (code, name), by name."""
        region = self.region_of(party)
        codes = [member.code for member in region.municipalities] if region else []
        if party_kind(party) is PartyKind.MUNICIPALITY and party_code(party) not in codes:
            codes.append(party_code(party))
        return sorted(((code, self.municipality(code)) for code in codes), key=lambda pair: pair[1])


async def _providers(commissioning: CommissioningClient) -> dict[str, str]:
    found: dict[str, str] = {}
    after: str | None = None
    while True:
        page = await commissioning.providers(after=after, limit=_PIECE)
        found |= {each.agb: each.name for each in page.items}
        after = page.next
        if after is None:
            return found


async def names(request: Request, commissioning: CommissioningClient) -> Names:
    """Everybody's names; asked for again after a minute."""
    state = request.app.state
    kept: tuple[Names, float] | None = getattr(state, "directing_names", None)
    now = float(state.wall_clock())
    if kept is not None and now < kept[1]:
        return kept[0]
    regions, providers = await asyncio.gather(commissioning.regions(), _providers(commissioning))
    municipalities = {member.code: member.name for region in regions for member in region.municipalities}
    known = Names(municipalities, providers, regions, views(request).tenants)
    if regions and providers:
        state.directing_names = (known, now + KEEP_SECONDS)
    return known
