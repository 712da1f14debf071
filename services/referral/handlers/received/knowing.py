"""What is known here that a message is judged against (levels 3 and 4), out of the database in a few queries.

Both sides are judged against what they told each other: the allocations, requests and reports between this client, this
provider and this municipality. Row-level security holds: whoever sends a message is judged against what it may see, and
that is all it shares with the receiver. The CBS list of municipalities is not kept here, so it is not assessed (TR378).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.domain.allocation import Allocation, CareRelation
from services.referral.domain.deliveries import Delivery
from services.referral.domain.reasons import Answer
from services.referral.domain.referral import Referral
from services.referral.handlers.context import Context
from services.referral.istandaarden import Extent, Message, Standard
from services.referral.istandaarden.codes import ANSWERS, LAWS, STOP_REASONS
from services.referral.istandaarden.rules.known import Known, KnownAllocation, KnownRequest, Reported
from services.referral.store import allocations, chain_requests, deliveries, queries, referrals
from services.referral.store.chain_requests import ChainRequest

_REFERENCED = {"301": "ToegewezenProduct", "315": "AangevraagdProduct", "317": "Verzoek", "319": "Antwoord"}
"""The class with the reference of the provider, per message that has one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """``known`` for the rules, and what it was made of, for what follows. Journeys and allocations are locked."""

    known: Known
    relation: CareRelation
    journeys: Mapping[UUID, Referral]
    allocations: Mapping[int, Allocation]
    deliveries: tuple[tuple[UUID, Delivery], ...]
    requests: Mapping[str, ChainRequest]


def known_of_header(unit: Unit, message: Message, *, seen_before: bool) -> Known:
    """What the header of any message is judged against.

    ``seen_before`` tells that its sender used its identification before for this kind of message.
    """
    identifications = frozenset({message.identification} if seen_before else ())
    return Known(today=local_date(unit.now), identifications=identifications)


async def find_facts(context: Context, unit: Unit, message: Message, *, seen_before: bool) -> Facts:
    """What a message touches that has a retour and is right at levels 1 and 2."""
    client = message.first("Client")
    bsn = client.text("Bsn") if client is not None else None
    client_id = await _client(context, unit, message, bsn) if bsn is not None else None
    relation = CareRelation(message.municipality, message.provider, LAWS[message.standard], client_id)
    # Two messages about one client at one provider come one after the other.
    await queries.wait_in_line_for(unit.conn, line="/".join(map(str, relation)))
    # Journeys before allocations, as every act on a journey does: nobody waits for each other in a circle.
    journeys = await referrals.of_relation(unit, relation) if client_id is not None else {}
    allocated = await allocations.of_relation(unit, relation) if client_id is not None else {}
    reported = await deliveries.of_relation(unit, relation) if client_id is not None else []
    references = _references(message)
    requested = await chain_requests.known(unit, relation, references) if message.number in _REFERENCED else []
    claimed = await allocations.claimed(unit, relation, allocated) if message.number == "301" else frozenset()
    # Of somebody unknown a 317 says no more than that (TR304): its allocations cannot be looked up.
    about_client = bsn is not None and (client_id is not None or message.number != "317")
    known = replace(
        known_of_header(unit, message, seen_before=seen_before),
        products=await _products(unit, message),
        bsns=frozenset({bsn} if bsn is not None and client_id is not None else ()) if message.number == "317" else None,
        allocations=_allocations(allocated, claimed) if about_client else None,
        other_numbers=await _others(unit, message, relation),
        reports=tuple(_reports(message, [each for _, each in reported])) if about_client else None,
        requests=tuple(_request(each, client_id) for each in requested) if message.number in _REFERENCED else None,
    )
    by_reference = {each.reference: each for each in requested}
    return Facts(known, relation, journeys, allocated, tuple(reported), by_reference)


async def _client(context: Context, unit: Unit, message: Message, bsn: str) -> UUID | None:
    """The vault's identifier of the client of the message, if the municipality knows them."""
    index = context.vault.index(message.municipality, "bsn", bsn)
    found: UUID | None = await queries.find_client(
        unit.conn, municipality=message.municipality, bsn_index=index, reference_index=None
    )
    return found


def _references(message: Message) -> list[str]:
    places = message.every(_REFERENCED[message.number]) if message.number in _REFERENCED else []
    found = (place.find_text("ReferentieAanbieder") for place in places)
    return [reference for reference in found if reference is not None]


async def _others(unit: Unit, message: Message, relation: CareRelation) -> frozenset[int]:
    if message.number != "301":
        return frozenset()
    numbers = [each.number("ToewijzingNummer") for each in message.every("ToegewezenProduct")]
    return await allocations.numbers_of_others(unit, relation, numbers)


def _allocations(allocated: Mapping[int, Allocation], claimed: Collection[int]) -> tuple[KnownAllocation, ...]:
    return tuple(_allocation(each, number in claimed) for number, each in allocated.items())


def _allocation(allocation: Allocation, claimed: bool) -> KnownAllocation:
    extent = None
    if allocation.volume is not None and allocation.unit is not None and allocation.frequency is not None:
        extent = Extent(allocation.volume, allocation.unit, allocation.frequency, allocation.by_effort)
    return KnownAllocation(
        number=allocation.number,
        starts_on=allocation.starts_on,
        ends_on=allocation.ends_on,
        category=allocation.category,
        code=allocation.product_code,
        extent=extent,
        budget_cents=allocation.budget_cents,
        removed=allocation.removed,
        claimed=claimed,
    )


def _reports(message: Message, reported: Iterable[Delivery]) -> Iterable[Reported]:
    """What was reported, by its key. A line that does not name the product is compared with a report that did."""
    lines = [*message.every("StartProduct"), *message.every("StopProduct")]
    unnamed = {line.find_number("ToewijzingNummer") for line in lines if line.find("Product") is None}
    for each in reported:
        named = each.number is None or each.number not in unnamed
        yield Reported(
            each.number,
            each.category if named else None,
            each.product_code if named else None,
            each.starts_on,
            _reason(message.standard, each),
            each.ends_on,
        )


def _reason(standard: Standard, delivery: Delivery) -> str | None:
    return STOP_REASONS[standard].code(delivery.reason) if delivery.reason is not None else None


def _request(request: ChainRequest, client_id: UUID | None) -> KnownRequest:
    return KnownRequest(
        request.reference,
        change=request.change,
        of_client=client_id is not None and request.relation.client_id == client_id,
        answers=tuple(ANSWERS.code(Answer(answer)) for answer in request.answers),
        granted=request.granted_at is not None,
    )


async def _products(unit: Unit, message: Message) -> dict[str, frozenset[str]]:
    codes = {product.find_text("Code") for product in message.every("Product")} - {None}
    if not codes:
        return {}
    rows = queries.categories_of_products(
        unit.conn, municipality=message.municipality, product_codes=sorted(code for code in codes if code)
    )
    return {row["product_code"]: frozenset(row["categories"]) async for row in rows}
