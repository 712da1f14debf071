"""An allocation changes: by the municipality on a screen, by another system, or because the provider asks for it."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency, StopReason
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.reasons import Answer, ChangeReason, ChangeRequestReason, RefusalReason
from services.referral.istandaarden import (
    Address,
    AllocatedProduct,
    Allocation,
    Contact,
    DesiredProduct,
    Extent,
    allocation_301,
    answer_319,
    read,
    request_for_change_317,
)
from services.referral.istandaarden.codes import Submission
from tests.integration.referral.referral_world import ADMINISTRATOR, OUTPATIENT, PLANNER, SYSTEM, WORKER, World
from tests.integration.referral.test_referral_messages import a_305, a_307, a_315, client, header, requested

SEPTEMBER = datetime(2026, 9, 2, 9, tzinfo=UTC)


def allocated(number: int = 900, decided: int = 10, **changes: Any) -> AllocatedProduct:
    values: dict[str, Any] = {
        "number": number,
        "decided_on": date(2026, 8, decided),
        "decided_at": time(9),
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2027, 2, 28),
        "category": "45",
        "code": OUTPATIENT,
        "extent": Extent(3, Unit.HOUR, Frequency.WEEK),
    }
    return AllocatedProduct(**(values | changes))


def a_301(identification: str, *products: AllocatedProduct, ordinal: int = 0) -> bytes:
    home = Address(house_number=17, postcode="6581AB", street="Zonnedauwlaan", town="Malden")
    return allocation_301(header(identification), client(ordinal), [Contact(address=home)], products)


def a_317(reference: str, *changed: DesiredProduct, identification: str = "W1", **rest: Any) -> bytes:
    reason = ChangeRequestReason.CARE_PLAN
    return request_for_change_317(header(identification), fictional_bsn(0), reason=reason, reference=reference,
                                  changed=changed, **rest)  # fmt: skip


async def latest_301(world: World) -> Allocation:
    message = (await world.get(ADMINISTRATOR, "/messages", kind="JW301"))["items"][0]
    text = await world.call(ADMINISTRATOR, "GET", f"/messages/{message['messageId']}/content")
    return Allocation.from_message(read(text.content))


async def undecided(world: World) -> dict[str, Any]:
    [request] = (await world.get(WORKER, "/chain-requests", undecided="true"))["items"]
    return dict(request)


async def last(world: World, kind: str) -> dict[str, Any]:
    return [data for each, data in await world.events() if each == kind][-1]


async def test_an_allocation_of_another_system_becomes_a_journey_at_the_provider(world: World) -> None:
    received = await world.send(WORKER, a_301("T1", allocated()))
    assert (received["accepted"], received["answerKind"]) == (True, "JW302")
    [referral_id] = received["referralIds"]
    seen = await world.get(PLANNER, f"/referrals/{referral_id}")
    assert (seen["status"], seen["task"], seen["allocationNumber"]) == ("granted", "answer", 900)
    assert seen["channel"] == "message"
    await world.move_clock_to(SEPTEMBER)
    assert (await world.send(ADMINISTRATOR, a_305(900)))["accepted"]
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["status"] == "started"


async def test_the_latest_decision_counts_whatever_the_order_of_receipt(world: World) -> None:
    [referral_id] = (await world.send(WORKER, a_301("T1", allocated())))["referralIds"]
    longer = allocated(decided=12, ends_on=date(2027, 6, 30), change_reason=ChangeReason.EXTENDED)
    earlier = allocated(decided=11, ends_on=date(2027, 3, 31), change_reason=ChangeReason.EXTENDED)
    await world.send(WORKER, a_301("T2", longer))
    await world.send(WORKER, a_301("T3", earlier))
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["endsOn"] == "2027-06-30"
    changed = await last(world, "allocations.changed")
    assert (changed["endsOn"], changed["reason"]) == ("2027-06-30", "extended")
    assert [kind for kind, _ in await world.events() if kind == "allocations.changed"] == ["allocations.changed"]


async def test_a_number_is_of_one_client(world: World) -> None:
    await world.send(WORKER, a_301("T1", allocated()))
    other = await world.send(WORKER, a_301("T2", allocated(), ordinal=1))
    assert (other["accepted"], other["returnCodes"]) == (False, ["9332"])
    assert (await world.get(PLANNER, "/referrals"))["items"][1:] == []


async def test_a_removed_allocation_counts_as_never_sent(world: World) -> None:
    [referral_id] = (await world.send(WORKER, a_301("T1", allocated())))["referralIds"]
    removed = allocated(decided=12, ends_on=date(2026, 9, 1), change_reason=ChangeReason.REMOVED)
    assert (await world.send(WORKER, a_301("T2", removed)))["accepted"]
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["status"] == "withdrawn"
    await world.move_clock_to(SEPTEMBER)
    assert (await world.send(ADMINISTRATOR, a_305(900)))["returnCodes"] == ["9019"]
    assert (await last(world, "amounts.reserved"))["cents"] == 0


async def test_a_301_grants_the_request_whose_reference_it_carries(world: World) -> None:
    [referral_id] = (await world.send(ADMINISTRATOR, a_315()))["referralIds"]
    assert (await world.send(WORKER, a_301("T1", allocated(reference="R1"))))["referralIds"] == [referral_id]
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["allocationNumber"] == 900
    assert (await last(world, "amounts.reserved"))["allocationNumber"] == 900
    refusal = answer_319(header("T2"), "R1", Answer.REJECTED, RefusalReason.STACKING)
    assert (await world.send(WORKER, refusal))["returnCodes"] == ["9359"]


async def test_a_319_of_another_system_investigates_and_refuses(world: World) -> None:
    [referral_id] = (await world.send(ADMINISTRATOR, a_315()))["referralIds"]
    assert (await world.send(WORKER, answer_319(header("T1"), "R1", Answer.UNDER_INVESTIGATION)))["accepted"]
    seen = await world.get(WORKER, f"/referrals/{referral_id}")
    # Eight weeks from the day of the request, 14 August (OP346).
    assert (seen["investigated"], seen["decisionDue"]) == (True, "2026-10-09T22:00:00Z")
    again = await world.send(WORKER, answer_319(header("T2"), "R1", Answer.UNDER_INVESTIGATION))
    assert again["returnCodes"] == ["9360"]
    refusal = answer_319(header("T3"), "R1", Answer.REJECTED, RefusalReason.STACKING)
    assert (await world.send(WORKER, refusal))["accepted"]
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["status"] == "refused"
    unknown = answer_319(header("T4"), "R9", Answer.REJECTED, RefusalReason.STACKING)
    assert (await world.send(WORKER, unknown))["returnCodes"] == ["9355"]


async def test_a_request_is_investigated_once(world: World) -> None:
    [referral_id] = (await world.send(ADMINISTRATOR, a_315()))["referralIds"]
    state = await world.post(WORKER, f"/referrals/{referral_id}/investigations")
    assert state["decisionDue"] == "2026-10-09T22:00:00Z"
    [told] = (await world.get(ADMINISTRATOR, "/messages", kind="JW319"))["items"]
    assert told["answerKind"] == "JW320"
    again = await world.call(WORKER, "POST", f"/referrals/{referral_id}/investigations")
    assert again.status_code == 409


async def test_a_start_is_corrected_in_one_message(world: World) -> None:
    referral_id = await world.granted()
    await world.move_clock_to(datetime(2026, 9, 10, 9, tzinfo=UTC))
    await world.send(ADMINISTRATOR, a_305(1))
    first = a_305(1, identification="S2", submission=Submission.REMOVED)
    assert (await world.send(ADMINISTRATOR, first))["accepted"]
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["status"] == "accepted"
    assert "startedOn" not in await last(world, "deliveries.corrected")
    assert (await world.send(ADMINISTRATOR, a_305(1, identification="S3", starts_on=date(2026, 9, 2))))["accepted"]
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["startedOn"] == "2026-09-02"


async def test_a_start_with_a_stop_cannot_be_removed(world: World) -> None:
    await world.granted()
    await world.move_clock_to(datetime(2026, 10, 2, 9, tzinfo=UTC))
    await world.send(ADMINISTRATOR, a_305(1))
    await world.send(ADMINISTRATOR, a_307(1, date(2026, 9, 20), StopReason.AS_PLANNED, identification="T1"))
    removal = a_305(1, identification="S2", submission=Submission.REMOVED)
    assert (await world.send(ADMINISTRATOR, removal))["returnCodes"] == ["9071"]


async def test_an_end_is_moved_under_the_same_number(world: World) -> None:
    referral_id = await world.granted()
    body = {"reason": "extended", "endsOn": "2027-06-30"}
    state = await world.post(WORKER, f"/referrals/{referral_id}/changes", body)
    assert (state["referralId"], state["allocationNumber"]) == (str(referral_id), 1)
    [product] = (await latest_301(world)).products
    assert (product.number, product.ends_on, product.change_reason) == (1, date(2027, 6, 30), ChangeReason.EXTENDED)
    same = await world.call(WORKER, "POST", f"/referrals/{referral_id}/changes", body)
    assert (same.status_code, same.json()["errors"][0]["code"]) == (400, "nothing-changes")


async def test_what_has_expired_is_not_extended(world: World) -> None:
    referral_id = await world.granted(0, desiredEnd="2026-09-30")
    await world.move_clock_to(datetime(2026, 10, 2, 9, tzinfo=UTC))
    body = {"reason": "extended", "endsOn": "2027-06-30"}
    late = await world.call(WORKER, "POST", f"/referrals/{referral_id}/changes", body)
    assert late.json()["errors"][0]["code"] == "expired"


async def test_another_volume_a_week_gets_a_number_of_its_own(world: World) -> None:
    referral_id = await world.granted()
    body = {"reason": "extended", "volume": 5, "fromDay": "2026-11-01"}
    state = await world.post(WORKER, f"/referrals/{referral_id}/changes", body)
    assert (state["allocationNumber"], state["status"]) == (2, "granted")
    ended, beside = (await latest_301(world)).products
    assert (ended.number, ended.ends_on, ended.change_reason) == (1, date(2026, 10, 31), ChangeReason.EXTENDED)
    assert (beside.number, beside.starts_on, beside.ends_on) == (2, date(2026, 11, 1), date(2027, 2, 28))
    assert (beside.change_reason, beside.extent) == (None, Extent(5, Unit.HOUR, Frequency.WEEK))


async def test_less_in_total_needs_the_consent_of_the_provider(world: World) -> None:
    referral_id = await world.granted(0, frequency="whole", volume=80)
    body = {"reason": "shortened", "volume": 60}
    refused = await world.call(WORKER, "POST", f"/referrals/{referral_id}/changes", body)
    assert refused.json()["errors"][0]["code"] == "consent-needed"
    await world.post(WORKER, f"/referrals/{referral_id}/changes", body | {"agreed": True})
    [product] = (await latest_301(world)).products
    assert (product.number, product.extent) == (1, Extent(60, Unit.HOUR, Frequency.WHOLE))


async def test_an_allocation_is_removed_also_when_care_had_begun(world: World) -> None:
    referral_id = await world.granted()
    await world.move_clock_to(SEPTEMBER)
    await world.post(PLANNER, f"/referrals/{referral_id}/starts", {"startedOn": "2026-09-01"})
    state = await world.post(WORKER, f"/referrals/{referral_id}/removals")
    assert state["status"] == "withdrawn"
    assert (await last(world, "allocations.changed"))["removed"]
    [product] = (await latest_301(world)).products
    assert (product.change_reason, product.ends_on) == (ChangeReason.REMOVED, product.starts_on)


async def test_a_request_for_change_is_granted_as_a_whole(world: World) -> None:
    await world.granted()
    more = DesiredProduct(starts_on=date(2026, 11, 1), allocation_number=1, ends_on=date(2027, 2, 28),
                          extent=Extent(5, Unit.HOUR, Frequency.WEEK))  # fmt: skip
    await world.send(ADMINISTRATOR, a_317("V1", more))
    request = await undecided(world)
    assert (request["change"], request["reference"], request["decisionDue"]) == (True, "V1", "2026-08-21T22:00:00Z")
    [about] = await world.get(WORKER, f"/chain-requests/{request['requestId']}/allocations")
    assert (about["number"], about["volume"]) == (1, 3)
    address = f"/chain-requests/{request['requestId']}/decisions"
    assert (await world.post(WORKER, address, {"decision": "grant"}))["granted"]
    ended, beside = (await latest_301(world)).products
    assert (ended.reference, beside.reference) == ("V1", "V1")
    assert (ended.ends_on, ended.change_reason) == (date(2026, 10, 31), ChangeReason.PROVIDER_INITIATIVE)
    assert (beside.number, beside.starts_on, beside.change_reason) == (2, date(2026, 11, 1), None)
    again = await world.call(WORKER, "POST", address, {"decision": "grant"})
    assert again.status_code == 409
    assert await world.deadlines(UUID(request["requestId"])) == {}


async def test_a_later_end_is_granted_under_the_same_number(world: World) -> None:
    await world.granted()
    longer = DesiredProduct(starts_on=date(2026, 9, 1), allocation_number=1, ends_on=date(2027, 6, 30),
                            extent=Extent(3, Unit.HOUR, Frequency.WEEK))  # fmt: skip
    await world.send(ADMINISTRATOR, a_317("V1", longer))
    request = await undecided(world)
    await world.post(WORKER, f"/chain-requests/{request['requestId']}/decisions", {"decision": "grant"})
    [product] = (await latest_301(world)).products
    assert (product.number, product.ends_on, product.reference) == (1, date(2027, 6, 30), "V1")


async def test_a_request_for_change_is_investigated_and_then_refused(world: World) -> None:
    await world.granted()
    longer = DesiredProduct(starts_on=date(2026, 9, 1), allocation_number=1, ends_on=date(2027, 6, 30),
                            extent=Extent(3, Unit.HOUR, Frequency.WEEK))  # fmt: skip
    await world.send(ADMINISTRATOR, a_317("V1", longer))
    request = await undecided(world)
    address = f"/chain-requests/{request['requestId']}"
    state = await world.post(WORKER, f"{address}/decisions", {"decision": "investigate"})
    assert state["decisionDue"] == "2026-10-09T22:00:00Z"
    await world.move_clock_to(datetime(2026, 10, 12, 9, tzinfo=UTC))
    await world.post(SYSTEM, f"{address}/reminders", {"overdue": True})
    assert (await world.get(WORKER, address))["escalated"]
    await world.post(WORKER, f"{address}/decisions", {"decision": "refuse", "reason": "outside_budget"})
    assert (await world.get(PLANNER, address))["answers"] == ["under_investigation", "rejected"]
    assert [each["kind"] for each in (await world.get(WORKER, "/messages", kind="JW319"))["items"]] == ["JW319"] * 2
    [journey] = (await world.get(PLANNER, "/referrals"))["items"]
    assert journey["endsOn"] == "2027-02-28"


async def test_a_provider_asks_for_a_change_on_a_screen(world: World) -> None:
    referral_id = await world.granted()
    body = {"reason": "client_situation", "endsOn": "2027-06-30"}
    sent = await world.post(PLANNER, f"/referrals/{referral_id}/requested-changes", body)
    assert (sent["kind"], sent["accepted"], sent["answerKind"]) == ("JW317", True, "JW318")
    twice = await world.call(PLANNER, "POST", f"/referrals/{referral_id}/requested-changes", body)
    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (400, "9374")
    assert (await undecided(world))["changed"][0]["endsOn"] == "2027-06-30"


async def test_a_request_without_a_product_is_granted_as_it_is(world: World) -> None:
    generic = requested(category=None, code=None, extent=None, budget_cents=100_000)
    await world.send(ADMINISTRATOR, a_315("A1", 0, generic))
    request = await undecided(world)
    lacking = await world.call(
        WORKER, "POST", f"/chain-requests/{request['requestId']}/decisions", {"decision": "grant"}
    )
    assert lacking.json()["type"].endswith("dossier-incomplete")
    grant = {"decision": "grant", "person": {"phone": "0241234567"}}
    await world.post(WORKER, f"/chain-requests/{request['requestId']}/decisions", grant)
    [product] = (await latest_301(world)).products
    assert (product.category, product.budget_cents, product.reference) == (None, 100_000, "R1")
    [allocation] = (await world.get(PLANNER, "/allocations", journeyless="true"))["items"]
    assert (allocation["budgetCents"], allocation["referralId"]) == (100_000, None)
    assert (await last(world, "allocations.decided"))["budgetCents"] == 100_000
