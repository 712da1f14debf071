"""Level 1 gives the verdict of the official schemas, on what is valid and on thousands of damaged messages.

``ISTANDAARDEN_MUTATIONS`` sets how many damaged messages are tried (default 6000), ``ISTANDAARDEN_SEED`` which.
"""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from services.referral.istandaarden import reading
from services.referral.istandaarden.collecting import stream
from services.referral.istandaarden.description import KIND_OF_NAMESPACE, KINDS
from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import read
from services.referral.istandaarden.schema import simple_text
from services.referral.istandaarden.sentences import TechnicalError
from services.referral.istandaarden.simple_types import SIMPLE_TYPES, Standard
from services.referral.istandaarden.validation import explain, validate_structure
from services.referral.istandaarden.writing import write
from tests.property.istandaarden import overview
from tests.property.istandaarden.generation import TEXTS, random_content
from tests.property.istandaarden.mutation import ON_BYTES, ON_ELEMENTS, Mutated, mutate

if TYPE_CHECKING:
    from tests.unit.istandaarden.conftest import Reference

MUTATIONS = int(os.environ.get("ISTANDAARDEN_MUTATIONS", "6000"))
SEED = int(os.environ.get("ISTANDAARDEN_SEED", "20260901"))
SHARES = 4


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


def streamed_verdict(raw: bytes) -> bool:
    """The verdict of a large message, which is read in one pass where that can be done."""
    usual, reading.LARGE = reading.LARGE, 1
    try:
        return our_verdict(raw)
    finally:
        reading.LARGE = usual


def verdicts_of(raw: bytes) -> set[bool]:
    return {our_verdict(raw), explained_verdict(raw), streamed_verdict(raw)}


def official_verdict(raw: bytes, reference: "Reference") -> bool:
    """By the official schema; by the overview of elements for the seven messages whose schema is not in the set."""
    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return False
    kind = KIND_OF_NAMESPACE.get(etree.QName(root).namespace or "")
    if kind is None:
        return False
    return (reference.schema(kind) or overview.schema_of(kind)).validate(root)


def test_examples_get_the_expected_verdict(reference: "Reference") -> None:
    for name, raw in reference.examples().items():
        assert our_verdict(raw) is not name.startswith("flawed/"), name
        assert our_verdict(raw) is official_verdict(raw, reference), name


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_write_is_valid_and_comes_back_unchanged(kind: str, reference: "Reference") -> None:
    dice = random.Random(f"{SEED} {kind}")
    for _ in range(12):
        raw = write(kind, random_content(kind, dice))
        assert official_verdict(raw, reference)
        assert overview.schema_of(kind).validate(etree.fromstring(raw))
        message = read(raw)
        assert message.kind == kind
        assert validate_structure(message) == []
        assert write(kind, message.root) == raw
        assert read(message.to_bytes()).root == message.root
        streamed = stream(raw)
        assert streamed is not None
        assert Node(streamed[0].root, streamed[1], "Bericht") == message.root


@pytest.mark.parametrize("share", range(SHARES))
def test_mutated_messages_get_the_official_verdict(
    share: int, reference: "Reference", record_property: Callable[[str, object], None]
) -> None:
    """Of all 28 kinds: from our schema and from the walk, read as a tree and in one pass."""
    dice = random.Random(f"{SEED} {share}")
    sources = list(reference.examples().values())
    sources += [write(kind, random_content(kind, dice)) for kind in KINDS]
    verdicts: dict[str, Counter[bool]] = defaultdict(Counter)
    for number in range(MUTATIONS // SHARES):
        mutated = mutate(sources[number % len(sources)], dice)
        official = official_verdict(mutated.raw, reference)
        if verdicts_of(mutated.raw) != {official}:
            pytest.fail(_difference(mutated, number, share, reference))
        for kind in mutated.kinds:
            verdicts[kind][official] += 1
    for kind, counted in sorted(verdicts.items()):
        record_property(f"mutations: {kind}", f"{counted[True]} valid, {counted[False]} not")
    total = sum(verdicts.values(), Counter[bool]())
    if MUTATIONS >= 1000:
        assert verdicts.keys() == ON_ELEMENTS.keys() | ON_BYTES.keys()
        assert min(total.values()) > total.total() / 20, "mutation should leave both valid and invalid messages"


def _difference(mutated: Mutated, number: int, share: int, reference: "Reference") -> str:
    """What a person needs to mend it: the kind of mutation, the seed, and the smallest document that still differs."""
    raw = _smallest(mutated.raw, reference)
    return (
        f"{' + '.join(mutated.kinds)}: mutation {number} of share {share}, ISTANDAARDEN_SEED={SEED}: the official "
        f"verdict is {official_verdict(raw, reference)}; ours: schema {our_verdict(raw)}, "
        f"walk {explained_verdict(raw)}, in one pass {streamed_verdict(raw)}\n{raw.decode(errors='replace')}"
    )


def _smallest(raw: bytes, reference: "Reference") -> bytes:
    """Leaves out elements one by one, as long as the verdicts still differ."""
    shorter = True
    while shorter:
        shorter = False
        try:
            size = sum(1 for _ in etree.fromstring(raw).iter("*"))
        except etree.XMLSyntaxError:
            return raw
        for number in range(size - 1, 0, -1):
            root = etree.fromstring(raw)
            element = next(islice(root.iter("*"), number, None), None)
            if element is None or (parent := element.getparent()) is None:
                continue
            parent.remove(element)
            tried = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
            if verdicts_of(tried) != {official_verdict(tried, reference)}:
                raw, shorter = tried, True
    return raw


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
