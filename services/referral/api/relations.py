"""Finding a client, who stands around them, who has authority, and stopping messages: for the access team alone."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from contracts.values import Role
from services.kit.actor import Actor
from services.kit.auth import allow
from services.kit.runner import Runner
from services.kit.tracing import current_traceparent
from services.referral import relation_commands, relation_views
from services.referral.api.access import OpenVault, Store
from services.referral.api.acts import mark_of
from services.referral.api.allocations import allocation_seen
from services.referral.api.clients import ClientName
from services.referral.api.lists import seen
from services.referral.chain_views import ChainAllocation
from services.referral.handlers import relations
from services.referral.relation_views import CircumstancesState, ClientFound, ClientRelations, RelationState
from services.referral.store import queries
from services.referral.vault.vault import Vault
from services.referral.views import ReferralView

router = APIRouter(tags=["relations"])

Keeper = Annotated[Actor, Depends(allow(Role.ACCESS_WORKER))]
"""Keeps the dossiers of the municipality."""

Number = Annotated[relation_commands.RelationNumber, Path(description="The number of the relation.")]


def _marked(vault: Vault, body: BaseModel) -> str:
    return mark_of(vault, body) or ""


@router.post("/clients/searches")
async def find_client(
    body: relation_views.ClientSearchBody, run: Runner, vault: OpenVault, actor: Keeper
) -> ClientFound:
    """Find a client of the own municipality by citizen number or own reference. The look is recorded."""
    command = relation_commands.FindClient(number=body.number, number_mark=_marked(vault, body))
    found: ClientFound = await run(command, actor)
    return found


@router.get("/clients/{client}/relations")
async def look_at_relations(client: ClientName, database: Store, vault: OpenVault, actor: Keeper) -> ClientRelations:
    """Who stands around a client, ended relations included. The look is recorded."""
    async with database.unit(actor, traceparent=current_traceparent()) as unit:
        return await relations.look_around(unit, vault, client)


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
