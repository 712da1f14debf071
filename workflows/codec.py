"""Payloads as Temporal stores them: encrypted with AES-GCM by key id, so that keys can rotate.

Workflow ids and search attributes are never encrypted; they hold nothing about a person.
"""

import os
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

from services.kit.keyring import KeyRing

ENCODING = b"binary/encrypted"
NONCE_BYTES = 12


class UnknownKey(Exception):
    """A payload was encrypted with a key that is not in WORKFLOW_KEY_FILE."""


class EncryptingCodec(PayloadCodec):
    """Encrypts every payload with the current key; decrypts with the key that its metadata names."""

    def __init__(self, ring: KeyRing, random: Callable[[int], bytes] = os.urandom) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in ring.keys.items()}
        self._current = ring.current
        self._random = random

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [
            self._decrypt(payload) if payload.metadata.get("encoding") == ENCODING else payload for payload in payloads
        ]

    def _encrypt(self, payload: Payload) -> Payload:
        nonce = self._random(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, payload.SerializeToString(), ENCODING)
        return Payload(metadata={"encoding": ENCODING, "key-id": self._current.encode()}, data=nonce + sealed)

    def _decrypt(self, payload: Payload) -> Payload:
        key_id = payload.metadata.get("key-id", b"").decode()
        if key_id not in self._ciphers:
            raise UnknownKey(f"the key {key_id} is not in WORKFLOW_KEY_FILE")
        opened = self._ciphers[key_id].decrypt(payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:], ENCODING)
        return Payload.FromString(opened)


def data_converter(ring: KeyRing) -> DataConverter:
    """The converter of every client and worker: JSON, encrypted, failures included."""
    return DataConverter(
        payload_codec=EncryptingCodec(ring), failure_converter_class=DefaultFailureConverterWithEncodedAttributes
    )
