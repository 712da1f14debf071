"""The second wall: row-level security with the API out of the way, for every table of every service.

Each party reads the tables with plain SQL, as the role that carries out people's requests. What it sees is compared
with what ``walls.py`` says, row by row; and no row that a provider sees may name its competitor.
"""

from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest

from contracts.values import PartyId
from services.kit.actor import Actor
from tests.conftest import Databases, Engines
from tests.integration.walls import (
    CLOSED_TO_PEOPLE,
    CONDUCTOR,
    KIT,
    OPENED,
    REACHED_BY_DEFINERS,
    SECURITY_DEFINERS,
    UNWALLED,
    WALLS,
    Wall,
)
from tests.integration.walls_world import HEUMEN, KOMPAS, NIJMEGEN, REIGER, SERVICES, Platform, fill

PARTIES = [f"provider:{REIGER}", f"provider:{KOMPAS}", f"municipality:{HEUMEN}", f"municipality:{NIJMEGEN}"]
STRANGERS = ["provider:73730099", "municipality:0344", "partner:buurthuis"]


@pytest.fixture(scope="module")
async def platform(engines: Engines) -> AsyncIterator[Platform]:
    databases = Databases(engines)
    built = Platform(await databases.together(*SERVICES))
    try:
        await fill(built)
        yield built
    finally:
        await built.close()
        await databases.clean_up()


def walls_of(service: str) -> dict[str, Wall]:
    return KIT | WALLS[service]


async def seen_by(platform: Platform, service: str, party: PartyId, table: str) -> set[str]:
    """The rows that ``party`` sees, as text; plain SQL, no API, no role checked."""
    actor = Actor("somebody", party, frozenset())
    async with platform.databases[service].pools.reading(actor) as unit:
        return {row["text"] for row in await unit.conn.fetch(f"select t::text as text from {table} t")}


async def all_rows(platform: Platform, service: str, table: str) -> set[str]:
    return {row["text"] for row in await platform.admin(service, f"select t::text as text from {table} t")}


async def due_to(platform: Platform, service: str, party: PartyId, table: str, wall: Wall) -> set[str]:
    """The rows that ``walls.py`` gives to ``party``, found as superuser."""
    kind, code = party.split(":")
    condition = wall.provider if kind == "provider" else wall.municipality
    # PostgreSQL wants to know the type of each parameter, also where a condition leaves one out.
    typed = "$1::text is not null and $2::text is not null"
    query = f"select t::text as text from {table} t where ({condition}) and {typed}"
    return {row["text"] for row in await platform.admin(service, query, party, code)}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_is_walled_or_says_why_not(platform: Platform, service: str) -> None:
    rows = await platform.admin(
        service,
        """select relname, relrowsecurity and relforcerowsecurity as walled from pg_class
           where relnamespace = $1::text::regnamespace and relkind in ('r', 'p', 'm', 'v', 'f')""",
        service,
    )
    assert {row["relname"] for row in rows if row["walled"]} == set(walls_of(service))
    assert {row["relname"] for row in rows if not row["walled"]} <= set(UNWALLED)


async def test_the_conductor_keeps_no_partys_rows(engines: Engines) -> None:
    name = await engines.template(("workflows",))
    postgres = await engines.postgres()
    connection = await asyncpg.connect(postgres.url("postgres", name))
    try:
        rows = await connection.fetch(
            "select relname from pg_class where relnamespace = 'workflows'::regnamespace and relkind = 'r'"
        )
    finally:
        await connection.close()
    assert {row["relname"] for row in rows} - set(KIT) <= set(UNWALLED) | set(CONDUCTOR)


@pytest.mark.parametrize("service", SERVICES)
async def test_nobody_who_asks_stands_above_the_walls(platform: Platform, service: str) -> None:
    roles = await platform.admin(
        service,
        "select rolname, rolsuper or rolbypassrls as above from pg_roles where rolname like $1",
        f"{service}%",
    )
    assert {role["rolname"] for role in roles} == {service, f"{service}_app", f"{service}_owner", f"{service}_worker"}
    assert not any(role["above"] for role in roles)
    owners = await platform.admin(service, "select distinct tableowner from pg_tables where schemaname = $1", service)
    assert [owner["tableowner"] for owner in owners] == [f"{service}_owner"]
    past = await platform.admin(
        service, "select proname from pg_proc where prosecdef and pronamespace = $1::text::regnamespace", service
    )
    assert {each["proname"] for each in past} <= set(SECURITY_DEFINERS)
    for table in CLOSED_TO_PEOPLE:
        [may] = await platform.admin(
            service, "select has_table_privilege($1, $2, 'select') as may", f"{service}_app", table
        )
        assert not may["may"], table


@pytest.mark.parametrize("service", SERVICES)
async def test_every_unconditional_policy_is_the_workers_or_of_an_open_table(platform: Platform, service: str) -> None:
    policies = await platform.admin(
        service, "select tablename, roles::text[] as roles, qual, cmd from pg_policies where schemaname = $1", service
    )
    for policy in policies:
        if policy["qual"] == "true" and policy["roles"] != [f"{service}_worker"]:
            definers = policy["roles"] == [f"{service}_owner"] and policy["tablename"] in REACHED_BY_DEFINERS
            assert definers or walls_of(service)[policy["tablename"]].open, policy["tablename"]


@pytest.mark.parametrize("service", SERVICES)
async def test_each_party_sees_exactly_what_is_its_own(platform: Platform, service: str) -> None:
    for table, wall in walls_of(service).items():
        everything = await all_rows(platform, service, table)
        assert everything, f"{service}.{table} is empty: the story must fill it, or this test shows nothing"
        for party in PARTIES:
            due = await due_to(platform, service, party, table, wall)
            seen = await seen_by(platform, service, party, table)
            assert seen == due, f"{party} sees {len(seen)} of {service}.{table} instead of {len(due)}"
        if wall.provider not in ("true", "false") and not wall.open:
            hidden = everything - await seen_by(platform, service, PARTIES[0], table)
            assert hidden, f"{service}.{table} has nothing to hide from {PARTIES[0]}: the story must put it there"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("me", "competitor"), [(REIGER, KOMPAS), (KOMPAS, REIGER)])
async def test_a_provider_sees_no_row_that_names_its_competitor(
    platform: Platform, service: str, me: str, competitor: str
) -> None:
    for table, wall in walls_of(service).items():
        if not wall.open and not wall.names_others:
            rows = await seen_by(platform, service, f"provider:{me}", table)
            assert not [row for row in rows if competitor in row and OPENED not in row], f"{service}.{table}"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("stranger", STRANGERS)
async def test_who_has_no_part_in_anything_sees_only_what_is_public(
    platform: Platform, service: str, stranger: str
) -> None:
    municipality = stranger.startswith("municipality:")
    shared = {"frame", "scenario", "commission"}  # adopted and published ones are for everybody
    for table, wall in walls_of(service).items():
        market = municipality and wall.municipality == "true"
        if not wall.open and not market and table not in shared:
            assert await seen_by(platform, service, stranger, table) == set(), f"{service}.{table}"


@pytest.mark.parametrize("service", SERVICES)
async def test_without_a_party_nothing_is_seen(platform: Platform, service: str) -> None:
    async with platform.databases[service].pools._app.acquire() as connection:
        for table, wall in walls_of(service).items():
            if not wall.open and table not in ("frame", "scenario", "commission"):
                assert await connection.fetchval(f"select count(*) from {table}") == 0, table


@pytest.mark.parametrize("service", SERVICES)
async def test_a_provider_changes_no_row_of_another(platform: Platform, service: str) -> None:
    """An update or delete without a condition reaches its own rows at most; the transaction is given up afterwards."""

    class Enough(Exception):
        pass

    me = Actor("somebody", f"provider:{REIGER}", frozenset())
    for table, wall in walls_of(service).items():
        mine = await seen_by(platform, service, me.party, table)
        for statement in (f"delete from {table}", f"update {table} set {await _column(platform, service, table)}"):
            changed = await _tried(platform, service, me, statement)
            most = 1 if wall.open else len(mine)
            assert changed <= most, f"{statement}: {changed} rows"


async def _tried(platform: Platform, service: str, actor: Actor, statement: str) -> int:
    """How many rows the statement would change; none where it is refused. The transaction is given up."""

    class GivenUp(Exception):
        pass

    changed = 0
    with suppress(GivenUp, asyncpg.InsufficientPrivilegeError, asyncpg.ForeignKeyViolationError):
        async with platform.databases[service].pools.unit(actor) as unit:
            changed = int((await unit.conn.execute(statement)).split()[-1])
            raise GivenUp
    return changed


async def _column(platform: Platform, service: str, table: str) -> str:
    [row] = await platform.admin(
        service,
        """select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0
           and attidentity = '' and attgenerated = '' order by attnum desc limit 1""",
        table,
    )
    return f'"{row["attname"]}" = "{row["attname"]}"'
