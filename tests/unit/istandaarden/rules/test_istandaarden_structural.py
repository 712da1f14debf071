"""Level 1: every rule is tied to what enforces it, and that does enforce it, wherever the standard applies the rule."""

import csv
import re
from collections.abc import Iterator, Mapping

import pytest
from lxml import etree

from services.referral.istandaarden import Message, read, validate_structure
from services.referral.istandaarden.description import (
    KINDS,
    ClassDescription,
    ElementDescription,
    MessageDescription,
    describe,
)
from services.referral.istandaarden.rules.structural import RESTRICTIONS, Facet, Restriction
from services.referral.istandaarden.simple_types import SIMPLE_TYPES
from tests.shared_data import shared
from tests.unit.istandaarden.rules.content_examples import changed, kinds_of, put

NOT_IN_IWMO = {("WMO315", "Client/GezagsdragerBekend"), ("WMO319", "Woonplaatsbeginsel/Gemeente")}
"""The list of applications names them, but only iJw has these elements."""

GIVEN = "Client/ToegewezenProducten/ToegewezenProduct/0"
CONTACT = "Client/Contactgegevens/Contact/0"
PERFORMANCE = "Declaratie/Clienten/Client/0/Prestaties/Prestatie/0"
PHONE = f"{CONTACT}/Telefoon/Telefoon01/Telefoonnummer"

CASES: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    "CS015": (("305", "Header/BerichtSubversie", "2", "1"),),
    "CS025": (("305", "Header/BerichtVersie", "3", "2"),),
    "CS319": (("323", "Declaratie/DeclaratieNummer", "A1b2", "A-1"),),
    "RS001": (("301", f"{GIVEN}/ToewijzingNummer", "0", "-1"), ("323", f"{PERFORMANCE}/ProductTarief", "0", "-1")),
    "RS002": (("301", "Client/Relaties/Relatie/0/Volgorde", "99", "100"),),
    "RS004": (("301", f"{CONTACT}/Adres/Huis/Huisnummer", "99999", "100000"),),
    "RS005": (("301", f"{GIVEN}/Omvang/Volume", "99999999", "100000000"),),
    "RS006": (("305", "Client/StartProducten/StartProduct/0/ToewijzingNummer", "999999999", "1000000000"),),
    "RS008": (("305", "Client/Geslacht", "1", "11"), ("301", f"{CONTACT}/Adres/Huis/Huisletter", "B", "BB")),
    "RS009": (("301", f"{CONTACT}/Soort", "01", "001"),),
    "RS010": (("JW305", "Header/BerichtCode", "438", "4380"),),
    "RS011": (("301", f"{CONTACT}/Adres/Huis/HuisnummerToevoeging", "abcd", "abcde"),),
    "RS012": (("301", f"{GIVEN}/Product/Code", "12345", "123456"),),
    "RS013": (("301", "Client/Naam/Voorletters", "ABCDEF", "ABCDEFG"),),
    "RS014": (("301", f"{CONTACT}/Adres/Postcode", "12345678", "123456789"),),
    "RS015": (("317", "Client/Bsn", "999900006", "9999000061"),),
    "RS016": (("301", "Client/Naam/Geslachtsnaam/Voorvoegsel", "a" * 10, "a" * 11),),
    "RS017": (("305", "Header/BerichtIdentificatie/Identificatie", "a" * 12, "a" * 13),),
    "RS018": (("301", PHONE, "1" * 15, "1" * 16),),
    "RS019": (("323", f"{PERFORMANCE}/ProductReferentie/ReferentieNummer", "a" * 20, "a" * 21),),
    "RS020": (("301", f"{CONTACT}/Adres/Straatnaam", "a" * 24, "a" * 25),),
    "RS021": (("301", "Client/Communicatie/Taal", "a" * 25, "a" * 26),),
    "RS023": (("301", f"{CONTACT}/Organisatie", "a" * 35, "a" * 36),),
    "RS024": (("319", "Antwoord/ReferentieAanbieder", "a" * 36, "a" * 37),),
    "RS025": (("315", "Client/AangevraagdeProducten/AangevraagdProduct/1/Verwijzer/Naam", "a" * 64, "a" * 65),),
    "RS026": (("301", f"{CONTACT}/Emailadres", "a" * 80, "a" * 81),),
    "RS028": (("301", "Client/Naam/Geslachtsnaam/Achternaam", "a" * 200, "a" * 201),),
    "RS031": (("301", "Client/Commentaar", " a\n", " \n"), ("315", "Client/Commentaar", "a", "")),
    "RS032": (("305", "Client/Geboortedatum/Datum", "2012-02-28", "2012-02-28Z"),),
    "RS033": (("301", "Client/Naam/Voornamen", " a", " "), ("319", "Antwoord/ReferentieAanbieder", "a", "")),
    "RS034": (("301", f"{GIVEN}/Toewijzingstijd", "12:00:00", "12:00:00+01:00"),),
    "RS035": (("305", "Header/Ontvanger", "0268", "268"), ("301", "Header/Afzender", "0268", "00268")),
    "RS036": (("305", "Header/Afzender", "73730001", "7373001"), ("301", "Header/Ontvanger", "73730001", "7373000l")),
    "RS037": (("305", "Client/Bsn", "999900006", "99990000"),),
    "RS040": (("323", "Declaratie/TotaalIngediendBedrag/TotaalBedrag", "999999999999", "1000000000000"),),
    "RS045": (("305", "Client/Naam/Voorletters", "AÉ", "A.E."),),
    "RS046": (("301", PHONE, "0612345678", "06-12345678"),),
    "RS047": (("JW305", "Header/BerichtCode", "438", "436"), ("WMO305", "Header/BerichtCode", "418", "438")),
    "RS048": (("305", "Header/XsdVersie/BerichtXsdVersie", "1.10.0", "1.0"),),
}
"""By code: message, element (a number counts repeated classes from 0), a text that keeps it and one that does not."""


def _level_1(file: str) -> list[dict[str, str]]:
    with shared(f"istandaarden/{file}").open(encoding="utf-8") as lines:
        return [row for row in csv.DictReader(lines) if row["level"] == "1"]


def _elements(group: ClassDescription, path: list[str]) -> Iterator[ElementDescription]:
    """The elements at a path that begins at any class."""
    for element in group.elements:
        if element.group is not None:
            if element.name == path[0]:
                yield from _at(element.group, path[1:])
            yield from _elements(element.group, path)


def _at(group: ClassDescription, path: list[str]) -> Iterator[ElementDescription]:
    element = group.by_name.get(path[0])
    if element is None:
        return
    if len(path) == 1:
        yield element
    elif element.group is not None:
        yield from _at(element.group, path[1:])


def _messages(name: str) -> list[MessageDescription]:
    """``JW301`` is one message, ``JW-retour`` every retour of iJw."""
    if name in KINDS:
        return [describe(name)]
    return [describe(kind) for kind in KINDS if kind.startswith(name.partition("-")[0]) and describe(kind).forward]


def _with(message: Message, path: str, text: str) -> Message:
    """The message with another text in one element; ``write`` would refuse it."""
    element = etree.fromstring(message.to_bytes())
    for step in path.split("/"):
        if step.isdigit():
            element = element.getparent().findall(element.tag)[int(step)]
        else:
            element = next(child for child in element if etree.QName(child).localname == step)
    element.text = text
    return read(etree.tostring(element.getroottree()))


@pytest.mark.parametrize("code", list(CASES))
def test_a_message_that_keeps_the_rule_and_one_that_breaks_it(code: str) -> None:
    for number, path, kept, broken in CASES[code]:
        for kind in kinds_of(number):
            message = changed(kind, put(path, kept))
            assert validate_structure(message) == []
            (finding,) = validate_structure(_with(message, path, broken))
            assert re.sub(r"\[\d+\]", "", finding.path) == "Bericht/" + re.sub(r"/\d+", "", path)


def test_every_rule_has_cases() -> None:
    assert CASES.keys() == RESTRICTIONS.keys() == {row["code"] for row in _level_1("rules.csv")}


def test_every_application_is_enforced() -> None:
    used: dict[str, set[str]] = {code: set() for code in RESTRICTIONS}
    for row in _level_1("rule_elements.csv"):
        rule = RESTRICTIONS[row["rule"]]
        for description in _messages(row["message"]):
            elements = list(_elements(description.root, row["path"].split("/")))
            assert elements or (description.kind, row["path"]) in NOT_IN_IWMO, row
            for element in elements:
                assert rule.enforced_by(element), (row["rule"], description.kind, row["path"])
                assert element.simple
                used[row["rule"]].add(element.simple.name)
    assert {code: set(rule.types) for code, rule in RESTRICTIONS.items()} == used


@pytest.mark.parametrize("rule", list(RESTRICTIONS.values()), ids=list(RESTRICTIONS))
def test_what_keeps_a_rule_passes_and_what_breaks_it_does_not(rule: Restriction) -> None:
    for types in SIMPLE_TYPES.values():
        for name in rule.types:
            simple = types[name]
            if rule.facet is Facet.FIXED:
                continue
            for text in rule.refuses:
                assert not simple.allows(text)
            if not simple.codes and rule.bound is not None:
                kept = str(rule.bound) if rule.facet is not Facet.LONGEST else _text(name, rule.bound)
                assert simple.allows(kept), name
    assert rule.refuses
    assert rule.where.startswith(rule.types[0])


def _text(name: str, length: int) -> str:
    return ("1" if name in ("AgbCode", "BurgerServicenummer", "Telefoonnummer") else "a") * length


@pytest.mark.parametrize("kind", KINDS)
def test_the_fixed_texts_of_a_message(kind: str) -> None:
    description = describe(kind)
    texts = {"BerichtCode": description.code, "BerichtVersie": "3", "BerichtSubversie": "2"}
    for rule in RESTRICTIONS.values():
        if rule.facet is Facet.FIXED:
            (element,) = _elements(description.root, ["Header", rule.types[0]])
            assert rule.enforced_by(element)
            assert element.allows(texts[element.name])


def test_another_element_does_not_enforce_it() -> None:
    (element,) = _elements(describe("JW305").root, ["Client", "Bsn"])
    assert RESTRICTIONS["RS037"].enforced_by(element)
    assert not RESTRICTIONS["RS036"].enforced_by(element)
    (group,) = _elements(describe("JW305").root, ["Client", "Naam"])
    assert not RESTRICTIONS["RS037"].enforced_by(group)
