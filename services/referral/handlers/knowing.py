"""What is known here that a message is judged against (levels 3 and 4), out of the database in a few queries.

Row-level security holds: whoever sends a message is judged against what it may see, and that is all it shares with the
receiver. What is not kept here is not assessed: the CBS list of municipalities; for a 301 or 319, what the provider
asked and was allocated outside this platform; for a 317, which allocations it must name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.domain.journey import Status
from services.referral.domain.referral import Referral
from services.referral.handlers.context import Context
from services.referral.istandaarden import Extent, Message, Standard
from services.referral.istandaarden.codes import LAWS, STOP_REASONS
from services.referral.istandaarden.rules.known import REJECTED, Known, KnownAllocation, KnownRequest, Reported
from services.referral.store import queries, referrals

_NOT_ALLOCATED = (Status.REQUESTED, Status.REFUSED, Status.DECLINED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Facts:
    """``known`` for the rules; ``client_id`` and the ``journeys`` by allocation number, locked, for what follows."""

    known: Known
    client_id: UUID | None
    journeys: Mapping[int, Referral]


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
    reports_care = message.number in ("305", "307")
    journeys = await _journeys(unit, message, client_id) if reports_care else {}
    known = replace(
        known_of_header(unit, message, seen_before=seen_before),
        products=await _products(unit, message),
        bsns=frozenset({bsn} if bsn is not None and client_id is not None else ()) if message.number == "317" else None,
        allocations=tuple(_allocation(*each) for each in journeys.items()) if reports_care else None,
        reports=_reports(message, journeys) if reports_care else None,
        requests=await _requests(unit, message, client_id) if message.number in ("315", "317") else None,
    )
    return Facts(known, client_id, journeys)


async def _client(context: Context, unit: Unit, message: Message, bsn: str) -> UUID | None:
    """The vault's identifier of the client of the message, if the municipality knows them."""
    index = context.vault.index(message.municipality, "bsn", bsn)
    found: UUID | None = await queries.find_client(
        unit.conn, municipality=message.municipality, bsn_index=index, reference_index=None
    )
    return found


async def _journeys(unit: Unit, message: Message, client_id: UUID | None) -> dict[int, Referral]:
    if client_id is None:
        return {}
    rows = queries.lock_allocated(
        unit.conn,
        client_id=client_id,
        municipality=message.municipality,
        provider=message.provider,
        law=LAWS[message.standard],
        not_allocated=list(_NOT_ALLOCATED),
    )
    found = [referrals.from_row(row) async for row in rows]
    return {each.allocation_number: each for each in found if each.allocation_number is not None}


def _allocation(number: int, journey: Referral) -> KnownAllocation:
    assignment = journey.assignment
    return KnownAllocation(
        number=number,
        starts_on=journey.starts_on or journey.desired_start,
        ends_on=journey.ends_on,
        category=assignment.category,
        code=assignment.product_code,
        extent=Extent(assignment.volume, assignment.unit, assignment.frequency),
    )


def _reports(message: Message, journeys: Mapping[int, Referral]) -> tuple[Reported, ...]:
    """The latest start of each journey and the stop after it; earlier ones are not kept.

    Neither is whether a report named its product: a line that leaves it out is compared with a report that did.
    """
    lines = [*message.every("StartProduct"), *message.every("StopProduct")]
    unnamed = {line.find_number("ToewijzingNummer") for line in lines if line.find("Product") is None}
    found: list[Reported] = []
    for number, journey in journeys.items():
        if journey.started_on is None:
            continue
        assignment, named = journey.assignment, number not in unnamed
        start = Reported(
            number,
            assignment.category if named else None,
            assignment.product_code if named else None,
            journey.started_on,
        )
        found.append(start)
        if journey.stopped_on is not None:
            found.append(replace(start, reason=_reason(message.standard, journey), ends_on=journey.stopped_on))
    return tuple(found)


def _reason(standard: Standard, journey: Referral) -> str:
    if journey.stop_reason is None:
        raise LookupError("a stop has a reason")
    return STOP_REASONS[standard].code(journey.stop_reason)


async def _requests(unit: Unit, message: Message, client_id: UUID | None) -> tuple[KnownRequest, ...]:
    asked = message.every("AangevraagdProduct" if message.number == "315" else "Verzoek")
    references = [each.text("ReferentieAanbieder") for each in asked]
    rows = queries.requests_of_provider(
        unit.conn,
        provider=message.provider,
        law=LAWS[message.standard],
        references=references,
        client_id=client_id,
    )
    return tuple(
        [_request(row["request_reference"], row["status"], row["client_id"] == client_id) async for row in rows]
    )


def _request(reference: str, status: str, of_client: bool) -> KnownRequest:
    """A request that was withdrawn before its decision awaits none any more, like one that was refused."""
    settled = status in (Status.REFUSED, Status.WITHDRAWN)
    answers = (REJECTED,) if settled else ()
    return KnownRequest(
        reference, of_client=of_client, answers=answers, granted=not settled and status != Status.REQUESTED
    )


async def _products(unit: Unit, message: Message) -> dict[str, frozenset[str]]:
    codes = {product.find_text("Code") for product in message.every("Product")} - {None}
    if not codes:
        return {}
    rows = queries.categories_of_products(
        unit.conn, municipality=message.municipality, product_codes=sorted(code for code in codes if code)
    )
    return {row["product_code"]: frozenset(row["categories"]) async for row in rows}
