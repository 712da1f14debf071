"""Level 1 gives the verdict of the official schemas, on what is valid and on thousands of damaged messages.

``ISTANDAARDEN_MUTATIONS`` sets how many damaged messages are tried (default 3000), ``ISTANDAARDEN_SEED`` which.
"""

import os
import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from services.referral.istandaarden.description import KIND_OF_NAMESPACE, KINDS
from services.referral.istandaarden.reading import read
from services.referral.istandaarden.schema import simple_text
from services.referral.istandaarden.sentences import TechnicalError
from services.referral.istandaarden.simple_types import SIMPLE_TYPES, Standard
from services.referral.istandaarden.validation import explain, validate_structure
from services.referral.istandaarden.writing import write
from tests.property.istandaarden.generation import TEXTS, damage, random_content

if TYPE_CHECKING:
    from tests.unit.istandaarden.conftest import Reference

MUTATIONS = int(os.environ.get("ISTANDAARDEN_MUTATIONS", "3000"))
SEED = int(os.environ.get("ISTANDAARDEN_SEED", "20260901"))


def our_verdict(raw: bytes) -> bool:
    try:
        return not validate_structure(raw)
    except TechnicalError:
        return False


def explained_verdict(raw: bytes) -> bool:
    """The verdict of the walk that explains, without the schema."""
    try:
        return not explain(read(raw))
    except TechnicalError:
        return False


def official_verdict(raw: bytes, reference: "Reference") -> bool | None:
    """None where the set has no schema for the message."""
    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return False
    kind = KIND_OF_NAMESPACE.get(etree.QName(root).namespace or "")
    if kind is None:
        return False
    schema = reference.schema(kind)
    return None if schema is None else schema.validate(root)


def test_examples_get_the_expected_verdict(reference: "Reference") -> None:
    for name, raw in reference.examples().items():
        assert our_verdict(raw) is not name.startswith("flawed/"), name
        assert our_verdict(raw) is official_verdict(raw, reference), name


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_write_is_valid_and_comes_back_unchanged(kind: str, reference: "Reference") -> None:
    dice = random.Random(f"{SEED} {kind}")
    for _ in range(12):
        raw = write(kind, random_content(kind, dice))
        assert official_verdict(raw, reference) is not False
        message = read(raw)
        assert message.kind == kind
        assert validate_structure(message) == []
        assert write(kind, message.root) == raw
        assert read(message.to_bytes()).root == message.root


def test_damaged_messages_get_the_official_verdict(reference: "Reference") -> None:
    dice = random.Random(SEED)
    sources = list(reference.examples().values())
    sources += [write(kind, random_content(kind, dice)) for kind in KINDS if reference.schema(kind)]
    verdicts: Counter[bool] = Counter()
    for number in range(MUTATIONS):
        raw = damage(sources[number % len(sources)], dice)
        official = official_verdict(raw, reference)
        assert official is not None
        assert our_verdict(raw) is official, (
            f"mutation {number} of seed {SEED}: official {official}\n{raw.decode(errors='replace')}"
        )
        assert explained_verdict(raw) is official, f"explanation of mutation {number} of seed {SEED}\n{raw!r}"
        verdicts[official] += 1
    if MUTATIONS >= 1000:
        assert min(verdicts.values()) > MUTATIONS / 20, "the damage should leave both valid and invalid messages"


def test_findings_are_placed_and_never_repeat_a_value(reference: "Reference") -> None:
    dice = random.Random(SEED + 1)
    secret = "Qzx"
    raw = reference.examples()["JW301.xml"]
    for _ in range(200):
        root = etree.fromstring(raw)
        leaf = dice.choice([e for e in root.iter() if not len(e)])
        leaf.text = secret * 100
        for finding in validate_structure(etree.tostring(root)):
            assert secret not in repr(finding)
            assert finding.path.endswith(etree.QName(leaf).localname) or finding.path[-1] == "]"
            assert finding.line
            assert finding.right.nl
            assert finding.right.en


@pytest.mark.parametrize("standard", Standard)
def test_values_are_judged_as_the_schema_does(standard: Standard) -> None:
    """When writing, without the dates before year 1 and after 9999 that XML Schema has."""
    texts = (*TEXTS, *(code for simple in SIMPLE_TYPES[standard].values() for code in simple.codes[:3]))
    types = "".join(map(simple_text, SIMPLE_TYPES[standard].values()))
    for name, simple in SIMPLE_TYPES[standard].items():
        schema = etree.XMLSchema(
            etree.XML(
                '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" targetNamespace="urn:t">'
                f'{types}<xs:element name="e" type="LDT_{name}"/></xs:schema>'
            )
        )
        for text in texts:
            element = etree.Element("{urn:t}e")
            element.text = text
            assert bool(simple.allows(text)) is schema.validate(element), (name, text)
            strange_year = simple.base == "date" and len(text.strip()) != 10
            assert strange_year or bool(simple.accepts(text)) is bool(simple.allows(text)), (name, text)
