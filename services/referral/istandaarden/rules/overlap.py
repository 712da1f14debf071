"""The same product twice in one message only when the periods do not overlap (TR302, TR386, TR410).

What is the same: a code and that code; a category without a code and everything of that category; a line without a
category and everything. iWmo leaves categories 11–14 (aids and adaptations) out altogether.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.known import KnownAllocation
from services.referral.istandaarden.rules.places import Day, day
from services.referral.istandaarden.rules.products import code_of, lines
from services.referral.istandaarden.rules.rule import Place, in_message
from services.referral.istandaarden.simple_types import Standard

MAY_OVERLAP = frozenset(("11", "12", "13", "14"))
"""The categories of iWmo that may overlap with everything."""
WITHDRAWN = frozenset(("01", "13"))
"""RedenWijziging of an allocation that never was, when it ends on its first day. 01 is not used any more (CS336)."""
_FOREVER = Day(10**12, 12, 31)


class Span(NamedTuple):
    """A product line over its days, both included."""

    begins: Day
    ends: Day
    place: int
    category: str | None
    code: str | None
    node: Node


def spans(message: Message) -> list[Span]:
    """The lines that say which product it is and that count, in document order."""
    free = MAY_OVERLAP if message.standard is Standard.IWMO else frozenset()
    found = []
    for place, (line, node) in enumerate(lines(message, product=True)):
        begins, ends = day(node, line.first), day(node, line.last) or _FOREVER
        category = node.find_text("Product/Categorie")
        withdrawn = line.group == "ToegewezenProduct" and node.find_text("RedenWijziging") in WITHDRAWN
        if begins is None or category in free or ends < begins or (withdrawn and begins == ends):
            continue
        found.append(Span(begins, ends, place, category, code_of(node), node))
    return found


def holds(span: Span, other: KnownAllocation) -> bool:
    """Whether a line names what ``other`` holds too, in the same days."""
    first, last = _day(other.starts_on), _day(other.ends_on) if other.ends_on else _FOREVER
    if span.begins > last or first > span.ends:
        return False
    by_category = None in (span.category, other.category) or span.category == other.category
    return by_category and (None in (span.code, other.code) or span.code == other.code)


def _day(of: date) -> Day:
    return Day(of.year, of.month, of.day)


def overlapping(found: Iterable[Span]) -> list[Node]:
    """The lines that overlap with one that began earlier, or as early but higher up, in document order.

    One pass over the lines sorted by their first day, so that a message with very many lines takes no quadratic time.
    """
    in_order = sorted(found, key=lambda span: (span.begins, span.place))
    wrong: dict[int, Node] = {}
    _note(_clashes(in_order, lambda span: span.category is None), wrong)
    for group in _grouped((s for s in in_order if s.category), lambda s: s.category):
        _note(_clashes(group, lambda span: span.code is None), wrong)
    for group in _grouped((s for s in in_order if s.code), lambda s: (s.category, s.code)):
        _note(_clashes(group, lambda span: True), wrong)
    return [wrong[place] for place in sorted(wrong)]


def _overlapping_in(message: Message) -> list[Node]:
    """Most messages have one line, which overlaps with nothing."""
    several = sum(1 for _ in lines(message, product=True)) > 1
    return overlapping(spans(message)) if several else []


def _clashes(in_order: Iterable[Span], wide: Callable[[Span], bool]) -> Iterator[Span]:
    """The lines that overlap with an earlier one, where one of the two is ``wide``."""
    last = last_wide = Day(-(10**12), 1, 1)
    for span in in_order:
        if span.begins <= (last if wide(span) else last_wide):
            yield span
        last = max(last, span.ends)
        if wide(span):
            last_wide = max(last_wide, span.ends)


def _grouped(in_order: Iterable[Span], key: Callable[[Span], Hashable]) -> Iterator[list[Span]]:
    """Stable, so each group keeps the order of its first days."""
    for _, group in groupby(sorted(in_order, key=lambda span: str(key(span))), key=key):
        yield list(group)


def _note(clashes: Iterable[Span], wrong: dict[int, Node]) -> None:
    wrong.update((span.place, span.node) for span in clashes)


_right = (
    "niet overlappende perioden voor hetzelfde product, voor dezelfde categorie zonder productcode, en voor een regel"
    " zonder product",
    "periods that do not overlap for the same product, for the same category without a code, and for a line without"
    " a product",
)


@in_message(
    "TR302", "301",
    nl="Deze toewijzing overlapt met een andere toewijzing van hetzelfde product.",
    en="This allocation overlaps with another allocation of the same product.",
    right=_right,
)  # fmt: skip
def allocated_once(message: Message) -> Iterator[Place]:
    yield from _overlapping_in(message)


@in_message(
    "TR386", "315",
    nl="Dit aangevraagde product overlapt met een ander aangevraagd product.",
    en="This requested product overlaps with another requested product.",
    right=_right,
)  # fmt: skip
def requested_once(message: Message) -> Iterator[Place]:
    yield from _overlapping_in(message)


@in_message(
    "TR410", "317",
    nl="Dit nieuwe product overlapt met een ander nieuw product.",
    en="This new product overlaps with another new product.",
    right=_right,
)  # fmt: skip
def new_once(message: Message) -> Iterator[Place]:
    yield from _overlapping_in(message)
