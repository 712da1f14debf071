"""The list of the rules of iWmo and iJw: complete, and what it names exists."""

import csv
from pathlib import Path

import pytest

from deploy import istandaarden
from deploy.istandaarden import FAMILIES, ProcessRule, named_in_tests, process_rules, resolve, stale, technical_rules
from tests.shared_data import shared

NAMES = sorted({name for rule in process_rules().rules for name in rule.honoured_by})


def codes_of_the_standard() -> list[tuple[str, str]]:
    with shared("istandaarden/rules.csv").open(encoding="utf-8", newline="") as file:
        return [(row["code"], row["standard"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("name", NAMES)
def test_what_honours_a_process_rule_exists(name: str) -> None:
    assert resolve(name) is not None


def test_a_name_that_leads_nowhere_is_found() -> None:
    for name in ("services.referral.handlers.decisions.nothing", "services.nothing.at_all"):
        with pytest.raises(LookupError, match="nothing"):
            resolve(name)


def test_every_process_rule_of_the_standard_is_answered_once() -> None:
    wanted = [(code, standard) for code, standard in codes_of_the_standard() if code[:2] in FAMILIES]
    answered = [(rule.code, rule.standard) for rule in process_rules().rules]
    assert sorted(answered) == sorted(wanted)


def test_every_technical_rule_of_the_standard_is_implemented_or_said_to_be_missing() -> None:
    wanted = {code for code, _ in codes_of_the_standard() if code[:2] not in FAMILIES}
    implemented = {rule.code for rule in technical_rules()}
    assert implemented <= wanted
    assert wanted - implemented <= process_rules().not_implemented.keys()


def test_every_code_that_checks_a_process_rule_is_a_technical_rule() -> None:
    known = {rule.code for rule in technical_rules()} | process_rules().not_implemented.keys()
    assert {code for rule in process_rules().rules for code in rule.checked_by} <= known


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"honoured_by": ("services.referral",), "not_honoured": "not yet"},
        {"not_honoured": "not yet", "but": "the rest"},
    ],
    ids=["none", "both", "half of nothing"],
)
def test_a_process_rule_has_one_answer(answer: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="OP001"):
        ProcessRule.model_validate({"code": "OP001", "standard": "ijw", "asks": "Something.", **answer})


def test_a_rule_is_found_in_the_tests_that_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_one.py").write_text('CASES = [("TR018", 1)]\n# TR006 is not tested here\n', encoding="utf-8")
    monkeypatch.setattr(istandaarden, "TESTS", tmp_path)
    monkeypatch.setattr(istandaarden, "ROOT", tmp_path)
    assert named_in_tests() == {"TR018": ("test_one.py",)}


def test_a_stale_list_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "list.md"
    monkeypatch.setattr(istandaarden, "FILE", file)
    told = ["docs/list.md is not what the rules say. Run: make contracts"]
    assert stale() == told
    assert istandaarden.main(["write"]) == 0
    assert stale() == []
    file.write_text("Something else.\n", encoding="utf-8")
    assert stale() == told
