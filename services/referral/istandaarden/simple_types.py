"""The simple types of iWmo and iJw 3.2: which texts an element may hold.

Source: iWmo/iJw 3.2, restrictions RS*** and the code lists (COD***, WJ***, JZ***, WMO***). Each type is described once;
reading, writing, the generated schema and the explanation of an error all follow from this description.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal

from services.referral.istandaarden.sentences import Sentence


class Standard(StrEnum):
    """The two standards: iJw (Jeugdwet) and iWmo (Wmo 2015)."""

    IJW = "ijw"
    IWMO = "iwmo"


Base = Literal["string", "integer", "date", "time"]


@dataclass(frozen=True)
class Pattern:
    """A shape, as XML Schema writes it and as Python does (``.`` and ``\\s`` differ between the two)."""

    schema: str
    python: str
    meaning: Sentence


def _same(expression: str, nl: str, en: str) -> Pattern:
    return Pattern(expression, expression, Sentence(nl, en))


_ONE_LINE = Pattern(
    r".*[^\s].*",
    r"[^\n\r]*[^ \t\n\r][^\n\r]*",
    Sentence("één regel tekst, niet leeg", "one line of text, not empty"),
)
_FREE_TEXT = Pattern(
    r"([.\s]*\S+[.\s]*)+", r"[\s\S]*[^ \t\n\r][\s\S]*", Sentence("tekst, niet leeg", "text, not empty")
)
_DATE = Pattern(
    r"[^:Z]*", r"[^:Z]*", Sentence("een datum jjjj-mm-dd zonder tijdzone", "a date yyyy-mm-dd without time zone")
)
_TIME = Pattern(
    r"[^Z+-]+", r"[^Z+-]+", Sentence("een tijd uu:mm:ss zonder tijdzone", "a time hh:mm:ss without time zone")
)
_XSD_TIME = re.compile(r"(?:([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)")
_XSD_DATE = re.compile(r"-?([0-9]{4}|[1-9][0-9]{4,8})-([0-9]{2}-[0-9]{2})")
_DIGITS = 40
_INTEGER = re.compile(rf"([+-]?)0*([0-9]{{1,{_DIGITS}}})")
XML_SPACE = " \t\r\n"


def whole_number(text: str) -> int:
    """The number that XML Schema reads, zeros before it and space around it included; ValueError when it is none."""
    if text.isdecimal() and text.isascii() and len(text) <= _DIGITS:
        return int(text)
    found = _INTEGER.fullmatch(text.strip(XML_SPACE))
    if found is None:
        raise ValueError("no whole number of at most 40 digits")
    return int(found[1] + found[2])


@dataclass(frozen=True)
class SimpleType:
    """A kind of value: its base and its facets. ``longest`` counts characters; ``least`` and ``most`` are inclusive."""

    name: str
    base: Base
    shortest: int | None = None
    longest: int | None = None
    least: int | None = None
    most: int | None = None
    pattern: Pattern | None = None
    codes: tuple[str, ...] = ()

    @cached_property
    def accepts(self) -> Callable[[str], object]:
        """A test whether an element may have exactly this text: true or false in the sense of ``bool()``.

        Narrower than XML Schema in one respect: a date lies in the years 0001 to 9999.
        """
        if self.codes:
            return frozenset(self.codes).__contains__
        if self.base == "string":
            expression = self.pattern.python if self.pattern else r"[\s\S]*"
            longest = "" if self.longest is None else self.longest
            return re.compile(rf"(?=[\s\S]{{{self.shortest or 0},{longest}}}\Z)(?:{expression})\Z").match
        if self.base == "integer":
            return self._is_number
        return _is_date if self.base == "date" else _is_time

    @property
    def allows(self) -> Callable[[str], object]:
        """As ``accepts``, and for a date exactly as XML Schema."""
        return _is_date_of_any_year if self.base == "date" else self.accepts

    def _is_number(self, text: str) -> bool:
        try:
            number = whole_number(text)
        except ValueError:
            return False
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)

    @cached_property
    def meaning(self) -> Sentence:
        """What would be right, for people."""
        if self.codes:
            if len(self.codes) > 40:
                return Sentence(
                    f"een code uit de codelijst van {self.name}", f"a code from the code list of {self.name}"
                )
            listed = ", ".join(self.codes)
            return Sentence(f"een van de codes {listed}", f"one of the codes {listed}")
        if self.base == "integer":
            return Sentence(
                f"een geheel getal van {self.least} tot en met {self.most}",
                f"a whole number from {self.least} to {self.most}",
            )
        shape = self.pattern.meaning if self.pattern else Sentence("tekst, niet leeg", "text, not empty")
        if self.longest is None or (self.pattern and "cijfers" in shape.nl):
            return shape
        return Sentence(
            f"{shape.nl}, hoogstens {self.longest} tekens", f"{shape.en}, at most {self.longest} characters"
        )


def _is_date(text: str) -> bool:
    text = text.strip(XML_SPACE)
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_date_of_any_year(text: str) -> bool:
    if _is_date(text):
        return True
    found = _XSD_DATE.fullmatch(text.strip(XML_SPACE))
    if found is None or not found[1].strip("0"):
        return False
    return _is_date(f"{2000 + int(found[1]) % 400}-{found[2]}")


def _is_time(text: str) -> bool:
    return _XSD_TIME.fullmatch(text.strip(XML_SPACE)) is not None


def _text(longest: int | None = None, pattern: Pattern | None = _ONE_LINE) -> SimpleType:
    return SimpleType("", "string", shortest=1, longest=longest, pattern=pattern)


def _number(most: int) -> SimpleType:
    return SimpleType("", "integer", least=0, most=most)


def _codes(codes: str) -> SimpleType:
    listed = tuple(codes.split())
    return SimpleType("", "string", longest=max(map(len, listed)), codes=listed)


def _run(first: int, last: int, without: str = "") -> str:
    """``_run(3, 5)`` is ``03 04 05``."""
    return " ".join(f"{n:02}" for n in range(first, last + 1) if f"{n:02}" not in without.split())


COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
"""COD032: the countries an address may be in."""

RETURN_CODES = (
    "0001 0200 0233 0611 8001 8017 8021 8187 8214 8848 9019 9056 9063 9069 9071 9074 9307 9308 9319 9321 9322 9326 "
    "9332 9333 9338 9339 9340 9341 9346 9347 9349 9350 9351 9355 9357 9359 9360 9361 9365 9366 9367 9369 9373 9374 "
    "9375 9379 9384 9385 9387 9388 9389 9390 9411 9412 9413 9414 9415 S300 S329"
)
"""WJ001: the codes a retour may carry."""

_SHARED: dict[str, SimpleType] = {
    "AanduidingWoonadres": _codes("AB BY TO WW"),
    "AdresSoort": _codes(_run(1, 4)),
    "AgbCode": _text(8, _same(r"[0-9]{8}", "8 cijfers", "8 digits")),
    "Bedrag": _number(99_999_999),
    "BerichtCode": _text(3, None),
    "BerichtSubversie": _number(99),
    "BerichtVersie": _number(99),
    "Budget": _number(99_999_999),
    "BurgerServicenummer": _text(9, _same(r"[0-9]{9}", "9 cijfers", "9 digits")),
    "Commentaar": _text(None, _FREE_TEXT),
    "Communicatievorm": _codes("1 2 3"),
    "Datum": SimpleType("", "date", pattern=_DATE),
    "DatumGebruik": _codes("1 2 3"),
    "DebetCredit": _codes("C D"),
    "DeclaratieNummer": _text(12, _same(r"([a-zA-Z0-9])+", "letters en cijfers", "letters and digits")),
    "Eenheid": _codes("01 04 14 16 82 83 84"),
    "Emailadres": _text(80),
    "Frequentie": _codes("1 2 4 6"),
    "Gemeente": _text(None, _same(r"[0-9]{4}", "4 cijfers", "4 digits")),
    "Geslacht": _codes("0 1 2"),
    "Huisletter": _text(1),
    "Huisnummer": _number(99_999),
    "HuisnummerToevoeging": _text(4),
    "IdentificatieBericht": _text(12),
    "IdentificatieDeclaratie": _text(12, None),
    "JaNee": _codes("1 2"),
    "JuridischeStatus": _codes("01 02 03 04 05 11 12"),
    "LandCode": _codes(COUNTRIES),
    "Landnummer": _text(4),
    "Naam": _text(200),
    "NaamGebruik": _codes("1 2 3 4 5 6"),
    "NaamVerwijzer": _text(64),
    "Nummer": _number(999_999_999),
    "Organisatienaam": _text(35),
    "Persoonsid": _text(20),
    "Plaatsnaam": _text(80),
    "Postcode": _text(8),
    "ProductCode": _text(5),
    "RedenAfwijzingVerzoek": SimpleType("", "string", longest=2, codes=tuple("123456789")),
    "RedenVerzoek": _codes("1 2"),
    "RedenWijziging": _codes(_run(1, 14)),
    "Referentie": _text(36),
    "ReferentieNummer": _text(20, None),
    "RelatieVolgorde": _number(99),
    "RetourCode": _codes(RETURN_CODES),
    "SoortRelatie": _codes(_run(3, 25)),
    "StatusAanlevering": _codes("1 2 3 9"),
    "Straatnaam": _text(24),
    "Taal": _text(25),
    "Telefoonnummer": _text(15, _same(r"[0-9]*", "hoogstens 15 cijfers", "at most 15 digits")),
    "Tijd": SimpleType("", "time", pattern=_TIME),
    "TotaalBedrag": _number(999_999_999_999),
    "TypeVerwijzer": _codes("01 02 03 04 05 06 08"),
    "Versie": _text(
        None,
        _same(
            r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)",
            "een versie als 1.0.0",
            "a version such as 1.0.0",
        ),
    ),
    "VerzoekAntwoord": _codes("1 2"),
    "Volume": _number(99_999_999),
    "Voorletters": _text(6, _same(r"([a-zA-ZÀ-ỳ])+", "alleen letters", "letters only")),
    "Voorvoegsel": _text(10),
    "WettelijkeVertegenwoordiging": _codes(_run(6, 10)),
}
_OWN: Mapping[Standard, dict[str, SimpleType]] = {
    Standard.IJW: {
        "ProductCategorie": _codes(_run(31, 55, without="39")),
        "RedenBeeindiging": _codes("02 20 " + _run(31, 39)),
    },
    Standard.IWMO: {
        "ProductCategorie": _codes(_run(1, 18)),
        "RedenBeeindiging": _codes("02 19 20 21 22 23 31 36 37 38 39"),
    },
}


def _named(types: dict[str, SimpleType]) -> dict[str, SimpleType]:
    return {
        name: SimpleType(name, t.base, t.shortest, t.longest, t.least, t.most, t.pattern, t.codes)
        for name, t in types.items()
    }


SIMPLE_TYPES: Mapping[Standard, Mapping[str, SimpleType]] = {
    standard: _named(_SHARED | _OWN[standard]) for standard in Standard
}
"""Every simple type of a standard by its name (the standard writes ``LDT_`` before it)."""
