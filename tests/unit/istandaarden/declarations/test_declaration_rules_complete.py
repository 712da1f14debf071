"""No rule of the standard on declarations is left out, and each has the level and return code that the list gives."""

import csv
import re
from pathlib import Path

from services.referral.domain.declaration_checks import CHECKS, CLIENT_UNKNOWN
from services.referral.istandaarden.labels import RETURN_CODES
from services.referral.istandaarden.rules import ACROSS, IN_MESSAGE
from tests.shared_data import shared

NUMBERS = ("323", "325")
CHECKED = re.compile(r"(TR|CD|CS)\d{3}")


def _listed() -> dict[tuple[str, str], tuple[str, str]]:
    """Code and kind to level and return code, for what is checked above level 1."""
    with shared("istandaarden/rules.csv").open(encoding="utf-8") as file:
        return {
            (row["code"], kind): (row["level"], row["return_code"])
            for row in csv.DictReader(file)
            if CHECKED.fullmatch(row["code"]) and row["level"] in ("2", "3", "4")
            for kind in row["messages"].split(";")
            if kind[-3:] in NUMBERS
        }


def test_every_rule_is_declared_with_its_level_and_return_code() -> None:
    declared = {
        (rule.code, kind): (rule.level, rule.returns)
        for rule in (*IN_MESSAGE.all, *ACROSS.all)
        for kind in rule.kinds
        if kind[-3:] in NUMBERS
    }
    assert declared == _listed()


def test_every_application_to_an_element_is_known() -> None:
    codes = {code for code, _ in _listed()}
    with shared("istandaarden/rule_elements.csv").open(encoding="utf-8") as file:
        applied = {
            row["rule"] for row in csv.DictReader(file) if row["message"][-3:] in NUMBERS and row["level"] != "1"
        }
    assert applied <= codes


def test_every_rule_has_its_own_test() -> None:
    tests = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py") if file != Path(__file__))
    here = {code for code, _ in _listed()}
    shared_with_other_messages = {"TR101", "TR134", "CS002", "TR056", "TR135", "TR378", "TR381", "TR304"}
    for code in here - shared_with_other_messages:
        assert f'"{code}"' in tests, code


def test_the_judgement_and_the_words_use_the_same_codes() -> None:
    rules = {rule.code: rule for rule in ACROSS.of("JW323")}
    for check in (*CHECKS, CLIENT_UNKNOWN):
        assert rules[check.rule].returns == check.returns
        assert check.returns in RETURN_CODES
    for rule in (*ACROSS.of("WMO323"), *ACROSS.of("WMO325"), *IN_MESSAGE.of("WMO323"), *IN_MESSAGE.of("WMO325")):
        assert rule.right
        assert rule.wrong.nl.endswith(".")
        assert rule.wrong.en.endswith(".")
