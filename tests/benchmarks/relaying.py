"""Relay: events in the log become acknowledged Kafka records."""

import asyncio
import random
import time

from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.garbage import settle
from services.kit.relay import Relay
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.kafka import bare_producer, new_topic, records_of, send
from tests.benchmarks.measuring import Measure, in_turns, until
from tests.benchmarks.workload import NOON, command, granted

EVENTS = 20_000
ROUNDS = 9
"""Each takes a third of a second, in which this machine may be twice as fast as in the next."""


async def log_events(log: Database, count: int, chance: random.Random) -> None:
    """Append ``count`` events, about as many to each partition."""
    async with log.unit(Actor.system()) as unit:
        for _ in range(count):
            wanted = command(chance)
            unit.emit(wanted.referral_id, granted(wanted, NOON), [f"provider:{wanted.provider}"])


async def measure(bench: Bench) -> Measure:
    """Committed events to acknowledged records, beside a bare producer that sends the same bytes."""
    tell("relay")
    chance = random.Random(1)
    producer, floor_topic = bare_producer(bench.bootstrap), await new_topic(bench.bootstrap)
    async with await Database.open(bench.url("referral"), "referral") as log:
        await log_events(log, EVENTS, chance)
        records = await records_of(log, 0, EVENTS)
        relay = Relay(log, await new_topic(bench.bootstrap), bench.bootstrap)
        running = asyncio.create_task(relay.run())
        try:
            await _published(relay, EVENTS)

            async def floor() -> float:
                return EVENTS / await asyncio.to_thread(send, producer, floor_topic.name, records)

            async def ours() -> float:
                goal = relay.published + EVENTS
                await log_events(log, EVENTS, chance)
                began = time.perf_counter()
                relay.wake()
                await _published(relay, goal)
                return EVENTS / (time.perf_counter() - began)

            settle()
            under, rate, ratio = await in_turns(floor, ours, rounds=ROUNDS)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    return Measure(
        "relay",
        rate,
        under,
        ratio,
        "events/s",
        EVENTS,
        0.4,
        "one Python thread that makes each record's headers, hands it to the client library and waits for the end of a "
        "batch; reading the log runs beside it",
    )


async def _published(relay: Relay, goal: int) -> None:
    await until(lambda: relay.published >= goal)
