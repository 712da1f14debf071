"""Who a client is: only for staff with a relation, one look at a time, each recorded. And erasure."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from contracts.values import Role
from services.kit.actor import Actor
from services.kit.auth import allow
from services.kit.problems import NotFound, Text
from services.kit.runner import ExpectedVersion, Runner, set_etag
from services.kit.tracing import current_traceparent
from services.referral import bodies, commands
from services.referral.api.access import Keeper, Looker, OpenVault, Store
from services.referral.api.acts import mark_of
from services.referral.handlers.people import look
from services.referral.relation_commands import ChangeClient
from services.referral.relation_views import ClientState, DetailsBody
from services.referral.views import ClientErased, ClientView

router = APIRouter(tags=["clients"])

ClientName = Annotated[UUID, Path(alias="client", description="The client's pseudonym, from a referral.")]
Eraser = Annotated[Actor, Depends(allow(Role.ACCESS_WORKER))]


def unknown_client() -> NotFound:
    """No such client, no relation with them, or erased: the caller is not told which."""
    return NotFound(
        Text(
            "Deze cliënt is niet bekend bij uw organisatie, of de gegevens zijn gewist.",
            "This client is not known to your organisation, or the data were erased.",
        )
    )


@router.get("/clients")
async def look_into_dossiers(
    database: Store,
    vault: OpenVault,
    actor: Looker,
    client: Annotated[list[UUID], Query(max_length=100, description="Pseudonyms, at most 100.")],
) -> list[ClientView]:
    """Who these clients are, for a worklist. Clients without a relation to the caller are left out."""
    async with database.unit(actor, traceparent=current_traceparent()) as unit:
        return await look(unit, vault, client)


@router.get("/clients/{client}")
async def look_into_dossier(
    client: ClientName, database: Store, vault: OpenVault, actor: Looker, response: Response
) -> ClientView:
    """Who one client is; the ETag is needed to correct it. The look is recorded (Logboek Dataverwerkingen)."""
    async with database.unit(actor, traceparent=current_traceparent()) as unit:
        found = await look(unit, vault, [client])
    if not found:
        raise unknown_client()
    set_etag(response, found[0].version)
    return found[0]


@router.put("/clients/{client}")
async def change_client(
    client: ClientName,
    body: DetailsBody,
    expected: ExpectedVersion,
    run: Runner,
    vault: OpenVault,
    actor: Keeper,
    response: Response,
) -> ClientState:
    """Correct who a client of the own municipality is and how to reach them; the next allocation (301) carries it.
    The citizen number and the reference stay. What is left out is known no more."""
    command = ChangeClient(client=client, version=expected, person=body.person, person_mark=mark_of(vault, body) or "")
    state: ClientState = await run(command, actor)
    set_etag(response, state.version)
    return state


@router.post("/clients/{client}/erasures", status_code=201)
async def erase_client(client: ClientName, body: bodies.ErasureBody, run: Runner, actor: Eraser) -> ClientErased:
    """Erase a person for ever. All journeys must have ended. The retention terms are the municipality's own duty."""
    erased: ClientErased = await run(commands.EraseClient(client=client, reason=body.reason), actor)
    return erased
