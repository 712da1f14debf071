"""``samenspel figures``: make a table of counts fit to be published, without a running stack."""

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import Json, Output
from deploy.local.errors import LocalError
from services.monitoring.domain.disclosure import DEFAULT, Thresholds
from services.monitoring.domain.margins import TOTAL, Cell, PublishedCell
from services.monitoring.domain.margins import publish as control

COUNT = "count"
MOST_CELLS = 10_000

app = typer.Typer(
    help="Disclosure control: which counts of a table may be published, so that nobody is recognised.",
    no_args_is_help=True,
    add_completion=False,
)


@app.callback()
def figures() -> None:
    """Keeps ``publish`` a subcommand: there will be more."""


@app.command("publish")
def publish(
    file: Annotated[Path, typer.Argument(help="CSV: columns of dimensions, then 'count'; a row a cell.", exists=True)],
    threshold: Annotated[
        int, typer.Option("--threshold", min=1, max=1000, help="Counts below it are withheld.")
    ] = DEFAULT.count,
    as_json: Json = False,
) -> None:
    """Every cell and every margin (* is the total over a dimension), rounded to 5, or empty where withheld."""
    output = Output(as_json)
    names, counts = _read(file)
    published = control(counts, Thresholds(count=threshold, base=DEFAULT.base, cases=DEFAULT.cases))
    if as_json:
        for each in published:
            output.fact({**dict(zip(names, each.cell, strict=True)), COUNT: each.count})
    else:
        _write(names, published)


def _read(file: Path) -> tuple[list[str], dict[Cell, int]]:
    """The names of the dimensions and the count of every cell. Raises ``LocalError`` that says what is wrong where."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LocalError(f"{file} cannot be read as UTF-8 text: {error}.", wrong_use=True) from None
    head = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=";" if ";" in head else ",")
    names = [name.strip() for name in next(rows, [])]
    if len(names) < 2 or names[-1].lower() != COUNT:
        raise LocalError(f"{file}: the first line names the dimensions, and last of all {COUNT!r}.", wrong_use=True)
    counts: dict[Cell, int] = {}
    for row in rows:
        if not row:
            continue
        cell, count = _cell(file, rows.line_num, row, len(names))
        if cell in counts:
            raise LocalError(f"{file}, line {rows.line_num}: this cell was there before.", wrong_use=True)
        counts[cell] = count
    if len(counts) > MOST_CELLS:
        raise LocalError(f"{file} has {len(counts)} cells; {MOST_CELLS} at most. Publish it in parts.", wrong_use=True)
    return names[:-1], counts


def _cell(file: Path, line: int, row: list[str], columns: int) -> tuple[Cell, int]:
    where = f"{file}, line {line}"
    if len(row) != columns:
        raise LocalError(f"{where}: {len(row)} values where {columns} are named.", wrong_use=True)
    *cell, count = (value.strip() for value in row)
    if TOTAL in cell:
        raise LocalError(f"{where}: {TOTAL} stands for a total; give only cells, totals are made.", wrong_use=True)
    if not (count.isascii() and count.isdigit() and len(count) < 16):
        raise LocalError(f"{where}: {count!r} is not a count; write a whole number from 0 on.", wrong_use=True)
    return tuple(cell), int(count)


def _write(names: list[str], published: list[PublishedCell]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*names, COUNT])
    for each in published:
        writer.writerow([*each.cell, "" if each.count is None else each.count])
