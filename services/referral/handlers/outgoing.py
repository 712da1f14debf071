"""What the municipality sends: allocations (301) and answers to requests (319), written, stored and told of."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from contracts.events.exchange import MessageWritten
from contracts.events.referral import Channel
from contracts.values import PartyId, municipality, provider
from services.kit.problems import FieldError, Invalid, Text
from services.kit.unit import Unit
from services.kit.working_days import AMSTERDAM, local_date
from services.referral.domain.allocation import Allocation, CareRelation
from services.referral.domain.named import Moment
from services.referral.domain.named import named as named_as
from services.referral.domain.person import Address as Place
from services.referral.domain.person import Individual, Person
from services.referral.domain.reasons import Answer, ChangeReason, RefusalReason
from services.referral.domain.referral import Referral
from services.referral.domain.relations import Relation as PersonAround
from services.referral.handlers import deadlines
from services.referral.handlers.context import Context
from services.referral.istandaarden import (
    Address,
    AllocatedProduct,
    ClientDetails,
    Contact,
    Extent,
    InvalidStructure,
    Message,
    MessageHeader,
    PersonName,
    Phone,
    Relation,
    Sentence,
    Standard,
    allocation_301,
    answer_319,
    read,
    retour,
)
from services.referral.istandaarden.codes import (
    ADDRESS_KINDS,
    BIRTH_DATE_USES,
    GENDERS,
    NAME_USAGES,
    RELATION_KINDS,
    STANDARDS,
    AddressKind,
    BirthDateUse,
    NameUsage,
)
from services.referral.istandaarden.rules import Violation, check_content
from services.referral.store import allocations, chain_requests, clients, named, queries, relations
from services.referral.store.chain_requests import Untold
from services.referral.store.clients import Dossier
from services.referral.store.messages import WRITTEN, StoredMessage, keep, next_identification

_KIND = {Standard.IJW: "JW", Standard.IWMO: "WMO"}


async def write_allocation(context: Context, unit: Unit, referral: Referral, reference: str | None) -> None:
    """A 301 to the provider with a new allocation. ``reference`` is of the request that it grants (TR379).

    Raises ``Invalid`` when the dossier lacks something that a 301 needs.
    """
    allocation = Allocation.of(referral, reference)
    await write_allocations(context, unit, CareRelation.of(referral), [allocation], referral.referral_id)


async def write_removal(context: Context, unit: Unit, referral: Referral) -> None:
    """A 301 that removes an allocation: its end becomes its beginning, reason 13 (OP033x1), decided now (IV013)."""
    if referral.channel is Channel.IMPORT and referral.offers == 1:
        return  # Another system sent the 301 of an imported allocation; ours would remove what nobody knows.
    allocation = Allocation.of(referral).taken_back(unit.now)
    await write_allocations(context, unit, CareRelation.of(referral), [allocation], referral.referral_id)


async def write_allocations(
    context: Context,
    unit: Unit,
    relation: CareRelation,
    decided: Sequence[Allocation],
    referral_id: UUID | None = None,
    change: str | None = None,
) -> None:
    """A 301 with what was ``decided`` and all else that runs for this client at this provider (OP087).

    ``change`` is the reference of the request for change that it grants: every product has it (IV093, TR379).
    Nothing about a client of whom no messages may be sent (OP003): the municipality arranges it with the provider.

    Left out is what would spoil the message for its receiver: what overlaps with what was decided, or came from another
    system without what the standard wants today. Raises ``Invalid`` when a decision itself would be rejected.
    """
    if relation.client_id is None:
        raise LookupError("an allocation is for somebody")
    dossier = await clients.dossier(unit, relation.client_id)
    around = await relations.around(unit, context.vault, dossier, relation.provider)
    if around.circumstances.silent and await relations.silent_still(unit, context.vault, dossier):
        return
    person = dossier.open(context.vault)
    require_complete(person)
    present = around.named_in(relation.law)
    details = [relation_details(number, each) for number, each in present]
    header = await _header(unit, relation)
    today, told = local_date(unit.now), {each.number for each in decided}
    known = await allocations.of_relation(unit, relation)
    others = [each for each in known.values() if each.number not in told and each.holds_on_or_after(today)]

    def written(products: Sequence[AllocatedProduct]) -> tuple[bytes, list[Violation]]:
        content = allocation_301(
            header, client_details(person), client_contacts(person, today), products, relations=details
        )
        return content, check_content(read(content))

    sent = [_product(replace(each, reference=change) if change else each) for each in decided]
    try:
        content, broken = written(sent)
    except InvalidStructure as error:
        raise unfit([(each.path, each.right) for each in error.findings]) from None
    if broken:
        raise unfit([(each.full_path, each.rule.right or each.rule.wrong) for each in broken])
    for other in others:
        product = _product(replace(other, reason=None, reference=change))
        try:
            longer, broken = written([*sent, product])
        except InvalidStructure:
            continue
        if not broken:
            content = longer
            sent.append(product)
    names = await clients.names(unit, relation.client_id)
    await clients.record_looks(unit, "send-allocation", [names.dossier])
    await _keep(context, unit, relation, header, "301", content, dossier, referral_id)
    contacts = [named_as(number, each, today) for number, each in present]
    moment = Moment(today, unit.now)
    await named.take_over(unit, context.vault, dossier, relation.provider, relation.law, moment, contacts)


async def write_answer(
    context: Context,
    unit: Unit,
    relation: CareRelation,
    reference: str,
    answer: Answer,
    reason: RefusalReason | None = None,
    responsible: str | None = None,
    referral_id: UUID | None = None,
) -> None:
    """A 319 on the request under ``reference``: rejected for a reason, or under investigation.

    Nothing about a client of whom no messages may be sent (OP003): the answer is kept until they may.
    """
    dossier = await clients.dossier(unit, relation.client_id) if relation.client_id else None
    if dossier is not None and await relations.silent(unit, context.vault, dossier):
        told = Untold(relation, reference, answer, reason, responsible, referral_id)
        await chain_requests.keep_untold(unit, told)
        return
    header = await _header(unit, relation)
    try:
        content = answer_319(header, reference, answer, reason, responsible)
    except InvalidStructure as error:
        raise unfit([(each.path, each.right) for each in error.findings]) from None
    await _keep(context, unit, relation, header, "319", content, dossier, referral_id)


def unfit(found: Iterable[tuple[str, Sentence]]) -> Invalid:
    """What stands in the way of a message that we would write, place by place; no value is repeated."""
    fields = [
        FieldError("", Text(f"{path}: {says.nl}", f"{path}: {says.en}"), "not-in-standard") for path, says in found
    ]
    return Invalid(
        Text(
            "Deze gegevens passen niet in een bericht van de standaard. Er is niets gewijzigd. Verbeter ze en probeer"
            " het opnieuw.",
            "These data do not fit a message of the standard. Nothing was changed. Correct them and try again.",
        ),
        code="not-in-standard",
        errors=fields,
    )


def require_complete(person: Person) -> None:
    """Raises ``Invalid`` naming what a 301 needs and the dossier lacks (iStandaarden 3.2; TR006 for the contact)."""
    missing = [
        FieldError(f"/person/{name}", Text(nl, en), "missing")
        for name, present, nl, en in (
            ("bsn", person.bsn, "Het BSN ontbreekt.", "The citizen number is missing."),
            ("lastName", person.last_name, "De achternaam ontbreekt.", "The surname is missing."),
            ("birthDate", person.birth_date, "De geboortedatum ontbreekt.", "The birth date is missing."),
            (
                "address",
                person.address or person.phone,
                "Een adres of telefoonnummer ontbreekt.",
                "An address or phone number is missing.",
            ),
        )
        if not present
    ]
    if missing:
        raise Invalid(
            Text(
                "Het dossier is niet volledig genoeg voor een toewijzing. Vul de gegevens aan bij het besluit.",
                "The dossier is not complete enough for an allocation. Add the data mentioned to the decision.",
            ),
            code="dossier-incomplete",
            errors=missing,
        )


def client_details(person: Person) -> ClientDetails:
    """A person as messages carry them; the dossier must be complete."""
    if person.bsn is None or person.last_name is None or person.birth_date is None:
        raise LookupError("the dossier is not complete")
    return ClientDetails(
        bsn=person.bsn,
        name=_name(person),
        birth_date=person.birth_date,
        gender=GENDERS.member(person.gender),
        birth_date_use=_birth_date_use(person),
    )


def relation_details(number: int, relation: PersonAround) -> Relation:
    """Somebody around a client as a 301 names them. An organisation is no natural person and has its own name only
    (IV045); of a person no more than contact or authority needs."""
    return Relation(
        number=str(number),
        kind=RELATION_KINDS.code(relation.kind),
        name=PersonName(relation.organisation, usage=NameUsage.ORGANISATION)
        if relation.organisation
        else _name(relation),
        contact=contact(relation),
        order=relation.order,
        birth_date=relation.birth_date,
        birth_date_use=_birth_date_use(relation),
        gender=None if relation.organisation else GENDERS.member(relation.gender),
    )


def _name(someone: Individual) -> PersonName:
    """A name in full; without a partner's name nobody is called by another than their own (CS050)."""
    return PersonName(
        someone.last_name or "",
        someone.prefix,
        someone.first_names,
        someone.initials,
        partner_last_name=someone.partner_last_name,
        partner_prefix=someone.partner_prefix,
        usage=NAME_USAGES.member(someone.name_usage) if someone.name_usage and someone.partner_last_name else None,
    )


def _birth_date_use(someone: Individual) -> BirthDateUse | None:
    return BIRTH_DATE_USES.member(someone.unknown_birth_part) if someone.unknown_birth_part else None


def contact(person: Person | PersonAround) -> Contact:
    """How to reach somebody, as messages carry it."""
    home = person.address
    kind, address = (_kind(home), _address(home)) if home else (AddressKind.REGISTERED, None)
    phones = (Phone(person.phone),) if person.phone else ()
    return Contact(kind, address=address, phones=phones, email=person.email)


def client_contacts(person: Person, today: date) -> list[Contact]:
    """How to reach a client: first where they live (IV047), then their other addresses that are not over."""
    others = [
        Contact(_kind(each), address=_address(each), valid_from=each.valid_from, valid_until=each.valid_until)
        for each in person.other_addresses
        if each.holds_on_or_after(today)
    ]
    return [contact(person), *others]


def _kind(home: Place) -> AddressKind:
    return ADDRESS_KINDS.member(home.kind) if home.kind else AddressKind.REGISTERED


def _address(home: Place) -> Address:
    return Address(
        house_number=home.house_number,
        house_letter=home.house_letter,
        addition=home.addition,
        postcode=home.postcode,
        street=home.street,
        town=home.town,
    )


def _product(allocation: Allocation) -> AllocatedProduct:
    decided = allocation.decided_at.astimezone(AMSTERDAM)
    extent = None
    if allocation.volume is not None and allocation.unit is not None and allocation.frequency is not None:
        extent = Extent(allocation.volume, allocation.unit, allocation.frequency, allocation.by_effort)
    return AllocatedProduct(
        number=allocation.number,
        decided_on=decided.date(),
        decided_at=decided.time(),
        starts_on=allocation.starts_on,
        reference=allocation.reference,
        category=allocation.category,
        code=allocation.product_code,
        ends_on=allocation.ends_on,
        change_reason=ChangeReason(allocation.reason) if allocation.reason else None,
        extent=extent,
        budget_cents=allocation.budget_cents,
    )


async def _header(unit: Unit, relation: CareRelation) -> MessageHeader:
    return MessageHeader(
        standard=STANDARDS[relation.law],
        municipality=relation.municipality,
        provider=relation.provider,
        identification=await next_identification(unit),
        dated=local_date(unit.now),
    )


async def _keep(
    context: Context,
    unit: Unit,
    relation: CareRelation,
    header: MessageHeader,
    number: str,
    content: bytes,
    dossier: Dossier | None,
    referral_id: UUID | None,
) -> None:
    """Keep a 301 or 319. Its receiver confirms it: with software of its own before a term, else Samenspel does it."""
    sender, receiver = municipality(relation.municipality), provider(relation.provider)
    own_retours = await queries.sends_own_retours(unit.conn, party=receiver)
    message = outbound(
        context,
        unit,
        kind=_KIND[header.standard] + number,
        sender=sender,
        receiver=receiver,
        identification=header.identification,
        dated=header.dated,
        content=content,
        client=dossier,
        referral_id=referral_id,
        receipt_due=context.terms.receipt_due(unit.now) if own_retours else None,
    )
    await send(context, unit, message)
    if own_retours:
        await deadlines.promise_receipt(unit, message.message_id, receiver, context.terms.receipt_due(unit.now))
    else:
        await confirm(context, unit, read(content), message.message_id, sender, receiver, dossier)


async def confirm(
    context: Context,
    unit: Unit,
    message: Message,
    message_id: UUID,
    sender: PartyId,
    receiver: PartyId,
    client: Dossier | None,
) -> None:
    """The retour that says that ``receiver`` took ``message``, which was checked before it was written."""
    kind = message.description.retour
    if kind is None:
        return
    identification, dated = await next_identification(unit), local_date(unit.now)
    answer = outbound(
        context,
        unit,
        kind=kind,
        sender=receiver,
        receiver=sender,
        identification=identification,
        dated=dated,
        content=retour(message, identification=identification, dated=dated),
        client=client,
        answers=message_id,
    )
    await send(context, unit, answer)


async def send(context: Context, unit: Unit, message: StoredMessage) -> None:
    """Keep a message that we wrote, and tell that it stands ready for its receiver."""
    await keep(unit, context.vault, message)
    tell_sent(unit, message)


def outbound(
    context: Context,
    unit: Unit,
    *,
    kind: str,
    sender: PartyId,
    receiver: PartyId,
    identification: str,
    dated: date,
    content: bytes,
    client: Dossier | None,
    referral_id: UUID | None = None,
    answers: UUID | None = None,
    receipt_due: datetime | None = None,
) -> StoredMessage:
    """A message that we wrote, to be kept."""
    return StoredMessage(
        message_id=unit.new_id(),
        direction=WRITTEN,
        kind=kind,
        sender=sender,
        receiver=receiver,
        content=content,
        mark=context.vault.mark(content),
        identification=identification,
        dated=dated,
        answers=answers,
        referral_ids=(referral_id,) if referral_id else (),
        receipt_due=receipt_due,
        client=client,
    )


def tell_sent(unit: Unit, message: StoredMessage) -> None:
    """Tell that a message that we wrote stands ready for its receiver."""
    kind, receiver = message.kind, message.receiver
    assert kind is not None and receiver is not None  # noqa: S101, PT018 - we wrote it
    unit.emit(
        message.message_id,
        MessageWritten(
            message_id=message.message_id,
            kind=kind,
            sender=message.sender,
            receiver=receiver,
            referral_id=message.referral_ids[0] if message.referral_ids else None,
            written_at=unit.now,
            receipt_due=message.receipt_due,
        ),
        audience=(message.sender, receiver),
    )
