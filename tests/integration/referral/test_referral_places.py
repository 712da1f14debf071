"""Finding a place: who is near and within the norm, and one request offered to several providers at once."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import pytest

from contracts.events.commissioning import AgreementConcluded, CapacityStated, Law, ProviderRegistered
from contracts.values import Role
from services.kit.actor import Actor
from tests.integration.referral.referral_world import (
    HEUMEN,
    KOMPAS,
    NIJMEGEN,
    OUTPATIENT,
    PEOPLE,
    PLANNER,
    REIGER,
    START,
    SYSTEM,
    WILGENHOF,
    WORKER,
    World,
    apply_market,
    product,
    request_body,
)

OTHER = "planner-kompas"


async def offered(world: World, *providers: str, ordinal: int = 0) -> UUID:
    referral_id = await world.requested(ordinal)
    body = {"providers": list(providers or (REIGER, KOMPAS))}
    state = await world.post(WORKER, f"/referrals/{referral_id}/shared-offers", body)
    assert state["status"] == "offered"
    return referral_id


async def test_candidates_show_distance_and_norm_and_can_be_filtered(world: World) -> None:
    await world.call(PLANNER, "PUT", "/locations", {"municipalities": ["0296", NIJMEGEN]})
    await world.call(OTHER, "PUT", "/locations", {"municipalities": ["0363"]})
    found = await world.get(WORKER, "/candidates", municipality=HEUMEN, productCode=OUTPATIENT)
    assert [(each["provider"], each["distanceKm"]) for each in found] == [(KOMPAS, 92), (REIGER, 8), (WILGENHOF, None)]
    assert [(each["normDays"], each["beyondNorm"]) for each in found] == [(42, False)] * 3
    nearest = await world.get(WORKER, "/candidates", municipality=HEUMEN, productCode=OUTPATIENT, sort="distance")
    assert [each["provider"] for each in nearest] == [REIGER, KOMPAS, WILGENHOF]
    near = await world.get(WORKER, "/candidates", municipality=HEUMEN, productCode=OUTPATIENT, maxDistanceKm=20)
    assert [each["provider"] for each in near] == [REIGER]


async def test_a_provider_replaces_its_own_locations_only(world: World) -> None:
    for codes in (["0296", NIJMEGEN], [NIJMEGEN]):
        answer = await world.call(PLANNER, "PUT", "/locations", {"municipalities": codes})
        assert answer.status_code == 200, answer.text
    assert [each["municipality"] for each in await world.get(PLANNER, "/locations")] == [NIJMEGEN]
    assert await world.get(OTHER, "/locations") == []
    unknown = await world.call(PLANNER, "PUT", "/locations", {"municipalities": ["9999"]})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (400, "unknown-municipality")


async def test_the_first_claim_gets_the_allocation_and_the_other_sees_that_it_is_gone(world: World) -> None:
    referral_id = await offered(world)
    # Two working days after Friday 14 August end with Tuesday 18 August; the decision was due on the 21st.
    assert await world.deadlines(referral_id) == {"claim": datetime(2026, 8, 18, 22, tzinfo=UTC)}
    seen = {person: await world.get(person, "/shared-offers") for person in (PLANNER, OTHER)}
    assert [[each["status"] for each in found] for found in seen.values()] == [["open"], ["open"]]

    claimed = await world.post(OTHER, f"/referrals/{referral_id}/claims", {"ownNumber": "KK-7"})
    assert (claimed["status"], claimed["provider"], claimed["allocationNumber"]) == ("accepted", KOMPAS, 1)
    assert (await world.get(OTHER, f"/referrals/{referral_id}"))["ownNumber"] == "KK-7"
    late = await world.call(PLANNER, "POST", f"/referrals/{referral_id}/claims", {})
    assert (late.status_code, late.json()["type"].rpartition(":")[2]) == (409, "offer-closed")
    assert "was u voor" in late.json()["detail"]
    [gone] = await world.get(PLANNER, "/shared-offers")
    assert gone["status"] == "gone"
    assert (await world.call(PLANNER, "GET", f"/referrals/{referral_id}")).status_code == 404

    assert await world.types(referral_id) == [
        "referrals.requested",
        "referrals.offered",
        "referrals.offered",
        "offers.ended",
        "referrals.claimed",
        "allocations.granted",
        "amounts.reserved",
        "allocations.accepted",
    ]
    assert set(await world.deadlines(referral_id)) == {"remind_report", "report", "remind_start", "start"}
    messages = (await world.get("access-worker-heumen", "/messages", direction="written"))["items"]
    sent = [(each["kind"], each["receiver"]) for each in messages if each["kind"] == "JW301"]
    assert sent == [("JW301", f"provider:{KOMPAS}")]


async def test_of_many_claims_at_the_same_moment_exactly_one_wins(world: World) -> None:
    """Real claims in parallel, from twelve providers, on as many database connections as the service has."""
    providers = [f"7373{number:04d}" for number in range(1101, 1113)]
    events = []
    for agb in providers:
        events += [
            ProviderRegistered(agb=agb, name=agb, fictional=True),
            AgreementConcluded(
                agreement_id=UUID(int=int(agb)),
                commission_id=None,
                provider=agb,
                municipalities=(HEUMEN,),
                products=(product(OUTPATIENT, "45", Law.YOUTH),),
                ceiling_cents=None,
                valid_from=date(2024, 1, 1),
                valid_until=None,
                imported=True,
                concluded_at=START,
            ),
        ]
        PEOPLE[f"planner-{agb}"] = Actor(f"planner-{agb}", f"provider:{agb}", frozenset({Role.PLANNER}))
    await apply_market(world.database, events)
    for ordinal in range(3):
        referral_id = await offered(world, *providers, ordinal=ordinal)
        answers = await asyncio.gather(
            *(world.call(f"planner-{agb}", "POST", f"/referrals/{referral_id}/claims", {}) for agb in providers)
        )
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
        kinds = await world.types(referral_id)
        assert kinds.count("referrals.claimed") == kinds.count("allocations.granted") == 1
        assert kinds.count("offers.ended") == 11
        rows = await world.as_admin("select status from open_offer where referral_id = $1", referral_id)
        assert sorted(row["status"] for row in rows) == ["claimed"] + ["gone"] * 11


async def test_the_database_itself_keeps_a_second_claim_out(world: World) -> None:
    referral_id = await offered(world)
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.as_admin(
            "update open_offer set status = 'claimed', ended_at = now() where referral_id = $1", referral_id
        )


async def test_when_all_decline_with_a_reason_the_next_in_line_is_asked(world: World) -> None:
    referral_id = await offered(world)
    first = await world.post(PLANNER, f"/referrals/{referral_id}/shared-declines", {"reason": "too_far"})
    assert first["status"] == "offered"
    assert await world.get(PLANNER, "/shared-offers") == []
    again = await world.call(PLANNER, "POST", f"/referrals/{referral_id}/claims", {})
    assert again.status_code == 409
    last = await world.post(OTHER, f"/referrals/{referral_id}/shared-declines", {"reason": "no_room"})
    assert (last["status"], last["reason"]) == ("declined", "no_room")
    assert await world.deadlines(referral_id) == {}
    answers = await world.get(WORKER, f"/referrals/{referral_id}/shared-offers")
    assert [(each["provider"], each["reason"]) for each in answers] == [(REIGER, "too_far"), (KOMPAS, "no_room")]
    ended = [data for kind, data in await world.events(referral_id) if kind == "offers.ended"]
    assert [(each["outcome"], each["left"]) for each in ended] == [("declined", 1), ("declined", 0)]

    offer = await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {})
    assert (offer["status"], offer["provider"]) == ("granted", WILGENHOF)


async def test_nobody_claims_within_the_term_and_the_access_team_gets_it(world: World) -> None:
    referral_id = await offered(world)
    early = await world.call(SYSTEM, "POST", f"/referrals/{referral_id}/lapses")
    assert (early.status_code, early.json()["type"].rpartition(":")[2]) == (409, "term-running")
    await world.move_clock_past((await world.deadlines(referral_id))["claim"])
    state = await world.post(SYSTEM, f"/referrals/{referral_id}/lapses")
    assert (state["status"], state["changed"]) == ("declined", True)
    assert (await world.post(SYSTEM, f"/referrals/{referral_id}/lapses"))["changed"] is False
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["task"] == "place"
    assert [each["status"] for each in await world.get(PLANNER, "/shared-offers")] == ["lapsed"]
    assert (await world.types(referral_id))[-1] == "referrals.escalated"

    # The team offers it once more, now to others as well; who lapsed may claim this time.
    body = {"providers": [REIGER, KOMPAS, WILGENHOF]}
    await world.post(WORKER, f"/referrals/{referral_id}/shared-offers", body)
    claimed = await world.post(PLANNER, f"/referrals/{referral_id}/claims", {})
    assert claimed["provider"] == REIGER


async def test_what_the_team_does_itself_closes_the_offers(world: World) -> None:
    granted, refused, withdrawn = [await offered(world, ordinal=ordinal) for ordinal in range(3)]
    await world.post(WORKER, f"/referrals/{granted}/decisions", {"decision": "grant", "provider": WILGENHOF})
    await world.post(WORKER, f"/referrals/{refused}/decisions", {"decision": "refuse", "reason": "not_suitable"})
    await world.post(WORKER, f"/referrals/{withdrawn}/withdrawals", {"reason": "moved"})
    found = {each["referralId"]: each["status"] for each in await world.get(PLANNER, "/shared-offers")}
    assert found == {str(granted): "gone", str(refused): "withdrawn", str(withdrawn): "withdrawn"}
    assert "claim" not in await world.deadlines(granted)


async def test_an_offer_to_several_must_be_fit_for_an_allocation(world: World) -> None:
    body = request_body()
    del body["person"]["address"]
    referral_id = (await world.post(WORKER, "/referrals", body))["referralId"]
    address = f"/referrals/{referral_id}/shared-offers"
    for wrong, code in (
        ({"providers": [REIGER]}, "how-many"),
        ({"providers": [REIGER, KOMPAS], "endsOn": "2026-08-20"}, "ends-before-start"),
        ({"providers": [REIGER, KOMPAS]}, "missing"),
    ):
        answer = await world.call(WORKER, "POST", address, wrong)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    unknown = await world.call(WORKER, "POST", address, {"providers": [REIGER, "73739999"]})
    assert unknown.json()["type"].rpartition(":")[2] == "no-agreement"
    assert await world.types(referral_id) == ["referrals.requested"]
    whole = {"providers": [REIGER, KOMPAS], "person": {"phone": "0241234567"}}
    assert (await world.post(WORKER, address, whole))["status"] == "offered"


async def test_a_request_of_a_provider_is_answered_to_that_provider(world: World) -> None:
    referral_id = await world.requested(requestReference="ZR-9")
    answer = await world.call(
        WORKER, "POST", f"/referrals/{referral_id}/shared-offers", {"providers": [REIGER, KOMPAS]}
    )
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "asked-by-provider")


async def test_an_offer_tells_nothing_about_the_client_and_nothing_about_the_others(world: World) -> None:
    referral_id = await offered(world)
    [offer] = await world.get(OTHER, "/shared-offers")
    assert set(offer) == {
        "referralId",
        "provider",
        "providerName",
        "municipality",
        "assignment",
        "startsOn",
        "endsOn",
        "offeredAt",
        "claimDue",
        "crisis",
        "status",
        "reason",
        "endedAt",
    }
    assert (await world.call(OTHER, "GET", f"/referrals/{referral_id}/shared-offers")).status_code == 403
    async with world.database.reading(PEOPLE[OTHER]) as unit:
        rows = await unit.conn.fetch("select provider from open_offer")
        assert [row["provider"] for row in rows] == [KOMPAS]
        assert await unit.conn.fetchval("select count(*) from client") == 0
    for role in ("professional-reiger", "administrator-reiger", WORKER):
        assert (await world.call(role, "POST", f"/referrals/{referral_id}/claims", {})).status_code == 403
    nobody = await world.call("planner-kompas", "POST", f"/referrals/{UUID(int=7)}/claims", {})
    assert nobody.status_code == 404


async def test_a_provider_cannot_write_an_offer_past_the_service(world: World) -> None:
    await offered(world)
    async with world.database.unit(PEOPLE[OTHER]) as unit:
        changed = await unit.conn.execute("update open_offer set status = 'claimed', ended_at = now()")
        assert changed == "UPDATE 0"
        assert await unit.conn.execute("delete from open_offer") == "DELETE 0"


async def test_a_crisis_is_allocated_at_once_and_stands_on_top(world: World) -> None:
    usual = await world.requested(0)
    later = await world.requested(2)
    state = await world.post(
        WORKER, "/referrals", request_body(1, crisis=True, desiredStart="2026-08-10", provider=WILGENHOF)
    )
    assert (state["status"], state["allocationNumber"]) == ("granted", 1)
    crisis = UUID(state["referralId"])
    # Hours, not working days; and no reminders, for which there is no time.
    deadlines = {kind: due.replace(second=0, microsecond=0) for kind, due in (await world.deadlines(crisis)).items()}
    assert deadlines == {
        "accept": datetime(2026, 8, 14, 12, tzinfo=UTC),
        "start": datetime(2026, 8, 15, 8, tzinfo=UTC),
    }
    granted = dict(await world.events(crisis))["allocations.granted"]
    assert granted["crisis"] is True
    assert "remindAcceptAt" not in granted

    body = request_body(3, crisis=True, desiredStart="2026-08-14")
    del body["person"]["address"]
    incomplete = await world.post(WORKER, "/referrals", body)
    assert incomplete["status"] == "requested", "it waits for the dossier, with hours to complete it"
    listed = await world.get(WORKER, "/referrals", task="decide", limit=2)
    assert listed["items"][0]["referralId"] == incomplete["referralId"]
    rest = await world.get(WORKER, "/referrals", task="decide", limit=2, after=listed["next"])
    seen = [each["referralId"] for each in (*listed["items"], *rest["items"])]
    assert sorted(seen[1:]) == sorted([str(usual), str(later)])


async def test_care_in_a_crisis_may_begin_before_the_paperwork_within_limits(world: World) -> None:
    for start in ("2026-08-06", "2026-08-16"):
        answer = await world.call(WORKER, "POST", "/referrals", request_body(crisis=True, desiredStart=start))
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not-a-crisis")
    state = await world.post(WORKER, "/referrals", request_body(crisis=True, desiredStart="2026-08-07"))
    started = await world.post(PLANNER, f"/referrals/{state['referralId']}/starts", {"startedOn": "2026-08-07"})
    assert started["status"] == "started", "a start is an answer too"


async def test_a_crisis_asked_by_a_provider_is_decided_within_hours_or_escalates(world: World) -> None:
    state = await world.post(PLANNER, "/referrals", request_body(crisis=True, desiredStart="2026-08-14"))
    assert state["status"] == "requested"
    await world.move_clock_past(datetime.fromisoformat(state["decisionDue"]))
    late = await world.post(SYSTEM, f"/referrals/{state['referralId']}/escalations", {"promise": "decide"})
    assert late["changed"]


async def test_a_crisis_is_placed_although_the_provider_says_it_has_no_room(world: World) -> None:
    await apply_market(
        world.database,
        [CapacityStated(provider=REIGER, product_code=OUTPATIENT, places=9, free=0, wait_days=90, stated_at=START)],
    )
    state = await world.post(WORKER, "/referrals", request_body(crisis=True, desiredStart="2026-08-14"))
    assert (state["status"], state["provider"]) == ("granted", REIGER)


async def test_why_somebody_waits_longer_than_the_norm_is_kept(world: World) -> None:
    referral_id = await world.requested()
    body = {"decision": "grant", "waitReason": "bridged"}
    await world.post(WORKER, f"/referrals/{referral_id}/decisions", body)
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["waitReason"] == "bridged"
    await world.post(PLANNER, f"/referrals/{referral_id}/declines", {"reason": "no_room"})
    await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {})
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["waitReason"] is None
