"""Nobody asks for what is allocated already (OP307), or while an earlier request is to be decided on (OP350)."""

from datetime import UTC, date, datetime
from typing import Any

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.istandaarden import DesiredProduct, Extent
from tests.integration.referral.referral_world import (
    ADMINISTRATOR,
    GUIDANCE,
    KOMPAS,
    PLANNER,
    WORKER,
    World,
    request_body,
)
from tests.integration.referral.test_referral_changes import a_317
from tests.integration.referral.test_referral_messages import a_315, requested

BROAD: dict[str, Any] = {"category": None, "code": None, "extent": None, "budget_cents": 100_000}
LATER: dict[str, Any] = {"desiredStart": "2027-03-01", "desiredEnd": "2027-06-30"}
BEYOND: dict[str, Any] = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 6, 30)}


async def refused(world: World, body: Any, by: str = WORKER) -> tuple[int, str, str]:
    answer = await world.call(by, "POST", "/referrals", body)
    problem = answer.json()
    return answer.status_code, problem["type"].removeprefix("urn:samenspel:problem:"), problem["detail"]


async def same(world: World, kind: str, name: object) -> list[int]:
    return [each["number"] for each in await world.get(WORKER, f"/{kind}/{name}/same-allocations")]


async def test_a_municipality_does_not_ask_for_what_is_allocated(world: World) -> None:
    await world.granted()
    status, code, detail = await refused(world, request_body())
    assert (status, code) == (409, "stacking")
    assert "toewijzing 1, vanaf 01-09-2026" in detail
    # Other days, another product and another provider are something else.
    await world.requested(**LATER)
    await world.requested(provider=KOMPAS)
    await world.requested(productCode=GUIDANCE)


async def test_who_decides_on_a_message_sees_what_is_allocated(world: World) -> None:
    first = await world.granted()
    [asked] = (await world.send(ADMINISTRATOR, a_315("A1")))["referralIds"]
    assert await same(world, "referrals", asked) == [1]
    assert await same(world, "referrals", first) == []
    await world.post(WORKER, f"/referrals/{asked}/decisions", {"decision": "refuse", "reason": "stacking"})
    [beyond] = (await world.send(ADMINISTRATOR, a_315("A2", 0, requested("R2", **BEYOND))))["referralIds"]
    assert await same(world, "referrals", beyond) == []


async def test_who_decides_on_a_request_as_a_whole_sees_it_too(world: World) -> None:
    await world.granted()
    assert (await world.send(ADMINISTRATOR, a_315("A1", 0, requested(**BROAD))))["accepted"]
    [request] = (await world.get(WORKER, "/chain-requests"))["items"]
    assert await same(world, "chain-requests", request["requestId"]) == [1]


async def test_a_change_of_an_allocation_does_not_ask_for_it_anew(world: World) -> None:
    await world.granted()
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    more = DesiredProduct(
        starts_on=date(2026, 9, 1),
        allocation_number=1,
        ends_on=date(2027, 5, 31),
        extent=Extent(3, Unit.HOUR, Frequency.WEEK),
    )
    assert (await world.send(ADMINISTRATOR, a_317("V1", more)))["accepted"]
    [request] = (await world.get(WORKER, "/chain-requests"))["items"]
    assert await same(world, "chain-requests", request["requestId"]) == []


async def test_a_request_by_form_holds_back_the_same_by_message(world: World) -> None:
    form = await world.requested()
    for product in (requested(), requested(**BROAD)):
        held = await world.send(ADMINISTRATOR, a_315(f"A{product.budget_cents}", 0, product))
        assert held["returnCodes"] == ["9374"]
    two = await world.send(ADMINISTRATOR, a_315("A2", 0, requested(), requested("R2", **BEYOND)))
    assert [each["path"] for each in two["findings"]] == ["Bericht/Client/AangevraagdeProducten/AangevraagdProduct[1]"]
    # Another person, and other days, do not wait for it.
    assert (await world.send(ADMINISTRATOR, a_315("A3", 1, requested("R3"))))["accepted"]
    assert (await world.send(ADMINISTRATOR, a_315("A4", 0, requested("R4", **BEYOND))))["accepted"]
    await world.post(WORKER, f"/referrals/{form}/decisions", {"decision": "refuse", "reason": "not_suitable"})


async def test_once_decided_on_a_form_holds_nothing_back(world: World) -> None:
    form = await world.requested()
    await world.post(WORKER, f"/referrals/{form}/decisions", {"decision": "refuse", "reason": "not_suitable"})
    assert (await world.send(ADMINISTRATOR, a_315("A1")))["accepted"]


async def test_a_request_by_message_holds_back_the_same_by_form(world: World) -> None:
    await world.send(ADMINISTRATOR, a_315("A1"))
    assert (await refused(world, request_body()))[:2] == (409, "request-under-way")
    assert (await refused(world, request_body(), by=PLANNER))[:2] == (409, "request-under-way")
    await world.requested(**LATER)


async def test_a_request_without_a_product_holds_back_the_form(world: World) -> None:
    await world.send(ADMINISTRATOR, a_315("A1", 0, requested(**BROAD)))
    assert (await refused(world, request_body()))[:2] == (409, "request-under-way")
    crisis = request_body(crisis=True, desiredStart="2026-08-14", desiredEnd="2026-10-31")
    await world.post(WORKER, "/referrals", crisis)


async def test_two_forms_for_the_same_come_one_after_the_other(world: World) -> None:
    await world.requested()
    assert (await refused(world, request_body()))[:2] == (409, "request-under-way")
