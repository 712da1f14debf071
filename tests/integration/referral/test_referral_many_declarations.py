"""A declaration is judged as fast when there are thousands before it."""

from datetime import date

import asyncpg
import pytest

from services.referral.store.declarations import queries
from tests.integration.referral.referral_world import ADMINISTRATOR, HEUMEN, PEOPLE, REIGER, World

EARLIER = 5_000
MOST_PAGES = 20

FILL = """
insert into referral.declaration
select gen_random_uuid(), $1, $2, 'youth', 'D' || number, date '2025-01-01' + (number % 24) * interval '1 month',
       now()::date, gen_random_uuid(), gen_random_uuid(), true, '{}', 100, 100, 0, 1, 0, now(), now(), now()
from generate_series(1, $3) number
"""


@pytest.fixture
async def declared(world: World) -> World:
    """Thousands of declarations of one provider to one municipality, without the messages that brought them."""
    connection = await asyncpg.connect(world.admin_url)
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute(FILL, HEUMEN, REIGER, EARLIER)
        await connection.execute("analyze referral.declaration")
    finally:
        await connection.close()
    return world


async def test_what_the_next_declaration_is_judged_by_takes_a_few_pages_to_find(declared):
    async with declared.database.reading(PEOPLE[ADMINISTRATOR]) as unit:
        names = {"municipality": HEUMEN, "provider": REIGER, "law": "youth", "number": "D-new"}
        before = await queries.declared_before(unit.conn, **names)
        assert (before["number_used"], before["last_period"]) == (False, date(2026, 12, 1))
        # Its values stand in the statement in this order.
        explain = f"explain (analyze, buffers, format json) {queries.declared_before.sql}"
        [found] = await unit.conn.fetchval(explain, *names.values())
    assert found["Plan"]["Shared Hit Blocks"] + found["Plan"]["Shared Read Blocks"] <= MOST_PAGES
