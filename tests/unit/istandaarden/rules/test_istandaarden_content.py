"""Level 2: every rule finds what breaks it, there and only there, and lets through what does not."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from services.referral.istandaarden.rules import IN_MESSAGE
from tests.shared_data import shared
from tests.unit.istandaarden.rules.content_examples import (
    Change,
    again,
    all_of,
    broken,
    changed,
    declared_only,
    drop,
    kinds_of,
    nothing,
    put,
)

Row = dict[str, str]
BIRTH = "Client/Geboortedatum"
CONTACT = "Client/Contactgegevens/Contact"
RELATION = "Client/Relaties/Relatie"
GIVEN = "Client/ToegewezenProducten/ToegewezenProduct"
STARTED = "Client/StartProducten/StartProduct"
STOPPED = "Client/StopProducten/StopProduct"
ASKED = "Client/AangevraagdeProducten/AangevraagdProduct"
VERZOEK = "Client/Verzoek"
KEPT = f"{VERZOEK}/OngewijzigdeProducten/OngewijzigdProduct"
CHANGED = f"{VERZOEK}/TeWijzigenProducten/TeWijzigenProduct"
NEW = f"{VERZOEK}/NieuweProducten/NieuwProduct"
REASON = "Antwoord/RedenAfwijzingVerzoek"
DECLARED = "Declaratie/Clienten/Client"
REJECTED = "DeclaratieAntwoord/Clienten/Client"
WRONG_BSN = "999900007"
VOLUME = {"Volume": 1, "Eenheid": "04", "Frequentie": "4"}
PER_DAY = {"Volume": 1, "Eenheid": "14", "Frequentie": "1"}
OLD = "2020-12-31"


class Keeps(NamedTuple):
    """``number``: ``301`` is both standards, ``JW319`` one."""

    number: str
    change: Change


class Breaks(NamedTuple):
    """``places`` are without ``Bericht/``."""

    number: str
    change: Change
    places: tuple[str, ...]


class Cases(NamedTuple):
    keeps: tuple[Keeps, ...]
    breaks: tuple[Breaks, ...]


def keeps(number: str, *changes: Change) -> Keeps:
    return Keeps(number, all_of(*changes))


def breaks(number: str, *rest: Change | str) -> Breaks:
    changes = [each for each in rest if not isinstance(each, str)]
    return Breaks(number, all_of(*changes), tuple(each for each in rest if isinstance(each, str)))


def cases(*each: Keeps | Breaks) -> Cases:
    kept = tuple(case for case in each if isinstance(case, Keeps))
    return Cases(kept, tuple(case for case in each if isinstance(case, Breaks)))


def _everywhere(numbers: str, *rest: Change | str) -> list[Breaks]:
    return [breaks(number, *rest) for number in numbers.split()]


LINES = (("301", GIVEN, "Einddatum"), ("315", ASKED, "ToewijzingEinddatum"), ("317", NEW, "Einddatum"))
CHANGED_LINE = ("317", CHANGED, "Einddatum")
_NO_CODE = {"301": "CD080", "315": "CD095", "317": "CD096"}


def _volume_without_code(number: str, path: str, last: str) -> Cases:
    without = all_of(drop(f"{path}/0/Product/Code"), put(f"{path}/0/{last}", "2021-01-01"))
    return cases(
        keeps(number, without, put(f"{path}/0/{last}", OLD)),
        keeps(number, without, drop(f"{path}/0/Omvang")),
        breaks(number, without, f"{path}[1]/Omvang"),
        breaks(number, drop(f"{path}/0/Product"), drop(f"{path}/0/{last}"), f"{path}[1]/Omvang")
        if number != "317"
        else breaks(number, drop(f"{path}/0/Product"), f"{path}[1]/Omvang"),
    )


CASES: Mapping[str, Cases] = {
    "CS002": cases(
        keeps("301", put("Client/Bsn", "999900006")),
        *_everywhere("301 305 307 315 317", put("Client/Bsn", WRONG_BSN), "Client/Bsn"),
        breaks("305", put("Client/Bsn", "000000000"), "Client/Bsn"),
        breaks("323", put(f"{DECLARED}/1/Bsn", WRONG_BSN), f"{DECLARED}[2]/Bsn"),
        breaks("325", put(f"{REJECTED}/0/Bsn", WRONG_BSN), f"{REJECTED}[1]/Bsn"),
    ),
    "TR002": cases(
        keeps("301", put(f"{BIRTH}/Datum", "1906-09-01")),
        keeps("315", put(BIRTH, {"Datum": "1900-01-01", "DatumGebruik": "3"})),
        keeps("301", put(f"{RELATION}/0/Geboortedatum/Datum", "1850-01-01")),
        *_everywhere("301 305 307 315", put(f"{BIRTH}/Datum", "1906-08-31"), f"{BIRTH}/Datum"),
        breaks("305", put(f"{BIRTH}/Datum", "1900-01-01"), f"{BIRTH}/Datum"),
        breaks("305", put(BIRTH, {"Datum": "1900-01-02", "DatumGebruik": "3"}), f"{BIRTH}/Datum"),
    ),
    "CS139": cases(
        keeps("301", put(BIRTH, {"Datum": "2012-02-01", "DatumGebruik": "1"})),
        keeps("301", put(BIRTH, {"Datum": "2012-01-01", "DatumGebruik": "2"})),
        keeps("301", put(BIRTH, {"Datum": "1900-01-01", "DatumGebruik": "3"})),
        *_everywhere("301 305 307 315", put(f"{BIRTH}/DatumGebruik", "1"), f"{BIRTH}/DatumGebruik"),
        breaks("305", put(BIRTH, {"Datum": "2012-02-01", "DatumGebruik": "2"}), f"{BIRTH}/DatumGebruik"),
        breaks("305", put(BIRTH, {"Datum": "2012-01-01", "DatumGebruik": "3"}), f"{BIRTH}/DatumGebruik"),
        breaks(
            "301",
            put(f"{RELATION}/0/Geboortedatum/DatumGebruik", "3"),
            f"{RELATION}[1]/Geboortedatum/DatumGebruik",
        ),
    ),
    "CS050": cases(
        keeps("301", put("Client/Naam/Partnernaam", {"Achternaam": "Wit"}), put("Client/Naam/NaamGebruik", "4")),
        keeps("301", drop(f"{RELATION}/0/Naam/Partnernaam"), put(f"{RELATION}/0/Naam/NaamGebruik", "6")),
        breaks("301", put("Client/Naam/NaamGebruik", "2"), "Client/Naam/NaamGebruik"),
        breaks("301", put("Client/Naam/NaamGebruik", "5"), "Client/Naam/NaamGebruik"),
        breaks("301", put(f"{RELATION}/0/Naam/NaamGebruik", "5"), f"{RELATION}[1]/Naam/NaamGebruik"),
        breaks("301", put(f"{RELATION}/0/Naam/NaamGebruik", "6"), f"{RELATION}[1]/Naam/NaamGebruik"),
    ),
    "CS318": cases(
        keeps("301", drop(f"{RELATION}/0/Naam/Partnernaam"), put(f"{RELATION}/0/Naam/NaamGebruik", "6")),
        breaks("301", put("Client/Naam/NaamGebruik", "6"), "Client/Naam"),
    ),
    "CD007": cases(
        keeps("301", put("Client/Communicatie", {"Vorm": "2"})),
        breaks("301", put("Client/Communicatie", {"Vorm": "1"}), "Client/Communicatie/Taal"),
        breaks("301", put("Client/Communicatie/Vorm", "2"), "Client/Communicatie/Taal"),
    ),
    "TR006": cases(
        keeps("301", drop(f"{CONTACT}/0/Adres")),
        keeps("301", drop(f"{CONTACT}/0/Telefoon")),
        keeps("301", drop(f"{CONTACT}/0/Adres/Huis")),
        breaks("301", drop(f"{CONTACT}/1/Adres"), f"{CONTACT}[2]"),
        breaks("301", drop(f"{CONTACT}/1/Adres/Huis"), f"{CONTACT}[2]"),
        breaks("301", drop(f"{RELATION}/0/Contact/Telefoon"), drop(f"{RELATION}/0/Contact/Adres/Postcode"),
               f"{RELATION}[1]/Contact"),
    ),
    "TR061": cases(
        keeps("301", put(f"{CONTACT}/0/Soort", "02")),
        breaks("301", drop(f"{CONTACT}/0"), "Client/Contactgegevens"),
    ),
    "CD005": cases(
        keeps("301", drop(f"{CONTACT}/0/Adres/Postcode"), drop(f"{CONTACT}/0/Adres/LandCode")),
        breaks("301", drop(f"{CONTACT}/0/Adres/LandCode"), f"{CONTACT}[1]/Adres/LandCode"),
        breaks("301", drop(f"{RELATION}/0/Contact/Adres/Postcode"), f"{RELATION}[1]/Contact/Adres/LandCode"),
    ),
    "CD009": cases(
        keeps("301", nothing),
        breaks("301", put(f"{CONTACT}/0/Periode", {"Begindatum": "2026-01-01"}), f"{CONTACT}[1]/Periode"),
    ),
    "CD025": cases(
        keeps("301", drop(f"{CONTACT}/0/Adres/Huis"), put(f"{CONTACT}/0/Adres/LandCode", "BE")),
        breaks("301", drop(f"{CONTACT}/0/Adres/Huis"), f"{CONTACT}[1]/Adres/Huis"),
    ),
    "CD034": cases(
        keeps("301", drop(f"{CONTACT}/0/Adres")),
        keeps("301", put(f"{CONTACT}/0/Soort", "02"), drop(f"{CONTACT}/0/Adres/Postcode")),
        breaks("301", drop(f"{CONTACT}/0/Adres/Postcode"), f"{CONTACT}[1]/Adres/Postcode"),
        breaks("301", put(f"{RELATION}/0/Contact/Soort", "01"), drop(f"{RELATION}/0/Contact/Adres/Postcode"),
               f"{RELATION}[1]/Contact/Adres/Postcode"),
    ),
    "CS089": cases(
        keeps("301", put(f"{CONTACT}/0/Adres/Postcode", "B-1000"), put(f"{CONTACT}/0/Adres/LandCode", "BE")),
        *(
            breaks("301", put(f"{CONTACT}/0/Adres/Postcode", postcode), f"{CONTACT}[1]/Adres/Postcode")
            for postcode in ("6511", "0511AB", "6511SS", "6511 AB", "6511ab", "65110AB")
        ),
    ),
    "TR134": cases(
        keeps("305", put(f"{BIRTH}/Datum", "2026-09-01")),
        keeps("307", put(f"{STOPPED}/0/Einddatum", "2026-12-31")),
        *_everywhere("301 305 307 315", put(f"{BIRTH}/Datum", "2026-09-02"), f"{BIRTH}/Datum"),
        breaks("301", put(f"{GIVEN}/1/Toewijzingsdatum", "2026-09-02"), f"{GIVEN}[2]/Toewijzingsdatum"),
        breaks("305", put(f"{STARTED}/0/Begindatum", "2026-09-02"), f"{STARTED}[1]/Begindatum"),
        breaks("307", put(f"{STOPPED}/0/Begindatum", "2026-09-02"), f"{STOPPED}[1]/Begindatum"),
        breaks("323", put(f"{DECLARED}/1/Prestaties/Prestatie/0/ProductPeriode/Begindatum", "2026-09-02"),
               f"{DECLARED}[2]/Prestaties/Prestatie[1]/ProductPeriode/Begindatum"),
        breaks("325", put(f"{REJECTED}/0/Prestaties/Prestatie/0/ProductPeriode/Begindatum", "2026-09-02"),
               f"{REJECTED}[1]/Prestaties/Prestatie[1]/ProductPeriode/Begindatum"),
    ),
    "CS003": cases(
        keeps("301", put(f"{GIVEN}/0/Einddatum", "2026-09-07")),
        keeps("301", drop(f"{CONTACT}/1/Periode/Begindatum")),
        breaks("301", put(f"{GIVEN}/0/Einddatum", "2026-09-06"), f"{GIVEN}[1]/Einddatum"),
        breaks("301", put(f"{CONTACT}/1/Periode/Einddatum", "2026-07-31"), f"{CONTACT}[2]/Periode/Einddatum"),
        breaks("315", put(f"{ASKED}/0/ToewijzingEinddatum", "2026-09-06"), f"{ASKED}[1]/ToewijzingEinddatum"),
        breaks("317", put(f"{NEW}/1/Einddatum", "2026-09-30"), f"{NEW}[2]/Einddatum"),
        breaks("317", put(f"{CHANGED}/0/Einddatum", "2026-09-30"), f"{CHANGED}[1]/Einddatum"),
    ),
    "TR018": cases(
        keeps("307", put(f"{STOPPED}/0/Einddatum", "2026-08-01")),
        breaks("307", put(f"{STOPPED}/0/Einddatum", "2026-07-31"), f"{STOPPED}[1]/Einddatum"),
    ),
    "TR380": cases(
        keeps("317", put(f"{NEW}/0/GewensteIngangsdatum", "2026-09-02")),
        keeps("317", put(f"{CHANGED}/0/GewensteIngangsdatum", "2026-09-01")),
        breaks("317", put(f"{NEW}/0/GewensteIngangsdatum", "2026-09-01"), f"{NEW}[1]/GewensteIngangsdatum"),
    ),
    "CD041": cases(
        *(keeps(number, drop(f"{path}/0/Product/Code"), drop(f"{path}/0/Omvang")) for number, path, _ in LINES),
        *(breaks(number, drop(f"{path}/0/Omvang"), f"{path}[1]/Omvang") for number, path, _ in LINES),
    ),
    "CD075": cases(
        keeps("317", drop(f"{CHANGED}/0/Omvang"), put(f"{CHANGED}/0/Budget", 1), put(f"{CHANGED}/0/Einddatum", OLD)),
        breaks("301", drop(f"{GIVEN}/2/Einddatum"), f"{GIVEN}[3]/Einddatum"),
        breaks("315", drop(f"{ASKED}/2/ToewijzingEinddatum"), f"{ASKED}[3]/ToewijzingEinddatum"),
        breaks("317", drop(f"{NEW}/1/Einddatum"), f"{NEW}[2]/Einddatum"),
        breaks("317", put(f"{CHANGED}/0/Budget", 1), f"{CHANGED}[1]/Einddatum"),
    ),
    "CD076": cases(
        *(keeps(number, put(f"{path}/0/Omvang", VOLUME)) for number, path, _ in LINES),
        breaks("301", drop(f"{GIVEN}/0/Einddatum"), f"{GIVEN}[1]/Einddatum"),
        breaks("315", drop(f"{ASKED}/0/ToewijzingEinddatum"), f"{ASKED}[1]/ToewijzingEinddatum"),
        breaks("317", put(f"{NEW}/0/Omvang/Frequentie", "2"), f"{NEW}[1]/Einddatum"),
        breaks("317", put(f"{CHANGED}/0/Omvang/Frequentie", "2"), f"{CHANGED}[1]/Einddatum"),
    ),
    **{
        code: cases(
            keeps("317", drop(f"{CHANGED}/0/Omvang"), put(f"{CHANGED}/0/Budget", 1)),
            *(
                breaks(number, put(f"{path}/0/Budget", 1), f"{path}[1]/{element}")
                for number, path, _ in (*LINES, CHANGED_LINE)
            ),
        )
        for code, element in (("CD077", "Omvang"), ("CD078", "Budget"))
    },
    "CD079": cases(
        *(keeps(number, drop(f"{path}/0/Product"), put(f"{path}/0/Budget", 1)) for number, path, _ in LINES),
        *(breaks(number, drop(f"{path}/0/Product"), f"{path}[1]/Product") for number, path, _ in LINES),
    ),
    **{_NO_CODE[number]: _volume_without_code(number, path, last) for number, path, last in LINES},
    **{
        code: cases(
            *(keeps(n, put(f"{path}/0/Omvang", PER_DAY | {"Eenheid": unit})) for n, path, _ in where for unit in some),
            *(keeps(n, put(f"{path}/0/Omvang", PER_DAY), put(f"{path}/0/{last}", OLD)) for n, path, last in where),
            *(
                breaks(n, put(f"{path}/0/Omvang", PER_DAY | {"Eenheid": unit}), f"{path}[1]/Omvang")
                for n, path, _ in where
                for unit in ("14", "16", "83", "84")
            ),
        )
        for code, where in (("CS338", (LINES[0], LINES[2], CHANGED_LINE)), ("CS343", (LINES[1],)))
        for some in (("01", "04", "82"),)
    },
    "TR101": cases(
        keeps("301", again(GIVEN, ToewijzingNummer="8")),
        keeps("307", again(STOPPED, RedenBeeindiging="20")),
        keeps("307", again(STOPPED, Einddatum="2026-08-30")),
        keeps("305", again(STARTED, Begindatum="2026-08-30")),
        keeps("317", again(NEW, GewensteIngangsdatum="2027-10-01")),
        keeps("319", nothing),
        keeps("323", again(f"{DECLARED}/0/Prestaties/Prestatie", ProductReferentie={"ReferentieNummer": "RN8"})),
        breaks("301", again(GIVEN, ToewijzingNummer="07001"), f"{GIVEN}[4]"),
        breaks("301", again(CONTACT), f"{CONTACT}[3]"),
        breaks("301", again(RELATION), f"{RELATION}[2]", f"{RELATION}[2]/Contact"),
        breaks("305", again(STARTED, ToewijzingIngangsdatum="2020-01-01"), f"{STARTED}[2]"),
        breaks("305", drop(f"{STARTED}/0/Product"), drop(f"{STARTED}/0/ToewijzingNummer"), again(STARTED),
               f"{STARTED}[2]"),
        breaks("307", again(STOPPED), f"{STOPPED}[2]"),
        breaks("315", again(ASKED), f"{ASKED}[4]"),
        breaks("317", again(KEPT), f"{KEPT}[2]"),
        breaks("317", again(CHANGED), f"{CHANGED}[2]"),
        breaks("317", again(NEW), f"{NEW}[3]"),
        breaks("323", again(f"{DECLARED}/0/Prestaties/Prestatie"), f"{DECLARED}[1]/Prestaties/Prestatie[2]"),
        breaks("323", again(DECLARED), f"{DECLARED}[3]", f"{DECLARED}[3]/Prestaties/Prestatie[1]"),
        breaks("325", again(f"{REJECTED}/0/Prestaties/Prestatie"), f"{REJECTED}[1]/Prestaties/Prestatie[2]"),
    ),
    "TR383": cases(
        keeps("315", again(ASKED, ReferentieAanbieder="R-9")),
        breaks("315", put(f"{ASKED}/2/ReferentieAanbieder", "R-1"), f"{ASKED}[3]/ReferentieAanbieder"),
    ),
    "TR302": cases(
        keeps("301", again(GIVEN, Ingangsdatum="2027-04-01", Einddatum="2027-04-30")),
        keeps("301", again(GIVEN, Einddatum="2026-09-07", RedenWijziging="13")),
        keeps("301", again(GIVEN, Einddatum="2026-09-07", RedenWijziging="01")),
        keeps("WMO301", put(f"{GIVEN}/0/Product/Categorie", "11"), again(GIVEN)),
        breaks("JW301", again(GIVEN), f"{GIVEN}[4]"),
        breaks("WMO301", again(GIVEN), f"{GIVEN}[4]"),
        breaks("301", again(GIVEN, Einddatum="2026-09-07", RedenWijziging="05"), f"{GIVEN}[4]"),
    ),
    "TR386": cases(
        keeps("315", again(ASKED, ToewijzingIngangsdatum="2027-01-01", ToewijzingEinddatum="2027-01-31")),
        keeps("WMO315", put(f"{ASKED}/0/Product/Categorie", "14"), again(ASKED)),
        breaks("315", again(ASKED), f"{ASKED}[4]"),
        breaks("315", put(f"{ASKED}/2/ToewijzingEinddatum", "2026-09-07"), f"{ASKED}[1]", f"{ASKED}[2]"),
    ),
    "TR410": cases(
        keeps("317", again(NEW, GewensteIngangsdatum="2028-01-01"), put(f"{NEW}/0/Einddatum", "2026-12-31")),
        keeps("WMO317", put(f"{NEW}/0/Product/Categorie", "12"), again(NEW)),
        breaks("317", again(NEW), f"{NEW}[3]"),
        breaks("317", drop(f"{NEW}/1/Product"), f"{NEW}[2]"),
        breaks("317", drop(f"{NEW}/0/Product"), f"{NEW}[2]"),
    ),
    "CD043": cases(
        keeps("315", drop(f"{ASKED}/0/BeschikkingNummer"), drop(f"{ASKED}/0/BeschikkingIngangsdatum")),
        breaks("315", drop(f"{ASKED}/0/BeschikkingNummer"), f"{ASKED}[1]/BeschikkingIngangsdatum"),
        breaks("315", drop(f"{ASKED}/0/BeschikkingIngangsdatum"), f"{ASKED}[1]/BeschikkingIngangsdatum"),
    ),
    "CD066": cases(
        keeps("315", put(f"{ASKED}/0/Verwijzer", {"Type": "05", "Naam": "X"})),
        breaks("315", put(f"{ASKED}/0/Verwijzer/Naam", "X"), f"{ASKED}[1]/Verwijzer/Naam"),
    ),
    "CD067": cases(
        keeps("315", put(f"{ASKED}/0/Verwijzer", {"Type": "06"})),
        keeps("315", put(f"{ASKED}/0/Verwijzer", {"Type": "02", "Naam": "X"})),
        breaks("315", put(f"{ASKED}/0/Verwijzer", {"Type": "02"}), f"{ASKED}[1]/Verwijzer/Naam"),
    ),
    "CD068": cases(
        keeps("315", put(f"{ASKED}/0/Verwijzer/Type", "05")),
        *(
            breaks("315", put(f"{ASKED}/0/Verwijzer/Type", kind), f"{ASKED}[1]/Verwijzer/ZorgverlenerCode")
            for kind in ("01", "06", "08")
        ),
    ),
    "TR352": cases(
        keeps("317", drop(f"{VERZOEK}/OngewijzigdeProducten")),
        keeps("317", drop(f"{VERZOEK}/TeWijzigenProducten")),
        breaks("317", drop(f"{VERZOEK}/OngewijzigdeProducten"), drop(f"{VERZOEK}/TeWijzigenProducten"), VERZOEK),
    ),
    "TR353": cases(
        keeps("317", drop(f"{VERZOEK}/NieuweProducten")),
        keeps("317", drop(f"{VERZOEK}/TeWijzigenProducten")),
        breaks("317", drop(f"{VERZOEK}/NieuweProducten"), drop(f"{VERZOEK}/TeWijzigenProducten"), VERZOEK),
    ),
    "CD085": cases(
        keeps("319", put("Antwoord/VerzoekAntwoord", "2"), drop(REASON)),
        breaks("319", drop(REASON), REASON),
    ),
    "CD086": cases(
        keeps("319", put("Antwoord/VerzoekAntwoord", "2"), drop(REASON)),
        breaks("319", put("Antwoord/VerzoekAntwoord", "2"), REASON),
    ),
    "TR377": cases(
        keeps("JW319", put(REASON, "8"), put("Antwoord/Woonplaatsbeginsel", {"Gemeente": "0363"})),
        keeps("WMO319", put(REASON, "8")),
        breaks("JW319", put(REASON, "8"), "Antwoord/Woonplaatsbeginsel"),
    ),
    "TR409": cases(
        keeps("JW319", put(REASON, "8"), put("Antwoord/Woonplaatsbeginsel", {"Gemeente": "0363"})),
        breaks("JW319", put("Antwoord/Woonplaatsbeginsel", {"Gemeente": "0363"}), "Antwoord/Woonplaatsbeginsel"),
    ),
    "CS058": cases(
        keeps("305", put(f"{STARTED}/0/StatusAanlevering", "3")),
        keeps("307", put(f"{STOPPED}/0/StatusAanlevering", "3")),
        *(breaks("305", put(f"{STARTED}/0/StatusAanlevering", s), f"{STARTED}[1]/StatusAanlevering") for s in "29"),
        *(breaks("307", put(f"{STOPPED}/0/StatusAanlevering", s), f"{STOPPED}[1]/StatusAanlevering") for s in "29"),
    ),
    "CS335": cases(
        keeps("301", put(f"{GIVEN}/0/RedenWijziging", "13"), put(f"{GIVEN}/0/Einddatum", "2026-09-07")),
        keeps("301", put(f"{GIVEN}/0/RedenWijziging", "05")),
        breaks("301", put(f"{GIVEN}/0/RedenWijziging", "13"), f"{GIVEN}[1]/RedenWijziging"),
        breaks("301", put(f"{GIVEN}/0/RedenWijziging", "13"), drop(f"{GIVEN}/0/Einddatum"),
               f"{GIVEN}[1]/RedenWijziging"),
    ),
    "CS336": cases(
        keeps("301", put(f"{GIVEN}/0/RedenWijziging", "14")),
        breaks("301", put(f"{GIVEN}/0/RedenWijziging", "01"), f"{GIVEN}[1]/RedenWijziging"),
    ),
}  # fmt: skip
"""By code. Other rules may be broken as well: a case is about its own."""


def _each(what: str) -> Iterator[Any]:
    for code, cases in CASES.items():
        for place, case in enumerate(getattr(cases, what)):
            for kind in kinds_of(case.number):
                yield pytest.param(code, kind, case, id=f"{code}-{kind}-{place}")


@pytest.mark.parametrize(("code", "kind", "case"), [*_each("keeps")])
def test_keeps(code: str, kind: str, case: Keeps) -> None:
    assert code not in broken(changed(kind, case.change))


@pytest.mark.parametrize(("code", "kind", "case"), [*_each("breaks")])
def test_breaks(code: str, kind: str, case: Breaks) -> None:
    assert broken(changed(kind, case.change))[code] == list(case.places)


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
        if not declared_only(rule.code):
            declared[rule.code] |= rule.kinds
    assert dict(declared) == _rules_of_level_2()


def test_every_rule_has_cases_for_all_its_messages() -> None:
    expected = _rules_of_level_2()
    assert CASES.keys() == expected.keys()
    for code, kinds in expected.items():
        assert CASES[code].keeps, code
        assert {kind for case in CASES[code].breaks for kind in kinds_of(case.number)} == kinds, code


def test_every_application_has_a_case() -> None:
    found = {
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
        places = {place for code, kind, place in found if (code, kind) == (row["rule"], row["message"])}
        # CS338 stands on the class here, and on each of its elements in iJw.
        wanted = re.sub(r"/(Volume|Eenheid|Frequentie)$", "", row["path"])
        assert any(f"/{place}".endswith(f"/{wanted}") for place in places), (row["rule"], row["message"], row["path"])
