"""What is in the logs, positions and topics, read straight from the engines."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from contracts.topics import TOPICS

SERVICES = tuple(topic.service for topic in TOPICS)
SCHEMAS = (*SERVICES, "workflows")
KAFKA_SECONDS = 10.0
BATCH_SECONDS = 0.2


@dataclass(frozen=True)
class Log:
    """One partition of a service's log: how many events, from where to where, and what the head and relay say."""

    count: int
    first: int
    last_stored: int
    last: int
    relayed: int


_LOGS = " union all ".join(
    f"""select '{schema}' as service, h.partition, h.last, c.sequence as relayed, count(e.sequence) as count,
               coalesce(min(e.sequence), 1) as first, coalesce(max(e.sequence), 0) as last_stored
        from {schema}.log_head h join {schema}.relay_cursor c using (partition)
             left join {schema}.event_log e using (partition)
        group by h.partition, h.last, c.sequence"""
    for schema in SERVICES
)
_POSITIONS = " union all ".join(
    f"select group_name, source, partition, last from {schema}.consumer_position" for schema in SCHEMAS
)


async def fetch(admin_url: str, query: str, *values: object) -> list[asyncpg.Record]:
    """One query as superuser, on a connection of its own: it may be asked while the database restarts."""
    connection = await asyncpg.connect(admin_url, timeout=10)
    try:
        return await connection.fetch(query, *values)
    finally:
        await connection.close()


async def logs_of(admin_url: str) -> dict[tuple[str, int], Log]:
    """Every partition of every log."""
    fields = ("count", "first", "last_stored", "last", "relayed")
    return {
        (row["service"], row["partition"]): Log(*(row[name] for name in fields))
        for row in await fetch(admin_url, _LOGS)
    }


async def positions_of(admin_url: str) -> dict[tuple[str, str, int], int]:
    """How far each consumer group is in each partition of its sources."""
    return {
        (row["group_name"], row["source"], row["partition"]): row["last"] for row in await fetch(admin_url, _POSITIONS)
    }


def records(bootstrap: str) -> Iterator[Message]:
    """Every record of every topic, whatever wrote it, up to where each partition ends now.

    Raises ``KafkaException`` and ``TimeoutError``.
    """
    settings = {
        "bootstrap.servers": bootstrap,
        "group.id": "faults-reading",
        "enable.auto.commit": False,
        "log_level": 0,
        "error_cb": lambda _error: None,
    }
    consumer = Consumer(settings)
    try:
        topics = consumer.list_topics(timeout=KAFKA_SECONDS).topics
        ends: dict[tuple[str, int], int] = {}
        for name, topic in topics.items():
            for partition in topic.partitions:
                _, end = consumer.get_watermark_offsets(TopicPartition(name, partition), timeout=KAFKA_SECONDS)
                if end:
                    ends[name, partition] = end
        consumer.assign([TopicPartition(name, partition, OFFSET_BEGINNING) for name, partition in ends])
        give_up_at = time.monotonic() + KAFKA_SECONDS
        while ends:
            batch = consumer.consume(1000, timeout=BATCH_SECONDS)
            if batch:
                give_up_at = time.monotonic() + KAFKA_SECONDS
            elif time.monotonic() > give_up_at:
                raise TimeoutError(f"no records of {sorted(ends)} within {KAFKA_SECONDS:.0f} s")
            for message in batch:
                error = message.error()
                if error is not None:
                    if error.code() != KafkaError._PARTITION_EOF:
                        raise KafkaException(error)
                    continue
                yield message
                place = message.topic(), message.partition()
                if message.offset() + 1 >= ends.get(place, 0):
                    ends.pop(place, None)
    finally:
        consumer.close()
