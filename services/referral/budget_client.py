"""The part of the client of referral that is about personal budgets (persoonsgebonden budget, pgb)."""

from typing import Any
from uuid import UUID

from services.kit.http import ServiceClient, path
from services.referral.budget_views import AllocationBeside, PersonalBudgetState, PersonalBudgetView


class BudgetCalls(ServiceClient):
    """What the access team records and sees of the personal budgets of a client."""

    async def personal_budgets(self, client: UUID) -> list[PersonalBudgetView]:
        """What was granted, latest first day first; the look is recorded."""
        return await self.get(list[PersonalBudgetView], _budgets(client))

    async def overlapping_allocations(self, client: UUID, budget: dict[str, Any]) -> list[AllocationBeside]:
        """What would stand beside a personal budget like this."""
        address = path("/clients/{client}/overlapping-allocations", client=client)
        return await self.get(list[AllocationBeside], address, **budget)

    async def record_personal_budget(
        self, client: UUID, budget: dict[str, Any], *, idempotency_key: str
    ) -> PersonalBudgetState:
        """Record one, and end what is allocated for the same product."""
        return await self.post(PersonalBudgetState, _budgets(client), budget, idempotency_key=idempotency_key)

    async def change_personal_budget(
        self, client: UUID, budget_id: UUID, budget: dict[str, Any], *, idempotency_key: str
    ) -> PersonalBudgetState:
        """Say anew for what it is and when it runs."""
        address = f"{_budget(client, budget_id)}/changes"
        return await self.post(PersonalBudgetState, address, budget, idempotency_key=idempotency_key)

    async def withdraw_personal_budget(
        self, client: UUID, budget_id: UUID, *, idempotency_key: str
    ) -> PersonalBudgetState:
        """It was recorded by mistake."""
        address = f"{_budget(client, budget_id)}/removals"
        return await self.post(PersonalBudgetState, address, idempotency_key=idempotency_key)

    async def budgets_beside_referral(self, referral_id: UUID) -> list[PersonalBudgetView]:
        """Those for what a journey asks."""
        return await self.get(list[PersonalBudgetView], path("/referrals/{id}/personal-budgets", id=referral_id))

    async def budgets_beside_request(self, request_id: UUID) -> list[PersonalBudgetView]:
        """Those for what would be allocated when a request is granted."""
        return await self.get(list[PersonalBudgetView], path("/chain-requests/{id}/personal-budgets", id=request_id))


def _budgets(client: UUID) -> str:
    return path("/clients/{client}/personal-budgets", client=client)


def _budget(client: UUID, budget_id: UUID) -> str:
    return path("/clients/{client}/personal-budgets/{budget}", client=client, budget=budget_id)
