"""Nobody sees what is not theirs: row-level security with the API out of the way, the vault, and erasure."""

import base64
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from contracts.values import Role
from services.kit.actor import Actor
from services.kit.keyring import KeyRing
from services.referral.domain.identity import fictional_bsn
from services.referral.handlers.people import look
from services.referral.store import clients, keys
from services.referral.vault.vault import Vault
from tests.integration.referral.referral_world import (
    ADMINISTRATOR,
    HEUMEN,
    KOMPAS,
    NIJMEGEN,
    PEOPLE,
    PLANNER,
    REIGER,
    SYSTEM,
    WORKER,
    World,
    person,
    request_body,
)
from tests.integration.referral.test_referral_messages import a_315
from tests.integration.referral.trajectory_files import file, row

PARTY_TABLES = (
    "referral",
    "allocation",
    "allocation_counter",
    "deadline",
    "client",
    "client_pseudonym",
    "provider_client",
    "erasure",
    "processing_record",
    "message",
    "message_original",
    "import_file",
    "imported_row",
    "agreed_product",
    "stated_capacity",
    "provider_location",
    "open_offer",
    "referrer_detail",
    "client_relation",
    "client_circumstance",
    "authority_known",
    "named_around",
)


async def visible(world: World, actor: Actor, tables: Sequence[str] = PARTY_TABLES) -> dict[str, int]:
    """How many rows an actor sees of each table, straight in the database: no API, no roles checked."""
    async with world.database.reading(actor) as unit:
        return {name: await unit.conn.fetchval(f"select count(*) from {name}") for name in tables}


async def filled(world: World) -> UUID:
    """One journey of Heumen with Reiger, with messages, an own number, a look, and an import."""
    received = await world.send(ADMINISTRATOR, a_315())
    [referral_id] = received["referralIds"]
    await world.post(
        WORKER, f"/referrals/{referral_id}/decisions", {"decision": "grant", "person": {"phone": "0241234567"}}
    )
    await world.post(PLANNER, f"/referrals/{referral_id}/acceptances", {"ownNumber": "ZR-1"})
    seen = await world.get(WORKER, f"/referrals/{referral_id}")
    await world.get(WORKER, f"/clients/{seen['client']}")
    await world.post(WORKER, "/imports", content=file([row(77)]), media_type="text/csv")
    return UUID(referral_id)


async def test_other_parties_see_no_row_even_without_the_api(world: World) -> None:
    await filled(world)
    mine = await visible(world, PEOPLE[WORKER])
    assert mine["referral"] == 2
    assert mine["client"] == 2
    theirs = await visible(world, PEOPLE[PLANNER])
    assert (theirs["referral"], theirs["message"], theirs["client"], theirs["provider_client"]) == (2, 4, 2, 1)
    assert (theirs["import_file"], theirs["processing_record"]) == (0, 0)

    strangers = (
        Actor("x", f"municipality:{NIJMEGEN}", frozenset({Role.ACCESS_WORKER})),
        Actor("x", f"provider:{KOMPAS}", frozenset({Role.PLANNER})),
        Actor("x", f"council:{HEUMEN}", frozenset({Role.COUNCIL_MEMBER})),
        Actor("x", "region:rijk-van-nijmegen", frozenset({Role.REGIONAL_OFFICER})),
        Actor("x", "partner:buurthuis", frozenset()),
    )
    market = {"agreed_product", "stated_capacity", "provider_location"}
    for stranger in strangers:
        counts = await visible(world, stranger, [name for name in PARTY_TABLES if name not in market])
        assert set(counts.values()) == {0}, (stranger.party, counts)


async def test_every_table_has_forced_row_level_security(world: World) -> None:
    open_tables = {"known_provider"}  # which providers there are is no secret
    plumbing = {"log_head", "relay_cursor", "consumer_position", "dead_letter"}
    rows = await world.as_admin(
        "select relname, relrowsecurity and relforcerowsecurity as walled from pg_class"
        " where relnamespace = 'referral'::regnamespace and relkind = 'r'"
    )
    unwalled = {each["relname"] for each in rows if not each["walled"]}
    assert {name for name in unwalled if "yoyo" not in name} <= plumbing | open_tables
    assert set(PARTY_TABLES) <= {each["relname"] for each in rows}


async def test_nobody_writes_a_row_for_another_party(world: World) -> None:
    referral_id = await filled(world)
    stranger = PEOPLE["planner-kompas"]
    async with world.database.unit(stranger) as unit:
        changed = await unit.conn.execute("update referral set status = 'stopped' where referral_id = $1", referral_id)
    assert changed == "UPDATE 0"

    async def take_over() -> None:
        async with world.database.unit(PEOPLE[PLANNER]) as unit:
            await unit.conn.execute(
                "update referral set municipality = '0268', provider = $1 where referral_id = $2", KOMPAS, referral_id
            )

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await take_over()


async def test_a_competitors_capacity_is_not_shown(world: World) -> None:
    async with world.database.reading(PEOPLE[PLANNER]) as unit:
        rows = await unit.conn.fetch("select distinct provider from stated_capacity")
        agreements = await unit.conn.fetch("select distinct provider from agreed_product")
    assert [each["provider"] for each in rows] == [each["provider"] for each in agreements] == [REIGER]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (WORKER, 200),
        (PLANNER, 200),
        ("professional-reiger", 200),
        ("access-worker-nijmegen", 404),
        ("planner-kompas", 404),
        ("administrator-reiger", 403),
        ("contract-manager-heumen", 403),
        ("council-member-heumen", 403),
        (SYSTEM, 403),
    ],
)
async def test_names_are_for_authorised_staff_with_a_relation(world: World, name: str, expected: int) -> None:
    referral_id = await world.requested()
    client = (await world.get(WORKER, f"/referrals/{referral_id}"))["client"]
    answer = await world.call(name, "GET", f"/clients/{client}")
    assert answer.status_code == expected
    records = await world.as_admin("select * from processing_record")
    if expected == 200:
        assert answer.json()["displayName"] == "J.T. van Wolkenveld0"
        [record] = records
        assert (record["person"], record["data_subject_id"]) == (name, UUID(client))
    else:
        assert records == []
        assert "Wolkenveld" not in answer.text


async def test_each_look_is_recorded_per_person(world: World) -> None:
    wanted = []
    for ordinal in range(2):
        referral_id = await world.requested(ordinal)
        wanted.append((await world.get(WORKER, f"/referrals/{referral_id}"))["client"])
    names = await world.get(PLANNER, "/clients", client=[*wanted, str(uuid4())])
    assert len(names) == 2
    records = await world.as_admin("select data_subject_id from processing_record")
    assert {str(each["data_subject_id"]) for each in records} == set(wanted)


async def test_a_declining_provider_loses_the_relation(world: World) -> None:
    referral_id = await world.granted()
    client = (await world.get(PLANNER, f"/referrals/{referral_id}"))["client"]
    await world.post(PLANNER, f"/referrals/{referral_id}/declines", {"reason": "too_far"})
    await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {})
    assert (await world.call(PLANNER, "GET", f"/clients/{client}")).status_code == 404
    assert (await world.call("planner-kompas", "GET", f"/clients/{client}")).status_code == 200
    [first, *_] = (await world.get(ADMINISTRATOR, "/messages", kind="JW301"))["items"]
    text = await world.call(ADMINISTRATOR, "GET", f"/messages/{first['messageId']}/content")
    assert text.status_code == 404


async def everything(world: World) -> str:
    """Every value of every table of the schema, as text; sealed bytes also as they would read."""
    tables = await world.as_admin("select tablename from pg_tables where schemaname = 'referral'")
    found: list[str] = []
    for table in tables:
        for record in await world.as_admin(f'select * from "{table["tablename"]}"'):
            for value in record.values():
                found.append(value.decode("latin-1") if isinstance(value, bytes) else str(value))
    return "\n".join(found)


async def test_nothing_personal_is_readable_in_the_database(world: World) -> None:
    await filled(world)
    await world.post(WORKER, "/referrals", request_body(3, person=person(3, remark="Heeft een hond", email="a@b.nl")))
    text = await everything(world)
    for secret in (
        fictional_bsn(0).digits,
        fictional_bsn(3).digits,
        row(77)["bsn"],
        "Wolkenveld",
        "Sterrenwoud",
        "Zonnedauwlaan",
        "6581AB",
        "2012-03-04",
        "0241234567",
        "hond",
        "a@b.nl",
    ):
        assert secret not in text, secret


async def test_erasing_a_person_leaves_nothing_to_read_and_nothing_to_find(world: World) -> None:
    referral_id = await world.requested(0, requestReference="ZR-1")
    client = (await world.get(WORKER, f"/referrals/{referral_id}"))["client"]
    running = await world.call(WORKER, "POST", f"/clients/{client}/erasures", {"reason": "retention_ended"})
    assert running.status_code == 409
    await world.post(WORKER, f"/referrals/{referral_id}/decisions", {"decision": "refuse", "reason": "stacking"})
    stranger = await world.call(
        "access-worker-nijmegen", "POST", f"/clients/{client}/erasures", {"reason": "retention_ended"}
    )
    assert stranger.status_code == 404

    await world.post(WORKER, f"/clients/{client}/erasures", {"reason": "retention_ended"})
    assert (await world.call(WORKER, "GET", f"/clients/{client}")).status_code == 404
    messages = (await world.get(WORKER, "/messages"))["items"]
    assert sorted(each["kind"] for each in messages) == ["JW319", "JW320"]
    for message in messages:
        assert (await world.call(WORKER, "GET", f"/messages/{message['messageId']}/content")).status_code == 404
    [stored] = await world.as_admin("select wrapped_key, sealed, bsn_index from client")
    assert list(stored.values()) == [None, None, None]
    assert await world.as_admin("select count(*) from erasure")
    # The same person later is a new client with new names.
    again = await world.requested(0)
    assert (await world.get(WORKER, f"/referrals/{again}"))["client"] != client


async def test_a_restored_backup_is_erased_again(world: World) -> None:
    referral_id = await world.requested()
    client = (await world.get(WORKER, f"/referrals/{referral_id}"))["client"]
    await world.as_admin(
        "insert into erasure select client_id, now(), 'retention_ended' from client_pseudonym where pseudonym = $1",
        UUID(client),
    )
    async with world.database.unit(Actor.system()) as unit:
        await clients.repeat_erasures(unit)
    assert (await world.call(WORKER, "GET", f"/clients/{client}")).status_code == 404


async def test_keys_are_rotated_without_touching_what_they_sealed(world: World) -> None:
    referral_id = await world.requested()
    client: Any = (await world.get(WORKER, f"/referrals/{referral_id}"))["client"]
    [before] = await world.as_admin("select sealed, bsn_index from client")
    old = f"test:{base64.b64encode(bytes(range(32))).decode()}\n"
    rotated = Vault(KeyRing.parse(old + f"next:{base64.b64encode(bytes(32)).decode()}\n", "VAULT_KEY_FILE"))
    async with world.database.unit(Actor.system()) as unit:
        assert await keys.rewrap(unit, rotated) == 1
        assert await keys.rewrap(unit, rotated) == 0
    [after] = await world.as_admin("select sealed, bsn_index, key_id from client")
    assert (after["sealed"], after["bsn_index"], after["key_id"]) == (before["sealed"], before["bsn_index"], "next")
    async with world.database.unit(PEOPLE[WORKER]) as unit:
        [found] = await look(unit, rotated, [UUID(client)])
    assert found.person.bsn == fictional_bsn(0)
