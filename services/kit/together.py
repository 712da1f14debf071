"""Acts side by side in one transaction, which ask the database the same thing at once.

Fifty files of a batch each take some ten statements. Written one after the other these are five hundred round trips;
side by side they come to the same question at the same moment, and are answered by ten.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from services.kit.unit import Ask, Connection, Unit

Answer = TypeVar("Answer")


async def side_by_side(unit: Unit, acts: Sequence[Callable[[Unit], Awaitable[Answer]]]) -> list[Answer]:
    """Do ``acts``, each in a unit of its own in the transaction of ``unit``; their events come in that order.

    They must not touch the same rows: none sees what another did before it ends. Raises what the first that failed did;
    then the transaction is to be given up.
    """
    if len(acts) == 1:
        return [await acts[0](unit)]
    company = _Company(unit, len(acts))
    units = [replace(unit, conn=company.in_turn, company=company, memory={}, _events=[]) for _ in acts]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(company.member(act(each))) for act, each in zip(acts, units, strict=True)]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    for each in units:
        unit.take_over(each)
    return [task.result() for task in tasks]


class _Company:
    """Those who act side by side. When all wait for an answer, what they ask is asked."""

    def __init__(self, unit: Unit, members: int) -> None:
        self.in_turn = cast(Connection, _InTurn(unit.conn))
        self._unit = unit
        self._busy = members
        self._asked: dict[Ask[Any, Any], list[tuple[Any, asyncio.Future[Any]]]] = {}

    async def member(self, act: Awaitable[Answer]) -> Answer:
        """One act, from beginning to end. After one that fails nothing is asked any more."""
        answer = await act
        await self._rest()
        return answer

    async def ask(self, many: Ask[Any, Any], asked: Any) -> Any:
        """See ``Unit.ask``."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(many, []).append((asked, answer))
        await self._rest()
        return await answer

    async def _rest(self) -> None:
        """One less is busy; the last one asks for all."""
        self._busy -= 1
        while not self._busy and self._asked:
            many = next(iter(self._asked))
            waiting = self._asked.pop(many)
            answers = await many(self._unit, [asked for asked, _ in waiting])
            self._busy += len(waiting)
            for (_, future), answer in zip(waiting, answers, strict=True):
                if not future.cancelled():
                    future.set_result(answer)


class _InTurn:
    """The connection for what one member asks by itself: a connection answers one question at a time."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._turn = asyncio.Lock()

    async def execute(self, query: str, *given: Any) -> Any:
        async with self._turn:
            return await self._conn.execute(query, *given)

    async def fetch(self, query: str, *given: Any) -> Any:
        async with self._turn:
            return await self._conn.fetch(query, *given)

    async def fetchrow(self, query: str, *given: Any) -> Any:
        async with self._turn:
            return await self._conn.fetchrow(query, *given)

    async def fetchval(self, query: str, *given: Any) -> Any:
        async with self._turn:
            return await self._conn.fetchval(query, *given)
