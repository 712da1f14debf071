"""The timers of the commissioning procedure and of the reporting round, with the clock skipped."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from tests.workflows.conftest import Facts, Recorder, working
from workflows.business import Fact
from workflows.commissioning import workflow as procedures
from workflows.reporting import workflow as rounds

ID = "5f0c7c1e-0000-4000-8000-000000000002"
DAY = timedelta(days=1)


@asynccontextmanager
async def started(
    environment: Any, run: Any, state: Any, source: str, opening: str, data: dict[str, Any], **due: timedelta
) -> AsyncIterator[tuple[WorkflowHandle[Any, Any], Facts, Recorder, datetime]]:
    queue = f"test-{uuid.uuid4().hex[:8]}"
    recorder = Recorder()
    began = await environment.get_current_time()
    fact = Fact(source, ID, 1, opening, data | {name: (began + after).isoformat() for name, after in due.items()})
    async with working(environment.client, recorder, queue):
        handle = await environment.client.start_workflow(
            run, args=[state, fact], id=f"test/{uuid.uuid4()}", task_queue=queue
        )
        try:
            yield handle, Facts(handle, source, ID), recorder, began
        finally:
            if (await handle.describe()).close_time is None:
                await handle.terminate()


def procedure(environment: Any) -> Any:
    return started(
        environment,
        procedures.CommissioningProcedure.run,
        procedures.Procedure(ID),
        "commissioning",
        procedures.PUBLISHED,
        {},
        questionsDue=10 * DAY,
        applicationsDue=30 * DAY,
        assessmentDue=44 * DAY,
    )


async def test_a_commission_walks_through_its_moments(time_skipping):
    async with procedure(time_skipping) as (handle, facts, recorder, began):
        await time_skipping.sleep(11 * DAY)
        assert [step.detail["stage"] for _, step, _ in recorder.steps] == ["answered"]
        await facts.send(procedures.ADVANCED, stage="answered")
        await time_skipping.sleep(20 * DAY)
        assert [step.detail["stage"] for _, step, _ in recorder.steps] == ["answered", "closed"]
        await facts.send(procedures.ADVANCED, stage="closed")
        await facts.send(procedures.ADVANCED, stage="standstill", until=(began + 60 * DAY).isoformat())
        await time_skipping.sleep(30 * DAY)
        assert recorder.steps[-1][1].detail == {"stage": "final"}
        assert recorder.steps[-1][2] >= began + 60 * DAY
        await facts.send(procedures.ADVANCED, stage="final")
        assert await handle.result() == "final"


async def test_an_assessment_that_stays_away_is_reminded(time_skipping):
    async with procedure(time_skipping) as (_, facts, recorder, _began):
        await facts.send(procedures.ADVANCED, stage="closed")
        await time_skipping.sleep(45 * DAY)
        assert recorder.names == ["remind_assessment"]


async def test_a_withdrawn_commission_waits_for_nothing(time_skipping):
    async with procedure(time_skipping) as (handle, facts, recorder, _began):
        await facts.send(procedures.ADVANCED, stage="withdrawn")
        assert await handle.result() == "withdrawn"
        assert recorder.names == []


def reporting(environment: Any) -> Any:
    return started(
        environment,
        rounds.ReportingRound.run,
        rounds.Round(ID),
        "monitoring",
        rounds.OPENED,
        {"providers": ["73730001", "73730002"]},
        remindAt=5 * DAY,
        closesAt=10 * DAY,
        publishAt=14 * DAY,
    )


async def test_a_round_reminds_closes_and_publishes_at_its_moments(time_skipping):
    async with reporting(time_skipping) as (handle, facts, recorder, began):
        await facts.send(rounds.REPORTED, provider="73730001")
        assert await handle.query("missing") == ["73730002"]
        assert await handle.result() == "published"
        assert recorder.names == ["remind_round", "close_round", "publish_round"]
        for name, days in (("remind_round", 5), ("close_round", 10), ("publish_round", 14)):
            assert recorder.moment(name) >= began + days * DAY


async def test_a_round_in_which_everybody_reported_closes_at_once_and_reminds_nobody(time_skipping):
    async with reporting(time_skipping) as (handle, facts, recorder, began):
        await facts.send(rounds.REPORTED, provider="73730001")
        await facts.send(rounds.REPORTED, provider="73730002")
        await time_skipping.sleep(DAY)
        assert recorder.names == ["close_round"]
        await facts.send(rounds.CLOSED)
        assert await handle.result() == "published"
        assert recorder.names == ["close_round", "publish_round"]
        assert recorder.moment("publish_round") >= began + 14 * DAY
