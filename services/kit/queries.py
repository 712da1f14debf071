"""Named SQL: the queries of a service stand in ``queries/*.sql``, each with a line that says why it exists."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import aiosql
from aiosql.adapters.asyncpg import AsyncPGAdapter


class _OnConnection(AsyncPGAdapter):
    """aiosql's asyncpg adapter for connections only: theirs looks at every call whether it got a pool instead."""

    def _ordered(self, query_name: str, parameters: Any) -> Any:
        return cast(Any, self).maybe_order_params(query_name, parameters)

    async def select(
        self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: None = None
    ) -> AsyncIterator[Any]:
        for row in await conn.fetch(sql, *self._ordered(query_name, parameters)):
            yield row

    async def select_one(self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: None = None) -> Any:
        return await conn.fetchrow(sql, *self._ordered(query_name, parameters))

    async def select_value(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return await conn.fetchval(sql, *self._ordered(query_name, parameters))

    async def insert_update_delete(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return await conn.execute(sql, *self._ordered(query_name, parameters))


def load(folder: Path) -> Any:
    """The queries of ``folder``: ``await queries.get_thing(conn, thing_id=…)``; many rows come as an async iterator."""
    return aiosql.from_path(folder, cast(Any, _OnConnection), mandatory_parameters=False)
