"""Sealing: what goes in comes out, only with the right key and only for its owner."""

from uuid import UUID

import pytest

from services.kit.keyring import KeyRing
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.person import Person
from services.referral.vault.vault import CannotOpen, Vault

RING = KeyRing({"a": bytes(32)}, "a")
ROTATED = KeyRing({"a": bytes(32), "b": bytes(range(32))}, "b")
ONE, OTHER = UUID(int=1), UUID(int=2)
PERSON = Person(bsn=fictional_bsn(0), last_name="Wolkenveld")


def test_a_person_comes_out_as_they_went_in() -> None:
    vault = Vault(RING)
    key = vault.new_key(ONE)
    sealed = vault.seal_person(PERSON, key, ONE)
    assert vault.open_person(sealed, key, ONE) == PERSON
    assert b"Wolkenveld" not in sealed
    assert vault.seal_person(PERSON, key, ONE) != sealed


def test_sealed_content_belongs_to_its_owner_and_is_not_damaged() -> None:
    vault = Vault(RING)
    key = vault.new_key(ONE)
    sealed = vault.seal(b"text", key, ONE)
    for attempt in (
        lambda: vault.open(sealed, key, OTHER),
        lambda: vault.open(sealed, vault.new_key(ONE), ONE),
        lambda: vault.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), key, ONE),
        lambda: Vault(KeyRing({"a": bytes(range(32))}, "a")).open(sealed, key, ONE),
        lambda: Vault(KeyRing({"z": bytes(32)}, "z")).open(sealed, key, ONE),
    ):
        with pytest.raises(CannotOpen):
            attempt()


def test_rotation_rewraps_the_key_and_keeps_indexes() -> None:
    before, after = Vault(RING), Vault(ROTATED)
    key = before.new_key(ONE)
    sealed = before.seal(b"text", key, ONE)
    moved = after.rewrap(key, ONE)
    assert (moved.key_id, after.rewrap(moved, ONE)) == ("b", moved)
    assert after.open(sealed, moved, ONE) == after.open(sealed, key, ONE) == b"text"
    assert before.index("0252", "bsn", "1") == after.index("0252", "bsn", "1")
    assert before.index("0252", "bsn", "1") != before.index("0268", "bsn", "1")
