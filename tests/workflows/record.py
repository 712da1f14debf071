"""``python -m tests.workflows.record``: records the histories that ``test_replay.py`` replays.

A workflow that runs today goes on under tomorrow's code, from its history. The histories in git stand for those that
run somewhere: record a new one beside the old ones when a workflow gains a way to go; record an old one again only
after every workflow that began under it has ended. Everything in them is invented, and not encrypted, to be readable.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from tests.workflows.conftest import Facts, Recorder, working
from workflows.business import Fact
from workflows.care import workflow as care
from workflows.commissioning import workflow as procedures
from workflows.ends import workflow as ends
from workflows.exchange import workflow as batches
from workflows.receipts import workflow as receipts
from workflows.referral import workflow as journeys
from workflows.reporting import calendar
from workflows.reporting import workflow as rounds
from workflows.requests import workflow as requests

DIRECTORY = Path(__file__).parent / "histories"
ID = "5f0c7c1e-0000-4000-8000-000000000003"
DAY = timedelta(days=1)
PROVIDERS = ["73730001", "73730002"]


@dataclass
class Run:
    """One workflow under way, and what a story may do with it."""

    environment: WorkflowEnvironment
    handle: WorkflowHandle[Any, Any]
    facts: Facts
    began: datetime

    async def send(self, type_: str, **data: Any) -> None:
        await self.facts.send(type_, **data)

    async def wait(self, days: float) -> None:
        await self.environment.sleep(timedelta(days=days))

    async def grant(self, number: int) -> None:
        """An allocation with its terms from now on."""
        now = await self.environment.get_current_time()
        due = {"remindAcceptAt": 2, "acceptDue": 5, "remindStartAt": 40, "startDue": 42}
        instants = {name: (now + days * DAY).isoformat() for name, days in due.items()}
        await self.send(journeys.GRANTED, allocationNumber=number, **instants)


Story = Callable[[Run], Awaitable[None]]


@dataclass(frozen=True)
class Beginning:
    """How a kind of workflow begins: its ``run``, the state it gets, and the opening event with its due instants."""

    run: Any
    state: Callable[[], Any]
    source: str
    opening: str
    data: Mapping[str, Any]
    due: Mapping[str, int]


REQUEST = Beginning(
    journeys.ReferralJourney.run, lambda: journeys.Journey(ID), "referral", journeys.REQUESTED, {}, {"decisionDue": 7}
)
IMPORT = Beginning(
    journeys.ReferralJourney.run,
    lambda: journeys.Journey(ID),
    "referral",
    journeys.IMPORTED,
    {"allocationNumber": 3},
    {"startDue": 20},
)
COMMISSION = Beginning(
    procedures.CommissioningProcedure.run,
    lambda: procedures.Procedure(ID),
    "commissioning",
    procedures.PUBLISHED,
    {},
    {"questionsDue": 10, "applicationsDue": 30, "assessmentDue": 44},
)
CALENDAR = Beginning(
    calendar.RoundCalendar.run,
    lambda: calendar.Calendar("rijk-van-nijmegen"),
    "monitoring",
    calendar.PLANNED,
    {"month": "2026-08"},
    {"opensAt": 5},
)
WHOLE_REQUEST = Beginning(
    requests.RequestDecision.run,
    lambda: requests.Request(ID),
    "referral",
    requests.RECEIVED,
    {},
    {"remindAt": 3, "decisionDue": 7},
)
REPORTED = Beginning(
    journeys.ReferralJourney.run,
    lambda: journeys.Journey(ID),
    "referral",
    journeys.IMPORTED,
    {"allocationNumber": 3},
    {"remindReportAt": 4, "reportDue": 6, "startDue": 20},
)
IMPORTED_CARE = Beginning(
    care.EndOfCare.run, lambda: care.Care(ID), "referral", care.IMPORTED, {}, {"remindStopAt": 30, "stopDue": 37}
)
CARE = Beginning(
    care.EndOfCare.run, lambda: care.Care(ID), "referral", care.STARTED, {}, {"remindStopAt": 30, "stopDue": 37}
)
ENDS = Beginning(ends.LaterEnds.run, lambda: ends.Ends(ID), "referral", ends.PLANNED, {}, {"nextAt": 30})
MESSAGE = Beginning(
    receipts.MessageReceipt.run, lambda: receipts.Receipt(ID), "referral", receipts.WRITTEN, {}, {"receiptDue": 3}
)
BATCH = Beginning(
    batches.MessageBatch.run,
    lambda: batches.Batch(ID),
    "referral",
    "nl.samenspel.message-batches.submitted.v1",
    {"items": 1200},
    {},
)
ROUND = Beginning(
    rounds.ReportingRound.run,
    lambda: rounds.Round(ID),
    "monitoring",
    rounds.OPENED,
    {"providers": PROVIDERS},
    {"remindAt": 5, "closesAt": 10, "publishAt": 14},
)


async def _started_in_time(run: Run) -> None:
    await run.grant(1)
    await run.send(journeys.ACCEPTED)
    await run.send(journeys.STARTED)


async def _started_after_reminders_and_an_escalation(run: Run) -> None:
    await run.wait(8)
    await run.grant(1)
    await run.wait(3)
    await run.send(journeys.ACCEPTED)
    await run.wait(41)
    await run.send(journeys.STARTED)


async def _started_with_the_third_provider(run: Run) -> None:
    await run.grant(1)
    await run.send(journeys.DECLINED)
    await run.wait(0.1)
    await run.grant(2)
    await run.wait(6)
    await run.send(journeys.DECLINED)
    await run.wait(0.1)
    await run.grant(3)
    await run.send(journeys.ACCEPTED)
    await run.send(journeys.STARTED)


async def _started_after_open_offers(run: Run) -> None:
    """Offered to two: nobody claims. Offered again: one says no, both say no. Offered once more, and claimed."""
    for wait, outcomes in ((3, ()), (0.1, ("declined", "declined")), (0.1, ("gone",))):
        due = (await run.environment.get_current_time() + 2 * DAY).isoformat()
        for _ in range(2):
            await run.send(journeys.OFFERED, claimDue=due)
        left = 1
        for outcome in outcomes:
            await run.send(journeys.OFFER_ENDED, outcome=outcome, left=left)
            left = 0
        await run.wait(wait)
    await run.grant(1)
    await run.send(journeys.ACCEPTED)
    await run.send(journeys.STARTED)


async def _refused(run: Run) -> None:
    await run.send(journeys.REFUSED)


async def _refused_after_an_investigation_of_the_residence(run: Run) -> None:
    now = await run.environment.get_current_time()
    due = {"decisionDue": (now + 14 * DAY).isoformat(), "remindAt": (now + 12 * DAY).isoformat()}
    await run.send(journeys.INVESTIGATED, residence=True, **due)
    await run.wait(15)
    await run.send(journeys.REFUSED)


async def _withdrawn_when_no_provider_was_left(run: Run) -> None:
    await run.grant(1)
    await run.send(journeys.DECLINED)
    await run.wait(1)
    await run.send(journeys.WITHDRAWN)


async def _started_late_after_an_import(run: Run) -> None:
    await run.wait(21)
    await run.send(journeys.STARTED)


async def _started_after_the_clock_was_moved(run: Run) -> None:
    await run.handle.execute_update("clock_moved", (8 * DAY).total_seconds())
    await run.wait(0.1)
    await run.grant(1)
    await run.send(journeys.ACCEPTED)
    await run.send(journeys.STARTED)


async def _final(run: Run) -> None:
    await run.wait(11)
    await run.send(procedures.ADVANCED, stage="answered")
    await run.wait(20)
    await run.send(procedures.ADVANCED, stage="closed")
    await run.wait(15)
    await run.send(procedures.ADVANCED, stage="standstill", until=(run.began + 70 * DAY).isoformat())
    await run.wait(30)
    await run.send(procedures.ADVANCED, stage="final")


async def _withdrawn(run: Run) -> None:
    await run.wait(11)
    await run.send(procedures.ADVANCED, stage="withdrawn")


async def _published_after_a_reminder(run: Run) -> None:
    await run.send(rounds.REPORTED, provider=PROVIDERS[0])
    await run.wait(11)
    await run.send(rounds.CLOSED)


async def _published_when_all_had_reported(run: Run) -> None:
    for provider in PROVIDERS:
        await run.send(rounds.REPORTED, provider=provider)
    await run.wait(0.1)
    await run.send(rounds.CLOSED)


async def _opened_twice_and_once_by_hand(run: Run) -> None:
    await run.wait(6)
    await run.send(calendar.PLANNED, month="2026-09", opensAt=(run.began + 40 * DAY).isoformat())
    await run.wait(20)
    await run.send(calendar.PLANNED, month="2026-10", opensAt=(run.began + 60 * DAY).isoformat())
    await run.wait(40)
    await run.send(calendar.PLANNED, month="2026-11", opensAt=(run.began + 90 * DAY).isoformat())
    await run.wait(1)


async def _granted_after_an_investigation(run: Run) -> None:
    await run.wait(4)
    term = {"remindAt": (run.began + 54 * DAY).isoformat(), "decisionDue": (run.began + 56 * DAY).isoformat()}
    await run.send(requests.ANSWERED, answer="under_investigation", **term)
    await run.wait(55)
    await run.send(requests.ANSWERED, answer="granted")


async def _rejected_late(run: Run) -> None:
    await run.wait(8)
    await run.send(requests.ANSWERED, answer="rejected")


async def _promised_in_two_looks(run: Run) -> None:
    await run.wait(31)
    await run.send(ends.PLANNED, nextAt=(run.began + 60 * DAY).isoformat())
    await run.wait(30)
    await run.send(ends.PLANNED, nextAt=None)


async def _received(_: Run) -> None:
    """Nothing is told to a batch: its steps say what waits."""


async def _told_late_after_a_change(run: Run) -> None:
    await run.wait(31)
    later = {"remindStopAt": (run.began + 60 * DAY).isoformat(), "stopDue": (run.began + 67 * DAY).isoformat()}
    await run.send(care.CHANGED, removed=False, **later)
    await run.wait(40)
    await run.send(care.STOPPED, reason="temporary")
    await run.send(care.STOPPED, reason="as_planned")


async def _told_after_its_end_was_corrected(run: Run) -> None:
    await run.wait(31)
    later = {"remindStopAt": (run.began + 50 * DAY).isoformat(), "stopDue": (run.began + 57 * DAY).isoformat()}
    await run.send(care.CORRECTED, startedOn="2026-08-01", stoppedOn=None, reason=None, **later)
    await run.wait(30)
    await run.send(care.STOPPED, reason="as_planned")


async def _confirmed(run: Run) -> None:
    await run.wait(1)
    await run.send(receipts.RECEIVED)


async def _never_confirmed(run: Run) -> None:
    await run.wait(4)


STORIES: Mapping[str, tuple[Beginning, Story, str]] = {
    "journey-started-in-time": (REQUEST, _started_in_time, "started"),
    "journey-started-after-reminders": (REQUEST, _started_after_reminders_and_an_escalation, "started"),
    "journey-started-with-the-third-provider": (REQUEST, _started_with_the_third_provider, "started"),
    "journey-started-after-open-offers": (REQUEST, _started_after_open_offers, "started"),
    "journey-refused": (REQUEST, _refused, "refused"),
    "journey-refused-for-residence": (REQUEST, _refused_after_an_investigation_of_the_residence, "refused"),
    "journey-withdrawn-without-a-provider": (REQUEST, _withdrawn_when_no_provider_was_left, "withdrawn"),
    "journey-imported-started-late": (IMPORT, _started_late_after_an_import, "started"),
    "journey-started-after-a-clock-move": (REQUEST, _started_after_the_clock_was_moved, "started"),
    "request-granted-after-an-investigation": (WHOLE_REQUEST, _granted_after_an_investigation, "granted"),
    "batch-received": (BATCH, _received, "finished"),
    "request-rejected-late": (WHOLE_REQUEST, _rejected_late, "rejected"),
    "care-told-late-after-a-change": (CARE, _told_late_after_a_change, "ended"),
    "journey-started-after-a-late-report": (REPORTED, _started_late_after_an_import, "started"),
    "care-imported-and-corrected": (IMPORTED_CARE, _told_after_its_end_was_corrected, "ended"),
    "ends-promised-in-two-looks": (ENDS, _promised_in_two_looks, "promised"),
    "message-confirmed": (MESSAGE, _confirmed, "confirmed"),
    "message-never-confirmed": (MESSAGE, _never_confirmed, "missed"),
    "commission-final": (COMMISSION, _final, "final"),
    "commission-withdrawn": (COMMISSION, _withdrawn, "withdrawn"),
    "round-published-after-a-reminder": (ROUND, _published_after_a_reminder, "published"),
    "round-published-when-all-reported": (ROUND, _published_when_all_had_reported, "published"),
    "calendar-opened-month-after-month": (CALENDAR, _opened_twice_and_once_by_hand, "running"),
}
"""Each history: how it begins, what happens, and how it ends; ``running`` has no end."""


async def record(environment: WorkflowEnvironment, name: str) -> dict[str, Any]:
    """Play one story on a real server; gives its history as Temporal writes it in JSON."""
    beginning, story, ending = STORIES[name]
    began = await environment.get_current_time()
    instants = {each: (began + days * DAY).isoformat() for each, days in beginning.due.items()}
    opening = Fact(beginning.source, ID, 1, beginning.opening, {**beginning.data, **instants})
    queue = f"record-{name}"
    async with working(environment.client, Recorder(), queue):
        handle = await environment.client.start_workflow(
            beginning.run, args=[beginning.state(), opening], id=name, task_queue=queue
        )
        await story(Run(environment, handle, Facts(handle, beginning.source, ID), began))
        if ending == "running":
            history: dict[str, Any] = (await handle.fetch_history()).to_json_dict()
            await handle.terminate()
            return _without_machine(history)
        result = await handle.result()
        if result != ending:
            raise RuntimeError(f"{name} ended with {result} instead of {ending}")
        history = (await handle.fetch_history()).to_json_dict()
    return _without_machine(history)


def _without_machine(part: Any) -> Any:
    """The history without the name of the machine that recorded it."""
    if isinstance(part, dict):
        return {name: "recorder" if name == "identity" else _without_machine(value) for name, value in part.items()}
    return [_without_machine(value) for value in part] if isinstance(part, list) else part


async def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in STORIES]
    if unknown:
        sys.stderr.write(f"There is no story {unknown[0]}; there are: {', '.join(STORIES)}.\n")
        return 2
    DIRECTORY.mkdir(exist_ok=True)
    wanted = names or [name for name in STORIES if not (DIRECTORY / f"{name}.json").exists()]
    server = str(Path(sys.executable).parent / "temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=server) as environment:
        for name in wanted:
            history = await record(environment, name)
            file = DIRECTORY / f"{name}.json"
            file.write_text(json.dumps(history, indent=1) + "\n", encoding="utf-8")
            sys.stdout.write(f"{file.name}: {len(history['events'])} events\n")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
