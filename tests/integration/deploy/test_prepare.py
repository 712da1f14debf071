"""The preparation job makes empty engines ready, may be repeated, and says in one line what is wrong."""

import uuid
from typing import Any

import asyncpg
import pytest

from contracts.topics import TOPICS
from deploy.local.engines.postgres import LOGIN_ROLES, SUPERUSER, create_database
from deploy.prepare import NotPrepared, prepare, variable_of
from services.kit.kafka import Topics


@pytest.fixture
async def environ(engines: Any, broker: str) -> Any:
    postgres = await engines.postgres()
    name = f"prepare_{uuid.uuid4().hex}"
    await create_database(postgres.admin_url, name)
    yield {
        "ADMIN_DATABASE_URL": postgres.url(SUPERUSER, name),
        "KAFKA_BOOTSTRAP_SERVERS": broker,
        **{variable_of(role): postgres.url(role, name) for role in LOGIN_ROLES},
    }
    connection = await asyncpg.connect(postgres.admin_url)
    await connection.execute(f'drop database "{name}" with (force)')
    await connection.close()


async def test_empty_engines_become_ready_and_a_second_time_changes_nothing(environ: Any, broker: str) -> None:
    first = [step async for step in prepare(environ)]
    second = [step async for step in prepare(environ)]
    assert [step for step in second if "migrations" in step] == [
        f"{role}: 0 migrations applied" for role in LOGIN_ROLES
    ]
    assert len(first) == len(second)
    connection = await asyncpg.connect(environ["DATABASE_URL_COUNCIL"], server_settings={"role": "council_worker"})
    assert await connection.fetchval("select count(*) from council.log_head") == 8
    await connection.close()
    for topic in TOPICS:
        state = await Topics(broker).state(topic.name)
        assert state is not None
        assert state.partitions == topic.partitions


async def test_the_addresses_of_two_roles_may_not_be_swapped(environ: Any) -> None:
    environ["DATABASE_URL_COUNCIL"], environ["DATABASE_URL_REFERRAL"] = (
        environ["DATABASE_URL_REFERRAL"],
        environ["DATABASE_URL_COUNCIL"],
    )
    with pytest.raises(NotPrepared, match="DATABASE_URL_COUNCIL must be an address of the login role council"):
        [step async for step in prepare(environ)]


async def test_what_is_missing_is_named() -> None:
    with pytest.raises(NotPrepared, match="ADMIN_DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS, DATABASE_URL_COUNCIL"):
        [step async for step in prepare({})]
