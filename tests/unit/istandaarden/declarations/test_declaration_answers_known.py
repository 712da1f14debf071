"""Level 3 on the answer to a declaration: against what was sent."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from services.referral.istandaarden import Message, Standard, answer_325, read, write
from services.referral.istandaarden.description import PREFIXES
from services.referral.istandaarden.rules import Known, check_known
from tests.unit.istandaarden.declarations.declared_world import SENT, as_message, declaration, performance

ANSWER = "Bericht/DeclaratieAntwoord"
REJECTED = f"{ANSWER}/Clienten/Client[1]/Prestaties/Prestatie[1]"
ONE = "Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]"


def answer(standard: Standard, change: Callable[[Any], None] = lambda _: None) -> Message:
    original = as_message(declaration(standard=standard).to_bytes())
    content = read(answer_325(original, identification="A1", dated=SENT, rejected={ONE: ["9340"]})).root.content()
    change(content)
    return as_message(write(PREFIXES[standard] + "325", content))


def _prestatie(content: Any) -> Any:
    return content["DeclaratieAntwoord"]["Clienten"]["Client"][0]["Prestaties"]["Prestatie"][0]


CHANGES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "TR337": (
        "Bericht/Header/DeclaratieIdentificatie/Identificatie",
        lambda content: content["Header"]["DeclaratieIdentificatie"].update(Identificatie="M9"),
    ),
    "TR371": (
        "Bericht/Header/XsdVersieDeclaratie",
        lambda content: content["Header"]["XsdVersieDeclaratie"].update(BerichtXsdVersie="1.0.1"),
    ),
    "TR376": (
        f"{ANSWER}/DeclaratieNummer",
        lambda content: content["DeclaratieAntwoord"].update(DeclaratieNummer="D9"),
    ),
    "TR366": (
        f"{REJECTED}/ProductReferentie",
        lambda content: _prestatie(content)["ProductReferentie"].update(ReferentieNummer="P9"),
    ),
    "TR367": (REJECTED, lambda content: _prestatie(content).update(GeleverdVolume=11)),
}


@pytest.mark.parametrize("standard", Standard)
def test_an_answer_to_what_was_sent_breaks_nothing(standard: Standard) -> None:
    sent = declaration(standard=standard)
    other = declaration(performance("P7"), standard=standard, identification="M2", number="D2")
    assert check_known(answer(standard), Known(declarations=(other, sent))) == []


@pytest.mark.parametrize("standard", Standard)
@pytest.mark.parametrize("code", CHANGES)
def test_each_rule_finds_what_differs(code: str, standard: Standard) -> None:
    path, change = CHANGES[code]
    message = answer(standard, change)
    found = check_known(message, Known(declarations=(declaration(standard=standard),)))
    assert [(v.rule.code, v.full_path) for v in found] == [(code, path)]
    assert [v.rule.returns for v in found] == [code.replace("TR", "9") if code in ("TR366", "TR367") else ""]
    assert check_known(message, Known()) == []


def test_the_date_belongs_to_the_identification() -> None:
    sent = declaration()
    later = replace(sent, header=replace(sent.header, dated=sent.period_ends_on))
    [violation] = check_known(answer(Standard.IJW), Known(declarations=(later,)))
    assert violation.rule.code == "TR337"


@pytest.mark.parametrize("year", ["-2026", "12026"])
@pytest.mark.parametrize("element", ["Dagtekening", "Begindatum"])
def test_a_year_outside_the_calendar_stops_no_rule(year: str, element: str) -> None:
    raw = answer(Standard.IJW).to_bytes().decode().replace(f"{element}>2026-", f"{element}>{year}-")
    codes = {v.rule.code for v in check_known(as_message(raw.encode()), Known(declarations=(declaration(),)))}
    assert codes == ({"TR337"} if element == "Dagtekening" else {"TR367"})
