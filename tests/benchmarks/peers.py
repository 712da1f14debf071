"""Others that do the same work, where they are installed: measured on the same engines in the same run.

Each gives a rate or ``None`` when it is not installed. They come with
``pip install 'eventsourcing[postgres]' 'faststream[confluent]'``; neither is needed to run or test Samenspel.
"""

import asyncio
import contextlib
import random
import threading
import time
import uuid
from functools import cache
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from contracts.events.referral import AllocationGranted
from contracts.topics import Topic
from tests.benchmarks.bench import Bench
from tests.benchmarks.measuring import until
from tests.benchmarks.workload import INSERT, NOON, UPSERT, command, granted, listed_row

FOLLOWED = 3_000


def absent(*names: str) -> tuple[str, ...]:
    """A note for each of these that is not installed."""
    return tuple(f"peer {name} is not installed here" for name in names if find_spec(name) is None)


async def eventsourcing_commands(bench: Bench, writers: int, seconds: float) -> float | None:
    """``eventsourcing`` with PostgreSQL: an aggregate saved per command, by as many threads as we have writers."""
    if find_spec("eventsourcing") is None:
        return None
    await _database(bench)
    return await asyncio.to_thread(_command_rate, bench, writers, seconds)


async def eventsourcing_follower(bench: Bench) -> float | None:
    """``eventsourcing`` following its own log into a table, position and row in one transaction per event."""
    if find_spec("eventsourcing") is None:
        return None
    await _database(bench)
    return await asyncio.to_thread(_follow_rate, bench)


async def faststream(bench: Bench, topic: Topic, events: int) -> float | None:
    """FastStream on confluent-kafka with an asyncpg upsert per message, as its documentation shows."""
    if find_spec("faststream") is None:
        return None
    from faststream.confluent import KafkaBroker

    pool = await asyncpg.create_pool(bench.postgres.admin_url, min_size=1, max_size=4)
    await pool.execute("truncate floor.listed")
    broker = KafkaBroker(bench.bootstrap, logger=None)
    seen = 0
    upsert = INSERT.format(table="floor.listed") + UPSERT[UPSERT.index("on conflict") - 1 :]

    async def handle(event: AllocationGranted) -> None:
        nonlocal seen
        await pool.execute(upsert, *listed_row(event))
        seen += 1

    broker.subscriber(topic.name, group_id=f"peer-{uuid.uuid4().hex[:8]}", auto_offset_reset="earliest")(handle)
    await broker.start()
    try:
        await until(lambda: seen > 0)
        first, began = seen, time.perf_counter()
        await until(lambda: seen >= events)
        return (seen - first) / (time.perf_counter() - began)
    finally:
        await broker.stop()
        await pool.close()


async def _database(bench: Bench) -> None:
    connection = await asyncpg.connect(bench.postgres.admin_url)
    with contextlib.suppress(asyncpg.DuplicateDatabaseError):
        await connection.execute("create database peer")
    await connection.close()


def _environment(bench: Bench, connections: int) -> dict[str, str]:
    place = urlsplit(bench.postgres.admin_url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": "peer",
        "POSTGRES_HOST": str(place.hostname),
        "POSTGRES_PORT": str(place.port),
        "POSTGRES_USER": str(place.username),
        "POSTGRES_PASSWORD": bench.state.password("postgres"),
        "POSTGRES_POOL_SIZE": str(connections),
    }


@cache
def _application() -> Any:
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate

    class Allocation(Aggregate):
        """Keeps its event as we do: the data as one mapping."""

        def __init__(self, data: dict[str, Any]) -> None:
            self.data = data

    class Allocations(Application[uuid.UUID]):
        def grant(self, chance: random.Random) -> None:
            event = granted(command(chance), NOON)
            self.save(Allocation(event.model_dump(mode="json", by_alias=True, exclude_none=True)))

    return Allocations


def _command_rate(bench: Bench, writers: int, seconds: float) -> float:
    application = _application()(_environment(bench, writers))
    done = [0] * writers
    ends = time.perf_counter() + seconds

    def writer(number: int) -> None:
        chance = random.Random(number)
        while time.perf_counter() < ends:
            application.grant(chance)
            done[number] += 1

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(writers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = sum(done) / (time.perf_counter() - began)
    application.close()
    return rate


def _follow_rate(bench: Bench) -> float:
    from eventsourcing.persistence import Tracking
    from eventsourcing.postgres import PostgresTrackingRecorder
    from eventsourcing.projection import Projection, ProjectionRunner
    from psycopg.sql import SQL

    class Listed(PostgresTrackingRecorder):
        def __init__(self, datastore: Any, **rest: Any) -> None:
            super().__init__(datastore, **rest)
            self.sql_create_statements.append(
                SQL(
                    "create table if not exists listed (referral_id uuid primary key, municipality text, provider text,"
                    " product_code text, total_units int, starts_on date, granted_at timestamptz)"
                )
            )

        def put(self, row: tuple[Any, ...], tracking: Tracking) -> None:
            with self.datastore.transaction(commit=True) as cursor:
                cursor.execute(
                    "insert into listed values (%s, %s, %s, %s, %s, %s, %s) on conflict (referral_id) do update"
                    " set total_units = excluded.total_units, granted_at = excluded.granted_at",
                    row,
                    prepare=True,
                )
                self._insert_tracking(cursor, tracking)

    class Listing(Projection[Listed]):
        name = "listing"

        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            self.view.put(listed_row(AllocationGranted.model_validate(domain_event.data)), tracking)

    application = _application()
    environment = _environment(bench, 4)
    log = application(environment)
    chance = random.Random(5)
    for _ in range(FOLLOWED):
        log.grant(chance)
    last = log.recorder.max_notification_id()
    log.close()
    before = 0
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=application, projection_class=Listing, view_class=Listed, env=environment
    ) as runner:
        before = runner.projection.view.max_tracking_id(runner.app_name) or 0
        runner.wait(last, timeout=300)
        return (last - before) / (time.perf_counter() - began)
