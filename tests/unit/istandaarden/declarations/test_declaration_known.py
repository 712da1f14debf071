"""Levels 3 and 4 on declarations: each rule once kept and once broken, in both standards, and what stands after it."""

from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import pytest

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.declaration import judge
from services.referral.domain.declared import ApprovedPerformance, ContractTariff, DeclaredKnown, Performance
from services.referral.domain.declared_volume import AllocatedVolume
from services.referral.istandaarden import Standard, answer_325, rejections
from services.referral.istandaarden.rules import InForce, Known, check_content, check_known, codes_of
from services.referral.istandaarden.rules.declarations_known import judge_323
from tests.unit.istandaarden.declarations.declared_world import (
    APRIL,
    BSN,
    CLIENT,
    MARCH,
    OTHER,
    SENT,
    allocation,
    as_message,
    credit_of,
    declaration,
    found_in,
    in_standard,
    known_in,
    known_to,
    message_of,
    performance,
)

ONE = "Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]"
TWO = "Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[2]"
MAY = (date(2026, 5, 1), date(2026, 5, 31))
OLD = performance("OLD")
OPEN = allocation(code=None, extent=None, category=None)
IN_EUROS = {"unit": Unit.EURO, "tariff_cents": None}
PER_WEEK = AllocatedVolume(3, Unit.HOUR, Frequency.WEEK)


class Case(NamedTuple):
    """``code`` at ``path`` when wrong; right when there is no path."""

    code: str
    known: DeclaredKnown
    performances: tuple[Performance, ...]
    path: str | None = None
    details: dict[str, Any] = {}  # noqa: RUF012 - never changed


def right(code: str, known: DeclaredKnown, *performances: Performance, **details: Any) -> Case:
    return Case(code, known, performances or (performance(),), None, details)


def wrong(code: str, path: str, known: DeclaredKnown, *performances: Performance, **details: Any) -> Case:
    return Case(code, known, performances or (performance(),), path, details)


def minutes(number: int, **details: Any) -> Performance:
    return performance(**{"volume": number, "unit": Unit.MINUTE, "tariff_cents": 100} | details)


CASES = [
    right("TR333", known_to(numbers={"D0"})),
    wrong("TR333", "Bericht/Declaratie/DeclaratieNummer", known_to(numbers={"D1"})),
    right("TR318", known_to(last_period=MARCH[0])),
    right("TR318", known_to(last_period=APRIL[0])),
    # Whole months without care between two declarations.
    right("TR318", known_to(last_period=date(2026, 1, 1))),
    wrong("TR318", "Bericht/Declaratie/DeclaratiePeriode", known_to(last_period=MAY[0])),
    # March was skipped, while this declaration itself shows care in March.
    wrong(
        "TR318",
        "Bericht/Declaratie/DeclaratiePeriode",
        known_to(last_period=date(2026, 2, 1)),
        performance(starts_on=MARCH[0], ends_on=MARCH[1]),
    ),
    right("TR314", known_to(references={"P0"})),
    wrong("TR314", f"{ONE}/ProductReferentie/ReferentieNummer", known_to(references={"P1"})),
    wrong(
        "TR314",
        f"{TWO}/ProductReferentie/ReferentieNummer",
        known_to(approved=[OLD]),
        performance("C1", starts_on=MARCH[0], ends_on=MARCH[1]),
        credit_of(OLD),
    ),
    right("TR323", known_to(approved=[OLD]), credit_of(OLD)),
    wrong("TR323", f"{ONE}/ProductReferentie/VorigReferentieNummer", known_to(), credit_of(OLD)),
    wrong(
        "TR323",
        f"{ONE}/ProductReferentie/VorigReferentieNummer",
        known_to(approved=[OLD]),
        credit_of(OLD, amount_cents=60001),
    ),
    wrong(
        "TR323",
        f"{ONE}/ProductReferentie/VorigReferentieNummer",
        known_to(approved=[ApprovedPerformance(OLD, OTHER)]),
        credit_of(OLD),
    ),
    right("TR390", known_to(approved=[OLD]), credit_of(OLD)),
    wrong(
        "TR390",
        f"{ONE}/IngediendBedrag/DebetCredit",
        known_to(approved=[ApprovedPerformance(OLD, CLIENT, credited=True)]),
        credit_of(OLD),
    ),
    right("TR338", known_to()),
    wrong("TR338", f"{ONE}/ToewijzingNummer", known_to(), performance(allocation_number=1)),
    wrong("TR338", f"{ONE}/ToewijzingNummer", known_to(allocation(client=OTHER))),
    right("TR384", known_to()),
    wrong("TR384", f"{ONE}/ToewijzingNummer", known_to(allocation(removed=True))),
    # A credit is never refused for what has become of the allocation (IV085).
    right("TR384", known_to(allocation(removed=True), approved=[OLD]), credit_of(OLD)),
    right("TR339", known_to(allocation(code=None, extent=None))),
    right("TR339", known_to(OPEN)),
    wrong("TR339", f"{ONE}/ProductCategorie", known_to(), performance(category="46")),
    right("TR340", known_to(allocation(code=None, extent=None)), performance(code="45A09")),
    wrong("TR340", f"{ONE}/ProductCode", known_to(), performance(code="45A09")),
    right("TR341", known_to(), minutes(600)),
    right("TR341", known_to(OPEN), minutes(600)),
    right("TR341", known_to(OPEN, tariffs={}), performance(unit=Unit.DAY)),
    wrong("TR341", f"{ONE}/Eenheid", known_to(), performance(unit=Unit.DAY)),
    wrong("TR341", f"{ONE}/Eenheid", known_to(OPEN), performance(unit=Unit.DAY)),
    right("TR307", known_to(allocation(starts_on=date(2026, 4, 1)))),
    wrong("TR307", f"{ONE}/ProductPeriode/Begindatum", known_to(allocation(starts_on=date(2026, 4, 2)))),
    right("TR308", known_to(allocation(ends_on=None))),
    wrong("TR308", f"{ONE}/ProductPeriode/Einddatum", known_to(allocation(ends_on=date(2026, 4, 29)))),
    right("TR387", known_to(allocation(starts_on=date(2026, 4, 8))), performance(starts_on=date(2026, 4, 8))),
    wrong("TR387", f"{ONE}/ProductPeriode/Begindatum", known_to(), performance(starts_on=date(2026, 4, 8))),
    wrong("TR387", f"{ONE}/ProductPeriode/Begindatum", known_to(allocation(starts_on=date(2026, 4, 8)))),
    right("TR388", known_to(allocation(ends_on=date(2026, 4, 17))), performance(ends_on=date(2026, 4, 17))),
    wrong("TR388", f"{ONE}/ProductPeriode/Einddatum", known_to(), performance(ends_on=date(2026, 4, 17))),
    wrong("TR388", f"{ONE}/ProductPeriode/Einddatum", known_to(allocation(ends_on=date(2026, 4, 17)))),
    right("TR319", known_to(), performance(starts_on=MARCH[0], ends_on=MARCH[1])),
    wrong("TR319", f"{ONE}/ProductPeriode", known_to(), performance(starts_on=MAY[0], ends_on=MAY[1])),
    right("TR321", known_to(), performance(volume=20)),
    right("TR321", known_to(), minutes(1200)),
    right("TR321", known_to(allocation(extent=PER_WEEK)), performance(volume=15)),
    wrong("TR321", f"{ONE}/GeleverdVolume", known_to(), performance(volume=21)),
    wrong("TR321", f"{ONE}/GeleverdVolume", known_to(), minutes(1201)),
    wrong("TR321", f"{ONE}/GeleverdVolume", known_to(allocation(extent=PER_WEEK)), performance(volume=16)),
    right(
        "TR322",
        known_to(
            allocation(extent=AllocatedVolume(20, Unit.HOUR, Frequency.WHOLE)),
            approved=[replace(OLD, starts_on=MARCH[0], ends_on=MARCH[1])],
        ),
    ),
    wrong(
        "TR322",
        f"{ONE}/GeleverdVolume",
        known_to(
            allocation(extent=AllocatedVolume(19, Unit.HOUR, Frequency.WHOLE)),
            approved=[replace(OLD, starts_on=MARCH[0], ends_on=MARCH[1])],
        ),
    ),
    # What was taken back no longer counts; what another rule rejects takes no room.
    right(
        "TR322",
        known_to(allocation(extent=AllocatedVolume(10, Unit.HOUR, Frequency.WHOLE)), approved=[OLD]),
        performance(),
        credit_of(OLD),
    ),
    right("TR369", known_to(replace(OPEN, budget_cents=60000))),
    wrong("TR369", f"{ONE}/GeleverdVolume", known_to(replace(OPEN, budget_cents=59999))),
    wrong(
        "TR369",
        f"{TWO}/GeleverdVolume",
        known_to(replace(OPEN, budget_cents=100000)),
        performance(),
        performance("P2", code="45A05"),
    ),
    right("TR389", known_to(approved=[OLD]), performance(), credit_of(OLD)),
    right("TR389", known_to(approved=[OLD]), performance(starts_on=MARCH[0], ends_on=MARCH[1])),
    wrong("TR389", f"{ONE}/IngediendBedrag/DebetCredit", known_to(approved=[OLD])),
    right("TR418", known_to(), minutes(600)),
    right("TR418", known_to(tariffs={}), performance(tariff_cents=1)),
    right("TR418", known_to(OPEN), performance(amount_cents=10, **IN_EUROS)),
    wrong("TR418", f"{ONE}/ProductTarief", known_to(), performance(tariff_cents=6001)),
    wrong("TR418", f"{ONE}/ProductTarief", known_to(), minutes(600, tariff_cents=101, amount_cents=60000)),
    # A tariff for hours says nothing about days.
    wrong("TR418", f"{ONE}/ProductTarief", known_to(allocation(extent=None)), performance(unit=Unit.DAY)),
    right("TR346", known_to(), minutes(605, amount_cents=60500)),
    right("TR346", known_to(tariffs={}), minutes(95, tariff_cents=117, amount_cents=11068)),
    wrong("TR346", f"{ONE}/IngediendBedrag", known_to(), performance(amount_cents=60001)),
    wrong("TR346", f"{ONE}/IngediendBedrag", known_to(tariffs={}), minutes(95, tariff_cents=117, amount_cents=11000)),
]


@pytest.mark.parametrize("standard", Standard)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.path or 'right'}")
def test_each_rule(case: Case, standard: Standard) -> None:
    message = message_of(*case.performances, standard=standard, **case.details)
    known = known_in(case.known, standard)
    places = [v.full_path for v in found_in(message, known) if v.rule.code == case.code]
    if case.path is None:
        assert case.code not in {v.rule.code for v in found_in(message, known)}
    else:
        assert case.path in places


@pytest.mark.parametrize("standard", Standard)
def test_what_is_right_is_granted_and_what_is_not_known_is_not_assessed(standard: Standard) -> None:
    message = message_of(performance(), standard=standard)
    assert check_content(message) == []
    assert found_in(message, known_in(known_to(), standard)) == []
    assert judge_323(message, Known()) is None


def test_rules_on_the_header_reject_everything() -> None:
    message = message_of()
    for rest, code in (
        ({"today": date(2026, 5, 5)}, "8848"),
        ({"identifications": frozenset({"M1"})}, "9056"),
        ({"municipalities": {"0268": InForce(last=date(2025, 12, 31))}}, "S300"),
    ):
        known = Known(declared=known_to(), **rest)  # type: ignore[arg-type]
        judgement = judge_323(message, known)
        assert judgement is not None
        assert rejections(judgement) == {"Bericht/Header": (code,)}
        assert (judgement.granted_cents, judgement.rejected_cents) == (0, 60000)
        assert judgement.after is known.declared


def test_a_product_that_is_not_in_the_list_is_not_granted_and_takes_no_room() -> None:
    one_room = allocation(extent=AllocatedVolume(10, Unit.HOUR, Frequency.WHOLE), code=None)
    message = message_of(performance(code="46A01"), performance("P2"))
    known = Known(declared=known_to(one_room), products={"46A01": frozenset({"46"})})
    judgement = judge_323(message, known)
    assert judgement is not None
    assert rejections(judgement) == {ONE: ("S329",)}
    assert [verdict.performance.reference for verdict in judgement.granted] == ["P2"]


def test_an_unknown_client_is_wrong_as_a_whole() -> None:
    message = message_of(performance(), others=[performance("P2"), performance("P3", code="45A05")])
    known = known_to(clients={BSN: CLIENT})
    judgement = judge_323(message, Known(declared=known, bsns=frozenset({BSN.digits})))
    assert judgement is not None
    assert rejections(judgement) == {"Bericht/Declaratie/Clienten/Client[2]": ("8187",)}
    answer = as_message(answer_325(message, identification="A1", dated=SENT, rejected=rejections(judgement)))
    codes = [node.texts("RetourCode") for node in answer.every("RetourCodes")]
    assert codes == [("0200",), ("0233",), ("0233",), ("8187",), ("0200",)]
    assert check_content(answer) == []


def test_what_hides_the_rest_in_the_answer_is_all_that_is_told() -> None:
    """A wrong declaration has no clients in its answer, a wrong client no codes below it (IV087)."""
    message = message_of(performance(), others=[performance("P2", code="46A01"), performance("P3")])
    products = {"46A01": frozenset({"46"})}
    known = Known(declared=known_to(clients={BSN: CLIENT}), bsns=frozenset({BSN.digits}), products=products)
    unknown = {"Bericht/Declaratie/Clienten/Client[2]": ("8187",)}
    assert codes_of(check_known(message, known), message) == unknown
    used = replace(known, declared=known_to(clients={BSN: CLIENT}, numbers={"D1"}))
    assert codes_of(check_known(message, used), message) == {"Bericht/Declaratie": ("9333",)}


def test_the_tariff_of_the_first_day_of_the_product_period_holds() -> None:
    tariffs = {
        "45A04": (
            ContractTariff("45A04", 5000, Unit.HOUR, date(2025, 1, 1), date(2026, 3, 31)),
            ContractTariff("45A04", 6000, Unit.HOUR, date(2026, 4, 1)),
        )
    }
    known = known_to(tariffs=tariffs)
    assert found_in(message_of(performance()), known) == []
    earlier = performance(starts_on=MARCH[0], ends_on=MARCH[1], tariff_cents=5000)
    assert found_in(message_of(earlier), known) == []


def test_what_was_rejected_in_a_message_can_be_declared_again_under_a_new_reference() -> None:
    first = declaration(performance(volume=21))
    known = known_to()
    rejected = judge(first.declared, known)
    assert rejected.granted == ()
    again = declaration(performance("P2", volume=20), number="D2")
    assert judge(again.declared, rejected.after).granted_cents == 120000
    assert judge(declaration(performance(volume=20), number="D2").declared, rejected.after).granted_cents == 0


def test_credit_and_correction_in_one_message_in_either_order() -> None:
    known = known_to(approved=[OLD])
    correction = performance("P2", volume=8)
    for performances in ((correction, credit_of(OLD)), (credit_of(OLD), correction)):
        judgement = judge(declaration(*performances, number="D2").declared, known)
        assert judgement.rejected == ()
        assert judgement.granted_cents == judgement.submitted_cents == -12000
        standing = {a.performance.reference: a.credited for a in judgement.after.approved}
        assert standing == {"OLD": True, "P2": False}


def test_a_credit_that_is_wrong_gives_no_room() -> None:
    wrong_credit = credit_of(OLD, amount_cents=1)
    judgement = judge(declaration(wrong_credit, performance("P2"), number="D2").declared, known_to(approved=[OLD]))
    assert [verdict.codes for verdict in judgement.verdicts] == [("8017",), ("9389",)]


def test_no_text_shows_a_bsn() -> None:
    message = declaration()
    known = known_to()
    judgement = judge(message.declared, known)
    for shown in (message, known, judgement, Known(declared=known, declarations=(message,))):
        assert BSN.digits not in repr(shown)
    assert in_standard(performance(), Standard.IWMO).code == "02A04"
