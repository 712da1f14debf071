"""The promises of one referral: decide, accept and start within their terms; remind, escalate, offer to the next.

requested --decide--> granted --accept--> accepted --start--> done
              |          ^  \\--decline or no answer--> declined --offer--> granted (next provider)
              v refused                                     \\--nobody left--> the access team is told

requested or declined --offered to several--> claimed: granted and accepted at once; all declined: the next provider;
nobody claimed in time: the access team is told
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.business import BusinessWorkflow, Fact, Progress, parse_instant, parse_instant_or_none

REQUESTED = "nl.samenspel.referrals.requested.v1"
IMPORTED = "nl.samenspel.trajectories.imported.v1"
INVESTIGATED = "nl.samenspel.referrals.investigated.v1"
REFUSED = "nl.samenspel.referrals.refused.v1"
WITHDRAWN = "nl.samenspel.referrals.withdrawn.v1"
OFFERED = "nl.samenspel.referrals.offered.v1"
OFFER_ENDED = "nl.samenspel.offers.ended.v1"
GRANTED = "nl.samenspel.allocations.granted.v1"
ACCEPTED = "nl.samenspel.allocations.accepted.v1"
DECLINED = "nl.samenspel.allocations.declined.v1"
STARTED = "nl.samenspel.deliveries.started.v1"
EXPECTED = "nl.samenspel.starts.expected.v1"
CORRECTED = "nl.samenspel.deliveries.corrected.v1"


class Stage(StrEnum):
    """Whose turn it is."""

    DECIDING = "deciding"
    CLAIMING = "claiming"
    ANSWERING = "answering"
    PLACING = "placing"
    STARTING = "starting"
    DONE = "done"


@dataclass
class Journey:
    """What is known of one referral. ``due`` and ``remind_at`` belong to the present stage.

    ``told`` counts how often the provider told that care did not begin yet; ``allocation`` is the number of the present
    allocation, 0 before the first; ``round`` names the offer to several providers that came after it, if one did.
    """

    referral_id: str
    stage: Stage = Stage.DECIDING
    due: datetime | None = None
    remind_at: datetime | None = None
    start_due: datetime | None = None
    remind_start_at: datetime | None = None
    report_due: datetime | None = None
    remind_report_at: datetime | None = None
    told: int = 0
    allocation: int = 0
    round: str = ""
    ending: str = ""
    progress: Progress = field(default_factory=Progress)


@workflow.defn
class ReferralJourney(BusinessWorkflow):
    """One referral, ``referral/<id>``; after a start was taken back ``referral/<id>/<watch>``.

    Ends with ``started``, ``refused`` or ``withdrawn``.
    """

    @workflow.init
    def __init__(self, journey: Journey, opening: Fact | None = None) -> None:
        super().__init__(journey.progress)
        self.journey = journey
        if opening is not None:
            self.fact(opening)

    @workflow.run
    async def run(self, journey: Journey, opening: Fact | None = None) -> str:
        """``opening`` is the event that began the journey; ``None`` when the workflow continues as new."""
        while self.journey.stage is not Stage.DONE:
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(args=[self.journey, None])
            changes = self.changes
            await self._keep_promise()
            await self.changed_since(changes)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.journey.ending

    @workflow.query
    def stage(self) -> str:
        """Whose turn it is now."""
        return self.journey.stage

    async def _keep_promise(self) -> None:
        """See one stage through its reminder and its term. Returns when a fact came, or when nothing is left to do."""
        journey, changes = self.journey, self.changes

        def moved_on() -> bool:
            return self.changes != changes

        if journey.stage is Stage.PLACING:
            await self.act("offer_to_next_provider", journey.referral_id, f"{journey.allocation}{journey.round}")
            return
        if journey.stage is Stage.CLAIMING:
            if journey.due is not None and await self.until(journey.due, moved_on):
                await self.act("lapse_offers", journey.referral_id, f"{journey.allocation}{journey.round}")
            return
        if journey.stage is Stage.STARTING and not await self._report_in_time(moved_on):
            return
        promise = {Stage.DECIDING: "decide", Stage.ANSWERING: "accept", Stage.STARTING: "start"}[journey.stage]
        if journey.remind_at is not None:
            if not await self.until(journey.remind_at, moved_on):
                return
            await self.act("remind", journey.referral_id, f"{promise}-{journey.allocation}", promise=promise)
        if journey.due is None or not await self.until(journey.due, moved_on):
            return
        if journey.stage is Stage.ANSWERING:
            await self.act("register_no_answer", journey.referral_id, journey.allocation)
        else:
            ordinal = f"{promise}-{journey.allocation}"
            if journey.stage is Stage.DECIDING:
                ordinal += journey.round
            await self.act("escalate", journey.referral_id, ordinal, promise=promise)

    async def _report_in_time(self, moved_on: Callable[[], bool]) -> bool:
        """See the report of a start through its term (OP271), as far as that ends before the waiting norm.

        Gives ``False`` when a fact came.
        """
        journey = self.journey
        due, remind_at = journey.report_due, journey.remind_report_at
        if due is None or remind_at is None:
            return True
        ordinal = f"report-{journey.allocation}" + (f"-{journey.told}" if journey.told else "")
        if not await self.until(remind_at, moved_on):
            return False
        await self.act("remind", journey.referral_id, ordinal, promise="report")
        if not await self.until(due, moved_on):
            return False
        await self.act("escalate", journey.referral_id, ordinal, promise="report")
        return True

    def apply(self, fact: Fact) -> None:
        """Move to the stage that the fact brings."""
        journey, data = self.journey, fact.data
        if fact.type == REQUESTED:
            journey.stage, journey.due, journey.remind_at = Stage.DECIDING, parse_instant(data["decisionDue"]), None
        elif fact.type == INVESTIGATED:
            # The term of the investigation is a promise of its own, also when the first one was missed.
            journey.stage, journey.due, journey.remind_at = Stage.DECIDING, parse_instant(data["decisionDue"]), None
            journey.round = "-investigated"
            if data.get("residence"):
                # Two weeks are the law's: the team is reminded before they end.
                journey.remind_at = parse_instant_or_none(data.get("remindAt"))
        elif fact.type == OFFERED:
            journey.stage, journey.due, journey.remind_at = Stage.CLAIMING, parse_instant(data["claimDue"]), None
            journey.round = f"-{journey.due:%Y%m%d%H%M%S}"
        elif fact.type == OFFER_ENDED:
            if data["outcome"] == "declined" and not data["left"]:
                journey.stage, journey.due, journey.remind_at = Stage.PLACING, None, None
        elif fact.type == GRANTED:
            journey.stage = Stage.ANSWERING
            journey.allocation, journey.round = data["allocationNumber"], ""
            journey.due = parse_instant(data["acceptDue"])
            journey.remind_at = parse_instant_or_none(data.get("remindAcceptAt"))
            journey.start_due = parse_instant(data["startDue"])
            journey.remind_start_at = parse_instant_or_none(data.get("remindStartAt"))
            journey.report_due = parse_instant_or_none(data.get("reportDue"))
            journey.remind_report_at = parse_instant_or_none(data.get("remindReportAt"))
        elif fact.type == IMPORTED:
            journey.stage = Stage.STARTING
            journey.allocation = data["allocationNumber"]
            journey.due = parse_instant(data["startDue"])
            journey.remind_at = parse_instant_or_none(data.get("remindStartAt"))
            journey.report_due = parse_instant_or_none(data.get("reportDue"))
            journey.remind_report_at = parse_instant_or_none(data.get("remindReportAt"))
        elif fact.type == CORRECTED:
            # The start that was reported is taken back: this workflow watches over it anew.
            journey.stage = Stage.STARTING
            journey.due = parse_instant(data["startDue"])
            journey.remind_at = parse_instant_or_none(data.get("remindStartAt"))
            journey.report_due = parse_instant_or_none(data.get("reportDue"))
            journey.remind_report_at = parse_instant_or_none(data.get("remindReportAt"))
        elif fact.type == EXPECTED:
            journey.told += 1
            journey.report_due = parse_instant_or_none(data.get("reportDue"))
            journey.remind_report_at = parse_instant_or_none(data.get("remindReportAt"))
        elif fact.type == ACCEPTED:
            journey.stage, journey.due, journey.remind_at = Stage.STARTING, journey.start_due, journey.remind_start_at
        elif fact.type == DECLINED:
            journey.stage, journey.due, journey.remind_at = Stage.PLACING, None, None
        elif fact.type in {STARTED, REFUSED, WITHDRAWN}:
            journey.stage = Stage.DONE
            journey.ending = fact.type.split(".")[3]
