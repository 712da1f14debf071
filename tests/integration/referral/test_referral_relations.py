"""Who stands around a client: in the vault and named in allocations; and clients about whom nothing is sent."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.referral.istandaarden import PersonName, Phone, read, request_for_allocation_315
from services.referral.istandaarden.codes import NameUsage
from services.referral.istandaarden.rules import check_content
from tests.integration.referral.referral_world import (
    ADMINISTRATOR,
    GUIDANCE,
    HEUMEN,
    PLANNER,
    REIGER,
    WORKER,
    World,
    person,
)
from tests.integration.referral.test_referral_changes import latest_301
from tests.integration.referral.test_referral_messages import a_305, client, header, requested

MOTHER = {
    "kind": "parent",
    "authority": True,
    "contact": True,
    "order": 1,
    "lastName": "Sterrenberg",
    "prefix": "van",
    "initials": "ML",
    "birthDate": "1984-05-06",
    "gender": "2",
    "phone": "0241234567",
}
ORGANISATION = {"kind": "guardian", "authority": True, "organisation": "Stichting De Maanvoogd", "phone": "0249876543"}
NEIGHBOUR = {"kind": "neighbour", "contact": True, "order": 2, "lastName": "Buurmans", "phone": "0611111111"}


async def client_of(world: World, referral_id: UUID | str) -> str:
    return str((await world.get(WORKER, f"/referrals/{referral_id}"))["client"])


async def add(world: World, client_name: str, relation: dict[str, Any], **rest: Any) -> int:
    state = await world.post(WORKER, f"/clients/{client_name}/relations", {"relation": relation}, **rest)
    return int(state["number"])


async def grant(world: World, referral_id: UUID | str, **body: Any) -> Any:
    return await world.post(WORKER, f"/referrals/{referral_id}/decisions", {"decision": "grant", **body})


async def refused(world: World, path: str, body: Any) -> tuple[int, str]:
    answer = await world.call(WORKER, "POST", path, body)
    problem = answer.json()
    errors = problem.get("errors") or [{"code": problem["type"].rsplit(":", 1)[-1]}]
    assert "Sterrenberg" not in answer.text
    return answer.status_code, errors[0]["code"]


async def messages(world: World, kind: str = "JW301") -> list[dict[str, Any]]:
    return list((await world.get(ADMINISTRATOR, "/messages", kind=kind))["items"])


async def test_a_301_names_who_has_authority_and_who_is_needed_for_contact(world: World) -> None:
    referral_id = await world.requested()
    about = await client_of(world, referral_id)
    assert [await add(world, about, each) for each in (NEIGHBOUR, MOTHER, ORGANISATION)] == [1, 2, 3]
    await grant(world, referral_id)
    told = await latest_301(world)
    assert [(each.number, each.kind, each.order) for each in told.relations] == [
        ("2", "10", 1),
        ("1", "19", 2),
        ("3", "11", None),
    ]
    mother, _, guardian = told.relations
    assert mother.name == PersonName("Sterrenberg", "van", None, "ML", usage=NameUsage.OWN)
    assert mother.contact.phones == (Phone("0241234567"),)
    # IV045: an organisation has its own name and is no natural person.
    assert (guardian.name, guardian.gender) == (
        PersonName("Stichting De Maanvoogd", usage=NameUsage.ORGANISATION),
        None,
    )
    message = (await messages(world))[0]
    text = await world.call(ADMINISTRATOR, "GET", f"/messages/{message['messageId']}/content")
    assert check_content(read(text.content)) == []


async def test_under_the_wmo_only_who_is_needed_for_contact_is_named(world: World) -> None:
    referral_id = await world.requested(productCode=GUIDANCE)
    about = await client_of(world, referral_id)
    for each in (ORGANISATION, NEIGHBOUR):
        await add(world, about, each)
    await grant(world, referral_id)
    [message] = await messages(world, "WMO301")
    text = await world.call(ADMINISTRATOR, "GET", f"/messages/{message['messageId']}/content")
    assert text.content.count(b":Relatie>") == 2
    assert b"Buurmans" in text.content
    assert b"Maanvoogd" not in text.content


async def test_authority_that_the_provider_knows_is_left_out_until_it_changes(world: World) -> None:
    first = await world.requested(1)
    about = await client_of(world, first)
    await add(world, about, ORGANISATION)

    async def asked(month: int, known: bool | None) -> list[str]:
        """Whom the 301 names, when a 315 said this about who has authority."""
        product = requested(f"R{month}", starts_on=date(2027, month, 1), ends_on=date(2027, month, 20))
        content = request_for_allocation_315(header(f"A{month}"), client(1), [product], guardian_known=known)
        [referral_id] = (await world.send(ADMINISTRATOR, content))["referralIds"]
        await grant(world, referral_id)
        return [each.number for each in (await latest_301(world)).relations]

    await world.post(WORKER, f"/referrals/{first}/withdrawals", {"reason": "mistake"})
    assert await asked(1, None) == ["1"]
    assert await asked(2, True) == []
    assert await asked(3, None) == []
    assert await asked(4, False) == ["1"]
    assert await asked(5, True) == []
    # Who has authority now the provider cannot know yet.
    moved = {"relation": {**ORGANISATION, "phone": "0249999999"}}
    await world.post(WORKER, f"/clients/{about}/relations/1/changes", moved)
    assert await asked(6, None) == ["1"]


async def test_a_client_of_sixteen_can_have_authority_over_themselves(world: World) -> None:
    young, older = await world.requested(0), await world.requested(1, person=person(1, birthDate="2009-08-14"))
    about = await client_of(world, young)
    assert await refused(world, f"/clients/{about}/authority", {"own": True}) == (400, "too-young")
    about = await client_of(world, older)
    number = await add(world, about, MOTHER)
    assert await refused(world, f"/clients/{about}/authority", {"own": True}) == (409, "authority-of-another")
    await world.post(WORKER, f"/clients/{about}/relations/{number}/endings")
    assert (await world.post(WORKER, f"/clients/{about}/authority", {"own": True}))["changed"]
    assert not (await world.post(WORKER, f"/clients/{about}/authority", {"own": True}))["changed"]
    assert await refused(world, f"/clients/{about}/relations", {"relation": MOTHER}) == (400, "own-authority")
    seen = await world.get(WORKER, f"/clients/{about}/relations")
    assert (seen["ownAuthority"], seen["mayHaveAuthority"]) == (True, True)
    await grant(world, older)
    assert (await latest_301(world)).relations == ()


async def test_a_number_stays_and_is_never_anothers(world: World) -> None:
    about = await client_of(world, await world.requested())
    key = str(uuid4())
    assert [await add(world, about, MOTHER, key=key), await add(world, about, MOTHER, key=key)] == [1, 1]
    one = f"/clients/{about}/relations/1"
    moved = {"relation": {**MOTHER, "phone": "0699999999"}}
    assert (await world.post(WORKER, f"{one}/changes", moved)) == {"client": about, "number": 1, "changed": True}
    assert not (await world.post(WORKER, f"{one}/changes", moved))["changed"]
    assert (await world.post(WORKER, f"{one}/endings"))["changed"]
    assert not (await world.post(WORKER, f"{one}/endings"))["changed"]
    assert await refused(world, f"{one}/changes", {"relation": MOTHER}) == (409, "ended")
    assert await add(world, about, NEIGHBOUR) == 2
    seen = await world.get(WORKER, f"/clients/{about}/relations")
    assert [(each["number"], each["displayName"], bool(each["endedAt"])) for each in seen["relations"]] == [
        (1, "M.L. van Sterrenberg", True),
        (2, "Buurmans", False),
    ]
    assert seen["relations"][0]["relation"]["phone"] == "0699999999"
    assert (await world.call(WORKER, "POST", f"/clients/{about}/relations/9/endings")).status_code == 404
    numbers = await asyncio.gather(*(add(world, about, {**NEIGHBOUR, "order": order}) for order in (3, 4, 5)))
    assert sorted(numbers) == [3, 4, 5]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"contact": False, "authority": False, "order": None}, "not-needed"),
        ({"contact": False}, "not-for-contact"),
        ({"organisation": "Iets"}, "person-and-organisation"),
        ({"lastName": None}, "missing"),
        ({"phone": None}, "missing"),
        ({"birthDate": "2027-01-01"}, "impossible"),
        ({"birthDate": "1850-01-01"}, "impossible"),
    ],
)
async def test_what_a_message_could_not_carry_is_not_recorded(world: World, changes: dict[str, Any], code: str) -> None:
    about = await client_of(world, await world.requested())
    body = {name: value for name, value in {**MOTHER, **changes}.items() if value is not None}
    assert await refused(world, f"/clients/{about}/relations", {"relation": body}) == (400, code)
    other = {**ORGANISATION, "kind": "mentor"}
    assert await refused(world, f"/clients/{about}/relations", {"relation": other}) == (400, "not-a-guardian")
    assert (await world.get(WORKER, f"/clients/{about}/relations"))["relations"] == []


async def test_relations_are_sealed_for_others_closed_recorded_and_erased(world: World) -> None:
    referral_id = await world.requested()
    about = await client_of(world, referral_id)
    await add(world, about, MOTHER)
    await world.post(WORKER, f"/clients/{about}/exchange", {"allowed": False, "judgedBy": "Dr. Sterrenberg"})
    for table in ("client_relation", "client_circumstance", "command_log", "event_log", "processing_record"):
        rows = await world.as_admin(f"select t::text as text from {table} t")
        assert rows, table
        for each in rows:
            assert "Sterrenberg" not in each["text"]
            assert b"Sterrenberg".hex() not in each["text"]
    path = f"/clients/{about}/relations"
    assert (await world.call(PLANNER, "GET", path)).status_code == 403
    assert (await world.call("contract-manager-heumen", "GET", path)).status_code == 403
    assert (await world.call("access-worker-nijmegen", "GET", path)).status_code == 404
    assert (await world.call("access-worker-nijmegen", "POST", path, {"relation": MOTHER})).status_code == 404
    assert await world.get("access-worker-nijmegen", f"/clients/{about}/referrals") == []
    looks = await world.as_admin("select distinct name from processing_record order by name")
    assert [row["name"] for row in looks] == ["record-circumstances", "record-relation"]
    await world.post(WORKER, f"/referrals/{referral_id}/withdrawals", {"reason": "mistake"})
    await world.post(WORKER, f"/clients/{about}/erasures", {"reason": "entered_by_mistake"})
    for table in ("client_relation", "client_circumstance", "authority_known"):
        assert await world.as_admin(f"select * from {table}") == []
    assert (await world.call(WORKER, "GET", path)).status_code == 404
    assert (await world.call(WORKER, "POST", path, {"relation": MOTHER})).status_code == 404


async def test_an_allocation_is_made_without_a_message_and_told_when_messages_go_again(world: World) -> None:
    referral_id = await world.requested()
    about = await client_of(world, referral_id)
    exchange = f"/clients/{about}/exchange"
    assert await refused(world, exchange, {"allowed": False}) == (400, "missing")
    assert (await world.post(WORKER, exchange, {"allowed": False, "judgedBy": "Arts Maanlicht"}))["changed"]
    assert not (await world.post(WORKER, exchange, {"allowed": False, "judgedBy": "Arts Maanlicht"}))["changed"]
    seen = await world.get(WORKER, f"/clients/{about}/relations")
    assert seen["judgedBy"] == "Arts Maanlicht"
    assert seen["silentSince"] is not None
    assert (await grant(world, referral_id))["status"] == "granted"
    assert await messages(world) == []
    assert await world.events() != []
    assert (await world.get(PLANNER, f"/clients/{about}"))["noMessages"]
    await world.post(PLANNER, f"/referrals/{referral_id}/acceptances", {})
    asked = await world.call(
        PLANNER, "POST", f"/referrals/{referral_id}/requested-changes", {"reason": "care_plan", "endsOn": "2027-06-30"}
    )
    assert (asked.status_code, asked.json()["type"].rsplit(":", 1)[-1]) == (409, "no-messages")
    declared = {"municipality": HEUMEN, "law": "youth", "month": "2026-09-01",
                "lines": [{"allocationNumber": 1, "volume": 3}]}  # fmt: skip
    refusal = (await world.call(ADMINISTRATOR, "POST", "/declarations", declared)).json()
    assert refusal["errors"][0]["code"] == "no-messages", refusal

    resumed = await world.post(WORKER, exchange, {"allowed": True})
    assert resumed == {"client": about, "messagesWritten": 1, "messagesImpossible": 0, "changed": True}
    [product] = (await latest_301(world)).products
    assert product.number == 1
    assert not (await world.post(WORKER, exchange, {"allowed": True}))["changed"]
    assert len(await messages(world)) == 1
    assert not (await world.get(PLANNER, f"/clients/{about}"))["noMessages"]


async def test_silence_holds_for_answers_changes_and_removals_too(world: World) -> None:
    asked = request_for_allocation_315(header("A1"), client(0), [requested()])
    [referral_id] = (await world.send(ADMINISTRATOR, asked))["referralIds"]
    about = await client_of(world, referral_id)
    await world.post(WORKER, f"/clients/{about}/exchange", {"allowed": False, "judgedBy": "Arts Maanlicht"})
    refusal = {"decision": "refuse", "reason": "not_suitable"}
    assert (await world.post(WORKER, f"/referrals/{referral_id}/decisions", refusal))["status"] == "refused"
    assert await messages(world, "JW319") == []
    other = await world.granted()
    assert await client_of(world, other) == about
    await world.post(WORKER, f"/referrals/{other}/removals")
    assert await messages(world) == []
    # Nothing is lost of what comes in about them: it was sent already.
    third = await world.granted()
    await world.move_clock_to(datetime(2026, 9, 3, 9, tzinfo=UTC))
    assert (await world.send(ADMINISTRATOR, a_305(2)))["accepted"]
    assert (await world.get(WORKER, f"/referrals/{third}"))["status"] == "started"
    resumed = await world.post(WORKER, f"/clients/{about}/exchange", {"allowed": True})
    assert (resumed["messagesWritten"], resumed["messagesImpossible"]) == (2, 0), "the answer and the allocations"
    assert len(await messages(world, "JW319")) == 1
    assert {each.number for each in (await latest_301(world)).products} == {1, 2}


async def test_what_is_decided_at_the_moment_that_messages_go_again_is_told(world: World) -> None:
    for ordinal in range(4):
        referral_id = await world.granted(ordinal)
        about = await client_of(world, referral_id)
        exchange, path = f"/clients/{about}/exchange", f"/referrals/{referral_id}"
        await world.post(WORKER, exchange, {"allowed": False, "judgedBy": "Arts Maanlicht"})
        longer = {"reason": "extended", "endsOn": "2027-06-30"}
        answers = await asyncio.gather(
            world.call(WORKER, "POST", exchange, {"allowed": True}),
            world.call(WORKER, "POST", f"{path}/changes", longer),
        )
        assert [each.status_code for each in answers] == [201, 201]
        sent = [each for each in await messages(world) if str(referral_id) in each["referralIds"]]
        assert len(sent) == 2, "the allocation, and its change once"


async def test_what_no_message_can_carry_is_said_when_messages_go_again(world: World) -> None:
    bare = {"bsn": person()["bsn"], "lastName": "Wolkenveld0", "birthDate": "2012-03-04"}
    referral_id = await world.requested(person=bare)
    about = await client_of(world, referral_id)
    await world.post(WORKER, f"/clients/{about}/exchange", {"allowed": False, "judgedBy": "Arts Maanlicht"})
    await grant(world, referral_id)
    resumed = await world.post(WORKER, f"/clients/{about}/exchange", {"allowed": True})
    assert (resumed["messagesWritten"], resumed["messagesImpossible"]) == (0, 1)


async def test_the_care_of_a_client_is_listed(world: World) -> None:
    first = await world.granted()
    about = await client_of(world, first)
    await world.post(
        WORKER,
        "/allocations",
        {"municipality": HEUMEN, "provider": REIGER, "law": "wmo", "person": person(), "category": "02",
         "startsOn": "2026-09-01"},
    )  # fmt: skip
    [journey] = await world.get(WORKER, f"/clients/{about}/referrals")
    assert (journey["referralId"], journey["providerName"]) == (str(first), "De Zilveren Reiger")
    [allocation] = await world.get(WORKER, f"/clients/{about}/allocations")
    assert (allocation["category"], allocation["client"]) == ("02", about)
