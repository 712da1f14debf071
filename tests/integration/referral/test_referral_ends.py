"""The end of care is to be reported within five working days of the last day of the allocation (OP272, OP288)."""

from datetime import UTC, datetime
from uuid import UUID

from tests.integration.referral.referral_world import PLANNER, SYSTEM, WORKER, World
from tests.integration.referral.trajectory_files import file, row


async def started(world: World) -> UUID:
    """Care that began on 1 September, allocated until Friday 30 October."""
    referral_id = await world.granted(0, desiredEnd="2026-10-30")
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    await world.post(PLANNER, f"/referrals/{referral_id}/starts", {"startedOn": "2026-09-01"})
    return referral_id


async def test_the_end_is_promised_reminded_of_and_followed_up(world: World) -> None:
    referral_id = await started(world)
    due = {"remind_stop": datetime(2026, 10, 30, 23, tzinfo=UTC), "stop": datetime(2026, 11, 6, 23, tzinfo=UTC)}
    assert await world.deadlines(referral_id) == due
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["task"] is None
    await world.move_clock_to(datetime(2026, 11, 2, 9, tzinfo=UTC))
    await world.post(SYSTEM, f"/referrals/{referral_id}/reminders", {"promise": "stop"})
    seen = await world.get(PLANNER, f"/referrals/{referral_id}")
    assert (seen["task"], seen["taskDue"]) == ("report_stop", "2026-11-06T23:00:00Z")
    await world.move_clock_to(datetime(2026, 11, 9, 9, tzinfo=UTC))
    await world.post(SYSTEM, f"/referrals/{referral_id}/escalations", {"promise": "stop"})
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["task"] == "follow_up_stop"
    await world.post(PLANNER, f"/referrals/{referral_id}/stops", {"stoppedOn": "2026-10-30", "reason": "as_planned"})
    assert await world.deadlines(referral_id) == {}
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["task"] is None
    stopped = [data for kind, data in await world.events() if kind == "deliveries.stopped"]
    assert stopped[0]["stopDue"] == "2026-11-06T23:00:00Z"


async def test_another_end_is_another_promise(world: World) -> None:
    referral_id = await started(world)
    await world.post(WORKER, f"/referrals/{referral_id}/changes", {"reason": "shortened", "endsOn": "2026-09-30"})
    assert (await world.deadlines(referral_id))["stop"] == datetime(2026, 10, 7, 22, tzinfo=UTC)
    changed = [data for kind, data in await world.events() if kind == "allocations.changed"]
    assert (changed[0]["stopDue"], changed[0]["remindStopAt"]) == ("2026-10-07T22:00:00Z", "2026-09-30T22:00:00Z")


async def test_an_interruption_does_not_end_the_promise(world: World) -> None:
    referral_id = await started(world)
    body = {"stoppedOn": "2026-09-02", "reason": "temporary"}
    await world.post(PLANNER, f"/referrals/{referral_id}/stops", body)
    assert set(await world.deadlines(referral_id)) == {"remind_stop", "stop"}


async def test_care_that_begins_anew_after_its_end_is_promised_anew(world: World) -> None:
    referral_id = await started(world)
    stop = {"stoppedOn": "2026-09-02", "reason": "as_planned"}
    await world.post(PLANNER, f"/referrals/{referral_id}/stops", stop)
    assert await world.deadlines(referral_id) == {}
    await world.post(PLANNER, f"/referrals/{referral_id}/starts", {"startedOn": "2026-09-02"})
    assert (await world.deadlines(referral_id))["stop"] == datetime(2026, 11, 6, 23, tzinfo=UTC)
    rows = await world.as_admin("select distinct workflow from referral.deadline where kind = 'stop'")
    assert [row["workflow"] for row in rows] == [f"care/{referral_id}/2"]
    told = {kind: data for kind, data in await world.events() if kind.startswith("deliveries.")}
    assert (told["deliveries.stopped"]["spell"], told["deliveries.started"]["spell"]) == (1, 2)


async def test_imported_care_under_way_is_promised_to_end(world: World) -> None:
    under_way = row(1, ends_on="2026-10-30", stopped_on="", stop_reason="")
    later = row(3, ends_on="2026-11-15", stopped_on="", stop_reason="")
    await world.post(WORKER, "/imports", content=file([under_way, row(2), later]), media_type="text/csv")
    listed = (await world.get(WORKER, "/referrals"))["items"]
    running, ended, far = sorted((each["allocationNumber"], each["referralId"]) for each in listed)
    due = {"remind_stop": datetime(2026, 10, 30, 23, tzinfo=UTC), "stop": datetime(2026, 11, 6, 23, tzinfo=UTC)}
    assert await world.deadlines(running[1]) == due
    assert await world.deadlines(ended[1]) == await world.deadlines(far[1]) == {}
    told = [data for kind, data in await world.events() if kind == "trajectories.imported"]
    events = {data["allocationNumber"]: data for data in told}
    assert (events[1]["remindStopAt"], events[1]["stopDue"]) == ("2026-10-30T23:00:00Z", "2026-11-06T23:00:00Z")
    assert "stopDue" not in events[2]


async def test_the_later_ends_of_a_file_are_promised_as_they_come_near(world: World) -> None:
    ends = ("2026-10-30", "2026-12-01", "2026-12-05", "2027-06-30")
    rows = [row(number, ends_on=day, stopped_on="", stop_reason="") for number, day in enumerate(ends, 1)]
    imported = await world.post(WORKER, "/imports", content=file([*rows, row(9)]), media_type="text/csv")
    address = f"/imports/{imported['importId']}/promised-ends"
    plans = [data for kind, data in await world.events() if kind == "ends.planned"]
    assert [each["nextAt"] for each in plans] == ["2026-08-30T22:00:00Z"]

    async def promised() -> list[int]:
        told = [data["referralId"] for kind, data in await world.events() if kind == "ends.promised"]
        listed = (await world.get(WORKER, "/referrals"))["items"]
        return sorted(each["allocationNumber"] for each in listed if each["referralId"] in told)

    await world.move_clock_to(datetime(2026, 8, 31, 9, tzinfo=UTC))
    taken_up = await world.post(SYSTEM, address)
    assert (taken_up["promised"], taken_up["nextAt"]) == (2, "2027-03-29T22:00:00Z")
    assert await promised() == [2, 3]
    due = await world.as_admin(
        "select workflow, due from deadline where kind = 'stop' and done_at is null order by due"
    )
    assert [each["due"] for each in due][1:] == [datetime(2026, 12, day, 23, tzinfo=UTC) for day in (8, 11)]
    assert (await world.call(WORKER, "POST", address)).status_code == 403

    await world.move_clock_to(datetime(2027, 3, 30, 9, tzinfo=UTC))
    taken_up = await world.post(SYSTEM, address)
    assert (taken_up["promised"], taken_up["nextAt"]) == (1, None)
    assert await promised() == [2, 3, 4]


async def test_a_file_of_which_no_end_comes_later_plans_nothing(world: World) -> None:
    near = row(1, ends_on="2026-10-30", stopped_on="", stop_reason="")
    await world.post(WORKER, "/imports", content=file([near, row(2)]), media_type="text/csv")
    assert "ends.planned" not in {kind for kind, _ in await world.events()}
