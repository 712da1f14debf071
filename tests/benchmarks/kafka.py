"""The bare Kafka client, as floor and to fill topics."""

import asyncio
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace

from confluent_kafka import Producer

from contracts.envelope import Envelope, Header, to_headers
from contracts.topics import REFERRAL, Topic
from services.kit.database import Database
from services.kit.kafka import Topics, client_settings

Record = tuple[bytes, str, int, list[Header]]
"""Value, key, partition and headers."""


async def new_topic(bootstrap: str) -> Topic:
    """A topic of referral in a namespace of its own."""
    topic = replace(REFERRAL, namespace=f"bench-{uuid.uuid4().hex[:8]}")
    await Topics(bootstrap).ensure(topic)
    return topic


async def records_of(log: Database, after: int, count: int) -> list[Record]:
    """The bytes that the relay would send for ``count`` events, ``after`` so many of each partition."""
    rows = await log.worker.fetch(
        """select *, data::text as text from event_log where sequence > $1
           order by sequence, partition limit $2""",
        after,
        count,
    )
    found = []
    for row in rows:
        event = Envelope(
            "referral",
            row["partition"],
            row["sequence"],
            row["key"],
            row["type"],
            row["time"],
            row["text"].encode(),
            row["trace"],
        )
        found.append((event.data, event.key, event.partition, to_headers(event)))
    return found


def send(producer: Producer, topic: str, records: Sequence[Record]) -> float:
    """Produce everything and wait for every acknowledgement; gives the seconds."""
    began = time.perf_counter()
    for value, key, partition, headers in records:
        producer.produce(topic, value=value, key=key, partition=partition, headers=headers)
    left = producer.flush(60)
    if left:
        raise RuntimeError(f"{left} records were not acknowledged")
    return time.perf_counter() - began


async def fill(bootstrap: str, topic: Topic, records: Sequence[Record]) -> None:
    """Put records into a topic."""
    await asyncio.to_thread(send, bare_producer(bootstrap), topic.name, records)


def bare_producer(bootstrap: str) -> Producer:
    """A producer with the settings of the relay, and nothing around it."""
    return Producer(
        client_settings(bootstrap, "floor")
        | {
            "enable.idempotence": True,
            "linger.ms": 5,
            "compression.type": "lz4",
            "queue.buffering.max.messages": 200_000,
        }
    )
