"""What a municipality records of the personal budgets (persoonsgebonden budget, pgb) that it granted to a client."""

from uuid import UUID

from contracts.events.commissioning import Law
from contracts.values import ProductCategory, ProductCode
from services.kit.commands import Command
from services.kit.model import Day
from services.referral.broad_commands import AllocationNumber


class RecordPersonalBudget(Command):
    """A personal budget was granted: for a category, or for one product of it.

    ``ending`` are the allocations under this law that end the day before: all that can, as somebody saw and confirmed.
    """

    client: UUID
    law: Law
    category: ProductCategory
    product_code: ProductCode | None = None
    starts_on: Day
    ends_on: Day | None = None
    ending: tuple[AllocationNumber, ...] = ()


class ChangePersonalBudget(RecordPersonalBudget):
    """What was recorded was not right, or the budget ends. Everything is said anew."""

    budget_id: UUID


class WithdrawPersonalBudget(Command):
    """It was recorded by mistake. Allocations that ended for it stay as they are."""

    client: UUID
    budget_id: UUID
