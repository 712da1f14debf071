"""Growth: what an event costs with 1, 10 and 100 times the clients, and what a process takes in memory meanwhile.

A database is filled through the services' own commands and events: clients with their messages, allocations, care and
declarations, the log of it, and the read models of commissioning and monitoring. Two copies get every row that is about
a client 10 and 100 times, in as many municipalities and for as many providers as before: each list is that much longer.
Then all three do the same work in turns, each in a process of its own with one writer:
``python -m tests.benchmarks.growth REFERRAL COMMISSIONING MONITORING`` does a round at each line on its standard
input, and says on a line what each kind of work took.
"""

import asyncio
import json
import os
import statistics
import sys
import time
import uuid
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import uvloop

from contracts.envelope import Envelope
from contracts.events.referral import Frequency, Referrer, StopReason
from contracts.values import Role, municipality, provider
from deploy.local.engines.postgres import DATABASE, apply_platform_sql, create_database
from deploy.local.processes import CODE
from services.commissioning.projections import Spending
from services.kit.actor import Actor
from services.kit.commands import Command, CommandBus
from services.kit.database import Database
from services.kit.garbage import settle
from services.kit.inbox import Delivery, Inbox
from services.kit.migrate import migrate
from services.kit.projections import Projection, Received
from services.kit.working_days import local_date
from services.monitoring.projections import Context, Counting
from services.referral.bootstrap import compose
from services.referral.commands import (
    AcceptAllocation,
    GrantAllocation,
    ReportStart,
    ReportStop,
    RequestAllocation,
)
from services.referral.domain.person import Address, Person
from services.referral.vault.vault import Vault
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.courses import BSNS, MUNICIPALITIES, PRODUCTS, Course, declaration, market, months
from tests.benchmarks.intake import Intake, intake
from tests.benchmarks.measuring import Measure
from tests.benchmarks.memory import resident
from tests.benchmarks.multiplying import multiply
from tests.benchmarks.workload import NOON

CLIENTS = int(os.environ.get("SAMENSPEL_BENCH_CLIENTS", "200"))
"""Those of the smallest database."""
TIMES = (1, 10, 100)
ROUNDS = int(os.environ.get("SAMENSPEL_BENCH_GROWTH_ROUNDS", "40"))
COURSES, WARM, MONTHS = 3, 4, 4
"""Clients a round, rounds that do not count, and months that were declared for those who are there already."""
SERVICES = ("referral", "commissioning", "monitoring")


async def measure(bench: Bench) -> list[Measure]:
    """Milliseconds of the work that grows most, beside those with the fewest clients; and the memory beside theirs."""
    tell("growth: filling three databases")
    names = [await _database(bench, times) for times in TIMES]
    async with AsyncExitStack() as running:
        regions = [await running.enter_async_context(_region(bench, name)) for name in names]
        tell("growth")
        rounds: list[list[dict[str, float]]] = []
        for number in range(WARM + ROUNDS):
            # None of the sizes always comes first.
            order = sorted(range(len(TIMES)), key=lambda place: (place + number) % len(TIMES))
            told = {place: await regions[place]() for place in order}
            rounds.append([told[place] for place in range(len(TIMES))])
    for name in names:
        await bench.admin(f'drop database "{name}"')
    rounds = rounds[WARM:]
    kinds = [kind for kind in rounds[0][0] if kind != "MB"]
    grown = {
        kind: tuple(statistics.median(one[place][kind] / one[0][kind] for one in rounds) for place in (1, 2))
        for kind in kinds
    }
    worst = max(kinds, key=lambda kind: grown[kind][1])
    few, _, many = (statistics.median(one[place][worst] for one in rounds) for place in range(len(TIMES)))
    least, _, most = (rounds[-1][place]["MB"] for place in range(len(TIMES)))
    return [
        Measure(
            "time per event, 100× the clients",
            many,
            few,
            grown[worst][1],
            "ms",
            COURSES * ROUNDS,
            1.2,
            f"{worst}, which grew most: deeper indexes, and more of their pages touched, read and logged",
            notes=(
                f"{CLIENTS:,} clients, and {TIMES[1]} and {TIMES[2]} times as many",
                *(
                    f"{kind}: {statistics.median(one[0][kind] for one in rounds):.2f} ms; {grown[kind][0]:.2f} times "
                    f"that with {TIMES[1]}×, {grown[kind][1]:.2f} times with {TIMES[2]}×"
                    for kind in kinds
                ),
            ),
        ),
        Measure(
            "memory of a process, 100× the clients",
            most,
            least,
            most / least,
            "MB",
            COURSES * (ROUNDS + WARM),
            1.05,
            "nothing grows with what is in the database",
        ),
    ]


async def _database(bench: Bench, times: int) -> str:
    """Make the database with so many times the clients; the first is what the others are copied from."""
    name = f"growth{times}"
    server, first = bench.postgres.url("postgres", DATABASE), f"growth{TIMES[0]}"
    await create_database(server, name, template=None if name == first else first)
    connection = await asyncpg.connect(bench.postgres.url("postgres", name))
    try:
        if name == first:
            await apply_platform_sql(connection)
            for service in SERVICES:
                await asyncio.to_thread(migrate, service, bench.postgres.url(service, name))
            await _fill(*_urls(bench, name))
        began = time.perf_counter()
        rows = await multiply(connection, times) if times > 1 else 0
        # What comes with age: statistics, and pages that are known to be visible.
        await connection.execute("vacuum analyze")
        tell(f"{times}× {CLIENTS:,} clients: {rows:,} rows added in {time.perf_counter() - began:.0f} s")
    finally:
        await connection.close()
    return name


def _urls(bench: Bench, name: str) -> list[str]:
    return [bench.postgres.url(service, name) for service in SERVICES]


def _course(number: int) -> Course:
    """Of all municipalities in turn; no client comes twice."""
    return Course(number % len(MUNICIPALITIES) * BSNS + number // len(MUNICIPALITIES))


async def _fill(referral: str, commissioning: str, monitoring: str) -> None:
    """Clients of whom the care of half has ended, with some months declared, and the read models about them."""
    async with _services(referral, commissioning, monitoring) as (taking, reading):
        await reading.learn()
        courses = [_course(number) for number in range(CLIENTS)]
        sent = [(course, course.messages()) for course in courses]
        await taking.take_batches([listed[:3] for _, listed in sent])
        await taking.take_batches(
            [[declaration([each], month, _number()) for month in months(MONTHS)] for each in courses]
        )
        await taking.take_batches([listed[3:] for number, (_, listed) in enumerate(sent) if number % 2])
        await reading.follow()


def _number() -> str:
    return f"D{uuid.uuid4().hex[:10]}"


@asynccontextmanager
async def _services(referral: str, commissioning: str, monitoring: str) -> AsyncIterator[tuple[Intake, "_Reading"]]:
    async with (
        intake(referral) as taking,
        await Database.open(commissioning, "commissioning") as spending,
        await Database.open(monitoring, "monitoring") as counting,
    ):
        yield taking, _Reading(taking.database, spending, counting)


class _Reading:
    """The read models of other services that follow each client, fed from the log of referral as if by Kafka."""

    def __init__(self, log: Database, commissioning: Database, monitoring: Database) -> None:
        self._log = log
        self._followers: list[tuple[Database, Projection]] = [(commissioning, Spending()), (monitoring, Counting())]
        self._context = monitoring

    async def learn(self) -> None:
        """What was agreed."""
        agreed = [
            Received("commissioning", 0, number, "x", event.type, NOON, event)
            for number, event in enumerate(market(), start=1)
        ]
        for database, projection in (self._followers[0], (self._context, Context())):
            async with database.unit(Actor.system()) as unit:
                await projection.apply(unit, agreed)

    async def follow(self) -> tuple[int, float]:
        """Take in what was logged since; gives how many times an event was applied, and the seconds that took."""
        database, projection = self._followers[0]  # the others are as far
        reached = await Inbox(database, projection).positions("referral")
        heads = await self._log.worker.fetch("select partition, last from log_head order by partition")
        deliveries = [
            await self._delivery(head["partition"], reached.get(head["partition"], (0, ""))[0] or 0, head["last"])
            for head in heads
        ]
        applied, began = 0, time.perf_counter()
        for database, projection in self._followers:
            inbox = Inbox(database, projection)
            for delivery in deliveries:
                applied += (await inbox.take(delivery)).applied
        return applied, time.perf_counter() - began

    async def _delivery(self, partition: int, after: int, until: int) -> Delivery:
        rows = await self._log.worker.fetch(
            """select sequence, key, type, time, data::text as text from event_log
               where partition = $1 and sequence > $2 and sequence <= $3 order by sequence""",
            partition,
            after,
            until,
        )
        events = [
            Envelope("referral", partition, row["sequence"], row["key"], row["type"], row["time"], row["text"].encode())
            for row in rows
        ]
        # The sequence stands for the offset that Kafka would give.
        return Delivery("referral", partition, events, until, "growth")


@asynccontextmanager
async def _region(bench: Bench, name: str) -> AsyncIterator[Callable[[], Awaitable[dict[str, float]]]]:
    """A process on one of the databases; call it for a round: milliseconds per event, by kind, and MB."""
    command = (sys.executable, "-m", __name__, *_urls(bench, name))
    process = await asyncio.create_subprocess_exec(*command, cwd=CODE, stdin=PIPE, stdout=PIPE)
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process of the benchmark cannot be told anything")
    given, said = process.stdin, process.stdout

    async def a_round() -> dict[str, float]:
        given.write(b"\n")
        line = await said.readline()
        if not line:
            raise RuntimeError("a process of the benchmark stopped; what it said stands above")
        found: dict[str, float] = json.loads(line)
        return found

    try:
        yield a_round
    finally:
        given.close()
        await process.wait()


async def _work(urls: list[str]) -> None:
    async with _services(*urls) as (taking, reading):
        bus = CommandBus(taking.database, compose(taking.vault).commands)
        number = CLIENTS
        settle()
        while await asyncio.to_thread(sys.stdin.readline):
            courses = [_course(number + each) for each in range(2 * COURSES)]
            number += 2 * COURSES
            found = await _messages(taking, courses[:COURSES]) | await _forms(taking, bus, courses[COURSES:])
            applied, seconds = await reading.follow()
            found |= {"consuming an event": 1000 * seconds / applied, "MB": resident()}
            sys.stdout.write(f"{json.dumps(found)}\n")
            sys.stdout.flush()


async def _messages(taking: Intake, courses: list[Course]) -> dict[str, float]:
    """315, 301, 305 and 307 one by one, and what is declared of a month."""
    sent = [message for course in courses for message in course.messages()]
    *_, month = months(MONTHS)  # a declaration follows the one before it
    declared = [declaration([course], month, _number()) for course in courses]
    found = {}
    for kind, listed in (("a message in", sent), ("a declaration in", declared)):
        began = time.perf_counter()
        for message in listed:
            await taking.take(message)
        found[kind] = 1000 * (time.perf_counter() - began) / len(listed)
    return found


async def _forms(taking: Intake, bus: CommandBus, courses: list[Course]) -> dict[str, float]:
    """The same by form: requested, allocated, accepted, started and stopped."""
    today = local_date(datetime.now(UTC))  # the business clock of a new database is the machine's
    acts = 0

    async def act(command: Command, party: str) -> Any:
        nonlocal acts
        acts += 1
        actor = Actor("bench", party, frozenset(Role))
        return await bus.execute(command, actor=actor, idempotency_key=str(uuid.uuid4()))

    began = time.perf_counter()
    for course in courses:
        asked, giver = provider(course.provider), municipality(course.municipality)
        referral_id = (await act(_request(taking.vault, course, today), giver)).referral_id
        await act(GrantAllocation(referral_id=referral_id), giver)
        await act(AcceptAllocation(referral_id=referral_id), asked)
        await act(ReportStart(referral_id=referral_id, started_on=today), asked)
        await act(ReportStop(referral_id=referral_id, stopped_on=today, reason=StopReason.AS_PLANNED), asked)
    return {"an act by form": 1000 * (time.perf_counter() - began) / acts}


def _request(vault: Vault, course: Course, today: date) -> RequestAllocation:
    client = course.client()
    person = Person(
        bsn=client.bsn,
        last_name="Wolkenveld",
        initials="JT",
        birth_date=client.birth_date,
        address=Address(house_number=17, postcode="6581AB"),
    )
    return RequestAllocation(
        municipality=course.municipality,
        provider=course.provider,
        person=person,
        person_mark=vault.mark(person.model_dump_json().encode()).hex(),
        product_code=PRODUCTS[course.standard][1],
        volume=8,
        frequency=Frequency.MONTH,
        referrer=Referrer.MUNICIPALITY,
        desired_start=today,
    )


if __name__ == "__main__":
    uvloop.run(_work(sys.argv[1:]))
