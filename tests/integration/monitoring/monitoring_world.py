"""Monitoring on a real database. Kafka's part is short-cut: events are handed to the consumer's inbox directly."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from contracts.envelope import Envelope, partition_of
from contracts.event import Event
from contracts.events import OWNER
from contracts.events.commissioning import (
    AgreementConcluded,
    CapacityStated,
    Law,
    Municipality,
    Product,
    RegionFormed,
    ScenarioPublished,
    Unit,
)
from contracts.events.council import FrameAdopted, Goal
from contracts.events.referral import Assignment, Frequency, Referrer, StopReason, TrajectoryImported
from contracts.topics import BY_SERVICE
from contracts.values import Role
from services.kit.actor import Actor
from services.kit.commands import CommandBus
from services.kit.database import Database
from services.kit.inbox import Delivery, Inbox
from services.monitoring.handlers import COMMANDS
from services.monitoring.projections import PROJECTIONS

NOW = datetime(2026, 8, 14, 10, 0, tzinfo=UTC)
REGION_ID = "rijk-van-nijmegen"
MUNICIPALITIES = {
    "0268": "Nijmegen", "0296": "Wijchen", "1945": "Berg en Dal", "0209": "Beuningen", "0225": "Druten",
    "0252": "Heumen", "0944": "Mook en Middelaar",
}  # fmt: skip
PROVIDERS = [f"7373000{number}" for number in range(1, 7)]
CLIENT = UUID(int=1)
ASSIGNMENT = Assignment(
    law=Law.YOUTH, product_code="45A01", category="45", unit=Unit.HOUR, frequency=Frequency.WEEK, volume=2,
    total_units=52,
)  # fmt: skip

PRODUCTS = (
    Product(product_code="45A01", category="45", name="Ambulant", law=Law.YOUTH, unit=Unit.HOUR, tariff_cents=8510),
    Product(product_code="07A01", category="07", name="Dagbesteding", law=Law.WMO, unit=Unit.DAY_PART,
            tariff_cents=4150),
)  # fmt: skip
CEILING_CENTS = 1_000_000

SYSTEM = Actor.system()
OFFICER = Actor("officer", f"region:{REGION_ID}", frozenset({Role.REGIONAL_OFFICER}))


def manager(code: str) -> Actor:
    return Actor(f"manager-{code}", f"municipality:{code}", frozenset({Role.CONTRACT_MANAGER}))


def planner(agb: str) -> Actor:
    return Actor(f"planner-{agb}", f"provider:{agb}", frozenset({Role.PLANNER}))


class Stream:
    """The logs of all services, as far as monitoring follows them, and how far it is in each."""

    def __init__(self, pools: Database) -> None:
        self._pools = pools
        self._logs: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
        self._read = 0

    def write(self, key: str | UUID, event: Event, at: datetime = NOW) -> None:
        """Append to the log of the service that owns the event."""
        service = OWNER[event.type]
        partition = partition_of(str(key), BY_SERVICE[service].partitions)
        log = self._logs[service, partition]
        data = event.model_dump_json(by_alias=True, exclude_none=True).encode()
        log.append(Envelope(service, partition, len(log) + 1, str(key), event.type, at, data))

    async def deliver(self, *, batch: int = 500, shuffle: random.Random | None = None) -> None:
        """Everything to every projection; what was delivered before is skipped, as with Kafka."""
        await self._own()
        for kind in PROJECTIONS:
            sources = {topic.service for topic in kind.sources}
            work = [
                (place, start) for place, log in self._logs.items() if place[0] in sources
                for start in range(0, len(log), batch)
            ]  # fmt: skip
            if shuffle is not None:
                order = [place for place, _ in work]
                shuffle.shuffle(order)
                starts = {place: iter(sorted(s for p, s in work if p == place)) for place in set(order)}
                work = [(place, next(starts[place])) for place in order]
            inbox = Inbox(self._pools, kind())
            for (service, partition), start in work:
                events = self._logs[service, partition][start : start + batch]
                outcome = await inbox.take(Delivery(service, partition, events, start + len(events), "test"))
                assert outcome.parked == 0
                assert outcome.missing is None

    async def _own(self) -> None:
        """Our own log, as the relay would carry it."""
        rows = await self._pools.worker.fetch(
            "select *, data::text as text from event_log order by partition, sequence"
        )
        for place in [place for place in self._logs if place[0] == "monitoring"]:
            del self._logs[place]
        for row in rows:
            self._logs["monitoring", row["partition"]].append(
                Envelope("monitoring", row["partition"], row["sequence"], row["key"], row["type"], row["time"],
                         row["text"].encode())
            )  # fmt: skip

    def copy_to(self, other: "Stream") -> None:
        other._logs.update({place: list(log) for place, log in self._logs.items()})


def imported(number: int, **changes: Any) -> TrajectoryImported:
    """A trajectory that was allocated, started and ended as planned, long ago."""
    values: dict[str, Any] = {
        "referral_id": UUID(int=number), "allocation_number": number, "municipality": "0268",
        "provider": PROVIDERS[0], "client": CLIENT, "assignment": ASSIGNMENT, "referrer": Referrer.MUNICIPALITY,
        "starts_on": date(2026, 3, 9), "ends_on": None, "granted_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "started_on": date(2026, 3, 9), "stopped_on": date(2026, 7, 10), "stop_reason": StopReason.AS_PLANNED,
        "start_due": datetime(2026, 4, 20, 22, tzinfo=UTC), "imported_at": NOW,
    }  # fmt: skip
    return TrajectoryImported.model_validate(values | changes)


def random_history(seed: int, count: int) -> list[TrajectoryImported]:
    """Trajectories of all municipalities and providers over the twelve months up to July 2026."""
    chance = random.Random(seed)
    codes = list(MUNICIPALITIES)
    made = []
    for number in range(1, count + 1):
        granted = date(2025, 8, 1) + timedelta(days=chance.randrange(300))
        started = granted + timedelta(days=chance.randrange(70))
        stopped = started + timedelta(days=chance.randrange(1, 120))
        over = stopped <= date(2026, 7, 31)
        made.append(
            imported(
                number,
                municipality=chance.choices(codes, weights=[50, 20, 15, 12, 9, 8, 3])[0],
                provider=chance.choice(PROVIDERS),
                granted_at=datetime(granted.year, granted.month, granted.day, 9, tzinfo=UTC),
                starts_on=granted,
                started_on=started if started <= date(2026, 7, 31) else None,
                stopped_on=stopped if over else None,
                stop_reason=chance.choices(
                    [StopReason.AS_PLANNED, StopReason.CLIENT_BROKE_OFF, StopReason.DIED], weights=[75, 20, 5]
                )[0] if over else None,
                start_due=datetime(granted.year, granted.month, granted.day, 22, tzinfo=UTC) + timedelta(days=42),
            )
        )  # fmt: skip
    return made


def write_context(stream: Stream) -> None:
    """The region, an agreement per provider, a frame and a scenario."""
    members = tuple(Municipality(code=code, name=name, inhabitants=20_000) for code, name in MUNICIPALITIES.items())
    stream.write(REGION_ID, RegionFormed(region_id=REGION_ID, name="Rijk van Nijmegen", municipalities=members))
    for number, provider in enumerate(PROVIDERS, start=1):
        stream.write(
            UUID(int=number),
            AgreementConcluded(
                agreement_id=UUID(int=number), commission_id=None, provider=provider,
                municipalities=tuple(MUNICIPALITIES), products=PRODUCTS, ceiling_cents=CEILING_CENTS,
                valid_from=date(2026, 1, 1),
                valid_until=None, imported=True, concluded_at=NOW,
            ),
        )  # fmt: skip
        stream.write(
            provider,
            CapacityStated(provider=provider, product_code="07A01", places=10, free=1, wait_days=20, stated_at=NOW),
        )
    for code in MUNICIPALITIES:
        frame = UUID(int=1000 + int(code))
        goal = Goal(goal_id=UUID(int=2000 + int(code)), title="Sneller passende hulp", indicators=(5, 6, 7, 9))
        stream.write(
            frame,
            FrameAdopted(
                frame_id=frame, municipality=code, title="Kader", first_year=2026, last_year=2029, goals=(goal,),
                adopted_at=NOW,
            ),
        )  # fmt: skip
    scenario = UUID(int=3000)
    stream.write(
        scenario,
        ScenarioPublished.model_validate(
            {
                "scenario_id": scenario, "title": "Dichtbij, tenzij", "municipalities": tuple(MUNICIPALITIES),
                "frames": (), "published_at": NOW,
                "outcomes": [{"outcome_id": UUID(int=3001), "indicator": 12, "title": "Zonder hulp", "year": 2029}],
            }
        ),
    )  # fmt: skip


class Monitoring:
    """The service with its database, its commands and the events it follows."""

    def __init__(self, pools: Database, admin_url: str) -> None:
        self.pools = pools
        self.stream = Stream(pools)
        self._admin_url = admin_url
        self._bus = CommandBus(pools, COMMANDS)
        self._keys = 0

    async def run(self, command: Any, actor: Actor = SYSTEM, key: str | None = None) -> Any:
        self._keys += 1
        return await self._bus.execute(command, actor=actor, idempotency_key=key or f"key-{self._keys}")

    async def at(self, instant: datetime) -> None:
        """Move the business clock there."""
        admin = await asyncpg.connect(self._admin_url)
        try:
            await admin.execute('update clock.business_clock set "offset" = $1 - pg_catalog.now()', instant)
        finally:
            await admin.close()

    async def table(self, name: str) -> list[tuple[Any, ...]]:
        rows = await self.pools.worker.fetch(f"select * from {name}")
        return sorted((tuple(row) for row in rows), key=repr)

    async def events(self, model: type[Event]) -> list[Any]:
        rows = await self.pools.worker.fetch(
            "select data::text as data from event_log where type = $1 order by time, partition, sequence", model.type
        )
        return [model.model_validate_json(row["data"]) for row in rows]


async def fill(service: Monitoring, trajectories: Sequence[TrajectoryImported]) -> None:
    write_context(service.stream)
    for trajectory in trajectories:
        service.stream.write(trajectory.referral_id, trajectory)
    await service.stream.deliver()
