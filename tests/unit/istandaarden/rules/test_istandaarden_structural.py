"""Level 1: every rule is tied to what enforces it, and that does enforce it, wherever the standard applies the rule."""

import csv
from collections.abc import Iterator

import pytest

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

NOT_IN_IWMO = {("WMO315", "Client/GezagsdragerBekend"), ("WMO319", "Woonplaatsbeginsel/Gemeente")}
"""The list of applications names them, but only iJw has these elements."""


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


def test_every_rule_is_there() -> None:
    assert RESTRICTIONS.keys() == {row["code"] for row in _level_1("rules.csv")}


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
