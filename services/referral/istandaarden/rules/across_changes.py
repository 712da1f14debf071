"""Level 3: the request for change (317), as the municipality judges it against its allocations.

The request names every current allocation of the client with this provider; TR349 says "of the client", IV092 and TR352
limit that to this provider's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from services.referral.istandaarden.care import Extent
from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.calendar_days import dated_on, day_in, find_day
from services.referral.istandaarden.rules.known import Known, KnownAllocation
from services.referral.istandaarden.rules.rule import Place, across
from services.referral.istandaarden.simple_types import Standard

_LAST_DAY_OF_OLD_KIND = date(2020, 12, 31)
_AIDS = frozenset({"11", "12", "13", "14"})
"""iWmo: wheelchairs, transport, housing and other aids. They stand beside anything."""


def _today(message: Message, known: Known) -> date:
    return known.today or dated_on(message)


def _current(message: Message, known: Known) -> dict[int, KnownAllocation]:
    day = _today(message, known)
    return {each.number: each for each in known.allocations or () if each.is_current(day)}


def _changed(message: Message, known: Known) -> Iterator[tuple[Node, KnownAllocation]]:
    """Each TeWijzigenProduct with its allocation; TR351 tells of one that has none."""
    for product in message.at("TeWijzigenProduct"):
        allocation = known.allocation(product.number("ToewijzingNummer"))
        if allocation is not None:
            yield product, allocation


@across(
    "TR349",
    "9349",
    "317",
    nl="Het verzoek noemt niet alle lopende toewijzingen van de cliënt.",
    en="The request does not name all current allocations of the client.",
    right=(
        "Iedere lopende of toekomstige toewijzing, ongewijzigd of te wijzigen.",
        "Every current or future allocation, unchanged or to be changed.",
    ),
)
def names_every_current_allocation(message: Message, known: Known) -> Iterator[Place]:
    for request in message.at("Verzoek"):
        named = {
            product.number("ToewijzingNummer")
            for name in ("OngewijzigdProduct", "TeWijzigenProduct")
            for product in request.descendants(name)
        }
        if not _current(message, known).keys() <= named:
            yield request


@across(
    "TR350",
    "9350",
    "317",
    nl="Het ongewijzigde product hoort niet bij een lopende toewijzing.",
    en="The unchanged product belongs to no current allocation.",
    right=("Het nummer van een lopende toewijzing van deze cliënt.", "The number of a current allocation."),
)
def unchanged_is_current(message: Message, known: Known) -> Iterator[Place]:
    yield from _not_current(message, known, "OngewijzigdProduct")


@across(
    "TR351",
    "9351",
    "317",
    nl="Het te wijzigen product hoort niet bij een lopende toewijzing.",
    en="The product to be changed belongs to no current allocation.",
    right=("Het nummer van een lopende toewijzing van deze cliënt.", "The number of a current allocation."),
)
def changed_is_current(message: Message, known: Known) -> Iterator[Place]:
    yield from _not_current(message, known, "TeWijzigenProduct")


def _not_current(message: Message, known: Known, name: str) -> Iterator[Place]:
    if known.allocations is None:
        return
    current = _current(message, known)
    for product in message.at(name):
        if product.number("ToewijzingNummer") not in current:
            yield product, "ToewijzingNummer"


@across(
    "TR357",
    "9357",
    "317",
    nl="De gewenste ingangsdatum ligt niet in de toekomst en is niet die van de toewijzing.",
    en="The desired first day is not in the future and is not that of the allocation.",
    right=(
        "Een dag na de dagtekening, of de ingangsdatum van de toewijzing.",
        "A day after the date of the message, or the first day of the allocation.",
    ),
)
def change_begins_later_or_at_the_start(message: Message, known: Known) -> Iterator[Place]:
    for product, allocation in _changed(message, known):
        desired = day_in(product, "GewensteIngangsdatum")
        if desired <= dated_on(message) and desired != allocation.starts_on:
            yield product, "GewensteIngangsdatum"


@across(
    "TR373",
    "9373",
    "317",
    nl="Bij een ander budget of totaal moet de gewenste ingangsdatum die van de toewijzing zijn.",
    en="With another budget or total the desired first day must be that of the allocation.",
    right=("De ingangsdatum van de toewijzing.", "The first day of the allocation."),
)
def total_changes_from_the_start(message: Message, known: Known) -> Iterator[Place]:
    for product, allocation in _changed(message, known):
        if _changes_total(product, allocation) and day_in(product, "GewensteIngangsdatum") != allocation.starts_on:
            yield product, "GewensteIngangsdatum"


_WHOLE = "6"


def _changes_total(product: Node, allocation: KnownAllocation) -> bool:
    """Another budget, or another volume over the whole allocation. Another frequency is another extent, no total."""
    budget, extent = product.find_number("Budget"), product.find("Omvang")
    if budget is not None and budget != allocation.budget_cents:
        return True
    if extent is None or extent.text("Frequentie") != _WHOLE or allocation.extent is None:
        return False
    desired = Extent.from_node(extent)
    return desired.frequency is allocation.extent.frequency and desired != allocation.extent


@across(
    "TR375",
    "9375",
    "317",
    nl="Er is een omvang gegeven bij een toewijzing zonder product.",
    en="An extent is given for an allocation without a product.",
    right=("Geen omvang.", "No extent."),
)
def generic_has_no_extent(message: Message, known: Known) -> Iterator[Place]:
    """TR412 covers this too: such a product breaks both, and gets both codes."""
    for product, allocation in _changed(message, known):
        if allocation.category is None and _has_extent_of_old_kind(product):
            yield product, "Omvang"


@across(
    "TR411",
    "9411",
    "317",
    nl="De omvang ontbreekt, terwijl de toewijzing een productcode heeft.",
    en="The extent is missing, while the allocation has a product code.",
    right=("Volume, eenheid en frequentie.", "Volume, unit and frequency."),
)
def specific_has_an_extent(message: Message, known: Known) -> Iterator[Place]:
    for product, allocation in _changed(message, known):
        if allocation.code is not None and product.find("Omvang") is None:
            yield product, "Omvang"


@across(
    "TR412",
    "9412",
    "317",
    nl="Er is een omvang gegeven, terwijl de toewijzing geen productcode heeft.",
    en="An extent is given, while the allocation has no product code.",
    right=("Geen omvang.", "No extent."),
)
def without_code_no_extent(message: Message, known: Known) -> Iterator[Place]:
    for product, allocation in _changed(message, known):
        if allocation.code is None and _has_extent_of_old_kind(product):
            yield product, "Omvang"


def _has_extent_of_old_kind(product: Node) -> bool:
    """An extent that ends after 2020. Whose Einddatum is meant is not said; it is the product's own, as in CD096."""
    ends_on = find_day(product, "Einddatum")
    return product.find("Omvang") is not None and (ends_on is None or ends_on > _LAST_DAY_OF_OLD_KIND)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One product as the client would have it after the request: which, from when, until when."""

    category: str | None
    code: str | None
    first: date
    last: date | None

    def overlaps(self, other: "_Wanted") -> bool:
        return (other.last is None or self.first <= other.last) and (self.last is None or other.first <= self.last)

    def same(self, other: "_Wanted") -> bool:
        """The same product: by code, else by category, else by anything."""
        if self.category is None or other.category is None:
            return True
        by_code = self.code is None or other.code is None or self.code == other.code
        return self.category == other.category and by_code


def _wanted(request: Node, known: Known) -> Iterator[_Wanted]:
    """What was removed counts as never allocated (OP347)."""
    for product in request.descendants("OngewijzigdProduct"):
        allocation = known.allocation(product.number("ToewijzingNummer"))
        if allocation is not None and not allocation.removed:
            yield _Wanted(allocation.category, allocation.code, allocation.starts_on, allocation.ends_on)
    for product in request.descendants("TeWijzigenProduct"):
        allocation = known.allocation(product.number("ToewijzingNummer"))
        if allocation is not None and not allocation.removed:
            yield _Wanted(allocation.category, allocation.code, *_period(product))
    for product in request.descendants("NieuwProduct"):
        yield _Wanted(product.find_text("Product/Categorie"), product.find_text("Product/Code"), *_period(product))


def _period(product: Node) -> tuple[date, date | None]:
    return day_in(product, "GewensteIngangsdatum"), find_day(product, "Einddatum")


@across(
    "TR361",
    "9361",
    "317",
    nl="Hetzelfde product komt vaker voor met overlappende perioden.",
    en="The same product occurs more than once with overlapping periods.",
    right=("Perioden die op elkaar aansluiten.", "Periods that follow each other."),
)
def same_product_does_not_overlap(message: Message, known: Known) -> Iterator[Place]:
    """The two standards differ: in iWmo aids (categories 11 to 14) may overlap with everything."""
    aids = _AIDS if message.standard is Standard.IWMO else frozenset()
    for request in message.at("Verzoek"):
        wanted = [each for each in _wanted(request, known) if each.category not in aids]
        if any(one.same(other) and one.overlaps(other) for one, other in combinations(wanted, 2)):
            yield request
