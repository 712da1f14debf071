"""Who is responsible: two weeks to look into it, the right municipality named, and the same help asked for there."""

from datetime import UTC, datetime
from uuid import UUID

from tests.integration.referral.referral_world import (
    HEUMEN,
    NIJMEGEN,
    PLANNER,
    REIGER,
    SYSTEM,
    WORKER,
    World,
    request_body,
)

OTHER_TEAM = "access-worker-nijmegen"
REFUSAL = {"decision": "refuse", "reason": "residence_principle", "responsibleMunicipality": NIJMEGEN}


async def asked(world: World, ordinal: int = 0, **changes: object) -> UUID:
    body = request_body(ordinal, requestReference=f"ZR-{ordinal}", **changes)
    return UUID((await world.post(PLANNER, "/referrals", body))["referralId"])


async def test_an_investigation_of_the_residence_takes_two_weeks_with_a_reminder(world: World) -> None:
    referral_id = await asked(world)
    state = await world.post(WORKER, f"/referrals/{referral_id}/residence-investigations")
    # Two weeks from Friday 14 August: the end of Friday 28 August; the reminder on Wednesday the 26th.
    due, remind = datetime(2026, 8, 28, 22, tzinfo=UTC), datetime(2026, 8, 25, 22, tzinfo=UTC)
    assert datetime.fromisoformat(state["decisionDue"]) == due
    assert await world.deadlines(referral_id) == {"decide": due, "remind_decide": remind}
    rules = await world.as_admin("select rule from deadline where subject = $1 and kind = 'decide'", str(referral_id))
    assert rules[0]["rule"] == "iStandaarden 3.2 OP359"
    event = dict(await world.events(referral_id))["referrals.investigated"]
    assert event["residence"] is True
    messages = (await world.get("administrator-reiger", "/messages", direction="written"))["items"]
    assert [each["kind"] for each in messages if each["kind"] != "JW320"] == ["JW319"]
    again = await world.call(WORKER, "POST", f"/referrals/{referral_id}/residence-investigations")
    assert again.status_code == 409

    await world.move_clock_past(remind)
    first = await world.post(SYSTEM, f"/referrals/{referral_id}/reminders", {"promise": "decide"})
    assert first["changed"]
    assert set(await world.deadlines(referral_id)) == {"decide"}
    await world.move_clock_past(due)
    assert (await world.post(SYSTEM, f"/referrals/{referral_id}/escalations", {"promise": "decide"}))["changed"]


async def test_the_residence_is_looked_into_for_youth_only_and_within_two_weeks(world: World) -> None:
    social = await world.requested(0, productCode="02A03")
    answer = await world.call(WORKER, "POST", f"/referrals/{social}/residence-investigations")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not-for-this-law")
    late = await world.requested(1)
    await world.move_clock_to(datetime(2026, 8, 29, 8, tzinfo=UTC))
    answer = await world.call(WORKER, "POST", f"/referrals/{late}/residence-investigations")
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "too-late")


async def test_a_provider_asks_the_municipality_that_was_named_with_one_act(world: World) -> None:
    referral_id = await asked(world, referrer="general_practitioner", referrerCode="01010101")
    early = await world.call(PLANNER, "POST", f"/referrals/{referral_id}/follow-ups")
    assert (early.status_code, early.json()["type"].rpartition(":")[2]) == (409, "no-municipality-named")
    await world.post(WORKER, f"/referrals/{referral_id}/decisions", REFUSAL)
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["responsibleMunicipality"] == NIJMEGEN
    refused = dict(await world.events(referral_id))["referrals.refused"]
    assert refused["responsibleMunicipality"] == NIJMEGEN
    other = await asked(world, 1)
    await world.post(WORKER, f"/referrals/{other}/decisions", {"decision": "refuse", "reason": "stacking"})
    [elsewhere] = (await world.get(PLANNER, "/referrals?elsewhere=true"))["items"]
    assert elsewhere["referralId"] == str(referral_id)

    new = await world.post(PLANNER, f"/referrals/{referral_id}/follow-ups")
    assert (new["status"], new["provider"]) == ("requested", REIGER)
    seen = await world.get(OTHER_TEAM, f"/referrals/{new['referralId']}")
    assert (seen["municipality"], seen["follows"], seen["task"]) == (NIJMEGEN, str(referral_id), "decide")
    person = (await world.get(OTHER_TEAM, f"/clients/{seen['client']}"))["person"]
    assert person["lastName"] == "Wolkenveld0"
    assert (await world.get(OTHER_TEAM, f"/referrals/{new['referralId']}/referrer"))["code"] == "01010101"
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["continuedAs"] == new["referralId"]
    assert (await world.get(PLANNER, "/referrals?elsewhere=true"))["items"] == []
    twice = await world.call(PLANNER, "POST", f"/referrals/{referral_id}/follow-ups")
    assert (twice.status_code, twice.json()["type"].rpartition(":")[2]) == (409, "asked-before")
    assert (await world.call(OTHER_TEAM, "GET", f"/referrals/{referral_id}")).status_code == 404
    assert (await world.call(WORKER, "GET", f"/referrals/{new['referralId']}")).status_code == 404


async def test_after_a_move_the_new_municipality_is_asked_to_go_on(world: World) -> None:
    referral_id = await world.granted(0, desiredStart="2026-08-14", desiredEnd="2027-02-12")
    await world.post(PLANNER, f"/referrals/{referral_id}/acceptances", {})
    await world.post(PLANNER, f"/referrals/{referral_id}/starts", {"startedOn": "2026-08-14"})
    address, move = f"/referrals/{referral_id}/moves", {"municipality": NIJMEGEN, "fromDay": "2026-10-01"}
    same = await world.call(WORKER, "POST", address, move | {"municipality": HEUMEN})
    assert (same.status_code, same.json()["errors"][0]["code"]) == (400, "same-municipality")
    unknown = await world.call(WORKER, "POST", address, move | {"municipality": "0363"})
    assert unknown.json()["type"].rpartition(":")[2] == "no-agreement"
    assert (await world.call(OTHER_TEAM, "POST", address, move)).status_code == 404
    assert (await world.call(PLANNER, "POST", address, move)).status_code == 403

    new = await world.post(WORKER, address, move)
    seen = await world.get(OTHER_TEAM, f"/referrals/{new['referralId']}")
    assert (seen["desiredStart"], seen["desiredEnd"], seen["follows"]) == (
        "2026-10-01",
        "2027-02-12",
        str(referral_id),
    )
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["status"] == "started", "help goes on meanwhile"
    granted = await world.post(OTHER_TEAM, f"/referrals/{new['referralId']}/decisions", {"decision": "grant"})
    assert granted["status"] == "granted"
    twice = await world.call(WORKER, "POST", address, move)
    assert twice.status_code == 409


async def test_only_help_under_way_is_continued(world: World) -> None:
    referral_id = await world.requested()
    move = {"municipality": NIJMEGEN, "fromDay": "2026-10-01"}
    answer = await world.call(WORKER, "POST", f"/referrals/{referral_id}/moves", move)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "not-under-way")
