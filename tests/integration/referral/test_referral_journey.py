"""A journey from request to the end of care, through the API, on a real database."""

from datetime import UTC, datetime

from tests.integration.referral.referral_world import (
    HEUMEN,
    KOMPAS,
    PLANNER,
    REIGER,
    SYSTEM,
    WORKER,
    World,
    request_body,
)


async def test_a_referral_goes_from_request_to_stop(world: World) -> None:
    referral_id = await world.requested()
    assert set(await world.deadlines(referral_id)) == {"decide"}
    # Five working days after Friday 14 August: the end of Friday 21 August (OP274).
    assert (await world.deadlines(referral_id))["decide"] == datetime(2026, 8, 21, 22, tzinfo=UTC)

    granted = await world.post(WORKER, f"/referrals/{referral_id}/decisions", {"decision": "grant"})
    assert granted["status"] == "granted"
    assert granted["allocationNumber"] == 1
    assert set(await world.deadlines(referral_id)) == {"remind_accept", "accept", "remind_start", "start"}

    accepted = await world.post(PLANNER, f"/referrals/{referral_id}/acceptances", {"ownNumber": "ZR-104"})
    assert accepted["status"] == "accepted"
    assert set(await world.deadlines(referral_id)) == {"remind_report", "report", "remind_start", "start"}

    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    await world.post(PLANNER, f"/referrals/{referral_id}/starts", {"startedOn": "2026-09-01"})
    assert set(await world.deadlines(referral_id)) == {"remind_stop", "stop"}
    await world.move_clock_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    await world.post(
        "professional-reiger", f"/referrals/{referral_id}/stops", {"stoppedOn": "2026-12-01", "reason": "as_planned"}
    )

    seen = await world.get(PLANNER, f"/referrals/{referral_id}")
    assert seen["status"] == "stopped"
    assert (seen["ownNumber"], seen["providerName"]) == ("ZR-104", "De Zilveren Reiger")
    assert await world.types(referral_id) == [
        "referrals.requested",
        "allocations.granted",
        "amounts.reserved",
        "allocations.accepted",
        "deliveries.started",
        "deliveries.stopped",
    ]
    granted_event = dict(await world.events(referral_id))["allocations.granted"]
    # 1 September 2026 to 28 February 2027 touches 26 ISO weeks, of 3 hours.
    assert granted_event["assignment"]["totalUnits"] == 78
    assert granted_event["client"] != seen["client"]


async def test_a_decline_goes_to_the_provider_with_the_shortest_wait_that_was_not_asked(world: World) -> None:
    referral_id = await world.granted()
    await world.post(PLANNER, f"/referrals/{referral_id}/declines", {"reason": "no_room"})
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["task"] is None

    offered = await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {})
    assert (offered["status"], offered["provider"], offered["allocationNumber"]) == ("granted", KOMPAS, 2)
    assert (await world.call(PLANNER, "GET", f"/referrals/{referral_id}")).status_code == 404
    assert (await world.get("planner-kompas", f"/referrals/{referral_id}"))["task"] == "answer"


async def test_a_decline_passes_over_who_has_the_client_with_this_product_already(world: World) -> None:
    await world.granted(provider=KOMPAS)
    referral_id = await world.granted()
    await world.post(PLANNER, f"/referrals/{referral_id}/declines", {"reason": "no_room"})
    offered = await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {})
    assert offered["status"] == "granted"
    assert offered["provider"] not in (KOMPAS, REIGER)

    await world.move_clock_past(datetime.fromisoformat(offered["acceptDue"]))
    await world.post(SYSTEM, f"/referrals/{referral_id}/no-answers")
    left = await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {})
    assert (left["status"], left["changed"]) == ("declined", True)
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["task"] == "place"


async def test_when_everybody_was_asked_the_access_team_gets_it(world: World) -> None:
    referral_id = await world.granted()
    await world.post(PLANNER, f"/referrals/{referral_id}/declines", {"reason": "no_room"})
    for _ in range(2):
        offered = await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {})
        await world.move_clock_past(datetime.fromisoformat(offered["acceptDue"]))
        declined = await world.post(SYSTEM, f"/referrals/{referral_id}/no-answers")
        assert declined["reason"] == "no_answer"

    state = await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {})
    assert (state["status"], state["changed"]) == ("declined", True)
    assert (await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {}))["changed"] is False
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["task"] == "place"
    assert (await world.types(referral_id))[-1] == "referrals.escalated"

    again = await world.post(WORKER, f"/referrals/{referral_id}/offers", {"provider": REIGER})
    assert (again["status"], again["provider"]) == ("granted", REIGER)


async def test_no_answer_waits_for_the_term(world: World) -> None:
    referral_id = await world.granted()
    answer = await world.call(SYSTEM, "POST", f"/referrals/{referral_id}/no-answers")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "term-running"


async def test_reminders_and_escalations_happen_once(world: World) -> None:
    referral_id = await world.granted()
    deadlines = await world.deadlines(referral_id)
    await world.move_clock_past(deadlines["remind_accept"])
    first = await world.post(SYSTEM, f"/referrals/{referral_id}/reminders", {"promise": "accept"})
    second = await world.post(SYSTEM, f"/referrals/{referral_id}/reminders", {"promise": "accept"})
    assert (first["changed"], second["changed"]) == (True, False)

    early = await world.call(SYSTEM, "POST", f"/referrals/{referral_id}/escalations", {"promise": "start"})
    assert early.status_code == 409
    await world.post(PLANNER, f"/referrals/{referral_id}/acceptances", {})
    await world.move_clock_past(deadlines["start"])
    late = await world.post(SYSTEM, f"/referrals/{referral_id}/escalations", {"promise": "start"})
    assert late["changed"]
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["task"] == "follow_up_start"
    kinds = await world.types(referral_id)
    assert kinds.count("referrals.reminded") == kinds.count("referrals.escalated") == 1


async def test_granting_needs_an_agreement_on_the_start_date(world: World) -> None:
    referral_id = await world.requested()
    answer = await world.call(
        WORKER,
        "POST",
        f"/referrals/{referral_id}/decisions",
        {"decision": "grant", "startsOn": "2028-01-01", "endsOn": "2028-02-01"},
    )
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("no-agreement")
    assert await world.types(referral_id) == ["referrals.requested"]


async def test_a_grant_needs_a_dossier_fit_for_a_301(world: World) -> None:
    body = request_body()
    del body["person"]["address"]
    referral_id = (await world.post(WORKER, "/referrals", body))["referralId"]
    answer = await world.call(WORKER, "POST", f"/referrals/{referral_id}/decisions", {"decision": "grant"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/person/address"
    await world.post(
        WORKER, f"/referrals/{referral_id}/decisions", {"decision": "grant", "person": {"phone": "0241234567"}}
    )


async def test_a_repeated_key_gets_the_first_answer_and_another_body_a_conflict(world: World) -> None:
    first = await world.post(WORKER, "/referrals", request_body(), key="once")
    again = await world.post(WORKER, "/referrals", request_body(), key="once")
    assert first == again
    other = await world.call(WORKER, "POST", "/referrals", request_body(person={"lastName": "Anders"}), key="once")
    assert other.status_code == 409
    assert len(await world.events()) == 1


async def test_an_illegal_act_says_why(world: World) -> None:
    referral_id = await world.requested()
    answer = await world.call(PLANNER, "POST", f"/referrals/{referral_id}/acceptances", {})
    assert answer.status_code == 409
    assert "wacht op een besluit" in answer.json()["detail"]


async def test_refusal_and_withdrawal_end_a_journey(world: World) -> None:
    refused = await world.requested(0, requestReference="ZR-1")
    await world.post(WORKER, f"/referrals/{refused}/decisions", {"decision": "refuse", "reason": "stacking"})
    withdrawn = await world.granted(1)
    await world.post(WORKER, f"/referrals/{withdrawn}/withdrawals", {"reason": "client_withdrew"})
    assert await world.deadlines(refused) == await world.deadlines(withdrawn) == {}
    messages = (await world.get("administrator-reiger", "/messages", direction="written"))["items"]
    assert sorted(message["kind"] for message in messages) == ["JW301", "JW301", "JW302", "JW302", "JW319", "JW320"]


async def test_worklists_come_earliest_first_in_pages(world: World) -> None:
    referrals = [await world.requested(ordinal) for ordinal in range(3)]
    page = await world.get(WORKER, "/referrals", task="decide", limit=2)
    assert len(page["items"]) == 2
    rest = await world.get(WORKER, "/referrals", task="decide", limit=2, after=page["next"])
    assert rest["next"] is None
    listed = [item["referralId"] for item in page["items"] + rest["items"]]
    assert sorted(listed) == sorted(map(str, referrals))
    assert await world.get(WORKER, "/task-counts") == [{"task": "decide", "number": 3}]


async def test_candidates_come_shortest_wait_first(world: World) -> None:
    found = await world.get(WORKER, "/candidates", municipality=HEUMEN, productCode="45A04")
    assert [each["waitDays"] for each in found] == [5, 20, 40]
    assert found[0]["name"] == "Kompas & Kade"
    answer = await world.call(WORKER, "GET", "/candidates", municipality="0268", productCode="45A04")
    assert answer.status_code == 400
