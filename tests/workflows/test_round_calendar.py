"""The calendar of a region opens a round each month, with the clock skipped."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from tests.workflows.conftest import Facts, Recorder, working
from workflows.business import Fact
from workflows.reporting import calendar
from workflows.reporting.calendar import Calendar, RoundCalendar

REGION = "rijk-van-nijmegen"
DAY = timedelta(days=1)


@asynccontextmanager
async def planned(
    environment: WorkflowEnvironment, after: timedelta = 5 * DAY
) -> AsyncIterator[tuple[WorkflowHandle[Any, Any], Facts, Recorder, datetime]]:
    queue, recorder = f"test-{uuid.uuid4().hex[:8]}", Recorder()
    began = await environment.get_current_time()
    data = {"month": "2026-08", "opensAt": (began + after).isoformat()}
    opening = Fact("monitoring", REGION, 1, calendar.PLANNED, data)
    async with working(environment.client, recorder, queue):
        handle = await environment.client.start_workflow(
            RoundCalendar.run, args=[Calendar(REGION), opening], id=f"calendar/{uuid.uuid4()}", task_queue=queue
        )
        try:
            yield handle, Facts(handle, "monitoring", REGION), recorder, began
        finally:
            await handle.terminate()


async def plan(facts: Facts, month: str, opens_at: datetime) -> None:
    await facts.send(calendar.PLANNED, month=month, opensAt=opens_at.isoformat())


def months(recorder: Recorder) -> list[str]:
    assert set(recorder.names) <= {"open_planned_round"}
    return [step.detail["month"] for _, step, _ in recorder.steps]


async def test_each_month_a_round_opens_at_its_moment(time_skipping: WorkflowEnvironment) -> None:
    async with planned(time_skipping) as (handle, facts, recorder, began):
        await time_skipping.sleep(4 * DAY)
        assert recorder.steps == []
        await time_skipping.sleep(2 * DAY)
        assert months(recorder) == ["2026-08"]
        assert recorder.moment("open_planned_round") >= began + 5 * DAY
        await time_skipping.sleep(60 * DAY)
        assert months(recorder) == ["2026-08"], "no month opens that the service did not plan"
        await plan(facts, "2026-09", began + 80 * DAY)
        await time_skipping.sleep(20 * DAY)
        assert months(recorder) == ["2026-08", "2026-09"]
        assert recorder.steps[1][2] >= began + 80 * DAY
        assert [step.subject for _, step, _ in recorder.steps] == [REGION, REGION]
        assert len({step.key for _, step, _ in recorder.steps}) == 2
        assert await handle.query("next_opening") == "2026-09"


async def test_a_round_that_somebody_opened_does_not_open_again(time_skipping: WorkflowEnvironment) -> None:
    async with planned(time_skipping) as (_, facts, recorder, began):
        await time_skipping.sleep(1 * DAY)
        await plan(facts, "2026-09", began + 40 * DAY)
        await time_skipping.sleep(30 * DAY)
        assert recorder.steps == []
        await time_skipping.sleep(15 * DAY)
        assert months(recorder) == ["2026-09"]


async def test_a_plan_that_is_told_twice_opens_one_round(time_skipping: WorkflowEnvironment) -> None:
    async with planned(time_skipping) as (_, facts, recorder, began):
        for sequence in (2, 2, 1):
            month = "2026-09" if sequence == 2 else "2026-08"
            opens_at = (began + 10 * DAY).isoformat()
            await facts.send(calendar.PLANNED, sequence=sequence, month=month, opensAt=opens_at)
        await time_skipping.sleep(30 * DAY)
        assert months(recorder) == ["2026-09"]


async def test_plans_that_are_long_past_open_one_after_the_other(time_skipping: WorkflowEnvironment) -> None:
    """Nothing ran for two months: no month is passed over."""
    async with planned(time_skipping, -60 * DAY) as (_, facts, recorder, began):
        await time_skipping.sleep(DAY)
        await plan(facts, "2026-09", began - 30 * DAY)
        await time_skipping.sleep(DAY)
        await plan(facts, "2026-10", began + 30 * DAY)
        await time_skipping.sleep(DAY)
        assert months(recorder) == ["2026-08", "2026-09"]


async def test_the_calendar_goes_on_with_a_fresh_history_and_remembers_its_plan(
    time_skipping: WorkflowEnvironment,
) -> None:
    async with planned(time_skipping) as (handle, facts, recorder, began):
        first = (await handle.describe()).run_id
        wanted = []
        for number in range(calendar.OPENINGS_A_RUN + 2):
            month = f"{2027 + number // 12}-{number % 12 + 1:02d}"
            wanted.append(month)
            await plan(facts, month, began + (10 + 30 * number) * DAY)
            await time_skipping.sleep(30 * DAY)
        assert months(recorder)[-len(wanted) :] == wanted
        latest = time_skipping.client.get_workflow_handle(handle.id)
        assert (await latest.describe()).run_id != first
        assert await latest.query("next_opening") == wanted[-1]
