"""Reading a CSV file with outcomes: what came of each trajectory, named by allocation number, never by citizen number.

A file is right as a whole or refused as a whole. Every error names the row, the column, what is wrong and what would be
right; it never repeats the content of a cell, which might be about a person.
"""

import csv
import io
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from contracts.events.monitoring import WithoutHelp
from services.kit.problems import Text

MAX_ROWS = 20_000
MAX_DIGITS = 9


class Column(StrEnum):
    """The columns of the file. Give municipality and allocation_number, or referral_id; and at least one answer."""

    MUNICIPALITY = "municipality"
    ALLOCATION_NUMBER = "allocation_number"
    REFERRAL_ID = "referral_id"
    USEFULNESS = "usefulness"
    WITHOUT_HELP = "without_help"


SYNONYMS = {
    "gemeente": Column.MUNICIPALITY,
    "gemeentecode": Column.MUNICIPALITY,
    "toewijzingsnummer": Column.ALLOCATION_NUMBER,
    "toewijzingnummer": Column.ALLOCATION_NUMBER,
    "traject": Column.REFERRAL_ID,
    "nut": Column.USEFULNESS,
    "zonder_hulp": Column.WITHOUT_HELP,
    **{column.value: column for column in Column},
}
CITIZEN_NUMBER = frozenset({"bsn", "burgerservicenummer", "sofinummer", "citizen_number", "burger_service_nummer"})
HEADER = 1
"""The row number of the header, as a spreadsheet shows it."""


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong in one cell. ``row`` as a spreadsheet counts: the header is row 1."""

    row: int
    column: str
    message: Text
    code: str


@dataclass(frozen=True, slots=True)
class ByNumber:
    """A trajectory named by municipality and allocation number."""

    municipality: str
    allocation_number: int


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One row that can be read. ``key`` is the referral's id, or municipality and allocation number."""

    row: int
    key: UUID | ByNumber
    usefulness: int | None
    without_help: WithoutHelp | None


@dataclass(frozen=True, slots=True)
class OutcomeFile:
    """What a file says: its readable rows and all its errors."""

    rows: tuple[OutcomeRow, ...]
    errors: tuple[CellError, ...]


def read(content: str) -> OutcomeFile:
    """Read a file with a header row, separated by commas or semicolons."""
    content = content.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    first_line = content.partition("\n")[0]
    delimiter = ";" if first_line.count(";") >= first_line.count(",") else ","
    reader = csv.reader(io.StringIO(content), delimiter=delimiter, strict=True)
    rows: list[OutcomeRow] = []
    errors: list[CellError] = []
    try:
        columns, errors = _header(next(reader, []))
        if errors:
            return OutcomeFile((), tuple(errors))
        for number, cells in enumerate(reader, start=HEADER + 1):
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) + len(errors) >= MAX_ROWS:
                errors.append(_too_many(number))
                break
            row = _row(number, columns, cells, errors)
            if row is not None:
                rows.append(row)
    except csv.Error:
        errors.append(_unreadable(reader.line_num))
    return OutcomeFile(tuple(rows), tuple(errors))


def _header(cells: list[str]) -> tuple[list[Column], list[CellError]]:
    names = [cell.strip().lower().replace(" ", "_").replace("-", "_") for cell in cells]
    errors: list[CellError] = []
    columns: list[Column] = []
    for place, name in enumerate(names, start=1):
        known = SYNONYMS.get(name)
        if name in CITIZEN_NUMBER:
            errors.append(_citizen_number(place))
        elif known is None:
            errors.append(_unknown_column(place))
        elif known in columns:
            errors.append(_double_column(known))
        else:
            columns.append(known)
    if errors:
        return columns, errors
    by_number = {Column.MUNICIPALITY, Column.ALLOCATION_NUMBER} <= set(columns)
    if not by_number and Column.REFERRAL_ID not in columns:
        errors.append(_missing_column("municipality, allocation_number"))
    if not {Column.USEFULNESS, Column.WITHOUT_HELP} & set(columns):
        errors.append(_missing_column("usefulness, without_help"))
    return columns, errors


def _row(number: int, columns: list[Column], cells: list[str], errors: list[CellError]) -> OutcomeRow | None:
    if len(cells) != len(columns):
        errors.append(_cell_count(number, len(columns)))
        return None
    values = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    before = len(errors)
    key = _key(number, values, errors)
    usefulness = _usefulness(number, values.get(Column.USEFULNESS, ""), errors)
    without_help = _without_help(number, values.get(Column.WITHOUT_HELP, ""), errors)
    if len(errors) == before and usefulness is None and without_help is None:
        errors.append(_no_answer(number))
    if len(errors) > before or key is None:
        return None
    return OutcomeRow(number, key, usefulness, without_help)


def _key(number: int, values: dict[Column, str], errors: list[CellError]) -> UUID | ByNumber | None:
    referral = values.get(Column.REFERRAL_ID, "")
    if referral:
        try:
            return UUID(referral)
        except ValueError:
            errors.append(_error(number, Column.REFERRAL_ID, "malformed", _REFERRAL_ID))
            return None
    municipality = values.get(Column.MUNICIPALITY, "")
    allocation = values.get(Column.ALLOCATION_NUMBER, "")
    # A spreadsheet drops the zero in front.
    municipality = municipality.zfill(4) if municipality.isascii() and municipality.isdigit() else municipality
    if not (len(municipality) == 4 and municipality.isascii() and municipality.isdigit()):
        errors.append(_error(number, Column.MUNICIPALITY, "malformed", _MUNICIPALITY))
        return None
    if not (len(allocation) <= MAX_DIGITS and allocation.isascii() and allocation.isdigit() and int(allocation)):
        errors.append(_error(number, Column.ALLOCATION_NUMBER, "malformed", _ALLOCATION))
        return None
    return ByNumber(municipality, int(allocation))


def _usefulness(number: int, cell: str, errors: list[CellError]) -> int | None:
    if not cell:
        return None
    if cell.isascii() and cell.isdigit() and len(cell) <= 2 and 1 <= int(cell) <= 10:
        return int(cell)
    errors.append(_error(number, Column.USEFULNESS, "out-of-range", _USEFULNESS))
    return None


def _without_help(number: int, cell: str, errors: list[CellError]) -> WithoutHelp | None:
    if not cell:
        return None
    try:
        return WithoutHelp(cell.zfill(2))
    except ValueError:
        errors.append(_error(number, Column.WITHOUT_HELP, "unknown-code", _WITHOUT_HELP))
        return None


def _error(row: int, column: Column | str, code: str, message: Text) -> CellError:
    return CellError(row, str(column), message, code)


_REFERRAL_ID = Text(
    "Dit is geen trajectnummer van Samenspel. Neem het over uit de lijst met openstaande resultaten.",
    "This is not a referral id of Samenspel. Copy it from the list of open outcomes.",
)
_MUNICIPALITY = Text(
    "De gemeentecode heeft vier cijfers, bijvoorbeeld 0268.",
    "A municipality code has four digits, for example 0268.",
)
_ALLOCATION = Text(
    "Het toewijzingsnummer is een getal van hooguit negen cijfers, zoals het in de toewijzing (301) staat.",
    "The allocation number is a number of at most nine digits, as it stands in the allocation (301).",
)
_USEFULNESS = Text(
    "Het nut is een heel cijfer van 1 tot en met 10, of leeg.",
    "Usefulness is a whole number from 1 to 10, or empty.",
)
_WITHOUT_HELP = Text(
    "Vul 01 (slechter), 02 (dezelfde hulp nodig), 03 (minder hulp nodig) of 04 (geen hulp meer nodig) in, of niets.",
    "Fill in 01 (worse), 02 (same help needed), 03 (less help needed) or 04 (no help needed), or leave it empty.",
)


def _no_answer(row: int) -> CellError:
    return _error(
        row,
        Column.USEFULNESS,
        "missing",
        Text(
            "Er staat geen antwoord in deze rij. Vul het nut, zonder hulp of beide in, of haal de rij weg.",
            "This row holds no answer. Fill in usefulness, without help or both, or remove the row.",
        ),
    )


def _cell_count(row: int, expected: int) -> CellError:
    return _error(
        row,
        "",
        "cell-count",
        Text(
            f"Deze rij heeft niet zoveel kolommen als de kop ({expected}). Kijk of er een scheidingsteken teveel is.",
            f"This row does not have as many columns as the header ({expected}). Look for a stray separator.",
        ),
    )


def _citizen_number(place: int) -> CellError:
    return _error(
        HEADER,
        str(place),
        "citizen-number",
        Text(
            "Een burgerservicenummer hoort niet in dit bestand. Haal de kolom weg en gebruik het toewijzingsnummer. "
            "Het bestand is niet bewaard.",
            "A citizen service number does not belong in this file. Remove the column and use the allocation number. "
            "The file was not kept.",
        ),
    )


def _unknown_column(place: int) -> CellError:
    known = ", ".join(column.value for column in Column)
    return _error(
        HEADER,
        str(place),
        "unknown-column",
        Text(
            f"Kolom {place} kennen we niet. De kolommen zijn: {known}. Haal andere kolommen weg.",
            f"Column {place} is not known. The columns are: {known}. Remove other columns.",
        ),
    )


def _double_column(column: Column) -> CellError:
    return _error(
        HEADER,
        column,
        "double-column",
        Text("Deze kolom staat er twee keer. Laat er één staan.", "This column is there twice. Keep one of them."),
    )


def _missing_column(names: str) -> CellError:
    return _error(
        HEADER,
        names,
        "missing-column",
        Text(
            "Het bestand mist een kolom. Nodig zijn municipality en allocation_number (of referral_id), en usefulness "
            "of without_help.",
            "The file lacks a column. Needed are municipality and allocation_number (or referral_id), and usefulness "
            "or without_help.",
        ),
    )


def _too_many(row: int) -> CellError:
    return _error(
        row,
        "",
        "too-many-rows",
        Text(
            f"Een bestand heeft hooguit {MAX_ROWS} rijen. Splits het bestand.",
            f"A file has at most {MAX_ROWS} rows. Split the file.",
        ),
    )


def _unreadable(row: int) -> CellError:
    return _error(
        row,
        "",
        "unreadable",
        Text(
            "Vanaf hier is het bestand niet als CSV te lezen. Sla het opnieuw op als CSV (UTF-8).",
            "From here on the file cannot be read as CSV. Save it again as CSV (UTF-8).",
        ),
    )
