"""Dates, numbers and money as people in the Netherlands write them, in the language of the reader.

Moments are UTC inside and Europe/Amsterdam on screen; money is integer cents; shares are fractions (0.74 is 74 %).
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import dates, numbers

from services.portal.i18n import Language, Words

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
Tone = Literal["late", "urgent", "soon", "calm"]

# A page writes the same amounts and days many times, and the next page does so again.
_remembered = lru_cache(maxsize=20_000)
format_date, format_decimal = _remembered(dates.format_date), _remembered(numbers.format_decimal)
format_currency = _remembered(numbers.format_currency)
format_compact_currency = _remembered(numbers.format_compact_currency)

_LOCALE: Final[dict[Language, str]] = {"nl": "nl_NL", "en": "en_GB"}
_URGENT_DAYS, _SOON_DAYS = 2, 7
_HARD_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A term in words: "3 days left", with its tone for the badge and the full date for who wants to know."""

    text: str
    tone: Tone
    date: str
    iso: str


class Formats:
    """Writes values for readers of one language."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.locale = _LOCALE[words.language]

    @staticmethod
    def local(moment: datetime) -> datetime:
        """The moment on the clock of Amsterdam. Raises ``ValueError`` on a moment without a zone."""
        if moment.tzinfo is None:
            raise ValueError("a moment must carry its time zone")
        return moment.astimezone(AMSTERDAM)

    def _day(self, value: date | datetime) -> date:
        return self.local(value).date() if isinstance(value, datetime) else value

    def day(self, value: date | datetime) -> str:
        """``14 augustus 2026``."""
        return format_date(self._day(value), "d MMMM y", locale=self.locale)

    def day_short(self, value: date | datetime) -> str:
        """``14 aug 2026``."""
        return format_date(self._day(value), "d MMM y", locale=self.locale).replace(".", "")

    def weekday(self, value: date | datetime) -> str:
        """``vrijdag 14 augustus 2026``."""
        return format_date(self._day(value), "EEEE d MMMM y", locale=self.locale)

    def month(self, value: date | datetime) -> str:
        """``augustus 2026``."""
        return format_date(self._day(value), "MMMM y", locale=self.locale)

    def month_name(self, month: int) -> str:
        """``augustus`` for 8."""
        return format_date(date(2000, month, 1), "LLLL", locale=self.locale)

    def month_short(self, value: date | datetime) -> str:
        """``aug``."""
        return format_date(self._day(value), "MMM", locale=self.locale).replace(".", "")

    def moment(self, value: datetime) -> str:
        """``14 augustus 2026, 09:30``."""
        return dates.format_datetime(self.local(value), "d MMMM y, HH:mm", locale=self.locale)

    def clock(self, value: datetime) -> str:
        """``09:30``."""
        return dates.format_time(self.local(value), "HH:mm", locale=self.locale)

    def number(self, value: int | float | Decimal, digits: int | None = None) -> str:
        """``12.345,6``; with ``digits`` exactly so many decimals."""
        pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value + 0, format=pattern, locale=self.locale)  # minus nothing is nothing

    def percent(self, fraction: float | Decimal, digits: int = 0) -> str:
        """``74 %`` for 0.74."""
        space = _HARD_SPACE if self.words.language == "nl" else ""
        return f"{self.number(Decimal(str(fraction)) * 100, digits)}{space}%"

    def euros(self, cents: int) -> str:
        """``€ 1.234,56`` for 123456."""
        return format_currency(Decimal(cents) / 100, "EUR", locale=self.locale)

    def euros_whole(self, cents: int) -> str:
        """``€ 1.235`` for 123456: rounded to euros, for where cents distract."""
        pattern = "¤\xa0#,##0;¤\xa0-#,##0" if self.words.language == "nl" else "¤#,##0;-¤#,##0"
        return format_currency(Decimal(cents) / 100, "EUR", format=pattern, locale=self.locale, currency_digits=False)

    def euros_short(self, cents: int) -> str:
        """``€ 1,82 mln.`` for 182000000: for charts, bars and headlines."""
        if abs(cents) < 1_000_000_00:
            return self.euros_whole(cents)
        return format_compact_currency(Decimal(cents) / 100, "EUR", fraction_digits=2, locale=self.locale)

    def deadline(self, due: date | datetime, now: datetime) -> Deadline:
        """How much time is left until ``due``, in whole days of the calendar in Amsterdam."""
        last, days = self._day(due), (self._day(due) - self._day(now)).days
        words = self.words
        if days < 0:
            text, tone = words.ngettext("%(num)d day late", "%(num)d days late", -days) % {"num": -days}, "late"
        elif days == 0:
            text, tone = words.gettext("today"), "urgent"
        elif days == 1:
            text, tone = words.gettext("tomorrow"), "urgent"
        else:
            text = words.ngettext("%(num)d day left", "%(num)d days left", days) % {"num": days}
            tone = "urgent" if days <= _URGENT_DAYS else "soon" if days <= _SOON_DAYS else "calm"
        return Deadline(text=text, tone=tone, date=self.weekday(last), iso=last.isoformat())  # type: ignore[arg-type]
