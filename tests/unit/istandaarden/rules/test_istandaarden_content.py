"""Level 2: every rule finds what breaks it, there and only there, and lets through what does not."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.referral.istandaarden import KINDS, read, validate_structure, write
from services.referral.istandaarden.rules import IN_MESSAGE, check_content
from services.referral.istandaarden.rules.overlap import MAY_OVERLAP
from tests.shared_data import shared
from tests.unit.istandaarden.rules.content_cases import CASES, GIVEN, Breaks, Keeps
from tests.unit.istandaarden.rules.content_examples import CHECKED, changed, example, kinds_of, put, raw_example

if TYPE_CHECKING:
    from tests.unit.istandaarden.conftest import Reference

KNOWN_TO_BREAK = {
    "WMO317.xml": {"TR380": ["Client/Verzoek/NieuweProducten/NieuwProduct[1]/GewensteIngangsdatum"]},
    "JW317.xml": {"CS003": ["Client/Verzoek/NieuweProducten/NieuwProduct[1]/Einddatum"]},
    "JW323.xml": {"TR101": ["Declaratie/Clienten/Client[2]/Prestaties/Prestatie[3]"]},
}
"""Official examples that break a rule of level 2 themselves, as far as the rules are those of other messages too."""

Row = dict[str, str]


def _declared_only(code: str) -> bool:
    """A rule of 323 and 325 alone has its own tests."""
    return {kind[-3:] for rule in IN_MESSAGE.all if rule.code == code for kind in rule.kinds} <= {"323", "325"}


def _broken(message: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for each in check_content(message):
        if not _declared_only(each.rule.code):
            found[each.rule.code].append(each.full_path.removeprefix("Bericht/"))
    return dict(found)


def _each(what: str) -> Iterator[Any]:
    for code, cases in CASES.items():
        for place, case in enumerate(getattr(cases, what)):
            for kind in kinds_of(case.number):
                yield pytest.param(code, kind, case, id=f"{code}-{kind}-{place}")


@pytest.mark.parametrize("kind", CHECKED)
def test_what_we_write_breaks_nothing(kind: str) -> None:
    message = read(raw_example(kind))
    assert validate_structure(message) == []
    assert check_content(message) == []


@pytest.mark.parametrize(("code", "kind", "case"), [*_each("keeps")])
def test_keeps(code: str, kind: str, case: Keeps) -> None:
    assert code not in _broken(changed(kind, case.change))


@pytest.mark.parametrize(("code", "kind", "case"), [*_each("breaks")])
def test_breaks(code: str, kind: str, case: Breaks) -> None:
    assert _broken(changed(kind, case.change))[code] == list(case.places)


def test_official_examples(reference: "Reference") -> None:
    seen = 0
    for name, raw in reference.examples().items():
        if not name.startswith("flawed/"):
            assert _broken(read(raw)) == KNOWN_TO_BREAK.get(name, {}), name
            seen += 1
    assert seen == 19


def _rows(file: str) -> list[Row]:
    with shared(f"istandaarden/{file}").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _rules_of_level_2() -> dict[str, set[str]]:
    """Code to kinds, without the rules of 323 and 325 alone."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in _rows("rules.csv"):
        if row["level"] == "2":
            found[row["code"]].update(row["messages"].split(";"))
    return {code: kinds for code, kinds in found.items() if {kind[-3:] for kind in kinds} - {"323", "325"}}


def test_every_rule_is_there_for_exactly_its_messages() -> None:
    declared: dict[str, set[str]] = defaultdict(set)
    for rule in IN_MESSAGE.all:
        if not _declared_only(rule.code):
            declared[rule.code] |= rule.kinds
    assert dict(declared) == _rules_of_level_2()


def test_every_rule_has_cases_for_all_its_messages() -> None:
    expected = _rules_of_level_2()
    assert CASES.keys() == expected.keys()
    for code, kinds in expected.items():
        assert CASES[code].keeps, code
        assert {kind for case in CASES[code].breaks for kind in kinds_of(case.number)} == kinds, code


def test_every_application_has_a_case() -> None:
    broken = {
        (code, kind, re.sub(r"\[\d+\]", "", place))
        for code, cases in CASES.items()
        for case in cases.breaks
        for kind in kinds_of(case.number)
        for place in case.places
    }
    rules = _rules_of_level_2()
    applied = [row for row in _rows("rule_elements.csv") if row["rule"] in rules and row["level"] == "2"]
    assert len(applied) > 100
    for row in applied:
        places = {place for code, kind, place in broken if (code, kind) == (row["rule"], row["message"])}
        # CS338 stands on the class here, and on each of its elements in iJw.
        wanted = re.sub(r"/(Volume|Eenheid|Frequentie)$", "", row["path"])
        assert any(f"/{place}".endswith(f"/{wanted}") for place in places), (row["rule"], row["message"], row["path"])


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
    assert len(_broken(message)[code]) == 1


@pytest.mark.parametrize("kind", CHECKED)
@pytest.mark.parametrize("year", ["12026", "-0001"])
def test_years_outside_the_calendar_do_not_hurt(kind: str, year: str) -> None:
    raw = re.sub(rb">20[0-9]{2}-", f">{year}-".encode(), raw_example(kind))
    message = read(raw)
    assert validate_structure(message) == []
    check_content(message)


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
    broken = _broken(read(write(kind, content))).get("TR302", [])
    free = MAY_OVERLAP if kind == "WMO301" else frozenset()
    expected = {
        later[2]
        for one, other in combinations(spans, 2)
        for earlier, later in [sorted((one, other), key=lambda span: (span[0], span[2]))]
        if later[0] <= earlier[1] and not {one[3], other[3]} & free and _same(one[3:], other[3:])
    }
    assert broken == [f"{GIVEN}[{place + 1}]" for place in sorted(expected)]


def _same(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> bool:
    if one[0] is None or other[0] is None:
        return True
    return one[0] == other[0] and (one[1] is None or other[1] is None or one[1] == other[1])
