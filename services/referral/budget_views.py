"""What the service tells of personal budgets: to the municipality alone."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from pydantic import Field

from contracts.events.commissioning import Law
from contracts.values import ProductCategory, ProductCode
from services.kit.model import Day
from services.referral.bodies import Body
from services.referral.broad_commands import AllocationNumber
from services.referral.chain_views import ChainAllocation
from services.referral.domain.personal_budget import Remedy
from services.referral.istandaarden.codes import STANDARDS
from services.referral.istandaarden.labels import CATEGORIES
from services.referral.views import View

CATEGORY_NAMES: Final[Mapping[Law, Mapping[str, str]]] = {law: CATEGORIES[each] for law, each in STANDARDS.items()}
"""The product categories of each law (JZ020, WMO020), with their names in Dutch."""


class PersonalBudgetBody(Body):
    """A personal budget that was granted."""

    law: Law
    category: ProductCategory
    product_code: ProductCode | None = Field(default=None, description="Left out: for every product of the category.")
    starts_on: Day
    ends_on: Day | None = Field(default=None, description="The last day; left out when the budget has no end.")
    ending: tuple[AllocationNumber, ...] = Field(
        default=(),
        max_length=100,
        description="Allocations under this law that end the day before (OP043): all with the remedy `end`.",
    )


class AllocationBeside(View):
    """An allocation for the same product in the same days as a personal budget, and what has to be done with it."""

    allocation: ChainAllocation
    remedy: Remedy = Field(
        description="`end`: ends the day before when that is confirmed. `remove`: begins only when the budget runs."
        " `agree`: the budget began before today, agree with the provider. `look`: allows anything within an amount."
    )


class PersonalBudgetView(View):
    """A personal budget that was granted."""

    budget_id: UUID
    law: Law
    category: str
    category_name: str
    product_code: str | None = Field(description="Empty: for every product of the category.")
    starts_on: date
    ends_on: date | None
    beside: tuple[AllocationBeside, ...] = Field(
        default=(), description="What is allocated for the same product in the same days: somebody has to mend that."
    )


class PersonalBudgetState(View):
    """What became of an act on a personal budget."""

    client: UUID
    budget_id: UUID
    ended: tuple[int, ...] = Field(default=(), description="The allocations that end the day before; a 301 says so.")
    changed: bool = Field(default=True, description="False when it was so already.")
