"""The decision on a request as a whole: within five working days, or within eight weeks when it is investigated.

Source: iWmo/iJw 3.2 OP274 (315), OP346 (317).
"""

from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.business import BusinessWorkflow, Fact, Progress, parse_instant

RECEIVED = "nl.samenspel.requests.received.v1"
ANSWERED = "nl.samenspel.requests.answered.v1"
UNDER_INVESTIGATION = "under_investigation"


@dataclass
class Request:
    """What is known of one request. ``ending`` is how it was decided on, empty until then."""

    request_id: str
    due: datetime | None = None
    remind_at: datetime | None = None
    terms: int = 0
    ending: str = ""
    progress: Progress = field(default_factory=Progress)


@workflow.defn
class RequestDecision(BusinessWorkflow):
    """One request, ``request/<id>``. Ends with ``granted`` or ``rejected``."""

    @workflow.init
    def __init__(self, request: Request, opening: Fact | None = None) -> None:
        super().__init__(request.progress)
        self.request = request
        if opening is not None:
            self.fact(opening)

    @workflow.run
    async def run(self, request: Request, opening: Fact | None = None) -> str:
        """``opening`` is the event that the request came in."""
        while not self.request.ending:
            changes = self.changes
            await self._see_through(changes)
            await self.changed_since(changes)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.request.ending

    async def _see_through(self, changes: int) -> None:
        """One term with its reminder. Returns when a fact came, or when nothing is left to do."""
        state = self.request

        def moved_on() -> bool:
            return self.changes != changes

        if state.remind_at is None or state.due is None or not await self.until(state.remind_at, moved_on):
            return
        await self.act("remind_of_request", state.request_id, state.terms, overdue="no")
        if await self.until(state.due, moved_on):
            await self.act("remind_of_request", state.request_id, f"{state.terms}-overdue", overdue="yes")

    def apply(self, fact: Fact) -> None:
        """A term began, or the decision fell."""
        state, data = self.request, fact.data
        if fact.type == RECEIVED or (fact.type == ANSWERED and data["answer"] == UNDER_INVESTIGATION):
            state.due, state.remind_at = parse_instant(data["decisionDue"]), parse_instant(data["remindAt"])
            state.terms += 1
        elif fact.type == ANSWERED:
            state.ending = data["answer"]
