"""Latency: a command accepted in one service until it is to be seen in another's read model, at 50 a second."""

import asyncio
import json
import random
import statistics
import time
import uuid

import asyncpg
from confluent_kafka import Consumer, Producer, TopicPartition

from services.kit.kafka import client_settings
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.http_load import Connection
from tests.benchmarks.kafka import new_topic
from tests.benchmarks.measuring import Measure, percentile, until
from tests.benchmarks.serving import served
from tests.benchmarks.workload import command

RATE = 50
SECONDS = 20
MOST_MS = 300


async def measure(bench: Bench) -> Measure:
    """Two services in two processes, beside a bare round trip through Kafka at the same rate."""
    tell("latency")
    async with served(bench, "referral", roles="api,relay") as port, served(bench, "council", roles="consumer"):
        await _ours(bench, port, 5)
        bare = await asyncio.to_thread(_bare, bench, (await new_topic(bench.bootstrap)).name, SECONDS)
        ours = await _ours(bench, port, SECONDS)
    floor_p99, p99 = percentile(bare, 0.99), percentile(ours, 0.99)
    return Measure(
        "latency, p99",
        p99,
        floor_p99,
        p99 / floor_p99,
        "ms",
        len(ours),
        8.0,
        "two durable commits (command and read model) with a produce and a fetch between them",
        notes=(
            f"median {statistics.median(ours):.1f} ms, bare {statistics.median(bare):.1f} ms; "
            f"p99 {'keeps' if p99 <= MOST_MS else 'does not keep'} to {MOST_MS} ms",
        ),
    )


async def _ours(bench: Bench, port: int, seconds: int) -> list[float]:
    """Milliseconds from the answer to a command until the other service's row is committed."""
    seen: dict[str, float] = {}
    listener = await asyncpg.connect(bench.postgres.admin_url)
    await listener.add_listener("listed", lambda *told: seen.setdefault(str(told[-1]), time.perf_counter()))
    connections = [await Connection.open(port) for _ in range(8)]
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in connections:
        free.put_nowait(connection)
    chance = random.Random(uuid.uuid4().int)
    authorization = f"Bearer {bench.token()}"
    accepted: dict[str, float] = {}

    async def one() -> None:
        wanted = command(chance)
        connection = await free.get()
        status, answer = await connection.post(
            "/v1/benchmark-allocations",
            json.dumps(wanted.model_dump(mode="json", by_alias=True)).encode(),
            {"Authorization": authorization, "Idempotency-Key": str(wanted.referral_id)},
        )
        accepted[str(wanted.referral_id)] = time.perf_counter()
        free.put_nowait(connection)
        if status != 201:
            raise RuntimeError(f"the service answered {status}: {answer[:200]!r}")

    async with asyncio.TaskGroup() as group:
        began = time.perf_counter()
        for number in range(seconds * RATE):
            await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            group.create_task(one())
    # Told are also those of earlier measurements.
    await until(lambda: accepted.keys() <= seen.keys(), pause=0.01)
    for connection in connections:
        connection.close()
    await listener.close()
    return [max(0.0, seen[key] - at) * 1000 for key, at in accepted.items()]


def _bare(bench: Bench, topic: str, seconds: int) -> list[float]:
    """Milliseconds from ``produce`` until a consumer has the record; nothing waits for more records."""
    producer = Producer(client_settings(bench.bootstrap, "floor") | {"linger.ms": 0})
    consumer = Consumer(
        client_settings(bench.bootstrap, "floor")
        | {"group.id": "floor", "enable.auto.commit": False, "fetch.wait.max.ms": 20}
    )
    consumer.assign([TopicPartition(topic, 0, 0)])
    found: list[float] = []
    warm = RATE
    began = time.perf_counter()
    sent: list[float] = []
    while len(found) < warm + seconds * RATE:
        if len(sent) < warm + seconds * RATE and time.perf_counter() >= began + len(sent) / RATE:
            sent.append(time.perf_counter())
            producer.produce(topic, value=b"x" * 600, partition=0)
            producer.poll(0)
        message = consumer.poll(0.001)
        if message is not None and message.error() is None:
            found.append((time.perf_counter() - sent[len(found)]) * 1000)
        if time.perf_counter() > began + 3 * seconds + 30:
            raise RuntimeError("the broker did not give back what it was given")
    consumer.close()
    return found[warm:]
