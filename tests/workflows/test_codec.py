"""What Temporal stores of us is unreadable without the key file, also after a rotation."""

import pytest
from temporalio.api.common.v1 import Payload

from services.kit.keyring import KeyFileError, KeyRing, new_key_line
from workflows.codec import EncryptingCodec, UnknownKey

OLD = new_key_line("old", lambda size: b"o" * size)
NEW = new_key_line("new", lambda size: b"n" * size)
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"provider":"73730001"}')


def codec(text: str) -> EncryptingCodec:
    return EncryptingCodec(KeyRing.parse(text, "WORKFLOW_KEY_FILE"))


async def test_a_payload_is_unreadable_and_comes_back_whole():
    [sealed] = await codec(NEW).encode([PLAIN])
    assert b"73730001" not in sealed.SerializeToString()
    assert await codec(NEW).decode([sealed]) == [PLAIN]


async def test_what_an_old_key_sealed_still_opens_after_rotation():
    [sealed] = await codec(OLD).encode([PLAIN])
    assert await codec(OLD + NEW).decode([sealed]) == [PLAIN]
    [sealed_anew] = await codec(OLD + NEW).encode([PLAIN])
    assert sealed_anew.metadata["key-id"] == b"new"


async def test_a_key_that_is_gone_is_named():
    [sealed] = await codec(OLD).encode([PLAIN])
    with pytest.raises(UnknownKey, match="old"):
        await codec(NEW).decode([sealed])


async def test_a_payload_from_before_encryption_is_left_as_it_is():
    assert await codec(NEW).decode([PLAIN]) == [PLAIN]


@pytest.mark.parametrize("text", ["", "nonsense", "a:AAAA", NEW + NEW])
def test_a_wrong_key_file_is_refused_in_one_line_without_showing_a_key(text):
    with pytest.raises(KeyFileError) as refused:
        KeyRing.parse(text, "WORKFLOW_KEY_FILE")
    assert "WORKFLOW_KEY_FILE" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "bm5u" not in str(refused.value)
