"""Whom a 301 of another system names around a client: taken over as the provider needs it to reach them."""

from collections.abc import Iterator
from datetime import date, datetime

from services.kit.working_days import AMSTERDAM
from services.referral.domain.named import Moment, Named
from services.referral.domain.person import Person
from services.referral.handlers.received.inbound import Inbound
from services.referral.istandaarden import Allocation as Told
from services.referral.istandaarden import Phone, Relation
from services.referral.istandaarden.codes import NAME_USAGES, RELATION_KINDS
from services.referral.istandaarden.persons import NETHERLANDS, Address, PersonName
from services.referral.store import clients, named
from services.referral.store.clients import Known


async def take_over(inbound: Inbound, told: Told, known: Known) -> None:
    """Keep whom the message names, unless a later one said otherwise of them."""
    decided = max(datetime.combine(each.decided_on, each.decided_at, AMSTERDAM) for each in told.products)
    await named.take_over(
        inbound.unit,
        inbound.context.vault,
        await clients.dossier(inbound.unit, known.client_id),
        told.header.provider,
        inbound.law,
        Moment(told.header.dated, decided),
        [_named(each, told.header.dated) for each in told.relations],
    )


def _named(relation: Relation, told_on: date) -> Named:
    contact = relation.contact
    street, town = _lines(contact.address)
    return Named(
        number=relation.number,
        kind=RELATION_KINDS.member(relation.kind),
        told_on=told_on,
        order=relation.order,
        name=_name(relation.name),
        phones=tuple(map(_dialled, contact.phones)),
        email=contact.email,
        street=" ".join(filter(None, (contact.organisation, street))) or None,
        town=town,
    )


def _name(name: PersonName) -> str:
    """What they are called, under the surname they go by (IV007); an organisation has that name alone (IV045)."""
    return Person.model_construct(
        last_name=name.last_name,
        prefix=name.prefix,
        initials=name.initials,
        first_names=name.first_names,
        partner_last_name=name.partner_last_name,
        partner_prefix=name.partner_prefix,
        name_usage=NAME_USAGES.code(name.usage) if name.usage else None,
    ).display_name


def _dialled(phone: Phone) -> str:
    return phone.number if phone.country == NETHERLANDS else f"+{phone.country.removeprefix('00')} {phone.number}"


def _lines(address: Address | None) -> tuple[str | None, str | None]:
    if address is None:
        return None, None
    house = "".join(_house(address))
    abroad = address.country if address.country not in (None, "NL") else None
    street = " ".join(filter(None, (address.street, house)))
    return street or None, " ".join(filter(None, (address.postcode, address.town, abroad))) or None


def _house(address: Address) -> Iterator[str]:
    if address.house_number is not None:
        yield f"{address.house_number}{address.house_letter or ''}"
        if address.addition:
            yield f"-{address.addition}"
