"""What rules look at in a class: elements that are filled, and days that may lie outside the calendar.

XML Schema allows the year 12026, and level 1 therefore does too. A ``Day`` compares such years as well, so that no rule
raises on them.
"""

from functools import lru_cache
from typing import NamedTuple

from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message

NETHERLANDS = "NL"


class Day(NamedTuple):
    """A day of any year, before 1 and beyond 9999 too."""

    year: int
    month: int
    day: int


def day(node: Node, path: str) -> Day | None:
    """The day at ``path``; None when there is none."""
    text = node.find_text(path)
    return None if text is None else _day(text)


@lru_cache(maxsize=10_000)
def _day(text: str) -> Day:
    year, month, number = text.removeprefix("-").split("-")
    return Day(-int(year) if text.startswith("-") else int(year), int(month), int(number))


def dated(message: Message) -> Day:
    """The Dagtekening of the message itself."""
    found = day(message.at("BerichtIdentificatie")[0], "Dagtekening")
    assert found is not None  # noqa: S101 - level 1 requires it
    return found


def filled(node: Node, name: str) -> bool:
    """Whether the element is there; level 1 sees to it that it is not empty."""
    return name in node.raw_content()
