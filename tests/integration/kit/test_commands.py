"""Commands on a real database: done once however often asked, and all or nothing."""

import asyncio
import uuid
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from contracts.events.council import QuestionAsked
from contracts.values import Role
from services.kit.actor import Actor
from services.kit.commands import Command, CommandBus
from services.kit.problems import Conflict, NotFound, Text
from services.kit.unit import NotOurEvent, Unit

NOON = datetime(2026, 8, 14, 10, tzinfo=UTC)
NIJMEGEN = Actor(person="clerk-nijmegen", party="council:0268", roles=frozenset({Role.CLERK}))
WIJCHEN = Actor(person="clerk-wijchen", party="council:0296", roles=frozenset({Role.CLERK}))

TABLE = """
set role council_owner;
create table council.jar (id text primary key, coins int not null, owner text not null);
alter table council.jar enable row level security;
alter table council.jar force row level security;
create policy own on council.jar to council_app using (owner = current_setting('samenspel.party', true));
reset role;
"""


class AddCoins(Command):
    jar: str
    coins: int
    events: int = 1


class Empty(Command):
    jar: str


class Jar(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    jar_id: str
    coins: int
    opened_on: date
    serial: uuid.UUID


class NoRoom(Conflict):
    detail = Text("De pot is vol.", "The jar is full.")


def asked(key: str) -> QuestionAsked:
    return QuestionAsked(question_id=uuid.uuid5(uuid.NAMESPACE_OID, key), municipality="0268", due=NOON, asked_at=NOON)


async def add_coins(command: AddCoins, unit: Unit) -> Jar:
    coins = await unit.conn.fetchval(
        """insert into jar values ($1, $2, $3) on conflict (id) do update set coins = jar.coins + excluded.coins
           returning coins""",
        command.jar,
        command.coins,
        unit.actor.party,
    )
    for number in range(command.events):
        unit.emit(f"{command.jar}-{number}", asked(command.jar), [unit.actor.party])
    if coins > 100:
        raise NoRoom()
    return Jar(jarId=command.jar, coins=coins, openedOn=unit.now.date(), serial=unit.new_id())


async def empty(command: Empty, unit: Unit) -> None:
    if await unit.conn.fetchval("delete from jar where id = $1 returning id", command.jar) is None:
        raise NotFound()


class Bank:
    """The command bus of council with a jar of coins."""

    def __init__(self, found: Any) -> None:
        self.pools = found.pools
        self.woken = 0
        self.bus = CommandBus(self.pools, {AddCoins: add_coins, Empty: empty}, appended=self._wake)

    def _wake(self) -> None:
        self.woken += 1

    async def do(self, command: Command, key: str, actor: Actor = NIJMEGEN) -> Any:
        return await self.bus.execute(command, actor=actor, idempotency_key=key)

    async def coins(self, jar: str = "red") -> int | None:
        async with self.pools.reading(NIJMEGEN) as unit:
            found: int | None = await unit.conn.fetchval("select coins from jar where id = $1", jar)
            return found

    async def logged(self) -> list[tuple[int, int]]:
        rows = await self.pools.worker.fetch("select partition, sequence from event_log order by 1, 2")
        return [(row["partition"], row["sequence"]) for row in rows]

    async def dense(self) -> bool:
        """Whether each partition counts from 1 to its head without a hole."""
        heads = await self.pools.worker.fetch("select partition, last from log_head where last > 0")
        return await self.logged() == [
            (row["partition"], sequence)
            for row in sorted(heads, key=lambda row: row["partition"])
            for sequence in range(1, row["last"] + 1)
        ]


@pytest.fixture
async def bank(database) -> Bank:
    found = await database("council")
    connection = await asyncpg.connect(found.admin_url)
    await connection.execute(TABLE)
    await connection.close()
    return Bank(found)


async def test_a_repeated_key_gets_the_first_answer_and_nothing_happens_again(bank):
    first = await bank.do(AddCoins(jar="red", coins=5), "k1")
    again = await bank.do(AddCoins(jar="red", coins=5), "k1")
    assert again == first
    assert isinstance(again, Jar)
    assert await bank.coins() == 5
    assert len(await bank.logged()) == 1
    assert bank.woken == 1


async def test_a_command_without_an_answer_is_remembered_too(bank):
    await bank.do(AddCoins(jar="red", coins=5), "k1")
    assert await bank.do(Empty(jar="red"), "k2") is None
    assert await bank.do(Empty(jar="red"), "k2") is None
    with pytest.raises(NotFound):
        await bank.do(Empty(jar="red"), "k3")


async def test_a_key_that_was_used_for_something_else_is_a_conflict(bank):
    await bank.do(AddCoins(jar="red", coins=5), "k1")
    for other in (AddCoins(jar="red", coins=6), Empty(jar="red")):
        with pytest.raises(Conflict) as refusal:
            await bank.do(other, "k1")
        assert refusal.value.status == 409
    assert await bank.coins() == 5


async def test_keys_of_different_parties_do_not_meet(bank):
    await bank.do(AddCoins(jar="red", coins=5), "k1")
    await bank.do(AddCoins(jar="blue", coins=7), "k1", WIJCHEN)
    assert len(await bank.logged()) == 2


async def test_the_same_command_many_times_at_once_is_done_once(bank):
    command = AddCoins(jar="red", coins=5, events=3)
    answers = await asyncio.gather(*(bank.do(command, "k1") for _ in range(12)))
    assert {answer.serial for answer in answers} == {answers[0].serial}
    assert await bank.coins() == 5
    assert len(await bank.logged()) == 3
    assert await bank.dense()


async def test_a_refused_command_leaves_no_state_no_event_no_gap_and_may_be_tried_again(bank):
    await bank.do(AddCoins(jar="red", coins=90), "k1")
    before = await bank.logged()
    with pytest.raises(NoRoom):
        await bank.do(AddCoins(jar="red", coins=20, events=4), "k2")
    assert await bank.coins() == 90
    assert await bank.logged() == before
    # The key was not used up: what was refused then may be possible now.
    await bank.do(Empty(jar="red"), "k3")
    await bank.do(AddCoins(jar="red", coins=20, events=4), "k2")
    assert await bank.coins() == 20
    assert await bank.dense()


async def test_many_at_once_with_refusals_between_leave_every_partition_dense(bank):
    results = await asyncio.gather(
        *(bank.do(AddCoins(jar=f"jar-{n % 3}", coins=9, events=1 + n % 5), f"k{n}") for n in range(60)),
        return_exceptions=True,
    )
    done = [result for result in results if isinstance(result, Jar)]
    refused = [result for result in results if isinstance(result, NoRoom)]
    assert len(done) == 33  # eleven times nine fit in each jar
    assert len(refused) == 27
    assert await bank.dense()
    assert len(await bank.logged()) == sum(1 + n % 5 for n, result in enumerate(results) if isinstance(result, Jar))


async def test_events_of_one_key_stand_in_the_order_in_which_they_happened(bank):
    async with bank.pools.unit(NIJMEGEN) as unit:
        for number in range(50):
            unit.emit(f"key-{number % 7}", asked(str(number)))
    rows = await bank.pools.worker.fetch(
        "select key, data ->> 'questionId' as question from event_log order by partition, sequence"
    )
    for key in {row["key"] for row in rows}:
        of_key = [row["question"] for row in rows if row["key"] == key]
        numbers = [number for number in range(50) if f"key-{number % 7}" == key]
        assert of_key == [str(asked(str(number)).question_id) for number in numbers]


async def test_who_may_not_see_a_jar_cannot_fill_it(bank):
    await bank.do(AddCoins(jar="red", coins=5), "k1")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await bank.do(AddCoins(jar="red", coins=5), "k1", WIJCHEN)
    assert await bank.coins() == 5


async def test_only_the_owner_publishes_an_event(bank):
    async with bank.pools.unit(NIJMEGEN) as unit:
        unit.service = "referral"
        with pytest.raises(NotOurEvent, match="does not own"):
            unit.emit("key", asked("x"))
