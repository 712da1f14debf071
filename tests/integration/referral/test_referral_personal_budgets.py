"""A personal budget and what is allocated for the same product do not run at the same time (OP043)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.reasons import ChangeReason, ChangeRequestReason
from services.referral.istandaarden import DesiredProduct, Extent, request_for_change_317
from tests.integration.referral.referral_world import (
    ADMINISTRATOR,
    GUIDANCE,
    HEUMEN,
    KOMPAS,
    OUTPATIENT,
    PLANNER,
    REIGER,
    SYSTEM,
    WILGENHOF,
    WORKER,
    World,
    person,
    request_body,
)
from tests.integration.referral.test_referral_broad import by_category
from tests.integration.referral.test_referral_changes import a_301, allocated, latest_301, undecided
from tests.integration.referral.test_referral_messages import a_315, header, requested
from tests.integration.referral.test_referral_relations import client_of
from tests.integration.referral.trajectory_files import file, row

OCTOBER = "2026-10-01"
CLIENT = 201


def a_budget(**changes: Any) -> dict[str, Any]:
    body = {"law": "youth", "category": "45", "startsOn": OCTOBER, "ending": []}
    return {**body, **changes}


async def record(world: World, about: str, **changes: Any) -> dict[str, Any]:
    return dict(await world.post(WORKER, f"/clients/{about}/personal-budgets", a_budget(**changes)))


async def refusal(world: World, path: str, body: Any, by: str = WORKER) -> tuple[int, str, str]:
    """Status, code and field of what is not accepted; there is nothing personal in it."""
    answer = await world.call(by, "POST", path, body)
    problem = answer.json()
    [error] = problem.get("errors") or [{"code": problem["type"].rsplit(":", 1)[-1], "pointer": ""}]
    assert "Wolkenveld" not in answer.text
    return answer.status_code, error["code"], error["pointer"]


async def of_client(world: World, about: str) -> list[dict[str, Any]]:
    return list(await world.get(WORKER, f"/clients/{about}/personal-budgets"))


async def started(world: World, **changes: Any) -> UUID:
    referral_id = await world.granted(CLIENT, desiredStart="2026-08-14", **changes)
    await world.post(PLANNER, f"/referrals/{referral_id}/starts", {"startedOn": "2026-08-14"})
    return referral_id


async def test_what_runs_for_the_same_product_ends_the_day_before_as_was_confirmed(world: World) -> None:
    referral_id = await started(world)
    about = await client_of(world, referral_id)
    number = (await world.get(WORKER, f"/referrals/{referral_id}"))["allocationNumber"]
    query = {"law": "youth", "category": "45", "startsOn": OCTOBER}
    [beside] = await world.get(WORKER, f"/clients/{about}/overlapping-allocations", **query)
    assert (beside["allocation"]["number"], beside["remedy"]) == (number, "end")

    path = f"/clients/{about}/personal-budgets"
    assert await refusal(world, path, a_budget()) == (400, "not-confirmed", "/ending")
    assert await of_client(world, about) == []
    state = await record(world, about, ending=[number])
    assert state["ended"] == [number]
    seen = await world.get(PLANNER, f"/referrals/{referral_id}")
    assert (seen["status"], seen["endsOn"]) == ("started", "2026-09-30")
    assert "stop" in await world.deadlines(referral_id)  # the provider promises to report the stop (307)
    [told] = (await latest_301(world)).products
    assert (told.number, told.ends_on, told.change_reason) == (number, date(2026, 9, 30), ChangeReason.FORM_OF_DELIVERY)
    [kept] = await of_client(world, about)
    assert (kept["categoryName"], kept["startsOn"], kept["endsOn"], kept["beside"]) == (
        "Jeugdhulp ambulant",
        OCTOBER,
        None,
        [],
    )
    looks = await world.as_admin("select distinct name from processing_record where name like '%personal-budget%'")
    assert {row["name"] for row in looks} == {"record-personal-budget", "look-at-personal-budgets"}


async def test_an_allocation_of_the_category_ends_too_and_one_for_anything_does_not(world: World) -> None:
    await world.post(WORKER, "/allocations", by_category(person=person(CLIENT)))
    generic = by_category(person=person(CLIENT), category=None, provider=KOMPAS)
    await world.post(WORKER, "/allocations", generic)
    about = (await world.get(WORKER, f"/allocations/{HEUMEN}/youth/1"))["client"]
    query = {"law": "youth", "category": "45", "productCode": OUTPATIENT, "startsOn": OCTOBER}
    beside = await world.get(WORKER, f"/clients/{about}/overlapping-allocations", **query)
    assert [(each["allocation"]["number"], each["remedy"]) for each in beside] == [(1, "end"), (2, "look")]
    await record(world, about, productCode=OUTPATIENT, ending=[1])
    ends = {number: await world.get(WORKER, f"/allocations/{HEUMEN}/youth/{number}") for number in (1, 2)}
    assert {number: each["endsOn"] for number, each in ends.items()} == {1: "2026-09-30", 2: "2027-02-28"}
    assert ends[1]["reason"] == "form_of_delivery"
    [kept] = await of_client(world, about)
    assert kept["beside"] == []


async def test_what_cannot_end_by_itself_stays_to_be_done(world: World) -> None:
    later = await world.granted(CLIENT, desiredStart="2026-11-01")
    about = await client_of(world, later)
    state = await record(world, about)
    assert state["ended"] == []
    [kept] = await of_client(world, about)
    assert [each["remedy"] for each in kept["beside"]] == ["remove"]
    await world.post(WORKER, f"/referrals/{later}/removals")
    [kept] = await of_client(world, about)
    assert kept["beside"] == []


async def test_care_given_since_a_budget_in_the_past_stays_legitimate(world: World) -> None:
    referral_id = await world.granted(CLIENT, desiredStart="2026-08-01")
    about = await client_of(world, referral_id)
    await record(world, about, startsOn="2026-08-13")
    [kept] = await of_client(world, about)
    assert [each["remedy"] for each in kept["beside"]] == ["agree"]
    # The team agrees with the provider until when it was given, which no budget refuses.
    change = {"endsOn": "2026-08-20", "reason": "form_of_delivery"}
    await world.post(WORKER, f"/referrals/{referral_id}/changes", change)


async def test_nothing_is_asked_decided_or_extended_in_the_days_of_a_budget(world: World) -> None:
    asked = await world.requested(CLIENT)
    about = await client_of(world, asked)
    running = await world.granted(CLIENT, provider=KOMPAS, desiredEnd="2026-09-30")
    await record(world, about, endsOn="2026-12-31")
    for path, body, pointer in (
        (f"/referrals/{asked}/decisions", {"decision": "grant"}, "/startsOn"),
        (f"/referrals/{asked}/shared-offers", {"providers": [KOMPAS, WILGENHOF], "startsOn": OCTOBER}, "/startsOn"),
        (f"/referrals/{running}/changes", {"endsOn": OCTOBER, "reason": "extended"}, "/endsOn"),
        (f"/referrals/{running}/changes", {"volume": 5, "fromDay": "2026-09-15", "endsOn": OCTOBER,
                                           "reason": "extended"}, "/fromDay"),
        ("/referrals", request_body(CLIENT, provider=WILGENHOF), "/desiredStart"),
        ("/allocations", by_category(person=person(CLIENT), provider=WILGENHOF), "/startsOn"),
    ):  # fmt: skip
        assert await refusal(world, path, body) == (400, "personal-budget", pointer), path
    [told] = await world.get(WORKER, f"/referrals/{asked}/personal-budgets")
    assert (told["startsOn"], told["endsOn"]) == (OCTOBER, "2026-12-31")
    assert await world.get(WORKER, f"/referrals/{running}/personal-budgets") == []
    # Before and after it everything is possible, and so is other help.
    decided = {"decision": "grant", "startsOn": "2026-09-01", "endsOn": "2026-09-30"}
    await world.post(WORKER, f"/referrals/{asked}/decisions", decided)
    await world.granted(CLIENT, provider=WILGENHOF, desiredStart="2027-01-01")
    await world.granted(CLIENT, productCode=GUIDANCE)


async def test_a_broad_allocation_is_not_extended_into_a_budget(world: World) -> None:
    await world.post(WORKER, "/allocations", by_category(person=person(CLIENT), endsOn="2026-09-30"))
    path = f"/allocations/{HEUMEN}/youth/1"
    about = (await world.get(WORKER, path))["client"]
    await record(world, about)
    change = {"endsOn": OCTOBER, "reason": "extended"}
    assert await refusal(world, f"{path}/changes", change) == (400, "personal-budget", "/endsOn")
    await world.post(WORKER, f"{path}/changes", {"endsOn": "2026-09-15", "reason": "shortened"})


async def test_a_request_by_message_is_not_granted_and_one_of_another_system_is_taken_as_it_is(world: World) -> None:
    first = await world.granted(CLIENT, desiredEnd="2026-09-30", provider=KOMPAS)
    about = await client_of(world, first)
    await record(world, about)
    sent = await world.send(ADMINISTRATOR, a_315("B1", CLIENT, requested("R1", starts_on=date(2026, 10, 1))))
    [referral_id] = sent["referralIds"]
    path = f"/referrals/{referral_id}/decisions"
    assert await refusal(world, path, {"decision": "grant"}) == (400, "personal-budget", "/startsOn")
    await world.post(WORKER, path, {"decision": "refuse", "reason": "not_suitable"})

    other = a_301("T1", allocated(starts_on=date(2026, 10, 1)), ordinal=CLIENT)
    assert (await world.send(WORKER, other))["accepted"]
    [kept] = await of_client(world, about)
    assert [(each["allocation"]["number"], each["remedy"]) for each in kept["beside"]] == [(900, "remove")]


async def test_a_request_without_a_product_is_not_granted_either(world: World) -> None:
    first = await world.granted(CLIENT, desiredEnd="2026-09-30", provider=KOMPAS)
    await record(world, await client_of(world, first))
    product = requested("R1", starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31), code=None, extent=None,
                        budget_cents=100_000)  # fmt: skip
    assert (await world.send(ADMINISTRATOR, a_315("B1", CLIENT, product)))["accepted"]
    request_id = (await undecided(world))["requestId"]
    assert len(await world.get(WORKER, f"/chain-requests/{request_id}/personal-budgets")) == 1
    path = f"/chain-requests/{request_id}/decisions"
    assert await refusal(world, path, {"decision": "grant"}) == (400, "personal-budget", "/decision")


async def test_a_claim_says_nothing_of_the_budget_to_the_provider(world: World) -> None:
    referral_id = await world.requested(CLIENT)
    about = await client_of(world, referral_id)
    await world.post(WORKER, f"/referrals/{referral_id}/shared-offers", {"providers": [REIGER, KOMPAS]})
    await record(world, about)
    answer = await world.call(PLANNER, "POST", f"/referrals/{referral_id}/claims", {})
    assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]) == (409, "not-now")
    assert not {"pgb", "personal budget"} & set(answer.text.lower().split())
    for path in (f"/clients/{about}/personal-budgets", f"/referrals/{referral_id}/personal-budgets"):
        assert (await world.call(PLANNER, "GET", path)).status_code == 403
    assert (await world.call("access-worker-nijmegen", "GET", f"/clients/{about}/personal-budgets")).status_code == 404


async def test_it_can_be_ended_corrected_and_taken_away(world: World) -> None:
    referral_id = await world.granted(CLIENT, desiredEnd="2026-11-30")
    about = await client_of(world, referral_id)
    state = await record(world, about, category="41")
    path = f"/clients/{about}/personal-budgets"
    one = f"{path}/{state['budgetId']}"
    assert await refusal(world, path, a_budget(category="41", startsOn="2027-01-01")) == (
        400,
        "recorded-already",
        "/startsOn",
    )
    ended = {**a_budget(category="41"), "endsOn": "2026-12-31"}
    assert (await world.post(WORKER, f"{one}/changes", ended))["changed"]
    assert not (await world.post(WORKER, f"{one}/changes", ended))["changed"]
    for wrong, code, pointer in (
        ({"endsOn": "2026-09-30"}, "ends-before-start", "/endsOn"),
        ({"category": "02"}, "unknown-category", "/category"),
        ({"category": "45"}, "not-confirmed", "/ending"),
        ({"ending": [7]}, "not-confirmed", "/ending"),
    ):
        assert await refusal(world, f"{one}/changes", {**ended, **wrong}) == (400, code, pointer)
    assert (await world.post(WORKER, f"{one}/changes", {**ended, "category": "45", "ending": [1]}))["ended"] == [1]
    await world.post(WORKER, f"{one}/removals")
    assert await of_client(world, about) == []
    assert (await world.call(WORKER, "POST", f"{one}/removals")).status_code == 404
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["endsOn"] == "2026-09-30"


async def test_the_same_key_records_it_once(world: World) -> None:
    about = await client_of(world, await world.requested(CLIENT, productCode=GUIDANCE))
    path = f"/clients/{about}/personal-budgets"
    first, second = await asyncio.gather(*[world.post(WORKER, path, a_budget(), key="twice") for _ in range(2)])
    assert first == second
    assert len(await of_client(world, about)) == 1


@asynccontextmanager
async def held_up(world: World) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Nobody can finish what has events; gives what waits until so many wait for a lock, or an act has ended."""
    connection = await asyncpg.connect(world.admin_url)
    waiting = "select count(distinct pid) from pg_locks, pg_sleep(0.01) where not granted"

    async def until(number: int, act: asyncio.Task[Any] | None = None) -> None:
        async with asyncio.timeout(10):
            while await connection.fetchval(waiting) < number and not (act and act.done()):
                pass

    try:
        async with connection.transaction():
            await connection.execute("select * from referral.log_head for update")
            yield until
    finally:
        await connection.close()


@pytest.mark.parametrize("change", ["grant", "extend"])
async def test_of_a_budget_and_an_allocation_at_the_same_moment_one_loses(world: World, change: str) -> None:
    """The decision was checked and is about to be written when the budget is recorded."""
    if change == "grant":
        referral_id = await world.requested(CLIENT)
        path, body = f"/referrals/{referral_id}/decisions", {"decision": "grant"}
    else:
        referral_id = await world.granted(CLIENT, desiredEnd="2026-09-30")
        path, body = f"/referrals/{referral_id}/changes", {"endsOn": "2026-12-31", "reason": "extended"}
    budgets = f"/clients/{await client_of(world, referral_id)}/personal-budgets"
    async with held_up(world) as until:
        first = asyncio.create_task(world.call(WORKER, "POST", path, body))
        await until(1)
        second = asyncio.create_task(world.call(WORKER, "POST", budgets, a_budget()))
        await until(2, second)
    granted, recorded = await asyncio.gather(first, second)
    assert (granted.status_code, recorded.status_code) == (201, 400)
    assert recorded.json()["errors"][0]["code"] == "not-confirmed"


async def test_a_decision_waits_for_a_budget_that_is_being_recorded(world: World) -> None:
    running = await world.granted(CLIENT, provider=KOMPAS)
    asked = await world.requested(CLIENT)
    budgets = f"/clients/{await client_of(world, running)}/personal-budgets"
    async with held_up(world) as until:
        first = asyncio.create_task(world.call(WORKER, "POST", budgets, a_budget(ending=[1])))
        await until(1)
        second = asyncio.create_task(world.call(WORKER, "POST", f"/referrals/{asked}/decisions", {"decision": "grant"}))
        await until(2, second)
    recorded, granted = await asyncio.gather(first, second)
    assert (recorded.status_code, granted.status_code) == (201, 400)
    assert granted.json()["errors"][0]["code"] == "personal-budget"


async def test_extending_and_a_budget_at_the_same_moment_leave_no_shared_day(world: World) -> None:
    referral_id = await world.granted(CLIENT, desiredEnd="2026-10-31")
    about = await client_of(world, referral_id)
    extend = {"endsOn": "2026-12-31", "reason": "extended"}
    await asyncio.gather(
        world.call(WORKER, "POST", f"/referrals/{referral_id}/changes", extend),
        world.call(WORKER, "POST", f"/clients/{about}/personal-budgets", a_budget(ending=[1])),
    )
    [kept] = await of_client(world, about)
    assert kept["beside"] == []
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["endsOn"] == "2026-09-30"


@pytest.mark.parametrize("volume", [3, 5])
async def test_a_request_for_change_is_not_granted_into_a_budget(world: World, volume: int) -> None:
    """The same volume for longer keeps its number; another volume is a new allocation beside it."""
    about = await client_of(world, await world.granted(CLIENT, desiredEnd="2026-09-30"))
    await record(world, about)
    begins = date(2026, 9, 1) if volume == 3 else date(2026, 9, 15)
    longer = DesiredProduct(starts_on=begins, allocation_number=1, ends_on=date(2026, 10, 1),
                            extent=Extent(volume, Unit.HOUR, Frequency.WEEK))  # fmt: skip
    reason = ChangeRequestReason.CARE_PLAN
    message = request_for_change_317(header("W1"), fictional_bsn(CLIENT), "V1", reason, changed=[longer])
    assert (await world.send(ADMINISTRATOR, message))["accepted"]
    request_id = (await undecided(world))["requestId"]
    assert len(await world.get(WORKER, f"/chain-requests/{request_id}/personal-budgets")) == 1
    path = f"/chain-requests/{request_id}/decisions"
    assert await refusal(world, path, {"decision": "grant"}) == (400, "personal-budget", "/decision")
    [seen] = (await world.get(PLANNER, "/referrals"))["items"]
    assert (seen["endsOn"], seen["allocationNumber"]) == ("2026-09-30", 1)


async def test_after_a_decline_nobody_else_is_asked_when_a_budget_runs(world: World) -> None:
    referral_id = await world.granted(CLIENT)
    about = await client_of(world, referral_id)
    await world.post(PLANNER, f"/referrals/{referral_id}/declines", {"reason": "no_room"})
    await record(world, about)
    left = await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {})
    assert (left["status"], left["changed"]) == ("declined", True)
    seen = await world.get(WORKER, f"/referrals/{referral_id}")
    assert seen["task"] == "place"  # the access team, who reads why on the page where it decides
    assert len(await world.get(WORKER, f"/referrals/{referral_id}/personal-budgets")) == 1


async def test_a_dossier_that_carries_no_message_yet_is_completed_first(world: World) -> None:
    care = {"starts_on": "2026-06-01", "ends_on": "2027-05-31", "started_on": "2026-06-03", "stopped_on": "",
            "stop_reason": ""}  # fmt: skip
    await world.post(WORKER, "/imports", content=file([row(CLIENT, **care)]), media_type="text/csv")
    [journey] = (await world.get(WORKER, "/referrals"))["items"]
    path = f"/clients/{journey['client']}/personal-budgets"
    assert await refusal(world, path, a_budget(ending=[CLIENT])) == (409, "dossier-incomplete", "")
    assert await of_client(world, journey["client"]) == []
    assert (await world.get(WORKER, f"/referrals/{journey['referralId']}"))["endsOn"] == "2027-05-31"


async def test_about_a_client_in_silence_an_allocation_ends_without_a_message(world: World) -> None:
    referral_id = await world.granted(CLIENT)
    about = await client_of(world, referral_id)
    path = f"/clients/{about}/exchange"
    await world.post(WORKER, path, {"allowed": False, "judgedBy": "Kinderarts Denkbeeld"})
    told = len((await world.get(WORKER, "/messages", kind="JW301"))["items"])
    assert (await record(world, about, ending=[1]))["ended"] == [1]
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["endsOn"] == "2026-09-30"
    assert len((await world.get(WORKER, "/messages", kind="JW301"))["items"]) == told
    assert (await world.post(WORKER, path, {"allowed": True}))["messagesWritten"] == 1
    [product] = (await latest_301(world)).products
    assert product.ends_on == date(2026, 9, 30)


async def test_what_another_system_allocated_ends_too(world: World) -> None:
    await world.send(WORKER, a_301("T1", allocated(), ordinal=CLIENT))
    [row] = await world.as_admin("select find_pseudonym(client_id, 'dossier') as name from client")
    assert (await record(world, str(row["name"]), ending=[900]))["ended"] == [900]
    assert fictional_bsn(CLIENT).digits not in str(await of_client(world, str(row["name"])))
