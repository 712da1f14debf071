"""Whom allocations name around a client: kept in the vault for the provider that was told, by number (OP071)."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from services.referral.domain.reasons import ChangeReason
from services.referral.istandaarden import (
    Address,
    AllocatedProduct,
    Allocation,
    Contact,
    PersonName,
    Phone,
    Relation,
    allocation_301,
    read,
)
from services.referral.istandaarden.codes import AddressKind, NameUsage
from tests.integration.referral.referral_world import ADMINISTRATOR, PLANNER, SYSTEM, WORKER, World
from tests.integration.referral.test_referral_changes import a_301, allocated
from tests.integration.referral.test_referral_relations import MOTHER, add, client_of, grant

GUARDIAN = Relation(
    "G-17",
    "11",
    PersonName("Stichting Elders", usage=NameUsage.ORGANISATION),
    Contact(phones=(Phone("0201112223"), Phone("301234567", "0049")), email="wacht@elders.example"),
    order=2,
)
FATHER = Relation(
    "3",
    "10",
    PersonName("Zonnewende", "van", None, "AB", "Maanlicht", None, NameUsage.OWN_PARTNER),
    Contact(AddressKind.STAY, Address(12, "a", "3", None, "6511AB", "Sterrenlaan", "Nijmegen")),
    order=1,
    birth_date=date(1980, 2, 3),
)


def naming(identification: str, *relations: Relation, dated: int = 14, decided: int = 10, **product: Any) -> bytes:
    """A 301 that names these people; the days are of August 2026."""
    plain = Allocation.from_message(read(a_301(identification, told(decided, **product))))
    header = replace(plain.header, dated=date(2026, 8, dated))
    return allocation_301(header, plain.client, plain.contacts, plain.products, relations=relations)


def told(decided: int, **product: Any) -> AllocatedProduct:
    return allocated(decided=decided, **product)


async def contacts(world: World, about: str, who: str = PLANNER) -> list[tuple[str, str, bool]]:
    """Number, name and whether the latest names them, of everybody that the provider was told of under one law."""
    found = await world.get(who, f"/clients/{about}/contacts")
    return [(each["number"], each["name"], each["current"]) for law in found for each in law["named"]]


async def test_whom_a_301_of_another_system_names_the_provider_sees(world: World) -> None:
    received = await world.send(WORKER, naming("T1", GUARDIAN, FATHER))
    assert (received["accepted"], received["answerKind"]) == (True, "JW302")
    about = await client_of(world, received["referralIds"][0])
    [seen] = await world.get(PLANNER, f"/clients/{about}/contacts")
    assert (seen["law"], seen["toldOn"]) == ("youth", "2026-08-14")
    father, guardian = seen["named"]
    assert father == {
        "number": "3",
        "kind": "parent",
        "name": "A.B. van Zonnewende-Maanlicht",
        "phones": [],
        "email": None,
        "street": "Sterrenlaan 12a-3",
        "town": "6511AB Nijmegen",
        "order": 1,
        "current": True,
        "toldOn": "2026-08-14",
    }
    assert (guardian["kind"], guardian["name"], guardian["phones"], guardian["email"]) == (
        "guardian",
        "Stichting Elders",
        ["0201112223", "+49 301234567"],
        "wacht@elders.example",
    )
    # What the municipality records here itself is another list.
    assert (await world.get(WORKER, f"/clients/{about}/relations"))["relations"] == []


async def test_the_latest_301_counts_by_number_and_whom_it_leaves_out_is_kept_as_such(world: World) -> None:
    received = await world.send(WORKER, naming("T1", GUARDIAN, FATHER, dated=11))
    about = await client_of(world, received["referralIds"][0])
    moved = replace(GUARDIAN, contact=Contact(phones=(Phone("0209999999"),)))
    await world.send(WORKER, naming("T2", moved, dated=13))
    assert await contacts(world, about) == [("G-17", "Stichting Elders", True),
                                            ("3", "A.B. van Zonnewende-Maanlicht", False)]  # fmt: skip
    # One of before comes in late: it adds whom nobody named yet, and changes nobody.
    mother = replace(FATHER, number="4", name=PersonName("Dageraad", usage=NameUsage.OWN))
    await world.send(WORKER, naming("T3", GUARDIAN, mother, dated=12))
    [seen] = await world.get(PLANNER, f"/clients/{about}/contacts")
    assert [(each["number"], each["current"], each["toldOn"]) for each in seen["named"]] == [
        ("G-17", True, "2026-08-13"),
        ("3", False, "2026-08-11"),
        ("4", False, "2026-08-12"),
    ]
    assert seen["named"][0]["phones"] == ["0209999999"]


async def test_of_two_on_one_day_the_latest_decision_counts_and_nobody_named_is_told_too(world: World) -> None:
    longer = {"ends_on": date(2027, 6, 30), "change_reason": ChangeReason.EXTENDED}
    received = await world.send(WORKER, naming("T1", GUARDIAN))
    about = await client_of(world, received["referralIds"][0])
    await world.send(WORKER, naming("T2", decided=12, decided_at=time(15), **longer))
    assert await contacts(world, about) == [("G-17", "Stichting Elders", False)]
    await world.send(WORKER, naming("T3", GUARDIAN, decided=12, decided_at=time(14), **longer))
    assert await contacts(world, about) == [("G-17", "Stichting Elders", False)]


async def test_a_301_without_relations_keeps_nothing(world: World) -> None:
    received = await world.send(WORKER, naming("T1"))
    assert await world.get(PLANNER, f"/clients/{await client_of(world, received['referralIds'][0])}/contacts") == []
    assert await world.as_admin("select * from named_around") == []


async def test_whom_our_own_301_names_the_provider_sees_too_once_it_is_written(world: World) -> None:
    referral_id = await world.requested()
    about = await client_of(world, referral_id)
    await add(world, about, MOTHER)
    assert await contacts(world, about) == []
    await grant(world, referral_id)
    [seen] = await world.get(PLANNER, f"/clients/{about}/contacts")
    assert [(each["number"], each["name"], each["phones"]) for each in seen["named"]] == [
        ("1", "M.L. van Sterrenberg", ["0241234567"])
    ]
    await world.post(WORKER, f"/clients/{about}/relations/1/endings")
    await world.post(WORKER, f"/referrals/{referral_id}/changes", {"reason": "extended", "endsOn": "2027-06-30"})
    assert await contacts(world, about) == [("1", "M.L. van Sterrenberg", False)]


async def test_a_301_that_is_refused_tells_nobody(world: World) -> None:
    received = await world.send(WORKER, naming("T1", GUARDIAN))
    about = await client_of(world, received["referralIds"][0])
    refused = await world.send(WORKER, naming("T2", GUARDIAN, FATHER, reference="unknown"))
    assert not refused["accepted"]
    assert await contacts(world, about) == [("G-17", "Stichting Elders", True)]


async def test_contacts_are_sealed_and_for_the_provider_that_was_told_alone(world: World) -> None:
    received = await world.send(WORKER, naming("T1", GUARDIAN, FATHER))
    [referral_id] = received["referralIds"]
    about = await client_of(world, referral_id)
    assert len(await contacts(world, about)) == 2
    for table in ("named_around", "event_log", "command_log", "message", "message_original", "processing_record"):
        for row in await world.as_admin(f"select t::text as text from {table} t"):
            assert "Zonnewende" not in row["text"]
            assert b"Zonnewende".hex() not in row["text"]
    looks = await world.as_admin("select person, name from processing_record where name = 'look-at-contacts'")
    assert [tuple(row) for row in looks] == [(PLANNER, "look-at-contacts")]
    path = f"/clients/{about}/contacts"
    assert (await world.call("planner-kompas", "GET", path)).status_code == 404
    for nobody in (ADMINISTRATOR, WORKER, "access-worker-nijmegen", "contract-manager-heumen", SYSTEM):
        assert (await world.call(nobody, "GET", path)).status_code == 403
    await world.post(WORKER, f"/referrals/{referral_id}/withdrawals", {"reason": "mistake"})
    await world.post(WORKER, f"/clients/{about}/erasures", {"reason": "entered_by_mistake"})
    assert await world.as_admin("select * from named_around") == []
    assert (await world.call(PLANNER, "GET", path)).status_code == 404
