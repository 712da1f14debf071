"""Finding a client and seeing their care; and, for the access team alone, who stands around them and has authority."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from contracts.values import Role
from services.kit.actor import Actor
from services.kit.auth import allow
from services.kit.runner import Runner
from services.kit.tracing import current_traceparent
from services.kit.unit import Unit
from services.referral import relation_commands, relation_views
from services.referral.api import chain_requests
from services.referral.api.access import Keeper, Looker, OpenVault, Store
from services.referral.api.acts import mark_of
from services.referral.api.allocations import allocation_seen
from services.referral.api.clients import ClientName, unknown_client
from services.referral.api.lists import seen
from services.referral.chain_views import ChainAllocation, ChainRequestView, ClientCare
from services.referral.handlers import contacts, finding, relations
from services.referral.relation_views import (
    CircumstancesState,
    ClientFound,
    ClientRelations,
    ContactsTold,
    RelationState,
)
from services.referral.store import queries
from services.referral.vault.vault import Vault
from services.referral.views import ReferralView

router = APIRouter(tags=["relations"])

Carer = Annotated[Actor, Depends(allow(Role.PLANNER, Role.PROFESSIONAL))]
"""Helps clients, and may know who they are."""

Number = Annotated[relation_commands.RelationNumber, Path(description="The number of the relation.")]


def _marked(vault: Vault, body: BaseModel) -> str:
    return mark_of(vault, body) or ""


@router.post("/clients/searches")
async def find_client(
    body: relation_views.ClientSearchBody, run: Runner, vault: OpenVault, actor: Looker
) -> ClientFound:
    """Find a client by citizen number or own reference: of the own municipality, or whom the own organisation helps or
    helped. The answer is the same for somebody whom nobody knows and for a client of others. The look is recorded.
    """
    command = relation_commands.FindClient(number=body.number, number_mark=_marked(vault, body))
    found: ClientFound = await run(command, actor)
    return found


@router.get("/clients/{client}/care")
async def look_at_care(client: ClientName, database: Store, vault: OpenVault, actor: Carer) -> ClientCare:
    """All care of one person with the caller, over all municipalities. The look is recorded."""
    async with database.unit(actor, traceparent=current_traceparent()) as unit:
        known = await finding.same_person(unit, vault, client)
        if not known:
            raise unknown_client()
        ids = [client_id for client_id, _ in known]
        journeys = queries.care_of_clients(unit.conn, clients=ids)
        allocated = queries.allocations_without_journey(unit.conn, clients=ids)
        return ClientCare(
            known_as=tuple(each for _, each in known),
            referrals=tuple([seen(row, actor) async for row in journeys]),
            allocations=tuple([allocation_seen(row) async for row in allocated]),
            requests=await _requests(unit, ids) if actor.has(Role.PLANNER) else (),
        )


async def _requests(unit: Unit, clients: Sequence[UUID]) -> tuple[ChainRequestView, ...]:
    """Only whoever sees the list of requests sees those of one client."""
    found = queries.requests_about_clients(unit.conn, clients=clients)
    return tuple([chain_requests.seen(row) async for row in found])


@router.get("/clients/{client}/relations")
async def look_at_relations(client: ClientName, database: Store, vault: OpenVault, actor: Keeper) -> ClientRelations:
    """Who stands around a client, ended relations included. The look is recorded."""
    async with database.unit(actor, traceparent=current_traceparent()) as unit:
        return await relations.look_around(unit, vault, client)


@router.get("/clients/{client}/contacts")
async def look_at_contacts(client: ClientName, database: Store, vault: OpenVault, actor: Carer) -> list[ContactsTold]:
    """Whom allocations named around a client to the own organisation, and how to reach them. The look is recorded."""
    async with database.unit(actor, traceparent=current_traceparent()) as unit:
        found = await contacts.look_at_contacts(unit, vault, client)
    if found is None:
        raise unknown_client()
    return found


@router.get("/clients/{client}/referrals")
async def list_referrals_of_client(client: ClientName, database: Store, actor: Keeper) -> list[ReferralView]:
    """The journeys of a client, latest request first; at most 200."""
    async with database.reading(actor) as unit:
        rows = queries.referrals_of_client(unit.conn, client=client)
        return [seen(row, actor) async for row in rows]


@router.get("/clients/{client}/allocations")
async def list_allocations_of_client(client: ClientName, database: Store, actor: Keeper) -> list[ChainAllocation]:
    """What is allocated to a client without a product, latest first day first; at most 200."""
    async with database.reading(actor) as unit:
        return [allocation_seen(row) async for row in queries.allocations_of_client(unit.conn, client=client)]


@router.post("/clients/{client}/relations", status_code=201)
async def add_relation(
    client: ClientName, body: relation_views.RelationBody, run: Runner, vault: OpenVault, actor: Keeper
) -> RelationState:
    """Record somebody who has authority or is needed for contact; the next allocation (301) names them."""
    command = relation_commands.AddRelation(client=client, relation=body.relation, relation_mark=_marked(vault, body))
    state: RelationState = await run(command, actor)
    return state


@router.post("/clients/{client}/relations/{number}/changes", status_code=201)
async def change_relation(
    client: ClientName, number: Number, body: relation_views.RelationBody, run: Runner, vault: OpenVault, actor: Keeper
) -> RelationState:
    """Replace what is known of somebody; the number stays (OP071)."""
    command = relation_commands.ChangeRelation(
        client=client, number=number, relation=body.relation, relation_mark=_marked(vault, body)
    )
    state: RelationState = await run(command, actor)
    return state


@router.post("/clients/{client}/relations/{number}/endings", status_code=201)
async def end_relation(client: ClientName, number: Number, run: Runner, actor: Keeper) -> RelationState:
    """They stand around the client no longer."""
    state: RelationState = await run(relation_commands.EndRelation(client=client, number=number), actor)
    return state


@router.post("/clients/{client}/authority", status_code=201)
async def set_authority(
    client: ClientName, body: relation_views.AuthorityBody, run: Runner, vault: OpenVault, actor: Keeper
) -> CircumstancesState:
    """Whether a client of sixteen or over has legal authority over themselves (OP001)."""
    command = relation_commands.SetAuthority(client=client, own=body.own, own_mark=_marked(vault, body))
    state: CircumstancesState = await run(command, actor)
    return state


@router.post("/clients/{client}/exchange", status_code=201)
async def set_messages(
    client: ClientName, body: relation_views.MessagesBody, run: Runner, vault: OpenVault, actor: Keeper
) -> CircumstancesState:
    """Stop all messages about a client (OP003), or let them go again: then what was decided meanwhile is sent."""
    command = relation_commands.SetMessages(
        client=client, allowed=body.allowed, judged_by=body.judged_by, mark=_marked(vault, body)
    )
    state: CircumstancesState = await run(command, actor)
    return state
