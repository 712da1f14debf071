"""Care that did not begin yet: the provider says so, and its start is asked after from the day that it expects."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.referral.istandaarden.codes import Submission
from tests.integration.referral.referral_world import ADMINISTRATOR, PLANNER, SYSTEM, WORKER, World
from tests.integration.referral.test_referral_messages import a_305
from tests.integration.referral.test_referral_starts import accepted


async def tell(world: World, referral_id: UUID, day: str, reason: str = "client_wishes") -> Any:
    body = {"expectedOn": day, "reason": reason}
    return await world.call(PLANNER, "POST", f"/referrals/{referral_id}/expected-starts", body)


async def test_an_answer_ends_the_question_and_asks_anew_after_the_expected_day(world: World) -> None:
    referral_id = await accepted(world)
    await world.move_clock_to(datetime(2026, 9, 9, 9, tzinfo=UTC))
    await world.post(SYSTEM, f"/referrals/{referral_id}/escalations", {"promise": "report"})
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["task"] == "follow_up_report"
    assert (await tell(world, referral_id, "2026-09-18")).status_code == 201

    seen = await world.get(WORKER, f"/referrals/{referral_id}")
    assert (seen["task"], seen["expectedOn"], seen["notBegun"]) == (None, "2026-09-18", "client_wishes")
    seen = await world.get(PLANNER, f"/referrals/{referral_id}")
    assert (seen["task"], seen["taskDue"]) == ("report_start", "2026-09-25T22:00:00Z")
    deadlines = await world.deadlines(referral_id)
    assert deadlines["report"] == datetime(2026, 9, 25, 22, tzinfo=UTC)
    [told] = [data for kind, data in await world.events(referral_id) if kind == "starts.expected"]
    assert (told["expectedOn"], told["reportDue"]) == ("2026-09-18", "2026-09-25T22:00:00Z")

    await world.move_clock_to(datetime(2026, 9, 26, 9, tzinfo=UTC))
    escalated = await world.post(SYSTEM, f"/referrals/{referral_id}/escalations", {"promise": "report"})
    assert escalated["changed"]
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["task"] == "follow_up_report"


async def test_beyond_the_waiting_norm_that_norm_is_what_is_left(world: World) -> None:
    referral_id = await accepted(world)
    assert (await tell(world, referral_id, "2026-11-02", "no_staff")).status_code == 201
    assert set(await world.deadlines(referral_id)) == {"remind_start", "start"}


async def test_a_day_in_the_past_or_after_the_allocation_is_refused(world: World) -> None:
    referral_id = await accepted(world)
    for day, code in (("2026-08-31", "in-past"), ("2027-03-01", "after-allocation")):
        answer = await tell(world, referral_id, day)
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["pointer"], error["code"]) == (400, "/expectedOn", code)


async def test_nobody_waits_for_a_start_before_the_answer_or_after_the_start(world: World) -> None:
    referral_id = await world.granted()
    assert (await tell(world, referral_id, "2026-09-10")).status_code == 409
    await world.post(PLANNER, f"/referrals/{referral_id}/acceptances", {})
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    await world.post(PLANNER, f"/referrals/{referral_id}/starts", {"startedOn": "2026-09-01"})
    assert (await tell(world, referral_id, "2026-09-10")).status_code == 409


async def test_only_the_provider_of_the_journey_tells(world: World) -> None:
    referral_id = await accepted(world)
    body = {"expectedOn": "2026-09-10", "reason": "preparing"}
    for person, status in ((WORKER, 403), ("planner-kompas", 404)):
        answer = await world.call(person, "POST", f"/referrals/{referral_id}/expected-starts", body)
        assert answer.status_code == status


async def test_a_start_that_is_taken_back_is_watched_anew(world: World) -> None:
    referral_id = await accepted(world)
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    assert (await world.send(ADMINISTRATOR, a_305(1)))["accepted"]
    assert not {"report", "start"} & set(await world.deadlines(referral_id))
    await world.move_clock_to(datetime(2026, 9, 14, 9, tzinfo=UTC))
    gone = a_305(1, identification="S2", submission=Submission.REMOVED)
    assert (await world.send(ADMINISTRATOR, gone))["accepted"]

    deadlines = await world.deadlines(referral_id)
    assert set(deadlines) == {"remind_report", "report", "remind_start", "start"}
    assert deadlines["report"] == datetime(2026, 9, 21, 22, tzinfo=UTC)
    rows = await world.as_admin("select distinct workflow from deadline where done_at is null")
    assert [row["workflow"] for row in rows] == [f"referral/{referral_id}/2"]
    [corrected] = [data for kind, data in await world.events(referral_id) if kind == "deliveries.corrected"]
    assert (corrected["watch"], corrected["reportDue"]) == (2, "2026-09-21T22:00:00Z")
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["task"] == "report_start"

    await world.post(PLANNER, f"/referrals/{referral_id}/starts", {"startedOn": str(date(2026, 9, 10))})
    started = [data for kind, data in await world.events(referral_id) if kind == "deliveries.started"]
    assert [each.get("watch", 1) for each in started] == [1, 2]
    assert not {"report", "start"} & set(await world.deadlines(referral_id))
