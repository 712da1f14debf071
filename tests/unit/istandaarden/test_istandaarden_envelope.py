"""The GGk envelope carries a message there and back, and is read as carefully as a message."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from services.referral.istandaarden import TechnicalError, TechnicalReason
from services.referral.istandaarden.envelope import (
    Envelope,
    EnvelopeVersion,
    System,
    read_either,
    read_fault,
    unwrap,
    wrap,
)
from tests.unit.istandaarden.conftest import SHARED

if TYPE_CHECKING:
    from tests.unit.istandaarden.conftest import Reference

FIRST, SECOND = "9c0f7b90-5c69-41e5-a837-0800200c9a66", "b6e9f182-bc44-4f27-9863-9a5ccc1e1cf0"
SCHEMAS = {
    EnvelopeVersion.V2_10: "ggk0210/ggk0210/ggkberichten/ggk0210_msg_ggkberichten.xsd",
    EnvelopeVersion.V3_10: "ggk0310/ggk0310_21/ggkberichten/ggk0310_msg.xsd",
}


def envelope(version: EnvelopeVersion, *, retour: bool = False) -> Envelope:
    return Envelope(
        version=version,
        retour=retour,
        sender=System("73730001", "Zorg & Co"),
        receiver=System("0268", "Samenspel", "test", "a"),
        reference=FIRST,
        sent_at=datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC),
        function="JW315",
        message=b"<x>\r\n</x>",
        cross_reference=SECOND if retour else None,
    )


@pytest.mark.parametrize("version", EnvelopeVersion)
@pytest.mark.parametrize("retour", [False, True])
def test_there_and_back(version: EnvelopeVersion, retour: bool) -> None:
    sent = envelope(version, retour=retour)
    raw = wrap(sent)
    assert unwrap(raw) == sent
    assert b"20260701120005" in raw


@pytest.mark.parametrize("version", EnvelopeVersion)
def test_valid_for_the_official_schema(version: EnvelopeVersion, reference: "Reference") -> None:
    schema = etree.XMLSchema(etree.parse(SHARED / "xsd" / "ggk" / SCHEMAS[version]))
    for retour in (False, True):
        assert schema.validate(etree.fromstring(wrap(envelope(version, retour=retour)))), schema.error_log


def test_official_examples(reference: "Reference") -> None:
    examples = {file.name: file.read_bytes() for file in SHARED.glob("examples/ggk/*.xml")}
    fault = read_fault(examples.pop("ggk0210_Fo01.xml"))
    assert (fault.code, fault.side) == ("IB210", "client")
    for name, raw in examples.items():
        found = unwrap(raw)
        assert found.version == ("2.10" if "0210" in name else "3.10")
        assert found.retour is ("Du01" in name)
        assert found.message.startswith(b"Hier staat")
        assert unwrap(wrap(found)) == found


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"<GGK:parameters>", b"<GGK:p>", TechnicalReason.NOT_XML),
        (b"GGK:bericht", b"GGK:berichten", TechnicalReason.ENVELOPE),
        (b"PHg+DQo8L3g+", b"not base64!", TechnicalReason.ENVELOPE),
        (b"20260701120005", b"20269901120005", TechnicalReason.ENVELOPE),
        (b"<GGK:functieVersie>0003", b"<GGK:functieVersie>x", TechnicalReason.ENVELOPE),
        (b"0210", b"0299", TechnicalReason.ENVELOPE),
        (b"?>\n", b"?><!DOCTYPE x>\n", TechnicalReason.DOCUMENT_TYPE),
    ],
)
def test_broken_envelopes_are_refused(old: bytes, new: bytes, reason: TechnicalReason) -> None:
    raw = wrap(envelope(EnvelopeVersion.V3_10))
    assert old in raw
    with pytest.raises(TechnicalError) as refused:
        unwrap(raw.replace(old, new))
    assert refused.value.reason is reason


def test_large_messages() -> None:
    sent = envelope(EnvelopeVersion.V3_10)
    object.__setattr__(sent, "message", b"x" * 24_000_000)
    assert len(unwrap(wrap(sent)).message) == 24_000_000
    object.__setattr__(sent, "message", b"x" * 25_500_000)
    with pytest.raises(TechnicalError) as refused:
        unwrap(wrap(sent))
    assert refused.value.reason is TechnicalReason.TOO_LARGE


def test_what_cannot_be_wrapped() -> None:
    sent = envelope(EnvelopeVersion.V2_10)
    object.__setattr__(sent, "reference", "A-1")
    with pytest.raises(ValueError, match="UUID"):
        wrap(sent)
    answer = envelope(EnvelopeVersion.V3_10, retour=True)
    object.__setattr__(answer, "cross_reference", None)
    with pytest.raises(ValueError, match="reference"):
        wrap(answer)


@pytest.mark.parametrize("version", EnvelopeVersion)
def test_a_message_is_read_with_and_without_envelope(version: EnvelopeVersion, reference: "Reference") -> None:
    raw = reference.examples()["JW305.xml"]
    bare, nothing = read_either(raw)
    wrapped = replace(envelope(version), message=raw)
    carried, around = read_either(wrap(wrapped))
    assert (bare.root, nothing) == (carried.root, None)
    assert around == wrapped


def test_what_is_neither_is_refused_as_no_message() -> None:
    for raw, reason in ((b"<a/>", TechnicalReason.UNKNOWN_MESSAGE), (b"a", TechnicalReason.NOT_XML)):
        with pytest.raises(TechnicalError) as error:
            read_either(raw)
        assert error.value.reason is reason
