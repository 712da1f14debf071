"""More clients in a database than commands could bring in: its rows again, with other identifiers."""

from collections.abc import Mapping

import asyncpg

SAME = frozenset({"agreement_id", "named"})
"""Identifiers of what does not come in greater number."""
_FURTHER = "one.{column} + turn * 10000000"
_NAMED_ON = "one.{column} || '-' || turn"
_HASHED = "sha256(one.{column} || turn::text::bytea)"
_TEXT_ID = "md5(one.{column} || turn)::uuid::text"
CHANGED: Mapping[str, str] = {
    "identification": _NAMED_ON,
    "reference": _NAMED_ON,
    "request_reference": _NAMED_ON,
    "allocation_number": _FURTHER,
    "allocation.number": _FURTHER,
    "reported_delivery.number": _FURTHER,
    "declaration.number": _NAMED_ON,
    "content_mark": _HASHED,
    "bsn_index": _HASHED,
    "reference_index": _HASHED,
    "deadline.subject": _TEXT_ID,
    "event_log.key": _TEXT_ID,
    "command_log.key": _TEXT_ID,
    # The heads of the log and the positions in it stay where they are.
    "event_log.sequence": "one.{column} - turn * 10000000",
}
"""What else must differ, by column or by table and column."""


async def multiply(connection: "asyncpg.Connection[asyncpg.Record]", times: int) -> int:
    """Have every row about a client, in every service, so many times; gives how many rows were added.

    That is every row with an identifier of its own that is not an agreement's, and every event and promise. The same
    identifier becomes the same one everywhere, so that what belongs together stays together.
    """
    columns = await connection.fetch(
        """select c.oid::regclass::text as "table", a.attname as name, a.atttypid::regtype::text as type
           from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
           where c.relkind = 'r' and n.nspname in ('referral', 'commissioning', 'monitoring')
             and a.attnum > 0 and not a.attisdropped"""
    )
    changed: dict[str, dict[str, str]] = {}
    for column in columns:
        table, name = column["table"], column["name"]
        how = CHANGED.get(f"{table.partition('.')[2]}.{name}") or CHANGED.get(name)
        if how is None and name not in SAME:
            how = _OF_TYPE.get(column["type"])
        if how is not None:
            changed.setdefault(table, {})[name] = how.format(column=f'"{name}"')
    added = 0
    await connection.execute("set session_replication_role = replica")  # what is referred to is there as often
    for table, columns_of in changed.items():
        added += await again(connection, table, times - 1, columns_of)
    await connection.execute("reset session_replication_role")
    return added


_OF_TYPE: Mapping[str, str] = {
    "uuid": "md5(one.{column}::text || turn)::uuid",
    "uuid[]": "array(select md5(each::text || turn)::uuid from unnest(one.{column}) each)",
}


async def again(
    connection: "asyncpg.Connection[asyncpg.Record]", table: str, times: int, changed: Mapping[str, str]
) -> int:
    """Add every row of a table so many times, with other values in the columns of ``changed`` (``turn`` counts)."""
    rows = await connection.fetch(
        """select attname from pg_attribute
           where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''""",
        table,
    )
    columns = [row["attname"] for row in rows]
    values = ", ".join(changed.get(column, f'one."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    done = await connection.execute(
        f"insert into {table} ({names}) select {values} from {table} one, generate_series(1, {times}) turn"
    )
    return int(done.rpartition(" ")[2])
