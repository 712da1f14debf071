"""Workbooks for tests: the template filled with rows of our own."""

import io
from datetime import date
from typing import Any

from openpyxl import load_workbook

from services.commissioning import workbook

HEAD = ["2026-J-001", "73730001", "De Zilveren Reiger", "0268, 0252", date(2026, 1, 1), date(2029, 12, 31), 2_600_000]
PRICE = ["2026-J-001", "45A04", "45", "Jeugdhulp ambulant", "Jeugdwet", "uur", 85.10, None, None, None, "inspanning",
         None, None, None]  # fmt: skip


def book(heads: list[list[Any]], prices: list[list[Any]], language: Any = "nl") -> bytes:
    filled = load_workbook(io.BytesIO(workbook.template(language)))
    agreements, tariffs = filled.worksheets[0], filled.worksheets[1]
    for sheet, rows in ((agreements, heads), (tariffs, prices)):
        sheet.delete_rows(2, sheet.max_row)
        for row in rows:
            sheet.append(row)
    kept = io.BytesIO()
    filled.save(kept)
    return kept.getvalue()


def changed(row: list[Any], **cells: Any) -> list[Any]:
    """``changed(PRICE, G=12)`` with letters as in the sheet."""
    return [cells.get("ABCDEFGHIJKLMN"[place], value) for place, value in enumerate(row)]
