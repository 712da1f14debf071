"""What another system told of a person stays in the vault, and our own 301 says it again."""

from dataclasses import replace
from datetime import date, time
from uuid import UUID

import pytest

from services.referral.domain.identity import fictional_bsn
from services.referral.domain.person import Person
from services.referral.istandaarden import (
    Address,
    AllocatedProduct,
    Allocation,
    ClientDetails,
    Contact,
    MessageHeader,
    PersonName,
    Phone,
    Standard,
    allocation_301,
    read,
)
from services.referral.istandaarden.codes import AddressKind, BirthDateUse, Gender, NameUsage
from tests.integration.referral.referral_world import ADMINISTRATOR, HEUMEN, REIGER, WORKER, World, new_vault, person

NAME = PersonName(
    "Wolkenveld",
    "van",
    initials="JT",
    partner_last_name="Maanlicht",
    partner_prefix="de",
    usage=NameUsage.PARTNER_OWN,
)
CLIENT = ClientDetails(fictional_bsn(0), NAME, date(1998, 3, 1), Gender.FEMALE, BirthDateUse.DAY_UNKNOWN)
KNOWN = {"bsn": fictional_bsn(0).digits}
HOME = Address(17, postcode="6581AB", street="Zonnedauwlaan", country="NL")
ELSEWHERE = Address(3, postcode="6581AC", street="Lisdoddepad", country="NL")


def a_301(*contacts: Contact, identification: str = "T1") -> bytes:
    header = MessageHeader(Standard.IJW, HEUMEN, REIGER, identification, date(2026, 8, 14))
    product = AllocatedProduct(
        700_001, date(2026, 8, 13), time(9), date(2026, 1, 1), category="54", ends_on=date(2026, 12, 31)
    )
    return allocation_301(header, CLIENT, contacts, [replace(product, budget_cents=100_000)])


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (AddressKind.REGISTERED, AddressKind.REGISTERED),
        (AddressKind.STAY, AddressKind.STAY),
        (AddressKind.CORRESPONDENCE, AddressKind.CORRESPONDENCE),
        (AddressKind.TEMPORARY_STAY, AddressKind.STAY),
    ],
)
async def test_our_301_repeats_what_another_system_told_of_the_person(
    world: World, told: AddressKind, kind: AddressKind
) -> None:
    # One contact per kind; a temporary one is not enough by itself.
    other = AddressKind.CORRESPONDENCE if told is AddressKind.REGISTERED else AddressKind.REGISTERED
    phone = Contact(other, phones=(Phone("0241234567"),))
    assert (await world.send(WORKER, a_301(Contact(told, address=HOME), phone)))["accepted"]
    await world.granted(person=KNOWN)
    sent = await _written(world)
    assert (sent.client.name, sent.client.birth_date) == (NAME, CLIENT.birth_date)
    assert sent.client.birth_date_use is BirthDateUse.DAY_UNKNOWN
    [contact] = sent.contacts
    assert (contact.kind, contact.address, contact.phones) == (kind, HOME, phone.phones)


async def test_every_address_is_sent_on_and_the_registered_one_goes_first(world: World) -> None:
    contacts = [Contact(AddressKind.STAY, address=ELSEWHERE), Contact(address=HOME)]
    assert (await world.send(WORKER, a_301(*contacts)))["accepted"]
    await world.granted(person=KNOWN)
    sent = (await _written(world)).contacts
    assert [(each.kind, each.address) for each in sent] == [
        (AddressKind.REGISTERED, HOME),
        (AddressKind.STAY, ELSEWHERE),
    ]


async def test_an_address_that_another_system_names_no_more_is_gone(world: World) -> None:
    stay = Contact(AddressKind.STAY, address=ELSEWHERE)
    assert (await world.send(WORKER, a_301(Contact(address=HOME), stay)))["accepted"]
    assert (await world.send(WORKER, a_301(Contact(address=HOME), identification="A2")))["accepted"]
    await world.granted(person=KNOWN)
    assert [each.kind for each in (await _written(world)).contacts] == [AddressKind.REGISTERED]


async def test_our_301_fills_in_what_is_unknown_of_a_birth_date_and_names_a_partner(world: World) -> None:
    # Who asks over the API may give a whole date all the same: what is said to be unknown of it counts for nothing.
    known = {"birthDate": "2012-03-04", "unknownBirthPart": "2", "partnerLastName": "Maanlicht", "nameUsage": "4"}
    await world.granted(person=person(0, **known))
    sent = await _written(world)
    assert (sent.client.birth_date, sent.client.birth_date_use) == (
        date(2012, 1, 1),
        BirthDateUse.DAY_AND_MONTH_UNKNOWN,
    )
    assert (sent.client.name.partner_last_name, sent.client.name.usage) == ("Maanlicht", NameUsage.OWN_PARTNER)


def test_a_dossier_that_was_sealed_before_still_opens() -> None:
    vault, owner = new_vault(), UUID(int=1)
    key = vault.new_key(owner)
    before = b'{"bsn":"%s","lastName":"Wolkenveld","address":{"houseNumber":17,"postcode":"6581AB"}}'
    for names in (before, before.replace(b"lastName", b"last_name").replace(b"houseNumber", b"house_number")):
        sealed = vault.seal(names % fictional_bsn(0).digits.encode(), key, owner)
        opened = vault.open_person(sealed, key, owner)
        assert opened == Person.model_validate(
            {"bsn": fictional_bsn(0), "lastName": "Wolkenveld", "address": {"houseNumber": 17, "postcode": "6581AB"}}
        )
        assert (opened.unknown_birth_part, opened.name_usage, opened.address and opened.address.kind) == (
            None,
            None,
            None,
        )


async def _written(world: World) -> Allocation:
    """The 301 that we wrote."""
    [message] = (await world.get(ADMINISTRATOR, "/messages", kind="JW301", direction="written"))["items"]
    found = await world.call(ADMINISTRATOR, "GET", f"/messages/{message['messageId']}/content")
    return Allocation.from_message(read(found.content))
