"""Days: none in the future that may not be, and no period that ends before it begins."""

from collections.abc import Iterator, Mapping

from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.places import dated, day
from services.referral.istandaarden.rules.rule import Place, in_message

_NOT_IN_FUTURE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "301": (("Geboortedatum", "Datum"), ("ToegewezenProduct", "Toewijzingsdatum")),
    "305": (("Geboortedatum", "Datum"), ("StartProduct", "Begindatum")),
    "307": (("Geboortedatum", "Datum"), ("StopProduct", "Begindatum")),
    "315": (("Geboortedatum", "Datum"),),
    "323": (("Prestatie/ProductPeriode", "Begindatum"),),
    "325": (("Prestatie/ProductPeriode", "Begindatum"),),
}
"""TR134 names messages but no elements. These are the days that cannot lie after the message that tells of them."""

_PERIODS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "301": (("Contact/Periode", "Begindatum", "Einddatum"), ("ToegewezenProduct", "Ingangsdatum", "Einddatum")),
    "315": (("AangevraagdProduct", "ToewijzingIngangsdatum", "ToewijzingEinddatum"),),
    "317": (
        ("NieuwProduct", "GewensteIngangsdatum", "Einddatum"),
        ("TeWijzigenProduct", "GewensteIngangsdatum", "Einddatum"),
    ),
}
"""CS003: class, first day, last day."""


@in_message(
    "TR134", "301", "305", "307", "315", "323", "325",
    nl="De datum ligt na de dagtekening van het bericht.",
    en="The date is after the date of the message.",
    right=("een datum op of voor de dagtekening", "a date on or before the date of the message"),
)  # fmt: skip
def not_in_future(message: Message) -> Iterator[Place]:
    sent = dated(message)
    for path, element in _NOT_IN_FUTURE[message.number]:
        for node in message.at(path):
            found = day(node, element)
            if found is not None and found > sent:
                yield node, element


@in_message(
    "CS003", "301", "315", "317",
    nl="De periode eindigt voordat zij begint.",
    en="The period ends before it begins.",
    right=("een einddatum op of na de eerste dag", "an end date on or after the first day"),
)  # fmt: skip
def period_in_order(message: Message) -> Iterator[Place]:
    for path, first, last in _PERIODS[message.number]:
        for node in message.at(path):
            begins, ends = day(node, first), day(node, last)
            if begins is not None and ends is not None and ends < begins:
                yield node, last


@in_message(
    "TR018", "307",
    nl="De zorg eindigt voordat zij begint.",
    en="The care ends before it begins.",
    right=("een einddatum op of na de begindatum", "an end date on or after the first day of care"),
)  # fmt: skip
def stop_after_start(message: Message) -> Iterator[Place]:
    # The source names no element; only a 307 has the rule, and only Einddatum fits.
    for product in message.at("StopProduct"):
        begins, ends = day(product, "Begindatum"), day(product, "Einddatum")
        if begins is not None and ends is not None and ends < begins:
            yield product, "Einddatum"


@in_message(
    "TR380", "317",
    nl="De gewenste ingangsdatum ligt niet na de dagtekening van het bericht.",
    en="The desired first day is not after the date of the message.",
    right=("een dag na de dagtekening", "a day after the date of the message"),
)  # fmt: skip
def new_product_in_future(message: Message) -> Iterator[Place]:
    # The source names no element; a product that is to change has its own rule, TR357.
    sent = dated(message)
    for product in message.at("NieuwProduct"):
        begins = day(product, "GewensteIngangsdatum")
        if begins is not None and begins <= sent:
            yield product, "GewensteIngangsdatum"
