"""Consume: Kafka records become rows of a read model, exactly once."""

import asyncio
import random
import time
import uuid

import asyncpg

from contracts.events.referral import AllocationGranted
from services.kit.consumer import EventConsumer
from services.kit.database import Database
from services.kit.garbage import settle
from tests.benchmarks import peers
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.kafka import fill, new_topic, records_of
from tests.benchmarks.measuring import Measure, in_turns, until
from tests.benchmarks.relaying import log_events
from tests.benchmarks.workload import UPSERT, Listing, listed_row

EVENTS = 30_000
BATCH = 1000
PEER_EVENTS = 3_000


async def measure(bench: Bench) -> Measure:
    """Records to rows, beside a bare ``unnest`` upsert of the same rows in batches of 1,000, each committed."""
    tell("consume")
    async with (
        await Database.open(bench.url("referral"), "referral") as log,
        await Database.open(bench.url("council"), "council") as target,
    ):
        await bench.admin("truncate referral.event_log; update referral.log_head set last = 0")
        await log_events(log, EVENTS, random.Random(2))
        records = await records_of(log, 0, EVENTS)
        topic = await new_topic(bench.bootstrap)
        await fill(bench.bootstrap, topic, records)
        rows = [listed_row(AllocationGranted.model_validate_json(value)) for value, _, _, _ in records]

        async def floor() -> float:
            await bench.admin("truncate floor.listed")
            connection = await asyncpg.connect(bench.postgres.admin_url)
            began = time.perf_counter()
            for start in range(0, len(rows), BATCH):
                columns = map(list, zip(*rows[start : start + BATCH], strict=True))
                async with connection.transaction():
                    await connection.execute(UPSERT.format(table="floor.listed"), *columns)
            seconds = time.perf_counter() - began
            await connection.close()
            return len(rows) / seconds

        async def ours() -> float:
            await bench.admin("truncate council.listed")
            projection = Listing(f"bench-{uuid.uuid4().hex[:8]}")
            projection.sources = (topic,)  # type: ignore[misc]
            consumer = EventConsumer(target, projection, bench.bootstrap, classic=bench.classic)
            running = asyncio.create_task(consumer.run())
            try:
                # Joining the group takes seconds and is none of the rate.
                await until(lambda: consumer.counts.applied > 0)
                first, began = consumer.counts.applied, time.perf_counter()
                await until(lambda: consumer.counts.applied >= EVENTS)
                return (EVENTS - first) / (time.perf_counter() - began)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

        settle()
        under, rate, ratio = await in_turns(floor, ours)
        found = {
            "FastStream + asyncpg": await peers.faststream(bench, topic, PEER_EVENTS),
            "eventsourcing follower": await peers.eventsourcing_follower(bench),
        }
    return Measure(
        "consume",
        rate,
        under,
        ratio,
        "events/s",
        EVENTS,
        0.35,
        "reading headers and validating JSON into event models in one Python process; the upsert itself runs beside it",
        {name: peer for name, peer in found.items() if peer},
        peers.absent("faststream", "eventsourcing"),
    )
