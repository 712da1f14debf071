"""Trajectories from before joining, as a municipality's export has them: one row per allocation.

A row is right or its errors say which column is wrong, what is wrong, and what would be right; no value is repeated.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from pydantic import ValidationError

from contracts.events.commissioning import Law, Unit
from contracts.events.referral import Assignment, Frequency, Referrer, StopReason
from services.kit.problems import Text
from services.referral.domain.columns import COLUMNS, REQUIRED
from services.referral.domain.person import Person
from services.referral.domain.volume import total_units

MAX_ROWS = 50_000
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class RowError:
    """One wrong value: ``line`` is the line in the file (the header is line 1)."""

    line: int
    column: str
    wrong: Text
    right: Text


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One allocation with all that already happened to it."""

    line: int
    municipality: str
    allocation_number: int
    provider: str
    person: Person = field(repr=False)
    assignment: Assignment
    referrer: Referrer
    granted_on: date
    starts_on: date
    ends_on: date | None
    started_on: date | None
    stopped_on: date | None
    stop_reason: StopReason | None
    source: str = field(repr=False)

    @property
    def key(self) -> tuple[str, int]:
        """What makes the row unique: municipality and allocation number."""
        return self.municipality, self.allocation_number


class NotATable(Exception):
    """The file cannot be read as a table at all; ``text`` says why and what would be right."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def read_rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their line numbers. Raises ``NotATable``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotATable(
            Text(
                "Het bestand is niet in UTF-8 opgeslagen. Sla het op als 'CSV UTF-8'.",
                "The file is not saved in UTF-8. Save it as 'CSV UTF-8'.",
            )
        ) from None
    header, _, _ = text.partition("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if header.count(";") >= header.count(",") else ",")
    names = [name.strip().lower() for name in next(reader, [])]
    unknown = sorted({name for name in names if name not in COLUMNS})
    missing = [name for name in REQUIRED if name not in names]
    if unknown or missing or len(set(names)) != len(names):
        told = "; ".join(
            part
            for part in (
                f"{', '.join(missing)}: ontbreekt / missing" if missing else "",
                f"kolom {len(unknown)}×: onbekend / unknown" if unknown else "",
            )
            if part
        )
        raise NotATable(
            Text(
                f"De kolommen kloppen niet ({told}). De eerste regel bevat de kolomnamen: {', '.join(COLUMNS)}.",
                f"The columns are not right ({told}). The first line holds the column names: {', '.join(COLUMNS)}.",
            )
        )
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        for values in reader:
            if any(value.strip() for value in values):
                padded = [value.strip() for value in values] + [""] * (len(names) - len(values))
                rows.append((reader.line_num, dict(zip(names, padded, strict=False))))
    except csv.Error:
        raise NotATable(
            Text(
                f"Regel {reader.line_num} is geen geldige CSV-regel. Controleer de aanhalingstekens.",
                f"Line {reader.line_num} is not a valid CSV line. Check the quotation marks.",
            )
        ) from None
    if len(rows) > MAX_ROWS:
        raise NotATable(
            Text(
                f"Het bestand heeft meer dan {MAX_ROWS} regels. Splits het op.",
                f"The file has more than {MAX_ROWS} rows. Split it.",
            )
        )
    return rows


def parse(
    rows: Iterable[tuple[int, Mapping[str, str]]], *, today: date, own: str | None
) -> tuple[list[Trajectory], list[RowError]]:
    """Every row as a trajectory, and the errors of those that are not right.

    ``own`` is the municipality that imports; ``None`` when any may be in the file.
    """
    found: list[Trajectory] = []
    errors: list[RowError] = []
    seen: dict[tuple[str, int], int] = {}
    for line, values in rows:
        row = _Row(line, values)
        trajectory = row.trajectory(today, own)
        if trajectory is not None:
            first = seen.setdefault(trajectory.key, line)
            if first != line:
                row.wrong(
                    "allocation_number",
                    Text(f"Dit nummer staat ook op regel {first}.", f"This number is also on line {first}."),
                    Text("een nummer dat maar één keer voorkomt", "a number that occurs once"),
                )
            else:
                found.append(trajectory)
        errors.extend(row.errors)
    return found, errors


class _Row:
    """Reads one row, gathering what is wrong."""

    def __init__(self, line: int, values: Mapping[str, str]) -> None:
        self.line = line
        self.values = values
        self.errors: list[RowError] = []

    def wrong(self, column: str, wrong: Text, right: Text | None = None) -> None:
        self.errors.append(RowError(self.line, column, wrong, right or COLUMNS[column].right))

    def text(self, column: str, valid: Callable[[str], bool]) -> str:
        value = self.values.get(column, "")
        if not valid(value):
            self._not_valid(column, value)
        return value

    def number(self, column: str, most: int) -> int:
        value = self.values.get(column, "")
        if value.isascii() and value.isdigit() and len(value) <= 9 and 1 <= int(value) <= most:
            return int(value)
        self._not_valid(column, value)
        return 1

    def choice(self, column: str, kind: type[_E], default: _E) -> _E:
        value = self.values.get(column, "").lower()
        try:
            return kind(value)
        except ValueError:
            self._not_valid(column, value)
            return default

    def day(self, column: str, *, required: bool = False) -> date | None:
        value = self.values.get(column, "")
        if not value and not required:
            return None
        try:
            if len(value) == 10 and value[2] == value[5] == "-":
                return date(int(value[6:]), int(value[3:5]), int(value[:2]))
            if len(value) == 10 and value[4] == value[7] == "-":
                return date.fromisoformat(value)
        except ValueError:
            pass  # not a day of the calendar: said below
        self._not_valid(column, value)
        return None

    def _not_valid(self, column: str, value: str) -> None:
        if value:
            self.wrong(column, Text("Deze waarde klopt niet.", "This value is not right."))
        else:
            self.wrong(column, Text("Deze waarde ontbreekt.", "This value is missing."))

    def trajectory(self, today: date, own: str | None) -> Trajectory | None:
        """The trajectory in the row, or ``None`` when ``errors`` says what is wrong."""
        municipality = self.text("municipality", lambda value: len(value) == 4 and value.isdigit())
        if own is not None and municipality != own:
            self.wrong(
                "municipality",
                Text("Deze rij is van een andere gemeente.", "This row is another municipality's."),
                Text(f"uw eigen gemeentecode, {own}", f"your own municipality code, {own}"),
            )
        starts_on = self.day("starts_on", required=True)
        ends_on = self.day("ends_on")
        frequency = self.choice("frequency", Frequency, Frequency.WHOLE)
        volume = self.number("volume", 99_999_999)
        first = starts_on or today
        assignment = Assignment.model_construct(
            law=self.choice("law", Law, Law.YOUTH),
            product_code=self.text("product_code", lambda value: len(value) == 5 and _code(value)),
            category=self.text("category", lambda value: len(value) == 2 and _code(value)),
            unit=self.choice("unit", Unit, Unit.HOUR),
            frequency=frequency,
            volume=volume,
            total_units=total_units(volume, frequency, first, ends_on),
        )
        trajectory = Trajectory(
            line=self.line,
            municipality=municipality,
            allocation_number=self.number("allocation_number", 999_999_999),
            provider=self.text("provider", lambda value: len(value) == 8 and value.isdigit()),
            person=self._person(),
            assignment=assignment,
            referrer=self.choice("referrer", Referrer, Referrer.NONE),
            granted_on=self.day("granted_on", required=True) or first,
            starts_on=first,
            ends_on=ends_on,
            started_on=self.day("started_on"),
            stopped_on=self.day("stopped_on"),
            stop_reason=self.choice("stop_reason", StopReason, StopReason.AS_PLANNED)
            if self.values.get("stop_reason")
            else None,
            source="\x1f".join(self.values.get(name, "") for name in COLUMNS),
        )
        self._check(trajectory, today)
        return None if self.errors else trajectory

    def _person(self) -> Person:
        names = ("bsn", "last_name", "prefix", "initials", "gender")
        given: dict[str, object] = {name: self.values[name] for name in names if self.values.get(name)}
        if self.values.get("client_reference"):
            given["reference"] = self.values["client_reference"]
        birth_date = self.day("birth_date")
        if birth_date is not None:
            given["birth_date"] = birth_date
        if "bsn" not in given and "reference" not in given:
            self.wrong("client_reference", Text("De cliënt is niet te herkennen.", "The client cannot be recognised."))
        try:
            return Person.model_validate(given)
        except ValidationError as error:
            for each in error.errors(include_input=False, include_url=False, include_context=False):
                name = str(each["loc"][0])
                self._not_valid("client_reference" if name == "reference" else name, "?")
            return Person()

    def _check(self, each: Trajectory, today: date) -> None:
        def before(column: str, value: date | None, limit: date, nl: str, en: str) -> None:
            if value is not None and value < limit:
                self.wrong(column, Text(nl, en), Text(f"{limit} of later", f"{limit} or later"))

        def ahead(column: str, value: date | None) -> None:
            if value is not None and value > today:
                self.wrong(
                    column,
                    Text("Deze datum ligt in de toekomst.", "This date is in the future."),
                    Text(f"{today} of eerder", f"{today} or earlier"),
                )

        before("ends_on", each.ends_on, each.starts_on, "Ligt vóór de ingangsdatum.", "Is before the first day.")
        before("started_on", each.started_on, each.starts_on, "Ligt vóór de ingangsdatum.", "Is before the first day.")
        for column, value in (
            ("granted_on", each.granted_on),
            ("started_on", each.started_on),
            ("stopped_on", each.stopped_on),
        ):
            ahead(column, value)
        if each.ends_on is None and each.assignment.frequency is Frequency.WEEK:
            self.wrong(
                "ends_on",
                Text("Bij een omvang per week is een einddatum verplicht.", "A volume per week needs an end date."),
            )
        if each.started_on is None:
            self._never_started(each, today)
            return
        if each.ends_on is not None and each.started_on > each.ends_on:
            self.wrong("started_on", Text("Ligt na de einddatum.", "Is after the last day."))
        before("stopped_on", each.stopped_on, each.started_on, "Ligt vóór de start.", "Is before the start.")
        if (each.stopped_on is None) != (each.stop_reason is None):
            column = "stop_reason" if each.stop_reason is None else "stopped_on"
            self.wrong(column, Text("Stopdatum en reden horen bij elkaar.", "Stop date and reason go together."))

    def _never_started(self, each: Trajectory, today: date) -> None:
        if each.stopped_on is not None or each.stop_reason is not None:
            self.wrong("started_on", Text("Er is een stop zonder start.", "There is a stop without a start."))
        elif each.ends_on is not None and each.ends_on < today:
            self.wrong(
                "started_on",
                Text(
                    "Deze toewijzing is al voorbij en nooit gestart.", "This allocation is over and was never started."
                ),
                Text("een startdatum, of laat de rij weg", "a start date, or leave the row out"),
            )


def _code(value: str) -> bool:
    return value.isascii() and value.isalnum() and value == value.upper()
