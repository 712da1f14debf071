"""The whole stack as other code uses it, with the engines and the portal."""

import asyncio
import os
import socket
import sys
import uuid

import asyncpg
import httpx
import psutil
import pytest

from deploy.local.engines.broker import MINIMUM_JAVA, java_version
from deploy.local.errors import LocalError
from deploy.local.health import health
from deploy.local.state import State
from deploy.local.supervisor import Stack


class Told:
    def __init__(self):
        self.lines = []

    def __call__(self, name, message):
        self.lines.append(f"{name}: {message}")


@pytest.fixture
def directory(engines):
    # Beside the state of the test run, where PostgreSQL's own user may pass.
    return engines.state.path(f"stack-{uuid.uuid4().hex[:8]}")


@pytest.fixture(autouse=True)
def _ordinary_environment(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)


async def test_a_stack_serves_and_heals_and_remembers(directory):
    async with Stack(directory, broker="tansu", processes=("portal",), report=(told := Told()), durable=False) as stack:
        state = State(directory)
        assert {one.name: one.healthy for one in await health(state)} == dict.fromkeys(
            ("postgres", "tansu", "temporal", "identity", "portal"), True
        )
        async with httpx.AsyncClient() as http:
            discovered = (await http.get(f"{stack.issuer}/.well-known/openid-configuration")).json()
            assert discovered["issuer"] == stack.issuer
            assert (await http.get(stack.url("portal") + "/health/ready")).status_code == 200
        connection = await asyncpg.connect(stack.database_url("referral"))
        assert await connection.fetchval("select current_user") == "referral"
        await connection.close()
        with pytest.raises(LocalError, match="already runs"):
            await Stack(directory).__aenter__()

        stack.kill("portal")
        await stack.running_again("portal")
        assert stack.restarts("portal") == 1
        ports = state.read()["ports"]
    assert state.read()["processes"] == {}
    assert not state.is_locked()
    assert "samenspel: stopping portal, identity" in told.lines

    async with Stack(directory, broker="tansu", processes=(), durable=False) as stack:
        assert state.read()["ports"] == ports
        assert stack.environment("referral")["DATABASE_URL_REFERRAL"] == stack.database_url("referral")


async def test_a_busy_port_is_told(directory, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(LocalError, match=rf"^Port {port} is taken\. Stop what listens there, or choose another"):
            await Stack(directory, broker="tansu", processes=("portal",)).__aenter__()
    assert not State(directory).is_locked()
    assert State(directory).read()["phase"] == "failed"


@pytest.mark.parametrize("wrong", ["abc", "0", "70000"])
async def test_a_port_that_is_none_is_told(directory, monkeypatch, wrong):
    monkeypatch.setenv("PORT", wrong)
    with pytest.raises(LocalError, match=f"^PORT={wrong} is not a port; choose a number") as error:
        await Stack(directory, broker="tansu").__aenter__()
    assert error.value.wrong_use


async def test_an_unknown_process_is_told(directory):
    with pytest.raises(LocalError, match="There is no process 'referal'; there are council"):
        Stack(directory, processes=("referal",))


async def test_nothing_outlives_a_supervisor_that_is_killed(directory):
    """Its engines end with it, and the next start finds everything as it was."""
    code = (
        "import asyncio, sys\n"
        "from deploy.local.supervisor import Stack\n"
        "async def main():\n"
        "    async with Stack(sys.argv[1], broker='tansu', processes=(), durable=False):\n"
        "        print('ready', flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(directory), stdout=asyncio.subprocess.PIPE
    )
    assert await supervisor.stdout.readline() == b"ready\n"
    running = [psutil.Process(entry["pid"]) for entry in State(directory).read()["processes"].values()]
    assert len(running) == 3
    supervisor.kill()
    await supervisor.wait()
    _, alive = psutil.wait_procs(running, timeout=20)
    assert alive == []
    async with Stack(directory, broker="tansu", processes=(), durable=False) as stack:
        connection = await asyncpg.connect(stack.admin_url)
        assert await connection.fetchval("select clock.now() = now()")
        await connection.close()


@pytest.mark.skipif((java_version() or 0) < MINIMUM_JAVA, reason="needs Java 17 or newer")
async def test_tansu_takes_over_when_kafka_cannot_be_fetched(directory, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    maven = tmp_path / "mvn"
    maven.write_text("#!/bin/sh\necho 'no route to Maven Central'\nexit 1\n")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    told = Told()
    async with Stack(directory, broker="auto", processes=(), report=told, durable=False) as stack:
        assert stack.broker_name == "tansu"
        assert stack.environment("conductor")["KAFKA_GROUP_PROTOCOL"] == "classic"
    assert any("Using Tansu" in line for line in told.lines)
    with pytest.raises(LocalError, match=r"Kafka failed at fetching.*choose BROKER=tansu"):
        await Stack(directory, broker="kafka", processes=(), durable=False).__aenter__()
    assert not State(directory).is_locked()
