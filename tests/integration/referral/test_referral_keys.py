"""Every data key moves to the current wrapping key, after which the older one can be taken away."""

import base64
from datetime import date
from uuid import UUID

import pytest

from services.kit.actor import Actor
from services.kit.keyring import KeyRing
from services.referral.domain.identity import fictional_bsn
from services.referral.handlers.imports import original_file
from services.referral.handlers.people import look
from services.referral.rewrap import rewrap
from services.referral.store import batches, keys, messages
from services.referral.vault.vault import CannotOpen, Vault
from tests.integration.referral.declaring import a_323, agree, allocated, hours, know
from tests.integration.referral.referral_world import ADMINISTRATOR, PEOPLE, WORKER, World
from tests.integration.referral.test_referral_batches import zipped
from tests.integration.referral.trajectory_files import file, row

LINES = {"test": bytes(range(32)), "second": bytes(32), "third": bytes(31) + b"\x01"}
"""The first is the world's own; what everybody is found again by follows from it."""


def vault_with(*names: str) -> Vault:
    text = "\n".join(f"{name}:{base64.b64encode(LINES[name]).decode()}" for name in names)
    return Vault(KeyRing.parse(text, "VAULT_KEY_FILE"))


async def test_an_older_wrapping_key_can_be_taken_away(world: World) -> None:
    await agree(world, {"45A04": 6000})
    await allocated(world, await know(world, fictional_bsn(7)), 5301, date(2026, 3, 1), date(2026, 8, 31))
    about_many = await world.send(ADMINISTRATOR, a_323("A1", [(fictional_bsn(7), [hours("P1")])]))
    await world.granted(0)
    [about_one] = (await world.get(ADMINISTRATOR, "/messages", kind="JW301"))["items"]
    imported = await world.post(WORKER, "/imports", content=file([row(77)]), media_type="text/csv")
    content = zipped(**{"a.xml": b"<geen/>"})
    batch = await world.post(ADMINISTRATOR, "/message-batches", content=content, media_type="application/zip")

    assert await rewrap(world.database, vault_with("test", "second")) >= 6
    async with world.database.reading(Actor.system()) as unit:
        assert set(await keys.in_use(unit)) == {"second"}
    assert await rewrap(world.database, vault_with("test", "second", "third")) >= 6
    assert await rewrap(world.database, vault_with("test", "second", "third")) == 0
    async with world.database.reading(Actor.system()) as unit:
        assert set(await keys.in_use(unit)) == {"third"}

    left = vault_with("test", "third")
    async with world.database.unit(Actor.system()) as unit:
        for message in (about_many, about_one):
            found = await messages.original(unit, left, UUID(message["messageId"]))
            assert found.content.startswith(b"<?xml")
        assert b"Sterrenwoud77" in await original_file(left, unit, UUID(imported["importId"]))
        assert [each.name async for each in batches.items(unit, left, UUID(batch["batchId"]), after=0, limit=9)] == [
            "a.xml"
        ]
    async with world.database.unit(PEOPLE[WORKER]) as unit:
        [journey] = [each for each in (await world.get(WORKER, "/referrals"))["items"] if each["allocationNumber"] == 1]
        [person] = await look(unit, left, [UUID(journey["client"])])
        assert person.person.bsn == fictional_bsn(0)
    with pytest.raises(CannotOpen):
        async with world.database.unit(Actor.system()) as unit:
            await messages.original(unit, vault_with("test", "second"), UUID(about_many["messageId"]))


async def test_many_keys_move_a_few_at_a_time(world: World) -> None:
    for ordinal in range(5):
        await know(world, fictional_bsn(ordinal))
    after = vault_with("test", "second")
    moved = []
    while not moved or moved[-1]:
        async with world.database.unit(Actor.system()) as unit:
            moved.append(await keys.rewrap(unit, after, limit=2))
    assert moved == [2, 2, 1, 0]
