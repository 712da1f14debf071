"""The relay: carries committed events from the log to Kafka, in order, at least once, again when Kafka lost them.

Each partition of the log goes to the same partition of the topic. The cursor is stored after the broker acknowledged,
so a crash repeats events (consumers skip them by sequence) and never leaves one out. Before anything is sent, and after
every delivery error, the topic is compared with what the cursor knew: a topic that is new is filled from the start.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from confluent_kafka import KafkaError, KafkaException, Producer

from contracts.envelope import headers_of
from contracts.topics import Topic
from services.kit import metrics
from services.kit.database import Database
from services.kit.kafka import BrokerUnavailable, Topics, client_settings

log = structlog.get_logger(__name__)

BATCH = 1_000
"""Events per partition and round."""
POLL_SECONDS = 0.2
"""How long an event waits at most when no wake-up arrived."""
COMPARE_SECONDS = 10.0
"""How often an idle relay looks whether the broker still has its topic."""
FLUSH_SECONDS = 30.0
RETRY_SECONDS = (0.2, 5.0)

# What becomes the bytes of a record comes as bytes.
_PENDING = """
select c.partition, e.sequence, convert_to(e.key, 'UTF8') as subject, e.type,
       convert_to(e.data::text, 'UTF8') as data, e.time, e.trace
from unnest($2::int[], $3::bigint[]) as c (partition, sequence)
cross join lateral (
    select * from event_log e where e.partition = c.partition and e.sequence > c.sequence order by e.sequence limit $1
) e
"""
_ADVANCE = """
update relay_cursor c set sequence = new.sequence
from unnest($1::int[], $2::bigint[]) as new (partition, sequence)
where c.partition = new.partition
"""


class DeliveryFailed(Exception):
    """The broker did not acknowledge a batch."""


@dataclass(frozen=True, slots=True)
class Lag:
    """Events that are in the log and not yet acknowledged by Kafka."""

    events: int


class Relay:
    """Publishes the log of one service. Several may run: each takes the partitions that nobody else holds."""

    def __init__(self, database: Database, topic: Topic, bootstrap: str) -> None:
        self._database = database
        self._topic = topic
        self._bootstrap = bootstrap
        self._topics = Topics(bootstrap)
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="relay")
        self._producer: Producer | None = None
        self._refills: dict[int, int] = {}
        self._compare_again_at = 0.0
        self.published = 0
        """Events acknowledged since this relay started."""

    def wake(self) -> None:
        """There is something to publish: do not wait for the next poll."""
        self._wake.set()

    async def run(self) -> None:
        """Publish until cancelled. Lost connections are waited out; nothing is lost by stopping anywhere."""
        delay = RETRY_SECONDS[0]
        try:
            while True:
                try:
                    async with self._database.worker.acquire() as connection:
                        await self._hold(connection)
                except (
                    KafkaException,
                    BrokerUnavailable,
                    DeliveryFailed,
                    OSError,
                    asyncpg.PostgresError,
                    asyncpg.InterfaceError,
                ) as error:
                    metrics.RELAY_FAILURES.labels(self._topic.service).inc()
                    log.warning("relay_waits", service=self._topic.service, error=type(error).__name__, seconds=delay)
                    self._producer = None
                    await asyncio.sleep(delay * (0.5 + random.random()))  # noqa: S311 - spreads retries, no secret
                    delay = min(delay * 2, RETRY_SECONDS[1])
                else:
                    delay = RETRY_SECONDS[0]
        finally:
            self._thread.shutdown(wait=False)

    async def _hold(self, connection: Any) -> None:
        """Hold the partitions that are free for as long as this session lives, and publish them."""
        held: list[int] = []
        reached: dict[int, int] = {}
        try:
            while True:
                if connection.is_closed():
                    raise ConnectionResetError(
                        "the session that held the partitions is gone; somebody else may have them"
                    )
                fresh = await self._take_partitions(connection, held)
                held += fresh
                if not held:
                    await asyncio.sleep(RETRY_SECONDS[1])
                    continue
                compare = self._producer is None or time.monotonic() > self._compare_again_at
                if fresh or compare or self._refills:
                    await self._rewind_for_refills(held)
                    await self._compare(held)
                    reached = await self._cursors(held)
                if await self._publish_until_idle(reached):
                    await self._rest()
        finally:
            if held and not connection.is_closed():
                await connection.execute("select pg_advisory_unlock_all()")

    async def _take_partitions(self, connection: Any, held: Sequence[int]) -> list[int]:
        if len(held) == self._topic.partitions:
            return []
        rows = await connection.fetch(
            """select partition from relay_cursor
               where partition <> all($1::int[]) and pg_try_advisory_lock(hashtext($2), partition)""",
            list(held),
            f"samenspel/relay/{self._topic.service}",
        )
        return [row["partition"] for row in rows]

    async def _compare(self, held: Sequence[int]) -> None:
        """Refill a topic that is not the one the cursor was made for; make a producer if there is none."""
        state = await self._topics.ensure(self._topic)
        rewound = await self._database.worker.fetch(
            """update relay_cursor set sequence = 0, topic_id = $1, partitions = $2
               where partition = any($3::int[]) and (topic_id, partitions) is distinct from ($1, $2)
               returning partition""",
            state.id,
            state.partitions,
            list(held),
        )
        if rewound:
            log.info("relay_fills_topic", topic=self._topic.name, partitions=len(rewound))
            self._producer = None
        self._compare_again_at = time.monotonic() + COMPARE_SECONDS
        self._producer = self._producer or Producer(
            client_settings(self._bootstrap, f"relay-{self._topic.service}")
            | {
                "enable.idempotence": True,
                "linger.ms": 5,
                "compression.type": "lz4",
                "queue.buffering.max.messages": 200_000,
                "delivery.timeout.ms": 20_000,
                "delivery.report.only.error": True,
            }
        )

    async def _publish_until_idle(self, reached: dict[int, int]) -> bool:
        """Publish what is in the log behind ``reached``, which moves along.

        ``False`` when there is something else to look after before it is done.

        The next rows are read while those before them go to the broker.
        """
        loop = asyncio.get_running_loop()
        distracted = False
        rows = await self._read(reached)
        while rows:
            last = {row["partition"]: row["sequence"] for row in rows}
            reached.update(last)
            distracted = bool(self._refills) or time.monotonic() > self._compare_again_at
            reading = None if distracted else asyncio.create_task(self._read(reached))
            try:
                await loop.run_in_executor(self._thread, self._send, rows)
                await self._advance(last, len(rows))
                rows = await reading if reading else []
            except BaseException:
                if reading:
                    reading.cancel()
                raise
        return not distracted

    async def _cursors(self, held: Sequence[int]) -> dict[int, int]:
        rows = await self._database.worker.fetch(
            "select partition, sequence from relay_cursor where partition = any($1::int[])", list(held)
        )
        return {row["partition"]: row["sequence"] for row in rows}

    async def _advance(self, last: dict[int, int], events: int) -> None:
        """Store how far the broker has acknowledged: the last sequence of each partition."""
        await self._database.worker.execute(_ADVANCE, list(last), list(last.values()))
        self.published += events
        metrics.RELAY_PUBLISHED.labels(self._topic.service).inc(events)

    async def _read(self, reached: dict[int, int]) -> Any:
        """The next events of each partition behind the sequence it has ``reached``."""
        return await self._database.worker.fetch(_PENDING, BATCH, list(reached), list(reached.values()))

    def _send(self, rows: Any) -> None:
        """Hand a batch to the client and wait until all of it is acknowledged. In the relay's own thread.

        Raises ``DeliveryFailed`` when it is not, after what was still on its way is forgotten.
        """
        producer = self._producer
        if producer is None:
            raise DeliveryFailed("no producer")
        failures: list[str] = []

        def failed(error: KafkaError | None, _: object) -> None:
            failures.append(str(error))

        topic, service = self._topic.name, self._topic.service
        for partition, sequence, subject, type_, data, time_, trace in rows:
            headers = headers_of(service, partition, sequence, subject, type_, time_, trace)
            producer.produce(topic, data, subject, partition, failed, headers=headers)
        # The client tells of failures alone, so what is neither waiting nor failed was acknowledged.
        waiting = producer.flush(FLUSH_SECONDS)
        if waiting or failures:
            producer.purge()
            raise DeliveryFailed(failures[0] if failures else f"{waiting} events not acknowledged in time")

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    def refill(self, partition: int, first: int) -> None:
        """Publish again from sequence ``first`` on: a consumer found a hole there."""
        self._refills[partition] = min(first, self._refills.get(partition, first))
        self.wake()

    async def _rewind_for_refills(self, held: Sequence[int]) -> None:
        # Every relay hears every request and the one that holds the partition answers; who misses events asks again.
        asked, self._refills = self._refills, {}
        for partition, first in asked.items():
            if partition not in held:
                continue
            log.info("relay_refills", topic=self._topic.name, partition=partition, first=first)
            await self._database.worker.execute(
                "update relay_cursor set sequence = least(sequence, $2) where partition = $1", partition, first - 1
            )

    async def lag(self) -> Lag:
        """How many events wait in the log."""
        events = await self._database.worker.fetchval(
            "select coalesce(sum(h.last - c.sequence), 0)::bigint from log_head h join relay_cursor c using (partition)"
        )
        return Lag(events)


async def rewind(database: Database, first: int) -> dict[int, int]:
    """Have the log published again from sequence ``first`` on: per partition, how many events that is.

    A relay that runs sees it when it looks at its cursors again, if it has not stored them over this by then: so ask it
    besides (``refills``).
    """
    rows = await database.worker.fetch(
        """update relay_cursor c set sequence = least(c.sequence, $1 - 1)
           from log_head h where h.partition = c.partition and h.last >= $1
           returning c.partition, h.last - c.sequence as waiting""",
        first,
    )
    return {row["partition"]: row["waiting"] for row in rows}
