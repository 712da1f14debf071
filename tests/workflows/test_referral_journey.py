"""Every timer of the referral journey, with the clock skipped; each history is replayed at every task."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle

from tests.workflows.conftest import Facts, Recorder, keys, working
from workflows.business import Fact, Progress
from workflows.referral import workflow as journeys

ID = "5f0c7c1e-0000-4000-8000-000000000001"


@dataclass
class Running:
    handle: WorkflowHandle[Any, Any]
    facts: Facts
    recorder: Recorder
    began: datetime
    environment: Any

    async def pass_time(self, **amount: float) -> None:
        await self.environment.sleep(timedelta(**amount))


def at(began: datetime, **amount: float) -> str:
    return (began + timedelta(**amount)).isoformat()


@asynccontextmanager
async def journey(
    environment: Any, opening: str, offset: timedelta = timedelta(), **due: timedelta
) -> AsyncIterator[Running]:
    queue = f"journey-{uuid.uuid4().hex[:8]}"
    recorder = Recorder()
    began = await environment.get_current_time()
    data: dict[str, Any] = {name: (began + offset + after).isoformat() for name, after in due.items()}
    fact = Fact("referral", ID, 1, opening, {"referralId": ID, "allocationNumber": 7} | data)
    async with working(environment.client, recorder, queue):
        handle = await environment.client.start_workflow(
            journeys.ReferralJourney.run,
            args=[journeys.Journey(ID, progress=Progress(offset.total_seconds())), fact],
            id=f"referral/{uuid.uuid4()}",
            task_queue=queue,
        )
        try:
            yield Running(handle, Facts(handle, "referral", ID), recorder, began + offset, environment)
        finally:
            description = await handle.describe()
            if description.close_time is None:
                await handle.terminate()


def granted(running: Running, number: int = 7) -> dict[str, Any]:
    return {
        "allocationNumber": number,
        "acceptDue": at(running.began, days=12),
        "remindAcceptAt": at(running.began, days=10),
        "startDue": at(running.began, days=49),
        "remindStartAt": at(running.began, days=47),
    }


async def test_a_decision_that_stays_away_is_escalated_at_its_term(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        await running.pass_time(days=6, hours=23)
        assert running.recorder.names == []
        await running.pass_time(hours=2)
        assert running.recorder.names == ["escalate"]
        assert running.recorder.steps[0][1].detail == {"promise": "decide"}
        assert running.recorder.moment("escalate") >= running.began + timedelta(days=7)


async def test_a_journey_that_goes_well_asks_nothing_and_ends_when_care_starts(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        await running.facts.send(journeys.GRANTED, **granted(running))
        await running.facts.send(journeys.ACCEPTED)
        await running.facts.send(journeys.STARTED)
        assert await running.handle.result() == "started"
        assert running.recorder.names == []


async def test_a_silent_provider_is_reminded_then_counted_as_no_answer(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        await running.facts.send(journeys.GRANTED, **granted(running))
        await running.pass_time(days=13)
        assert running.recorder.names == ["remind", "register_no_answer"]
        assert running.recorder.moment("remind") >= running.began + timedelta(days=10)
        assert running.recorder.moment("register_no_answer") >= running.began + timedelta(days=12)
        assert keys(running.recorder.steps)[1] == f"{running.handle.id}/register_no_answer/7"


async def test_a_declined_allocation_is_offered_to_the_next_provider(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        await running.facts.send(journeys.GRANTED, **granted(running))
        await running.facts.send(journeys.DECLINED)
        await running.pass_time(hours=1)
        assert running.recorder.names == ["offer_to_next_provider"]
        await running.facts.send(journeys.GRANTED, **granted(running, number=8))
        await running.facts.send(journeys.DECLINED)
        await running.pass_time(hours=1)
        assert running.recorder.names == ["offer_to_next_provider"] * 2
        assert keys(running.recorder.steps) == [
            f"{running.handle.id}/offer_to_next_provider/7",
            f"{running.handle.id}/offer_to_next_provider/8",
        ]


async def test_a_start_that_stays_away_is_reminded_and_escalated(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        await running.facts.send(journeys.GRANTED, **granted(running))
        await running.facts.send(journeys.ACCEPTED)
        await running.pass_time(days=50)
        assert running.recorder.names == ["remind", "escalate"]
        assert [step.detail["promise"] for _, step, _ in running.recorder.steps] == ["start", "start"]
        await running.facts.send(journeys.STARTED)
        assert await running.handle.result() == "started"


async def test_an_imported_allocation_waits_only_for_its_start(time_skipping):
    async with journey(time_skipping, journeys.IMPORTED, startDue=timedelta(days=20)) as running:
        await running.pass_time(days=21)
        assert running.recorder.names == ["escalate"]


@pytest.mark.parametrize("ending", [journeys.REFUSED, journeys.WITHDRAWN])
async def test_a_journey_ends_when_it_is_refused_or_taken_back(time_skipping, ending):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        await running.facts.send(ending)
        assert await running.handle.result() == ending.split(".")[3]


async def test_an_event_that_comes_twice_changes_nothing(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        await running.facts.send(journeys.GRANTED, **granted(running))
        await running.facts.send(journeys.ACCEPTED)
        await running.facts.send(journeys.DECLINED, sequence=2)
        assert await running.handle.query("stage") == "starting"
        assert await running.handle.query("facts_seen") == {f"referral/{ID}": 3}


async def test_a_moved_clock_makes_a_due_promise_act_at_once(time_skipping):
    """A journey that begins in another year than the machine's, and then jumps a week."""
    async with journey(
        time_skipping, journeys.REQUESTED, offset=timedelta(days=-100), decisionDue=timedelta(days=7)
    ) as running:
        await running.pass_time(hours=1)
        assert running.recorder.names == []
        await running.handle.execute_update("clock_moved", timedelta(days=-93).total_seconds())
        await running.pass_time(hours=1)
        assert running.recorder.names == ["escalate"]


async def offered_to_two(running: Running, **claim_due: float) -> None:
    for _ in range(2):
        await running.facts.send(journeys.OFFERED, claimDue=at(running.began, **claim_due))


async def test_an_offer_to_several_that_nobody_claims_lapses_at_its_term(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        await offered_to_two(running, days=4)
        await running.pass_time(days=3, hours=23)
        assert running.recorder.names == []
        await running.pass_time(hours=2)
        assert running.recorder.names == ["lapse_offers"]
        assert running.recorder.moment("lapse_offers") >= running.began + timedelta(days=4)
        await running.pass_time(days=10)
        assert running.recorder.names == ["lapse_offers"]
        await running.facts.send(journeys.WITHDRAWN)
        assert await running.handle.result() == "withdrawn"


async def test_a_claimed_offer_waits_for_the_start_only(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        await offered_to_two(running, days=4)
        await running.facts.send(journeys.OFFER_ENDED, outcome="gone", left=0)
        await running.facts.send(journeys.GRANTED, **granted(running))
        await running.facts.send(journeys.ACCEPTED)
        await running.pass_time(days=13)
        assert running.recorder.names == []
        await running.facts.send(journeys.STARTED)
        assert await running.handle.result() == "started"


async def test_when_all_decline_an_open_offer_the_next_is_asked_once_per_round(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        for round_ in (1, 2):
            await offered_to_two(running, days=4 * round_)
            await running.facts.send(journeys.OFFER_ENDED, outcome="declined", left=1)
            await running.pass_time(hours=1)
            assert running.recorder.names == ["offer_to_next_provider"] * (round_ - 1)
            await running.facts.send(journeys.OFFER_ENDED, outcome="declined", left=0)
            await running.pass_time(hours=1)
            assert running.recorder.names == ["offer_to_next_provider"] * round_
        assert len(set(keys(running.recorder.steps))) == 2


async def test_an_investigation_of_the_residence_is_reminded_and_escalated(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        due = {"decisionDue": at(running.began, days=14), "remindAt": at(running.began, days=12)}
        await running.facts.send(journeys.INVESTIGATED, residence=True, **due)
        await running.pass_time(days=11, hours=23)
        assert running.recorder.names == []
        await running.pass_time(days=3)
        assert running.recorder.names == ["remind", "escalate"]
        assert running.recorder.moment("remind") >= running.began + timedelta(days=12)
        assert running.recorder.moment("escalate") >= running.began + timedelta(days=14)
        await running.facts.send(journeys.REFUSED)
        assert await running.handle.result() == "refused"


async def test_a_start_that_is_not_reported_is_reminded_of_and_followed_up_before_the_waiting_norm(time_skipping):
    async with journey(time_skipping, journeys.REQUESTED, decisionDue=timedelta(days=7)) as running:
        term = {"remindReportAt": at(running.began, days=20), "reportDue": at(running.began, days=22)}
        await running.facts.send(journeys.GRANTED, **granted(running), **term)
        await running.facts.send(journeys.ACCEPTED)
        await running.pass_time(days=50)
        steps = [(name, step.detail["promise"], step.key.rsplit("/", 1)[1]) for name, step, _ in running.recorder.steps]
        assert steps == [
            ("remind", "report", "report-7"),
            ("escalate", "report", "report-7"),
            ("remind", "start", "start-7"),
            ("escalate", "start", "start-7"),
        ]
        moments = [moment - running.began for _, _, moment in running.recorder.steps]
        assert all(moment >= timedelta(days=days) for moment, days in zip(moments, (20, 22, 47, 49), strict=True))


async def test_a_start_that_is_reported_in_time_is_not_asked_after(time_skipping):
    async with journey(
        time_skipping,
        journeys.IMPORTED,
        startDue=timedelta(days=30),
        remindReportAt=timedelta(days=4),
        reportDue=timedelta(days=6),
    ) as running:
        await running.pass_time(days=5)
        await running.facts.send(journeys.STARTED)
        assert await running.handle.result() == "started"
        assert [step.detail for _, step, _ in running.recorder.steps] == [{"promise": "report"}]


async def test_care_that_did_not_begin_yet_is_asked_after_from_the_day_that_is_expected(time_skipping):
    async with journey(
        time_skipping,
        journeys.IMPORTED,
        startDue=timedelta(days=60),
        remindReportAt=timedelta(days=4),
        reportDue=timedelta(days=6),
    ) as running:
        await running.pass_time(days=7)
        assert running.recorder.names == ["remind", "escalate"]
        later = {"remindReportAt": at(running.began, days=20), "reportDue": at(running.began, days=22)}
        await running.facts.send(journeys.EXPECTED, **later)
        await running.pass_time(days=12)
        assert running.recorder.names == ["remind", "escalate"]
        await running.pass_time(days=4)
        assert running.recorder.names == ["remind", "escalate"] * 2
        assert len(set(keys(running.recorder.steps))) == 4
        await running.facts.send(journeys.STARTED)
        assert await running.handle.result() == "started"


async def test_a_start_that_was_taken_back_is_watched_anew(time_skipping):
    async with journey(
        time_skipping,
        journeys.CORRECTED,
        startDue=timedelta(days=30),
        remindStartAt=timedelta(days=28),
        remindReportAt=timedelta(days=4),
        reportDue=timedelta(days=6),
    ) as running:
        await running.pass_time(days=31)
        promises = [(name, step.detail["promise"]) for name, step, _ in running.recorder.steps]
        assert promises == [(name, of) for of in ("report", "start") for name in ("remind", "escalate")]
        await running.facts.send(journeys.STARTED)
        assert await running.handle.result() == "started"
