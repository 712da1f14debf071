"""The end of care under one allocation: reported within five working days of its last day, or followed up.

Source: iWmo/iJw 3.2 OP272 (the term), OP288 (also when care ends as planned). A changed allocation has another term.
Care that begins anew after it ended (OP379), or whose end is taken back, is another spell, with a workflow of its own.
"""

from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.business import BusinessWorkflow, Fact, Progress, parse_instant_or_none

STARTED = "nl.samenspel.deliveries.started.v1"
STOPPED = "nl.samenspel.deliveries.stopped.v1"
CORRECTED = "nl.samenspel.deliveries.corrected.v1"
CHANGED = "nl.samenspel.allocations.changed.v1"
PROMISED = "nl.samenspel.ends.promised.v1"
IMPORTED = "nl.samenspel.trajectories.imported.v1"
TEMPORARY = "temporary"


@dataclass
class Care:
    """What is known of one spell of care. ``terms`` counts the terms, so that each has its own reminder."""

    referral_id: str
    due: datetime | None = None
    remind_at: datetime | None = None
    terms: int = 0
    ended: bool = False
    progress: Progress = field(default_factory=Progress)


@workflow.defn
class EndOfCare(BusinessWorkflow):
    """A spell of care, ``care/<id>`` or ``care/<id>/<spell>``. Ends with ``ended``."""

    @workflow.init
    def __init__(self, care: Care, opening: Fact | None = None) -> None:
        super().__init__(care.progress)
        self.care = care
        if opening is not None:
            self.fact(opening)

    @workflow.run
    async def run(self, care: Care, opening: Fact | None = None) -> str:
        """``opening`` is the event with the first term."""
        while not self.care.ended:
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(args=[self.care, None])
            changes = self.changes
            await self._see_through(changes)
            await self.changed_since(changes)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "ended"

    async def _see_through(self, changes: int) -> None:
        """One term with its reminder. Returns when a fact came, or when nothing is left to do."""
        care = self.care

        def moved_on() -> bool:
            return self.changes != changes

        if care.remind_at is None or care.due is None or not await self.until(care.remind_at, moved_on):
            return
        await self.act("remind", care.referral_id, f"stop-{care.terms}", promise="stop")
        if await self.until(care.due, moved_on):
            await self.act("escalate", care.referral_id, f"stop-{care.terms}", promise="stop")

    def apply(self, fact: Fact) -> None:
        """A term began or changed, or care came to its end."""
        care, data = self.care, fact.data
        if fact.type in (STARTED, CHANGED, IMPORTED, PROMISED):
            care.due, care.remind_at = parse_instant_or_none(data.get("stopDue")), None
            if care.due is not None:
                care.remind_at = parse_instant_or_none(data.get("remindStopAt"))
            care.terms += 1
            care.ended = bool(data.get("removed"))
        elif fact.type == STOPPED:
            care.ended = data["reason"] != TEMPORARY
        elif fact.type == CORRECTED:
            care.ended = data.get("stoppedOn") is not None and data.get("reason") != TEMPORARY
            due = parse_instant_or_none(data.get("stopDue"))
            if data.get("remindStopAt") is not None and due != care.due:
                care.due, care.remind_at = due, parse_instant_or_none(data["remindStopAt"])
                care.terms += 1
