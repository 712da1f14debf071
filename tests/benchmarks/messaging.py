"""iWmo and iJw in: a message is read, judged at levels 1 to 3, carried out, stored, logged and answered.

The floor of judging parses the same files with lxml and validates them with the official schema (ours where that is
absent). That of taking in keeps them besides, in a bare transaction of the same size. The year is a run of a share of a
national year, extrapolated; see ``SHARE``.
"""

import asyncio
import base64
import os
import statistics
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg
from lxml import etree

from services.kit.actor import Actor
from services.kit.commands import CommandBus
from services.kit.database import Database, register_codecs
from services.kit.garbage import settle
from services.kit.keyring import KeyRing
from services.kit.projections import Received
from services.referral.bootstrap import compose
from services.referral.commands import ReceiveMessage
from services.referral.istandaarden import official, read, retour, validate_structure
from services.referral.istandaarden.rules import Known, check_content, check_known
from services.referral.istandaarden.schema import schema_of
from services.referral.projections import Market
from services.referral.store.messages import mark_of
from services.referral.vault.vault import Vault
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.commanding import ANSWER, LOG
from tests.benchmarks.courses import DATED, Course, Sent, declaration, market, months
from tests.benchmarks.measuring import ROUNDS, Measure
from tests.benchmarks.workload import NOON

WRITERS = 16
COURSES = 150
"""Courses a round; four messages each."""
JUDGED = 15
"""Rounds of judging, each of a third as many."""
YEAR_MESSAGES, YEAR_LINES = 5_000_000, 20_000_000
SHARE = float(os.environ.get("SAMENSPEL_BENCH_SHARE", "0.01"))
"""How much of a national year ``year`` runs."""
SHARED = Path(os.environ.get("SAMENSPEL_SHARED") or Path(__file__).parents[3] / "shared")
MONTHS = 16
numbers = count()
"""Of courses: none comes twice in a run."""


class Intake:
    """The service's commands on the bench's database, as the API gives them."""

    def __init__(self, database: Database) -> None:
        ring = KeyRing.parse(f"bench:{base64.b64encode(bytes(range(32))).decode()}\n", "VAULT_KEY_FILE")
        self.vault = Vault(ring)
        self.database = database
        self._bus = CommandBus(database, compose(self.vault).commands)

    async def learn(self) -> None:
        """Take in the providers and agreements that messages are judged against."""
        received = [
            Received("commissioning", 0, number, "x", event.type, NOON, event)
            for number, event in enumerate(market(), start=1)
        ]
        async with self.database.unit(Actor.system()) as unit:
            await Market().apply(unit, received)

    async def take(self, sent: Sent) -> None:
        """Receive one message, which must be accepted."""
        command = ReceiveMessage(original=sent.raw, mark=mark_of(self.vault, sent.raw).hex())
        answer = await self._bus.execute(command, actor=sent.sender, idempotency_key=str(uuid.uuid4()))
        if not answer.accepted:
            raise RuntimeError(f"{answer.kind} was not accepted: {answer.return_codes} {answer.findings}")

    async def take_all(self, queues: Iterable[list[Sent]]) -> float:
        """Receive messages with sixteen writers at once, each queue in its order; gives the seconds it took."""
        waiting = iter(list(queues))

        async def writer() -> None:
            for queue in waiting:
                for sent in queue:
                    await self.take(sent)

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(WRITERS):
                group.create_task(writer())
        return time.perf_counter() - began


@asynccontextmanager
async def intake(bench: Bench) -> AsyncIterator[Intake]:
    async with await Database.open(bench.url("referral"), "referral", size=WRITERS) as database:
        found = Intake(database)
        await found.learn()
        yield found


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
        "half of it the rules of level 2, in Python; the rest reading, the schema, and writing the retour",
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
    """Messages through the command bus, beside a bare transaction after lxml with the schema."""
    tell("iWmo and iJw messages in")
    schemas, floors, rates, bare = Schemas(), [], [], []
    await bench.admin(Kept.TABLES)
    connections = [await asyncpg.connect(bench.postgres.admin_url) for _ in range(WRITERS)]
    for connection in connections:
        await register_codecs(connection)
    floor = Kept(schemas, connections)
    async with intake(bench) as taking:
        for number in range(ROUNDS + 1):
            queues = [Course(next(numbers)).messages() for _ in range(COURSES)]
            settle()
            alone = schemas.rate([sent for queue in queues for sent in queue])
            under, rate = 4 * COURSES / await floor.take_all(queues), 4 * COURSES / await taking.take_all(queues)
            if number:
                floors.append(under)
                rates.append(rate)
                bare.append(alone)
    for connection in connections:
        await connection.close()
    return Measure(
        "iWmo/iJw messages in",
        statistics.median(rates),
        statistics.median(floors),
        statistics.median(rate / under for rate, under in zip(rates, floors, strict=True)),
        "messages/s",
        4 * COURSES * ROUNDS,
        0.1,
        "some 25 statements a message, each a round trip to PostgreSQL: two locks, the dossier, the facts, what it "
        "changes, message, answer and events",
        {"lxml with the schema, no database": statistics.median(bare)},
        (
            f"315, 301, 305 and 307 of {COURSES} clients a round, {WRITERS} at once; the floor validates with "
            f"{schemas.told} and inserts seven rows",
        ),
    )


async def measure_year(bench: Bench) -> Measure:
    """A share of a national year of messages and declaration lines, and what the whole year would take at that rate."""
    tell(f"a national year: {SHARE:.2%} of it")
    clients = max(WRITERS, int(YEAR_MESSAGES * SHARE) // 4)
    async with intake(bench) as taking:
        courses = [Course(next(numbers)) for _ in range(clients)]
        in_messages = await taking.take_all([course.messages() for course in courses])
        relations: dict[tuple[str, str, str], list[Course]] = defaultdict(list)
        for course in courses:
            relations[course.municipality, course.provider, course.standard].append(course)
        declared = [
            [declaration(each, month, f"D{uuid.uuid4().hex[:10]}") for month in months(MONTHS)]
            for each in relations.values()
        ]
        in_lines = await taking.take_all(declared)
    messages, lines = 4 * clients, MONTHS * clients
    hours = (in_messages / messages * YEAR_MESSAGES + in_lines / lines * YEAR_LINES) / 3600
    return Measure(
        "a national year, extrapolated",
        hours,
        8.0,
        hours / 8.0,
        "hours",
        messages + lines,
        1.0,
        "as messages in; a declaration line costs a share of one message",
        notes=(
            f"measured: {messages:,} messages in {in_messages:.0f} s ({messages / in_messages:,.0f}/s) and {lines:,} "
            f"declaration lines in {sum(map(len, declared)):,} declarations in {in_lines:.0f} s "
            f"({lines / in_lines:,.0f}/s)",
            f"extrapolated in proportion to {YEAR_MESSAGES:,} messages and {YEAR_LINES:,} lines: not run",
        ),
    )
