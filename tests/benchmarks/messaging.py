"""iWmo and iJw in: a message is read, judged at levels 1 to 3, carried out, stored, logged and answered.

The floor parses the same files with lxml and validates them with the official schema (ours where that is absent). What
keeps a message besides is a peer: the same, and the rows it leaves in a bare transaction.
"""

import asyncio
import statistics
import time
import uuid
from collections.abc import Iterable
from itertools import count

import asyncpg
from lxml import etree

from services.kit.database import register_codecs
from services.kit.garbage import settle
from services.referral.istandaarden import official, read, retour, validate_structure
from services.referral.istandaarden.rules import Known, check_content, check_known
from services.referral.istandaarden.schema import schema_of
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.commanding import ANSWER, LOG
from tests.benchmarks.courses import DATED, Course, Sent
from tests.benchmarks.intake import SHARED, WRITERS, intake
from tests.benchmarks.measuring import ROUNDS, Measure
from tests.benchmarks.workload import NOON

COURSES, TOGETHER = 150, 400
"""Courses a round, four messages each: of those that come one by one, and of those in batches of fifty a sender."""
JUDGED = 15
"""Rounds of judging, each of a third as many."""
numbers = count()
"""Of courses: none comes twice in a run."""


class Schemas:
    """The floor of judging: lxml and an XML Schema, compiled before."""

    def __init__(self) -> None:
        folder = SHARED / "istandaarden" / "xsd"
        self._official = official.load(folder) if folder.exists() else None
        self.told = "the official schemas" if self._official else "our schemas: the official ones are not here"
        self._parser = etree.XMLParser(resolve_entities=False, no_network=True)

    def of(self, sent: Sent) -> etree.XMLSchema:
        kind = read(sent.raw).kind
        found = self._official.schema(kind) if self._official else None
        return found or schema_of(kind)

    def check(self, sent: Sent, schema: etree.XMLSchema) -> None:
        if not schema.validate(etree.fromstring(sent.raw, self._parser)):
            raise RuntimeError("a message of the benchmark is not valid")

    def rate(self, listed: list[Sent]) -> float:
        """How many messages a second of this process it parses and validates."""
        schemas = [self.of(sent) for sent in listed]
        began = time.process_time()
        for sent, schema in zip(listed, schemas, strict=True):
            self.check(sent, schema)
        return len(listed) / (time.process_time() - began)


def judge(listed: list[Sent]) -> float:
    """How many messages a second of this process are read, judged at levels 1 to 3, and answered by a retour."""
    known = Known(today=DATED)
    began = time.process_time()
    for sent in listed:
        message = read(sent.raw)
        if validate_structure(message) or check_content(message) or check_known(message, known):
            raise RuntimeError("a message of the benchmark is not right")
        retour(message, identification="S1", dated=DATED)
    return len(listed) / (time.process_time() - began)


async def measure_judged(bench: Bench) -> Measure:
    """Reading and judging by itself: no database."""
    tell("iWmo and iJw messages judged")
    schemas, floors, rates = Schemas(), [], []
    for number in range(JUDGED + 1):
        listed = [sent for _ in range(COURSES // 3) for sent in Course(next(numbers)).messages()]
        settle()
        measured = schemas.rate(listed), judge(listed)
        if number:
            floors.append(measured[0])
            rates.append(measured[1])
    return Measure(
        "iWmo/iJw messages judged",
        statistics.median(rates),
        statistics.median(floors),
        statistics.median(rate / under for rate, under in zip(rates, floors, strict=True)),
        "messages/s",
        4 * (COURSES // 3) * JUDGED,
        0.2,
        "a third of it the rules of level 2, in Python; the rest reading, the schema, and writing the retour",
        notes=(f"levels 1 to 3 and the retour made, without a database; the floor validates with {schemas.told}",),
    )


class Kept:
    """The floor of taking in: lxml with the schema, and a bare transaction with the rows that a message leaves."""

    TABLES = """
        create table if not exists floor.message (message_id uuid primary key, kind text, sender text, receiver text,
            identification text, content_mark bytea, at timestamptz);
        create table if not exists floor.original (message_id uuid primary key, sealed bytea)"""

    def __init__(self, schemas: Schemas, connections: "list[asyncpg.Connection[asyncpg.Record]]") -> None:
        self._schemas = schemas
        self._connections = connections

    async def take_all(self, queues: Iterable[list[Sent]]) -> float:
        """As the intake does."""
        waiting = iter([[(sent, self._schemas.of(sent)) for sent in queue] for queue in queues])

        async def writer(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
            for queue in waiting:
                for sent, schema in queue:
                    self._schemas.check(sent, schema)
                    await self._keep(connection, sent)

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for connection in self._connections:
                group.create_task(writer(connection))
        return time.perf_counter() - began

    @staticmethod
    async def _keep(connection: "asyncpg.Connection[asyncpg.Record]", sent: Sent) -> None:
        """The message and its answer, both texts, two events and the answer to the command."""
        party = sent.sender.party
        async with connection.transaction():
            for kind in ("message", "answer"):
                key = uuid.uuid4()
                await connection.execute(
                    "insert into floor.message values ($1, $2, $3, $3, $2, $4, $5)", key, kind, party, b"0" * 32, NOON
                )
                await connection.execute("insert into floor.original values ($1, $2)", key, sent.raw)
                await connection.execute(LOG, 0, str(key), kind, {"messageId": str(key)}, [party], NOON)
            await connection.execute(ANSWER, party, str(key), str(key), {"messageId": str(key)}, NOON)


async def measure(bench: Bench) -> Measure:
    """Messages one by one through the command bus, and in batches, beside lxml with the schema and no database."""
    tell("iWmo and iJw messages in")
    schemas = Schemas()
    rounds: list[tuple[float, float, float, float]] = []
    await bench.admin(Kept.TABLES)
    connections = [await asyncpg.connect(bench.postgres.admin_url) for _ in range(WRITERS)]
    for connection in connections:
        await register_codecs(connection)
    floor = Kept(schemas, connections)
    async with intake(bench.url("referral")) as taking:
        for number in range(ROUNDS + 1):
            alone = [Course(next(numbers)).messages() for _ in range(COURSES)]
            together = [Course(next(numbers)).messages() for _ in range(TOGETHER)]
            settle()
            measured = (
                schemas.rate([sent for queue in alone for sent in queue]),
                4 * COURSES / await floor.take_all(alone),
                4 * COURSES / await taking.take_all(alone),
                4 * TOGETHER / await taking.take_batches(together),
            )
            if number:
                rounds.append(measured)
    for connection in connections:
        await connection.close()
    floors, kept, single, rates = map(statistics.median, zip(*rounds, strict=True))
    return Measure(
        "iWmo/iJw messages in",
        rates,
        floors,
        statistics.median(together / alone for alone, *_, together in rounds),
        "messages/s",
        4 * TOGETHER * ROUNDS,
        0.2,
        "the floor keeps nothing; the peer beside it is the floor and a bare transaction for the rows of a message. "
        "Over half of our time is Python, a quarter of that judging; the rest is PostgreSQL, under one statement each",
        {"lxml, the schema and a bare transaction": kept},
        (
            f"315, 301, 305 and 307 of {TOGETHER} clients a round, in batches; the floor validates with {schemas.told}",
            f"one by one, {WRITERS} at once: {single:,.0f} messages/s, limited by the lock on the "
            "log's partitions until the disk has the commit",
        ),
    )
