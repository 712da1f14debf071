"""The work that every benchmark does: a municipality grants an allocation, another service keeps a list of them.

``build`` and ``build_follower`` compose it as services like any other; the floors write the same rows by hand.
"""

import random
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from contracts.events.referral import AllocationGranted
from contracts.topics import REFERRAL
from contracts.values import AgbCode, MunicipalityCode, Role
from services.kit.actor import Actor
from services.kit.auth import allow
from services.kit.commands import Command
from services.kit.projections import Projection, Received
from services.kit.runner import Runner
from services.kit.service import Service
from services.kit.settings import ServiceSettings
from services.kit.unit import Unit

ACTOR = Actor(person="bench", party="municipality:0268", roles=frozenset({Role.ACCESS_WORKER}))

_COLUMNS = """
    referral_id uuid primary key, municipality text not null, provider text not null, product_code text not null,
    total_units int not null, starts_on date not null, granted_at timestamptz not null
"""

TABLES = f"""
set role referral_owner;
create table referral.granted ({_COLUMNS});
alter table referral.granted enable row level security;
alter table referral.granted force row level security;
create policy own on referral.granted to referral_app using ('municipality:' || municipality
    = current_setting('samenspel.party', true));
create policy system on referral.granted to referral_worker using (true) with check (true);
set role council_owner;
create table council.listed ({_COLUMNS});
reset role;
create schema floor;
create table floor.granted ({_COLUMNS});
create table floor.event_log (like referral.event_log including all);
create table floor.command_log (like referral.command_log including all);
create sequence floor.place;
create table floor.listed ({_COLUMNS});
"""


class GrantBenchmark(Command):
    """Grant an allocation."""

    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    product_code: str
    total_units: int
    starts_on: date


class Granted(BaseModel):
    """What the command answers."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    referral_id: UUID
    granted_at: datetime


def command(chance: random.Random) -> GrantBenchmark:
    """A command that nobody gave before."""
    return GrantBenchmark(
        referral_id=UUID(int=chance.getrandbits(128), version=4),
        municipality="0268",
        provider=f"7373000{chance.randint(1, 8)}",
        product_code="45A04",
        total_units=chance.randint(1, 9999),
        starts_on=date(2026, 8, 14),
    )


def granted(wanted: GrantBenchmark, now: datetime) -> AllocationGranted:
    """The event of a command that was carried out; as large as the real one."""
    return AllocationGranted.model_validate(
        {
            "referralId": wanted.referral_id,
            "allocationNumber": 260001,
            "municipality": wanted.municipality,
            "provider": wanted.provider,
            "client": uuid.uuid5(uuid.NAMESPACE_OID, wanted.provider),
            "assignment": {
                "law": "youth",
                "productCode": wanted.product_code,
                "category": "45",
                "unit": "minute",
                "frequency": "day",
                "volume": 120,
                "totalUnits": wanted.total_units,
            },
            "referrer": "municipality",
            "startsOn": wanted.starts_on,
            "grantedAt": now,
            "acceptDue": now + timedelta(days=7),
            "startDue": now + timedelta(days=42),
            "remindAcceptAt": now + timedelta(days=5),
            "remindStartAt": now + timedelta(days=35),
        }
    )


INSERT = """insert into {table} (referral_id, municipality, provider, product_code, total_units, starts_on, granted_at)
            values ($1, $2, $3, $4, $5, $6, $7)"""


async def grant(wanted: GrantBenchmark, unit: Unit) -> Granted:
    """The handler: a row and an event."""
    await unit.conn.execute(INSERT.format(table="granted"), *row_of(wanted, unit.now))
    unit.emit(wanted.referral_id, granted(wanted, unit.now), [ACTOR.party, f"provider:{wanted.provider}"])
    return Granted(referral_id=wanted.referral_id, granted_at=unit.now)


def row_of(wanted: GrantBenchmark, now: datetime) -> tuple[Any, ...]:
    return (
        wanted.referral_id,
        wanted.municipality,
        wanted.provider,
        wanted.product_code,
        wanted.total_units,
        wanted.starts_on,
        now,
    )


UPSERT = """
insert into {table} (referral_id, municipality, provider, product_code, total_units, starts_on, granted_at)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::date[], $7::timestamptz[])
on conflict (referral_id) do update
set municipality = excluded.municipality, provider = excluded.provider, product_code = excluded.product_code,
    total_units = excluded.total_units, starts_on = excluded.starts_on, granted_at = excluded.granted_at
"""


def listed_row(event: AllocationGranted) -> tuple[Any, ...]:
    return (
        event.referral_id,
        event.municipality,
        event.provider,
        event.assignment.product_code,
        event.assignment.total_units,
        event.starts_on,
        event.granted_at,
    )


class Listing(Projection):
    """The read model: one row per allocation. With ``told`` it says on that channel when a row is to be seen."""

    sources = (REFERRAL,)
    tables = ("listed",)

    def __init__(self, group: str = "council-listing", told: str | None = None) -> None:
        self.group = group  # type: ignore[misc]
        self._told = told

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        rows = [listed_row(event.data) for event in events if isinstance(event.data, AllocationGranted)]
        await unit.conn.execute(UPSERT.format(table="listed"), *map(list, zip(*rows, strict=True)))
        if self._told:
            await unit.conn.execute(
                "select pg_notify($1, key) from unnest($2::text[]) as key", self._told, [str(row[0]) for row in rows]
            )


router = APIRouter(prefix="/benchmark-allocations", tags=["benchmark"])


@router.post("", status_code=201)
async def grant_benchmark_allocation(
    body: GrantBenchmark, run: Runner, actor: Annotated[Actor, Depends(allow(Role.ACCESS_WORKER))]
) -> Granted:
    """Grant an allocation."""
    answer: Granted = await run(body, actor)
    return answer


def build(settings: ServiceSettings) -> Service:
    """The service that grants."""
    return Service("referral", "Benchmark", "Grants.", "1.0.0", {GrantBenchmark: grant}, routers=[router])


def build_follower(settings: ServiceSettings) -> Service:
    """The service that lists."""
    return Service("council", "Benchmark", "Lists.", "1.0.0", {}, projections=[Listing(told="listed")])


NOON = datetime(2026, 8, 14, 10, tzinfo=UTC)
