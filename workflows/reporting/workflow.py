"""One reporting round: providers are reminded, the round closes when all have reported or the term ends, and the
figures are published at their own moment.
"""

from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.business import BusinessWorkflow, Fact, Progress, parse_instant

OPENED = "nl.samenspel.rounds.opened.v1"
REPORTED = "nl.samenspel.rounds.reported.v1"
CLOSED = "nl.samenspel.rounds.closed.v1"


@dataclass
class Round:
    """What is known of one round. ``missing`` are the providers that did not report yet."""

    round_id: str
    missing: list[str] = field(default_factory=list)
    remind_at: datetime | None = None
    closes_at: datetime | None = None
    publish_at: datetime | None = None
    reminded: bool = False
    closed: bool = False
    progress: Progress = field(default_factory=Progress)


@workflow.defn
class ReportingRound(BusinessWorkflow):
    """One round, ``round/<id>``. Ends with ``published``."""

    @workflow.init
    def __init__(self, round_: Round, opening: Fact | None = None) -> None:
        super().__init__(round_.progress)
        self.round = round_
        if opening is not None:
            self.fact(opening)

    @workflow.run
    async def run(self, round_: Round, opening: Fact | None = None) -> str:
        """``opening`` is the event that opened the round."""
        state = self.round
        if state.remind_at and await self.until(state.remind_at, self._nothing_to_wait_for):
            await self.act("remind_round", state.round_id, 1)
        if state.closes_at:
            await self.until(state.closes_at, self._nothing_to_wait_for)
        if not state.closed:
            await self.act("close_round", state.round_id, 1)
        if state.publish_at:
            await self.until(state.publish_at, lambda: False)
        await self.act("publish_round", state.round_id, 1)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "published"

    @workflow.query
    def missing(self) -> list[str]:
        """The providers that did not report yet."""
        return self.round.missing

    def _nothing_to_wait_for(self) -> bool:
        return self.round.closed or not self.round.missing

    def apply(self, fact: Fact) -> None:
        """Take in who reported, and that the round closed."""
        state, data = self.round, fact.data
        if fact.type == OPENED:
            state.missing = list(data["providers"])
            state.remind_at = parse_instant(data["remindAt"])
            state.closes_at = parse_instant(data["closesAt"])
            state.publish_at = parse_instant(data["publishAt"])
        elif fact.type == REPORTED and data["provider"] in state.missing:
            state.missing.remove(data["provider"])
        elif fact.type == CLOSED:
            state.closed = True
