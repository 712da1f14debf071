"""Requests, allocations, starts, stops and answers: what is written is what is read, and it is valid."""

from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency, Referrer, StopReason
from services.referral.domain.identity import Bsn, fictional_bsn
from services.referral.domain.reasons import ChangeRequestReason, RefusalReason
from services.referral.istandaarden import (
    Address,
    AllocatedProduct,
    Allocation,
    AnswerToRequest,
    ClientDetails,
    Contact,
    DesiredProduct,
    Extent,
    InvalidStructure,
    MessageHeader,
    PersonName,
    Phone,
    ReferrerDetails,
    Relation,
    RequestedProduct,
    RequestForAllocation,
    RequestForChange,
    Standard,
    StartedProduct,
    StartOfCare,
    StopOfCare,
    StoppedProduct,
    UnusableValue,
    WrongKind,
    allocation_301,
    answer_319,
    read,
    request_for_allocation_315,
    request_for_change_317,
    start_305,
    stop_307,
    validate_structure,
    write,
)
from services.referral.istandaarden import codes as code_lists
from services.referral.istandaarden.codes import (
    REFUSAL_REASONS,
    STOP_REASONS,
    AddressKind,
    Answer,
    BirthDateUse,
    ChangeReason,
    CodeList,
    Gender,
    NameUsage,
    Submission,
)
from services.referral.istandaarden.labels import CATEGORIES, RETURN_CODES
from services.referral.istandaarden.simple_types import SIMPLE_TYPES

if TYPE_CHECKING:
    from tests.unit.istandaarden.conftest import Reference

IJW, IWMO = Standard.IJW, Standard.IWMO
NAME = PersonName("Ber<g & Zn", "van den", "Anna Éva", "AÉ")
CLIENT = ClientDetails(fictional_bsn(7), NAME, date(2012, 2, 29), Gender.FEMALE, BirthDateUse.DAY_UNKNOWN)
HOME = Contact(
    AddressKind.REGISTERED,
    Address(9, "B", "BEL", "TO", "6511XX", "Sint Annastraat", "Nijmegen", "NL"),
    phones=(Phone("0241234567"), Phone("0612345678", "0032")),
    email="a@example.org",
    valid_from=date(2026, 1, 1),
)


def header(standard: Standard) -> MessageHeader:
    return MessageHeader(standard, "0268", "73730001", "M-1", date(2026, 9, 1))


def request(standard: Standard) -> RequestForAllocation:
    category = "45" if standard is IJW else "02"
    return RequestForAllocation(
        header(standard),
        CLIENT,
        (
            RequestedProduct(
                "R-1",
                date(2026, 9, 7),
                ReferrerDetails(Referrer.GENERAL_PRACTITIONER, agb="01000001"),
                category=category,
                code=f"{category}A04",
                ends_on=date(2026, 12, 31),
                extent=Extent(3, Unit.HOUR, Frequency.WEEK),
                decision_number=12,
                decision_starts_on=date(2026, 9, 1),
                framework_contract=False,
                remark="regel 1\nregel 2 <&>",
            ),
            RequestedProduct(
                "R-2", date(2026, 9, 7), ReferrerDetails(Referrer.COURT, "Rechtbank"), budget_cents=250_000
            ),
        ),
        guardian_known=True if standard is IJW else None,
        remark="x",
    )


def allocation(standard: Standard) -> Allocation:
    name = PersonName("Berg", "van den", "Anna", "A", "Wit", "de", NameUsage.PARTNER_OWN)
    return Allocation(
        header(standard),
        ClientDetails(fictional_bsn(8), name, date(2012, 2, 29), Gender.MALE),
        (HOME,),
        (
            AllocatedProduct(
                7001,
                date(2026, 9, 1),
                time(12, 34, 56),
                date(2026, 9, 7),
                reference="R-1",
                category="45" if standard is IJW else "02",
                code="45A04",
                ends_on=date(2026, 12, 31),
                change_reason=ChangeReason.EXTENDED,
                extent=Extent(3, Unit.PIECE, Frequency.MONTH, by_effort=True),
                remark="x",
            ),
            AllocatedProduct(7002, date(2026, 9, 1), time(0, 0), date(2026, 9, 7), budget_cents=5),
        ),
        (Relation("1", "10", name, HOME, 1, date(1980, 1, 1), BirthDateUse.UNKNOWN, Gender.UNKNOWN),),
        interpreter="1",
        language="Zweeds",
        legal_status="04",
        representation="06",
        remark="y",
    )


@pytest.mark.parametrize("standard", Standard)
def test_request(standard: Standard) -> None:
    asked = request(standard)
    message = read(asked.to_bytes())
    assert message.number == "315"
    assert validate_structure(message) == []
    assert RequestForAllocation.from_message(message) == asked
    built = request_for_allocation_315(
        asked.header, asked.client, asked.products, guardian_known=asked.guardian_known, remark=asked.remark
    )
    assert built == asked.to_bytes()


@pytest.mark.parametrize("standard", Standard)
def test_allocation(standard: Standard) -> None:
    made = allocation(standard)
    message = read(made.to_bytes())
    assert message.kind == ("JW301" if standard is IJW else "WMO301")
    assert validate_structure(message) == []
    assert Allocation.from_message(message) == made
    small = allocation_301(made.header, made.client, made.contacts, made.products, remark="z")
    assert Allocation.from_message(read(small)).remark == "z"


@pytest.mark.parametrize("standard", Standard)
def test_start_and_stop(standard: Standard) -> None:
    started = StartedProduct(date(2026, 9, 8), 7001, "45" if standard is IJW else "02", "45A04", date(2026, 9, 7))
    start = StartOfCare(
        header(standard), CLIENT, (started, StartedProduct(date(2026, 9, 9), submission=Submission.REMOVED))
    )
    message = read(start_305(start.header, start.client, start.products))
    assert validate_structure(message) == []
    assert StartOfCare.from_message(message) == start
    for reason in StopReason:
        stop = StopOfCare(
            header(standard), CLIENT, (StoppedProduct(date(2026, 9, 8), date(2026, 10, 1), reason, 7001),)
        )
        message = read(stop_307(stop.header, stop.client, stop.products))
        assert validate_structure(message) == []
        assert StopOfCare.from_message(message) == stop


def test_answer() -> None:
    for standard in Standard:
        answer = AnswerToRequest(header(standard), "R-1", Answer.UNDER_INVESTIGATION)
        assert AnswerToRequest.from_message(read(answer.to_bytes())) == answer
    raw = answer_319(header(IJW), "R-1", Answer.REJECTED, RefusalReason.RESIDENCE_PRINCIPLE, "0363")
    message = read(raw)
    assert validate_structure(message) == []
    assert AnswerToRequest.from_message(message).responsible_municipality == "0363"
    assert AnswerToRequest.from_message(message).reason is RefusalReason.RESIDENCE_PRINCIPLE
    with pytest.raises(InvalidStructure, match="Woonplaatsbeginsel"):
        answer_319(header(IWMO), "R-1", Answer.REJECTED, RefusalReason.RESIDENCE_PRINCIPLE, "0363")


@pytest.mark.parametrize("standard", Standard)
def test_change(standard: Standard) -> None:
    category = "45" if standard is IJW else "02"
    change = RequestForChange(
        header(standard),
        CLIENT.bsn,
        "R-3",
        ChangeRequestReason.CARE_PLAN,
        unchanged=(7001,),
        changed=(DesiredProduct(date(2026, 10, 1), 7002, extent=Extent(4, Unit.HOUR, Frequency.WEEK)),),
        new=(DesiredProduct(date(2026, 10, 1), category=category, ends_on=date(2026, 12, 31), budget_cents=100),),
    )
    message = read(change.to_bytes())
    assert validate_structure(message) == []
    assert RequestForChange.from_message(message) == change
    built = request_for_change_317(
        change.header, change.bsn, "R-3", change.reason, unchanged=[7001], changed=change.changed, new=change.new
    )
    assert built == change.to_bytes()


def test_examples_are_understood(reference: "Reference") -> None:
    readers: dict[str, Any] = {
        "301": Allocation,
        "305": StartOfCare,
        "307": StopOfCare,
        "315": RequestForAllocation,
        "317": RequestForChange,
        "319": AnswerToRequest,
    }
    seen = set()
    for name, raw in reference.examples().items():
        message = read(raw)
        reader = readers.get(message.number)
        if reader is None or name.startswith("flawed/"):
            continue
        seen.add(message.kind)
        meaning = reader.from_message(message)
        again = read(meaning.to_bytes())
        assert reader.from_message(again) == meaning
        assert again.root == message.root, name
        schema = reference.schema(message.kind)
        assert schema is not None
        assert schema.validate(etree.fromstring(meaning.to_bytes())), name
    assert len(seen) == 11


def test_wrong_kind() -> None:
    message = read(request(IJW).to_bytes())
    readers: tuple[Any, ...] = (Allocation, StartOfCare, StopOfCare, AnswerToRequest, RequestForChange)
    for reader in readers:
        with pytest.raises(WrongKind):
            reader.from_message(message)


def test_values_without_meaning_are_named_by_rule() -> None:
    raw = request(IJW).to_bytes()
    bsn = CLIENT.bsn.digits
    with pytest.raises(UnusableValue, match=r"Client/Bsn") as wrong_number:
        RequestForAllocation.from_message(read(raw.replace(bsn.encode(), b"123456789")))
    assert wrong_number.value.rule == "CS002"
    assert "123456789" not in str(wrong_number.value)
    far = raw.replace(b"2012-02-29", b"12012-02-29")
    assert validate_structure(far) == []
    with pytest.raises(UnusableValue, match="Geboortedatum"):
        RequestForAllocation.from_message(read(far))


def test_midnight_and_fractions_of_a_second() -> None:
    raw = allocation(IJW).to_bytes()
    for text, expected in (("24:00:00", time(0)), ("12:34:56.1234567", time(12, 34, 56, 123456))):
        message = read(raw.replace(b"12:34:56", text.encode()))
        assert validate_structure(message) == []
        assert Allocation.from_message(message).products[0].decided_at == expected


def test_nothing_personal_is_shown() -> None:
    for shown in (repr(request(IJW)), repr(allocation(IJW)), repr(read(allocation(IJW).to_bytes()).root)):
        for secret in ("Berg", "Anna", CLIENT.bsn.digits, "2012", "Annastraat", "Rechtbank", "regel", "Zweeds"):
            assert secret not in shown


def test_street_is_cut_to_what_fits() -> None:
    home = Contact(address=Address(1, postcode="6511XX", street="Burgemeester van Roijensingel"))
    made = allocation_301(header(IJW), CLIENT, [home], allocation(IJW).products)
    contact = Allocation.from_message(read(made)).contacts[0]
    assert contact.address is not None
    assert contact.address.street == "Burgemeester van Roijens"
    assert contact.address.country == "NL"


def test_writing_refuses_what_is_not_valid_and_says_everything_at_once() -> None:
    content = read(request(IJW).to_bytes()).root.content()
    content["Header"]["Afzender"] = "1"
    del content["Client"]["Naam"]
    content["Client"]["Adres"] = {}
    content["Client"]["Geslacht"] = 1.5
    content["Client"]["Geboortedatum"] = "2012-01-01"
    content["Client"]["AangevraagdeProducten"]["AangevraagdProduct"] = []
    with pytest.raises(InvalidStructure) as refused:
        write("JW315", content)
    assert {finding.path for finding in refused.value.findings} == {
        "Bericht/Header/Afzender",
        "Bericht/Client/Naam",
        "Bericht/Client/Adres",
        "Bericht/Client/Geslacht",
        "Bericht/Client/Geboortedatum",
        "Bericht/Client/AangevraagdeProducten/AangevraagdProduct",
    }
    with pytest.raises(KeyError):
        write("JW999", content)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1fb", "\ud800", "\uffff"])
def test_characters_outside_xml_are_refused(text: str) -> None:
    content = read(request(IJW).to_bytes()).root.content()
    content["Client"]["Commentaar"] = text
    with pytest.raises(InvalidStructure):
        write("JW315", content)


def test_line_ends() -> None:
    raw = request(IJW).to_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") > 10
    content = read(raw).root
    assert b"\r" not in write("JW315", content, line_end="\n")
    assert not raw.startswith(b"\xef\xbb\xbf")
    changed = content.content()
    changed["Client"]["Commentaar"] = "a\r\nb\rc\nd"
    assert read(write("JW315", changed)).root.text("Client/Commentaar") == "a\r\nb\rc\nd"


def test_every_code_has_a_word_and_a_label() -> None:
    types = {"GENDERS": "Geslacht", "BIRTH_DATE_USES": "DatumGebruik", "NAME_USAGES": "NaamGebruik"}
    types |= {
        "ADDRESS_KINDS": "AdresSoort",
        "REFERRERS": "TypeVerwijzer",
        "UNITS": "Eenheid",
        "ANSWERS": "VerzoekAntwoord",
    }
    types |= {"FREQUENCIES": "Frequentie", "SUBMISSIONS": "StatusAanlevering", "CHANGE_REASONS": "RedenWijziging"}
    types |= {"REFUSAL_REASONS": "RedenAfwijzingVerzoek"}
    lists: list[tuple[CodeList[Answer], tuple[str, ...]]] = [
        (getattr(code_lists, name), SIMPLE_TYPES[IJW][simple].codes) for name, simple in types.items()
    ]
    for code_list, codes in lists:
        assert sorted(code_list.codes()) == sorted(codes)
        for code in codes:
            assert code_list.label(code) == code_list.label(code_list.member(code)) or code == "84"
    for standard in Standard:
        assert sorted(STOP_REASONS[standard].codes()) == sorted(SIMPLE_TYPES[standard]["RedenBeeindiging"].codes)
        assert {STOP_REASONS[standard].code(reason) for reason in StopReason} == set(STOP_REASONS[standard].codes())
        assert sorted(CATEGORIES[standard]) == sorted(SIMPLE_TYPES[standard]["ProductCategorie"].codes)
    assert sorted(RETURN_CODES) == sorted(SIMPLE_TYPES[IJW]["RetourCode"].codes)
    assert [REFUSAL_REASONS.code(reason) for reason in RefusalReason] == list("123456789")


def test_bsn_of_the_client_is_proven() -> None:
    assert isinstance(RequestForAllocation.from_message(read(request(IJW).to_bytes())).client.bsn, Bsn)
