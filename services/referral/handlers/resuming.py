"""Messages about a client may go again: what was decided and answered in silence is told (OP003, OP087)."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from services.kit.problems import Invalid
from services.kit.unit import Unit
from services.referral.domain.allocation import Allocation, CareRelation
from services.referral.handlers import outgoing
from services.referral.handlers.context import Context
from services.referral.store import allocations, chain_requests, queries
from services.referral.store.chain_requests import ChainRequest


async def tell_all(context: Context, unit: Unit, client_id: UUID, since: datetime) -> tuple[int, int]:
    """Tell everything since an instant: how many messages were written, and how many could not be."""
    told = [
        *await _answers(context, unit, client_id, since),
        *await _decisions(context, unit, client_id, since),
    ]
    return told.count(True), told.count(False)


async def _answers(context: Context, unit: Unit, client_id: UUID, since: datetime) -> list[bool]:
    """A 319 per request that was answered in silence; of each whether it could be written.

    Only what still stands is told. An investigation that led to a decision is over: a rejection is told by itself, and
    what was granted by the 301.
    """
    return [
        await _written(
            outgoing.write_answer(
                context,
                unit,
                each.relation,
                each.reference,
                each.answer,
                each.reason,
                each.responsible,
                each.referral_id,
            )
        )
        for each in await chain_requests.untold(unit, client_id, since)
    ]


async def _decisions(context: Context, unit: Unit, client_id: UUID, since: datetime) -> list[bool]:
    """301s per provider and law with what was decided in silence; of each whether it could be written.

    A request for change has a 301 of its own, in which every product has its reference (TR379); it comes last, since
    what it says of a product goes before what the other one says.
    """
    rows = queries.decided_about_client(unit.conn, client_id=client_id, since=since)
    decided = sorted([allocations.from_row(row) async for row in rows], key=_order)
    granted = await chain_requests.changes_granted(unit, client_id, since)
    done: list[bool] = []
    for relation, group in groupby(decided, key=lambda each: each.relation):
        requests = [each for each in granted if each.relation == relation]
        rest = [_as_told(each, since) for each in group if not any(_is_of(each, request) for request in requests)]
        if rest:
            write = outgoing.write_allocations(context, unit, relation, rest, _journey(rest))
            done.append(await _written(write))
        for request in requests:
            done += await _granted(context, unit, relation, request, since)
    return done


async def _granted(
    context: Context, unit: Unit, relation: CareRelation, request: ChainRequest, since: datetime
) -> list[bool]:
    present = (await allocations.of_relation(unit, relation)).values()
    products = [_as_told(each, since) for each in present if _is_of(each, request)]
    if not products:
        return []
    write = outgoing.write_allocations(context, unit, relation, products, change=request.reference)
    return [await _written(write)]


def _is_of(allocation: Allocation, request: ChainRequest) -> bool:
    """Whether the request is about this allocation, or asked for it."""
    wanted = request.wanted or {}
    about = {*wanted.get("unchanged", ()), *(each["number"] for each in wanted.get("changed", ()))}
    return allocation.number in about or allocation.reference == request.reference


def _as_told(allocation: Allocation, since: datetime) -> Allocation:
    """How a 301 says what holds now; what was left as it was has no reason of a change (IV093)."""
    if allocation.removed:
        return allocation.taken_back(allocation.decided_at)
    return allocation if allocation.decided_at >= since else replace(allocation, reason=None)


def _journey(told: Sequence[Allocation]) -> UUID | None:
    journeys = {each.referral_id for each in told}
    return journeys.pop() if len(journeys) == 1 else None


def _order(allocation: Allocation) -> tuple[str, str, int]:
    return allocation.law, allocation.provider, allocation.number


async def _written(writing: Awaitable[None]) -> bool:
    """Whether a message could be written: not when the standard wants something that we have not."""
    try:
        await writing
    except Invalid:
        return False
    return True
