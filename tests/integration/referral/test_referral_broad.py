"""Allocations without a product: what the municipality itself decides on them, and the care under them."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

from contracts.events.referral import StopReason
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.reasons import ChangeReason
from services.referral.istandaarden import DesiredProduct
from services.referral.istandaarden.codes import Submission
from tests.integration.referral.declaring import a_323, hours
from tests.integration.referral.referral_world import (
    ADMINISTRATOR,
    HEUMEN,
    KOMPAS,
    PLANNER,
    REIGER,
    WORKER,
    World,
    person,
    request_body,
)
from tests.integration.referral.test_referral_changes import a_301, a_317, allocated, last, latest_301, undecided
from tests.integration.referral.test_referral_messages import a_305, a_307, a_315, requested

FIRST = f"/allocations/{HEUMEN}/youth/1"


def by_category(**changes: Any) -> dict[str, Any]:
    body = {
        "municipality": HEUMEN,
        "provider": REIGER,
        "law": "youth",
        "person": person(),
        "category": "45",
        "budgetCents": 500_000,
        "startsOn": "2026-09-01",
        "endsOn": "2027-02-28",
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


async def refused(world: World, path: str, body: Any = None, by: str = WORKER) -> tuple[int, str]:
    """Status and code of what is not accepted: that of the first field, else of the problem."""
    answer = await world.call(by, "POST", path, body)
    problem = answer.json()
    errors = problem.get("errors") or [{"code": problem["type"].rsplit(":", 1)[-1]}]
    return answer.status_code, errors[0]["code"]


async def test_a_category_is_allocated_that_nobody_asked_for(world: World) -> None:
    state = await world.post(WORKER, "/allocations", by_category())
    assert (state["number"], state["budgetCents"], state["removed"]) == (1, 500_000, False)
    looks = await world.as_admin("select name, party from processing_record")
    assert [tuple(row) for row in looks] == [("send-allocation", f"municipality:{HEUMEN}")]
    [product] = (await latest_301(world)).products
    assert (product.number, product.category, product.code, product.extent) == (1, "45", None, None)
    assert (product.budget_cents, product.change_reason, product.reference) == (500_000, None, None)
    decided = await last(world, "allocations.decided")
    assert (decided["category"], decided["budgetCents"], decided["provider"]) == ("45", 500_000, REIGER)
    seen = await world.get(PLANNER, FIRST)
    assert (seen["number"], seen["referralId"], seen["approved"], seen["reports"]) == (1, None, [], [])
    assert (await world.call("planner-kompas", "GET", FIRST)).status_code == 404


async def test_a_budget_alone_is_allocated_and_a_category_alone_too(world: World) -> None:
    await world.post(WORKER, "/allocations", by_category(category=None))
    assert (await latest_301(world)).products[0].category is None
    alone = by_category(person=person(1), budgetCents=None, endsOn=None)
    assert (await world.post(WORKER, "/allocations", alone))["number"] == 2
    assert (await latest_301(world)).products[0].budget_cents is None


async def test_what_no_message_can_carry_is_not_allocated(world: World) -> None:
    assert await refused(world, "/allocations", by_category(category=None, budgetCents=None)) == (400, "missing")
    assert await refused(world, "/allocations", by_category(endsOn=None)) == (400, "missing")
    assert await refused(world, "/allocations", by_category(endsOn="2026-08-31")) == (400, "ends-before-start")
    nameless = by_category(person={"bsn": fictional_bsn(0).digits})
    assert await refused(world, "/allocations", nameless) == (400, "missing")
    assert (await world.get(WORKER, "/allocations"))["items"] == []


async def test_only_what_was_agreed_is_allocated_and_only_at_home(world: World) -> None:
    assert await refused(world, "/allocations", by_category(category="54")) == (409, "no-agreement")
    assert await refused(world, "/allocations", by_category(startsOn="2023-09-01")) == (409, "no-agreement")
    assert (await refused(world, "/allocations", by_category(municipality="0268")))[0] == 403
    assert (await refused(world, "/allocations", by_category(), by=PLANNER))[0] == 403
    categories = await world.get(WORKER, "/categories", municipality=HEUMEN)
    assert [(each["law"], each["category"], each["name"]) for each in categories] == [
        ("wmo", "02", "Begeleiding"),
        ("youth", "45", "Jeugdhulp ambulant"),
    ]
    assert REIGER in categories[1]["providers"]
    assert KOMPAS in categories[1]["providers"]


async def test_it_does_not_stand_beside_the_same(world: World) -> None:
    await world.granted()
    assert await refused(world, "/allocations", by_category()) == (409, "stacking")
    assert await refused(world, "/allocations", by_category(category=None)) == (409, "stacking")
    later = by_category(startsOn="2027-03-01", endsOn="2027-06-30")
    assert (await world.post(WORKER, "/allocations", later))["number"] == 2
    grown = {"reason": "extended", "endsOn": "2027-06-30"}
    [journey] = (await world.get(WORKER, "/referrals"))["items"]
    assert await refused(world, f"/referrals/{journey['referralId']}/changes", grown) == (409, "stacking")


async def test_of_two_at_the_same_moment_one_is_allocated(world: World) -> None:
    await world.post(WORKER, "/allocations", by_category(endsOn="2026-09-30"))
    later = by_category(startsOn="2026-10-01")
    wider = by_category(startsOn="2026-11-01", category=None)
    answers = await asyncio.gather(*(world.call(WORKER, "POST", "/allocations", each) for each in (later, wider)))
    assert sorted(each.status_code for each in answers) == [201, 409]


async def test_its_end_and_its_budget_are_changed_under_the_same_number(world: World) -> None:
    await world.post(WORKER, "/allocations", by_category())
    longer = {"reason": "extended", "endsOn": "2027-06-30", "budgetCents": 700_000}
    state = await world.post(WORKER, f"{FIRST}/changes", longer)
    assert (state["endsOn"], state["budgetCents"]) == ("2027-06-30", 700_000)
    [product] = (await latest_301(world)).products
    assert (product.number, product.ends_on, product.budget_cents) == (1, date(2027, 6, 30), 700_000)
    assert product.change_reason is ChangeReason.EXTENDED
    decided = await last(world, "allocations.decided")
    assert (decided["reason"], decided["endsOn"], decided["removed"]) == ("extended", "2027-06-30", False)
    assert await refused(world, f"{FIRST}/changes", longer) == (400, "nothing-changes")
    early = {"reason": "shortened", "endsOn": "2026-08-31"}
    assert await refused(world, f"{FIRST}/changes", early) == (400, "ends-before-start")
    ended = await world.post(WORKER, f"{FIRST}/changes", {"reason": "died", "endsOn": "2026-10-15"})
    assert ended["endsOn"] == "2026-10-15"
    assert (await latest_301(world)).products[0].change_reason is ChangeReason.DIED
    assert await refused(world, f"{FIRST}/changes", {"reason": "removed", "endsOn": "2026-09-01"}) == (400, "removes")


async def test_a_lower_budget_needs_the_consent_of_the_provider(world: World) -> None:
    await world.post(WORKER, "/allocations", by_category())
    lower = {"reason": "shortened", "budgetCents": 300_000}
    assert await refused(world, f"{FIRST}/changes", lower) == (400, "consent-needed")
    await world.post(WORKER, f"{FIRST}/changes", lower | {"agreed": True})
    assert (await latest_301(world)).products[0].budget_cents == 300_000


async def test_what_has_expired_is_not_stretched(world: World) -> None:
    await world.post(WORKER, "/allocations", by_category(endsOn="2026-09-30"))
    await world.move_clock_to(datetime(2026, 10, 2, 9, tzinfo=UTC))
    longer = {"reason": "extended", "endsOn": "2026-12-31"}
    assert await refused(world, f"{FIRST}/changes", longer) == (400, "expired")


async def test_it_is_removed_once_and_then_counts_as_never_made(world: World) -> None:
    await world.post(WORKER, "/allocations", by_category())
    assert (await refused(world, f"{FIRST}/removals", by=PLANNER))[0] == 403
    assert (await refused(world, f"{FIRST}/removals", by="access-worker-nijmegen"))[0] == 404
    assert (await world.post(WORKER, f"{FIRST}/removals"))["removed"]
    [product] = (await latest_301(world)).products
    assert (product.change_reason, product.ends_on) == (ChangeReason.REMOVED, product.starts_on)
    assert (await last(world, "allocations.decided"))["removed"]
    assert await refused(world, f"{FIRST}/removals") == (409, "removed")
    assert await refused(world, f"{FIRST}/changes", {"reason": "extended", "endsOn": "2027-12-31"}) == (409, "removed")
    assert (await world.post(WORKER, "/allocations", by_category()))["number"] == 2


async def test_one_of_another_system_is_changed_too_and_one_with_a_journey_is_not(world: World) -> None:
    told = allocated(900, code=None, extent=None, budget_cents=500_000)
    await world.send(WORKER, a_301("T1", told))
    there = f"/allocations/{HEUMEN}/youth/900"
    await world.post(WORKER, f"{there}/changes", {"reason": "shortened", "endsOn": "2026-12-31"})
    assert (await latest_301(world)).products[0].ends_on == date(2026, 12, 31)
    await world.send(WORKER, a_301("T2", allocated(901), ordinal=1))
    assert await refused(world, f"/allocations/{HEUMEN}/youth/901/removals") == (409, "has-journey")


async def test_the_care_under_it_is_told_of(world: World) -> None:
    await world.post(WORKER, "/allocations", by_category())
    await world.move_clock_to(datetime(2026, 10, 2, 9, tzinfo=UTC))
    assert (await world.send(ADMINISTRATOR, a_305(1)))["accepted"]
    started = await last(world, "deliveries.reported")
    assert (started["allocationNumber"], started["startedOn"], started["productCode"]) == (1, "2026-09-01", "45A04")
    assert (started.get("stoppedOn"), started["removed"]) == (None, False)
    stop = a_307(1, date(2026, 9, 20), StopReason.AS_PLANNED, identification="T1")
    assert (await world.send(ADMINISTRATOR, stop))["accepted"]
    stopped = await last(world, "deliveries.reported")
    assert (stopped["stoppedOn"], stopped["reason"]) == ("2026-09-20", "as_planned")
    assert (started["allocationId"], started["client"]) == (stopped["allocationId"], stopped["client"])
    reports = (await world.get(WORKER, FIRST))["reports"]
    assert [(each["startsOn"], each["endsOn"]) for each in reports] == [
        ("2026-09-01", None),
        ("2026-09-01", "2026-09-20"),
    ]
    gone = a_307(1, date(2026, 9, 20), StopReason.AS_PLANNED, identification="T2", submission=Submission.REMOVED)
    assert (await world.send(ADMINISTRATOR, gone))["accepted"]
    assert (await last(world, "deliveries.reported"))["removed"]
    assert len((await world.get(PLANNER, FIRST))["reports"]) == 1


async def declared(world: World) -> None:
    """Ten hours of April at 85.10 stand approved on allocation 1, which has a budget of 5,000 euros."""
    await world.post(WORKER, "/allocations", by_category(startsOn="2026-04-01"))
    sent = a_323("P1", [(fictional_bsn(0), [hours("P1-1", 1, tariff_cents=8510)])], municipality=HEUMEN)
    assert (await world.send(ADMINISTRATOR, sent))["accepted"]


async def test_what_was_declared_is_seen_and_stays_right(world: World) -> None:
    await declared(world)
    seen = await world.get(WORKER, FIRST)
    assert seen["approved"] == [{"unit": "hour", "volume": 10, "cents": 85_100}]
    below = {"reason": "shortened", "budgetCents": 50_000, "agreed": True}
    assert await refused(world, f"{FIRST}/changes", below) == (400, "below-approved")
    assert await refused(world, f"{FIRST}/removals") == (409, "claimed")


async def test_who_decides_on_a_change_sees_what_was_declared(world: World) -> None:
    await declared(world)
    less = DesiredProduct(starts_on=date(2026, 4, 1), allocation_number=1, ends_on=date(2027, 2, 28),
                          budget_cents=300_000)  # fmt: skip
    assert (await world.send(ADMINISTRATOR, a_317("V1", less)))["accepted"]
    request = await undecided(world)
    [about] = await world.get(WORKER, f"/chain-requests/{request['requestId']}/allocations")
    assert (about["number"], about["approved"]) == (1, [{"unit": "hour", "volume": 10, "cents": 85_100}])
    await world.post(WORKER, f"/chain-requests/{request['requestId']}/decisions", {"decision": "grant"})
    assert (await latest_301(world)).products[0].budget_cents == 300_000


async def test_a_provider_does_not_ask_by_form_for_what_it_has(world: World) -> None:
    await world.granted()
    assert await refused(world, "/referrals", request_body(), by=PLANNER) == (409, "stacking")
    later = request_body(desiredStart="2027-03-01", desiredEnd="2027-06-30")
    await world.post(PLANNER, "/referrals", later)


async def test_a_provider_does_not_ask_by_form_while_it_waits(world: World) -> None:
    body = request_body(requestReference="R7")
    await world.post(PLANNER, "/referrals", body)
    much_later = request_body(desiredStart="2027-03-01", desiredEnd="2027-06-30")
    assert await refused(world, "/referrals", much_later, by=PLANNER) == (409, "request-under-way")
    assert len((await world.get(PLANNER, "/referrals"))["items"]) == 1
    # Somebody else, and the same person at another provider, do not wait for it.
    await world.post(PLANNER, "/referrals", request_body(1))
    await world.post("planner-kompas", "/referrals", request_body(provider=KOMPAS))
    # A request that came by message holds the form back as well.
    asked = requested(category=None, code=None, extent=None, budget_cents=100_000)
    assert (await world.send(ADMINISTRATOR, a_315("A9", 2, asked)))["accepted"]
    assert await refused(world, "/referrals", request_body(2), by=PLANNER) == (409, "request-under-way")


async def test_an_offer_to_several_leaves_out_who_has_it_already(world: World) -> None:
    await world.granted()
    again = await world.requested(provider=KOMPAS)
    offer = {"providers": [REIGER, KOMPAS]}
    answer = await world.call(WORKER, "POST", f"/referrals/{again}/shared-offers", offer)
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/providers", "stacking")
    assert "De Zilveren Reiger (1)" in answer.text
    assert "Kompas" not in answer.text


async def test_a_request_is_not_granted_beside_the_same(world: World) -> None:
    asked = requested(category=None, code=None, extent=None, budget_cents=100_000)
    await world.granted()
    await world.send(ADMINISTRATOR, a_315("A1", 0, asked))
    request = await undecided(world)
    grant = f"/chain-requests/{request['requestId']}/decisions"
    assert await refused(world, grant, {"decision": "grant"}) == (409, "stacking")
    assert (await undecided(world))["requestId"] == request["requestId"]
