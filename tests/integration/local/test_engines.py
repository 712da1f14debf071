"""Each engine starts, comes back after being killed, keeps its data, and stops."""

import uuid

import asyncpg
import psutil
import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from temporalio.client import Client

from deploy.local.engines.broker import MINIMUM_JAVA, java_version
from deploy.local.engines.kafka import Kafka
from deploy.local.engines.postgres import Postgres
from deploy.local.engines.tansu import Tansu
from deploy.local.engines.temporal import Temporal
from deploy.local.errors import LocalError
from deploy.local.program import Launch, Program, Supervised
from deploy.local.state import State

with_java = pytest.mark.skipif((java_version() or 0) < MINIMUM_JAVA, reason="needs Java 17 or newer")


class Told:
    """What was reported."""

    def __init__(self):
        self.lines = []

    def __call__(self, name, message):
        self.lines.append(f"{name}: {message}")


@pytest.fixture
def state(engines):
    # Beside the state of the test run, where PostgreSQL's own user may pass.
    state = State(engines.state.path(f"own-{uuid.uuid4().hex[:8]}"))
    state.create()
    return state


async def put_row(postgres):
    connection = await asyncpg.connect(postgres.admin_url)
    await connection.execute("create table if not exists public.kept (a int); insert into public.kept values (1)")
    await connection.close()


async def rows(postgres):
    connection = await asyncpg.connect(postgres.admin_url)
    try:
        return await connection.fetchval("select count(*) from public.kept")
    finally:
        await connection.close()


def topics(broker):
    return set(AdminClient({"bootstrap.servers": broker.bootstrap_servers}).list_topics(timeout=10).topics)


def create_topic(broker, name):
    admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    admin.create_topics([NewTopic(name, 1, 1)])[name].result(10)


async def test_postgres_survives_a_kill_and_a_restart_with_its_data(state):
    postgres = Postgres(state, Told())
    supervised = Supervised(postgres, state, Told())
    await supervised.start()
    try:
        await postgres.establish()
        await put_row(postgres)
        supervised.kill()
        await supervised.running_again(since=0)
        assert await rows(postgres) == 1
        first = supervised.pid
    finally:
        await supervised.stop()
    assert first is not None
    assert not psutil.pid_exists(first)

    again = Postgres(state, told := Told())
    supervised = Supervised(again, state, told)
    await supervised.start()
    try:
        await again.establish()
        assert again.port == postgres.port
        assert await rows(again) == 1
        assert not any("making" in line for line in told.lines)
    finally:
        await supervised.stop()


async def test_postgres_lets_nobody_in_without_the_password(state):
    postgres = Postgres(state, Told(), durable=False)
    supervised = Supervised(postgres, state, Told())
    await supervised.start()
    try:
        await postgres.establish()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"postgresql://referral:guess@127.0.0.1:{postgres.port}/samenspel")
        connection = await asyncpg.connect(postgres.url("referral"))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("set role council_app")
        await connection.close()
    finally:
        await supervised.stop()


@with_java
async def test_kafka_survives_a_kill_and_a_restart_with_its_topics(state):
    kafka = Kafka(state, Told())
    supervised = Supervised(kafka, state, Told())
    await supervised.start()
    try:
        create_topic(kafka, "kept")
        supervised.kill()
        await supervised.running_again(since=0)
        assert "kept" in topics(kafka)
    finally:
        await supervised.stop()

    again = Supervised(Kafka(state, told := Told()), state, told)
    await again.start()
    try:
        assert "kept" in topics(again.program)
        assert not any("formatting" in line for line in told.lines)
    finally:
        await again.stop()


async def test_tansu_comes_back_after_a_kill_without_its_topics(state):
    tansu = Tansu(state, Told())
    supervised = Supervised(tansu, state, Told())
    await supervised.start()
    try:
        create_topic(tansu, "lost")
        assert "lost" in topics(tansu)
        supervised.kill()
        await supervised.running_again(since=0)
        assert "lost" not in topics(tansu)
    finally:
        await supervised.stop()


async def test_temporal_survives_a_kill_and_a_restart_with_its_workflows(state):
    temporal = Temporal(state, Told(), headless=True)
    supervised = Supervised(temporal, state, Told())
    await supervised.start()
    try:
        client = await Client.connect(temporal.address)
        started = await client.start_workflow("Waiting", id="kept", task_queue="nobody")
        supervised.kill()
        await supervised.running_again(since=0)
    finally:
        await supervised.stop()

    again = Temporal(state, Told(), headless=True)
    supervised = Supervised(again, state, Told())
    await supervised.start()
    try:
        client = await Client.connect(again.address)
        assert (await client.get_workflow_handle("kept").describe()).run_id == started.result_run_id
    finally:
        await supervised.stop()


class Broken(Program):
    name = "broken"
    start_seconds = 5.0

    def launch(self):
        return Launch(["sh", "-c", "echo first; echo 'the disk is on fire' >&2; exit 3"])

    async def healthy(self):
        return False


async def test_a_program_that_does_not_start_says_why_in_one_line(state):
    with pytest.raises(LocalError, match=r"^broken ended while starting: the disk is on fire \(see .*broken.log\)$"):
        await Supervised(Broken(), state, Told()).start()


class Sleeping(Program):
    name = "sleeping"

    def launch(self):
        return Launch(["sleep", "600"])

    async def healthy(self):
        return True


async def test_what_an_earlier_supervisor_left_behind_is_ended(state):
    first = Supervised(Sleeping(), state, Told())
    await first.start()
    left_behind = psutil.Process(first.pid)
    first._watch.cancel()  # as if the supervisor had vanished
    second = Supervised(Sleeping(), state, Told())
    await second.start()
    try:
        assert second.pid != left_behind.pid
        left_behind.wait(5)
        assert not left_behind.is_running()
    finally:
        await second.stop()
        await first.stop()


async def test_a_program_that_keeps_dying_is_started_again_each_time(state):
    supervised = Supervised(Sleeping(), state, told := Told())
    await supervised.start()
    try:
        for count in range(3):
            supervised.kill()
            await supervised.running_again(since=count)
        assert supervised.restarts == 3
        assert told.lines.count("sleeping: ended (signal SIGKILL); starting it again") == 3
    finally:
        await supervised.stop()
