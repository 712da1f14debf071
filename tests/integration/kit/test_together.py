"""Units side by side in one transaction: they ask together, in whatever order each comes to its questions."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from uuid import NAMESPACE_OID, uuid5

import asyncpg
import pytest

from contracts.events.council import QuestionAsked
from contracts.values import Role
from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.problems import NotFound
from services.kit.together import side_by_side
from services.kit.unit import Unit

NIJMEGEN = Actor(person="clerk-nijmegen", party="council:0268", roles=frozenset({Role.CLERK}))


class Asking:
    """Two questions that count how often they reach the database."""

    def __init__(self) -> None:
        self.statements = 0

    async def double(self, unit: Unit, asked: Sequence[int]) -> Sequence[int]:
        self.statements += 1
        rows = await unit.conn.fetch("select 2 * n as twice from unnest($1::int[]) as n", asked)
        return [row["twice"] for row in rows]

    async def halve(self, unit: Unit, asked: Sequence[int]) -> Sequence[int]:
        self.statements += 1
        return [await unit.conn.fetchval("select 100 / $1::int", number) for number in asked]


@pytest.fixture
async def pools(database) -> Database:
    return (await database("council")).pools


def asks(asking: Asking, number: int, plan: Sequence[str]) -> Callable[[Unit], Awaitable[list[int]]]:
    """An act that asks each question of ``plan`` in turn: together, or alone."""

    async def act(unit: Unit) -> list[int]:
        found = []
        for step in plan:
            if step == "double":
                found.append(await unit.ask(asking.double, number))
            elif step == "halve":
                found.append(await unit.ask(asking.halve, number))
            else:
                found.append(await unit.conn.fetchval("select $1::int", number))
        event = QuestionAsked(
            question_id=uuid5(NAMESPACE_OID, str(number)), municipality="0268", due=unit.now, asked_at=unit.now
        )
        unit.emit(str(number), event)
        return found

    return act


def expected(number: int, plan: Sequence[str]) -> list[int]:
    return [{"double": 2 * number, "halve": 100 // number, "alone": number}[step] for step in plan]


async def test_fifty_acts_take_as_many_statements_as_one(pools: Database) -> None:
    asking, plan = Asking(), ["double", "halve", "double"]
    async with pools.unit(NIJMEGEN) as unit:
        found = await side_by_side(unit, [asks(asking, number, plan) for number in range(1, 51)])
        assert [event.key for event in unit.emitted] == [str(number) for number in range(1, 51)]
    assert found == [expected(number, plan) for number in range(1, 51)]
    assert asking.statements == len(plan)


async def test_each_gets_its_own_answers_whatever_others_ask(pools: Database) -> None:
    chance = random.Random(20261122)
    for _ in range(40):
        plans = [
            [chance.choice(("double", "halve", "alone")) for _ in range(chance.randrange(6))]
            for _ in range(chance.randrange(1, 9))
        ]
        acts = [asks(Asking(), number, plan) for number, plan in enumerate(plans, start=1)]
        shared = Asking()
        together = [asks(shared, number, plan) for number, plan in enumerate(plans, start=1)]
        async with pools.unit(NIJMEGEN) as unit:
            found = await side_by_side(unit, together)
            assert found == [expected(number, plan) for number, plan in enumerate(plans, start=1)]
            assert found == [await act(unit) for act in acts]


async def test_when_one_fails_all_fail_with_its_error(pools: Database) -> None:
    asking = Asking()
    acts = [asks(asking, number, ["double", "halve", "double"]) for number in (5, 0, 4)]
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with pools.unit(NIJMEGEN) as unit:
            await side_by_side(unit, acts)
    assert asking.statements == 2, "after the failure nothing is asked any more"
    async with pools.reading(NIJMEGEN) as unit:
        assert await unit.conn.fetchval("select count(*) from event_log") == 0


async def test_an_act_that_fails_by_itself_fails_them_all(pools: Database) -> None:
    async def refuse(_: Unit) -> list[int]:
        raise NotFound()

    with pytest.raises(NotFound):
        async with pools.unit(NIJMEGEN) as unit:
            await side_by_side(unit, [asks(Asking(), 1, ["double"]), refuse])


async def test_what_others_are_asking_ends_when_one_fails(pools: Database) -> None:
    """The connection is free for the next transaction, and nobody waits for an answer that nobody wants."""
    begun = asyncio.Event()

    async def ask_for_long(unit: Unit) -> list[int]:
        begun.set()
        await unit.conn.execute("select pg_sleep(600)")
        return []

    async def refuse(_: Unit) -> list[int]:
        await begun.wait()
        raise NotFound()

    with pytest.raises(NotFound):
        async with pools.unit(NIJMEGEN) as unit:
            await side_by_side(unit, [ask_for_long, refuse, asks(Asking(), 1, ["double"])])
    async with pools.reading(NIJMEGEN) as unit:
        assert await unit.conn.fetchval("select 1") == 1
