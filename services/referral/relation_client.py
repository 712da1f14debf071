"""The part of the client of referral that is about one client: who stands around them, and their care."""

from typing import Any
from uuid import UUID

from services.kit.http import ServiceClient, path
from services.referral.chain_views import ChainAllocation, ClientCare
from services.referral.relation_views import (
    AuthorityBody,
    CircumstancesState,
    ClientFound,
    ClientRelations,
    ClientState,
    ContactsTold,
    MessagesBody,
    RelationState,
)
from services.referral.views import ClientErased, ClientView, ReferralView


class RelationCalls(ServiceClient):
    """Relations, authority, whether messages may be sent, and the care of one client."""

    async def find_client(self, number: str, *, idempotency_key: str) -> ClientFound:
        """Who of the own clients has this number; the look is recorded. Raises ``NotFound``, ``Invalid``."""
        return await self.post(ClientFound, "/clients/searches", {"number": number}, idempotency_key=idempotency_key)

    async def care_of(self, client: UUID) -> ClientCare:
        """All care of one person with the own organisation; the look is recorded."""
        return await self.get(ClientCare, f"{_one(client)}/care")

    async def client(self, client: UUID) -> ClientView:
        """Who one client is, with the version that a correction names; the look is recorded."""
        return await self.get(ClientView, _one(client))

    async def erase_client(self, client: UUID, reason: str, *, idempotency_key: str) -> ClientErased:
        """Erase a person for ever."""
        body = {"reason": reason}
        return await self.post(ClientErased, f"{_one(client)}/erasures", body, idempotency_key=idempotency_key)

    async def change_client(self, client: UUID, person: Any, *, if_match: str) -> ClientState:
        """Correct who a client is and how to reach them."""
        return await self.put(ClientState, _one(client), {"person": person}, if_match=if_match)

    async def relations(self, client: UUID) -> ClientRelations:
        """Who stands around a client; the look is recorded."""
        return await self.get(ClientRelations, f"{_one(client)}/relations")

    async def contacts(self, client: UUID) -> list[ContactsTold]:
        """Whom allocations named around a client, for the provider; the look is recorded."""
        return await self.get(list[ContactsTold], f"{_one(client)}/contacts")

    async def referrals_of(self, client: UUID) -> list[ReferralView]:
        """The journeys of a client, latest request first."""
        return await self.get(list[ReferralView], f"{_one(client)}/referrals")

    async def allocations_of(self, client: UUID) -> list[ChainAllocation]:
        """What is allocated to a client without a product."""
        return await self.get(list[ChainAllocation], f"{_one(client)}/allocations")

    async def add_relation(self, client: UUID, relation: Any, *, idempotency_key: str) -> RelationState:
        """Record somebody around a client."""
        return await self._change(f"{_one(client)}/relations", {"relation": relation}, idempotency_key)

    async def change_relation(self, client: UUID, number: int, relation: Any, *, idempotency_key: str) -> RelationState:
        """Replace what is known of somebody."""
        address = f"{_one(client)}/relations/{number}/changes"
        return await self._change(address, {"relation": relation}, idempotency_key)

    async def end_relation(self, client: UUID, number: int, *, idempotency_key: str) -> RelationState:
        """They stand around the client no longer."""
        return await self._change(f"{_one(client)}/relations/{number}/endings", None, idempotency_key)

    async def set_authority(self, client: UUID, *, own: bool, idempotency_key: str) -> CircumstancesState:
        """Whether a client has authority over themselves."""
        body = AuthorityBody(own=own)
        return await self.post(CircumstancesState, f"{_one(client)}/authority", body, idempotency_key=idempotency_key)

    async def stop_messages(self, client: UUID, judged_by: str, *, idempotency_key: str) -> CircumstancesState:
        """Send no messages about a client (OP003)."""
        return await self._exchange(client, {"allowed": False, "judgedBy": judged_by or None}, idempotency_key)

    async def resume_messages(self, client: UUID, *, idempotency_key: str) -> CircumstancesState:
        """Messages about a client may go again; what was decided meanwhile is sent."""
        return await self._exchange(client, MessagesBody(allowed=True), idempotency_key)

    async def _change(self, address: str, body: Any, idempotency_key: str) -> RelationState:
        return await self.post(RelationState, address, body, idempotency_key=idempotency_key)

    async def _exchange(self, client: UUID, body: Any, idempotency_key: str) -> CircumstancesState:
        return await self.post(CircumstancesState, f"{_one(client)}/exchange", body, idempotency_key=idempotency_key)


def _one(client: UUID) -> str:
    return path("/clients/{client}", client=client)
