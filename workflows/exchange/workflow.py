"""One batch of messages: step after step until no file waits. Thousands of files make a short history: it begins anew
after a number of steps.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.business import STEP_RETRIES, BusinessWorkflow, Fact, Progress, Step

STEP_TIMEOUT = timedelta(seconds=60)
"""A step ends by itself after ten seconds, or after the one file that takes longer."""
STEPS_AT_MOST = 200
"""After so many steps the workflow continues as new."""


@dataclass
class Batch:
    """What is known of one batch. ``steps`` counts on when the workflow begins anew, so that each has its own key."""

    batch_id: str
    steps: int = 0
    waiting: int | None = None
    progress: Progress = field(default_factory=Progress)


@workflow.defn
class MessageBatch(BusinessWorkflow):
    """One batch, ``batch/<id>``. Ends with ``finished``."""

    @workflow.init
    def __init__(self, batch: Batch, opening: Fact | None = None) -> None:
        super().__init__(batch.progress)
        self.batch = batch

    @workflow.run
    async def run(self, batch: Batch, opening: Fact | None = None) -> str:
        """``opening`` is the event that opened the workflow."""
        state = self.batch
        while state.waiting is None or state.waiting > 0:
            state.steps += 1
            step = Step("receive_batch_step", f"{workflow.info().workflow_id}/receive/{state.steps}", state.batch_id)
            state.waiting = await workflow.execute_activity(
                step.name, step, start_to_close_timeout=STEP_TIMEOUT, retry_policy=STEP_RETRIES, result_type=int
            )
            if state.waiting and state.steps % STEPS_AT_MOST == 0:
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(args=[state, None])
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "finished"

    @workflow.query
    def waiting(self) -> int | None:
        """How many files still wait."""
        return self.batch.waiting

    def apply(self, fact: Fact) -> None:
        """A batch hears of nothing but its own steps."""
