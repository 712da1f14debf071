"""The declaration scenarios of the standard, from the 323 to its 325."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import yaml

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.declared import (
    ApprovedPerformance,
    ContractTariff,
    DeclarableAllocation,
    DeclaredKnown,
)
from services.referral.domain.declared_volume import AllocatedVolume
from services.referral.domain.identity import Bsn
from services.referral.istandaarden import (
    AnswerToDeclaration,
    Message,
    MessageHeader,
    Standard,
    answer_325,
    rejections,
    write,
)
from services.referral.istandaarden.rules import Known, check_content, codes_of
from services.referral.istandaarden.rules.declarations_known import judge_323
from tests.shared_data import shared
from tests.unit.istandaarden.declarations.declared_world import as_message, performance

CLIENT = UUID(int=1)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _allocation(number: int, first: str, last: str | None, **details: Any) -> DeclarableAllocation:
    details = {"category": "45", "code": "45A04", "volume": 20} | details
    extent = AllocatedVolume(details.pop("volume"), Unit.HOUR, Frequency.MONTH)
    return DeclarableAllocation(number, CLIENT, _day(first), _day(last) if last else None, extent=extent, **details)


_5301 = _allocation(5301, "2026-03-01", "2026-08-31")
_MARCH = performance("OLD", allocation_number=6301, starts_on=_day("2026-03-01"), ends_on=_day("2026-03-31"))
GIVEN: dict[str, tuple[dict[str, int], tuple[DeclarableAllocation, ...], date | None]] = {
    "DECL-1": ({"45A04": 6000}, (_5301,), None),
    "DECL-3": ({"45A04": 6000, "45A05": 6000}, (_5301, replace(_5301, number=5302, code="45A06")), None),
    "DECL-5": ({"45A04": 6000}, (_5301,), None),
    "DECL-7": ({"45A04": 6000}, (_allocation(6101, "2026-04-08", "2026-06-17", volume=10),), None),
    "DECL-9": ({"45A04": 6000}, (_allocation(6301, "2026-01-01", "2026-12-31"),), _day("2026-05-01")),
    "DECL-11": ({"45A04": 6000}, (_5301,), None),
    "DECL-13": ({"45A04": 6000}, (_5301,), None),
    "DECL-16": ({"45A04": 6990}, (_5301,), None),
    "DECL-18": ({"02A03": 6000}, (_allocation(7002, "2026-01-01", None, category="02", code="02A03"),), None),
}
"""What ``given`` says in words: agreed tariffs per hour, allocations, and the last declaration period."""


def scenarios(topic: str = "declaratie") -> list[dict[str, Any]]:
    found = yaml.safe_load(shared("istandaarden/scenarios.yaml").read_text())
    return [each for each in found if each["topic"] == topic]


def standards_of(scenario: dict[str, Any]) -> Iterator[Any]:
    only_wmo = any(step["message"] == "WMO323" for step in scenario["steps"])
    for standard in [Standard.IWMO] if only_wmo else Standard:
        yield pytest.param(scenario, standard, id=f"{scenario['id']}-{standard}")


def in_standard(content: Any, standard: Standard) -> Any:
    """Category 45 of iJw stands for 02 where the same scenario goes for iWmo."""
    if standard is Standard.IJW:
        return content
    if isinstance(content, str):
        return re.sub(r"^45(?=$|A)", "02", content)
    if isinstance(content, dict):
        return {key: in_standard(value, standard) for key, value in content.items()}
    return [in_standard(value, standard) for value in content] if isinstance(content, list) else content


def message_of_step(step: dict[str, Any], place: int, standard: Standard) -> Message:
    fields = in_standard(step["fields"], standard)
    header = MessageHeader(standard, "0268", "73730001", f"M{place}", _day(step["date"]))
    first, last = fields["Declaratieperiode"]
    clients = [
        {"Bsn": client["Bsn"], "Prestaties": {"Prestatie": [_prestatie(each) for each in client["Prestatie"]]}}
        for client in fields["Client"]
    ]
    declaration = {
        "DeclaratieNummer": fields["DeclaratieNummer"],
        "DeclaratiePeriode": {"Begindatum": first, "Einddatum": last},
        "DeclaratieDagtekening": header.dated,
        "TotaalIngediendBedrag": {key: fields[key] for key in ("TotaalBedrag", "DebetCredit")},
        "Clienten": {"Client": clients},
    }
    kind = "JW323" if standard is Standard.IJW else "WMO323"
    content = {"Header": header.content(from_municipality=False), "Declaratie": declaration}
    return as_message(write(kind, content))


def _prestatie(given: dict[str, Any]) -> dict[str, Any]:
    same = ("ToewijzingNummer", "ProductCategorie", "ProductCode", "GeleverdVolume", "Eenheid", "ProductTarief")
    return {
        "ProductReferentie": {key: given[key] for key in ("ReferentieNummer", "VorigReferentieNummer") if key in given},
        "ProductPeriode": {key: given[key] for key in ("Begindatum", "Einddatum")},
        "IngediendBedrag": {key: given[key] for key in ("Bedrag", "DebetCredit")},
    } | {key: given[key] for key in same}


def _known(scenario: dict[str, Any], standard: Standard) -> DeclaredKnown:
    tariffs, allocations, last_period = GIVEN[scenario["id"]]
    bsns = {Bsn(c["Bsn"]) for step in scenario["steps"] for c in step["fields"]["Client"]}
    named = {code: in_standard(code, standard) for code in tariffs}
    return DeclaredKnown(
        clients=dict.fromkeys(bsns, CLIENT),
        allocations={
            each.number: replace(
                each, category=in_standard(each.category, standard), code=in_standard(each.code, standard)
            )
            for each in allocations
        },
        last_period=last_period,
        tariffs={
            named[code]: (ContractTariff(named[code], cents, Unit.HOUR, _day("2026-01-01")),)
            for code, cents in tariffs.items()
        },
    )


def _answer(message: Message, known: DeclaredKnown) -> tuple[AnswerToDeclaration, DeclaredKnown]:
    """What the municipality answers, and what it knows after that."""
    wrong = check_content(message)
    if wrong:
        codes, after = codes_of(wrong, message), known
    else:
        judgement = judge_323(message, Known(declared=known))
        assert judgement is not None
        codes, after = rejections(judgement), judgement.after
    answer = as_message(answer_325(message, identification="A1", dated=message.header.dated, rejected=codes))
    assert check_content(answer) == []
    return AnswerToDeclaration.from_message(answer), after


def codes_in(answer: AnswerToDeclaration) -> dict[str, list[str]]:
    found = {"Header": list(answer.header_codes)}
    if answer.codes:
        found["DeclaratieAntwoord"] = list(answer.codes)
    for client in answer.clients:
        found["Client"] = list(client.codes)
        for rejected in client.performances:
            found[f"Prestatie {rejected.performance.reference}"] = list(rejected.codes)
    return found


@pytest.mark.parametrize(("scenario", "standard"), [each for s in scenarios() for each in standards_of(s)])
def test_each_step_is_answered_as_expected(scenario: dict[str, Any], standard: Standard) -> None:
    known = _known(scenario, standard)
    for place, step in enumerate(scenario["steps"]):
        answer, known = _answer(message_of_step(step, place, standard), known)
        expected = step["expect"]
        assert codes_in(answer) == expected["codes"]
        if "TotaalToegekendBedrag" in expected:
            assert answer.granted_cents == expected["TotaalToegekendBedrag"]
        if "Totaal" in expected:
            assert expected["Totaal"]["DebetCredit"] == "C"
            assert answer.granted_cents == answer.submitted_cents == -expected["Totaal"]["TotaalBedrag"]


def test_every_scenario_has_its_facts() -> None:
    assert {scenario["id"] for scenario in scenarios()} == GIVEN.keys()


@pytest.mark.parametrize(
    ("reference", "element", "day", "codes"),
    [
        ("P10", "Begindatum", "2026-04-14", ["9387"]),
        ("P12", "Einddatum", "2026-06-10", ["9388"]),
        ("P12", "Einddatum", "2026-06-30", ["9308", "9388"]),
    ],
)
def test_days_of_delivery_are_no_product_period(reference: str, element: str, day: str, codes: list[str]) -> None:
    """The notes of scenario DECL-7: start and stop of care are not the limits, those of the allocation are."""
    [scenario] = [each for each in scenarios() if each["id"] == "DECL-7"]
    [step] = scenario["steps"]
    [given] = [each for each in step["fields"]["Client"][0]["Prestatie"] if each["ReferentieNummer"] == reference]
    given[element] = day
    answer, _ = _answer(message_of_step(step, 0, Standard.IJW), _known(scenario, Standard.IJW))
    assert codes_in(answer)[f"Prestatie {reference}"] == codes


def test_a_missed_month_is_a_performance_in_a_later_declaration_once() -> None:
    """DECL-9: the first step over March is granted; declared before, it would be a second debit."""
    [scenario] = [each for each in scenarios() if each["id"] == "DECL-9"]
    known = _known(scenario, Standard.IJW)
    known = replace(known, approved=(ApprovedPerformance(_MARCH, CLIENT),))
    answer, _ = _answer(message_of_step(scenario["steps"][0], 0, Standard.IJW), known)
    assert codes_in(answer)["Prestatie P14"] == ["9389"]
