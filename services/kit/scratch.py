"""A scratch schema beside that of a service, in which read models are rebuilt without touching what is in use.

``<service>_scratch`` stands first in the search path: its tables hide those of the same name, and everything else
(functions, tables that are only read) is found in the service's own schema behind it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import asyncpg

from services.kit.database import register_codecs
from services.kit.unit import Connection

SAMPLE = 20
"""Keys of differing rows that are named per table."""


class ScratchInUse(Exception):
    """Somebody else is rebuilding read models of this service at this moment."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not the same: ``missing`` from the read model, ``surplus`` there, or ``different``."""

    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A read-model table against its rebuild, in rows. ``sample`` names some of the ``differing``, by key only."""

    table: str
    live: int
    rebuilt: int
    differing: int
    sample: tuple[Difference, ...] = ()


class Scratch:
    """The scratch schema of one service; made on entering, dropped on leaving.

    Raises ``ScratchInUse`` when another process is at it.
    """

    def __init__(self, url: str, service: str) -> None:
        """``url`` is the service's own, of its login role."""
        self._url = url
        self._service = service
        self.schema = f"{service}_scratch"
        self._owner: asyncpg.Connection[asyncpg.Record]

    async def __aenter__(self) -> Self:
        self._owner = await asyncpg.connect(self._url, server_settings=self._settings("owner", self._service))
        try:
            mine = await self._owner.fetchval(
                "select pg_try_advisory_lock(hashtext('samenspel/scratch'), hashtext($1))", self._service
            )
            if not mine:
                raise ScratchInUse(f"read models of {self._service} are being rebuilt already; wait until that is done")
            await self._drop()
            await self._owner.execute(
                f"create schema {self.schema}; grant usage on schema {self.schema} to {self._service}_worker"
            )
        except BaseException:
            await self._owner.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._drop()
        finally:
            await self._owner.close()

    async def worker(self) -> "asyncpg.Connection[asyncpg.Record]":
        """A session of the worker that finds the scratch tables first. Whoever asks closes it."""
        session = await asyncpg.connect(
            self._url,
            server_settings=self._settings("worker", f"{self.schema}, {self._service}") | {"synchronous_commit": "off"},
        )
        await register_codecs(session)
        return session

    async def make(self, tables: Sequence[str]) -> None:
        """Make these tables, empty: same columns, checks, indexes, and foreign keys among themselves."""
        for table in tables:
            await self._owner.execute(
                f"create unlogged table {self.schema}.{table} (like {self._service}.{table} including all)"
            )
        # Written for the service's search path, the definition names tables alone, so that it means ours in ours.
        keys = await self._owner.fetch(
            """select conrelid::regclass::text as of_table, pg_get_constraintdef(oid) as definition
               from pg_constraint
               where contype = 'f' and conrelid = any($1::text[]::regclass[])
                 and confrelid = any($1::text[]::regclass[])""",
            list(tables),
        )
        async with self._owner.transaction():
            await self._owner.execute(f"set local search_path = {self.schema}, {self._service}")
            for key in keys:
                await self._owner.execute(f"alter table {key['of_table']} add {key['definition']}")
        await self._grant()

    async def copy(self, tables: Iterable[str]) -> None:
        """Put copies of these live tables in front of them."""
        names = list(tables)
        for table in names:
            await self._owner.execute(
                f"create unlogged table {self.schema}.{table} (like {self._service}.{table} including all)"
            )
        await self._grant()
        session = await self.worker()  # the owner is under row-level security and would copy nothing
        try:
            for table in names:
                columns = await session.fetchval(
                    """select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
                       where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = ''""",
                    f"{self._service}.{table}",
                )
                await session.execute(
                    f"""insert into {self.schema}.{table} ({columns}) overriding system value
                        select {columns} from {self._service}.{table}"""  # noqa: S608 - names from the catalogue
                )
        finally:
            await session.close()

    async def remove(self, tables: Iterable[str]) -> None:
        """Drop these scratch tables."""
        for table in tables:
            await self._owner.execute(f"drop table {self.schema}.{table} cascade")

    async def written_live(self, session: Connection) -> list[str]:
        """The tables of the service itself that the current transaction of ``session`` wrote."""
        rows = await session.fetch(
            """select relname from pg_stat_xact_user_tables
               where schemaname = $1 and n_tup_ins + n_tup_upd + n_tup_del > 0 order by relname""",
            self._service,
        )
        return [row["relname"] for row in rows]

    async def compare(self, session: Connection, table: str) -> Comparison:
        """Every column of every row of the live table and the scratch table, in one snapshot."""
        live, scratch = f"{self._service}.{table}", f"{self.schema}.{table}"
        key = await session.fetchval(
            """select string_agg(quote_ident(a.attname) || '::text', ', ' order by place.ordinal)
               from pg_index i
               cross join lateral unnest(i.indkey::int2[]) with ordinality as place (attnum, ordinal)
               join pg_attribute a on a.attrelid = i.indrelid and a.attnum = place.attnum
               where i.indrelid = $1::text::regclass and i.indisprimary""",
            live,
        )
        counts = await session.fetchrow(
            f"select (select count(*) from {live}) as live, (select count(*) from {scratch}) as rebuilt"  # noqa: S608
        )
        rows = await session.fetch(
            f"""with difference as (
                    select 'surplus' as side, * from (table {live} except all table {scratch}) as only_live
                    union all
                    select 'missing', * from (table {scratch} except all table {live}) as only_rebuilt
                ),
                keyed as (
                    select {f"concat_ws('/', {key})" if key else "'(no key)'"} as key, side from difference
                )
                select key, case count(distinct side) when 1 then min(side) else 'different' end as kind,
                       {"count(*) over ()" if key else "count(*)"} as differing
                from keyed group by key order by key limit {SAMPLE}"""  # noqa: S608 - names from the catalogue
        )
        if counts is None:
            raise LookupError(f"{table} could not be counted")
        return Comparison(
            table,
            counts["live"],
            counts["rebuilt"],
            rows[0]["differing"] if rows else 0,
            tuple(Difference(row["key"], row["kind"]) for row in rows),
        )

    def _settings(self, role: str, search_path: str) -> dict[str, str]:
        return {
            "role": f"{self._service}_{role}",
            "search_path": search_path,
            "application_name": f"samenspel-{self._service}-rebuild",
            "client_min_messages": "warning",
        }

    async def _grant(self) -> None:
        worker = f"{self._service}_worker"
        await self._owner.execute(
            f"""grant select, insert, update, delete on all tables in schema {self.schema} to {worker};
                grant usage on all sequences in schema {self.schema} to {worker}"""
        )

    async def _drop(self) -> None:
        await self._owner.execute(f"drop schema if exists {self.schema} cascade")
