"""What is on the screen as a file: CSV for programs, XLSX for people, with the same columns and order."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fastapi.responses import Response
from markupsafe import Markup
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from services.portal.components import Column, Table
from services.portal.formats import Formats

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MONEY = ("euros", "euros_whole", "euros_short")


def _plain(value: Any, column: Column) -> Any:
    """A value as a program wants it: euros as decimals, dates as dates, no markup."""
    if value is None:
        return ""
    if isinstance(value, Markup):
        value = value.striptags()
    if column.kind in _MONEY and isinstance(value, int):
        return Decimal(value) / 100
    if isinstance(value, datetime):
        # A spreadsheet has no time zones: it shows the clock of Amsterdam.
        return Formats.local(value).replace(tzinfo=None)
    return value


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a quote in front (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def as_csv(table: Table) -> bytes:
    """The table as CSV (RFC 4180), as Dutch Excel reads it: semicolons, and UTF-8 with a byte order mark."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.label for column in table.columns])
    for row in table.rows:
        cells = []
        for column in table.columns:
            value = _plain(row.cells.get(column.key), column)
            if isinstance(value, Decimal | float):
                value = str(value).replace(".", ",")
            elif isinstance(value, datetime | date):
                value = value.isoformat()
            else:
                value = _harmless(value)
            cells.append(value)
        writer.writerow(cells)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(table: Table) -> bytes:
    """The table as a workbook with one sheet; numbers stay numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", table.caption)[:31] or "Samenspel")
    sheet.freeze_panes = "A2"
    head = []
    for column in table.columns:
        cell = WriteOnlyCell(sheet, column.label)
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    for row in table.rows:
        cells = []
        for column in table.columns:
            cell = WriteOnlyCell(sheet, _harmless(_plain(row.cells.get(column.key), column)))
            if column.kind in _MONEY:
                cell.number_format = '"€" #,##0.00'
            elif column.kind == "percent":
                cell.number_format = "0%"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_FORMATS: dict[str, tuple[str, Callable[[Table], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": (XLSX, as_xlsx),
}


def download(body: bytes, media_type: str, filename: str) -> Response:
    """A file to keep; ``filename`` is ours, plain ASCII."""
    safe = re.sub(r"[^a-zA-Z0-9._-]+", "-", filename).strip("-")
    return Response(body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{safe}"'})


def export(table: Table, form: str, filename: str) -> Response:
    """The table as a file in ``csv`` or ``xlsx``. Raises ``KeyError`` for another format."""
    media_type, write = _FORMATS[form]
    return download(write(table), media_type, f"{filename}.{form}")


def formats() -> Sequence[str]:
    """The formats that :func:`export` knows."""
    return tuple(_FORMATS)
