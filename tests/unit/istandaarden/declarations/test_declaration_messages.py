"""A declaration and its answer come back as they were meant, and the answer says what the standard says it must."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from contracts.events.commissioning import Unit
from services.referral.istandaarden import (
    AnswerToDeclaration,
    Declaration,
    InvalidStructure,
    Message,
    Standard,
    WrongKind,
    answer_325,
    declaration_323,
    read,
    validate_structure,
)
from services.referral.istandaarden.declarations import performance_of
from services.referral.istandaarden.rules import check_content
from tests.unit.istandaarden.declarations.declared_world import (
    APRIL,
    BSN,
    OTHER_BSN,
    SENT,
    as_message,
    credit_of,
    declaration,
    message_of,
    performance,
)

if TYPE_CHECKING:
    from tests.unit.istandaarden.conftest import Reference

ITSELF = "Bericht/Declaratie"
FIRST_CLIENT, SECOND_CLIENT = f"{ITSELF}/Clienten/Client[1]", f"{ITSELF}/Clienten/Client[2]"
ONE, TWO = f"{FIRST_CLIENT}/Prestaties/Prestatie[1]", f"{FIRST_CLIENT}/Prestaties/Prestatie[2]"
OTHERS = f"{SECOND_CLIENT}/Prestaties/Prestatie[1]"
EUROS = {"unit": Unit.EURO, "tariff_cents": None, "volume": 500}


def full(standard: Standard = Standard.IJW) -> Declaration:
    """Two debits and a credit: 120,000 − 60,000 + 500 cents."""
    return declaration(
        credit_of(performance("OLD")),
        performance("P2", volume=20),
        others=[performance("P3", allocation_number=5302, **EUROS)],
        standard=standard,
    )


def answered(original: Message, **rejected: Any) -> AnswerToDeclaration:
    raw = answer_325(original, identification="A1", dated=date(2026, 5, 8), **rejected)
    message = as_message(raw)
    assert check_content(message) == []
    assert message.root.text("Header/Afzender") == original.municipality
    assert message.root.text("Header/Ontvanger") == original.provider
    answer = AnswerToDeclaration.from_message(message)
    assert (answer.header.identification, answer.header.dated) == ("A1", date(2026, 5, 8))
    assert answer.declaration_identification == original.identification
    assert answer.declaration_dated == SENT
    assert answer.declaration_xsd_versions == ("1.0.0", "1.0.0")
    return answer


@pytest.mark.parametrize("standard", Standard)
def test_a_declaration_comes_back_as_it_was_meant(standard: Standard) -> None:
    original = full(standard)
    message = as_message(original.to_bytes())
    assert check_content(message) == []
    assert Declaration.from_message(message) == original
    built = declaration_323(original.header, "D1", APRIL, original.clients)
    assert built == original.to_bytes()
    assert original.total_cents == original.declared.submitted_cents == 60500
    total = message.root.one("Declaratie/TotaalIngediendBedrag")
    assert (total.text("TotaalBedrag"), total.text("DebetCredit")) == ("60500", "D")


def test_more_credit_than_debit_is_a_positive_total_with_c() -> None:
    message = message_of(credit_of(performance("OLD")), performance("P2", volume=8))
    total = message.root.one("Declaratie/TotaalIngediendBedrag")
    assert (total.text("TotaalBedrag"), total.text("DebetCredit")) == ("12000", "C")
    assert Declaration.from_message(message).total_cents == -12000


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("by_effort", [False, True])
def test_every_unit(unit: Unit, by_effort: bool) -> None:
    given = performance(unit=unit, by_effort=by_effort and unit is Unit.PIECE)
    [node] = message_of(given).every("Prestatie")
    assert performance_of(node) == given


def test_what_does_not_fit_is_not_written() -> None:
    with pytest.raises(InvalidStructure):
        declaration(performance(amount_cents=100_000_000)).to_bytes()
    with pytest.raises(InvalidStructure):
        declaration(number="not a number").to_bytes()


@pytest.mark.parametrize("standard", Standard)
def test_everything_granted_is_0200_and_8001(standard: Standard) -> None:
    answer = answered(as_message(full(standard).to_bytes()))
    assert answer.header_codes == ("0200",)
    assert answer.codes == ("8001",)
    assert answer.fully_granted
    assert not answer.technically_rejected
    assert (answer.number, answer.submitted_cents, answer.granted_cents) == ("D1", 60500, 60500)
    assert answer.clients == ()


def test_level_two_is_the_header_with_0001_and_the_version_of_the_rules() -> None:
    original = message_of(total=1)
    answer = answered(original, rejected={"Bericht/Header": ["0001"], ONE: ["9340"]})
    assert answer.header_codes == ("0001",)
    assert answer.technically_rejected
    assert answer.number is None
    raw = answer_325(original, identification="A1", dated=SENT, rejected={"Bericht/Header": ["0001"]})
    assert read(raw).root.text("Header/XsltVersie") == "1.0.0"
    assert read(raw).first("DeclaratieAntwoord") is None


def test_an_error_in_the_header_is_the_header_alone() -> None:
    raw = answer_325(
        message_of(), identification="A1", dated=SENT, rejected={"Bericht/Header": ["9056", "8848", "9056"]}
    )
    message = read(raw)
    assert message.first("DeclaratieAntwoord") is None
    assert message.root.find_text("Header/XsltVersie") is None
    assert AnswerToDeclaration.from_message(message).header_codes == ("9056", "8848")


def test_an_error_in_the_declaration_grants_nothing_and_lists_nobody() -> None:
    answer = answered(as_message(full().to_bytes()), rejected={ITSELF: ["9333"], ONE: ["9340"]})
    assert (answer.header_codes, answer.codes) == (("0200",), ("9333",))
    assert (answer.submitted_cents, answer.granted_cents) == (60500, 0)
    assert answer.clients == ()


def test_only_rejected_performances_are_listed_with_what_they_cost() -> None:
    original = full()
    answer = answered(as_message(original.to_bytes()), rejected={TWO: ("9322", "9321")})
    assert answer.codes == ("0200",)
    [client] = answer.clients
    assert (client.bsn, client.codes) == (BSN, ("0200",))
    [rejected] = client.performances
    assert rejected.codes == ("9322", "9321")
    assert rejected.performance == original.clients[0].performances[1]
    assert (answer.submitted_cents, answer.granted_cents) == (60500, -59500)


def test_a_rejected_credit_leaves_more_granted_than_submitted() -> None:
    answer = answered(as_message(full().to_bytes()), rejected={ONE: ["8017"]})
    assert (answer.submitted_cents, answer.granted_cents) == (60500, 120500)


def test_a_client_that_is_wrong_has_all_its_performances_not_assessed() -> None:
    answer = answered(as_message(full().to_bytes()), rejected={FIRST_CLIENT: ["8187"], ONE: ["8017"], OTHERS: ["9341"]})
    first, second = answer.clients
    assert first.codes == ("8187",)
    assert [each.codes for each in first.performances] == [("0233",), ("0233",)]
    assert (second.bsn, second.codes) == (OTHER_BSN, ("0200",))
    assert [each.codes for each in second.performances] == [("9341",)]
    assert answer.granted_cents == 0


def test_what_cannot_be_answered() -> None:
    original = message_of()
    with pytest.raises(KeyError, match="Prestatie"):
        answered(original, rejected={TWO: ["9340"]})
    with pytest.raises(InvalidStructure):
        answered(original, rejected={ONE: ["1234"]})
    answer = as_message(answer_325(original, identification="A1", dated=SENT))
    with pytest.raises(WrongKind):
        answer_325(answer, identification="A2", dated=SENT)
    with pytest.raises(WrongKind):
        AnswerToDeclaration.from_message(original)
    with pytest.raises(WrongKind):
        Declaration.from_message(answer)


def test_official_examples_are_understood(reference: "Reference") -> None:
    examples = reference.examples()
    declared = Declaration.from_message(read(examples["JW323.xml"]))
    assert declared.total_cents == declared.declared.submitted_cents == 79000
    assert [len(client.performances) for client in declared.clients] == [2, 3]
    assert Declaration.from_message(read(examples["WMO323.xml"])).total_cents == 58000
    answer = AnswerToDeclaration.from_message(read(examples["JW325.xml"]))
    assert (answer.submitted_cents, answer.granted_cents) == (-58000, -34000)
    rejected = [each for client in answer.clients for each in client.performances]
    assert [each.codes for each in rejected] == [("0611",), ("9339", "9340", "9341"), ("9307",)]
    assert sum(each.performance.signed_cents for each in rejected) == -24000


def test_what_we_write_is_valid_for_the_official_schema(reference: "Reference") -> None:
    for standard in Standard:
        raw = full(standard).to_bytes()
        message = read(raw)
        written = [raw]
        for codes in ({}, {"Bericht/Header": ["0001"]}, {ITSELF: ["9333"]}, {SECOND_CLIENT: ["8187"], ONE: ["8017"]}):
            written.append(answer_325(message, identification="A1", dated=SENT, rejected=codes))
        for each in written:
            kind = read(each).kind
            schema = reference.schema(kind)
            if schema is not None:
                assert schema.validate(etree.fromstring(each)), (kind, schema.error_log)
    for name in ("JW323.xml", "WMO323.xml"):
        original = read(reference.examples()[name])
        again = Declaration.from_message(original).to_bytes()
        assert read(again).root == original.root
        assert validate_structure(read(again)) == []


def test_a_credit_takes_back_the_same_and_nothing_else() -> None:
    debit = performance()
    assert credit_of(debit).takes_back(debit)
    assert not debit.takes_back(debit)
    for other in (
        replace(debit, amount_cents=1),
        replace(debit, volume=1),
        replace(debit, code="45A05"),
        replace(debit, starts_on=date(2026, 4, 2)),
        replace(debit, reference="P9"),
        replace(debit, tariff_cents=1),
    ):
        assert not credit_of(debit).takes_back(other)
