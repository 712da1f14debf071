"""Levels 3 and 4, rule by rule: a case that is right and one that is wrong, in both standards."""

import csv
from collections.abc import Iterator

import pytest

from services.referral.istandaarden import Standard, read, retour, validate_structure
from services.referral.istandaarden.labels import RETURN_CODES
from services.referral.istandaarden.rules.checking import ACROSS_MODULES, check_known, codes_of
from services.referral.istandaarden.rules.known import Known
from services.referral.istandaarden.rules.rule import ACROSS
from tests.shared_data import shared
from tests.unit.istandaarden.rules_across import cases_changes, cases_deliveries, cases_requests
from tests.unit.istandaarden.rules_across.messages_across import DATED, Case

CASES = [
    case
    for standard in Standard
    for module in (cases_requests, cases_deliveries, cases_changes)
    for case in module.cases(standard)
]
OURS = {module.__name__.rpartition(".")[2] for module in ACROSS_MODULES}
RULES = [rule for rule in ACROSS.all if rule.where.partition(".")[0] in OURS]
CLAIMS = {"323", "325"}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_finds_what_breaks_it_and_nothing_else(case: Case) -> None:
    violations = [each for each in check_known(case.message, case.known) if each.rule in RULES]
    broken = {violation.rule.code for violation in violations}
    if case.right:
        assert broken == set()
        return
    assert broken == {case.rule} | case.also
    [violation] = [each for each in violations if each.rule.code == case.rule]
    assert case.at is not None
    codes = codes_of([violation], case.message)
    assert codes == {case.at: (violation.rule.returns,)}
    if case.message.description.retour is not None:
        answer = retour(case.message, identification="Z1", dated=DATED, codes=codes)
        assert validate_structure(read(answer)) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_not_known_is_not_assessed(case: Case) -> None:
    violations = check_known(case.message, Known())
    assert [each for each in violations if each.rule in RULES] == []


def _listed() -> Iterator[dict[str, str]]:
    """The rules of level 3 and 4 that apply to more than claims, as the reference lists them."""
    with shared("istandaarden/rules.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            numbers = {kind[-3:] for kind in row["messages"].split(";")}
            if row["level"] in {"3", "4"} and not numbers <= CLAIMS:
                yield row


def test_every_rule_is_declared_as_it_is_listed() -> None:
    listed: dict[str, tuple[str, str, set[str]]] = {}
    for row in _listed():
        kinds = listed.setdefault(row["code"], (row["level"], row["return_code"], set()))[2]
        kinds.update(row["messages"].split(";"))
    listed["TR019"][2].add("WMO307")  # WJ001 of iWmo names it, the rule itself does not.
    declared = {rule.code: (rule.level, rule.returns, set(rule.kinds)) for rule in RULES}
    assert declared == listed


def test_every_rule_has_a_right_and_a_wrong_case_in_both_standards() -> None:
    wanted = {(row["code"], standard, right) for row in _listed() for standard in Standard for right in (True, False)}
    assert wanted <= {(case.rule, case.message.standard, case.right) for case in CASES}


def test_every_rule_says_what_is_wrong_and_what_is_right() -> None:
    for rule in RULES:
        assert rule.right is not None
        assert all(text.endswith(".") for text in (*rule.wrong, *rule.right))
        assert rule.returns in RETURN_CODES


@pytest.mark.parametrize("year", ["-2026", "0000", "12026"])
@pytest.mark.parametrize("case", [case for case in CASES if case.message.number != "323"], ids=str)
def test_years_outside_the_calendar_stop_no_rule(case: Case, year: str) -> None:
    unusual = read(case.message.to_bytes().replace(b">2026-", f">{year}-".encode()))
    assert all(each.path.startswith("Bericht/") for each in check_known(unusual, case.known))
