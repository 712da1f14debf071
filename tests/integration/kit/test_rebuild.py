"""Read models rebuilt from the logs: the same as those in use, or it is told which rows are not."""

import asyncio
import random
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import asyncpg
import pytest

from contracts.envelope import Envelope
from contracts.events.council import QuestionAsked
from contracts.events.exchange import MessageWritten
from contracts.topics import REFERRAL
from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.dead_letters import drop, open_letters, retry
from services.kit.inbox import Delivery, Inbox
from services.kit.projections import Projection, Received
from services.kit.rebuild import RebuildFailed, Rebuilt, rebuild
from services.kit.scratch import Difference, Scratch, ScratchInUse
from services.kit.unit import Unit

NOON = datetime(2026, 8, 14, 10, tzinfo=UTC)

TABLES = """
set role council_owner;
create table council.post (key text primary key, messages int not null, latest jsonb not null, at timestamptz not null);
create table council.stamp (
    key text references council.post on delete cascade, number int, primary key (key, number)
);
create table council.alarm (key text primary key, raised int not null);
create table council.limits (most int not null);
insert into council.limits values (7);
reset role;
"""


class Post(Projection):
    """Counts messages per sender's key; every seventh empties the tray, whose stamps go with it."""

    group = "council-post"
    sources = (REFERRAL,)
    tables = ("post", "stamp")
    poison: ClassVar[set[int]] = set()

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        most = await unit.conn.fetchval("select most from limits")
        for event in events:
            if event.sequence in self.poison:
                raise ValueError("this handler does not like the event")
            assert isinstance(event.data, MessageWritten)
            row = await unit.conn.fetchrow("select messages from post where key = $1", event.key)
            count = row["messages"] + 1 if row else 1
            if count > most:
                await unit.conn.execute("delete from post where key = $1", event.key)
                count = 1
            await unit.conn.execute(
                """insert into post values ($1, $2, $3, $4) on conflict (key) do update
                   set messages = excluded.messages, latest = excluded.latest, at = excluded.at""",
                event.key,
                count,
                event.data.model_dump(mode="json", by_alias=True),
                event.time,
            )
            await unit.conn.execute("insert into stamp values ($1, $2)", event.key, count)
            # No read model: once raised, an alarm stays. And something that nobody may hear twice.
            await unit.conn.execute(
                "insert into alarm values ($1, 1) on conflict (key) do update set raised = alarm.raised + 1", event.key
            )
            unit.emit(event.key, asked(event.key))


def asked(key: str) -> QuestionAsked:
    return QuestionAsked(
        question_id=uuid.uuid5(uuid.NAMESPACE_OID, key),
        municipality="0268",
        due=NOON,
        asked_at=NOON,
    )


def message(key: str, number: int) -> MessageWritten:
    return MessageWritten(
        message_id=uuid.uuid5(uuid.NAMESPACE_OID, f"{key}/{number}"),
        kind="JW301",
        sender="municipality:0268",
        receiver="provider:73730001",
        written_at=NOON,
    )


class Office:
    """A log in referral and a read model in council that follows it without a broker between."""

    def __init__(self, source: Any, target: Any) -> None:
        self.source: Database = source.pools
        self.target: Database = target.pools
        self.urls = {"referral": source.url}
        self.url: str = target.url
        self.admin_url: str = target.admin_url
        self.projection = Post()
        self.chance = random.Random(11)

    async def write(self, count: int, keys: int = 9) -> None:
        while count > 0:
            async with self.source.unit(Actor.system()) as unit:
                for _ in range(min(count, self.chance.randint(1, 40))):
                    key = f"key-{self.chance.randint(1, keys)}"
                    unit.emit(key, message(key, count))
                    count -= 1

    async def follow(self) -> None:
        """Take what is new: partitions in any order, in batches of any size."""
        inbox = Inbox(self.target, self.projection)
        while True:
            positions = {
                row["partition"]: row["last"]
                for row in await self.target.worker.fetch("select partition, last from consumer_position")
            }
            rows = await self.source.worker.fetch(
                "select *, data::text as text from event_log order by partition, sequence"
            )
            waiting: dict[int, list[Envelope]] = {}
            for row in rows:
                if row["sequence"] > positions.get(row["partition"], 0):
                    waiting.setdefault(row["partition"], []).append(envelope(row))
            if not waiting:
                return
            partition = self.chance.choice(list(waiting))
            events = waiting[partition][: self.chance.randint(1, 30)]
            await inbox.take(Delivery("referral", partition, events, 0, "topic"))

    async def rebuild(self) -> Rebuilt:
        [rebuilt] = await rebuild("council", self.url, [self.projection], self.urls)
        return rebuilt

    async def admin(self, statement: str) -> None:
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def envelope(row: Any) -> Envelope:
    return Envelope(
        service="referral",
        partition=row["partition"],
        sequence=row["sequence"],
        key=row["key"],
        type=row["type"],
        time=row["time"],
        data=row["text"].encode(),
        traceparent=row["trace"],
    )


@pytest.fixture
async def office(database) -> Office:
    found = await database.together("referral", "council")
    office = Office(found["referral"], found["council"])
    await office.admin(TABLES)
    return office


async def test_a_rebuild_is_identical_whatever_way_the_events_arrived(office):
    await office.write(1500)
    await office.follow()
    rebuilt = await office.rebuild()
    assert rebuilt.identical
    assert (rebuilt.events, rebuilt.left_out) == (1500, 0)
    assert [(table.table, table.live, table.rebuilt) for table in rebuilt.tables] == [
        ("post", 9, 9),
        ("stamp", rebuilt.tables[1].live, rebuilt.tables[1].live),
    ]
    assert rebuilt.tables[1].live > 9


async def test_a_rebuild_stops_where_the_consumer_is(office):
    await office.write(100)
    await office.follow()
    await office.write(50)
    rebuilt = await office.rebuild()
    assert rebuilt.identical
    assert rebuilt.events == 100


async def test_a_row_that_somebody_changed_added_or_removed_is_named_by_its_key_alone(office):
    await office.write(200)
    await office.follow()
    await office.admin("update council.post set latest = latest || '{\"kind\": \"JW305\"}' where key = 'key-3'")
    await office.admin("insert into council.post values ('key-0', 1, '{}', now())")
    await office.admin("delete from council.stamp where key = 'key-5' and number = 1")
    post, stamp = (await office.rebuild()).tables
    assert post.sample == (Difference("key-0", "surplus"), Difference("key-3", "different"))
    assert (post.live, post.rebuilt, post.differing) == (10, 9, 2)
    assert stamp.sample == (Difference("key-5/1", "missing"),)


async def test_what_a_projection_writes_besides_its_tables_stays_as_it_was_and_it_publishes_nothing(office):
    await office.write(300)
    await office.follow()
    raised = "select key, raised from alarm order by key"
    before = await office.target.worker.fetch(raised)
    asked_before = await office.target.worker.fetchval("select count(*) from event_log")
    assert asked_before == 300
    assert (await office.rebuild()).identical
    assert await office.target.worker.fetch(raised) == before
    assert await office.target.worker.fetchval("select count(*) from event_log") == asked_before


async def test_parked_and_dropped_events_are_left_out_and_retried_ones_are_not(office):
    await office.write(60, keys=3)
    partition = await office.source.worker.fetchval(
        "select partition from event_log group by 1 order by count(*) desc limit 1"
    )
    office.projection.poison = {4}
    await office.follow()
    office.projection.poison = set()
    letters = [letter for letter in await open_letters(office.target) if letter.partition == partition]
    assert len(letters) > 2

    parked = await office.rebuild()
    assert parked.identical
    assert parked.left_out >= len(letters)

    async with office.target.unit(Actor.system()) as unit:
        await drop(unit, letters[0].id, "this one was a mistake")
        await retry(unit, [office.projection], letters[1].id)
    dropped = await office.rebuild()
    assert dropped.identical
    assert dropped.left_out == parked.left_out - len(letters) + 1
    assert dropped.events == 60 - dropped.left_out


async def test_it_compares_exactly_while_the_service_is_in_use(office):
    await office.write(500)
    await office.follow()

    async def busy() -> None:
        while True:
            await office.write(20)
            await office.follow()

    working = asyncio.create_task(busy())
    try:
        for _ in range(5):
            assert (await office.rebuild()).identical
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def test_a_log_that_lost_what_was_consumed_is_a_failure(office):
    await office.write(100, keys=1)
    await office.follow()
    await office.admin("delete from referral.event_log where sequence = 37")
    with pytest.raises(RebuildFailed, match=r"misses event .-37"):
        await office.rebuild()


async def test_an_event_that_is_refused_now_is_a_failure_that_says_where(office):
    await office.write(100, keys=1)
    await office.follow()
    office.projection.poison = {50}
    with pytest.raises(RebuildFailed, match=r"council-post refuses events .* ValueError"):
        await office.rebuild()


async def test_nothing_stays_behind_and_two_at_once_do_not_meet(office):
    await office.write(10)
    await office.follow()
    async with Scratch(office.url, "council"):
        with pytest.raises(ScratchInUse, match="wait until that is done"):
            await office.rebuild()
    await office.rebuild()
    schemas = "select count(*) from pg_namespace where nspname = 'council_scratch'"
    assert await office.target.worker.fetchval(schemas) == 0
