"""Rows of trajectories: each wrong value is named, with what would be right, and never repeated."""

from datetime import date
from typing import Any

import pytest

from contracts.events.referral import StopReason
from services.referral.domain.columns import COLUMNS, REQUIRED
from services.referral.domain.trajectories import MAX_ROWS, NotATable, parse, read_rows

TODAY = date(2026, 8, 14)
GOOD = {
    "municipality": "0252",
    "allocation_number": "1",
    "provider": "73730001",
    "bsn": "999900006",
    "law": "youth",
    "category": "45",
    "product_code": "45A04",
    "unit": "hour",
    "frequency": "week",
    "volume": "3",
    "referrer": "municipality",
    "granted_on": "2025-01-01",
    "starts_on": "2025-01-10",
    "ends_on": "2025-12-31",
    "started_on": "2025-02-01",
    "stopped_on": "2025-11-30",
    "stop_reason": "as_planned",
}


def errors(own: str | None = None, **changes: Any) -> list[tuple[str, str]]:
    found, wrong = parse([(2, GOOD | changes)], today=TODAY, own=own)
    assert bool(found) != bool(wrong)
    for each in wrong:
        assert each.line == 2
        assert each.wrong.nl
        assert each.right.en
        told = each.wrong.nl + each.wrong.en + each.right.nl + each.right.en
        assert not any(value and value in told for name, value in changes.items() if COLUMNS[name].personal)
    return [(each.column, each.right.en) for each in wrong]


def test_a_right_row_is_a_trajectory() -> None:
    [found], wrong = parse([(2, GOOD)], today=TODAY, own="0252")
    assert wrong == []
    assert (found.key, found.stop_reason) == (("0252", 1), StopReason.AS_PLANNED)
    assert found.assignment.total_units == 3 * 52
    assert "999900006" not in repr(found)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("municipality", "252"),
        ("allocation_number", "0"),
        ("allocation_number", "1.000"),
        ("allocation_number", ""),
        ("provider", "7373000"),
        ("bsn", "999900007"),
        ("gender", "M"),
        ("initials", "J.T."),
        ("law", "jeugd"),
        ("category", "4"),
        ("product_code", "45a04"),
        ("unit", "uur"),
        ("frequency", ""),
        ("volume", "-1"),
        ("volume", "²"),
        ("referrer", "gp"),
        ("granted_on", ""),
        ("granted_on", "2026-08-15"),
        ("starts_on", "2025-02-30"),
        ("starts_on", "30-02-2025"),
        ("starts_on", "20250101"),
        ("ends_on", "2025-01-09"),
        ("ends_on", ""),
        ("birth_date", "ooit"),
        ("started_on", "2025-01-09"),
        ("started_on", "2026-01-01"),
        ("stopped_on", "2025-01-31"),
        ("stop_reason", "klaar"),
        ("stop_reason", ""),
    ],
)
def test_a_wrong_value_is_named(column: str, value: str) -> None:
    assert column in {name for name, _ in errors(**{column: value})}


def test_the_municipality_is_the_own_one() -> None:
    assert errors(own="0268") == [("municipality", "your own municipality code, 0268")]


def test_a_client_is_recognised_by_a_number_or_a_reference() -> None:
    assert errors(bsn="") == [("client_reference", COLUMNS["client_reference"].right.en)]
    assert parse([(2, GOOD | {"bsn": "", "client_reference": "WT-1"})], today=TODAY, own=None)[1] == []
    assert errors(bsn="", client_reference="x" * 25)[0][0] == "client_reference"


def test_what_never_started_has_no_stop_and_is_not_over() -> None:
    assert errors(started_on="")[0][0] == "started_on"
    assert errors(started_on="", stopped_on="", stop_reason="") == [
        ("started_on", "a start date, or leave the row out")
    ]
    assert errors(stopped_on="")[0][0] == "stopped_on"


def test_a_number_occurs_once() -> None:
    _, [wrong] = parse([(2, GOOD), (3, GOOD)], today=TODAY, own=None)
    assert (wrong.line, wrong.column) == (3, "allocation_number")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "UTF-8"),
        (b"", "missing"),
        (b"a;b\n", "unknown"),
        ((";".join([*REQUIRED, REQUIRED[0]]) + "\n").encode(), "columns"),
        ((";".join(REQUIRED) + "\n" + "x" * 200_000 + "\n").encode(), "Line"),
        ((";".join(REQUIRED) + "\n" + "1\n" * (MAX_ROWS + 1)).encode(), "Split"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(NotATable) as caught:
        read_rows(content)
    assert said in caught.value.text.en


def test_empty_lines_and_short_lines_are_read() -> None:
    rows = read_rows((";".join(COLUMNS) + "\n\n;;\n0252;1\n").encode())
    assert [(line, values["municipality"], values["stop_reason"]) for line, values in rows] == [(4, "0252", "")]
