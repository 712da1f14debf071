"""``samenspel figures publish`` as an operator types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.figures import app
from deploy.local.errors import LocalError

TABLE = """gemeente,soort,count
Nijmegen,ambulant,212
Nijmegen,verblijf,48
Heumen,ambulant,33
Heumen,verblijf,3
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_cells_and_margins_are_rounded_or_withheld(file: Path) -> None:
    answer = CliRunner().invoke(app, ["publish", str(file)])
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        "gemeente,soort,count",
        "Nijmegen,ambulant,",
        "Nijmegen,verblijf,",
        "Heumen,ambulant,",
        "Heumen,verblijf,",
        "Nijmegen,*,260",
        "*,ambulant,245",
        "*,verblijf,50",
        "Heumen,*,35",
        "*,*,295",
    ]


def test_another_threshold_withholds_less(file: Path) -> None:
    answer = CliRunner().invoke(app, ["publish", str(file), "--threshold", "3", "--json"])
    told = [json.loads(line) for line in answer.stdout.splitlines()]
    assert told[3] == {"gemeente": "Heumen", "soort": "verblijf", "count": 5}
    assert all(each["count"] is not None for each in told)


def test_a_table_from_dutch_excel_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xef\xbb\xbfwijk;Count\r\nOost;40\r\n\r\nWest;31\r\n")
    answer = CliRunner().invoke(app, ["publish", str(path)])
    assert answer.stdout.splitlines() == ["wijk,count", "Oost,40", "West,30", "*,70"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "the first line names the dimensions"),
        ("count\n3\n", "the first line names the dimensions"),
        ("a,b\n1,2\n", "last of all 'count'"),
        ("a,count\nx,-1\n", "line 2: '-1' is not a count"),
        ("a,count\nx,1.5\n", "'1.5' is not a count"),
        ("a,count\nx\n", "1 values where 2 are named"),
        ("a,count\n*,4\n", "stands for a total"),
        ("a,count\nx,4\nx,5\n", "line 3: this cell was there before"),
    ],
)
def test_a_wrong_table_is_refused_with_the_line(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LocalError, match=says):
        CliRunner().invoke(app, ["publish", str(path)], catch_exceptions=False)


def test_an_empty_table_has_no_cells(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,count\n", encoding="utf-8")
    assert CliRunner().invoke(app, ["publish", str(path)]).stdout == "a,count\n"
