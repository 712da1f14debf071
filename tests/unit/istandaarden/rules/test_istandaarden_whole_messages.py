"""Level 2 on whole messages: the official examples, what we write, odd years and many lines."""

import random
import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.referral.istandaarden import KINDS, read, validate_structure, write
from services.referral.istandaarden.rules import IN_MESSAGE, check_content
from services.referral.istandaarden.rules.overlap import MAY_OVERLAP
from tests.property.istandaarden.generation import random_content
from tests.unit.istandaarden.rules.content_examples import CHECKED, broken, example, put, raw_example

if TYPE_CHECKING:
    from tests.unit.istandaarden.conftest import Reference

GIVEN = "Client/ToegewezenProducten/ToegewezenProduct"
KNOWN_TO_BREAK = {
    "WMO317.xml": {"TR380": ["Client/Verzoek/NieuweProducten/NieuwProduct[1]/GewensteIngangsdatum"]},
    "JW317.xml": {"CS003": ["Client/Verzoek/NieuweProducten/NieuwProduct[1]/Einddatum"]},
    "JW323.xml": {"TR101": ["Declaratie/Clienten/Client[2]/Prestaties/Prestatie[3]"]},
}
"""Official examples that break a rule of level 2 themselves, as far as the rules are those of other messages too."""


@pytest.mark.parametrize("kind", CHECKED)
def test_what_we_write_breaks_nothing(kind: str) -> None:
    message = read(raw_example(kind))
    assert validate_structure(message) == []
    assert check_content(message) == []


def test_official_examples(reference: "Reference") -> None:
    seen = 0
    for name, raw in reference.examples().items():
        if not name.startswith("flawed/"):
            assert broken(read(raw)) == KNOWN_TO_BREAK.get(name, {}), name
            seen += 1
    assert seen == 19


def test_every_rule_has_its_words() -> None:
    for rule in IN_MESSAGE.all:
        assert rule.level == "2"
        assert rule.returns == "0001"
        assert rule.kinds <= set(KINDS)
        assert rule.wrong.nl.endswith(".")
        assert rule.wrong.en.endswith(".")
        assert rule.right
        assert rule.where.count(".") == 1


@pytest.mark.parametrize(
    ("kind", "element", "year", "code"),
    [
        ("JW305", b"Begindatum", b"12026", "TR134"),
        ("WMO301", b"Datum", b"12012", "TR134"),
        ("WMO301", b"Datum", b"-2012", "TR002"),
        ("JW317", b"Einddatum", b"-2026", "CS003"),
        ("WMO307", b"Einddatum", b"-2026", "TR018"),
    ],
)
def test_years_outside_the_calendar_are_compared(kind: str, element: bytes, year: bytes, code: str) -> None:
    raw = re.sub(rb"(:%s>)[0-9]{4}(-)" % element, rb"\g<1>" + year + rb"\2", raw_example(kind), count=1)
    message = read(raw)
    assert validate_structure(message) == []
    assert len(broken(message)[code]) == 1


@pytest.mark.parametrize("kind", CHECKED)
@pytest.mark.parametrize("year", ["12026", "-0001"])
def test_years_outside_the_calendar_do_not_hurt(kind: str, year: str) -> None:
    raw = re.sub(rb">20[0-9]{2}-", f">{year}-".encode(), raw_example(kind))
    message = read(raw)
    assert validate_structure(message) == []
    check_content(message)


@pytest.mark.parametrize("kind", KINDS)
def test_no_rule_raises_on_any_valid_message(kind: str) -> None:
    dice = random.Random(kind)
    for _ in range(15):
        message = read(write(kind, random_content(kind, dice)))
        found = [(each.rule.code, each.full_path) for each in check_content(message)]
        assert len(found) == len(set(found))
        assert not found or kind in CHECKED


_LINE = st.tuples(
    st.sampled_from([None, "one", "two", "11"]),
    st.sampled_from([None, "X", "Y"]),
    st.integers(1, 12),
    st.one_of(st.none(), st.integers(0, 5)),
)


@given(lines=st.lists(_LINE, min_size=1, max_size=7), kind=st.sampled_from(["JW301", "WMO301"]))
@settings(max_examples=150, deadline=None)
def test_overlap_is_that_of_every_pair(lines: list[tuple[str | None, str | None, int, int | None]], kind: str) -> None:
    """The quick way finds a line if and only if comparing every pair does."""
    names = {"one": "45", "two": "46", "11": "47"} if kind == "JW301" else {"one": "01", "two": "02", "11": "11"}
    products, spans = [], []
    for place, (category, code, begins, days) in enumerate(lines):
        named = names[category] if category else None
        ends = None if days is None else min(begins + days, 28)
        product: dict[str, Any] = {
            "ToewijzingNummer": place,
            "Toewijzingsdatum": "2026-09-01",
            "Toewijzingstijd": "12:00:00",
            "Ingangsdatum": f"2026-10-{begins:02}",
            "Einddatum": f"2026-10-{ends:02}" if ends else None,
        }
        if named:
            product["Product"] = {"Categorie": named, "Code": code}
        products.append(product)
        spans.append((begins, ends or 99, place, named, code if named else None))
    content = example(kind)
    put(GIVEN, products)(content)
    found = broken(read(write(kind, content))).get("TR302", [])
    free = MAY_OVERLAP if kind == "WMO301" else frozenset()
    expected = {
        later[2]
        for one, other in combinations(spans, 2)
        for earlier, later in [sorted((one, other), key=lambda span: (span[0], span[2]))]
        if later[0] <= earlier[1] and not {one[3], other[3]} & free and _same(one[3:], other[3:])
    }
    assert found == [f"{GIVEN}[{place + 1}]" for place in sorted(expected)]


def _same(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> bool:
    if one[0] is None or other[0] is None:
        return True
    return one[0] == other[0] and (one[1] is None or other[1] is None or one[1] == other[1])
