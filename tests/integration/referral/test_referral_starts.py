"""A start is to be reported within five working days (OP271), long before the waiting norm has passed."""

from datetime import UTC, datetime
from uuid import UUID

from tests.integration.referral.referral_world import PLANNER, SYSTEM, WORKER, World


async def accepted(world: World) -> UUID:
    """Allocated on Friday 14 August from Tuesday 1 September, and accepted."""
    referral_id = await world.granted()
    assert "report" not in await world.deadlines(referral_id), "a start can be reported once it was accepted"
    await world.post(PLANNER, f"/referrals/{referral_id}/acceptances", {})
    return referral_id


async def test_the_report_of_a_start_is_promised_reminded_of_and_followed_up(world: World) -> None:
    referral_id = await accepted(world)
    deadlines = await world.deadlines(referral_id)
    assert deadlines["remind_report"] == datetime(2026, 9, 3, 22, tzinfo=UTC)
    assert deadlines["report"] == datetime(2026, 9, 8, 22, tzinfo=UTC)
    seen = await world.get(PLANNER, f"/referrals/{referral_id}")
    assert (seen["task"], seen["taskDue"], seen["reportDue"]) == ("report_start", *["2026-09-08T22:00:00Z"] * 2)
    promised = next(each for each in await world.get(SYSTEM, "/deadlines") if each["kind"] == "report")
    assert (promised["rule"], promised["party"]) == ("iStandaarden 3.2 OP271", "provider:73730001")

    await world.move_clock_to(datetime(2026, 9, 4, 9, tzinfo=UTC))
    reminded = await world.post(SYSTEM, f"/referrals/{referral_id}/reminders", {"promise": "report"})
    assert reminded["changed"]
    early = await world.call(SYSTEM, "POST", f"/referrals/{referral_id}/escalations", {"promise": "report"})
    assert early.status_code == 409
    await world.move_clock_to(datetime(2026, 9, 9, 9, tzinfo=UTC))
    await world.post(SYSTEM, f"/referrals/{referral_id}/escalations", {"promise": "report"})
    followed = await world.get(WORKER, f"/referrals/{referral_id}")
    assert (followed["task"], followed["taskDue"]) == ("follow_up_report", "2026-09-08T22:00:00Z")
    seen = await world.get(PLANNER, f"/referrals/{referral_id}")
    assert (seen["task"], seen["taskDue"]) == ("report_start", seen["startDue"])

    await world.post(PLANNER, f"/referrals/{referral_id}/starts", {"startedOn": "2026-09-02"})
    assert not {"remind_report", "report"} & set(await world.deadlines(referral_id))
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["task"] is None


async def test_a_start_that_is_reported_in_time_is_not_asked_after(world: World) -> None:
    referral_id = await accepted(world)
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    await world.post(PLANNER, f"/referrals/{referral_id}/starts", {"startedOn": "2026-09-01"})
    assert not {"remind_report", "report"} & set(await world.deadlines(referral_id))
    late = await world.post(SYSTEM, f"/referrals/{referral_id}/reminders", {"promise": "report"})
    assert not late["changed"]


async def test_with_retroactive_effect_the_term_counts_from_the_allocation(world: World) -> None:
    referral_id = await world.granted(0, desiredStart="2026-08-03")
    await world.post(PLANNER, f"/referrals/{referral_id}/acceptances", {})
    assert (await world.deadlines(referral_id))["report"] == datetime(2026, 8, 21, 22, tzinfo=UTC)
