"""The calendar of a region: each month its reporting round opens by itself, unless somebody opened it before."""

from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.business import BusinessWorkflow, Fact, Progress, parse_instant

PLANNED = "nl.samenspel.rounds.planned.v1"
OPENINGS_A_RUN = 24
"""After so many openings the workflow goes on with a fresh history."""


@dataclass
class Calendar:
    """The round that is planned now: about ``month``, and when it opens."""

    region_id: str
    month: str | None = None
    opens_at: datetime | None = None
    progress: Progress = field(default_factory=Progress)


@workflow.defn
class RoundCalendar(BusinessWorkflow):
    """One region, ``calendar/<region>``. It has no end: there is always a next month."""

    @workflow.init
    def __init__(self, calendar: Calendar, opening: Fact | None = None) -> None:
        super().__init__(calendar.progress)
        self.calendar = calendar
        if opening is not None:
            self.fact(opening)

    @workflow.run
    async def run(self, calendar: Calendar, opening: Fact | None = None) -> None:
        """``opening`` is the event of the first plan."""
        state = self.calendar
        for _ in range(OPENINGS_A_RUN):
            month = state.month
            if state.opens_at is not None and month is not None:
                await self.until(state.opens_at, lambda: state.month != month)  # noqa: B023 - used at once
                if state.month == month:
                    await self.act("open_planned_round", state.region_id, month, month=month)
            await workflow.wait_condition(lambda: state.month != month)  # noqa: B023 - used at once
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(args=[state, None])

    @workflow.query
    def next_opening(self) -> str | None:
        """The month whose round opens next."""
        return self.calendar.month

    def apply(self, fact: Fact) -> None:
        """A later plan takes the place of the one before."""
        if fact.type == PLANNED:
            self.calendar.month = fact.data["month"]
            self.calendar.opens_at = parse_instant(fact.data["opensAt"])
