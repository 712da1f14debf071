"""Requests under a reference of the provider (315 per product, 317) in PostgreSQL, with the answers they got."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.events.commissioning import Law
from services.kit.model import wrong
from services.kit.problems import NotFound, Text
from services.kit.unit import Connection, Unit
from services.referral.domain.allocation import Allocation, CareRelation
from services.referral.domain.orders import RequestOrder
from services.referral.domain.reasons import Answer, RefusalReason
from services.referral.domain.referral import Referral
from services.referral.store import queries
from services.referral.store.composed import Composed, Side, is_side

_KNOWN_BESIDES = (
    "(select name from known_provider where known_provider.provider = chain_request.provider) as provider_name,"
    " find_pseudonym(client_id, 'dossier') as client_dossier"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRequest:
    """One request. ``request_id`` names one that the municipality decides on as such: a 317, or a 315 that asks for no
    specific product; other 315s are decided on in their journey. ``wanted`` is what it asks, as JSON.

    ``answers`` are those of the 319s (WJ760, in words), oldest first. ``dated`` is the day of the message: an
    investigation ends eight weeks after it (OP274, OP346).
    """

    relation: CareRelation
    reference: str
    change: bool
    dated: date
    received_at: datetime
    request_id: UUID | None = None
    wanted: dict[str, Any] | None = None
    reason: str | None = None
    answers: tuple[str, ...] = ()
    granted_at: datetime | None = None
    decision_due: datetime | None = None
    escalated: bool = False

    @property
    def open(self) -> bool:
        """Whether it still awaits its decision; an investigation is none (TR374)."""
        return self.granted_at is None and "rejected" not in self.answers


@dataclass(frozen=True, slots=True)
class Untold:
    """An answer to a request (319) that was given while no message about the client might be sent."""

    relation: CareRelation
    reference: str
    answer: Answer
    reason: RefusalReason | None = None
    responsible: str | None = None
    referral_id: UUID | None = None


def asked_anew(request: ChainRequest) -> list[Allocation]:
    """What allocations would be that grant what a request asks anew; they have no numbers yet."""
    relation = request.relation
    if relation.client_id is None:
        return []
    return [
        Allocation(
            municipality=relation.municipality,
            provider=relation.provider,
            law=relation.law,
            client_id=relation.client_id,
            number=0,
            category=each["category"],
            product_code=each["productCode"],
            starts_on=date.fromisoformat(each["startsOn"]),
            ends_on=date.fromisoformat(each["endsOn"]) if each["endsOn"] else None,
            decided_at=request.received_at,
        )
        for each in (request.wanted or {}).get("new", ())
    ]


def from_row(row: asyncpg.Record) -> ChainRequest:
    """The request in a row."""
    return ChainRequest(
        relation=CareRelation(row["municipality"], row["provider"], Law(row["law"]), row["client_id"]),
        reference=row["reference"],
        change=row["change"],
        dated=row["dated"],
        received_at=row["received_at"],
        request_id=row["request_id"],
        wanted=row["wanted"],
        reason=row["reason"],
        answers=tuple(row["answers"]),
        granted_at=row["granted_at"],
        decision_due=row["decision_due"],
        escalated=row["escalated"],
    )


async def put(unit: Unit, request: ChainRequest) -> bool:
    """Keep a request as it came in; ``False`` when its reference was used before, by whomever: then it is not kept."""
    return await unit.ask(_put, request)


async def _put(unit: Unit, asked: Sequence[ChainRequest]) -> Sequence[bool]:
    rows = [
        {
            **each.relation._asdict(),
            "reference": each.reference,
            "change": each.change,
            "dated": each.dated,
            "received_at": each.received_at,
            "request_id": each.request_id,
            "wanted": each.wanted,
            "reason": each.reason,
            "answers": each.answers,
            "decision_due": each.decision_due,
            "escalated": each.escalated,
        }
        for each in asked
    ]
    kept = {
        (row["municipality"], row["provider"], row["law"], row["reference"])
        async for row in queries.insert_chain_requests(unit.conn, rows=rows)
    }
    return [(*_key(each.relation).values(), each.reference) in kept for each in asked]


async def remember(unit: Unit, referral: Referral, dated: date) -> None:
    """Keep the request of a journey under its reference. Raises ``Invalid`` when that was used before (TR347)."""
    if referral.request_reference is None:
        return
    relation, reference = CareRelation.of(referral), referral.request_reference
    request = ChainRequest(
        relation=relation,
        reference=reference,
        change=False,
        dated=dated,
        received_at=unit.now,
        decision_due=referral.decision_due,
    )
    if not await put(unit, request):
        raise wrong(
            "/requestReference",
            "Deze referentie is al gebruikt voor een andere aanvraag. Kies een eigen referentie per aanvraag.",
            "This reference was used for another request. Choose a reference of its own for every request.",
            "reference-used",
        )


async def known(unit: Unit, relation: CareRelation, references: Sequence[str]) -> list[ChainRequest]:
    """The requests of a provider with one of ``references``, for whomever, and those that await a decision for the
    client."""
    rows = queries.chain_requests_known(unit.conn, **relation._asdict(), references=list(references))
    return [from_row(row) async for row in rows]


async def lock(unit: Unit, request_id: UUID) -> ChainRequest:
    """One request, locked to the end of the transaction. Raises ``NotFound``."""
    row = await queries.lock_chain_request(unit.conn, request_id=request_id)
    if row is None:
        raise unknown()
    return from_row(row)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows: ``undecided`` those that await a decision or only others, ``change`` those for change or only
    others, ``escalated`` those of which the term passed or only others."""

    undecided: bool | None = None
    change: bool | None = None
    escalated: bool | None = None
    municipality: str | None = None
    provider: str | None = None


def _wanted(side: Side | None, wanted: Filter) -> Composed:
    query = Composed(is_side(side))
    query.add("request_id is not null")
    if wanted.undecided is not None:
        # In the words of the indexes of these.
        awaiting = "granted_at is null and not 'rejected' = any(answers)"
        query.add(awaiting if wanted.undecided else f"not ({awaiting})")
    query.equal(
        change=wanted.change,
        escalated=wanted.escalated,
        municipality=wanted.municipality,
        provider=wanted.provider,
    )
    return query


async def listed(
    conn: Connection,
    side: Side | None,
    wanted: Filter,
    order: RequestOrder,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """A page of requests that are decided on as a whole: the latest first, or the first due first. One without a term
    counts as due when it came."""
    query = _wanted(side, wanted)
    at, direction, beyond = "received_at", "desc", "<"
    if order is RequestOrder.DUE:
        at, direction, beyond = "coalesce(decision_due, received_at)", "asc", ">"
    if after is not None:
        query.add(f"({at}, request_id) {beyond} ({{}}, {{}})", *after)
    text = (
        f"select chain_request.*, {at} as position_at, {_KNOWN_BESIDES} from chain_request where {query.where} "  # noqa: S608
        f"order by {at} {direction}, request_id {direction} limit {query.given(limit)}"
    )
    return await conn.fetch(text, *query.values)


async def count(conn: Connection, side: Side | None, wanted: Filter) -> int:
    """How many there are in all."""
    query = _wanted(side, wanted)
    found = await conn.fetchval(f"select count(*) from chain_request where {query.where}", *query.values)  # noqa: S608
    return int(found)


def unknown() -> NotFound:
    """The caller has no such request."""
    return NotFound(
        Text(
            "Dit verzoek bestaat niet, of is niet van uw organisatie. Zoek het op in de lijst met verzoeken.",
            "This request does not exist, or is not your organisation's. Look it up in the list of requests.",
        )
    )


async def answered(
    unit: Unit, relation: CareRelation, reference: str, answer: str, *, due: datetime | None = None
) -> None:
    """A 319 answers the request; ``due`` is until when an investigation may take."""
    await queries.answer_chain_request(
        unit.conn, **_key(relation), reference=reference, answer=answer, decision_due=due
    )


async def keep_untold(unit: Unit, told: Untold) -> None:
    """Keep an answer until messages about the client may go again; it goes before an earlier one."""
    content = {
        "answer": told.answer,
        "reason": told.reason,
        "responsible": told.responsible,
        "referralId": str(told.referral_id) if told.referral_id else None,
    }
    await queries.keep_untold(unit.conn, **_key(told.relation), reference=told.reference, untold=content, at=unit.now)


async def untold(unit: Unit, client_id: UUID, since: datetime) -> list[Untold]:
    """The answers about a client that were given since then and not told, but for those that something else followed:
    a decision after an investigation, by whomever, or a request that was taken back."""
    rows = queries.untold_about_client(unit.conn, client_id=client_id, since=since)
    return [
        Untold(
            relation=CareRelation(row["municipality"], row["provider"], Law(row["law"]), row["client_id"]),
            reference=row["reference"],
            answer=Answer(row["untold"]["answer"]),
            reason=RefusalReason(row["untold"]["reason"]) if row["untold"]["reason"] else None,
            responsible=row["untold"]["responsible"],
            referral_id=UUID(row["untold"]["referralId"]) if row["untold"]["referralId"] else None,
        )
        async for row in rows
    ]


async def changes_granted(unit: Unit, client_id: UUID, since: datetime) -> list[ChainRequest]:
    """The requests for change about a client that were granted since then, in that order."""
    return [from_row(row) async for row in queries.changes_granted(unit.conn, client_id=client_id, since=since)]


async def granted(unit: Unit, relation: CareRelation, references: Collection[str]) -> None:
    """A 301 grants these requests, if it names any."""
    if not references:
        return
    await queries.grant_chain_requests(unit.conn, **_key(relation), references=list(references), at=unit.now)


async def escalated(unit: Unit, request_id: UUID) -> None:
    """The term passed without a decision."""
    await queries.escalate_chain_request(unit.conn, request_id=request_id)


def _key(relation: CareRelation) -> dict[str, str]:
    return {"municipality": relation.municipality, "provider": relation.provider, "law": relation.law}
