"""Where a client or a relation can be reached: contacts and addresses in a 301."""

import re
from collections.abc import Iterator

from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.places import NETHERLANDS, filled
from services.referral.istandaarden.rules.rule import Place, in_message

_REGISTERED, _CORRESPONDENCE, _STAY, _TEMPORARY = "01", "02", "03", "04"
_LASTING = frozenset((_REGISTERED, _CORRESPONDENCE, _STAY))
_POSTCODE = re.compile(r"[1-9][0-9]{3}(?!SA|SD|SS)[A-Z]{2}")
"""A Dutch postcode; the standard does not spell it out, PostNL never gives out SA, SD and SS."""


@in_message(
    "TR006", "301",
    nl="Dit contact heeft geen telefoonnummer en ook geen volledig adres.",
    en="This contact has no phone number and no complete address either.",
    right=(
        "een telefoonnummer, of een adres met huisnummer en postcode, of allebei",
        "a phone number, or an address with house number and postcode, or both",
    ),
)  # fmt: skip
def reachable(message: Message) -> Iterator[Place]:
    for contact in message.at("Contact"):
        address = contact.find("Adres")
        if not filled(contact, "Telefoon") and not (
            address and filled(address, "Huis") and filled(address, "Postcode")
        ):
            yield contact


@in_message(
    "TR061", "301",
    nl="De cliënt heeft geen vast contactadres: alleen tijdelijke.",
    en="The client has no lasting contact address: only temporary ones.",
    right=(
        "minstens één contact van soort 01 (BRP), 02 (correspondentie) of 03 (verblijf)",
        "at least one contact of kind 01 (registered), 02 (correspondence) or 03 (stay)",
    ),
)  # fmt: skip
def lasting_contact(message: Message) -> Iterator[Place]:
    for contacts in message.at("Contactgegevens"):
        if not any(contact.text("Soort") in _LASTING for contact in contacts.each("Contact")):
            yield contacts


@in_message(
    "CD005", "301",
    nl="Het land hoort bij een postcode: het staat er zonder postcode, of het ontbreekt bij een postcode.",
    en="The country goes with a postcode: it is there without one, or it is missing with one.",
    right=("LandCode als er een postcode is, anders niet", "LandCode when there is a postcode, otherwise none"),
)  # fmt: skip
def country_with_postcode(message: Message) -> Iterator[Place]:
    # Without a postcode there is no LandCode, not even NL.
    for address in message.at("Contact/Adres"):
        if filled(address, "LandCode") != filled(address, "Postcode"):
            yield address, "LandCode"


@in_message(
    "CD009", "301",
    nl="Een periode mag alleen bij een tijdelijk adres staan.",
    en="A period may stand with a temporary address only.",
    right=("een periode alleen bij Soort 04", "a period with Soort 04 only"),
)  # fmt: skip
def period_of_temporary_address(message: Message) -> Iterator[Place]:
    for contact in message.at("Contact"):
        if filled(contact, "Periode") and contact.text("Soort") != _TEMPORARY:
            yield contact, "Periode"


@in_message(
    "CD025", "301",
    nl="Bij een adres in Nederland ontbreekt het huisnummer.",
    en="An address in the Netherlands has no house number.",
    right=("een huisnummer", "a house number"),
)  # fmt: skip
def house_number_in_the_netherlands(message: Message) -> Iterator[Place]:
    for address in message.at("Contact/Adres"):
        if address.find_text("LandCode") == NETHERLANDS and not filled(address, "Huis"):
            yield address, "Huis"


@in_message(
    "CD034", "301",
    nl="Bij een BRP-adres of een verblijfadres ontbreekt de postcode.",
    en="A registered address or an address of stay has no postcode.",
    right=("een postcode bij Soort 01 en 03", "a postcode with Soort 01 and 03"),
)  # fmt: skip
def postcode_of_home(message: Message) -> Iterator[Place]:
    # The source writes 1 and 3; the codes are 01 and 03. Without an Adres there is nothing to fill in: TR006 lets a
    # contact be a phone number alone.
    for contact in message.at("Contact"):
        address = contact.find("Adres")
        if address and contact.text("Soort") in (_REGISTERED, _STAY) and not filled(address, "Postcode"):
            yield address, "Postcode"


@in_message(
    "CS089", "301",
    nl="Dit is geen Nederlandse postcode.",
    en="This is no Dutch postcode.",
    right=("vier cijfers en twee hoofdletters, zonder spatie", "four digits and two capitals, without a space"),
)  # fmt: skip
def dutch_postcode(message: Message) -> Iterator[Place]:
    for address in message.at("Contact/Adres"):
        postcode = address.find_text("Postcode")
        if address.find_text("LandCode") == NETHERLANDS and postcode and not _POSTCODE.fullmatch(postcode):
            yield address, "Postcode"
