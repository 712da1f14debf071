"""The workflow of a batch: step after step until nothing waits, beginning anew when its history grows long."""

import uuid
from typing import Any

from temporalio.client import WorkflowExecutionStatus

from tests.workflows.conftest import Recorder, keys, working
from workflows.exchange import workflow as exchange
from workflows.exchange.workflow import Batch, MessageBatch

ID = "5f0c7c1e-0000-4000-8000-000000000004"


async def run(environment: Any, recorder: Recorder, batch: Batch) -> tuple[str, Any]:
    queue = f"test-{uuid.uuid4().hex[:8]}"
    async with working(environment.client, recorder, queue):
        handle = await environment.client.start_workflow(
            MessageBatch.run, args=[batch, None], id=f"batch/{uuid.uuid4()}", task_queue=queue
        )
        return await handle.result(), handle


async def test_a_batch_goes_on_until_nothing_waits(time_skipping: Any) -> None:
    recorder = Recorder(waiting=[200, 100, 0])
    ended, handle = await run(time_skipping, recorder, Batch(ID))
    assert ended == "finished"
    assert keys(recorder.steps) == [f"{handle.id}/receive/{number}" for number in (1, 2, 3)]
    assert {step.subject for _, step, _ in recorder.steps} == {ID}


async def test_a_long_batch_begins_anew_and_counts_on(time_skipping: Any) -> None:
    recorder = Recorder(waiting=[2, 1, 0])
    before = Batch(ID, steps=exchange.STEPS_AT_MOST - 2, waiting=3)
    ended, handle = await run(time_skipping, recorder, before)
    assert ended == "finished"
    most = exchange.STEPS_AT_MOST
    assert keys(recorder.steps) == [f"{handle.id}/receive/{number}" for number in (most - 1, most, most + 1)]
    first = await time_skipping.client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id).describe()
    assert first.status is WorkflowExecutionStatus.CONTINUED_AS_NEW
