"""The way of an event on real engines: written, relayed, consumed once, in order, and refilled when Kafka lost it."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import asyncpg
import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from contracts.events.exchange import MessageWritten
from contracts.topics import REFERRAL, Topic
from deploy.local.engines.kafka import Kafka
from deploy.local.engines.tansu import Tansu
from services.kit.actor import Actor
from services.kit.consumer import EventConsumer
from services.kit.database import Database
from services.kit.dead_letters import open_letters, retry
from services.kit.kafka import Topics
from services.kit.projections import Projection, Received
from services.kit.refills import listen
from services.kit.relay import Relay
from services.kit.unit import Unit

NOON = datetime(2026, 8, 14, 10, tzinfo=UTC)


def fact(key: str) -> MessageWritten:
    return MessageWritten(
        message_id=uuid.uuid5(uuid.NAMESPACE_OID, key),
        kind="JW301",
        sender="municipality:0268",
        receiver="provider:73730001",
        written_at=NOON,
    )


async def write(pools: Database, key: str, count: int = 1) -> None:
    async with pools.unit(Actor.system()) as unit:
        for _ in range(count):
            unit.emit(key, fact(key))


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110 - another process brings it about
            await asyncio.sleep(0.05)


class Seen(Projection):
    """Writes each event it gets as a row; refuses the keys in ``poison``."""

    tables = ("seen",)
    poison: ClassVar[set[str]] = set()

    def __init__(self, topic: Topic, group: str) -> None:
        self.group = group  # type: ignore[misc]
        self.sources = (topic,)  # type: ignore[misc]

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        for event in events:
            if event.key in self.poison:
                raise ValueError("this handler does not like the event")
        await unit.conn.executemany(
            "insert into seen (key, partition, sequence) values ($1, $2, $3)",
            [(event.key, event.partition, event.sequence) for event in events],
        )


class Path:
    """A log in referral, a topic of its own, and a read model in council."""

    def __init__(self, source: Database, target: Database, bootstrap: str) -> None:
        self.source = source
        self.target = target
        self.bootstrap = bootstrap
        self.topic = replace(REFERRAL, namespace=f"test-{uuid.uuid4().hex[:8]}")
        self.projection = Seen(self.topic, f"seen-{uuid.uuid4().hex[:8]}")

    def relay(self) -> Relay:
        return Relay(self.source, self.topic, self.bootstrap)

    def consumer(self, classic: bool) -> EventConsumer:
        return EventConsumer(self.target, self.projection, self.bootstrap, classic=classic)

    async def seen(self) -> list[tuple[str, int, int]]:
        rows = await self.target.worker.fetch("select key, partition, sequence from council.seen order by ordinal")
        return [(row["key"], row["partition"], row["sequence"]) for row in rows]

    async def logged(self) -> int:
        count: int = await self.source.worker.fetchval("select count(*) from event_log")
        return count

    async def all_seen(self) -> bool:
        return len(await self.seen()) >= await self.logged()


@pytest.fixture
async def path(database, broker) -> Path:
    found = await database.together("referral", "council")
    admin = await asyncpg.connect(found["council"].admin_url)
    await admin.execute(
        """create table council.seen (ordinal bigint generated always as identity, key text, partition int,
                                      sequence bigint, unique (partition, sequence));
           grant all on council.seen to council_worker"""
    )
    await admin.close()
    return Path(found["referral"].pools, found["council"].pools, broker)


@pytest.fixture
def classic(engines, broker) -> bool:
    """Tansu knows only the classic group protocol."""
    return isinstance(engines._broker, Tansu)


@asynccontextmanager
async def running(*parts: Relay | EventConsumer) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(part.run()) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def lose(topic: str, engines: Any) -> None:
    """Delete a topic; Tansu, where none is ever deleted, loses all it had in its memory."""
    broker = await engines.broker()
    if isinstance(broker, Kafka):
        admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
        await asyncio.wrap_future(admin.delete_topics([topic])[topic])
        return
    supervised = engines.supervised(broker)
    since = supervised.restarts
    supervised.kill()
    await supervised.running_again(since=since)


def in_order(seen: Sequence[tuple[str, int, int]]) -> bool:
    last: dict[int, int] = {}
    for _, partition, sequence in seen:
        if sequence != last.get(partition, 0) + 1:
            return False
        last[partition] = sequence
    return True


async def test_events_arrive_once_and_in_order(path, classic):
    async with running(path.relay(), path.consumer(classic)):
        for number in range(20):
            await write(path.source, f"key-{number % 4}", count=3)
        await eventually(path.all_seen)
    seen = await path.seen()
    assert len(seen) == 60
    assert in_order(seen)


async def test_sixteen_writers_on_five_hot_keys_lose_nothing_while_consumers_come_and_go(path, classic):
    """0 out of per-key order, 0 gaps, 0 lost, with a consumer that is rebalanced and killed meanwhile."""
    chance = random.Random(7)

    async def writer(number: int) -> None:
        for _ in range(25):
            try:
                async with path.source.unit(Actor.system()) as unit:
                    for _ in range(chance.randint(1, 3)):
                        key = f"hot-{chance.randint(1, 5)}"
                        unit.emit(key, fact(key))
                    if chance.random() < 0.1:
                        raise RuntimeError("this transaction is rolled back")
            except RuntimeError:
                pass

    # To join takes three seconds on Tansu; who left before that would only keep the others from reading.
    shortest, longest = (3.5, 6.0) if classic else (0.3, 1.5)

    async def restless() -> None:
        while True:
            async with running(path.consumer(classic)):
                await asyncio.sleep(chance.uniform(shortest, longest))

    async with running(path.relay(), path.consumer(classic)):
        disturbing = asyncio.create_task(restless())
        await asyncio.gather(*(writer(number) for number in range(16)))
        await eventually(path.all_seen)
        disturbing.cancel()
        await asyncio.gather(disturbing, return_exceptions=True)
    seen = await path.seen()
    heads = await path.source.worker.fetchval("select sum(last) from log_head")
    assert len(seen) == await path.logged() == heads
    assert in_order(seen)


async def test_a_topic_that_was_lost_is_refilled_and_nothing_is_applied_twice(path, classic, engines):
    await write(path.source, "before", count=5)
    async with running(path.relay(), path.consumer(classic)):
        await eventually(path.all_seen)
        await lose(path.topic.name, engines)
        await write(path.source, "after", count=5)
        await eventually(path.all_seen)
    seen = await path.seen()
    assert len(seen) == 10
    assert in_order(seen)


async def test_a_poison_event_is_parked_with_those_behind_it_and_retried_in_order(path, classic):
    path.projection.poison = {"bad"}
    async with running(path.relay(), path.consumer(classic)):
        for _ in range(3):
            await write(path.source, "bad")
            await write(path.source, "good")

        async def flowed() -> bool:
            good = [row for row in await path.seen() if row[0] == "good"]
            return len(good) == 3 and len(await open_letters(path.target)) == 3

        await eventually(flowed)
    letters = await open_letters(path.target)
    assert [letter.key for letter in letters] == ["bad"] * 3
    path.projection.poison = set()
    async with path.target.unit(Actor.system()) as unit:
        assert await retry(unit, [path.projection], letters[0].id) == 3
    assert not await open_letters(path.target)
    bad = [row for row in await path.seen() if row[0] == "bad"]
    assert [row[2] for row in bad] == sorted(row[2] for row in bad)


async def forget(path: Path, partition: int, upto: int, classic: bool) -> None:
    """Have the first events not in Kafka: deleted there or, as Tansu cannot do that, passed over by the relay."""
    if classic:
        state = await Topics(path.bootstrap).ensure(path.topic)
        await path.source.worker.execute(
            "update relay_cursor set sequence = $2, topic_id = $3, partitions = $4 where partition = $1",
            partition,
            upto,
            state.id,
            state.partitions,
        )
    else:
        async with running(relay := path.relay()):
            await eventually(lambda: all_sent(relay))
        admin = AdminClient({"bootstrap.servers": path.bootstrap})
        place = TopicPartition(path.topic.name, partition, upto)
        await asyncio.wrap_future(admin.delete_records([place])[place])


async def all_sent(relay: Relay) -> bool:
    return (await relay.lag()).events == 0


async def test_a_hole_is_never_stepped_over_and_the_relay_fills_it(path, classic):
    """Kafka forgot the first events before this group read them."""
    await write(path.source, "old", count=3)
    partition = await path.source.worker.fetchval("select partition from event_log limit 1")
    await forget(path, partition, 3, classic)
    relay = path.relay()
    async with running(relay):
        await write(path.source, "old", count=2)
        await eventually(lambda: all_sent(relay))
        refills = asyncio.create_task(listen(path.bootstrap, path.topic.service, relay.refill))
        async with running(path.consumer(classic)):
            await eventually(path.all_seen)
        refills.cancel()
        await asyncio.gather(refills, return_exceptions=True)
    assert in_order(await path.seen())
    assert len(await path.seen()) == 5
