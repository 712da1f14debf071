"""The later ends of one imported file: promised about once a week, as they come near (iWmo/iJw 3.2 OP272, OP288).

A first file holds thousands of trajectories that end in years: one workflow waits for all of them.
"""

from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.business import BusinessWorkflow, Fact, Progress, parse_instant_or_none

PLANNED = "nl.samenspel.ends.planned.v1"


@dataclass
class Ends:
    """When the next end comes near; ``None`` when none is left. ``looks`` counts the plans."""

    import_id: str
    next_at: datetime | None = None
    looks: int = 0
    progress: Progress = field(default_factory=Progress)


@workflow.defn
class LaterEnds(BusinessWorkflow):
    """One imported file, ``ends/<import>``. Ends with ``promised``."""

    @workflow.init
    def __init__(self, ends: Ends, opening: Fact | None = None) -> None:
        super().__init__(ends.progress)
        self.ends = ends
        if opening is not None:
            self.fact(opening)

    @workflow.run
    async def run(self, ends: Ends, opening: Fact | None = None) -> str:
        """``opening`` is the event of the first plan."""
        while self.ends.next_at is not None:
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(args=[self.ends, None])
            changes = self.changes
            if await self.until(self.ends.next_at, lambda: self.changes != changes):  # noqa: B023 - used at once
                await self.act("promise_ends", self.ends.import_id, self.ends.looks)
            await self.changed_since(changes)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "promised"

    def apply(self, fact: Fact) -> None:
        """A later plan takes the place of the one before."""
        if fact.type == PLANNED:
            self.ends.next_at = parse_instant_or_none(fact.data.get("nextAt"))
            self.ends.looks += 1
