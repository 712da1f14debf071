"""A provider finds whom it helps or helped, and sees their care as a whole; of clients of others it learns nothing."""

from typing import Any
from uuid import UUID

import pytest

from contracts.values import Role
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.searching import sought
from services.referral.handlers import finding
from services.referral.store import queries
from tests.integration.referral.referral_world import (
    ADMINISTRATOR,
    GUIDANCE,
    HEUMEN,
    KOMPAS,
    NIJMEGEN,
    PEOPLE,
    PLANNER,
    REIGER,
    SYSTEM,
    WORKER,
    World,
    actor,
    person,
    request_body,
)
from tests.integration.referral.test_referral_finding import MISTYPED, REFERENCE, TABLES, found, search

NEIGHBOUR, PROFESSIONAL, COMPETITOR = "access-worker-nijmegen", "professional-reiger", "planner-kompas"


async def client_of(world: World, referral_id: UUID, by: str = WORKER) -> str:
    return str((await world.get(by, f"/referrals/{referral_id}"))["client"])


async def number_of(world: World, referral_id: UUID) -> str:
    return str((await world.get(WORKER, f"/referrals/{referral_id}"))["allocationNumber"])


async def granted_by_neighbour(world: World, ordinal: int, **changes: Any) -> UUID:
    state = await world.post(NEIGHBOUR, "/referrals", request_body(ordinal, municipality=NIJMEGEN, **changes))
    await world.post(NEIGHBOUR, f"/referrals/{state['referralId']}/decisions", {"decision": "grant"})
    return UUID(state["referralId"])


async def nothing(world: World, typed: str, by: str) -> None:
    answer = await search(world, typed, by)
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (404, "client-not-found"), (typed, by)


async def test_a_client_is_found_by_each_of_their_numbers_and_the_look_is_recorded(world: World) -> None:
    journey = await world.granted()
    await world.post(PLANNER, f"/referrals/{journey}/acceptances", {"ownNumber": "ZR-2026/7"})
    about, digits = await client_of(world, journey), fictional_bsn(0).digits
    for by in (PLANNER, PROFESSIONAL):
        for typed in (digits, f"{digits[:4]}.{digits[4:6]}.{digits[6:]}", "ZR-2026/7", await number_of(world, journey)):
            answer = await search(world, typed, by)
            assert (answer.status_code, answer.json()) == (200, found(about)), typed
    records = await world.as_admin("select * from processing_record where name = 'find-client'")
    assert [each["data_subject_id"] for each in records] == [UUID(about)] * 8
    assert {each["party"] for each in records} == {f"provider:{REIGER}"}
    for by in (ADMINISTRATOR, SYSTEM, "contract-manager-heumen"):
        assert (await search(world, digits, by)).status_code == 403, by


async def test_unknown_and_not_yours_get_the_same_answer(world: World) -> None:
    journey = await world.granted(person=person(0, reference=REFERENCE))
    await world.post(PLANNER, f"/referrals/{journey}/acceptances", {"ownNumber": "ZR-7"})
    unknown = (await search(world, fictional_bsn(5).digits, COMPETITOR)).json()
    for typed in (fictional_bsn(0).digits, "ZR-7", REFERENCE, await number_of(world, journey)):
        answer = await search(world, typed, COMPETITOR)
        assert {**answer.json(), "traceId": 0, "instance": 0} == {**unknown, "traceId": 0, "instance": 0}, typed
        assert answer.status_code == 404
    # The reference of the municipality is no number that its providers use.
    await nothing(world, REFERENCE, PLANNER)
    about = await client_of(world, journey)
    for path in (f"/clients/{about}/care", f"/clients/{UUID(int=1)}/care"):
        assert (await world.call(COMPETITOR, "GET", path)).status_code == 404
    for by in (PLANNER, COMPETITOR):
        wrong = await search(world, MISTYPED, by)
        assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "bsn")
    looks = await world.as_admin("select * from processing_record where party = $1", f"provider:{KOMPAS}")
    assert looks == []


async def test_a_request_that_was_offered_to_several_names_nobody(world: World) -> None:
    journey = await world.requested()
    await world.post(WORKER, f"/referrals/{journey}/shared-offers", {"providers": [REIGER, KOMPAS]})
    await nothing(world, fictional_bsn(0).digits, COMPETITOR)


async def test_an_allocation_number_may_be_of_several_people_and_one_person_of_several_municipalities(
    world: World,
) -> None:
    here, there = await world.granted(0), await granted_by_neighbour(world, 1)
    number = await number_of(world, here)
    assert number == str((await world.get(NEIGHBOUR, f"/referrals/{there}"))["allocationNumber"])
    first, second = await client_of(world, there, NEIGHBOUR), await client_of(world, here)
    assert (await search(world, number, PLANNER)).json() == found(first, second)
    # Of two people with one own number both are found; one person in two municipalities is found once.
    for journey in (here, there):
        await world.post(PLANNER, f"/referrals/{journey}/acceptances", {"ownNumber": "ZR-1"})
    assert (await search(world, "ZR-1", PLANNER)).json() == found(first, second)
    again = await granted_by_neighbour(world, 0, productCode=GUIDANCE)
    await world.post(PLANNER, f"/referrals/{again}/acceptances", {"ownNumber": "ZR-3"})
    latest = await client_of(world, again, NEIGHBOUR)
    assert (await search(world, fictional_bsn(0).digits, PLANNER)).json() == found(latest)
    assert (await search(world, "ZR-3", PLANNER)).json() == found(latest)


async def test_the_care_of_one_person_is_told_over_municipalities_and_laws(world: World) -> None:
    here, there = await world.granted(0), await granted_by_neighbour(world, 0, productCode=GUIDANCE)
    other = await granted_by_neighbour(world, 0, provider=KOMPAS)
    await world.post(PLANNER, f"/referrals/{there}/acceptances", {"ownNumber": "ZR-1"})
    about, elsewhere = await client_of(world, here), await client_of(world, there, NEIGHBOUR)
    care = await world.get(PLANNER, f"/clients/{about}/care")
    assert care["knownAs"] == [
        {"client": about, "municipality": HEUMEN, "ownNumber": None},
        {"client": elsewhere, "municipality": NIJMEGEN, "ownNumber": "ZR-1"},
    ]
    assert [each["referralId"] for each in care["referrals"]] == [str(there), str(here)]
    assert [each["task"] for each in care["referrals"]] == ["report_start", "answer"]
    assert str(other) not in str(care)
    records = await world.as_admin("select * from processing_record where name = 'look-into-care'")
    assert {str(each["data_subject_id"]) for each in records} == {about, elsewhere}
    # From the other side the same, with that side first; the professional sees no requests.
    turned = await world.get(PROFESSIONAL, f"/clients/{elsewhere}/care")
    assert [each["client"] for each in turned["knownAs"]] == [elsewhere, about]
    for by in (WORKER, ADMINISTRATOR, SYSTEM):
        assert (await world.call(by, "GET", f"/clients/{about}/care")).status_code == 403, by
    [theirs] = (await world.get(COMPETITOR, f"/clients/{elsewhere}/care"))["referrals"]
    assert theirs["referralId"] == str(other)


async def test_requests_stand_with_the_care_for_who_may_see_requests(world: World) -> None:
    journey = await world.granted()
    about = await client_of(world, journey)
    more = {"reason": "care_plan", "volume": 5, "fromDay": "2026-10-01"}
    await world.post(PLANNER, f"/referrals/{journey}/requested-changes", more)
    [asked] = (await world.get(PLANNER, f"/clients/{about}/care"))["requests"]
    assert (asked["client"], asked["change"], asked["open"]) == (about, True, True)
    assert (await world.get(PROFESSIONAL, f"/clients/{about}/care"))["requests"] == []


async def test_row_level_security_decides_with_the_api_out_of_the_way(world: World) -> None:
    journey = await world.granted(person=person(0, reference=REFERENCE))
    await world.post(PLANNER, f"/referrals/{journey}/acceptances", {"ownNumber": "ZR-1"})
    about, number = UUID(await client_of(world, journey)), int(await number_of(world, journey))
    index = world.vault.index(HEUMEN, "bsn", fictional_bsn(0).digits)
    strangers = (
        PEOPLE[COMPETITOR],
        actor("x", "provider:73730099", Role.PLANNER),
        actor("x", f"municipality:{NIJMEGEN}", Role.PLANNER),
        actor("x", f"council:{HEUMEN}", Role.PLANNER),
    )
    for who, expected in ((PEOPLE[PLANNER], [about]), *((each, []) for each in strangers)):
        async with world.database.unit(who) as unit:
            rows = queries.clients_by_citizen_number(unit.conn, municipalities=[HEUMEN], indexes=[index])
            assert [row["pseudonym"] async for row in rows] == expected, who.party
            rows = queries.clients_by_provider_number(
                unit.conn,
                own_number="ZR-1",
                allocation_number=number,
                municipalities=[HEUMEN],
                laws=["wmo", "youth"],
                limit=9,
            )
            assert [row["pseudonym"] async for row in rows] == expected, who.party
            assert [each.client for _, each in await finding.same_person(unit, world.vault, about)] == expected
            [client_id] = [row["client_id"] for row in await world.as_admin("select client_id from client")]
            for query in (queries.care_of_clients, queries.allocations_without_journey, queries.requests_about_clients):
                seen = [row async for row in query(unit.conn, clients=[client_id])]
                assert bool(seen) == (bool(expected) and query is queries.care_of_clients), (who.party, query)


async def test_whose_help_was_taken_back_is_found_and_who_was_erased_is_not(world: World) -> None:
    journey = await world.granted()
    digits = fictional_bsn(0).digits
    assert (await search(world, digits, PLANNER)).status_code == 200
    await world.post(WORKER, f"/referrals/{journey}/withdrawals", {"reason": "mistake"})
    about = await client_of(world, journey)
    # Help that was taken back was asked of this provider all the same: it had a relation.
    assert (await search(world, digits, PLANNER)).json() == found(about)
    await world.post(WORKER, f"/clients/{about}/erasures", {"reason": "entered_by_mistake"})
    await nothing(world, digits, PLANNER)
    assert (await world.call(PLANNER, "GET", f"/clients/{about}/care")).status_code == 404


@pytest.mark.parametrize("typed", [fictional_bsn(0).digits, "ZR-Sterrenberg-1", fictional_bsn(9).digits])
async def test_what_a_provider_types_is_kept_nowhere(
    world: World, typed: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    journey = await world.granted()
    answer = await search(world, typed, PLANNER)
    assert typed not in answer.text + str(answer.request.url)
    await world.get(PLANNER, f"/clients/{await client_of(world, journey)}/care")
    for table in TABLES:
        for each in await world.as_admin(f"select t::text as text from {table} t"):
            assert typed not in each["text"], table
            assert typed.encode().hex() not in each["text"], table
    printed = capsys.readouterr()
    assert typed not in caplog.text + printed.out + printed.err


def test_nine_digits_may_be_an_allocation() -> None:
    typed = {text: sought(text).allocation for text in ("12", "123456789", "1234567890", "12a", "٩٩")}
    assert typed == {"12": 12, "123456789": 123456789, "1234567890": None, "12a": None, "٩٩": None}
