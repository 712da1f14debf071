"""People as the messages carry them: name, address, contact, relation, client.

Everything here is personal data; no ``repr`` shows any of it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.referral.domain.identity import Bsn
from services.referral.istandaarden.codes import (
    ADDRESS_KINDS,
    BIRTH_DATE_USES,
    GENDERS,
    NAME_USAGES,
    AddressKind,
    BirthDateUse,
    Gender,
    NameUsage,
)
from services.referral.istandaarden.nodes import Content, Node
from services.referral.istandaarden.sentences import UnusableValue

STREET_LENGTH = 24
NETHERLANDS = "0031"


@dataclass(frozen=True, slots=True, repr=False)
class PersonName:
    """A name. ``usage`` and the partner's name exist in a 301 only."""

    last_name: str
    prefix: str | None = None
    first_names: str | None = None
    initials: str | None = None
    partner_last_name: str | None = None
    partner_prefix: str | None = None
    usage: NameUsage | None = None

    @classmethod
    def from_node(cls, node: Node) -> "PersonName":
        full = "NaamGebruik" in node.group.by_name
        return cls(
            last_name=node.text("Geslachtsnaam/Achternaam"),
            prefix=node.find_text("Geslachtsnaam/Voorvoegsel"),
            first_names=node.find_text("Voornamen"),
            initials=node.find_text("Voorletters"),
            partner_last_name=node.find_text("Partnernaam/Achternaam") if full else None,
            partner_prefix=node.find_text("Partnernaam/Voorvoegsel") if full else None,
            usage=NAME_USAGES.member(node.text("NaamGebruik")) if full else None,
        )

    def content(self, *, full: bool) -> Content:
        """As VolledigeNaam (``full``) or VerkorteNaam. Without a usage the full name says: own name."""
        content: Content = {
            "Geslachtsnaam": {"Achternaam": self.last_name, "Voorvoegsel": self.prefix},
            "Voornamen": self.first_names,
            "Voorletters": self.initials,
        }
        if full:
            content["NaamGebruik"] = NAME_USAGES.code(self.usage or NameUsage.OWN)
            if self.partner_last_name:
                content["Partnernaam"] = {"Achternaam": self.partner_last_name, "Voorvoegsel": self.partner_prefix}
        return content


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """An address. ``designation`` is NUM061: AB aboard, BY near, TO opposite, WW caravan; ``country`` COD032."""

    house_number: int | None = None
    house_letter: str | None = None
    addition: str | None = None
    designation: str | None = None
    postcode: str | None = None
    street: str | None = None
    town: str | None = None
    country: str | None = None

    @classmethod
    def from_node(cls, node: Node) -> "Address":
        return cls(
            house_number=node.find_number("Huis/Huisnummer"),
            house_letter=node.find_text("Huis/Huisletter"),
            addition=node.find_text("Huis/HuisnummerToevoeging"),
            designation=node.find_text("Huis/AanduidingWoonadres"),
            postcode=node.find_text("Postcode"),
            street=node.find_text("Straatnaam"),
            town=node.find_text("Plaatsnaam"),
            country=node.find_text("LandCode"),
        )

    def content(self) -> Content:
        """A street longer than the 24 characters there are is cut off: postcode and house number identify. LandCode
        goes with Postcode and only with it (CD005); without one it is the Netherlands."""
        house: Content | None = None
        if self.house_number is not None:
            house = {
                "Huisnummer": self.house_number,
                "Huisletter": self.house_letter,
                "HuisnummerToevoeging": self.addition,
                "AanduidingWoonadres": self.designation,
            }
        return {
            "Huis": house,
            "Postcode": self.postcode,
            "Straatnaam": self.street[:STREET_LENGTH].rstrip() if self.street else None,
            "Plaatsnaam": self.town,
            "LandCode": (self.country or "NL") if self.postcode else None,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """A phone number and, separately, the country as dialled from the Netherlands."""

    number: str
    country: str = NETHERLANDS

    @classmethod
    def from_node(cls, node: Node) -> "Phone":
        return cls(node.text("Telefoonnummer"), node.text("Landnummer"))

    def content(self) -> Content:
        return {"Telefoonnummer": self.number, "Landnummer": self.country}


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """How to reach somebody. At most two phones. TR006: an address with number and postcode, or a phone."""

    kind: AddressKind = AddressKind.REGISTERED
    address: Address | None = None
    organisation: str | None = None
    phones: tuple[Phone, ...] = ()
    email: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    @classmethod
    def from_node(cls, node: Node) -> "Contact":
        address, phones = node.find("Adres"), node.find("Telefoon")
        return cls(
            kind=ADDRESS_KINDS.member(node.text("Soort")),
            address=Address.from_node(address) if address else None,
            organisation=node.find_text("Organisatie"),
            phones=tuple(map(Phone.from_node, phones.children())) if phones else (),
            email=node.find_text("Emailadres"),
            valid_from=node.find_date("Periode/Begindatum"),
            valid_until=node.find_date("Periode/Einddatum"),
        )

    def content(self) -> Content:
        phones = {f"Telefoon{n:02}": phone.content() for n, phone in enumerate(self.phones, start=1)}
        period = {"Begindatum": self.valid_from, "Einddatum": self.valid_until}
        return {
            "Soort": ADDRESS_KINDS.code(self.kind),
            "Adres": self.address.content() if self.address else None,
            "Organisatie": self.organisation,
            "Telefoon": phones or None,
            "Emailadres": self.email,
            "Periode": period if any(period.values()) else None,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Relation:
    """Somebody around the client. ``number`` is unique per municipality and client; ``kind`` is COD472."""

    number: str
    kind: str
    name: PersonName
    contact: Contact
    order: int | None = None
    birth_date: date | None = None
    birth_date_use: BirthDateUse | None = None
    gender: Gender | None = None

    @classmethod
    def from_node(cls, node: Node) -> "Relation":
        gender = node.find_text("Geslacht")
        return cls(
            number=node.text("Nummer"),
            kind=node.text("Soort"),
            name=PersonName.from_node(node.one("Naam")),
            contact=Contact.from_node(node.one("Contact")),
            order=node.find_number("Volgorde"),
            birth_date=node.find_date("Geboortedatum/Datum"),
            birth_date_use=_use(node),
            gender=GENDERS.member(gender) if gender else None,
        )

    def content(self) -> Content:
        return {
            "Nummer": self.number,
            "Volgorde": self.order,
            "Soort": self.kind,
            "Geboortedatum": birth_content(self.birth_date, self.birth_date_use) if self.birth_date else None,
            "Geslacht": GENDERS.code(self.gender) if self.gender is not None else None,
            "Naam": self.name.content(full=True),
            "Contact": self.contact.content(),
        }


@dataclass(frozen=True, slots=True, repr=False)
class ClientDetails:
    """Who the message is about. ``birth_date_use`` says which part of the birth date is unknown."""

    bsn: Bsn
    name: PersonName
    birth_date: date
    gender: Gender = Gender.UNKNOWN
    birth_date_use: BirthDateUse | None = None

    @classmethod
    def from_node(cls, node: Node) -> "ClientDetails":
        """``UnusableValue`` when the BSN fails the 11-test, which level 1 does not check."""
        return cls(
            bsn=bsn_of(node),
            name=PersonName.from_node(node.one("Naam")),
            birth_date=node.date("Geboortedatum/Datum"),
            gender=GENDERS.member(node.text("Geslacht")),
            birth_date_use=_use(node),
        )

    def content(self, *, full_name: bool) -> Content:
        return {
            "Bsn": self.bsn.digits,
            "Geboortedatum": birth_content(self.birth_date, self.birth_date_use),
            "Geslacht": GENDERS.code(self.gender),
            "Naam": self.name.content(full=full_name),
        }


def bsn_of(client: Node) -> Bsn:
    """The BSN of a Client; ``UnusableValue`` when it fails the 11-test."""
    try:
        return Bsn(client.text("Bsn"))
    except ValueError:
        raise UnusableValue(
            f"{client.path}/Bsn", "Het BSN voldoet niet aan de 11-proef.", "The BSN fails the 11-test.", rule="CS002"
        ) from None


def birth_content(birth_date: date, use: BirthDateUse | None) -> dict[str, Any]:
    return {"Datum": birth_date, "DatumGebruik": BIRTH_DATE_USES.code(use) if use else None}


def _use(node: Node) -> BirthDateUse | None:
    code = node.find_text("Geboortedatum/DatumGebruik")
    return BIRTH_DATE_USES.member(code) if code else None
