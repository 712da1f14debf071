"""A fresh municipality with its providers: the referral service in this process, on a database that nobody else has.

No broker, no workflows and no HTTP: messages go through the same commands as everywhere, one after the other. The key
of the vault lives in memory only, so what a killed exchange leaves on disk opens for nobody.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from contracts.values import PartyId
from deploy.exchange.directory import SCRATCH_PREFIX
from deploy.local.engines.postgres import Postgres
from deploy.local.program import Supervised
from deploy.local.state import State
from services.kit.actor import Actor
from services.kit.commands import CommandBus
from services.kit.database import Database
from services.kit.keyring import KEY_BYTES, KeyRing
from services.kit.migrate import migrate
from services.kit.projections import Received
from services.kit.service import Service
from services.referral.bootstrap import compose
from services.referral.commands import ReceiveMessage
from services.referral.store import messages
from services.referral.vault.vault import Vault
from services.referral.views import MessageView

SERVICE = "referral"

_STANDING_CLOCK = """
create or replace function clock.now() returns timestamptz language sql stable parallel safe
return (select timestamptz '1970-01-01 00:00:00+00' + business_clock."offset" from clock.business_clock);
"""
"""The clock of an exchange stands still until it is moved, so that the same messages give the same answers."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that the service wrote."""

    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: how it was judged, the types of the events it caused, what was written on it."""

    view: MessageView
    effects: Sequence[str]
    replies: Sequence[Reply]


class FreshMunicipality:
    """The service around a database; ``admin_url`` moves the clock."""

    def __init__(self, database: Database, admin: asyncpg.Connection) -> None:
        self._vault = Vault(KeyRing({"exchange": os.urandom(KEY_BYTES)}, "exchange"))
        self._service: Service = compose(self._vault)
        self._database = database
        self._admin = admin
        self._bus = CommandBus(database, self._service.commands)
        self._heads: dict[int, int] = {}
        self._written: set[UUID] = set()

    @classmethod
    @asynccontextmanager
    async def on(cls, url: str, admin_url: str) -> AsyncIterator["FreshMunicipality"]:
        """On a migrated database without content. ``url`` is that of the service, ``admin_url`` of a superuser."""
        admin = await asyncpg.connect(admin_url)
        try:
            await admin.execute(_STANDING_CLOCK)
            async with await Database.open(url, SERVICE, size=2) as database:
                yield cls(database, admin)
        finally:
            await admin.close()

    async def set_clock(self, moment: datetime) -> None:
        """It is ``moment`` now, until told otherwise."""
        await self._admin.execute(
            """update clock.business_clock set "offset" = $1 - timestamptz '1970-01-01 00:00:00+00'""", moment
        )

    async def agree(self, events: Sequence[Received]) -> None:
        """Tell the service what commissioning told."""
        for projection in self._service.projections:
            told = [each for each in events if any(each.source == topic.service for topic in projection.sources)]
            if told:
                async with self._database.unit(Actor.system()) as unit:
                    await projection.apply(unit, told)

    async def receive(self, original: bytes, sender: PartyId | None, key: str) -> Outcome:
        """Receive a message from ``sender``; without one, what cannot be read comes from nobody in particular.

        Raises the ``Problem`` of the service.
        """
        actor = Actor("exchange", sender) if sender else Actor.system()
        command = ReceiveMessage(original=original, mark=messages.mark_of(self._vault, original).hex())
        view: MessageView = await self._bus.execute(command, actor=actor, idempotency_key=key)
        return Outcome(view, await self._effects(), await self._replies())

    async def _effects(self) -> list[str]:
        """The types of the events since the last message, in order of name: partitions have no order among them."""
        rows = await self._database.worker.fetch(
            """select partition, sequence, type from event_log
               where sequence > coalesce(($1::bigint[])[partition + 1], 0) order by partition, sequence""",
            [self._heads.get(number, 0) for number in range(max(self._heads, default=-1) + 1)],
        )
        for row in rows:
            self._heads[row["partition"]] = row["sequence"]
        return sorted(row["type"] for row in rows)

    async def _replies(self) -> list[Reply]:
        async with self._database.unit(Actor.system()) as unit:
            rows = await unit.conn.fetch(
                """select message_id from message
                   where direction = $1 and message_id <> all($2::uuid[]) order by message_id""",
                messages.WRITTEN,
                list(self._written),
            )
            found = [await messages.original(unit, self._vault, row["message_id"]) for row in rows]
        self._written.update(row["message_id"] for row in rows)
        return [Reply(each.kind or "message", each.content) for each in found]


@asynccontextmanager
async def fresh_municipality(
    remember: Callable[[Path], None], report: Callable[[str, str], None]
) -> AsyncIterator[FreshMunicipality]:
    """One on an engine of its own in a temporary directory, of which ``remember`` is told; gone afterwards."""
    scratch = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX))
    try:
        remember(scratch)
        state = State(scratch)
        state.create()
        postgres = Postgres(state, report, durable=False)
        supervised = Supervised(postgres, state, report)
        await supervised.start()
        try:
            await postgres.establish()
            await asyncio.to_thread(migrate, SERVICE, postgres.url(SERVICE))
            async with FreshMunicipality.on(postgres.url(SERVICE), postgres.admin_url) as municipality:
                yield municipality
        finally:
            await supervised.stop()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
