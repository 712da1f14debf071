"""Levels 3 and 4: the header, the municipality's list of products, and who the client is.

These rules apply to messages in both directions; who receives one judges it.
"""

from collections.abc import Iterator
from datetime import date

from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.calendar_days import dated_on, day_in
from services.referral.istandaarden.rules.known import Known
from services.referral.istandaarden.rules.rule import Place, across

ALL = ("301", "305", "307", "315", "317", "319", "323", "325")


@across(
    "TR056",
    "9056",
    *ALL,
    nl="Deze identificatie is al gebruikt voor een ander bericht van deze soort.",
    en="This identification was used before for another message of this kind.",
    right=("Een nieuwe identificatie per bericht.", "A new identification for every message."),
)
def identification_is_used_once(message: Message, known: Known) -> Iterator[Place]:
    (identification,) = message.at("BerichtIdentificatie")
    if identification.text("Identificatie") in known.identifications:
        yield identification, "Identificatie"


@across(
    "TR135",
    "8848",
    *ALL,
    level="4",
    nl="De dagtekening van het bericht ligt in de toekomst.",
    en="The date of the message is in the future.",
    right=("De dag van verzenden.", "The day of sending."),
)
def is_dated_today_or_before(message: Message, known: Known) -> Iterator[Place]:
    if known.today is not None and dated_on(message) > known.today:
        yield message.at("BerichtIdentificatie")[0], "Dagtekening"


@across(
    "TR378",
    "S300",
    *ALL,
    level="4",
    nl="Deze gemeentecode geldt niet.",
    en="This code of a municipality is not in force.",
    right=(
        "De CBS-code van een gemeente die op de ingangsdatum of op de dagtekening bestaat.",
        "The CBS code of a municipality that exists on the first day or on the date of the message.",
    ),
)
def municipality_exists(message: Message, known: Known) -> Iterator[Place]:
    """In force on the date of the message or on every first day in it: after a reorganisation both lists are right."""
    if known.municipalities is None:
        return
    dated = dated_on(message)
    header = message.root.one("Header")
    element = "Afzender" if message.description.from_municipality else "Ontvanger"
    days = list(_first_days(message))
    if not (_in_force(header.text(element), [dated], known) or (days and _in_force(header.text(element), days, known))):
        yield header, element
    for residence in message.at("Woonplaatsbeginsel"):
        if not _in_force(residence.text("Gemeente"), [dated], known):
            yield residence, "Gemeente"


def _first_days(message: Message) -> Iterator[date]:
    if message.number == "301":
        yield from (day_in(product, "Ingangsdatum") for product in message.at("ToegewezenProduct"))
    elif message.number == "315":
        yield from (day_in(product, "ToewijzingIngangsdatum") for product in message.at("AangevraagdProduct"))


def _in_force(code: str, days: list[date], known: Known) -> bool:
    term = (known.municipalities or {}).get(code)
    return term is not None and all(term.on(day) for day in days)


@across(
    "TR381",
    "S329",
    "301",
    "305",
    "307",
    "315",
    "317",
    "323",
    level="4",
    nl="De productcode hoort in de productenlijst van de gemeente niet bij deze categorie.",
    en="In the municipality's list of products this code does not belong to this category.",
    right=(
        "Categorie en code zoals ze in de lijst bij elkaar staan.",
        "Category and code as the list puts them together.",
    ),
)
def code_fits_category(message: Message, known: Known) -> Iterator[Place]:
    if not known.products:
        return
    for node, category, code, element in _products(message):
        categories = known.products.get(code)
        if categories is not None and category not in categories:
            yield node, element


def _products(message: Message) -> Iterator[tuple[Node, str, str, str]]:
    """Each class with a product code: the class, its category, its code, and the element that has the code."""
    for node in message.at("Product"):
        code = node.find_text("Code")
        if code is not None:
            yield node, node.text("Categorie"), code, "Code"
    for node in message.at("Prestatie"):
        yield node, node.text("ProductCategorie"), node.text("ProductCode"), "ProductCode"


@across(
    "TR304",
    "8187",
    "317",
    "323",
    "325",
    nl="Deze cliënt is bij de ontvanger niet bekend.",
    en="The receiver does not know this client.",
    right=("Het BSN van een cliënt die bekend is.", "The BSN of a client who is known."),
)
def client_is_known(message: Message, known: Known) -> Iterator[Place]:
    if known.bsns is None:
        return
    for client in message.at("Client"):
        if client.text("Bsn") not in known.bsns:
            yield client, "Bsn"
