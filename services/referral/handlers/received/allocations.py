"""A 301 of a municipality that uses another system: what it allocated for a client, changed or took back.

The latest decision on a number counts, by Toewijzingsdatum and -tijd (IV013), whatever the order of receipt (OP080).
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contracts.events.referral import Channel, Referrer
from services.kit.working_days import AMSTERDAM
from services.referral.domain.allocation import Allocation
from services.referral.domain.person import OtherAddress, in_order
from services.referral.domain.reasons import ChangeReason
from services.referral.domain.referral import HORIZON, Referral
from services.referral.handlers import changes, decisions
from services.referral.handlers.received import naming
from services.referral.handlers.received.inbound import Inbound
from services.referral.handlers.received.judging import Verdict
from services.referral.handlers.received.knowing import Facts
from services.referral.handlers.received.requests import person_of
from services.referral.istandaarden import AllocatedProduct, Contact
from services.referral.istandaarden import Allocation as Told
from services.referral.istandaarden.codes import ADDRESS_KINDS, AddressKind
from services.referral.store import allocations, chain_requests, clients, queries, referrals
from services.referral.store.clients import Known
from services.referral.views import MessageView

_ADDRESSES = (AddressKind.REGISTERED, AddressKind.STAY, AddressKind.CORRESPONDENCE, AddressKind.TEMPORARY_STAY)
_TAKEN_BACK = frozenset({ChangeReason.REMOVED, ChangeReason.CORRECTION_WITHDRAWN})


async def process(inbound: Inbound) -> MessageView:
    """Take over every decision in the message that is later than what is known, and whom it names."""
    told, facts = await inbound.judged(Told.from_message)
    person = person_of(told.client).model_copy(update=_reached(told.contacts))
    known = await clients.admit(inbound.unit, inbound.context.vault, told.header.municipality, person)
    await clients.complete(inbound.unit, inbound.context.vault, known.client_id, person, every_address=True)
    await naming.take_over(inbound, told, known)
    touched: list[UUID] = []
    for product in told.products:
        journey = await _take_over(inbound, facts, _allocation(inbound, known, product))
        if journey is not None:
            touched.append(journey.referral_id)
    references = {product.reference for product in told.products if product.reference is not None}
    await chain_requests.granted(inbound.unit, facts.met.relation, references)
    return await inbound.keep(Verdict(), touched, known.client_id)


def _reached(contacts: tuple[Contact, ...]) -> dict[str, object]:
    """How to reach the client, as far as the vault keeps it: addresses in the Netherlands, phone and e-mail."""
    reached: dict[str, object] = {}
    found = [each for contact in contacts if (each := _address(contact)) is not None]
    if found:
        reached["address"], reached["other_addresses"] = in_order(reversed(found))
    for contact in sorted(contacts, key=lambda each: _ADDRESSES.index(each.kind)):
        if contact.phones:
            reached.setdefault("phone", contact.phones[0].number)
        if contact.email:
            reached.setdefault("email", contact.email)
    return reached


def _address(contact: Contact) -> OtherAddress | None:
    home = contact.address
    if not (home and home.postcode and home.house_number and home.country in (None, "NL")):
        return None
    return OtherAddress.model_construct(
        street=home.street,
        house_number=home.house_number,
        house_letter=home.house_letter,
        addition=home.addition,
        postcode=home.postcode,
        town=home.town,
        kind=ADDRESS_KINDS.code(contact.kind),
        valid_from=contact.valid_from,
        valid_until=contact.valid_until,
    )


def _allocation(inbound: Inbound, known: Known, product: AllocatedProduct) -> Allocation:
    removed = product.change_reason in _TAKEN_BACK and product.ends_on == product.starts_on
    extent = product.extent
    return Allocation(
        municipality=inbound.header.municipality,
        provider=inbound.header.provider,
        law=inbound.law,
        number=product.number,
        client_id=known.client_id,
        starts_on=product.starts_on,
        ends_on=product.ends_on,
        category=product.category,
        product_code=product.code,
        volume=extent.volume if extent else None,
        unit=extent.unit if extent else None,
        frequency=extent.frequency if extent else None,
        by_effort=bool(extent and extent.by_effort),
        budget_cents=product.budget_cents,
        decided_at=datetime.combine(product.decided_on, product.decided_at, AMSTERDAM),
        reason=product.change_reason.value if product.change_reason else None,
        reference=product.reference,
        removed=removed,
    )


async def _take_over(inbound: Inbound, facts: Facts, told: Allocation) -> Referral | None:
    before = facts.met.allocations.get(told.number)
    if before is None or (before.removed and told.decided_at > before.decided_at and not told.removed):
        return await _new(inbound, told)
    if told.decided_at < before.decided_at:
        return None
    if told.says_the_same(before):  # Confirmed: a decision in between that comes in later is passed over.
        await allocations.put(inbound.unit, [replace(before, decided_at=told.decided_at)])
        return None
    told = replace(told, referral_id=before.referral_id)
    journey = facts.met.journeys.get(before.referral_id) if before.referral_id else None
    if journey is None or journey.allocation_number != told.number:
        await decisions.decide_broadly(inbound.unit, told)
        return None
    if told.removed:
        return await changes.remove(inbound.context, inbound.unit, journey, told.decided_at)
    changed = journey.change(assignment=told.assignment or journey.assignment, ends_on=told.ends_on)
    await changes.record_change(inbound.context, inbound.unit, changed, told)
    return changed


async def _new(inbound: Inbound, told: Allocation) -> Referral | None:
    assignment = told.assignment
    if told.removed or assignment is None or not HORIZON[0] <= told.starts_on <= HORIZON[1]:
        await decisions.decide_broadly(inbound.unit, told)
        return None
    if told.reference is not None:
        row = await queries.lock_requested(
            inbound.unit.conn,
            municipality=told.municipality,
            provider=told.provider,
            law=told.law,
            reference=told.reference,
        )
        if row is not None:
            asked = referrals.from_row(row)
            return await decisions.grant_told(inbound.context, inbound.unit, asked, told, assignment)
    return await decisions.serve(
        inbound.context, inbound.unit, told, assignment, Referrer.MUNICIPALITY, Channel.MESSAGE
    )
