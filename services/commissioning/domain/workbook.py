"""The workbook with running agreements and tariffs: its sheets and columns, and how one cell is read.

Headers and words are understood in Dutch and English. A wrong cell is named by sheet, row and column, with what is
wrong and what would be right; nothing is guessed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from contracts.events.commissioning import DeclaredWhen, Law, StartMeans, StopMeans, Unit, Variant
from services.commissioning.domain.model import MAX_TARIFF_CENTS
from services.kit.problems import FieldError, Text

T = TypeVar("T")


class SheetName(StrEnum):
    AGREEMENTS = "agreements"
    TARIFFS = "tariffs"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its headers in both languages, what belongs in it, and an example."""

    key: str
    header: Text
    hint: Text
    example: object
    required: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet: its name in both languages and its columns, in the order of the template."""

    name: SheetName
    title: Text
    columns: tuple[Column, ...]


_DATE_HINT = Text("een datum, bijvoorbeeld 01-01-2026", "a date, for example 2026-01-01")

AGREEMENTS = Layout(
    SheetName.AGREEMENTS,
    Text("Overeenkomsten", "Agreements"),
    (
        Column(
            "reference",
            Text("Kenmerk", "Reference"),
            Text("uw eigen kenmerk, uniek in dit blad", "your own reference, unique in this sheet"),
            "2026-J-001",
        ),
        Column("agb", Text("AGB-code", "AGB code"), Text("acht cijfers", "eight digits"), "73730001"),
        Column(
            "provider",
            Text("Aanbieder", "Provider"),
            Text("de naam van de aanbieder", "the name of the provider"),
            "De Zilveren Reiger",
        ),
        Column(
            "municipalities",
            Text("Gemeenten", "Municipalities"),
            Text("CBS-codes van vier cijfers, met komma's", "CBS codes of four digits, with commas"),
            "0268, 0252",
        ),
        Column("valid_from", Text("Ingangsdatum", "Valid from"), _DATE_HINT, date(2026, 1, 1)),
        Column("valid_until", Text("Einddatum", "Valid until"), _DATE_HINT, date(2029, 12, 31), required=False),
        Column(
            "ceiling",
            Text("Plafond per jaar (€)", "Ceiling per year (€)"),
            Text("een bedrag in euro's, leeg als er geen plafond is", "an amount in euros, empty without a ceiling"),
            2_600_000,
            required=False,
        ),
    ),
)

LAWS: Mapping[str, Law] = MappingProxyType(
    {"jeugdwet": Law.YOUTH, "youth": Law.YOUTH, "wmo": Law.WMO, "wmo 2015": Law.WMO}
)
UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "minuut": Unit.MINUTE,
        "uur": Unit.HOUR,
        "dagdeel": Unit.DAY_PART,
        "etmaal": Unit.DAY,
        "stuk": Unit.PIECE,
        "euro": Unit.EURO,
        "minute": Unit.MINUTE,
        "hour": Unit.HOUR,
        "day part": Unit.DAY_PART,
        "day": Unit.DAY,
        "piece": Unit.PIECE,
    }
)
VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        "inspanning": Variant.EFFORT,
        "output": Variant.OUTPUT,
        "taak": Variant.TASK,
        "effort": Variant.EFFORT,
        "task": Variant.TASK,
    }
)
VARIANT_WORDS = {
    Variant.EFFORT: Text("inspanning", "effort"),
    Variant.OUTPUT: Text("output", "output"),
    Variant.TASK: Text("taak", "task"),
}
DECLARED_WORDS = {
    DeclaredWhen.PER_PERIOD: Text("per periode", "per period"),
    DeclaredWhen.AT_THE_END: Text("na afloop", "at the end"),
    DeclaredWhen.IN_INSTALMENTS: Text("in termijnen", "in instalments"),
}
START_WORDS = {
    StartMeans.FIRST_CONTACT: Text("eerste contact", "first contact"),
    StartMeans.INTAKE: Text("intake", "intake"),
    StartMeans.FIRST_TREATMENT: Text("eerste behandeling", "first treatment"),
}
STOP_WORDS = {
    StopMeans.LAST_TREATMENT: Text("laatste behandeling", "last treatment"),
    StopMeans.LAST_CONTACT: Text("laatste contact", "last contact"),
    StopMeans.CLOSING_TALK: Text("afsluitend gesprek", "closing talk"),
}
LAW_WORDS = {Law.YOUTH: Text("Jeugdwet", "youth"), Law.WMO: Text("Wmo", "Wmo")}
UNIT_WORDS = {
    Unit.MINUTE: Text("minuut", "minute"),
    Unit.HOUR: Text("uur", "hour"),
    Unit.DAY_PART: Text("dagdeel", "day part"),
    Unit.DAY: Text("etmaal", "day"),
    Unit.PIECE: Text("stuk", "piece"),
    Unit.EURO: Text("euro", "euro"),
}

TARIFFS = Layout(
    SheetName.TARIFFS,
    Text("Tarieven", "Tariffs"),
    (
        Column(
            "reference",
            Text("Kenmerk", "Reference"),
            Text("een kenmerk uit het blad Overeenkomsten", "a reference of the sheet Agreements"),
            "2026-J-001",
        ),
        Column("product_code", Text("Productcode", "Product code"), Text("vijf tekens", "five characters"), "45A04"),
        Column(
            "category",
            Text("Productcategorie", "Product category"),
            Text("twee tekens uit de codelijst", "two characters of the code list"),
            "45",
        ),
        Column(
            "name",
            Text("Product", "Product"),
            Text("de naam van het product", "the name of the product"),
            "Jeugdhulp ambulant",
        ),
        Column("law", Text("Wet", "Law"), Text("Jeugdwet of Wmo", "youth or Wmo"), "Jeugdwet"),
        Column(
            "unit",
            Text("Eenheid", "Unit"),
            Text(
                "minuut, uur, dagdeel, etmaal, stuk of euro",
                "minute, hour, day part, day, piece or euro",
            ),
            "uur",
        ),
        Column(
            "tariff",
            Text("Tarief (€)", "Tariff (€)"),
            Text("een bedrag in euro's met ten hoogste twee decimalen", "an amount in euros, at most two decimals"),
            85.10,
        ),
        Column(
            "municipality",
            Text("Gemeente", "Municipality"),
            Text("een CBS-code, leeg voor alle gemeenten", "a CBS code, empty for all municipalities"),
            None,
            required=False,
        ),
        Column("valid_from", Text("Geldig vanaf", "Tariff from"), _DATE_HINT, None, required=False),
        Column("valid_until", Text("Geldig tot en met", "Tariff until"), _DATE_HINT, None, required=False),
        Column(
            "variant",
            Text("Variant", "Variant"),
            Text(
                "inspanning, output of taak, leeg als dat niet is vastgelegd",
                "effort, output or task, empty where that was not recorded",
            ),
            "inspanning",
            required=False,
        ),
        Column(
            "declared_when",
            Text("Declaratiemoment", "Declared"),
            Text(
                "per periode, na afloop of in termijnen, alleen bij output",
                "per period, at the end or in instalments, for output only",
            ),
            None,
            required=False,
        ),
        Column(
            "start_means",
            Text("Start is", "Start is"),
            Text(
                "eerste contact, intake of eerste behandeling, leeg als dat niet is afgesproken",
                "first contact, intake or first treatment, empty where that was not agreed",
            ),
            "intake",
            required=False,
        ),
        Column(
            "stop_means",
            Text("Einde is", "End is"),
            Text(
                "laatste behandeling, laatste contact of afsluitend gesprek, leeg als dat niet is afgesproken",
                "last treatment, last contact or closing talk, empty where that was not agreed",
            ),
            "laatste contact",
            required=False,
        ),
    ),
)
LAYOUTS = (AGREEMENTS, TARIFFS)
COLUMNS: Mapping[tuple[SheetName, str], Column] = MappingProxyType(
    {(layout.name, column.key): column for layout in LAYOUTS for column in layout.columns}
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the workbook: its number there, and per column the value and the column's letter."""

    sheet: SheetName
    title: str
    number: int
    values: Mapping[str, object]
    letters: Mapping[str, str]


@dataclass(slots=True)
class Findings:
    """What is wrong with a workbook, cell by cell."""

    errors: list[FieldError] = field(default_factory=list)

    def add(self, row: Row, key: str, nl: str, en: str, code: str) -> None:
        """Name a wrong cell. ``nl`` and ``en`` say what is wrong; the hint of the column says what would be right."""
        column = COLUMNS[row.sheet, key]
        letter = row.letters.get(key, "?")
        message = Text(
            f"Blad {row.title}, rij {row.number}, kolom {letter} ({column.header.nl}): {nl}. Goed is {column.hint.nl}.",
            f"Sheet {row.title}, row {row.number}, column {letter} ({column.header.en}): {en}."
            f" Right is {column.hint.en}.",
        )
        self.errors.append(FieldError(f"/{row.title}/{row.number}/{letter}", message, code))

    def about(self, title: str, nl: str, en: str, code: str) -> None:
        """Something is wrong with a sheet as a whole."""
        self.errors.append(FieldError(f"/{title}", Text(nl, en), code))


class Unreadable(ValueError):
    """A value that does not belong in its column."""


def read(row: Row, key: str, parse: Callable[[Any], T], findings: Findings) -> T | None:
    """The value of a cell; ``None`` when it is empty or wrong, which ``findings`` then tells."""
    value = row.values.get(key)
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        if COLUMNS[row.sheet, key].required:
            findings.add(row, key, "de cel is leeg", "the cell is empty", "missing")
        return None
    try:
        return parse(value)
    except (Unreadable, ValueError, ArithmeticError):
        findings.add(row, key, "deze waarde past hier niet", "this value does not fit here", "unreadable")
        return None


def line(value: Any) -> str:
    """One line of text, at most 200 characters."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text = " ".join(text.split())
    if not text or len(text) > 200 or "\x00" in text:
        raise Unreadable
    return text


def digits(width: int) -> Callable[[Any], str]:
    """A code of exactly ``width`` digits; a number lost its leading zeros in the sheet and gets them back."""

    def parse(value: Any) -> str:
        text = line(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            text = text.zfill(width)
        if len(text) != width or not (text.isascii() and text.isdigit()):
            raise Unreadable
        return text

    return parse


def characters(width: int) -> Callable[[Any], str]:
    """A code of exactly ``width`` digits and capitals."""

    def parse(value: Any) -> str:
        text = line(value).upper()
        if isinstance(value, int | float) and not isinstance(value, bool):
            text = text.zfill(width)
        if len(text) != width or not (text.isascii() and text.isalnum()):
            raise Unreadable
        return text

    return parse


def municipalities(value: Any) -> tuple[str, ...]:
    """CBS codes, separated by commas or semicolons."""
    if not isinstance(value, str):
        return (digits(4)(value),)
    codes = tuple(digits(4)(part.strip()) for part in value.replace(";", ",").split(",") if part.strip())
    if not codes or len(set(codes)) < len(codes):
        raise Unreadable
    return codes


def day(value: Any) -> date:
    """A calendar day: a date cell, ``dd-mm-yyyy`` or ISO 8601."""
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    else:
        text = line(value)
        try:
            found = date.fromisoformat(text)
        except ValueError:
            first, second, third = text.replace("/", "-").split("-")
            found = date(int(third), int(second), int(first))
    if not date(2000, 1, 1) <= found <= date(2100, 12, 31):
        raise Unreadable
    return found


def cents(maximum: int) -> Callable[[Any], int]:
    """An amount in euros as cents: more than zero, whole cents, at most ``maximum`` cents."""

    def parse(value: Any) -> int:
        if isinstance(value, bool):
            raise Unreadable
        text = str(value).replace("€", "").replace("\u00a0", "").replace(" ", "")
        if isinstance(value, str) and "," in text:
            text = text.replace(".", "").replace(",", ".")
        try:
            amount = Decimal(text) * 100
        except InvalidOperation:
            raise Unreadable from None
        if not amount.is_finite() or amount != amount.to_integral_value() or not 0 < amount <= maximum:
            raise Unreadable
        return int(amount)

    return parse


tariff = cents(MAX_TARIFF_CENTS)
ceiling = cents(10**14)


def one_of(words: Mapping[str, T]) -> Callable[[Any], T]:
    """One of a few words, in either language."""

    def parse(value: Any) -> T:
        found = words.get(line(value).lower())
        if found is None:
            raise Unreadable
        return found

    return parse


def worded(words: Mapping[T, Text]) -> Mapping[str, T]:
    """What each word means, in either language."""
    return {word: meaning for meaning, text in words.items() for word in (text.nl, text.en)}
