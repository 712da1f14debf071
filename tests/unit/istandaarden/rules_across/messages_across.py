"""Small messages of every kind, valid at level 1, and what a case is: a message, what is known, and what breaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import KINDS, Message, Standard, read, write
from services.referral.istandaarden.description import describe
from services.referral.istandaarden.rules.known import Known

MUNICIPALITY, PROVIDER = "0252", "73730001"
DATED = date(2026, 6, 15)
BSN = fictional_bsn(0).digits
PRODUCT: Mapping[Standard, dict[str, str]] = {
    Standard.IJW: {"Categorie": "45", "Code": "45A04"},
    Standard.IWMO: {"Categorie": "02", "Code": "02A03"},
}
OTHER_PRODUCT: Mapping[Standard, dict[str, str]] = {
    Standard.IJW: {"Categorie": "54", "Code": "54001"},
    Standard.IWMO: {"Categorie": "07", "Code": "07A12"},
}
EXTENT = {"Volume": 3, "Eenheid": "04", "Frequentie": "2"}
TOTAL = {"Volume": 80, "Eenheid": "04", "Frequentie": "6"}
NAME = {"Geslachtsnaam": {"Achternaam": "Wolkenveld"}, "Voorletters": "JT"}
CLIENT = {"Bsn": BSN, "Geboortedatum": {"Datum": date(2012, 3, 4)}, "Geslacht": "2", "Naam": NAME}
FULL_CLIENT = CLIENT | {"Naam": NAME | {"NaamGebruik": "1"}}


def message(standard: Standard, number: str, body: Mapping[str, Any], **header: Any) -> Message:
    """A message with this body; ``header`` changes its header."""
    kind = next(kind for kind in KINDS if kind.endswith(number) and describe(kind).standard is standard)
    description = describe(kind)
    parties = (MUNICIPALITY, PROVIDER) if description.from_municipality else (PROVIDER, MUNICIPALITY)
    content: dict[str, Any] = {
        "Header": {
            "Afzender": parties[0],
            "Ontvanger": parties[1],
            "BerichtIdentificatie": {"Identificatie": "A1", "Dagtekening": DATED},
            **header,
        },
        description.body: body,
    }
    return read(write(kind, content))


def allocated(standard: Standard, *products: dict[str, Any]) -> dict[str, Any]:
    """The body of a 301."""
    usual = {
        "ToewijzingNummer": 7,
        "Product": PRODUCT[standard],
        "Toewijzingsdatum": DATED,
        "Toewijzingstijd": time(12, 0),
        "Ingangsdatum": date(2026, 7, 1),
        "Einddatum": date(2026, 12, 31),
        "Omvang": EXTENT,
    }
    contact = {"Soort": "01", "Telefoon": {"Telefoon01": {"Telefoonnummer": "0241234567", "Landnummer": "+31"}}}
    return FULL_CLIENT | {
        "Contactgegevens": {"Contact": [contact]},
        "ToegewezenProducten": {"ToegewezenProduct": [usual | each for each in products or ({},)]},
    }


def started(standard: Standard, *products: dict[str, Any]) -> dict[str, Any]:
    """The body of a 305."""
    usual = {
        "ToewijzingNummer": 7,
        "Product": PRODUCT[standard],
        "Begindatum": date(2026, 4, 3),
        "StatusAanlevering": "1",
    }
    return CLIENT | {"StartProducten": {"StartProduct": [usual | each for each in products or ({},)]}}


def stopped(standard: Standard, *products: dict[str, Any]) -> dict[str, Any]:
    """The body of a 307."""
    usual = {
        "ToewijzingNummer": 7,
        "Product": PRODUCT[standard],
        "Begindatum": date(2026, 4, 3),
        "RedenBeeindiging": "38",
        "Einddatum": date(2026, 6, 1),
        "StatusAanlevering": "1",
    }
    return CLIENT | {"StopProducten": {"StopProduct": [usual | each for each in products or ({},)]}}


def requested(standard: Standard, *products: dict[str, Any]) -> dict[str, Any]:
    """The body of a 315."""
    usual = {
        "ReferentieAanbieder": "R1",
        "Product": PRODUCT[standard],
        "ToewijzingIngangsdatum": date(2026, 7, 1),
        "ToewijzingEinddatum": date(2026, 12, 31),
        "Omvang": EXTENT,
        "Verwijzer": {"Type": "01"},
    }
    return CLIENT | {"AangevraagdeProducten": {"AangevraagdProduct": [usual | each for each in products or ({},)]}}


def change(*, unchanged: tuple[int, ...] = (), changed: Any = (), new: Any = ()) -> dict[str, Any]:
    """The body of a 317; what is wished for begins on 1 September unless it says otherwise."""
    request: dict[str, Any] = {"ReferentieAanbieder": "V1", "RedenVerzoek": "1"}
    usual = {"GewensteIngangsdatum": date(2026, 9, 1), "Einddatum": date(2026, 12, 31)}
    if unchanged:
        numbers = [{"ToewijzingNummer": number} for number in unchanged]
        request["OngewijzigdeProducten"] = {"OngewijzigdProduct": numbers}
    if changed:
        products = [usual | {"ToewijzingNummer": 7, "Omvang": EXTENT} | each for each in changed]
        request["TeWijzigenProducten"] = {"TeWijzigenProduct": products}
    if new:
        request["NieuweProducten"] = {"NieuwProduct": [usual | {"Omvang": EXTENT} | each for each in new]}
    return {"Bsn": BSN, "Verzoek": request}


def answered(code: str) -> dict[str, Any]:
    """The body of a 319 on R1."""
    return {"ReferentieAanbieder": "R1", "VerzoekAntwoord": code} | (
        {"RedenAfwijzingVerzoek": "3"} if code == "1" else {}
    )


def declared(standard: Standard) -> dict[str, Any]:
    """The body of a 323 with one service."""
    amount = {"TotaalBedrag": 18_000, "DebetCredit": "D"}
    period = {"Begindatum": date(2026, 5, 1), "Einddatum": date(2026, 5, 31)}
    service = {
        "ProductReferentie": {"ReferentieNummer": "P1"},
        "ToewijzingNummer": 7,
        "ProductCategorie": PRODUCT[standard]["Categorie"],
        "ProductCode": PRODUCT[standard]["Code"],
        "ProductPeriode": period,
        "GeleverdVolume": 3,
        "Eenheid": "04",
        "ProductTarief": 6000,
        "IngediendBedrag": {"Bedrag": 18_000, "DebetCredit": "D"},
    }
    return {
        "DeclaratieNummer": "D1",
        "DeclaratiePeriode": period,
        "DeclaratieDagtekening": DATED,
        "TotaalIngediendBedrag": amount,
        "Clienten": {"Client": [{"Bsn": BSN, "Prestaties": {"Prestatie": [service]}}]},
    }


@dataclass(frozen=True)
class Case:
    """``rule`` holds or breaks in ``message``; ``at`` is the class that gets its code; ``also`` breaks beside it."""

    rule: str
    message: Message
    known: Known
    at: str | None = None
    also: frozenset[str] = field(default=frozenset())

    @property
    def right(self) -> bool:
        return self.at is None

    def __str__(self) -> str:
        return f"{self.rule}-{self.message.kind}-{'right' if self.right else 'wrong'}"
