"""Level 3: allocations (301), as the provider judges them."""

from collections.abc import Iterator

from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.known import Known
from services.referral.istandaarden.rules.rule import Place, across

_REMOVED = "13"


@across(
    "TR332",
    "9332",
    "301",
    nl="Dit toewijzingsnummer is al van een andere toewijzing.",
    en="This number is that of another allocation already.",
    right=("Een nummer dat binnen de gemeente en de wet uniek is.", "A number unique in the municipality and the law."),
)
def number_is_of_one_allocation(message: Message, known: Known) -> Iterator[Place]:
    """A change keeps its number and its product (IV066); the same number for another client or product is no change."""
    for product in message.at("ToegewezenProduct"):
        number = product.number("ToewijzingNummer")
        earlier = known.allocation(number)
        told = (product.find_text("Product/Categorie"), product.find_text("Product/Code"))
        other_product = earlier is not None and told != (earlier.category, earlier.code)
        if number in known.other_numbers or other_product:
            yield product, "ToewijzingNummer"


@across(
    "TR385",
    "9385",
    "301",
    nl="De toewijzing kan niet worden verwijderd: er zijn declaraties op goedgekeurd.",
    en="The allocation cannot be removed: claims on it were approved.",
    right=(
        "Trek de toewijzing in met een eerdere einddatum, of laat de prestaties eerst crediteren.",
        "Withdraw the allocation with an earlier end, or have the services credited first.",
    ),
)
def claimed_allocation_stays(message: Message, known: Known) -> Iterator[Place]:
    for product in message.at("ToegewezenProduct"):
        earlier = known.allocation(product.number("ToewijzingNummer"))
        if product.find_text("RedenWijziging") == _REMOVED and earlier is not None and earlier.claimed:
            yield product, "RedenWijziging"
