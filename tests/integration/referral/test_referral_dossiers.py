"""Correcting who a client is and how to reach them, and what the next allocation then says."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.referral.istandaarden import Address, Contact, PersonName, Phone, read
from services.referral.istandaarden.codes import AddressKind, BirthDateUse, Gender, NameUsage
from services.referral.istandaarden.rules import check_content
from tests.integration.referral.referral_world import ADMINISTRATOR, PLANNER, WORKER, World, person
from tests.integration.referral.test_referral_changes import latest_301
from tests.integration.referral.test_referral_relations import client_of

HOME = {"street": "Wolkenpad", "houseNumber": 4, "houseLetter": "b", "postcode": "6511 AB", "town": "Nijmegen"}
MOVED: dict[str, Any] = {
    "lastName": "Maanlicht",
    "initials": "JT",
    "firstNames": "Jo Tine",
    "partnerLastName": "Sterrenwoud",
    "partnerPrefix": "van",
    "nameUsage": "4",
    "birthDate": "2012-05-09",
    "unknownBirthPart": "1",
    "gender": "1",
    "address": HOME,
    "otherAddresses": [
        {"houseNumber": 9, "postcode": "6512CD", "kind": "02"},
        {"houseNumber": 7, "postcode": "6513EF", "kind": "04", "validFrom": "2026-08-01", "validUntil": "2026-12-31"},
    ],
    "phone": "0241234567",
    "email": "jo@example.nl",
}


async def change(world: World, client: str, details: dict[str, Any], version: int | None = 1, by: str = WORKER) -> Any:
    headers = {"Authorization": f"Bearer {by}"} | ({"If-Match": f'"v{version}"'} if version else {})
    return await world.http.put(f"/v1/clients/{client}", json={"person": details}, headers=headers)


def codes(answer: httpx.Response) -> dict[str, str]:
    return {each["pointer"]: each["code"] for each in answer.json()["errors"]}


async def test_the_next_allocation_says_what_was_corrected(world: World) -> None:
    first = await world.requested()
    client = await client_of(world, first)
    seen = await world.call(WORKER, "GET", f"/clients/{client}")
    assert (seen.headers["etag"], seen.json()["version"]) == ('"v1"', 1)
    answer = await change(world, client, MOVED)
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (
        200,
        {"client": client, "version": 2, "changed": True},
        '"v2"',
    )
    await world.post(WORKER, f"/referrals/{first}/decisions", {"decision": "grant"})
    told = await latest_301(world)
    assert told.client.name == PersonName(
        "Maanlicht", None, "Jo Tine", "JT", "Sterrenwoud", "van", usage=NameUsage.OWN_PARTNER
    )
    assert (told.client.birth_date, told.client.birth_date_use, told.client.gender) == (
        date(2012, 5, 1),
        BirthDateUse.DAY_UNKNOWN,
        Gender.MALE,
    )
    home = Address(4, "b", None, None, "6511AB", "Wolkenpad", "Nijmegen", "NL")
    assert told.contacts == (
        Contact(AddressKind.REGISTERED, home, phones=(Phone("0241234567"),), email="jo@example.nl"),
        Contact(AddressKind.CORRESPONDENCE, Address(9, postcode="6512CD", country="NL")),
        Contact(
            AddressKind.TEMPORARY_STAY,
            Address(7, postcode="6513EF", country="NL"),
            valid_from=date(2026, 8, 1),
            valid_until=date(2026, 12, 31),
        ),
    )
    message = (await world.get(ADMINISTRATOR, "/messages", kind="JW301"))["items"][0]
    text = await world.call(ADMINISTRATOR, "GET", f"/messages/{message['messageId']}/content")
    assert check_content(read(text.content)) == []
    # The provider sees it in the vault as well; the numbers by which a client is found stay.
    theirs = await world.get(PLANNER, f"/clients/{client}")
    assert (theirs["displayName"], theirs["person"]["bsn"]) == ("J.T. Maanlicht-van Sterrenwoud", person()["bsn"])
    assert len(theirs["person"]["otherAddresses"]) == 2


async def test_a_stay_that_is_over_is_not_sent(world: World) -> None:
    first = await world.requested()
    client = await client_of(world, first)
    over = {"houseNumber": 7, "postcode": "6513EF", "kind": "04", "validUntil": "2026-08-13"}
    assert (await change(world, client, {**MOVED, "otherAddresses": [over]})).status_code == 200
    await world.post(WORKER, f"/referrals/{first}/decisions", {"decision": "grant"})
    assert [each.kind for each in (await latest_301(world)).contacts] == [AddressKind.REGISTERED]


async def test_of_two_at_once_one_is_told_and_nothing_is_overwritten(world: World) -> None:
    client = await client_of(world, await world.requested())
    one, two = {**MOVED, "phone": "0611111111"}, {**MOVED, "phone": "0622222222"}
    answers = await asyncio.gather(change(world, client, one), change(world, client, two))
    assert sorted(each.status_code for each in answers) == [200, 412]
    kept = (await world.get(WORKER, f"/clients/{client}"))["person"]["phone"]
    assert kept == (one if answers[0].status_code == 200 else two)["phone"]
    assert (await change(world, client, MOVED, version=None)).status_code == 428
    # The same button once more: it is so already, whatever version was read.
    done = one if answers[0].status_code == 200 else two
    again = await change(world, client, done)
    assert (again.status_code, again.json()["changed"], again.json()["version"]) == (200, False, 2)


async def test_a_decision_at_the_same_moment_completes_what_was_corrected(world: World) -> None:
    first = await world.requested(person={**person(), "birthDate": None})
    client = await client_of(world, first)
    corrected = {"lastName": "Maanlicht", "phone": "0241234567"}
    decision = {"decision": "grant", "person": {"birthDate": "2012-03-04"}}
    granted, changed = await asyncio.gather(
        world.call(WORKER, "POST", f"/referrals/{first}/decisions", decision), change(world, client, corrected)
    )
    assert granted.status_code == 201, granted.text
    known = await world.get(WORKER, f"/clients/{client}")
    assert known["person"]["birthDate"] == "2012-03-04"
    # Either the correction came first and stands, or it was told that the dossier had changed.
    assert (changed.status_code, known["person"]["lastName"]) in ((200, "Maanlicht"), (412, "Wolkenveld0"))
    assert (await change(world, client, {**MOVED}, version=1)).status_code == 412


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"lastName": None}, {"/person/lastName": "missing"}),
        ({"birthDate": None}, {"/person/birthDate": "missing"}),
        ({"birthDate": "2026-08-15"}, {"/person/birthDate": "impossible"}),
        ({"address": None, "otherAddresses": [], "phone": None}, {"/person/address": "missing"}),
        ({"partnerLastName": None}, {"/person/partnerLastName": "missing"}),
    ],
)
async def test_what_cannot_be_or_would_be_missed_is_told_at_its_place(
    world: World, changes: dict[str, Any], wrong: dict[str, str]
) -> None:
    client = await client_of(world, await world.requested())
    answer = await change(world, client, {**MOVED, "unknownBirthPart": None, **changes})
    assert (answer.status_code, codes(answer)) == (400, wrong)
    assert "Maanlicht" not in answer.text
    assert (await world.get(WORKER, f"/clients/{client}"))["version"] == 1


@pytest.mark.parametrize(
    "addresses",
    [
        {"address": None},
        {"address": {**HOME, "kind": "04"}},
        {"otherAddresses": [{"houseNumber": 9, "postcode": "6512CD", "kind": "01"}]},
        {"otherAddresses": [{"houseNumber": 9, "postcode": "6512CD", "kind": "02", "validFrom": "2026-08-01"}]},
        {"bsn": "999990019"},
    ],
)
async def test_what_the_vault_does_not_keep_is_refused(world: World, addresses: dict[str, Any]) -> None:
    client = await client_of(world, await world.requested())
    answer = await change(world, client, {**MOVED, **addresses})
    assert answer.status_code in (400, 422), answer.text
    assert "Maanlicht" not in answer.text


async def test_a_correction_does_not_make_who_decides_for_themselves_too_young(world: World) -> None:
    client = await client_of(world, await world.requested(1, person=person(1, birthDate="2009-08-14")))
    await world.post(WORKER, f"/clients/{client}/authority", {"own": True})
    answer = await change(world, client, {**MOVED, "birthDate": "2011-01-01", "unknownBirthPart": None})
    assert codes(answer) == {"/person/birthDate": "own-authority"}


async def test_only_the_municipality_of_the_dossier_corrects_it_and_it_is_recorded(world: World) -> None:
    journey = await world.granted()
    client = await client_of(world, journey)
    for by, status in ((PLANNER, 403), ("access-worker-nijmegen", 404), ("council-member-heumen", 403)):
        assert (await change(world, client, MOVED, by=by)).status_code == status
    before = len(await world.events())
    assert (await change(world, client, MOVED)).status_code == 200
    assert len(await world.events()) == before, "nothing is told of it, and no message leaves"
    looks = await world.as_admin(
        "select person from referral.processing_record where name = 'change-dossier' and data_subject_id = $1",
        UUID(client),
    )
    assert [each["person"] for each in looks] == [WORKER]
    kept = await world.as_admin("select sealed from referral.client")
    assert b"Maanlicht" not in bytes(kept[0]["sealed"])
    answers = await world.as_admin("select l::text as text from referral.command_log l")
    assert not [each for each in answers if "Maanlicht" in each["text"]]
