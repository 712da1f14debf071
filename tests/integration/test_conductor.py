"""The conductor on real engines: one workflow per opening event, facts in order, nothing lost when told twice."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from contracts.event import Event
from contracts.events.monitoring import RoundClosed, RoundOpened, RoundReported
from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.keyring import KeyRing, new_key_line
from services.kit.projections import Received
from tests.workflows.conftest import Recorder
from workflows.backlog import waiting
from workflows.codec import data_converter
from workflows.conductor import Conductor
from workflows.reporting.workflow import ReportingRound, Round
from workflows.routes import WORKFLOWS

NOW = datetime.now(UTC)


@pytest.fixture
async def temporal(temporal_address: str) -> Client:
    ring = KeyRing.parse(new_key_line("test", lambda size: b"k" * size), "WORKFLOW_KEY_FILE")
    return await Client.connect(temporal_address, data_converter=data_converter(ring))


class Stage:
    """A conductor, a worker, and a log that numbers events."""

    def __init__(self, database: Database, conductor: Conductor, temporal: Client) -> None:
        self.database = database
        self.conductor = conductor
        self.temporal = temporal
        self.round_id = uuid.uuid4()
        self._sequence = 0

    def received(self, event: Event) -> Received:
        self._sequence += 1
        return Received("monitoring", 0, self._sequence, str(self.round_id), event.type, NOW, event)

    async def tell(self, *events: Received) -> None:
        async with self.database.unit(Actor.system()) as unit:
            await self.conductor.apply(unit, events)

    def opened(self, providers: tuple[str, ...] = ("73730001", "73730002")) -> Received:
        return self.received(
            RoundOpened(
                round_id=self.round_id,
                region_id="rijk-van-nijmegen",
                municipalities=("0268",),
                month="2026-07",
                providers=providers,
                remind_at=NOW + timedelta(days=5),
                closes_at=NOW + timedelta(days=10),
                publish_at=NOW + timedelta(days=15),
                opened_at=NOW,
            )
        )

    def reported(self, provider: str) -> Received:
        return self.received(RoundReported(round_id=self.round_id, provider=provider, outcomes=3, reported_at=NOW))

    async def missing(self) -> list[str]:
        found: list[str] = await self.temporal.get_workflow_handle(f"round/{self.round_id}").query("missing")
        return found


@pytest.fixture
async def stage(database: Any, temporal: Client) -> AsyncIterator[Stage]:
    pools = (await database("workflows")).pools
    queue = f"conductor-{uuid.uuid4().hex[:8]}"
    worker = Worker(temporal, task_queue=queue, workflows=list(WORKFLOWS.values()), activities=Recorder().activities())
    async with worker:
        found = Stage(pools, Conductor(temporal, task_queue=queue), temporal)
        yield found
        handle = temporal.get_workflow_handle(f"round/{found.round_id}")
        if (await handle.describe()).close_time is None:
            await handle.terminate()


async def test_an_opening_event_that_comes_twice_starts_one_workflow(stage: Stage) -> None:
    opened = stage.opened()
    await stage.tell(opened)
    first = (await stage.temporal.get_workflow_handle(f"round/{stage.round_id}").describe()).run_id
    await stage.tell(opened)
    assert (await stage.temporal.get_workflow_handle(f"round/{stage.round_id}").describe()).run_id == first


async def test_facts_arrive_once_however_often_they_are_told(stage: Stage) -> None:
    opened, reported = stage.opened(), stage.reported("73730001")
    await stage.tell(opened, reported)
    await stage.tell(reported)
    await stage.tell(opened, reported)
    assert await stage.missing() == ["73730002"]


async def test_a_fact_from_before_the_opening_is_kept_for_it(stage: Stage) -> None:
    """Another partition may be ahead: order holds only within one key of one source."""
    early = stage.reported("73730001")._replace(source="referral")
    await stage.tell(early)
    waiting = await stage.database.worker.fetchval("select count(*) from early_fact")
    assert waiting == 1
    await stage.tell(stage.opened())
    assert await stage.missing() == ["73730002"]
    assert await stage.database.worker.fetchval("select count(*) from early_fact") == 0


async def test_a_fact_and_its_opening_at_the_same_moment_both_arrive(stage: Stage) -> None:
    early = stage.reported("73730001")._replace(source="referral")
    await asyncio.gather(stage.tell(early), stage.tell(stage.opened()))
    assert await stage.missing() == ["73730002"]


async def test_a_fact_for_a_workflow_that_ended_is_dropped_and_the_rest_flows(stage: Stage) -> None:
    await stage.tell(stage.opened())
    await stage.temporal.get_workflow_handle(f"round/{stage.round_id}").terminate()
    closed = stage.received(RoundClosed(round_id=stage.round_id, missing=(), closed_at=NOW))
    await stage.tell(closed)
    stage.round_id = uuid.uuid4()
    await stage.tell(stage.opened())
    assert len(await stage.missing()) == 2


async def test_what_waits_for_a_worker_is_counted(temporal):
    queue = f"nobody-works-{uuid.uuid4()}"
    await temporal.start_workflow(ReportingRound.run, args=[Round("r"), None], id=queue, task_queue=queue)
    async with asyncio.timeout(20):
        while await waiting(temporal, queue) != {"workflow": 1, "activity": 0}:  # noqa: ASYNC110 - Temporal does not tell
            await asyncio.sleep(0.05)
