"""Who may call what, said once; and the parts of the application that routes use."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request

from contracts.values import SYSTEM_PARTY, Role
from services.kit.actor import Actor
from services.kit.auth import allow
from services.kit.database import Database
from services.referral.domain.terms import Terms
from services.referral.vault.vault import Vault

Reader = Annotated[
    Actor,
    Depends(
        allow(
            Role.ACCESS_WORKER,
            Role.CONTRACT_MANAGER,
            Role.PLANNER,
            Role.PROFESSIONAL,
            Role.PROVIDER_ADMINISTRATOR,
            Role.SYSTEM,
        )
    ),
]
"""Sees journeys of the own party, without names."""

Decider = Annotated[Actor, Depends(allow(Role.ACCESS_WORKER, Role.SYSTEM))]
"""Decides for the municipality."""

Requester = Annotated[Actor, Depends(allow(Role.ACCESS_WORKER, Role.PLANNER, Role.PROVIDER_ADMINISTRATOR, Role.SYSTEM))]
"""Asks for an allocation."""

Planner = Annotated[Actor, Depends(allow(Role.PLANNER, Role.SYSTEM))]
"""Answers for the provider."""

Claimer = Annotated[Actor, Depends(allow(Role.PLANNER))]
"""Claims or declines for the own provider what it was offered beside others."""

Stater = Annotated[Actor, Depends(allow(Role.PLANNER, Role.PROVIDER_ADMINISTRATOR))]
"""Says for the own provider from where it delivers."""

Mover = Annotated[Actor, Depends(allow(Role.ACCESS_WORKER))]
"""Passes a client on to another municipality."""

Deliverer = Annotated[Actor, Depends(allow(Role.PLANNER, Role.PROFESSIONAL, Role.PROVIDER_ADMINISTRATOR, Role.SYSTEM))]
"""Reports starts and stops for the provider."""

Looker = Annotated[Actor, Depends(allow(Role.ACCESS_WORKER, Role.PLANNER, Role.PROFESSIONAL))]
"""May see who a client is; the relation and the record are checked besides."""

Keeper = Annotated[Actor, Depends(allow(Role.ACCESS_WORKER))]
"""Keeps the dossiers of the municipality."""

Messenger = Annotated[Actor, Depends(allow(Role.PROVIDER_ADMINISTRATOR, Role.PLANNER, Role.ACCESS_WORKER, Role.SYSTEM))]
"""Sends and fetches messages."""

ExchangeAdministrator = Annotated[Actor, Depends(allow(Role.PROVIDER_ADMINISTRATOR))]
"""Says for the own provider how it exchanges messages."""

DeclarationReader = Annotated[
    Actor,
    Depends(allow(Role.PROVIDER_ADMINISTRATOR, Role.PLANNER, Role.CONTRACT_MANAGER, Role.ACCESS_WORKER, Role.SYSTEM)),
]
"""Sees declarations of the own party and what became of them."""

Declarer = Annotated[Actor, Depends(allow(Role.PROVIDER_ADMINISTRATOR, Role.PLANNER))]
"""Declares for the provider."""

Importer = Annotated[Actor, Depends(allow(Role.ACCESS_WORKER, Role.CONTRACT_MANAGER, Role.SYSTEM))]
"""Imports trajectories."""

Workflow = Annotated[Actor, Depends(allow(Role.SYSTEM))]
"""The workflow of a journey."""


def on_behalf(actor: Actor) -> Actor:
    """Samenspel itself, set to work by ``actor``: for an act on rows that the caller may not see. The handler checks
    what the caller may do; the person stays on record."""
    return replace(actor, party=SYSTEM_PARTY, roles=actor.roles | {Role.SYSTEM})


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _vault(request: Request) -> Vault:
    vault: Vault = request.app.state.vault
    return vault


async def _terms(request: Request) -> Terms:
    terms: Terms = request.app.state.terms
    return terms


Norms = Annotated[Terms, Depends(_terms)]
"""The agreed terms, with the waiting norms."""

Store = Annotated[Database, Depends(_database)]
"""The database of the service."""

OpenVault = Annotated[Vault, Depends(_vault)]
"""The vault, which opens what the caller may see."""

ReferralId = Annotated[UUID, Path(alias="referralId", description="The journey.")]
