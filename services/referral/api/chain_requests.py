"""Requests that are decided on as a whole (317; 315 without a product), and changes of what a journey is served by."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Body, Depends, Path, Query

from contracts.values import AgbCode, MunicipalityCode
from services.kit.commands import Command
from services.kit.paging import Page, Paging
from services.kit.runner import Runner
from services.referral import bodies, commands
from services.referral.api.access import Decider, Messenger, OpenVault, Planner, Reader, ReferralId, Store, Workflow
from services.referral.api.acts import mark_of
from services.referral.api.allocations import allocation_seen, in_detail
from services.referral.api.pages import place
from services.referral.chain_views import AllocationInDetail, ChainAllocation, ChainRequestView, RequestState
from services.referral.domain.allocation import Allocation
from services.referral.domain.orders import RequestOrder
from services.referral.store import allocations, chain_requests, queries, referrals
from services.referral.store.composed import SIDES
from services.referral.views import Count, MessageView, ReferralState

router = APIRouter(tags=["requests and changes"])

RequestId = Annotated[UUID, Path(alias="requestId", description="The request.")]


@router.post("/referrals/{referralId}/investigations", status_code=201)
async def investigate_request(referral_id: ReferralId, run: Runner, actor: Decider) -> ReferralState:
    """Say that the decision on a request needs an investigation: eight weeks from the day of the request (OP274)."""
    state: ReferralState = await run(commands.InvestigateRequest(referral_id=referral_id), actor)
    return state


@router.post("/referrals/{referralId}/changes", status_code=201)
async def change_allocation(
    referral_id: ReferralId, body: bodies.ChangeBody, run: Runner, actor: Decider
) -> ReferralState:
    """Change an allocation (a 301 is written); gives the journey that holds from then on, which may be a new one."""
    command = commands.ChangeAllocation(referral_id=referral_id, **body.model_dump())
    state: ReferralState = await run(command, actor)
    return state


@router.post("/referrals/{referralId}/removals", status_code=201)
async def remove_allocation(referral_id: ReferralId, run: Runner, actor: Decider) -> ReferralState:
    """Remove an allocation: it counts as never made. Not possible when claims on it were approved (TR385)."""
    state: ReferralState = await run(commands.RemoveAllocation(referral_id=referral_id), actor)
    return state


@router.post("/referrals/{referralId}/requested-changes", status_code=201)
async def request_change(
    referral_id: ReferralId, body: bodies.ChangeRequestBody, run: Runner, actor: Planner
) -> MessageView:
    """Ask the municipality for a change: the 317 is written and sent for the provider, and answered at once."""
    command = commands.RequestChange(referral_id=referral_id, **body.model_dump())
    sent: MessageView = await run(command, actor)
    return sent


async def _filter(
    undecided: Annotated[bool | None, Query(description="Only those that await a decision, or only others.")] = None,
    change: Annotated[bool | None, Query(description="Only those for change (317), or only others.")] = None,
    escalated: Annotated[bool | None, Query(description="Only those of which the term passed, or only others.")] = None,
    municipality: Annotated[MunicipalityCode | None, Query(description="Only to this municipality.")] = None,
    provider: Annotated[AgbCode | None, Query(description="Only of this provider.")] = None,
) -> chain_requests.Filter:
    return chain_requests.Filter(undecided, change, escalated, municipality, provider)


Wanted = Annotated[chain_requests.Filter, Depends(_filter)]


@router.get("/chain-requests")
async def list_chain_requests(
    database: Store,
    actor: Messenger,
    paging: Paging,
    wanted: Wanted,
    sort: Annotated[
        RequestOrder, Query(description="`received` for the latest first, `due` for the first due first.")
    ] = RequestOrder.RECEIVED,
) -> Page[ChainRequestView]:
    """Requests that are decided on as a whole."""
    async with database.reading(actor) as unit:
        side = SIDES.get(actor.kind)
        rows = await chain_requests.listed(unit.conn, side, wanted, sort, place(paging), paging.fetch)
    return paging.page(rows, seen, lambda row: (row["position_at"].isoformat(), str(row["request_id"])))


@router.get("/chain-request-counts")
async def count_chain_requests(database: Store, actor: Messenger, wanted: Wanted) -> Count:
    """How many requests the list of the same filters has in all."""
    async with database.reading(actor) as unit:
        return Count(number=await chain_requests.count(unit.conn, SIDES.get(actor.kind), wanted))


@router.get("/chain-requests/{requestId}")
async def get_chain_request(request_id: RequestId, database: Store, actor: Messenger) -> ChainRequestView:
    """One request, with what it wants."""
    async with database.reading(actor) as unit:
        row = await queries.get_chain_request(unit.conn, request_id=request_id)
    if row is None:
        raise chain_requests.unknown()
    return seen(row)


@router.get("/chain-requests/{requestId}/allocations")
async def allocations_of_request(request_id: RequestId, database: Store, actor: Messenger) -> list[AllocationInDetail]:
    """What the client of a request has been allocated at its provider, with what was declared on it already."""
    async with database.reading(actor) as unit:
        if await queries.get_chain_request(unit.conn, request_id=request_id) is None:
            raise chain_requests.unknown()
        rows = queries.allocations_of_request(unit.conn, request_id=request_id)
        return [await in_detail(unit, row) for row in [row async for row in rows]]


@router.get("/referrals/{referralId}/same-allocations")
async def same_as_referral(referral_id: ReferralId, database: Store, actor: Reader) -> list[ChainAllocation]:
    """What was allocated to the client at this provider already of the same product in the same days (OP307)."""
    async with database.reading(actor) as unit:
        referral = await referrals.get(unit.conn, referral_id)
        rows = await allocations.held(unit, Allocation.asked(referral))
        return [allocation_seen(row) for row in rows if row["referral_id"] != referral_id]


@router.get("/chain-requests/{requestId}/same-allocations")
async def same_as_request(request_id: RequestId, database: Store, actor: Messenger) -> list[ChainAllocation]:
    """What a request asks anew, and was allocated already in the same days (OP307)."""
    async with database.reading(actor) as unit:
        row = await queries.get_chain_request(unit.conn, request_id=request_id)
        if row is None:
            raise chain_requests.unknown()
        changed = {each["number"] for each in (row["wanted"] or {}).get("changed", ())}
        rows = await allocations.held(unit, *chain_requests.asked_anew(chain_requests.from_row(row)))
        return [allocation_seen(each) for each in rows if each["number"] not in changed]


@router.post("/chain-requests/{requestId}/decisions", status_code=201)
async def decide_chain_request(
    request_id: RequestId,
    body: Annotated[bodies.RequestDecisionBody, Body()],
    run: Runner,
    vault: OpenVault,
    actor: Decider,
) -> RequestState:
    """Grant as a whole (one 301), refuse, or say that it needs an investigation (a 319)."""
    command: Command
    if isinstance(body, bodies.GrantRequestBody):
        command = commands.GrantRequest(
            request_id=request_id, from_day=body.from_day, person=body.person, person_mark=mark_of(vault, body.person)
        )
    elif isinstance(body, bodies.RefuseBody):
        command = commands.RejectRequest(
            request_id=request_id, reason=body.reason, responsible_municipality=body.responsible_municipality
        )
    else:
        command = commands.InvestigateChainRequest(request_id=request_id)
    state: RequestState = await run(command, actor)
    return state


@router.post("/chain-requests/{requestId}/reminders", status_code=201)
async def remind_of_chain_request(
    request_id: RequestId, body: bodies.RequestReminderBody, run: Runner, actor: Workflow
) -> RequestState:
    """The decision is almost due, or its term has passed."""
    command = commands.RemindOfRequest(request_id=request_id, overdue=body.overdue)
    state: RequestState = await run(command, actor)
    return state


def seen(row: asyncpg.Record) -> ChainRequestView:
    """A request as its parties see it."""
    request, wanted = chain_requests.from_row(row), row["wanted"] or {}
    return ChainRequestView(
        request_id=row["request_id"],
        municipality=request.relation.municipality,
        provider=request.relation.provider,
        provider_name=row["provider_name"],
        client=row["client_dossier"],
        law=request.relation.law,
        reference=request.reference,
        change=request.change,
        reason=request.reason,
        dated=request.dated,
        received_at=request.received_at,
        unchanged=tuple(wanted.get("unchanged", ())),
        changed=tuple(wanted.get("changed", ())),
        new=tuple(wanted.get("new", ())),
        answers=request.answers,
        granted_at=request.granted_at,
        decision_due=request.decision_due,
        escalated=request.escalated,
        open=request.open,
    )
