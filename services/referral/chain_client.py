"""The part of the client that is about changes of allocations, and requests that are decided on as a whole."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.events.commissioning import Law
from services.kit.http import ServiceClient, path
from services.kit.paging import Page
from services.referral import bodies
from services.referral.chain_views import (
    AllocationInDetail,
    AllocationState,
    CategoryView,
    ChainAllocation,
    ChainRequestView,
    ExchangeSettings,
    RequestState,
)
from services.referral.domain.orders import RequestOrder
from services.referral.views import Count, MessageView, PromisedEnds, ReferralState


def _journey(referral_id: UUID, act: str) -> str:
    return f"{path('/referrals/{id}', id=referral_id)}/{act}"


def _request(request_id: UUID) -> str:
    return path("/chain-requests/{id}", id=request_id)


def _allocation(municipality: str, law: Law, number: int) -> str:
    return path("/allocations/{municipality}/{law}/{number}", municipality=municipality, law=law, number=number)


class ChainCalls(ServiceClient):
    """What people and the workflows do and see of the chain."""

    async def remove_allocation(self, referral_id: UUID, *, idempotency_key: str) -> ReferralState:
        """The allocation counts as never made."""
        return await self.post(ReferralState, _journey(referral_id, "removals"), idempotency_key=idempotency_key)

    async def exchange_settings(self) -> ExchangeSettings:
        """How the caller exchanges messages."""
        return await self.get(ExchangeSettings, "/exchange-settings")

    async def set_exchange(self, *, own_retours: bool, idempotency_key: str) -> ExchangeSettings:
        """Say whether the caller's own software sends the retours."""
        body = bodies.ExchangeSettingsBody(own_retours=own_retours)
        return await self.put(ExchangeSettings, "/exchange-settings", body, idempotency_key=idempotency_key)

    async def chain_requests(
        self,
        *,
        undecided: bool | None = None,
        change: bool | None = None,
        escalated: bool | None = None,
        municipality: str | None = None,
        provider: str | None = None,
        sort: RequestOrder = RequestOrder.RECEIVED,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[ChainRequestView]:
        """Requests that are decided on as a whole, in that order."""
        return await self.get(
            Page[ChainRequestView],
            "/chain-requests",
            undecided=undecided,
            change=change,
            escalated=escalated,
            municipality=municipality,
            provider=provider,
            sort=sort.value,
            limit=limit,
            after=after,
        )

    async def chain_request_count(
        self,
        *,
        undecided: bool | None = None,
        change: bool | None = None,
        escalated: bool | None = None,
        municipality: str | None = None,
        provider: str | None = None,
    ) -> int:
        """How many of these there are in all."""
        found = await self.get(
            Count,
            "/chain-request-counts",
            undecided=undecided,
            change=change,
            escalated=escalated,
            municipality=municipality,
            provider=provider,
        )
        return found.number

    async def chain_request(self, request_id: UUID) -> ChainRequestView:
        """One of them."""
        return await self.get(ChainRequestView, _request(request_id))

    async def allocations_of_request(self, request_id: UUID) -> list[AllocationInDetail]:
        """What its client was allocated at its provider, with what was declared on it."""
        return await self.get(list[AllocationInDetail], f"{_request(request_id)}/allocations")

    async def same_allocations(self, referral_id: UUID) -> list[ChainAllocation]:
        """What was allocated already of what a journey asks, in the same days."""
        return await self.get(list[ChainAllocation], _journey(referral_id, "same-allocations"))

    async def same_allocations_as_request(self, request_id: UUID) -> list[ChainAllocation]:
        """What was allocated already of what a request asks anew, in the same days."""
        return await self.get(list[ChainAllocation], f"{_request(request_id)}/same-allocations")

    async def remind_of_request(self, request_id: UUID, *, overdue: bool, idempotency_key: str) -> RequestState:
        """The decision is almost due, or its term has passed."""
        body = bodies.RequestReminderBody(overdue=overdue)
        return await self.post(RequestState, f"{_request(request_id)}/reminders", body, idempotency_key=idempotency_key)

    async def promise_ends(self, import_id: UUID, *, idempotency_key: str) -> PromisedEnds:
        """Ends of care in an imported file came near."""
        address = path("/imports/{id}/promised-ends", id=import_id)
        return await self.post(PromisedEnds, address, idempotency_key=idempotency_key)

    async def chain_allocations(
        self, *, journeyless: bool | None = None, limit: int = 50, after: str | None = None
    ) -> Page[ChainAllocation]:
        """Every allocation of the caller, latest first."""
        return await self.get(Page[ChainAllocation], "/allocations", journeyless=journeyless, limit=limit, after=after)

    async def chain_allocation(self, municipality: str, law: Law, number: int) -> AllocationInDetail:
        """One of them, with what came of it so far."""
        return await self.get(AllocationInDetail, _allocation(municipality, law, number))

    async def allocate_broadly(self, body: Mapping[str, Any], *, idempotency_key: str) -> AllocationState:
        """Allocate a category, or a budget alone."""
        return await self.post(AllocationState, "/allocations", body, idempotency_key=idempotency_key)

    async def change_broad_allocation(
        self, allocation: ChainAllocation, body: Mapping[str, Any], *, idempotency_key: str
    ) -> AllocationState:
        """Another last day or budget of an allocation that no journey serves."""
        address = f"{_allocation(allocation.municipality, allocation.law, allocation.number)}/changes"
        return await self.post(AllocationState, address, body, idempotency_key=idempotency_key)

    async def remove_broad_allocation(
        self, municipality: str, law: Law, number: int, *, idempotency_key: str
    ) -> AllocationState:
        """An allocation that no journey serves counts as never made."""
        return await self.post(
            AllocationState, f"{_allocation(municipality, law, number)}/removals", idempotency_key=idempotency_key
        )

    async def categories(self, municipality: str, starts_on: date | None = None) -> list[CategoryView]:
        """The categories that may be allocated without a product."""
        return await self.get(list[CategoryView], "/categories", municipality=municipality, startsOn=starts_on)

    async def message_count(
        self, *, direction: str | None = None, accepted: bool | None = None, since: datetime | None = None
    ) -> int:
        """How many of these messages the caller has in all."""
        found = await self.get(Count, "/message-counts", direction=direction, accepted=accepted, since=since)
        return found.number

    async def miss_receipt(self, message_id: UUID, *, idempotency_key: str) -> MessageView:
        """The retour on a message did not come in time."""
        return await self.post(
            MessageView, path("/messages/{id}/missed-receipts", id=message_id), idempotency_key=idempotency_key
        )
