"""The XLSX file behind ``domain.workbook``: read it, make the empty template, write what runs.

A workbook is read as values only. What is too large, encrypted, or no workbook at all is refused before it is unpacked.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from contracts.events.commissioning import Tariff
from services.commissioning.domain.agreement import Agreement
from services.commissioning.domain.workbook import (
    DECLARED_WORDS,
    LAW_WORDS,
    LAYOUTS,
    START_WORDS,
    STOP_WORDS,
    UNIT_WORDS,
    VARIANT_WORDS,
    Findings,
    Layout,
    Row,
    SheetName,
)
from services.kit.problems import Invalid, Language, Text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_UNPACKED_BYTES = 60_000_000
MAX_ROWS = 20_000
_ZIP_ERRORS = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError)

NOT_A_WORKBOOK = Text(
    "Dit is geen leesbaar XLSX-bestand. Er is niets ingelezen. Gebruik het sjabloon en sla op als .xlsx, zonder"
    " wachtwoord.",
    "This is not a readable XLSX file. Nothing was imported. Use the template; save it as .xlsx, without a password.",
)
TOO_MUCH = Text(
    f"Dit bestand is te groot om in te lezen (meer dan {MAX_ROWS} rijen). Er is niets ingelezen. Splits het.",
    f"This file is too large to import at once (more than {MAX_ROWS} rows). Nothing was imported. Split it.",
)


def read_workbook(content: bytes, findings: Findings) -> list[Row]:
    """The filled rows of both sheets. Raises ``Invalid`` when it is no workbook; a missing sheet or column is told."""
    _inspect(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parser meets
        raise Invalid(NOT_A_WORKBOOK, code="not-a-workbook") from error
    try:
        rows: list[Row] = []
        for layout in LAYOUTS:
            title = _find(book.sheetnames, layout.title)
            if title is None:
                findings.about(
                    layout.title.nl,
                    f"Het blad {layout.title.nl} ontbreekt. Gebruik het sjabloon.",
                    f"The sheet {layout.title.en} is missing. Use the template.",
                    "missing-sheet",
                )
                continue
            try:
                rows += _rows(layout, title, book[title].iter_rows(values_only=True), findings)
            except Invalid:
                raise
            except Exception as error:  # a sheet that is damaged inside
                raise Invalid(NOT_A_WORKBOOK, code="not-a-workbook") from error
        return rows
    finally:
        book.close()


def _inspect(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise Invalid(TOO_MUCH, code="workbook-too-large")
            for entry in archive.infolist():
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as part:
                        # No spreadsheet program writes one; only an attack on the parser does.
                        if b"<!DOCTYPE" in part.read(4096):
                            raise Invalid(NOT_A_WORKBOOK, code="not-a-workbook")
    except _ZIP_ERRORS as error:
        raise Invalid(NOT_A_WORKBOOK, code="not-a-workbook") from error


def _find(names: Iterable[str], wanted: Text) -> str | None:
    accepted = {wanted.nl.lower(), wanted.en.lower()}
    return next((name for name in names if name.strip().lower() in accepted), None)


def _rows(layout: Layout, title: str, lines: Iterable[Sequence[Any]], findings: Findings) -> list[Row]:
    numbered = enumerate(lines, start=1)
    _, header = next(numbered, (1, ()))
    places: dict[str, int] = {}
    for column in layout.columns:
        accepted = {column.header.nl.lower(), column.header.en.lower()}
        found = [place for place, cell in enumerate(header) if str(cell or "").strip().lower() in accepted]
        if found:
            places[column.key] = found[0]
        elif column.required:
            findings.about(
                title,
                f"Blad {title}: de kolom {column.header.nl} ontbreekt in rij 1. Gebruik het sjabloon.",
                f"Sheet {title}: the column {column.header.en} is missing in row 1. Use the template.",
                "missing-column",
            )
    if any(column.required and column.key not in places for column in layout.columns):
        return []
    letters: Mapping[str, str] = {key: get_column_letter(place + 1) for key, place in places.items()}
    rows = []
    for number, cells in numbered:
        if number > MAX_ROWS:
            raise Invalid(TOO_MUCH, code="workbook-too-large")
        values = {key: cells[place] for key, place in places.items() if place < len(cells)}
        if any(value is not None and str(value).strip() for value in values.values()):
            rows.append(Row(layout.name, title, number, values, letters))
    return rows


def template(language: Language) -> bytes:
    """An empty workbook with one example agreement, and a sheet that says what belongs in each column."""
    book = _book(language)
    for layout in LAYOUTS:
        book[layout.title.in_language(language)].append([column.example for column in layout.columns])
    notes = book.create_sheet(Text("Toelichting", "Explanation").in_language(language))
    notes.append(
        [
            Text("Blad", "Sheet").in_language(language),
            Text("Kolom", "Column").in_language(language),
            Text("Verplicht", "Required").in_language(language),
            Text("Wat hoort hier", "What belongs here").in_language(language),
        ]
    )
    yes, no = (Text("ja", "yes").in_language(language), Text("nee", "no").in_language(language))
    for layout in LAYOUTS:
        for column in layout.columns:
            notes.append(
                [
                    layout.title.in_language(language),
                    column.header.in_language(language),
                    yes if column.required else no,
                    column.hint.in_language(language),
                ]
            )
    _dress(notes)
    return _bytes(book)


def export(agreements: Sequence[tuple[Agreement, str]], language: Language) -> bytes:
    """Agreements with the names of their providers in the layout of the template: importing it changes nothing."""
    book = _book(language)
    heads, tariffs = (book[layout.title.in_language(language)] for layout in LAYOUTS)
    for agreement, name in agreements:
        reference = agreement.reference or str(agreement.agreement_id)
        heads.append(
            [
                _plain(reference),
                agreement.provider,
                _plain(name),
                ", ".join(agreement.municipalities),
                agreement.valid_from,
                agreement.valid_until,
                None if agreement.ceiling_cents is None else agreement.ceiling_cents / 100,
            ]
        )
        products = {product.product_code: product for product in agreement.products}
        for line in _tariffs(agreement):
            product = products[line.product_code]
            tariffs.append(
                [
                    _plain(reference),
                    product.product_code,
                    product.category,
                    _plain(product.name),
                    LAW_WORDS[product.law].in_language(language),
                    UNIT_WORDS[product.unit].in_language(language),
                    line.tariff_cents / 100,
                    line.municipality,
                    line.valid_from,
                    line.valid_until,
                    _word(VARIANT_WORDS, product.variant, language),
                    _word(DECLARED_WORDS, product.declared_when, language),
                    _word(START_WORDS, product.start_means, language),
                    _word(STOP_WORDS, product.stop_means, language),
                ]
            )
    return _bytes(book)


def _tariffs(agreement: Agreement) -> Sequence[Tariff]:
    return agreement.tariffs or [
        Tariff(
            product_code=product.product_code,
            tariff_cents=product.tariff_cents,
            valid_from=agreement.valid_from,
            valid_until=agreement.valid_until,
        )
        for product in agreement.products
    ]


def _word(words: Mapping[Any, Text], agreed: object, language: Language) -> str | None:
    return words[agreed].in_language(language) if agreed is not None else None


def _plain(text: str) -> str:
    """Text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def _book(language: Language) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for layout in LAYOUTS:
        sheet = book.create_sheet(layout.title.in_language(language))
        sheet.append([column.header.in_language(language) for column in layout.columns])
        _dress(sheet)
        if layout.name is SheetName.AGREEMENTS:
            # Codes are text: a number would lose its leading zeros.
            for letter in "BD":
                sheet.column_dimensions[letter].number_format = "@"
    return book


def _dress(sheet: Any) -> None:
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6F0")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[cell.column_letter].width = 24


def _bytes(book: Workbook) -> bytes:
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, date):
                    cell.number_format = "DD-MM-YYYY"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
