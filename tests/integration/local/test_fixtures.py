"""The fixtures that all other tests stand on: engines and databases of their own."""

import asyncpg
import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from temporalio.client import Client


async def test_each_test_gets_a_migrated_database_of_its_own(database):
    first = await database("referral")
    second = await database("referral")
    async with asyncpg.create_pool(first.url) as pool:
        await pool.execute("set role referral_owner; create table referral.only_here (a int)")
    one, two = await asyncpg.connect(first.admin_url), await asyncpg.connect(second.admin_url)
    try:
        assert await one.fetchval("select to_regclass('referral.only_here') is not null")
        assert await two.fetchval("select to_regclass('referral.only_here') is null")
        assert await two.fetchval("select count(*) from referral.log_head") == 8
    finally:
        await one.close()
        await two.close()


async def test_services_can_share_a_database(database):
    together = await database.together("referral", "council")
    async with together["council"].pools.worker.acquire() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from referral.event_log")


async def test_only_the_superuser_moves_the_clock(database):
    clone = await database("referral")
    async with clone.pools.worker.acquire() as connection:
        assert await connection.fetchval("select clock.now() = now()")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("""update clock.business_clock set "offset" = '1 day'""")
    admin = await asyncpg.connect(clone.admin_url)
    try:
        await admin.execute("""update clock.business_clock set "offset" = '30 days'""")
        assert await admin.fetchval("select clock.now() - now() = interval '30 days'")
    finally:
        await admin.close()


async def test_the_broker_takes_topics(broker):
    admin = AdminClient({"bootstrap.servers": broker})
    futures = admin.create_topics([NewTopic("test.fixtures", num_partitions=2, replication_factor=1)])
    assert futures["test.fixtures"].result(10) is None


async def test_temporal_has_its_namespace(temporal_address):
    client = await Client.connect(temporal_address, namespace="default")
    assert await client.service_client.check_health()
