"""Asking a relay to publish again from a sequence on, over a small topic that every relay reads.

A consumer that finds a hole (records that Kafka no longer has) asks; the relay that holds the partition answers
by rewinding its cursor. Asking twice is harmless: events that were applied are skipped by their sequence.
"""

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from confluent_kafka import OFFSET_END, Consumer, KafkaException, Producer, TopicPartition

from contracts.topics import Topic
from services.kit.kafka import BrokerUnavailable, Topics, client_settings

log = structlog.get_logger(__name__)

REFILLS = Topic("refills", key="service", partitions=1, retention_days=1)
ASK_AGAIN_SECONDS = 2.0


class RefillRequests:
    """The consumer's side: asks at most once in a few seconds per partition."""

    def __init__(self, bootstrap: str) -> None:
        self._topics = Topics(bootstrap)
        self._producer = Producer(client_settings(bootstrap, "refills") | {"message.timeout.ms": 5000})
        self._asked: dict[tuple[str, int], float] = {}

    async def ask(self, source: str, partition: int, first: int) -> None:
        """Ask the relay of ``source`` to publish ``partition`` again from sequence ``first`` on."""
        now = time.monotonic()
        if now < self._asked.get((source, partition), 0.0):
            return
        self._asked[source, partition] = now + ASK_AGAIN_SECONDS
        await self._topics.ensure(REFILLS)
        value = json.dumps({"service": source, "partition": partition, "first": first})
        self._producer.produce(REFILLS.name, value=value.encode(), key=source)
        await asyncio.to_thread(self._producer.flush, 5.0)


async def listen(bootstrap: str, service: str, refill: Callable[[int, int], None]) -> None:
    """Call ``refill(partition, first)`` for every request to ``service``, until cancelled."""
    topics = Topics(bootstrap)
    thread = ThreadPoolExecutor(1, thread_name_prefix="refills")
    loop = asyncio.get_running_loop()
    try:
        while True:
            try:
                await topics.ensure(REFILLS)
            except (BrokerUnavailable, KafkaException):
                await asyncio.sleep(ASK_AGAIN_SECONDS)
                continue
            # No group: every relay reads every request. Requests missed while down are asked again.
            consumer = Consumer(
                client_settings(bootstrap, f"refills-{service}")
                | {"group.id": f"refills-{service}", "enable.auto.commit": False, "enable.partition.eof": False}
            )
            consumer.assign([TopicPartition(REFILLS.name, 0, OFFSET_END)])
            try:
                while True:
                    message = await loop.run_in_executor(thread, consumer.poll, 1.0)
                    if message is None:
                        continue
                    error, value = message.error(), message.value()
                    if error is not None or value is None:
                        log.info("refills_wait", service=service, error=error.name() if error else "empty record")
                        await asyncio.sleep(1.0)
                        break
                    wanted = json.loads(value)
                    if wanted["service"] == service:
                        refill(int(wanted["partition"]), int(wanted["first"]))
            finally:
                await loop.run_in_executor(thread, consumer.close)
    finally:
        thread.shutdown(wait=False)
