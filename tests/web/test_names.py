"""Everybody is called by their name: from our own file, else from the registry, else by their code."""

import json

import httpx
import pytest

from services.portal.names import FRESH_SECONDS, RETRY_SECONDS, Names
from services.portal.tenants import OURS, Tenants

REGION = {
    "regionId": "rijk-van-nijmegen",
    "name": "Rijk van Nijmegen",
    "formedAt": "2026-05-22T07:00:00Z",
    "municipalities": [
        {"code": "0268", "name": "Nimma", "inhabitants": 1},
        {"code": "0289", "name": "Wageningen", "inhabitants": 1},
    ],
}
PROVIDERS = [
    {
        "agb": f"7373000{number}",
        "name": f"Huis {number}",
        "fictional": True,
        "registeredAt": "2026-05-22T07:00:00Z",
    }
    for number in (1, 2, 3)
]


class Registry:
    """The registry of commissioning, in pages of two; it may be away."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0
        self.tokens: set[str] = set()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            return httpx.Response(403, json={"title": "Nee", "status": 403})
        self.tokens.add(request.headers["authorization"])
        if request.url.path == "/v1/regions":
            self.asked += 1
            return httpx.Response(200, json={"items": [REGION]})
        start = int(request.url.params.get("after", 0))
        following = start + 2 if start + 2 < len(PROVIDERS) else None
        page = {"items": PROVIDERS[start : start + 2], "next": following and str(following)}
        return httpx.Response(200, json=page)


class Wall:
    """Machine time that goes on when told."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def tenants() -> Tenants:
    return Tenants.load()


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def names(registry: Registry, tenants: Tenants, wall: Wall) -> Names:
    http = httpx.AsyncClient(transport=httpx.MockTransport(registry))
    return Names(http, "http://commissioning", tenants, wall)


def test_the_region_of_the_demonstration_is_rijk_van_nijmegen(tenants: Tenants) -> None:
    codes = {party.partition(":")[2] for party in json.loads(OURS.read_text()) if party.startswith("municipality")}
    assert codes == {"0268", "0296", "1945", "0209", "0225", "0252", "0944"}
    assert tenants.of("council:0944").name == "Raad van Mook en Middelaar"


def test_who_is_not_known_is_called_by_the_code(tenants: Tenants) -> None:
    for party in ("provider:73730001", "municipality:9999", "council:9999", "region:elders", "partner:x"):
        assert tenants.of(party).name == party.partition(":")[2]


async def test_the_registry_tells_the_other_names_and_our_own_file_goes_first(
    names: Names, tenants: Tenants, registry: Registry
) -> None:
    await names.follow("token-1")
    assert tenants.of("provider:73730003").name == "Huis 3"
    assert tenants.of("municipality:0289").short == "Wageningen"
    assert tenants.of("council:0289").name == "Raad van Wageningen"
    assert tenants.of("municipality:0268").short == "Nijmegen"
    assert registry.tokens == {"Bearer token-1"}


async def test_names_are_asked_once_a_minute(names: Names, registry: Registry, wall: Wall) -> None:
    for _ in range(5):
        await names.follow("token-1")
    assert registry.asked == 1
    wall.seconds += FRESH_SECONDS + 1
    await names.follow("token-1")
    await names.close()
    assert registry.asked <= 2


async def test_without_the_registry_codes_stay_and_it_is_asked_again_soon(
    names: Names, tenants: Tenants, registry: Registry, wall: Wall
) -> None:
    registry.away = True
    await names.follow("token-1")
    assert tenants.of("provider:73730001").name == "73730001"
    registry.away = False
    await names.follow("token-1")
    assert registry.asked == 0, "not at every page"
    wall.seconds += RETRY_SECONDS + 1
    await names.follow("token-1")
    assert tenants.of("provider:73730001").name == "Huis 1"
