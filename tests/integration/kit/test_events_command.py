"""``samenspel events`` against services that run: real logs, real read models, a real broker."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import uvicorn

from contracts.envelope import Envelope
from contracts.events.monitoring import FiguresPublished
from contracts.topics import MONITORING
from deploy.cli.events import read
from deploy.cli.main import run
from deploy.local.ports import LOOPBACK, free_port
from services.council.bootstrap import compose as council
from services.council.projections import PublishedFigures
from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.http import ServiceClient
from services.kit.inbox import Delivery, Inbox
from services.kit.refills import listen
from services.kit.relay import Relay
from services.kit.service import Service, application
from services.kit.settings import ServiceSettings
from services.monitoring.bootstrap import compose as monitoring

EXAMPLES = Path(__file__).parents[3] / "contracts" / "examples"


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - threads and servers bring it about
            await asyncio.sleep(0.02)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(service: Service, found: Any, issuer: str) -> AsyncIterator[str]:
    port = free_port(frozenset())
    settings = ServiceSettings(
        service=service.name,
        oidc_issuer=issuer,
        database_url=found.url,
        kafka_bootstrap_servers="127.0.0.1:9",
    )
    app = application(service, settings, found.pools)
    server = _Server(uvicorn.Config(app, host=LOOPBACK, port=port, log_config=None, ws="none"))
    task = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: server.started)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        server.should_exit = True
        await task


class Stage:
    """Monitoring with events in its log, council that follows it, and the command to look at them."""

    def __init__(self, found: Any, urls: dict[str, str], identity: Any) -> None:
        self.found = found
        self.urls = urls
        self.identity = identity
        self.log: Database = found["monitoring"].pools
        self.council: Database = found["council"].pools

    async def publish(self, count: int) -> None:
        example = json.loads((EXAMPLES / "nl.samenspel.figures.published.v1.json").read_text())["data"]
        async with self.log.unit(Actor.system()) as unit:
            for _ in range(count):
                release = uuid.uuid4()
                event = FiguresPublished.model_validate({**example, "releaseId": str(release)})
                unit.emit(release, event, ["municipality:0268"])

    async def follow(self, poison: int | None = None) -> None:
        rows = await self.log.worker.fetch("select *, data::text as text from event_log order by partition, sequence")
        inbox = Inbox(self.council, PublishedFigures())
        for partition in {row["partition"] for row in rows}:
            events = [
                Envelope(
                    "monitoring", partition, row["sequence"], row["key"], row["type"], row["time"],
                    b'{"not": "a release"}' if row["sequence"] == poison else row["text"].encode(),
                )
                for row in rows if row["partition"] == partition
            ]  # fmt: skip
            await inbox.take(Delivery("monitoring", partition, events, len(events), "test"))

    async def admin(self, statement: str) -> None:
        connection = await asyncpg.connect(self.found["council"].admin_url)
        await connection.execute(statement)
        await connection.close()


@pytest.fixture
async def stage(database, identity, engines, monkeypatch) -> AsyncIterator[Stage]:
    found = await database.together("monitoring", "council", "commissioning", "referral")
    monkeypatch.setenv("SAMENSPEL_STATE", str(engines.state.directory))
    for name, one in found.items():
        monkeypatch.setenv(f"DATABASE_URL_{name.upper()}", one.url)
    async with (
        serving(monitoring(), found["monitoring"], identity.issuer) as monitoring_url,
        serving(council(), found["council"], identity.issuer) as council_url,
    ):
        monkeypatch.setenv("MONITORING_URL", monitoring_url)
        monkeypatch.setenv("COUNCIL_URL", council_url)
        yield Stage(found, {"monitoring": monitoring_url, "council": council_url}, identity)


@pytest.fixture
def samenspel(capsys):
    """Run the command in a thread of its own; gives exit status and what stood on standard output, line by line."""

    async def call(*arguments: str) -> tuple[int, list[Any]]:
        code = await asyncio.to_thread(run, ["events", *arguments])
        said = capsys.readouterr()
        lines = said.out.splitlines()
        call.error = said.err  # type: ignore[attr-defined]
        return code, [json.loads(line) for line in lines] if "--json" in arguments or "export" in arguments else lines

    return call


async def test_list_shows_the_latest_and_export_everything(stage, samenspel, tmp_path):
    await stage.publish(30)
    code, latest = await samenspel("list", "--json", "-n", "7")
    assert code == 0
    assert len(latest) == 7
    assert {event["type"] for event in latest} == {FiguresPublished.type}

    code, everything = await samenspel("export")
    assert code == 0
    assert len(everything) == 30
    assert {event["id"] for event in latest} <= {event["id"] for event in everything}
    code, lines = await samenspel("list", "--subject", everything[3]["subject"])
    assert [line.split()[-1] for line in lines] == [everything[3]["subject"]]

    code, [told] = await samenspel("export", "--service", "monitoring", "--out", str(tmp_path / "log.jsonl"), "--json")
    assert told["exported"] == len((tmp_path / "log.jsonl").read_text().splitlines()) == 30


async def test_following_begins_at_the_end_and_misses_nothing(stage):
    await stage.publish(3)
    seen: list[str] = []
    async with httpx.AsyncClient() as http:

        async def token() -> str:
            return stage.identity.system_token()

        client = ServiceClient(stage.urls["monitoring"], http, token)

        async def following() -> None:
            async for event in read(client, recent=0, forever=True):
                seen.append(event["id"])

        task = asyncio.create_task(following())
        try:
            async with asyncio.timeout(30):
                while not seen:
                    await stage.publish(1)
                    await asyncio.sleep(0.1)
            first = len(seen)
            await stage.publish(4)
            await eventually(lambda: len(seen) >= first + 4)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    assert len(seen) == len(set(seen))


async def test_verify_ends_0_only_when_every_read_model_is_what_the_log_says(stage, samenspel):
    await stage.publish(12)
    await stage.follow()
    code, tables = await samenspel("verify", "--json")
    assert code == 0, samenspel.error
    assert all(table["identical"] for table in tables)
    assert {table["service"] for table in tables} == {"commissioning", "council", "monitoring", "referral"}
    figure = next(table for table in tables if table["events"] == 12)
    assert figure["live"] > 0

    await stage.admin(f"delete from council.{figure['table']}")
    code, tables = await samenspel("verify", "--service", "council", "--json")
    assert code == 1
    assert [table["differing"] for table in tables if not table["identical"]] == [figure["live"]]
    code, lines = await samenspel("verify", "--service", "council")
    assert code == 1
    assert lines[-1] == "Not identical."


async def test_a_parked_event_is_listed_dropped_and_retried_by_its_id(stage, samenspel):
    await stage.publish(9)
    await stage.follow(poison=1)
    code, letters = await samenspel("dead", "list", "--json")
    assert code == 0
    assert letters
    assert all(letter["id"].startswith("council-") for letter in letters)
    first = letters[0]["id"]

    code, _ = await samenspel("dead", "retry", first)
    assert code == 1  # it still does not fit
    code, lines = await samenspel("dead", "drop", first, "--reason", "made by a test")
    assert (code, lines) == (0, [f"Gave up {first}."])
    code, rest = await samenspel("dead", "list", "--json")
    assert first not in {letter["id"] for letter in rest}
    code, _ = await samenspel("dead", "drop", first, "--reason", "again")
    assert code == 1
    assert "no open parked event" in samenspel.error
    code, _ = await samenspel("verify", "--service", "council")
    assert code == 0


async def test_replay_publishes_again_and_a_running_relay_notices(stage, samenspel, broker, monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", broker)
    await stage.publish(20)
    relay = Relay(stage.log, replace(MONITORING, namespace=f"test-{uuid.uuid4().hex[:8]}"), broker)
    tasks = [asyncio.create_task(relay.run()), asyncio.create_task(listen(broker, "monitoring", relay.refill))]
    try:
        await eventually(lambda: relay.published >= 20)
        code, [told] = await samenspel("replay", "--service", "monitoring", "--from", "2", "--json")
        assert code == 0, samenspel.error
        assert told["events"] == await stage.log.worker.fetchval("select count(*) from event_log where sequence >= 2")
        await eventually(lambda: relay.published >= 20 + told["events"])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["list", "--service", "referal"], 2, "There is no service 'referal'"),
        (["dead", "retry", "12"], 2, "looks like referral-12"),
        (["dead", "drop", "referral-12"], 2, "Missing option '--reason'"),
        (["replay"], 2, "Missing option '--service'"),
        (["verify"], 1, "Start it with 'samenspel up'"),
    ],
)
def test_wrong_use_is_one_line(monkeypatch, capsys, tmp_path, arguments, code, says):
    monkeypatch.setenv("SAMENSPEL_STATE", str(tmp_path))
    assert run(["events", *arguments]) == code
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert says in said.err
