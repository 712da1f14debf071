"""Command: something is decided, durable and logged when it is answered; in process, and over HTTP."""

import asyncio
import json
import random
import time
import uuid
from collections.abc import Awaitable, Callable

import asyncpg

from contracts.envelope import partition_of
from services.kit.commands import CommandBus
from services.kit.database import Database, register_codecs
from services.kit.garbage import settle
from tests.benchmarks import peers
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.http_load import Connection
from tests.benchmarks.measuring import Measure, in_turns
from tests.benchmarks.serving import served
from tests.benchmarks.workload import ACTOR, INSERT, NOON, GrantBenchmark, command, grant, granted, row_of

WRITERS = 16
SECONDS = 4.0

LOG = """insert into floor.event_log (partition, sequence, key, type, data, audience, time)
          values ($1, nextval('floor.place'), $2, $3, $4, $5, $6)"""
ANSWER = "insert into floor.command_log (party, key, fingerprint, answer, answered_at) values ($1, $2, $3, $4, $5)"


async def load(once: Callable[[int, random.Random], Awaitable[None]]) -> float:
    """How often a second 16 writers at once get ``once(writer, chance)`` done."""
    done = 0
    ends = time.perf_counter() + SECONDS

    async def writer(number: int) -> None:
        nonlocal done
        chance = random.Random(uuid.uuid4().int)
        while time.perf_counter() < ends:
            await once(number, chance)
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*(writer(number) for number in range(WRITERS)))
    return done / (time.perf_counter() - began)


class Floor:
    """The same rows by hand: three inserts in a transaction on a connection per writer."""

    def __init__(self, connections: "list[asyncpg.Connection[asyncpg.Record]]") -> None:
        self._connections = connections

    @classmethod
    async def open(cls, bench: Bench) -> "Floor":
        connections = [await asyncpg.connect(bench.postgres.admin_url) for _ in range(WRITERS)]
        for connection in connections:
            await register_codecs(connection)
        return cls(connections)

    async def close(self) -> None:
        for connection in self._connections:
            await connection.close()

    async def once(self, number: int, chance: random.Random) -> None:
        wanted = command(chance)
        connection = self._connections[number]
        event = granted(wanted, NOON)
        key = str(wanted.referral_id)
        async with connection.transaction():
            await connection.execute(INSERT.format(table="floor.granted"), *row_of(wanted, NOON))
            await connection.execute(
                LOG,
                partition_of(key, 8),
                key,
                event.type,
                event.model_dump(mode="json", by_alias=True, exclude_none=True),
                [ACTOR.party],
                NOON,
            )
            await connection.execute(ANSWER, ACTOR.party, key, key, {"referralId": key}, NOON)


async def measure_in_process(bench: Bench) -> Measure:
    """A command through the command bus, beside a bare transaction with the same rows and as many writers."""
    tell("command in process")
    floor = await Floor.open(bench)
    async with await Database.open(bench.url("referral"), "referral", size=WRITERS) as database:
        bus = CommandBus(database, {GrantBenchmark: grant})

        async def once(number: int, chance: random.Random) -> None:
            await bus.execute(command(chance), actor=ACTOR, idempotency_key=str(uuid.uuid4()))

        settle()
        under, rate, ratio = await in_turns(lambda: load(floor.once), lambda: load(once))
    await floor.close()
    peer = await peers.eventsourcing_commands(bench, WRITERS, SECONDS)
    return Measure(
        "command in process",
        rate,
        under,
        ratio,
        "commands/s",
        int(rate * SECONDS),
        0.4,
        "the head of the log's partition, held until the disk has the commit: at most eight commits at once",
        {"eventsourcing": peer} if peer else {},
        peers.absent("eventsourcing"),
    )


async def measure_http(bench: Bench) -> Measure:
    """The same command as a request to the service in a process of its own, token and problem handling included."""
    tell("command over HTTP")
    floor = await Floor.open(bench)
    async with served(bench, "referral", roles="api") as port:
        connections = [await Connection.open(port) for _ in range(WRITERS)]
        authorization = f"Bearer {bench.token()}"

        async def once(number: int, chance: random.Random) -> None:
            body = command(chance).model_dump(mode="json", by_alias=True)
            headers = {"Authorization": authorization, "Idempotency-Key": str(uuid.uuid4())}
            status, answer = await connections[number].post(
                "/v1/benchmark-allocations", json.dumps(body).encode(), headers
            )
            if status != 201:
                raise RuntimeError(f"the service answered {status}: {answer[:200]!r}")

        under, rate, ratio = await in_turns(lambda: load(floor.once), lambda: load(once))
        for connection in connections:
            connection.close()
    await floor.close()
    return Measure(
        "command over HTTP",
        rate,
        under,
        ratio,
        "commands/s",
        int(rate * SECONDS),
        0.2,
        "FastAPI, validation and token checking in one uvicorn process on one core",
    )
