"""Lists live in the address, forms lose nothing, and files hold what is on the screen."""

import csv
import io
from datetime import date
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from starlette.requests import Request

from services.kit.problems import Conflict, FieldError, Invalid, Text
from services.portal.components import Column, Moment, Row, Spending, Table, calendar
from services.portal.exports import as_csv, as_xlsx
from services.portal.forms import Form
from services.portal.lists import ListQuery, Pages


def request(query: str) -> Request:
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/agreements", "headers": [], "server": ("x", 80)}
    return Request({**scope, "query_string": query.encode(), "scheme": "http"})


def query(text: str = "") -> ListQuery:
    return ListQuery.of(request(text), filters=("product",), sorts=("due", "wait"), default="due")


def test_an_address_is_read_and_written_back() -> None:
    asked = query("q=reiger&product=45A04&sort=-wait&page=3&other=x")
    assert (asked.search, asked.filters, asked.sort, asked.descending) == ("reiger", {"product": "45A04"}, "wait", True)
    assert (asked.page, asked.offset) == (3, 50)
    assert asked.url() == "/agreements?q=reiger&product=45A04&sort=-wait&page=3"
    assert asked.url(page=1) == "/agreements?q=reiger&product=45A04&sort=-wait"
    assert asked.url(product="") == "/agreements?q=reiger&sort=-wait", "a new filter starts at the first page"


@pytest.mark.parametrize("strange", ["sort=password", "page=0", "page=-1", "page=²", "page=9999999999", "page=x"])
def test_nonsense_in_an_address_falls_back(strange: str) -> None:
    assert query(strange) == query()


def test_a_head_sorts_and_turns_round() -> None:
    assert query().sort_url("wait") == "/agreements?sort=wait"
    assert query("sort=wait").sort_url("wait") == "/agreements?sort=-wait"
    assert query("sort=-wait").sort_url("wait") == "/agreements?sort=wait"
    assert (query().order_of("due"), query("sort=-due").order_of("due")) == ("ascending", "descending")
    assert query().order_of("wait") == query().order_of(None) == "none"


@pytest.mark.parametrize(
    ("page", "total", "numbers"),
    [
        (1, 0, [1]),
        (1, 26, [1, 2]),
        (5, 500, [1, None, 4, 5, 6, None, 20]),
        (3, 500, [1, 2, 3, 4, None, 20]),
        (20, 500, [1, None, 19, 20]),
    ],
)
def test_pages_with_gaps(page: int, total: int, numbers: list[int | None]) -> None:
    pages = Pages(query(f"page={page}"), total)
    assert pages.numbers() == numbers
    assert pages.last <= total


def test_errors_of_a_service_stand_beside_our_fields() -> None:
    form = Form.of({"hours": "x", "reason": ""})
    error = Invalid(errors=[FieldError("/volume/amount", Text("Te veel.", "Too much."), "max")])
    form.take(error, "nl", {"/volume/amount": "hours"})
    assert form.errors == {"hours": "Te veel."}
    form.take(Conflict(), "en")
    assert form.errors[""].startswith("This conflicts")
    form.take(Invalid(errors=[FieldError("/unknown", Text("Hè?", "What?"), "x")]), "nl")
    assert len(form.errors) == 2, "the first error of a place stays"


TABLE = Table(
    "Overeen/komsten",
    [
        Column("name", "Aanbieder", main=True),
        Column("room", "Ruimte", "euros"),
        Column("share", "Aandeel", "percent"),
        Column("due", "Termijn", "day"),
    ],
    [
        Row({"name": "=HYPERLINK(1)", "room": 123456, "share": 0.745, "due": date(2026, 8, 14)}),
        Row({"name": "Waalboog; zorg", "room": None, "share": None, "due": None}),
    ],
)


def test_csv_opens_in_a_dutch_spreadsheet_and_runs_nothing() -> None:
    text = as_csv(TABLE)
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Aanbieder", "Ruimte", "Aandeel", "Termijn"]
    assert rows[1] == ["'=HYPERLINK(1)", "1234,56", "0,745", "2026-08-14"]
    assert rows[2] == ["Waalboog; zorg", "", "", ""]


def test_xlsx_keeps_numbers_and_dates() -> None:
    sheet = load_workbook(io.BytesIO(as_xlsx(TABLE))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert rows[1][1:3] == (1234.56, 0.745)
    assert sheet.freeze_panes == "A2"


async def test_a_download_has_the_rows_of_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/gallery/agreements.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="overeenkomsten.csv"'
    assert "De Zilveren Reiger" in answer.content.decode("utf-8-sig")


def test_spending_and_calendar() -> None:
    money = Spending(ceiling=100_00, spent=40_00, committed=60_00, forecast=125_00)
    assert (money.scale, money.exceeds, money.share(100_00)) == (125_00, True, 80.0)
    assert not Spending(100_00, 40_00, 60_00).exceeds, "what was paid is part of what was promised"
    assert Spending(100_00, 101_00, 60_00).exceeds
    assert Spending(100_00, None, 101_00).exceeds
    assert Spending(0, None, 0).share(0) == 0
    months = calendar([Moment(date(2027, 1, 5), "x"), Moment(date(2025, 1, 5), "past")], date(2026, 8, 14))
    assert [month.first for month in months[:6]][-1] == date(2027, 1, 1)
    assert [moment.title for month in months for moment in month.moments] == ["x"]
    assert len(months) == 12
