"""The referral service as benchmarks give it messages: one by one, and in batches."""

import asyncio
import base64
import os
import time
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from services.kit.actor import Actor
from services.kit.commands import CommandBus
from services.kit.database import Database
from services.kit.keyring import KeyRing
from services.kit.projections import Received
from services.referral.batch_commands import SubmitBatch
from services.referral.batch_receiving import BatchReceiver
from services.referral.bootstrap import compose
from services.referral.commands import ReceiveMessage
from services.referral.domain.uploads import UploadedFile
from services.referral.projections import Market
from services.referral.store import batches
from services.referral.store.messages import mark_of
from services.referral.vault.vault import Vault
from tests.benchmarks.courses import Sent, market
from tests.benchmarks.workload import NOON

WRITERS = 16
BATCHES, BATCH, STEP = 4, 1_000, 500
"""Batches at once, files in one at most, and files in a step at most."""
SHARED = Path(os.environ.get("SAMENSPEL_SHARED") or Path(__file__).parents[3] / "shared")


class Intake:
    """The service's commands on the bench's database, as the API gives them."""

    def __init__(self, database: Database) -> None:
        ring = KeyRing.parse(f"bench:{base64.b64encode(bytes(range(32))).decode()}\n", "VAULT_KEY_FILE")
        self.vault = Vault(ring)
        self.database = database
        self._bus = CommandBus(database, compose(self.vault).commands)
        self._batches = BatchReceiver(self._bus, database, self.vault)

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

    async def take_batches(self, courses: Iterable[list[Sent]]) -> float:
        """Receive messages as batches of their senders, four at once: the first of each course before the second.

        Gives the seconds it took. Every message must be accepted.
        """
        turns = list(zip(*courses, strict=True))
        free = asyncio.Semaphore(BATCHES)

        async def one(sender: Actor, files: tuple[Sent, ...]) -> None:
            async with free:
                await self._take_batch(sender, files)

        began = time.perf_counter()
        for turn in turns:
            by_sender: dict[Actor, list[Sent]] = {}
            for sent in turn:
                by_sender.setdefault(sent.sender, []).append(sent)
            async with asyncio.TaskGroup() as group:
                for sender, listed in by_sender.items():
                    for files in _parts(listed):
                        group.create_task(one(sender, files))
        return time.perf_counter() - began

    async def _take_batch(self, sender: Actor, listed: tuple[Sent, ...]) -> None:
        files = [UploadedFile(f"{number}.xml", sent.raw) for number, sent in enumerate(listed)]
        submit = SubmitBatch(mark=uuid.uuid4().hex, files=lambda: iter(files))
        batch = await self._bus.execute(submit, actor=sender, idempotency_key=str(uuid.uuid4()))
        while await self._batches.step(batch.batch_id, Actor.system(), STEP):
            pass
        async with self.database.reading(sender) as unit:
            found = await batches.get(unit, batch.batch_id)
        if found.accepted != len(files):
            raise RuntimeError(f"of {len(files)} messages {found.accepted} were accepted")


@asynccontextmanager
async def intake(url: str) -> AsyncIterator[Intake]:
    """The service on the database at ``url``, which knows what was agreed."""
    async with await Database.open(url, "referral", size=WRITERS) as database:
        found = Intake(database)
        await found.learn()
        yield found


def _parts(listed: list[Sent]) -> Iterable[tuple[Sent, ...]]:
    return (tuple(listed[first : first + BATCH]) for first in range(0, len(listed), BATCH))
