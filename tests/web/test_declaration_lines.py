"""Lines to declare as people write them."""

from datetime import date

import pytest

from contracts.events.commissioning import Unit
from services.portal.pages.declarations.lines import month_of, read_lines, to_fill_in
from services.referral.client import DeclarableView


def unit_of(number: int) -> Unit | None:
    return Unit.EURO if number == 7 else Unit.HOUR


def test_typed_lines_need_only_a_number_and_how_much() -> None:
    found = read_lines("5301;10\n\n5302;95;minuten;45A04;2026-04\n7;1.250,5\n;;;;;P1", unit_of)
    assert found.wrong == []
    assert found.rows == [1, 3, 4, 5]
    assert found.lines == [
        {"allocationNumber": 5301, "volume": 10},
        {
            "allocationNumber": 5302,
            "volume": 95,
            "unit": Unit.MINUTE,
            "productCode": "45A04",
            "month": date(2026, 4, 1),
        },
        {"allocationNumber": 7, "volume": 125_050},
        {"takesBack": "P1"},
    ]


def test_a_file_may_have_its_columns_in_any_order_and_more_of_them() -> None:
    text = "\ufeffuw nummer,Hoeveelheid,toewijzing\r\nZR-1,3,5301\r\nZR-2,,5302\r\n"
    found = read_lines(text, unit_of)
    assert (found.lines, found.rows, found.wrong) == ([{"allocationNumber": 5301, "volume": 3}], [2], [])


@pytest.mark.parametrize("row", ["x;1", "5301;veel", "5301;1;vadem", "5301;1;uur;45A04;april", "7;1,234", ";3"])
def test_what_is_not_clear_is_told_with_its_row(row: str) -> None:
    found = read_lines(f"5301;1\n{row}", unit_of)
    assert [place for place, _ in found.wrong] == [2]
    assert len(found.lines) == 1


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-04", date(2026, 4, 1)),
        ("4-2026", date(2026, 4, 1)),
        ("2026-13", None),
        ("april", None),
        ("0000-01", None),
    ],
)
def test_a_month_is_read(text: str, month: date | None) -> None:
    assert month_of(text) == month


def test_a_file_to_fill_in_reads_back_and_declares_nothing_by_itself() -> None:
    allocation = DeclarableView(
        allocation_number=5301,
        own_number="=1",
        category="45",
        product_code="45A04",
        product_name="Ambulant",
        unit=Unit.DAY_PART,
        starts_on=date(2026, 1, 1),
        ends_on=None,
        declared=False,
    )
    text = to_fill_in([allocation]).decode("utf-8-sig")
    assert read_lines(text, unit_of).lines == []
    assert "'=1" in text
    [line] = read_lines(text.replace("5301;;", "5301;4;"), unit_of).lines
    assert line == {"allocationNumber": 5301, "volume": 4, "unit": Unit.DAY_PART, "productCode": "45A04"}
