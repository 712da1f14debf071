"""The moments of one commission by admission (*toelating*): each comes whether or not somebody thinks of it.

published --questions close--> answered --applications close--> closed --announced--> standstill --20 days--> final
"""

from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.business import BusinessWorkflow, Fact, Progress, parse_instant, parse_instant_or_none

PUBLISHED = "nl.samenspel.commissions.published.v1"
ADVANCED = "nl.samenspel.commissions.advanced.v1"
ENDINGS = ("final", "withdrawn")


@dataclass
class Procedure:
    """What is known of one commission. ``until`` is the due instant of the stage that runs, if it has one."""

    commission_id: str
    stage: str = "published"
    questions_due: datetime | None = None
    applications_due: datetime | None = None
    assessment_due: datetime | None = None
    until: datetime | None = None
    progress: Progress = field(default_factory=Progress)


@workflow.defn
class CommissioningProcedure(BusinessWorkflow):
    """One commission, ``commission/<id>``. Ends with ``final`` or ``withdrawn``."""

    @workflow.init
    def __init__(self, procedure: Procedure, opening: Fact | None = None) -> None:
        super().__init__(procedure.progress)
        self.procedure = procedure
        if opening is not None:
            self.fact(opening)

    @workflow.run
    async def run(self, procedure: Procedure, opening: Fact | None = None) -> str:
        """``opening`` is the publication; ``None`` when the workflow continues as new."""
        while self.procedure.stage not in ENDINGS:
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(args=[self.procedure, None])
            changes = self.changes
            await self._see_stage_through()
            await self.changed_since(changes)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.procedure.stage

    @workflow.query
    def stage(self) -> str:
        """The stage that runs now."""
        return self.procedure.stage

    async def _see_stage_through(self) -> None:
        procedure, changes = self.procedure, self.changes
        due, next_stage = {
            "published": (procedure.questions_due, "answered"),
            "answered": (procedure.applications_due, "closed"),
            "closed": (procedure.assessment_due, ""),
            "standstill": (procedure.until, "final"),
        }.get(procedure.stage, (None, ""))
        if due is None or not await self.until(due, lambda: self.changes != changes):
            return
        if next_stage:
            await self.act("advance", procedure.commission_id, next_stage, stage=next_stage)
        else:
            await self.act("remind_assessment", procedure.commission_id, 1)

    def apply(self, fact: Fact) -> None:
        """Move to the stage that the fact brings."""
        procedure, data = self.procedure, fact.data
        if fact.type == PUBLISHED:
            procedure.questions_due = parse_instant(data["questionsDue"])
            procedure.applications_due = parse_instant(data["applicationsDue"])
            procedure.assessment_due = parse_instant(data["assessmentDue"])
        elif fact.type == ADVANCED:
            procedure.stage = data["stage"]
            procedure.until = parse_instant_or_none(data.get("until"))
