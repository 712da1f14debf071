"""The small parts behind the pages: lists in pieces, terms, numbers, and a word for every code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from contracts.events.commissioning import Law, Unit
from contracts.events.referral import Channel, DeclineReason, Frequency, Referrer, StopReason
from services.kit.problems import Conflict
from services.portal.care import words
from services.portal.care.forms import compact, number, once, volume, volume_text
from services.portal.care.gather import gather
from services.portal.care.terms import last_day
from services.referral.client import RefusalReason, Status, WithdrawalReason


@dataclass
class Piece:
    items: list[int]
    next: str | None


async def _piece(after: str | None, limit: int) -> Piece:
    first = int(after or 0)
    following = first + limit
    return Piece(list(range(first, min(following, 450))), str(following) if following < 450 else None)


@pytest.mark.parametrize(
    ("need", "rows", "more"), [(1, 200, True), (201, 400, True), (401, 450, False), (9999, 450, False)]
)
async def test_no_more_pieces_are_asked_for_than_needed(need: int, rows: int, more: bool) -> None:
    found = await gather(_piece, need)
    assert found.rows == list(range(rows))
    assert found.more is more


def test_a_term_ends_with_its_last_day() -> None:
    assert last_day(datetime(2026, 8, 20, 22, tzinfo=UTC)) == date(2026, 8, 20), "midnight in summer"
    assert last_day(datetime(2026, 12, 20, 23, tzinfo=UTC)) == date(2026, 12, 20), "midnight in winter"
    assert last_day(datetime(2026, 8, 20, 12, tzinfo=UTC)) == date(2026, 8, 20)
    assert last_day(None) is None


@pytest.mark.parametrize(
    ("text", "value"), [("3", 3), ("1.200", 1200), ("1 200", 1200), ("veel", "veel"), ("-1", "-1"), ("", None)]
)
def test_numbers_are_read_as_people_write_them(text: str, value: object) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("300", 30_000),
        ("€ 1.234,5", 123_450),
        ("0,05", 5),
        ("1,234", "1,234"),
        ("1,x", "1,x"),
        ("", None),
        ("-1", "-1"),
        (",", ","),
    ],
)
def test_euros_are_read_as_people_write_them_and_count_in_cents(text: str, cents: object) -> None:
    assert volume(text, Unit.EURO) == cents


def test_a_volume_stands_in_its_field_as_people_write_it() -> None:
    assert [volume_text(123_405, Unit.EURO), volume_text(3, Unit.HOUR)] == ["1234,05", "3"]


def test_what_was_left_empty_is_left_out_and_zero_is_not() -> None:
    assert compact({"a": "", "b": None, "c": {}, "d": 0, "e": "x"}) == {"d": 0, "e": "x"}


async def test_the_second_of_two_presses_gets_the_first_answer_and_a_conflict_stays_one() -> None:
    answers: list[object] = [Conflict(), "first answer", Conflict(), Conflict()]

    async def act() -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert await once(act) == "first answer"
    with pytest.raises(Conflict):
        await once(act)


@pytest.mark.parametrize(
    ("labels", "codes"),
    [
        (words.STATUS, Status),
        (words.TONES, Status),
        (words.LAWS, Law),
        (words.FREQUENCIES, Frequency),
        (words.REFERRERS, Referrer),
        (words.CHANNELS, Channel),
        (words.DECLINES, DeclineReason),
        (words.STOPS, StopReason),
        (words.REFUSALS, RefusalReason),
        (words.WITHDRAWALS, WithdrawalReason),
    ],
)
def test_every_code_has_its_words(labels: Mapping[str, str], codes: type[StrEnum]) -> None:
    assert set(labels) == {code.value for code in codes}
