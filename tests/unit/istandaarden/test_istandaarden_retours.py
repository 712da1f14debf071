"""The retour says what the standard says it must, and comes back as it was meant."""

from datetime import date, time
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from contracts.events.referral import StopReason
from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import (
    Address,
    AllocatedProduct,
    ClientDetails,
    Contact,
    InvalidStructure,
    Message,
    MessageHeader,
    PersonName,
    Relation,
    Retour,
    Standard,
    StoppedProduct,
    WrongKind,
    allocation_301,
    read,
    retour,
    stop_307,
    technical_retour,
    validate_structure,
)

if TYPE_CHECKING:
    from tests.unit.istandaarden.conftest import Reference

TODAY = date(2026, 9, 2)
CLIENT = ClientDetails(fictional_bsn(1), PersonName("Wit", initials="A"), date(2010, 1, 1))
FIRST = "Bericht/Client/ToegewezenProducten/ToegewezenProduct[1]"


def allocation(standard: Standard = Standard.IJW) -> Message:
    header = MessageHeader(standard, "0268", "73730001", "M-1", date(2026, 9, 1))
    home = Contact(address=Address(1, postcode="6511XX"))
    products = [AllocatedProduct(n, TODAY, time(9), TODAY) for n in (1, 2)]
    relation = Relation("1", "10", PersonName("Wit"), home)
    return read(allocation_301(header, CLIENT, [home], products, relations=[relation]))


def answered(original: Message, **details: object) -> Message:
    raw = retour(original, identification="RET-1", dated=TODAY, **details)  # type: ignore[arg-type]
    message = read(raw)
    assert validate_structure(message) == []
    return message


@pytest.mark.parametrize(("standard", "kind"), [(Standard.IJW, "JW302"), (Standard.IWMO, "WMO302")])
def test_approval_is_a_header_without_codes(standard: Standard, kind: str) -> None:
    original = allocation(standard)
    message = answered(original)
    assert message.kind == kind
    assert message.is_retour
    assert message.first("Client") is None
    assert message.first("RetourCodes") is None
    assert message.root.text("Header/Afzender") == original.root.text("Header/Afzender") == "0268"
    assert message.root.text("Header/Ontvanger") == original.root.text("Header/Ontvanger")
    read_back = Retour.from_message(message)
    assert read_back.approved
    assert (read_back.answers, read_back.identification, read_back.dated) == (original.kind, "RET-1", TODAY)
    assert read_back.header == original.header


def test_level_two_is_a_header_with_0001_and_the_version_of_the_rules() -> None:
    message = read(technical_retour(allocation(), identification="RET-1", dated=TODAY))
    assert validate_structure(message) == []
    assert message.first("Client") is None
    assert message.root.text("Header/XsltVersie") == "1.0.0"
    assert Retour.from_message(message).codes == {"Bericht/Header": ("0001",)}


def test_a_code_in_the_header_leaves_the_rest_out() -> None:
    message = answered(allocation(), codes={"Bericht/Header": ["8848"]})
    assert message.first("Client") is None
    assert Retour.from_message(message).codes == {"Bericht/Header": ("8848",)}


def test_a_code_below_the_header_brings_every_class() -> None:
    relation = "Bericht/Client/Relaties/Relatie[1]"
    message = answered(allocation(), codes={FIRST: ("9332", "9379")}, not_assessed=(relation,))
    codes = {node.path.rpartition("/")[0]: node.texts("RetourCode") for node in message.every("RetourCodes")}
    assert codes == {
        "Bericht/Header": ("0200",),
        "Bericht/Client": ("0200",),
        relation: ("0233",),
        f"{relation}/Contact": ("0200",),
        "Bericht/Client/Contactgegevens/Contact[1]": ("0200",),
        FIRST: ("9332", "9379"),
        FIRST.replace("[1]", "[2]"): ("0200",),
    }
    read_back = Retour.from_message(message)
    assert not read_back.approved
    assert read_back.codes == {FIRST: ("9332", "9379")}


def test_what_cannot_be_answered() -> None:
    original = allocation()
    with pytest.raises(KeyError, match="ToegewezenProduct"):
        answered(original, codes={FIRST.replace("[1]", "[3]"): ["9332"]})
    with pytest.raises(InvalidStructure):
        answered(original, codes={FIRST: ["0000"]})
    with pytest.raises(WrongKind):
        retour(answered(original), identification="RET-2", dated=TODAY)
    with pytest.raises(WrongKind):
        Retour.from_message(original)


def test_retour_on_a_stop() -> None:
    header = MessageHeader(Standard.IWMO, "0268", "73730001", "M-1", date(2026, 9, 1))
    stops = [StoppedProduct(TODAY, TODAY, StopReason.DIED, n) for n in (1, 2)]
    original = read(stop_307(header, CLIENT, stops))
    nodes = original.root.one("Client").each("StopProducten/StopProduct")
    message = answered(original, codes={nodes[1].path: ["9069"]})
    assert message.kind == "WMO308"
    assert message.root.text("Header/Afzender") == "73730001"
    assert Retour.from_message(message).codes == {nodes[1].path: ("9069",)}


def test_retours_are_valid_for_the_official_schema(reference: "Reference") -> None:
    made = 0
    for name, raw in reference.examples().items():
        original = read(raw)
        if name.startswith("flawed/") or original.description.retour is None:
            continue
        first = next(iter(original.root.one(original.description.body).children()), None)
        body = f"Bericht/{original.description.body}"
        assert first is not None or original.number == "319"
        for codes in ({}, {"Bericht/Header": ["8848"]}, {body: ["9063"]}):
            answer = retour(original, identification="R", dated=TODAY, codes=codes)
            message = read(answer)
            assert validate_structure(message) == []
            schema = reference.schema(message.kind)
            if schema is not None:
                assert schema.validate(etree.fromstring(answer)), (name, schema.error_log)
                made += 1
    assert made >= 15


def test_example_retours_are_understood(reference: "Reference") -> None:
    examples = reference.examples()
    assert Retour.from_message(read(examples["JW308.xml"])).approved
    assert Retour.from_message(read(examples["JW302.xml"])).codes == {"Bericht/Header": ("8848",)}
    path = "Bericht/Client/AangevraagdeProducten/AangevraagdProduct[1]"
    assert Retour.from_message(read(examples["JW316.xml"])).codes == {path: ("9347",)}
    assert Retour.from_message(read(examples["JW320.xml"])).codes == {"Bericht/Antwoord": ("9360",)}
