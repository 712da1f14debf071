"""Lines to declare as people write them: a CSV file or typed text, by allocation number."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from contracts.events.commissioning import Unit
from services.portal.care.forms import volume
from services.portal.i18n import N_
from services.referral.client import DeclarableView

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "allocationNumber": ("toewijzingsnummer", "toewijzing", "allocation number", "allocation"),
    "volume": ("hoeveelheid", "volume", "amount"),
    "unit": ("eenheid", "unit"),
    "productCode": ("productcode", "product", "product code"),
    "month": ("maand", "month"),
    "takesBack": ("credit van", "credit of"),
}
"""The columns in their order, and what each may be called in the first row."""
UNITS: Final[Mapping[str, Unit]] = {
    name: unit
    for unit, names in {
        Unit.MINUTE: ("minuut", "minuten", "minute", "minutes"),
        Unit.HOUR: ("uur", "uren", "hour", "hours"),
        Unit.DAY_PART: ("dagdeel", "dagdelen", "day part", "day parts"),
        Unit.DAY: ("etmaal", "etmalen", "day and night", "days and nights"),
        Unit.PIECE: ("stuk", "stuks", "piece", "pieces"),
        Unit.EURO: ("euro", "euro's", "euros"),
    }.items()
    for name in names
}
_WRONG_UNIT = N_("the unit is not known. Use minute, hour, day part, day and night, piece or euro.")
_WRONG_NUMBER = N_("the allocation number is no number.")
_WRONG_VOLUME = N_("how much was delivered must be a whole number, or an amount in euros.")
_WRONG_MONTH = N_("the month is not clear. Write it as 2026-04.")


@dataclass(slots=True)
class Read:
    """``lines`` as the service takes them; ``rows``: the place of each in the text, from 1; ``wrong`` per place."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)


def month_of(text: str) -> date | None:
    """The first day of ``2026-04`` or ``04-2026``; None for anything else."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})|(\d{1,2})-(\d{4})", text)
    try:
        return date(int(found[1] or found[4]), int(found[2] or found[3]), 1) if found else None
    except ValueError:
        return None


def read_lines(text: str, unit_of: Callable[[int], Unit | None]) -> Read:
    """The lines in a text. A row without volume and without credit is left out: it was not delivered.

    ``unit_of`` tells what an allocation counts in, for rows that leave the unit out.
    """
    found = Read()
    text = text.lstrip("\ufeff")
    separator = next((each for each in (";", "\t") if each in text), ",")
    names = list(COLUMNS)
    for place, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), start=1):
        given = [cell.strip() for cell in cells]
        if not any(given):
            continue
        if place == 1 and not any(cell.isdigit() for cell in given):
            known = {title: name for name, titles in COLUMNS.items() for title in titles}
            names = [known.get(cell.lower(), "") for cell in given]
            continue
        row = {name: cell for name, cell in zip(names, given, strict=False) if name and cell}
        if "volume" not in row and "takesBack" not in row:
            continue
        line, wrong = _line(row, unit_of)
        if wrong is not None:
            found.wrong.append((place, wrong))
        else:
            found.lines.append(line)
            found.rows.append(place)
    return found


def _line(row: Mapping[str, str], unit_of: Callable[[int], Unit | None]) -> tuple[dict[str, Any], str | None]:
    """One line as the service takes it, and what is wrong with it."""
    if "takesBack" in row:
        return {"takesBack": row["takesBack"]}, None
    line: dict[str, Any] = {}
    if not row.get("allocationNumber", "").isdigit():
        return line, _WRONG_NUMBER
    line["allocationNumber"] = int(row["allocationNumber"])
    unit = None
    if "unit" in row:
        unit = UNITS.get(row["unit"].lower())
        if unit is None:
            return line, _WRONG_UNIT
        line["unit"] = unit
    counted = volume(row["volume"], unit or unit_of(line["allocationNumber"]))
    if not isinstance(counted, int):
        return line, _WRONG_VOLUME
    line["volume"] = counted
    if "productCode" in row:
        line["productCode"] = row["productCode"]
    if "month" in row:
        line["month"] = month_of(row["month"])
        if line["month"] is None:
            return line, _WRONG_MONTH
    return line, None


def to_fill_in(declarable: Iterable[DeclarableView]) -> bytes:
    """A file with a row per allocation, to fill in how much was delivered; what is not filled in is not declared."""
    words = {unit: name for name, unit in reversed(list(UNITS.items()))}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [titles[0] for titles in COLUMNS.values()] + ["uw nummer", "naam van het product", "al gedeclareerd"]
    )
    for each in declarable:
        unit = words[each.unit] if each.unit else ""
        told = [each.own_number or "", each.product_name or "", "ja" if each.declared else "nee"]
        writer.writerow([each.allocation_number, "", unit, each.product_code or "", "", "", *map(_harmless, told)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
