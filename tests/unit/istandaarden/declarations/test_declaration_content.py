"""Level 2 on declarations and their answers: each rule once kept and once broken, in both standards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from contracts.events.commissioning import Unit
from services.referral.istandaarden import Message, Standard, answer_325, read, write
from services.referral.istandaarden.description import PREFIXES
from services.referral.istandaarden.rules import check_content
from tests.unit.istandaarden.declarations.declared_world import (
    APRIL,
    MARCH,
    SENT,
    as_message,
    credit_of,
    message_of,
    performance,
)

if TYPE_CHECKING:
    from tests.unit.istandaarden.conftest import Reference

ONE = "Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]"
TWO = ONE.replace("[1]", "[2]").replace("Client[2]", "Client[1]")
OTHERS = ONE.replace("Client[1]", "Client[2]")
ANSWER = "Bericht/DeclaratieAntwoord"
REJECTED = f"{ANSWER}/Clienten/Client[1]/Prestaties/Prestatie[1]"
EUROS = {"unit": Unit.EURO, "tariff_cents": None, "volume": 500, "amount_cents": 500}
EARLIER = credit_of(performance("OLD"))


def _places(message: Message) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for violation in check_content(message):
        found.setdefault(violation.rule.code, []).append(violation.full_path)
    return found


def _changed(standard: Standard, number: str, change: Callable[[Any], None], raw: bytes) -> Message:
    content = read(raw).root.content()
    change(content)
    return as_message(write(PREFIXES[standard] + number, content))


def _answer(standard: Standard, change: Callable[[Any], None] = lambda _: None, **rejected: Any) -> Message:
    original = message_of(performance(), others=[performance("P2", allocation_number=5302)], standard=standard)
    raw = answer_325(original, identification="A1", dated=SENT, rejected=rejected.get("codes", {ONE: ["9340"]}))
    return _changed(standard, "325", change, raw)


def _reject_itself(content: Any) -> None:
    content["DeclaratieAntwoord"]["RetourCodes"]["RetourCode"] = ["9333"]


def _list_what_is_right(content: Any) -> None:
    prestatie = content["DeclaratieAntwoord"]["Clienten"]["Client"][0]["Prestaties"]["Prestatie"][0]
    prestatie["RetourCodes"]["RetourCode"] = ["0200"]


def _grant_more(content: Any) -> None:
    content["DeclaratieAntwoord"]["TotaalToegekendBedrag"]["TotaalBedrag"] = 60001


def _credit_nothing(content: Any) -> None:
    content["DeclaratieAntwoord"]["TotaalToegekendBedrag"] = {"TotaalBedrag": 0, "DebetCredit": "C"}


def _no_credit_reference(content: Any) -> None:
    prestatie = content["DeclaratieAntwoord"]["Clienten"]["Client"][0]["Prestaties"]["Prestatie"][0]
    prestatie["IngediendBedrag"]["DebetCredit"] = "C"


KEEPS: dict[str, list[Callable[[Standard], Message]]] = {
    "TR137": [
        lambda s: message_of(performance(ends_on=date(2026, 4, 30)), sent=date(2026, 4, 30), standard=s),
        lambda s: message_of(performance(starts_on=date(2026, 4, 30)), standard=s),
        _answer,
    ],
    "TR335": [lambda s: message_of(performance(), declared_on=date(2031, 4, 30), standard=s)],
    "TR315": [lambda s: message_of(EARLIER, credit_of(performance("OLDER"), "C2"), performance(), standard=s)],
    "TR316": [lambda s: message_of(EARLIER, performance(), standard=s)],
    "TR358": [
        lambda s: message_of(EARLIER, performance("P2", volume=8), standard=s),
        lambda s: message_of(EARLIER, performance("P2"), standard=s),
    ],
    "TR416": [
        lambda s: message_of(EARLIER, performance(), performance("P2", code="45A05"), standard=s),
        lambda s: message_of(performance(), performance("P2", starts_on=MARCH[0], ends_on=MARCH[1]), standard=s),
    ],
    "TR342": [
        _answer,
        lambda s: _answer(s, codes={}),
        lambda s: _answer(s, codes={"Bericht/Declaratie": ["9333"]}),
        lambda s: _answer(s, codes={"Bericht/Header": ["0001"]}),
        lambda s: _answer(s, codes={"Bericht/Declaratie/Clienten/Client[2]": ["8187"], ONE: ["9340"]}),
    ],
    "CD060": [lambda s: message_of(EARLIER, performance(), standard=s), _answer],
    "CD087": [lambda s: message_of(performance(), performance("P2", code="45A05", **EUROS), standard=s)],
    "CS100": [
        lambda s: message_of(
            performance(starts_on=date(2021, 1, 1), ends_on=date(2021, 1, 31)),
            period=(date(2021, 1, 1), date(2021, 1, 31)),
            standard=s,
        )
    ],
    "CS325": [
        lambda s: message_of(performance(volume=0), standard=s),
        lambda s: _answer(s, codes={"Bericht/Declaratie": ["9333"]}),
    ],
    "CS337": [lambda s: message_of(performance(starts_on=date(2026, 4, 30)), standard=s)],
    "CS339": [lambda s: message_of(performance(**EUROS), standard=s)],
    "CS340": [
        lambda s: message_of(performance(), period=(date(2024, 2, 1), date(2024, 2, 29)), standard=s),
        lambda s: message_of(performance(), period=(date(2023, 2, 1), date(2023, 2, 28)), standard=s),
        lambda s: message_of(performance(), standard=s),
    ],
}

BREAKS: dict[str, list[tuple[Callable[[Standard], Message], list[str]]]] = {
    "TR137": [
        (lambda s: message_of(performance(), sent=date(2026, 4, 29), standard=s), [f"{ONE}/ProductPeriode/Einddatum"]),
        (
            lambda s: message_of(performance(starts_on=APRIL[1], ends_on=APRIL[0]), standard=s),
            [f"{ONE}/ProductPeriode/Einddatum"],
        ),
        (
            lambda s: _answer(
                s, lambda content: content["Header"]["BerichtIdentificatie"].update(Dagtekening=APRIL[0])
            ),
            [f"{REJECTED}/ProductPeriode/Einddatum"],
        ),
    ],
    "TR335": [
        (
            lambda s: message_of(performance(), declared_on=date(2031, 5, 1), standard=s),
            [f"{ONE}/ProductPeriode/Einddatum"],
        )
    ],
    "TR315": [
        (
            lambda s: message_of(EARLIER, replace(EARLIER, reference="C2"), performance(), standard=s),
            [f"{TWO}/ProductReferentie/VorigReferentieNummer"],
        ),
        (
            lambda s: message_of(EARLIER, others=[replace(EARLIER, reference="C2")], standard=s),
            [f"{OTHERS}/ProductReferentie/VorigReferentieNummer"],
        ),
    ],
    "TR316": [
        (
            lambda s: message_of(performance(), credit_of(performance()), standard=s),
            [f"{TWO}/ProductReferentie/VorigReferentieNummer"],
        )
    ],
    "TR358": [
        (lambda s: message_of(total=60001, standard=s), ["Bericht/Declaratie/TotaalIngediendBedrag/TotaalBedrag"]),
        (lambda s: message_of(total=-60000, standard=s), ["Bericht/Declaratie/TotaalIngediendBedrag/TotaalBedrag"]),
    ],
    "TR416": [
        (lambda s: message_of(performance(), performance("P2", volume=1), standard=s), [TWO]),
        # The number of an allocation belongs to one client, so it is not "per client".
        (lambda s: message_of(performance(), others=[performance("P2")], standard=s), [OTHERS]),
    ],
    "TR342": [
        (lambda s: _answer(s, _grant_more), [f"{ANSWER}/TotaalToegekendBedrag/TotaalBedrag"]),
        (
            lambda s: _answer(s, _reject_itself),
            [f"{ANSWER}/TotaalToegekendBedrag/TotaalBedrag", f"{ANSWER}/Clienten"],
        ),
        (lambda s: _answer(s, _list_what_is_right), [f"{REJECTED}/RetourCodes"]),
    ],
    "CD060": [
        (
            lambda s: message_of(replace(EARLIER, previous_reference=None), standard=s),
            [f"{ONE}/ProductReferentie/VorigReferentieNummer"],
        ),
        (
            lambda s: message_of(performance(previous_reference="OLD"), standard=s),
            [f"{ONE}/ProductReferentie/VorigReferentieNummer"],
        ),
        (lambda s: _answer(s, _no_credit_reference), [f"{REJECTED}/ProductReferentie/VorigReferentieNummer"]),
    ],
    "CD087": [
        (lambda s: message_of(replace(performance(), tariff_cents=None), standard=s), [f"{ONE}/ProductTarief"]),
        (lambda s: message_of(performance(**EUROS | {"tariff_cents": 1}), standard=s), [f"{ONE}/ProductTarief"]),
    ],
    "CS100": [
        (
            lambda s: message_of(period=(date(2020, 12, 1), date(2020, 12, 31)), standard=s),
            [f"Bericht/Declaratie/DeclaratiePeriode/{day}" for day in ("Begindatum", "Einddatum")],
        ),
        (
            lambda s: message_of(
                performance(starts_on=date(2020, 12, 1), ends_on=date(2020, 12, 31)),
                declared_on=date(2021, 5, 1),
                standard=s,
            ),
            [f"{ONE}/ProductPeriode/{day}" for day in ("Begindatum", "Einddatum")],
        ),
    ],
    "CS325": [
        (
            lambda s: message_of(credit_of(performance("OLD", volume=0)), standard=s),
            [f"{ONE}/IngediendBedrag/DebetCredit"],
        ),
        (
            lambda s: _answer(s, _credit_nothing, codes={"Bericht/Declaratie": ["9333"]}),
            [f"{ANSWER}/TotaalToegekendBedrag/DebetCredit"],
        ),
    ],
    "CS337": [(lambda s: message_of(performance(starts_on=MARCH[0]), standard=s), [f"{ONE}/ProductPeriode"])],
    "CS339": [
        (lambda s: message_of(performance(**EUROS | {"volume": 499}), standard=s), [f"{ONE}/IngediendBedrag/Bedrag"])
    ],
    "CS340": [
        (
            lambda s, period=period: message_of(period=period, standard=s),
            ["Bericht/Declaratie/DeclaratiePeriode"],
        )
        for period in (
            (date(2026, 4, 2), date(2026, 4, 30)),
            (date(2026, 4, 1), date(2026, 4, 29)),
            (date(2026, 4, 1), date(2026, 5, 31)),
            (date(2024, 2, 1), date(2024, 2, 28)),
            (date(2023, 4, 1), date(2024, 4, 30)),
        )
    ],
}


@pytest.mark.parametrize("standard", Standard)
@pytest.mark.parametrize(
    ("code", "make"), [pytest.param(code, make, id=code) for code, makes in KEEPS.items() for make in makes]
)
def test_kept(code: str, make: Callable[[Standard], Message], standard: Standard) -> None:
    assert code not in _places(make(standard))


@pytest.mark.parametrize("standard", Standard)
@pytest.mark.parametrize(
    ("code", "make", "places"),
    [pytest.param(code, make, places, id=code) for code, cases in BREAKS.items() for make, places in cases],
)
def test_broken(code: str, make: Callable[[Standard], Message], places: list[str], standard: Standard) -> None:
    assert _places(make(standard))[code] == places


@pytest.mark.parametrize("standard", Standard)
def test_what_we_write_breaks_nothing(standard: Standard) -> None:
    message = message_of(
        EARLIER,
        performance("P2", volume=8),
        performance("P3", code="45A05", **EUROS),
        others=[performance("P4", allocation_number=5302)],
        standard=standard,
    )
    assert check_content(message) == []
    for codes in ({}, {"Bericht/Declaratie": ["9333"]}, {TWO: ["9322"], ONE: ["8017"]}, {"Bericht/Header": ["0001"]}):
        answer = as_message(answer_325(message, identification="A1", dated=SENT, rejected=codes))
        assert check_content(answer) == []


@pytest.mark.parametrize(
    ("element", "code"),
    [("DeclaratieDagtekening", "TR335"), ("DeclaratiePeriode", "CS340"), ("ProductPeriode", "CS100")],
)
@pytest.mark.parametrize("year", ["-2026", "12026"])
def test_a_year_outside_the_calendar_is_found_at_level_two(element: str, code: str, year: str) -> None:
    raw = message_of().to_bytes().decode()
    before, begin, rest = raw.partition(f"<jw323:{element}>")
    inner, end, after = rest.partition(f"</jw323:{element}>")
    message = as_message((before + begin + inner.replace("2026-", f"{year}-") + end + after).encode())
    wanted = {code} if (element, year) != ("ProductPeriode", "12026") else {"TR137", "TR134"}
    assert wanted <= _places(message).keys()


def test_official_examples(reference: "Reference") -> None:
    examples = reference.examples()
    assert _places(read(examples["WMO323.xml"])) == {}
    assert _places(read(examples["JW325.xml"])) == {}
    # The example has a reference twice (TR101) and one allocation debited for two clients (TR416).
    third = OTHERS.replace("Prestatie[1]", "Prestatie[3]")
    assert _places(read(examples["JW323.xml"])) == {
        "TR101": [third],
        "TR416": [OTHERS.replace("Prestatie[1]", "Prestatie[2]")],
    }
