"""PostgreSQL for one service: two pools, and transactions that know who asks.

People's requests run as the role ``<service>_app``, which row-level security binds to the caller's party; the
system (relay, consumers, workflow activities) runs as ``<service>_worker``.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Self

import asyncpg
from pydantic_core import from_json, to_json

from services.kit.actor import Actor
from services.kit.unit import Connection, Unit


async def register_codecs(connection: Connection) -> None:
    """Read and write ``json`` and ``jsonb`` as Python objects.

    In the binary form, which is the text, behind a version in ``jsonb``: only so can it stand in a composite value.
    """
    for name, version in (("json", b""), ("jsonb", b"\x01")):
        await connection.set_type_codec(
            name,
            encoder=partial(_encoded, version),
            decoder=partial(_decoded, len(version)),
            schema="pg_catalog",
            format="binary",
        )


def _encoded(version: bytes, value: object) -> bytes:
    return version + to_json(value)


def _decoded(version: int, value: bytes) -> object:
    return from_json(value[version:])


async def _keep(_: Connection) -> None:
    """Nothing to reset: units set only transaction-local state. Saves a round trip per acquire."""


async def open_pool(url: str, service: str, role: str, *, size: int) -> "asyncpg.Pool[asyncpg.Record]":
    """A pool whose sessions act as ``<service>_<role>`` in the schema of the service."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        init=register_codecs,
        reset=_keep,
        server_settings={
            "role": f"{service}_{role}",
            "search_path": service,
            "application_name": f"samenspel-{service}",
            "idle_in_transaction_session_timeout": "60s",
        },
    )


class Database:
    """The pools of one service. Use as an async context manager, or ``open`` and ``close``."""

    def __init__(
        self, service: str, app: "asyncpg.Pool[asyncpg.Record]", worker: "asyncpg.Pool[asyncpg.Record]"
    ) -> None:
        self.service = service
        self._app = app
        self.worker = worker

    @classmethod
    async def open(cls, url: str, service: str, *, size: int = 10) -> Self:
        """Connect to ``url`` as the login role of ``service``; at most ``size`` sessions per pool."""
        app = await open_pool(url, service, "app", size=size)
        try:
            worker = await open_pool(url, service, "worker", size=size)
        except BaseException:
            await app.close()
            raise
        return cls(service, app, worker)

    async def close(self) -> None:
        await self._app.close()
        await self.worker.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _pool(self, actor: Actor) -> "asyncpg.Pool[asyncpg.Record]":
        return self.worker if actor.is_system else self._app

    @asynccontextmanager
    async def unit(
        self, actor: Actor, *, command_key: str | None = None, traceparent: str | None = None
    ) -> AsyncIterator[Unit]:
        """One read-write transaction as ``actor``; commits at the end, with the events that were emitted in it."""
        async with self._pool(actor).acquire() as connection:
            conn: Connection = connection
            async with conn.transaction():
                unit = await Unit.begin(conn, self.service, actor, command_key=command_key, traceparent=traceparent)
                yield unit
                await unit.append_events()

    @asynccontextmanager
    async def reading(self, actor: Actor) -> AsyncIterator[Unit]:
        """One read-only transaction as ``actor``, under row-level security."""
        async with self._pool(actor).acquire() as connection:
            conn: Connection = connection
            async with conn.transaction(readonly=True):
                yield await Unit.begin(conn, self.service, actor)

    async def ready(self) -> None:
        """Raise when the database does not answer."""
        await self.worker.fetchval("select 1")
