from uuid import UUID

import pytest

from contracts.events.monitoring import WithoutHelp
from services.monitoring.domain.outcome_file import MAX_ROWS, ByNumber, OutcomeRow, read

REFERRAL = UUID("0198a000-0000-7000-8000-000000000001")


def test_rows_are_named_by_allocation_number_or_referral() -> None:
    file = read(
        "\N{ZERO WIDTH NO-BREAK SPACE}municipality;allocation_number;referral_id;usefulness;without_help\r\n"
        f"0268;12;;8;04\n;;{REFERRAL};;1\n\n268;13;;10;\n"
    )
    assert file.errors == ()
    assert file.rows == (
        OutcomeRow(2, ByNumber("0268", 12), 8, WithoutHelp.NO_HELP_NEEDED),
        OutcomeRow(3, REFERRAL, None, WithoutHelp.WORSE),
        OutcomeRow(5, ByNumber("0268", 13), 10, None),
    )


def test_dutch_headers_and_commas_are_read() -> None:
    file = read("Gemeente,Toewijzingsnummer,Nut,Zonder hulp\n0268,12,8,03\n")
    assert file.errors == ()
    assert file.rows[0].without_help is WithoutHelp.LESS_HELP_NEEDED


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("12345;1;;8;01", "municipality", "malformed"),
        ("abcd;1;;8;01", "municipality", "malformed"),
        ("0268;;;8;01", "allocation_number", "malformed"),
        ("0268;0;;8;01", "allocation_number", "malformed"),
        ("0268;1234567890;;8;01", "allocation_number", "malformed"),
        ("0268;²;;8;01", "allocation_number", "malformed"),
        (";;no-uuid;8;01", "referral_id", "malformed"),
        ("0268;1;;0;01", "usefulness", "out-of-range"),
        ("0268;1;;11;01", "usefulness", "out-of-range"),
        ("0268;1;;7,5;01", "usefulness", "out-of-range"),
        ("0268;1;;8;05", "without_help", "unknown-code"),
        ("0268;1;;;", "usefulness", "missing"),
        ("0268;1;;8", "", "cell-count"),
        ("0268;1;;8;01;x", "", "cell-count"),
    ],
)
def test_an_error_names_row_column_and_what_would_be_right(row: str, column: str, code: str) -> None:
    file = read(f"municipality;allocation_number;referral_id;usefulness;without_help\n{row}\n0268;2;;9;02\n")
    assert [(error.row, error.column, error.code) for error in file.errors] == [(2, column, code)]
    assert [good.row for good in file.rows] == [3]
    for text in (file.errors[0].message.nl, file.errors[0].message.en):
        assert text.endswith(".")


def test_every_error_of_a_row_is_told() -> None:
    file = read("municipality;allocation_number;usefulness;without_help\nx;1;11;9\n")
    assert {error.column for error in file.errors} == {"municipality", "usefulness", "without_help"}


@pytest.mark.parametrize("name", ["BSN", "burgerservicenummer", "citizen number"])
def test_a_citizen_number_is_refused_without_repeating_it(name: str) -> None:
    file = read(f"municipality;allocation_number;{name};usefulness\n0268;1;999900006;8\n")
    assert file.rows == ()
    assert [error.code for error in file.errors] == ["citizen-number"]
    assert "999900006" not in str(file.errors)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("municipality;allocation_number;usefulness;toelichting", "unknown-column"),
        ("municipality;gemeente;allocation_number;usefulness", "double-column"),
        ("municipality;usefulness", "missing-column"),
        ("municipality;allocation_number", "missing-column"),
    ],
)
def test_a_wrong_header_is_refused(header: str, code: str) -> None:
    assert code in {error.code for error in read(f"{header}\n0268;1;8\n").errors}


def test_an_empty_file_lacks_columns() -> None:
    assert {error.code for error in read("").errors} == {"missing-column"}


def test_a_file_that_is_not_csv_is_refused() -> None:
    assert [e.code for e in read('municipality;allocation_number;usefulness\n0268;1;"8\n').errors] == ["unreadable"]


def test_a_file_has_a_largest_size() -> None:
    file = read("municipality;allocation_number;usefulness\n" + "0268;1;8\n" * (MAX_ROWS + 1))
    assert [error.code for error in file.errors] == ["too-many-rows"]
