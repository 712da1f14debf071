"""What is known here that a message is judged against (levels 3 and 4), out of the database in one query.

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
from services.referral.domain.journey import Status
from services.referral.domain.reasons import Answer
from services.referral.domain.referral import Referral
from services.referral.handlers.context import Context
from services.referral.istandaarden import Extent, Message, Standard
from services.referral.istandaarden.codes import ANSWERS, LAWS, STOP_REASONS
from services.referral.istandaarden.rules.known import Known, KnownAllocation, KnownRequest, Reported
from services.referral.store.chain_requests import ChainRequest
from services.referral.store.meeting import Met, meet_client

_REFERENCED = {"301": "ToegewezenProduct", "315": "AangevraagdProduct", "317": "Verzoek", "319": "Antwoord"}
"""The class with the reference of the provider, per message that has one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """``known`` for the rules, what it was ``met`` in, and the requests by reference, for what follows."""

    known: Known
    met: Met
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
    met = await meet_client(
        unit,
        context.vault,
        CareRelation(message.municipality, message.provider, LAWS[message.standard], None),
        bsn,
        references=_references(message),
        numbers=_numbers(message),
        products=sorted({product.find_text("Code") or "" for product in message.every("Product")} - {""}),
    )
    client_id = met.relation.client_id
    # Of somebody unknown a 317 says no more than that (TR304): its allocations cannot be looked up.
    about_client = bsn is not None and (client_id is not None or message.number != "317")
    known = replace(
        known_of_header(unit, message, seen_before=seen_before),
        products=met.categories,
        bsns=frozenset({bsn} if bsn is not None and client_id is not None else ()) if message.number == "317" else None,
        allocations=_allocations(met.allocations, met.claimed) if about_client else None,
        other_numbers=met.of_others,
        reports=tuple(_reports(message, [each for _, each in met.deliveries])) if about_client else None,
        requests=(*(_request(each, client_id) for each in met.requested), *_by_form(met.journeys.values()))
        if message.number in _REFERENCED
        else None,
    )
    return Facts(known, met, {each.reference: each for each in met.requested})


def _references(message: Message) -> list[str] | None:
    if message.number not in _REFERENCED:
        return None
    found = (place.find_text("ReferentieAanbieder") for place in message.every(_REFERENCED[message.number]))
    return [reference for reference in found if reference is not None]


def _numbers(message: Message) -> list[int] | None:
    """The numbers that a 301 gives."""
    if message.number != "301":
        return None
    return [each.number("ToewijzingNummer") for each in message.every("ToegewezenProduct")]


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


def _by_form(journeys: Iterable[Referral]) -> Iterable[KnownRequest]:
    """What was asked by form without a reference, and awaits its decision (OP350)."""
    for each in journeys:
        if each.status is Status.REQUESTED and each.request_reference is None:
            yield KnownRequest("", asks=_allocation(Allocation.asked(each), False))


def _request(request: ChainRequest, client_id: UUID | None) -> KnownRequest:
    return KnownRequest(
        request.reference,
        change=request.change,
        of_client=client_id is not None and request.relation.client_id == client_id,
        answers=tuple(ANSWERS.code(Answer(answer)) for answer in request.answers),
        granted=request.granted_at is not None,
    )
