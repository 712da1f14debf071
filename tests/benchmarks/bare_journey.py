"""The floor of the workflow benchmark: a bare Temporal workflow of the shape of a referral journey.

``python -m tests.benchmarks.bare_journey ADDRESS AT_ONCE`` is its worker; an activity writes the id of its workflow
on a line.
"""

import sys
from collections.abc import Sequence
from datetime import timedelta

import uvloop
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

TASK_QUEUE = "bare"
LONG = timedelta(days=30)


@activity.defn
async def step() -> None:
    """Say that it ran."""
    sys.stdout.write(f"{activity.info().workflow_id}\n")
    sys.stdout.flush()


@workflow.defn
class Bare:
    """After each activity it waits for a signal, with a timer where ``timed`` says so."""

    def __init__(self) -> None:
        self.told = 0

    @workflow.run
    async def run(self, timed: Sequence[bool]) -> None:
        """An activity and a signal for each of ``timed``."""
        for number, with_timer in enumerate(timed):
            await workflow.execute_activity(step, start_to_close_timeout=timedelta(seconds=30))
            await workflow.wait_condition(
                lambda before=number: self.told > before,  # type: ignore[misc]
                timeout=LONG if with_timer else None,
            )

    @workflow.signal
    def tell(self) -> None:
        """What it waits for."""
        self.told += 1


async def _work(address: str, at_once: int) -> None:
    client = await Client.connect(address)
    await Worker(
        client, task_queue=TASK_QUEUE, workflows=[Bare], activities=[step], max_concurrent_activities=at_once
    ).run()


if __name__ == "__main__":
    uvloop.run(_work(sys.argv[1], int(sys.argv[2])))
