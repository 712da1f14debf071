"""The consumer: reads the topics of a projection and hands each partition's events to its inbox.

Positions live in PostgreSQL with the read model. On assignment the stored offset is sought, or the beginning when the
topic is not the one it belongs to. Offsets are told to Kafka too, for autoscaling and dashboards only.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from confluent_kafka import (
    OFFSET_BEGINNING,
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from contracts.envelope import NotAnEvent, from_record
from services.kit import metrics
from services.kit.database import Database
from services.kit.inbox import INFRASTRUCTURE, Delivery, Inbox
from services.kit.kafka import BrokerUnavailable, Topics, client_settings
from services.kit.projections import MalformedEvent, Projection, parse
from services.kit.refills import RefillRequests

log = structlog.get_logger(__name__)

BATCH = 5000
"""Records at once, when so many wait; the client keeps at most 64 MB of them."""
POLL_SECONDS = 0.1
TELL_SECONDS = 1.0
REVOKE_SECONDS = 5.0
RETRY_SECONDS = (0.2, 5.0)
LOOK_AGAIN_SECONDS = 10.0


class TopicChanged(Exception):
    """A topic was lost or made anew: positions must be looked up again."""


@dataclass(slots=True)
class Counts:
    """What a consumer did since it started."""

    applied: int = 0
    skipped: int = 0
    parked: int = 0
    gaps: int = 0


class EventConsumer:
    """One member of the group of ``projection``. Run as many as there are partitions to share."""

    def __init__(
        self,
        database: Database,
        projection: Projection,
        bootstrap: str,
        *,
        classic: bool = False,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """``classic`` chooses the older group protocol, for brokers that do not know KIP-848.

        ``wall_clock``: the machine's seconds since 1970, as Kafka stamps records.
        """
        self._projection = projection
        self._inbox = Inbox(database, projection)
        self._bootstrap = bootstrap
        self._classic = classic
        self._wall_clock = wall_clock
        self._topics = Topics(bootstrap)
        self._refills = RefillRequests(bootstrap)
        self._lags: dict[tuple[str, int], int] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"consume-{projection.group}")
        self._service_of = {topic.name: topic.service for topic in projection.sources}
        self._topic_of = {topic.service: topic.name for topic in projection.sources}
        self._topic_ids: dict[str, str] = {}
        self._offsets: dict[tuple[str, int], int] = {}
        self._applied = threading.Event()
        self._tell_again_at = 0.0
        self._holes: dict[tuple[str, int], int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.counts = Counts()
        self.assigned: set[tuple[str, int]] = set()

    @property
    def group(self) -> str:
        return self._projection.group

    def lags(self) -> list[tuple[str, int, int]]:
        """Per assigned topic and partition: how many records Kafka has that were not read yet, as last seen."""
        return [(topic, partition, lag) for (topic, partition), lag in self._lags.items()]

    async def run(self) -> None:
        """Consume until cancelled; lost connections are waited out."""
        self._loop = asyncio.get_running_loop()
        delay = RETRY_SECONDS[0]
        try:
            while True:
                before = self.counts.applied
                try:
                    await self._session()
                except (
                    KafkaException,
                    BrokerUnavailable,
                    TopicChanged,
                    *INFRASTRUCTURE,
                    asyncpg.PostgresError,
                ) as error:
                    delay = RETRY_SECONDS[0] if self.counts.applied > before else min(delay * 2, RETRY_SECONDS[1])
                    log.warning(
                        "consumer_waits", group=self._projection.group, error=type(error).__name__, seconds=delay
                    )
                    await asyncio.sleep(delay * (0.5 + random.random()))  # noqa: S311 - spreads retries, no secret
        finally:
            self._thread.shutdown(wait=False)

    async def _session(self) -> None:
        """One membership of the group: ends only with an error or by cancellation."""
        for topic in self._projection.sources:
            self._topic_ids[topic.name] = (await self._topics.ensure(topic)).id
        consumer = Consumer(self._settings())
        loop = asyncio.get_running_loop()
        run = loop.run_in_executor
        pending: asyncio.Future[list[Delivery]] | None = None
        try:
            consumer.subscribe(
                [topic.name for topic in self._projection.sources],
                on_assign=self._on_assign,
                on_revoke=self._on_revoke,
                on_lost=self._on_revoke,
            )
            look_again_at = loop.time() + LOOK_AGAIN_SECONDS
            pending = run(self._thread, self._fetch, consumer)
            while True:
                deliveries = await asyncio.shield(pending)
                # What comes next is fetched and parsed while this is applied.
                self._applied.clear()
                pending = run(self._thread, self._fetch, consumer)
                await self._take(deliveries)
                self._applied.set()
                if loop.time() > look_again_at:
                    await self._look_at_topics()
                    look_again_at = loop.time() + LOOK_AGAIN_SECONDS
        finally:
            self._applied.set()
            if pending is not None and not pending.done():
                await asyncio.wait([pending])
            # A failing goodbye must not hide why the session ended, cancellation least of all.
            with suppress(KafkaException, RuntimeError):
                await run(self._thread, consumer.close)
            self.assigned.clear()
            self._offsets.clear()

    def _settings(self) -> dict[str, Any]:
        settings = client_settings(self._bootstrap, self._projection.group) | {
            "group.id": f"samenspel-{self._projection.group}",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "queued.min.messages": 10_000,
        }
        if self._classic:
            # Such a broker may not wake a fetch that waits, so this is how late an event comes; and asking a dozen
            # consumers' worth of empty fetches fifty times a second kept a quarter of a core busy.
            return settings | {"session.timeout.ms": 6000, "heartbeat.interval.ms": 1000, "fetch.wait.max.ms": 200}
        return settings | {"group.protocol": "consumer", "fetch.wait.max.ms": 250}

    # --- called by the Kafka client, in the consumer's own thread

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if self._loop is None:
            raise RuntimeError("the consumer is not running")
        placed = asyncio.run_coroutine_threadsafe(self._place(partitions), self._loop).result()
        if self._classic:
            consumer.assign(placed)
        else:
            consumer.incremental_assign(placed)
        self.assigned |= {(place.topic, place.partition) for place in placed}

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        # Only for order: if the batch under way took longer, the lock on its position would fence it.
        self._applied.wait(REVOKE_SECONDS)
        for place in partitions:
            self.assigned.discard((place.topic, place.partition))
            self._offsets.pop((place.topic, place.partition), None)
        if self._classic:
            consumer.unassign()
        else:
            consumer.incremental_unassign(partitions)

    async def _place(self, partitions: Sequence[TopicPartition]) -> list[TopicPartition]:
        """Where to read each partition from: the stored offset, or the start of a topic that is new to us."""
        placed = []
        stored = {topic.name: await self._inbox.positions(topic.service) for topic in self._projection.sources}
        for place in partitions:
            offset, topic_id = stored[place.topic].get(place.partition, (None, None))
            if offset is None or topic_id != self._topic_ids[place.topic]:
                offset = OFFSET_BEGINNING
            placed.append(TopicPartition(place.topic, place.partition, offset))
        return placed

    def _fetch(self, consumer: Consumer) -> list[Delivery]:
        """What there is to read, at most ``BATCH`` records, by partition; waits a moment when there is nothing."""
        self._tell_offsets(consumer)
        first = consumer.poll(POLL_SECONDS)
        if first is None:
            return []
        # One call that waits for many would wait for all of them.
        return self._deliveries([first, *consumer.consume(BATCH - 1, 0)])

    def _deliveries(self, messages: Sequence[Message]) -> list[Delivery]:
        """Decode and parse records. Raises ``KafkaException``; logs and skips what is no event of ours."""
        found: dict[tuple[str, int], Delivery] = {}
        for message in messages:
            error = message.error()
            if error is not None:
                if error.code() == KafkaError._PARTITION_EOF:
                    continue
                raise KafkaException(error)
            topic, partition, offset = message.topic(), message.partition(), message.offset()
            if topic is None or partition is None or offset is None:
                continue
            delivery = found.get((topic, partition))
            if delivery is None:
                kind, sent_at = message.timestamp()
                delivery = Delivery(self._service_of[topic], partition, [], 0, self._topic_ids[topic])
                delivery.sent_at = None if kind == TIMESTAMP_NOT_AVAILABLE else sent_at / 1000
                found[topic, partition] = delivery
            delivery.next_offset = offset + 1
            try:
                event = from_record(message.headers(), message.value())
            except NotAnEvent as foreign:
                log.error("foreign_record", topic=topic, partition=partition, offset=offset, reason=str(foreign))
                continue
            delivery.events.append(event)
            try:
                delivery.parsed[event.sequence] = parse(event)
            except MalformedEvent:
                continue  # the inbox meets it again, and parks it
        return list(found.values())

    def _tell_offsets(self, consumer: Consumer) -> None:
        """Now and then, for dashboards and autoscaling: how far we are, and how far that is from the end."""
        now = time.monotonic()
        if now < self._tell_again_at:
            return
        self._tell_again_at = now + TELL_SECONDS
        reached = [
            TopicPartition(topic, partition, offset)
            for (topic, partition), offset in list(self._offsets.items())
            if (topic, partition) in self.assigned
        ]
        if reached:
            consumer.commit(offsets=reached, asynchronous=True)
        self._lags = {
            (place.topic, place.partition): max(0, consumer.get_watermark_offsets(place, cached=True)[1] - place.offset)
            for place in reached
        }

    # --- in the event loop

    async def _look_at_topics(self) -> None:
        for topic in self._projection.sources:
            state = await self._topics.state(topic.name)
            if state is None or state.id != self._topic_ids[topic.name]:
                raise TopicChanged(topic.name)

    async def _take(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            outcome = await self._inbox.take(delivery)
            self.counts.applied += outcome.applied
            self.counts.skipped += outcome.skipped
            self.counts.parked += outcome.parked
            place = (delivery.source, delivery.partition)
            if outcome.missing is not None:
                self.counts.gaps += 1
                metrics.CONSUMER_GAPS.labels(self.group, delivery.source).inc()
                log.error(
                    "gap",
                    group=self._projection.group,
                    source=delivery.source,
                    partition=delivery.partition,
                    missing=outcome.missing,
                )
                self._holes[place] = outcome.missing
                continue
            if outcome.applied:
                self._holes.pop(place, None)
                metrics.CONSUMER_APPLIED.labels(self.group, delivery.source).inc(outcome.applied)
                if delivery.sent_at is not None:
                    delay = max(0.0, self._wall_clock() - delivery.sent_at)
                    metrics.EVENT_DELAY_SECONDS.labels(self.group, delivery.source).observe(delay)
            self._offsets[self._topic_of[delivery.source], delivery.partition] = delivery.next_offset
        # Asked until it is filled: the relay may have been away when we asked first.
        for (source, partition), missing in self._holes.items():
            await self._refills.ask(source, partition, missing)
