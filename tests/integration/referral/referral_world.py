"""A referral service on a database of its own, with the business clock at hand and people to act for."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from contracts.events.commissioning import (
    AgreementConcluded,
    CapacityStated,
    Law,
    Product,
    ProviderRegistered,
    Unit,
)
from contracts.values import Role
from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.keyring import KeyRing
from services.kit.problems import Unauthorized
from services.kit.projections import Received
from services.kit.service import Service
from services.referral.bootstrap import compose
from services.referral.domain.identity import fictional_bsn
from services.referral.projections import Market
from services.referral.vault.vault import Vault
from tests.integration.applications import borrowed
from tests.integration.calling import settings_of

HEUMEN, NIJMEGEN = "0252", "0268"
REIGER, KOMPAS, WILGENHOF = "73730001", "73730002", "73730003"
START = datetime(2026, 8, 14, 8, 0, tzinfo=UTC)
OUTPATIENT, GUIDANCE = "45A04", "02A03"


def actor(person: str, party: str, *roles: Role) -> Actor:
    return Actor(person, party, frozenset(roles))


PEOPLE = {
    each.person: each
    for each in (
        actor("access-worker-heumen", f"municipality:{HEUMEN}", Role.ACCESS_WORKER),
        actor("access-worker-nijmegen", f"municipality:{NIJMEGEN}", Role.ACCESS_WORKER),
        actor("contract-manager-heumen", f"municipality:{HEUMEN}", Role.CONTRACT_MANAGER),
        actor("planner-reiger", f"provider:{REIGER}", Role.PLANNER),
        actor("planner-kompas", f"provider:{KOMPAS}", Role.PLANNER),
        actor("administrator-reiger", f"provider:{REIGER}", Role.PROVIDER_ADMINISTRATOR),
        actor("professional-reiger", f"provider:{REIGER}", Role.PROFESSIONAL),
        actor("council-member-heumen", f"council:{HEUMEN}", Role.COUNCIL_MEMBER),
        Actor.system(),
    )
}
WORKER, PLANNER, ADMINISTRATOR, SYSTEM = "access-worker-heumen", "planner-reiger", "administrator-reiger", "system"


class _Verifier:
    """The token is the person's name; the issuer has tests of its own."""

    async def verify(self, token: str) -> Actor:
        if token not in PEOPLE:
            raise Unauthorized()
        return PEOPLE[token]


def person(ordinal: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "bsn": fictional_bsn(ordinal).digits,
        "lastName": f"Wolkenveld{ordinal}",
        "prefix": "van",
        "initials": "JT",
        "birthDate": "2012-03-04",
        "gender": "2",
        "address": {"street": "Zonnedauwlaan", "houseNumber": 17, "postcode": "6581 AB", "town": "Malden"},
        **changes,
    }


def request_body(ordinal: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "municipality": HEUMEN,
        "provider": REIGER,
        "person": person(ordinal),
        "productCode": OUTPATIENT,
        "volume": 3,
        "frequency": "week",
        "referrer": "municipality",
        "desiredStart": "2026-09-01",
        "desiredEnd": "2027-02-28",
        **changes,
    }


class World:
    """The service, reachable over HTTP as any person."""

    def __init__(self, database: Database, admin_url: str, service: Service, vault: Vault, app: Any) -> None:
        self.database = database
        self.admin_url = admin_url
        self.service = service
        self.vault = vault
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://referral")

    async def close(self) -> None:
        await self.http.aclose()

    async def call(
        self,
        person: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        content: bytes | None = None,
        media_type: str = "application/json",
        key: str | None = None,
        **query: Any,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {person}"}
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid4())
        if content is not None:
            headers["Content-Type"] = media_type
        return await self.http.request(
            method, f"/v1{path}", json=body, content=content, headers=headers, params=query or None
        )

    async def get(self, person: str, path: str, **query: Any) -> Any:
        answer = await self.call(person, "GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, person: str, path: str, body: Any = None, **rest: Any) -> Any:
        answer = await self.call(person, "POST", path, body, **rest)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def send(self, person: str, message: bytes, **rest: Any) -> Any:
        return await self.post(person, "/messages", content=message, media_type="application/xml", **rest)

    async def requested(self, ordinal: int = 0, **changes: Any) -> UUID:
        state = await self.post(WORKER, "/referrals", request_body(ordinal, **changes))
        return UUID(state["referralId"])

    async def granted(self, ordinal: int = 0, **changes: Any) -> UUID:
        referral_id = await self.requested(ordinal, **changes)
        await self.post(WORKER, f"/referrals/{referral_id}/decisions", {"decision": "grant"})
        return referral_id

    async def events(self, referral_id: UUID | str | None = None) -> list[tuple[str, dict[str, Any]]]:
        """Type (without prefix and version) and data of the events, in order within a key."""
        rows = await self.database.worker.fetch(
            "select type, data from event_log where $1::text is null or key = $1 order by partition, sequence",
            str(referral_id) if referral_id else None,
        )
        return [(row["type"].removeprefix("nl.samenspel.").removesuffix(".v1"), row["data"]) for row in rows]

    async def types(self, referral_id: UUID | str) -> list[str]:
        return [kind for kind, _ in await self.events(referral_id)]

    async def deadlines(self, referral_id: UUID | str) -> dict[str, datetime]:
        rows = await self.database.worker.fetch(
            "select kind, due from deadline where subject = $1 and done_at is null", str(referral_id)
        )
        return {row["kind"]: row["due"] for row in rows}

    async def move_clock_to(self, instant: datetime) -> None:
        connection = await asyncpg.connect(self.admin_url)
        await connection.execute(
            'update clock.business_clock set "offset" = $1::timestamptz - pg_catalog.now()', instant
        )
        await connection.close()

    async def move_clock_past(self, instant: datetime) -> None:
        await self.move_clock_to(instant + timedelta(seconds=1))

    async def as_admin(self, query: str, *values: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute("set search_path to referral")
            return await connection.fetch(query, *values)
        finally:
            await connection.close()


def product(code: str, category: str, law: Law = Law.YOUTH) -> Product:
    return Product(product_code=code, category=category, name="Ambulant", law=law, unit=Unit.HOUR, tariff_cents=8510)


def market_events() -> list[Any]:
    """Three providers deliver in Heumen and Nijmegen; Kompas has the shortest wait, Wilgenhof the longest."""
    events: list[Any] = []
    for agb, name, wait in (
        (REIGER, "De Zilveren Reiger", 20),
        (KOMPAS, "Kompas & Kade", 5),
        (WILGENHOF, "Wilgenhof", 40),
    ):
        events.append(ProviderRegistered(agb=agb, name=name, fictional=True))
        events.append(
            AgreementConcluded(
                agreement_id=UUID(int=int(agb)),
                commission_id=None,
                provider=agb,
                municipalities=(HEUMEN, NIJMEGEN),
                products=(product(OUTPATIENT, "45"), product(GUIDANCE, "02", Law.WMO)),
                ceiling_cents=None,
                valid_from=date(2024, 1, 1),
                valid_until=date(2027, 12, 31),
                imported=True,
                concluded_at=START,
            )
        )
        events.append(
            CapacityStated(provider=agb, product_code=OUTPATIENT, places=100, free=10, wait_days=wait, stated_at=START)
        )
    return events


async def apply_market(database: Database, events: list[Any]) -> None:
    received = [
        Received("commissioning", 0, number, "x", event.type, START, event) for number, event in enumerate(events, 1)
    ]
    async with database.unit(Actor.system()) as unit:
        await Market().apply(unit, received)


def new_vault() -> Vault:
    ring = KeyRing.parse(f"test:{base64.b64encode(bytes(range(32))).decode()}\n", "VAULT_KEY_FILE")
    return Vault(ring)


@asynccontextmanager
async def running(database: Database, admin_url: str) -> AsyncIterator[World]:
    """The service over ``database``, with a market and the clock at Friday 14 August 2026."""
    vault = new_vault()
    service = compose(vault)
    settings = settings_of("referral", max_body_bytes=26_000_000)
    with borrowed(service, settings, database, _Verifier()) as app:
        world = World(database, admin_url, service, vault, app)
        try:
            await world.move_clock_to(START)
            await apply_market(database, market_events())
            yield world
        finally:
            await world.close()
