"""Receiving a batch, step by step: some files in one transaction, and each by itself when that fails.

What many files share, they pay once: the transaction and its commit, the place in the event log, the answer to the
command. What is wrong with one of them is its own.
"""

import time
from collections.abc import Iterable, Iterator
from uuid import UUID

import asyncpg
import structlog

from services.kit.actor import Actor
from services.kit.commands import CommandBus
from services.kit.database import Database
from services.kit.problems import Problem, Text, Unavailable
from services.kit.tracing import current_traceparent
from services.referral.batch_commands import ReceiveBatchItems, RefuseBatchItem
from services.referral.store import batches, queries
from services.referral.vault.vault import Vault

STEP_SECONDS = 10.0
"""After so long a step ends, to be followed by the next."""
AT_ONCE, AT_ONCE_BYTES = 50, 500_000
"""So many files at most in one transaction, and so many bytes, unless one file alone is larger."""

_AWAY = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError, OSError)
_FAILED = Text(
    "Samenspel kon dit bericht niet verwerken. Het is bewaard. Neem contact op met de beheerder.",
    "Samenspel could not process this message. It was kept. Contact the administrator.",
)
_log = structlog.get_logger(__name__)


class BatchReceiver:
    """Receives what waits in a batch, each file as its party and once, however often that is asked."""

    def __init__(self, bus: CommandBus, database: Database, vault: Vault) -> None:
        self._bus = bus
        self._database = database
        self._vault = vault

    async def step(self, batch_id: UUID, actor: Actor, limit: int) -> int:
        """Receive at most ``limit`` files, for some seconds; gives how many still wait.

        Raises ``NotFound``, and what tells that an engine is away: then it is to be tried again.
        """
        until = time.monotonic() + STEP_SECONDS
        async with self._database.reading(actor) as unit:
            _, party = await batches.seal_of(unit, self._vault, batch_id)
            rows = queries.waiting_batch_items(unit.conn, batch_id=batch_id, limit=limit)
            waiting = [(row["number"], row["bytes"]) async for row in rows]
        sender = Actor.system() if party == actor.party else Actor("batch", party)
        for numbers in groups(waiting):
            await self._receive(batch_id, sender, numbers)
            if time.monotonic() > until:
                break
        async with self._database.reading(actor) as unit:
            return (await batches.get(unit, batch_id)).waiting

    async def _receive(self, batch_id: UUID, sender: Actor, numbers: tuple[int, ...]) -> None:
        key = f"batch/{batch_id}/{numbers[0]}-{numbers[-1]}"
        command = ReceiveBatchItems(batch_id=batch_id, numbers=numbers)
        try:
            await self._bus.execute(command, actor=sender, idempotency_key=key, traceparent=current_traceparent())
        except (Unavailable, *_AWAY):
            raise
        except Exception as error:
            if len(numbers) == 1:
                if isinstance(error, asyncpg.TransactionRollbackError):
                    raise
                await self._refuse(batch_id, sender, numbers[0], error)
                return
            # One of them fails: by itself it holds up nobody, and the others are received.
            for number in numbers:
                await self._receive(batch_id, sender, (number,))

    async def _refuse(self, batch_id: UUID, sender: Actor, number: int, error: Exception) -> None:
        told = error.detail if isinstance(error, Problem) else _FAILED
        if not isinstance(error, Problem):
            _log.error("batch_item_failed", batch_id=str(batch_id), number=number, exc_info=error)
        command = RefuseBatchItem(batch_id=batch_id, number=number, refusal_nl=told.nl, refusal_en=told.en)
        await self._bus.execute(command, actor=sender, idempotency_key=f"batch/{batch_id}/{number}/refused")


def groups(waiting: Iterable[tuple[int, int]]) -> Iterator[tuple[int, ...]]:
    """Numbers of files, with their sizes in bytes, as they are received together; the order stays."""
    group: list[int] = []
    size = 0
    for number, length in waiting:
        if group and (len(group) == AT_ONCE or size + length > AT_ONCE_BYTES):
            yield tuple(group)
            group, size = [], 0
        group.append(number)
        size += length
    if group:
        yield tuple(group)
