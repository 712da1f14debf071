"""The services behind the pages of the access team and the provider, and who a client is."""

from collections.abc import Iterable
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends

from contracts.values import Role
from services.commissioning.client import CommissioningClient
from services.portal.clients import service
from services.portal.people import Person, require
from services.referral.client import ReferralClient

Referrals = Annotated[ReferralClient, Depends(service(ReferralClient, "referral"))]
Commissioning = Annotated[CommissioningClient, Depends(service(CommissioningClient, "commissioning"))]

ACCESS: Final = (Role.ACCESS_WORKER,)
LOOKERS: Final = (Role.ACCESS_WORKER, Role.PLANNER, Role.PROFESSIONAL)
"""Who may see names; each look is recorded by the referral service."""
HELPERS: Final = (Role.PLANNER, Role.PROFESSIONAL)
"""Those of them who work for a provider."""
STAFF: Final = (Role.PLANNER, Role.PROFESSIONAL, Role.PROVIDER_ADMINISTRATOR)
STATERS: Final = (Role.PLANNER, Role.PROVIDER_ADMINISTRATOR)

AccessWorker = Annotated[Person, Depends(require(*ACCESS))]
Staff = Annotated[Person, Depends(require(*STAFF))]
"""Anyone who works for a provider."""
Carer = Annotated[Person, Depends(require(*HELPERS))]
"""Helps clients, and may know who they are."""
Planner = Annotated[Person, Depends(require(Role.PLANNER))]
Stater = Annotated[Person, Depends(require(*STATERS))]
Administrator = Annotated[Person, Depends(require(Role.PROVIDER_ADMINISTRATOR))]
Importer = Annotated[Person, Depends(require(Role.ACCESS_WORKER, Role.CONTRACT_MANAGER))]

_AT_ONCE = 100


def page_of_helped(client: UUID) -> str:
    """The page of a client, for the provider that helps them."""
    return f"/provider/clients/{client}"


def page_of_client(person: Person, client: UUID) -> str | None:
    """The page of a client as ``person`` may see it; ``None`` for who may not know who it is."""
    if person.has(*ACCESS):
        return f"/access/clients/{client}"
    return page_of_helped(client) if person.has(*HELPERS) else None


async def names_of(
    referrals: ReferralClient, person: Person, clients: Iterable[UUID], silent: str = ""
) -> dict[UUID, str]:
    """What these clients are called, for who may know; empty for others. Every look is recorded.

    ``silent`` stands behind the name of a client about whom no message may be sent.
    """
    wanted = sorted(set(clients), key=str)
    if not wanted or not person.has(*LOOKERS):
        return {}
    found: dict[UUID, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        for client in await referrals.clients(wanted[start : start + _AT_ONCE]):
            noted = f" ({silent})" if silent and client.no_messages else ""
            found[client.client] = client.display_name + noted
    return found
