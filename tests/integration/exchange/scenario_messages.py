"""The scenarios of the standard as directories of messages: their steps, and before them what ``given`` says in words.

A scenario holds only the fields that decide; the rest of each message is made up here, always the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from services.referral.istandaarden import MessageHeader, Standard, write
from tests.integration.exchange.scenario_givens import GIVEN, agreed_tariffs, volume_steps
from tests.shared_data import shared

MUNICIPALITY, PROVIDER = "0268", "73730001"
_PERSON = {"Geboortedatum": {"Datum": "2012-03-04"}, "Geslacht": "2"}
_NAME = {"Geslachtsnaam": {"Achternaam": "Wolkenveld"}, "Voorletters": "JT"}
_PHONE = {"Telefoon01": {"Telefoonnummer": "0241234567", "Landnummer": "+31"}}
_LEFT_OUT = "variants"


@dataclass(frozen=True)
class Scenario:
    """One scenario with its messages in order; ``steps`` are those with an expectation, by the name of their file."""

    name: str
    files: Mapping[str, bytes]
    steps: Mapping[str, Mapping[str, Any]]
    agreements: Mapping[str, Any] | None

    def write_to(self, directory: Path) -> None:
        import json

        for name, content in self.files.items():
            (directory / name).write_bytes(content)
        if self.agreements is not None:
            (directory / "agreements.json").write_text(json.dumps(self.agreements), encoding="utf-8")

    def __str__(self) -> str:
        return self.name


def scenarios() -> list[Scenario]:
    """Every scenario of ``../shared``; one whose last step has variants counts once for each."""
    found = yaml.safe_load(shared("istandaarden/scenarios.yaml").read_text(encoding="utf-8"))
    return [each for scenario in found for each in _scenarios(scenario)]


def _scenarios(scenario: dict[str, Any]) -> Iterator[Scenario]:
    if scenario["topic"] == "volume":
        for name, steps in volume_steps(scenario):
            yield _scenario(scenario, name, steps)
        return
    last = scenario["steps"][-1]
    variants = last.get("fields", {}).get(_LEFT_OUT)
    if variants is None:
        yield _scenario(scenario, scenario["id"], scenario["steps"])
        return
    for variant in variants:
        ended, began = variant["B_Einddatum"], variant["C_Ingangsdatum"]
        same = {"ReferentieAanbieder": last["fields"]["ReferentieAanbieder"], "Einddatum": "2025-12-31"}
        products = [
            same | {"ToewijzingNummer": 345001, "Categorie": "43", "Ingangsdatum": "2025-01-01"},
            same
            | {"ToewijzingNummer": 345002, "Categorie": "44", "Ingangsdatum": "2025-01-01", "RedenWijziging": "12"}
            | {"Einddatum": ended},
            same | {"ToewijzingNummer": 345003, "Categorie": "45", "Ingangsdatum": began},
        ]
        step = last | {"fields": {"Bsn": "999900006", "ToegewezenProduct": products}}
        yield _scenario(scenario, f"{scenario['id']}-{variant['situatie'][0]}", [*scenario["steps"][:-1], step])


def _scenario(scenario: dict[str, Any], name: str, steps: list[dict[str, Any]]) -> Scenario:
    given = [each | {"expect": {"result": "goed", "codes": None}} for each in GIVEN.get(scenario["id"], ())]
    sent = [each for each in steps if each.get("message")]
    ordered = _in_order([*given, *sent], given)
    files: dict[str, bytes] = {}
    expected: dict[str, Mapping[str, Any]] = {}
    for place, (dated, step) in enumerate(ordered, start=1):
        kind = step["message"]
        file = f"{place:04d}-{kind}.xml"
        files[file] = _message(kind, f"M{place}", dated, step["fields"])
        expected[file] = step["expect"] | {"given": step in given}
    return Scenario(name, files, expected, agreed_tariffs(scenario["id"]))


def _in_order(steps: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[tuple[date, dict[str, Any]]]:
    """Steps with their days; one without a day is sent on the last day that it tells of, or after the one before it."""
    dated: list[tuple[date, dict[str, Any]]] = []
    latest = date.min
    for step in steps:
        days = [step["date"]] if "date" in step else _days(step["fields"])
        day = date.fromisoformat(max(days))
        if step not in given:
            latest = day = max(latest, day)
        dated.append((day, step))
    return sorted(dated, key=lambda each: each[0])


def _days(fields: Any) -> list[str]:
    """The days on which something was delivered."""
    products = [*fields.get("StartProduct", ()), *fields.get("StopProduct", ())]
    return [each.get("Einddatum") or each["Begindatum"] for each in products]


def _message(kind: str, identification: str, dated: date, fields: Mapping[str, Any]) -> bytes:
    standard = Standard.IJW if kind.startswith("JW") else Standard.IWMO
    number = kind[-3:]
    header = MessageHeader(standard, MUNICIPALITY, PROVIDER, identification, dated)
    content = {"Header": header.content(from_municipality=number in ("301", "319"))}
    name, body = _BODIES[number](fields, dated)
    return write(kind, content | {name: body})


def _allocation(fields: Mapping[str, Any], dated: date) -> tuple[str, Any]:
    contact = {"Contact": [{"Soort": "01", "Telefoon": _PHONE}]}
    products = [_allocated(each, dated) for each in fields["ToegewezenProduct"]]
    client = {"Bsn": fields["Bsn"], **_PERSON, "Naam": _NAME | {"NaamGebruik": "1"}, "Contactgegevens": contact}
    return "Client", client | {"ToegewezenProducten": {"ToegewezenProduct": products}}


def _allocated(given: Mapping[str, Any], dated: date) -> dict[str, Any]:
    same = ("ToewijzingNummer", "ReferentieAanbieder", "Ingangsdatum", "Einddatum", "RedenWijziging", "Budget")
    decided = {"Toewijzingsdatum": given.get("Toewijzingsdatum", dated.isoformat()), "Toewijzingstijd": "11:00:00"}
    return _some(given, *same) | decided | _product(given) | _extent(given)


def _start(fields: Mapping[str, Any], _: date) -> tuple[str, Any]:
    same = ("ToewijzingNummer", "ToewijzingIngangsdatum", "Begindatum", "StatusAanlevering")
    products = [_some(each, *same) | _product(each) for each in fields["StartProduct"]]
    return "Client", _short_client(fields) | {"StartProducten": {"StartProduct": products}}


def _stop(fields: Mapping[str, Any], _: date) -> tuple[str, Any]:
    same = ("ToewijzingNummer", "ToewijzingIngangsdatum", "Begindatum", "RedenBeeindiging", "Einddatum")
    products = [_some(each, *same, "StatusAanlevering") | _product(each) for each in fields["StopProduct"]]
    return "Client", _short_client(fields) | {"StopProducten": {"StopProduct": products}}


def _request(fields: Mapping[str, Any], _: date) -> tuple[str, Any]:
    same = ("ReferentieAanbieder", "ToewijzingIngangsdatum", "ToewijzingEinddatum")
    products = [
        _some(each, *same)
        | {"Verwijzer": {"Type": each["VerwijzerType"], "ZorgverlenerCode": each["ZorgverlenerCode"]}}
        | _product(each)
        | _extent(each)
        for each in fields["AangevraagdProduct"]
    ]
    return "Client", _short_client(fields) | {"AangevraagdeProducten": {"AangevraagdProduct": products}}


def _change(fields: Mapping[str, Any], _: date) -> tuple[str, Any]:
    request: dict[str, Any] = _some(fields, "ReferentieAanbieder", "RedenVerzoek")
    same = ("GewensteIngangsdatum", "Einddatum", "Budget")
    if numbers := fields.get("OngewijzigdProduct"):
        request["OngewijzigdeProducten"] = {"OngewijzigdProduct": [{"ToewijzingNummer": each} for each in numbers]}
    if changed := fields.get("TeWijzigenProduct"):
        products = [_some(each, "ToewijzingNummer", *same) | _extent(each) for each in changed]
        request["TeWijzigenProducten"] = {"TeWijzigenProduct": products}
    if new := fields.get("NieuwProduct"):
        request["NieuweProducten"] = {
            "NieuwProduct": [_some(each, *same) | _product(each) | _extent(each) for each in new]
        }
    return "Client", {"Bsn": fields["Bsn"], "Verzoek": request}


def _answer(fields: Mapping[str, Any], _: date) -> tuple[str, Any]:
    answer = _some(fields, "ReferentieAanbieder", "VerzoekAntwoord", "RedenAfwijzingVerzoek")
    return "Antwoord", answer | ({"Woonplaatsbeginsel": _some(fields, "Gemeente")} if "Gemeente" in fields else {})


def _declaration(fields: Mapping[str, Any], dated: date) -> tuple[str, Any]:
    first, last = fields["Declaratieperiode"]
    clients = [
        {"Bsn": client["Bsn"], "Prestaties": {"Prestatie": [_performance(each) for each in client["Prestatie"]]}}
        for client in fields["Client"]
    ]
    return "Declaratie", {
        "DeclaratieNummer": fields["DeclaratieNummer"],
        "DeclaratiePeriode": {"Begindatum": first, "Einddatum": last},
        "DeclaratieDagtekening": dated.isoformat(),
        "TotaalIngediendBedrag": _some(fields, "TotaalBedrag", "DebetCredit"),
        "Clienten": {"Client": clients},
    }


def _performance(given: Mapping[str, Any]) -> dict[str, Any]:
    same = ("ToewijzingNummer", "ProductCategorie", "ProductCode", "GeleverdVolume", "Eenheid", "ProductTarief")
    return _some(given, *same) | {
        "ProductReferentie": _some(given, "ReferentieNummer", "VorigReferentieNummer"),
        "ProductPeriode": _some(given, "Begindatum", "Einddatum"),
        "IngediendBedrag": _some(given, "Bedrag", "DebetCredit"),
    }


_BODIES = {
    "301": _allocation,
    "305": _start,
    "307": _stop,
    "315": _request,
    "317": _change,
    "319": _answer,
    "323": _declaration,
}


def _short_client(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"Bsn": fields["Bsn"], **_PERSON, "Naam": _NAME}


def _product(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"Product": _some(given, "Categorie", "Code")} if "Categorie" in given else {}


def _extent(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"Omvang": _some(given, "Volume", "Eenheid", "Frequentie")} if "Volume" in given else {}


def _some(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}
