"""What one product line may be: specific (code and volume), by category, or generic (a budget alone).

Together: code and volume go together, volume and budget exclude each other, and without a budget there is a category.
So a code with a budget is never valid. Where the table of variants calls the end date optional beside a budget, CD075
demands it, and the rule goes before the table.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.places import Day, day, filled
from services.referral.istandaarden.rules.rule import Place, in_message


class Line(NamedTuple):
    """A class that stands for a product over a period. ``product``: whether it says which product."""

    group: str
    first: str
    last: str
    product: bool = True


LINES: Mapping[str, tuple[Line, ...]] = {
    "301": (Line("ToegewezenProduct", "Ingangsdatum", "Einddatum"),),
    "315": (Line("AangevraagdProduct", "ToewijzingIngangsdatum", "ToewijzingEinddatum"),),
    "317": (
        Line("NieuwProduct", "GewensteIngangsdatum", "Einddatum"),
        Line("TeWijzigenProduct", "GewensteIngangsdatum", "Einddatum", product=False),
    ),
}
"""The product lines of each message."""

LAST_DAY_OF_OLD_RULES = Day(2020, 12, 31)
"""A line that ends on or before this day may have what was allowed then."""
_PER_WEEK = "2"
_NOT_PER_DAY = frozenset(("14", "16", "83", "84"))
_LONGER_THAN_A_DAY = frozenset(("2", "4", "6"))


def lines(message: Message, *, product: bool = False) -> Iterator[tuple[Line, Node]]:
    """Every product line; with ``product`` only those that say which product it is."""
    for line in LINES[message.number]:
        if line.product or not product:
            for node in message.at(line.group):
                yield line, node


def code_of(node: Node) -> str | None:
    """The product code of a line that says which product it is."""
    return node.find_text("Product/Code")


def _of_today(node: Node, line: Line) -> bool:
    ends = day(node, line.last)
    return ends is None or ends > LAST_DAY_OF_OLD_RULES


@in_message(
    "CD041", "301", "315", "317",
    nl="Bij de productcode ontbreekt de omvang.",
    en="The product code has no volume with it.",
    right=("een omvang bij een productcode", "a volume with a product code"),
)  # fmt: skip
def volume_of_specific_product(message: Message) -> Iterator[Place]:
    for _, node in lines(message, product=True):
        if code_of(node) is not None and not filled(node, "Omvang"):
            yield node, "Omvang"


def _volume_without_code(message: Message) -> Iterator[Place]:
    for line, node in lines(message, product=True):
        if code_of(node) is None and _of_today(node, line) and filled(node, "Omvang"):
            yield node, "Omvang"


_without_code = (
    "Er staat een omvang bij een product zonder productcode.",
    "There is a volume with a product that has no code.",
)
_no_volume = ("geen omvang, of een productcode erbij", "no volume, or a product code with it")


@in_message("CD080", "301", nl=_without_code[0], en=_without_code[1], right=_no_volume)
def no_volume_allocated_without_code(message: Message) -> Iterator[Place]:
    return _volume_without_code(message)


@in_message("CD095", "315", nl=_without_code[0], en=_without_code[1], right=_no_volume)
def no_volume_requested_without_code(message: Message) -> Iterator[Place]:
    return _volume_without_code(message)


@in_message("CD096", "317", nl=_without_code[0], en=_without_code[1], right=_no_volume)
def no_volume_of_new_product_without_code(message: Message) -> Iterator[Place]:
    return _volume_without_code(message)


@in_message(
    "CD075", "301", "315", "317",
    nl="Bij een budget ontbreekt de einddatum.",
    en="A budget has no end date with it.",
    right=("een einddatum bij een budget", "an end date with a budget"),
)  # fmt: skip
def end_of_budget(message: Message) -> Iterator[Place]:
    for line, node in lines(message):
        if filled(node, "Budget") and not filled(node, line.last):
            yield node, line.last


@in_message(
    "CD076", "301", "315", "317",
    nl="Bij een omvang per week ontbreekt de einddatum.",
    en="A volume per week has no end date with it.",
    right=("een einddatum bij frequentie 2 (per week)", "an end date with frequency 2 (per week)"),
)  # fmt: skip
def end_of_weekly_volume(message: Message) -> Iterator[Place]:
    for line, node in lines(message):
        if node.find_text("Omvang/Frequentie") == _PER_WEEK and not filled(node, line.last):
            yield node, line.last


@in_message(
    "CD077", "301", "315", "317",
    nl="Er staat een omvang naast een budget.",
    en="There is a volume beside a budget.",
    right=("een omvang of een budget, niet allebei", "a volume or a budget, not both"),
)  # fmt: skip
def no_volume_beside_budget(message: Message) -> Iterator[Place]:
    for _, node in lines(message):
        if filled(node, "Budget") and filled(node, "Omvang"):
            yield node, "Omvang"


@in_message(
    "CD078", "301", "315", "317",
    nl="Er staat een budget naast een omvang.",
    en="There is a budget beside a volume.",
    right=("een omvang of een budget, niet allebei", "a volume or a budget, not both"),
)  # fmt: skip
def no_budget_beside_volume(message: Message) -> Iterator[Place]:
    for _, node in lines(message):
        if filled(node, "Omvang") and filled(node, "Budget"):
            yield node, "Budget"


@in_message(
    "CD079", "301", "315", "317",
    nl="Er staat geen product en ook geen budget.",
    en="There is no product and no budget either.",
    right=("een product, of een budget, of allebei", "a product, or a budget, or both"),
)  # fmt: skip
def product_or_budget(message: Message) -> Iterator[Place]:
    for _, node in lines(message, product=True):
        if not filled(node, "Budget") and not filled(node, "Product"):
            yield node, "Product"


def _wrong_frequency(message: Message) -> Iterator[Place]:
    # iJw puts the rule on each element of Omvang, iWmo on the class; the class holds for both.
    for line, node in lines(message):
        volume = node.find("Omvang")
        if (
            volume
            and _of_today(node, line)
            and volume.text("Eenheid") in _NOT_PER_DAY
            and volume.text("Frequentie") not in _LONGER_THAN_A_DAY
        ):
            yield volume


_frequency = (
    "Deze eenheid kan niet per dag.",
    "This unit cannot be per day.",
)
_frequencies = (
    "bij etmalen, dagdelen, euro's en stuks (inspanning): per week, per maand of in totaal (2, 4 of 6)",
    "for days, day parts, euros and pieces (effort): per week, per month or in total (2, 4 or 6)",
)


@in_message("CS338", "301", "317", nl=_frequency[0], en=_frequency[1], right=_frequencies)
def frequency_of_unit(message: Message) -> Iterator[Place]:
    return _wrong_frequency(message)


@in_message("CS343", "315", nl=_frequency[0], en=_frequency[1], right=_frequencies)
def frequency_of_requested_unit(message: Message) -> Iterator[Place]:
    return _wrong_frequency(message)
