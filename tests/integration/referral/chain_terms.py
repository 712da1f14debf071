"""What is agreed and allocated between the two in random courses of messages, and how much that allows.

Part of the oracle: it knows nothing of the product. Everything is counted day by day, so that nothing has to be right
but the calendar. Source: iWmo/iJw 3.2, IV076 to IV078 and IV081.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

IJW, IWMO = "ijw", "iwmo"
AIDS = ("11", "12", "13", "14")
"""iWmo categories that may stand beside anything."""
HOUSEHOLD_HELP = "01"
HOUR, MINUTE, DAY_PART, PIECE = "hour", "minute", "day_part", "piece"
DEARER = date(2026, 5, 1)
"""From this day another agreement holds, with other tariffs."""
BEFORE, AFTER = 6990, 7225


class Extent(NamedTuple):
    volume: int
    unit: str
    per: str
    by_effort: bool = False


class Product(NamedTuple):
    """Specific with a code and an extent, aspecific with a budget in cents."""

    category: str
    code: str | None
    extent: Extent | None = None
    budget: int | None = None

    def same(self, other: "Product") -> bool:
        """By code, or where one has none by category."""
        return self.category == other.category and (None in (self.code, other.code) or self.code == other.code)


@dataclass
class Allocation:
    client: int
    since: date
    until: date
    decided: int
    product: Product
    removed: bool = False

    def overlaps(self, other: "Allocation") -> bool:
        return self.since <= other.until and other.since <= self.until

    def days(self, first: date, last: date) -> list[date]:
        """The days of a period that fall within it."""
        return [day for day in days_of(first, last) if self.since <= day <= self.until]

    def allowed(self, first: date, last: date, law: str) -> int:
        """The most units of the allocation in a product period (IV077, IV078)."""
        assert self.product.extent is not None
        volume, unit, per, by_effort = self.product.extent
        days = self.days(first, last)
        if not days:
            return 0
        if per != "week":
            return volume * _times(days, per)
        if law == IWMO and self.product.category == HOUSEHOLD_HELP:
            return volume * 6
        if unit == PIECE and not by_effort:
            return volume * self._weeks_of_output(days)
        return volume * _times(days, per)

    def _weeks_of_output(self, days: list[date]) -> int:
        """Sundays, and a broken last week with the last Sunday of the allocation (IV076)."""
        sundays = [day for day in days if day.isoweekday() == 7]
        every = [day for day in days_of(self.since, self.until) if day.isoweekday() == 7]
        broken = self.until.isoweekday() != 7
        return len(sundays) + (broken and (every[-1] if every else self.until) in days)

    def allowed_in_all(self) -> int:
        """The most units over its whole term."""
        assert self.product.extent is not None
        return self.product.extent.volume * _times(days_of(self.since, self.until), self.product.extent.per)


def _times(days: list[date], per: str) -> int:
    """How often the volume may be used: per ISO week or calendar month that is touched, or once."""
    if per == "week":
        return len({day.isocalendar()[:2] for day in days})
    return len({(day.year, day.month) for day in days}) if per == "month" else 1


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


ALLOCATED = {
    IJW: {
        700_001: Product("45", "45A11", Extent(3, HOUR, "week")),
        700_002: Product("45", "45A12", Extent(12, HOUR, "month")),
        700_003: Product("45", "45A13", Extent(1800, MINUTE, "whole")),
        700_004: Product("45", "45A14", Extent(2, PIECE, "week")),
        700_005: Product("54", None, budget=35 * AFTER),
        700_006: Product("54", None, budget=60 * AFTER),
    },
    IWMO: {
        700_001: Product(HOUSEHOLD_HELP, "01A11", Extent(3, HOUR, "week")),
        700_002: Product("02", "02A12", Extent(4, DAY_PART, "week")),
        700_003: Product("02", "02A13", Extent(40, HOUR, "whole")),
        700_004: Product("07", "07A14", Extent(10, PIECE, "month", by_effort=True)),
        700_005: Product("12", None, budget=35 * AFTER),
        700_006: Product("12", None, budget=60 * AFTER),
    },
}
"""What each number is for; the same numbers under both laws. Two of each have a category alone, and so one product."""
OPEN = {IJW: ("54A15", "54A16"), IWMO: ("12A15", "12A16")}
"""Products that may be declared on an allocation of a category, by the hour."""
NEW = {IJW: Product("45", "45A99"), IWMO: Product("02", "02A99")}
"""What is asked beside all that."""


def _agreed(law: str) -> dict[str, tuple[str, str]]:
    specific = {
        each.code: (each.category, HOUR if each.extent.unit == MINUTE else each.extent.unit)
        for each in ALLOCATED[law].values()
        if each.code and each.extent
    }
    return specific | {code: (code[:2], HOUR) for code in OPEN[law]}


AGREED = {law: _agreed(law) for law in ALLOCATED}
"""Per product of the agreement its category and its unit."""


def price(day: date) -> int:
    """What one unit of any product costs, in cents."""
    return BEFORE if day < DEARER else AFTER


def rounded(cents: int, parts: int) -> int:
    """Cents by the hour over minutes, halves up (IV081)."""
    return (cents * 2 + parts) // (parts * 2)
