"""What enforces the rules of level 1: for each code the simple types and the facet of them, or the fixed text.

Nothing is checked here: ``validate_structure`` does that along the description. This table is for who asks where a rule
went: ``RESTRICTIONS["RS013"].where`` is ``Voorletters: longest 6``.

Source: iWmo/iJw 3.2, rules RS and the constraints that the schemas enforce, restated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.referral.istandaarden.description import ElementDescription
from services.referral.istandaarden.sentences import Sentence


class Facet(StrEnum):
    """What about a value is restricted. The first three are numbers of a ``SimpleType``."""

    LEAST = "least"
    MOST = "most"
    LONGEST = "longest"
    SHAPE = "pattern"
    FIXED = "constant"
    """The message itself gives the only text; the description calls it ``constant``."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """One rule of level 1. ``refuses`` are texts that break it; ``bound`` is the number of the first three facets."""

    code: str
    meaning: Sentence
    facet: Facet
    types: tuple[str, ...]
    bound: int | None
    refuses: tuple[str, ...]

    @property
    def where(self) -> str:
        """What enforces it, for the documentation."""
        bound = "" if self.bound is None else f" {self.bound}"
        return f"{', '.join(self.types)}: {self.facet}{bound}"

    def enforced_by(self, element: ElementDescription) -> bool:
        """Whether the description of the element does what this rule asks."""
        simple = element.simple
        if simple is None or simple.name not in self.types:
            return False
        if self.bound is not None and getattr(simple, self.facet) != self.bound:
            return False
        present = element.constant is not None if self.facet is Facet.FIXED else True
        return present and not any(element.allows(text) for text in self.refuses)


def _least(code: str, bound: int, types: str) -> Restriction:
    meaning = Sentence(f"minstens {bound}", f"at least {bound}")
    return Restriction(code, meaning, Facet.LEAST, tuple(types.split()), bound, (str(bound - 1),))


def _most(code: str, bound: int, types: str) -> Restriction:
    meaning = Sentence(f"hoogstens {bound}", f"at most {bound}")
    return Restriction(code, meaning, Facet.MOST, tuple(types.split()), bound, (str(bound + 1),))


def _longest(code: str, bound: int, types: str) -> Restriction:
    characters = "teken" if bound == 1 else "tekens", "character" if bound == 1 else "characters"
    meaning = Sentence(f"hoogstens {bound} {characters[0]}", f"at most {bound} {characters[1]}")
    refused = ("a" * (bound + 1), "1" * (bound + 1))
    return Restriction(code, meaning, Facet.LONGEST, tuple(types.split()), bound, refused)


def _shape(code: str, nl: str, en: str, types: str, *refuses: str) -> Restriction:
    return Restriction(code, Sentence(nl, en), Facet.SHAPE, tuple(types.split()), None, refuses)


def _fixed(code: str, nl: str, en: str, types: str, *refuses: str) -> Restriction:
    return Restriction(code, Sentence(nl, en), Facet.FIXED, tuple(types.split()), None, refuses)


RESTRICTIONS: Mapping[str, Restriction] = {
    restriction.code: restriction
    for restriction in (
        _fixed("CS015", "BerichtSubversie is 2", "BerichtSubversie is 2", "BerichtSubversie", "1", "3"),
        _fixed("CS025", "BerichtVersie is 3", "BerichtVersie is 3", "BerichtVersie", "2", "4"),
        _shape(
            "CS319", "aaneengesloten cijfers en letters", "digits and letters without a break", "DeclaratieNummer",
            "A 1", "A-1",
        ),
        _least(
            "RS001", 0,
            "Bedrag BerichtSubversie BerichtVersie Budget Huisnummer Nummer RelatieVolgorde TotaalBedrag Volume",
        ),
        _most("RS002", 99, "BerichtSubversie BerichtVersie RelatieVolgorde"),
        _most("RS004", 99_999, "Huisnummer"),
        _most("RS005", 99_999_999, "Bedrag Budget Volume"),
        _most("RS006", 999_999_999, "Nummer"),
        _longest(
            "RS008", 1,
            "Communicatievorm DatumGebruik DebetCredit Frequentie Geslacht Huisletter JaNee NaamGebruik RedenVerzoek"
            " StatusAanlevering VerzoekAntwoord",
        ),
        _longest(
            "RS009", 2,
            "AanduidingWoonadres AdresSoort Eenheid JuridischeStatus LandCode ProductCategorie RedenAfwijzingVerzoek"
            " RedenBeeindiging RedenWijziging SoortRelatie TypeVerwijzer WettelijkeVertegenwoordiging",
        ),
        _longest("RS010", 3, "BerichtCode"),
        _longest("RS011", 4, "HuisnummerToevoeging Landnummer RetourCode"),
        _longest("RS012", 5, "ProductCode"),
        _longest("RS013", 6, "Voorletters"),
        _longest("RS014", 8, "AgbCode Postcode"),
        _longest("RS015", 9, "BurgerServicenummer"),
        _longest("RS016", 10, "Voorvoegsel"),
        _longest("RS017", 12, "DeclaratieNummer IdentificatieBericht IdentificatieDeclaratie"),
        _longest("RS018", 15, "Telefoonnummer"),
        _longest("RS019", 20, "Persoonsid ReferentieNummer"),
        _longest("RS020", 24, "Straatnaam"),
        _longest("RS021", 25, "Taal"),
        _longest("RS023", 35, "Organisatienaam"),
        _longest("RS024", 36, "Referentie"),
        _longest("RS025", 64, "NaamVerwijzer"),
        _longest("RS026", 80, "Emailadres Plaatsnaam"),
        _longest("RS028", 200, "Naam"),
        _shape("RS031", "niet leeg", "not empty", "Commentaar", "", " ", "\n"),
        _shape("RS032", "zonder tijdzone", "without time zone", "Datum", "2026-09-01Z", "2026-09-01+02:00"),
        _shape(
            "RS033", "niet leeg", "not empty",
            # Not ReferentieNummer and IdentificatieDeclaratie: there the schemas allow a single space.
            "Emailadres Huisletter HuisnummerToevoeging IdentificatieBericht Landnummer Naam NaamVerwijzer"
            " Organisatienaam Persoonsid Plaatsnaam Postcode ProductCode Referentie Straatnaam Taal Voorvoegsel",
            "", " ",
        ),
        _shape("RS034", "zonder tijdzone", "without time zone", "Tijd", "12:00:00Z", "12:00:00+02:00"),
        _shape("RS035", "precies 4 cijfers", "exactly 4 digits", "Gemeente", "268", "00268", "O268"),
        _shape("RS036", "precies 8 cijfers", "exactly 8 digits", "AgbCode", "7373000", "737300001", "7373000l"),
        _shape(
            "RS037", "precies 9 cijfers", "exactly 9 digits", "BurgerServicenummer", "99990000", "9999000060",
            "99990000O",
        ),
        _most("RS040", 999_999_999_999, "TotaalBedrag"),
        _shape(
            "RS045", "aaneengesloten letters, zonder punten of spaties", "letters without points or spaces",
            "Voorletters", "A.", "A B",
        ),
        _shape("RS046", "aaneengesloten cijfers", "digits without a break", "Telefoonnummer", "06-123456", "06 123456"),
        _fixed("RS047", "de code van dit bericht", "the code of this message", "BerichtCode", "000", "999"),
        _shape(
            "RS048", "drie gehele getallen met punten ertussen", "three whole numbers with points between", "Versie",
            "1.0", "1.0.0.0", "a.b.c",
        ),
    )
}  # fmt: skip
"""Every rule of level 1 by its code."""
