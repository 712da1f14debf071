"""Does the loop hold? Every link, from the council's frame to the figure before the council, with its evidence.

A link is an event in the log of the service that owns it; where a workflow carries the promise, that workflow must be
there as well. What is missing is named, and the demonstration fails.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from temporalio.client import Client
from temporalio.service import RPCError

from contracts.event import Event
from contracts.events import OWNER
from contracts.events.commissioning import (
    AgreementConcluded,
    AgreementSigned,
    ApplicationAssessed,
    ApplicationSubmitted,
    CapacityStated,
    CommissionAdvanced,
    CommissionPublished,
    ScenarioPublished,
    SpendingWarned,
)
from contracts.events.council import FrameAdopted, LetterSent, MomentScheduled, QuestionAsked
from contracts.events.declarations import AmountSpent, DeclarationAnswered
from contracts.events.exchange import MessageReceived, MessageWritten
from contracts.events.monitoring import (
    FiguresPublished,
    OutcomeReported,
    RoundClosed,
    RoundOpened,
    RoundPlanned,
    RoundReminded,
)
from contracts.events.referral import (
    AllocationAccepted,
    AllocationDeclined,
    AllocationGranted,
    AllocationRequested,
    CareStarted,
    CareStopped,
    ReferralEscalated,
    ReferralReminded,
    TrajectoryImported,
)


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the loop: what happened in words, the event that proves it, and the workflow that carries it."""

    step: str
    event: type[Event]
    workflow: str | None = None


LINKS: tuple[Link, ...] = (
    Link("De raad stelt een kader", FrameAdopted),
    Link("De raad is aan zet", MomentScheduled),
    Link("De regio vertelt het verhaal", ScenarioPublished),
    Link("De gezamenlijke opdracht gaat open", CommissionPublished, "commission"),
    Link("Een aanbieder schrijft zich in", ApplicationSubmitted),
    Link("De opdracht gaat door haar momenten", CommissionAdvanced, "commission"),
    Link("De inschrijving is beoordeeld", ApplicationAssessed),
    Link("Beide kanten tekenen", AgreementSigned),
    Link("De overeenkomst geldt", AgreementConcluded),
    Link("Er is plek", CapacityStated),
    Link("Lopend werk komt mee", TrajectoryImported),
    Link("Een hulpvraag komt binnen", AllocationRequested, "referral"),
    Link("Een bericht is ontvangen (315, 305, 307)", MessageReceived),
    Link("De gemeente wijst toe", AllocationGranted, "referral"),
    Link("Het 301-bericht is geschreven", MessageWritten),
    Link("70 % van de budgetruimte is toegezegd", SpendingWarned),
    Link("De aanbieder neemt aan", AllocationAccepted, "referral"),
    Link("Een aanbieder zegt nee; de volgende is gevraagd", AllocationDeclined, "referral"),
    Link("Wie een belofte heeft, is herinnerd", ReferralReminded, "referral"),
    Link("Een gemiste termijn ligt bij de toegang", ReferralEscalated, "referral"),
    Link("De hulp begint (305)", CareStarted, "referral"),
    Link("De hulp eindigt (307)", CareStopped),
    Link("De declaratie is beantwoord (323, 325)", DeclarationAnswered),
    Link("Tot op de cent is bekend wat is besteed", AmountSpent),
    Link("De uitvraagronde gaat open", RoundOpened, "round"),
    Link("De volgende ronde gaat vanzelf open", RoundPlanned, "calendar"),
    Link("Wie nog niet aanleverde, is herinnerd", RoundReminded, "round"),
    Link("Aanbieders leveren uitkomsten", OutcomeReported),
    Link("De ronde sluit", RoundClosed, "round"),
    Link("De cijfers zijn vrijgegeven", FiguresPublished, "round"),
    Link("De raad krijgt een brief", LetterSent),
    Link("De raad stelt een vraag", QuestionAsked),
)
"""The loop, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a link. ``missing`` says what was not, empty when the link holds."""

    link: Link
    events: int
    first_at: datetime | None
    workflows: int
    missing: str = ""

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "step": self.link.step,
            "event": self.link.event.type,
            "events": self.events,
            "firstAt": self.first_at.isoformat() if self.first_at else None,
            "workflow": self.link.workflow,
            "workflows": self.workflows,
            "missing": self.missing or None,
        }


async def examine(connection: "asyncpg.Connection[asyncpg.Record]", temporal: Client) -> list[Evidence]:
    """Look for the evidence of every link."""
    started = {
        row["prefix"]: row["count"]
        for row in await connection.fetch(
            "select split_part(workflow_id, '/', 1) as prefix, count(*) from workflows.workflow_started group by 1"
        )
    }
    alive = {prefix: await _one_is_in_temporal(connection, temporal, prefix) for prefix in started}
    found = []
    for link in LINKS:
        row = await connection.fetchrow(
            f"select count(*) as events, min(time) as first_at from {OWNER[link.event.type]}.event_log"  # noqa: S608
            " where type = $1",
            link.event.type,
        )
        events, first_at = (row["events"], row["first_at"]) if row else (0, None)
        workflows = started.get(link.workflow, 0) if link.workflow else 0
        missing = ""
        if not events:
            missing = f"no {link.event.type} in the log of {OWNER[link.event.type]}"
        elif link.workflow and not (workflows and alive[link.workflow]):
            missing = f"no workflow {link.workflow}/… in Temporal"
        found.append(Evidence(link, events, first_at, workflows, missing))
    return found


async def _one_is_in_temporal(connection: "asyncpg.Connection[asyncpg.Record]", temporal: Client, prefix: str) -> bool:
    """Whether Temporal really has the latest workflow that the conductor says it started."""
    workflow_id = await connection.fetchval(
        "select workflow_id from workflows.workflow_started where workflow_id like $1 || '/%'"
        " order by started_at desc limit 1",
        prefix,
    )
    try:
        await temporal.get_workflow_handle(workflow_id).describe()
    except RPCError:
        return False
    return True


async def unhealthy_workflows(temporal: Client) -> list[str]:
    """The ids of workflows that failed, timed out or were terminated: there must be none."""
    query = "ExecutionStatus = 'Failed' or ExecutionStatus = 'TimedOut' or ExecutionStatus = 'Terminated'"
    return [execution.id async for execution in temporal.list_workflows(query)]
