"""Dates, money and terms as people in the Netherlands write them."""

from datetime import UTC, date, datetime

import pytest

from services.portal.formats import Formats
from services.portal.i18n import load_words

NL, EN = Formats(load_words("nl")), Formats(load_words("en"))
NOW = datetime(2026, 8, 14, 21, 59, tzinfo=UTC)
"""One minute to midnight in Amsterdam."""


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_money() -> None:
    assert plain(NL.euros(123456)) == "€ 1.234,56"
    assert plain(NL.euros(-5)) == "€ -0,05"
    assert EN.euros(123456) == "€1,234.56"
    assert plain(NL.euros_whole(123456)) == "€ 1.235"
    assert plain(NL.euros_short(182_000_000)) == "€ 1,82 mln."
    assert plain(NL.euros_short(34_040)) == "€ 340"
    assert EN.euros_short(182_000_000) == "€1.82M"


def test_numbers() -> None:
    assert NL.number(12345.6) == "12.345,6"
    assert NL.number(3, 2) == "3,00"
    assert plain(NL.percent(0.745)) in ("74 %", "75 %")
    assert plain(NL.percent(0.745, 1)) == "74,5 %"
    assert EN.percent(0.74) == "74%"


def test_days_and_moments_are_those_of_amsterdam() -> None:
    late = datetime(2026, 8, 14, 22, 30, tzinfo=UTC)
    assert NL.day(late) == "15 augustus 2026"
    assert NL.moment(late) == "15 augustus 2026, 00:30"
    assert NL.weekday(date(2026, 8, 14)) == "vrijdag 14 augustus 2026"
    assert NL.day_short(date(2026, 8, 14)) == "14 aug 2026"
    assert EN.day(date(2026, 8, 14)) == "14 August 2026"
    assert NL.clock(datetime(2026, 1, 1, 12, 0, tzinfo=UTC)) == "13:00"
    with pytest.raises(ValueError, match="time zone"):
        NL.day(datetime(2026, 8, 14))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("due", "text", "tone"),
    [
        (date(2026, 8, 12), "2 dagen te laat", "late"),
        (date(2026, 8, 13), "1 dag te laat", "late"),
        (date(2026, 8, 14), "vandaag", "urgent"),
        (date(2026, 8, 15), "morgen", "urgent"),
        (date(2026, 8, 16), "nog 2 dagen", "urgent"),
        (date(2026, 8, 17), "nog 3 dagen", "soon"),
        (date(2026, 8, 22), "nog 8 dagen", "calm"),
        (datetime(2026, 8, 14, 22, 0, tzinfo=UTC), "morgen", "urgent"),
    ],
)
def test_terms_in_words(due: date, text: str, tone: str) -> None:
    term = NL.deadline(due, NOW)
    assert (term.text, term.tone) == (text, tone)
    assert str(term.iso) in ("2026-08-15", due.isoformat())
