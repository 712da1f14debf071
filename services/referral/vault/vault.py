"""Sealing and opening. AES-256-GCM throughout; what is sealed is bound to its owner, so that it cannot be moved.

A client has a data key of its own; the vault keeps only that key wrapped. Throw the wrapped key away and everything of
that client, their part of every original message included, is unreadable for ever.
"""

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.kit.keyring import KEY_BYTES, KeyRing
from services.referral.domain.person import Person

NONCE_BYTES = 12


class CannotOpen(Exception):
    """What is sealed does not open: another key, another owner, or damaged. Shows nothing of the content."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it is stored: wrapped by the key with ``key_id``."""

    key_id: str
    wrapped: bytes = field(repr=False)


class Vault:
    """Seals and opens with the keys of ``ring`` (``VAULT_KEY_FILE``). ``random`` gives that many random bytes.

    The key of the blind indexes and marks is derived from the first key of the ring, which therefore stays in it.
    """

    def __init__(self, ring: KeyRing, random: Callable[[int], bytes] = os.urandom) -> None:
        self._ring = ring
        self._random = random
        self._index_key = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"samenspel vault blind index").derive(ring.first)
        self._wrapping = {key_id: AESGCM(key) for key_id, key in ring.keys.items()}

    @property
    def current_key_id(self) -> str:
        """The wrapping key that new clients get."""
        return self._ring.current

    def new_key(self, owner: UUID) -> WrappedKey:
        """A fresh data key for ``owner``."""
        return self._wrap(self._random(KEY_BYTES), owner)

    def rewrap(self, key: WrappedKey, owner: UUID) -> WrappedKey:
        """The same data key under the current wrapping key. Raises ``CannotOpen``."""
        return key if key.key_id == self._ring.current else self._wrap(self._unwrap(key, owner), owner)

    def seal(self, content: bytes, key: WrappedKey, owner: UUID) -> bytes:
        """``content`` sealed with the data key of ``owner``."""
        nonce = self._random(NONCE_BYTES)
        return nonce + AESGCM(self._unwrap(key, owner)).encrypt(nonce, content, b"content" + owner.bytes)

    def open(self, sealed: bytes, key: WrappedKey, owner: UUID) -> bytes:
        """What was sealed. Raises ``CannotOpen``."""
        try:
            return AESGCM(self._unwrap(key, owner)).decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], b"content" + owner.bytes
            )
        except InvalidTag:
            raise CannotOpen("the content does not open with this key") from None

    def seal_person(self, person: Person, key: WrappedKey, owner: UUID) -> bytes:
        """A person, sealed."""
        return self.seal(person.model_dump_json(exclude_none=True).encode(), key, owner)

    def open_person(self, sealed: bytes, key: WrappedKey, owner: UUID) -> Person:
        """The person that was sealed. Raises ``CannotOpen``."""
        return Person.model_validate_json(self.open(sealed, key, owner))

    def index(self, municipality: str, kind: str, value: str) -> bytes:
        """A blind index: finds ``value`` again in one municipality, and tells nothing to who lacks the key."""
        return self.mark(f"{kind}\x1f{municipality}\x1f{value}".encode())

    def mark(self, content: bytes) -> bytes:
        """A keyed hash: tells whether two contents are the same without telling what they are."""
        return hmac.digest(self._index_key, content, "sha256")

    def _wrap(self, data_key: bytes, owner: UUID) -> WrappedKey:
        nonce = self._random(NONCE_BYTES)
        sealed = self._wrapping[self._ring.current].encrypt(nonce, data_key, b"key" + owner.bytes)
        return WrappedKey(self._ring.current, nonce + sealed)

    def _unwrap(self, key: WrappedKey, owner: UUID) -> bytes:
        wrapping = self._wrapping.get(key.key_id)
        if wrapping is None:
            raise CannotOpen(f"the wrapping key {key.key_id} is not in VAULT_KEY_FILE")
        try:
            return wrapping.decrypt(key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:], b"key" + owner.bytes)
        except InvalidTag:
            raise CannotOpen("the wrapped key does not open with this wrapping key") from None
