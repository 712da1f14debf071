"""What a municipality wants to happen with an allocation that no journey serves: aspecific or generic.

Source: iWmo/iJw 3.2 IV066 and OP033x1. See ``commands`` about personal data in a command.
"""

from typing import Annotated

from pydantic import Field

from contracts.events.commissioning import Law
from contracts.values import AgbCode, MunicipalityCode, ProductCategory
from services.kit.commands import Command
from services.kit.model import Day
from services.referral.domain.person import Person
from services.referral.domain.reasons import ChangeReason

BudgetCents = Annotated[int, Field(ge=1, le=99_999_999, description="In cents, for the whole allocation.")]
AllocationNumber = Annotated[int, Field(ge=1, le=999_999_999)]


class AllocateBroadly(Command):
    """Allocate a category (aspecific), perhaps with a budget, or a budget alone (generic); nobody asked for it.

    A budget needs a last day (CD075). ``person`` is found again by citizen number, and completes the dossier.
    """

    municipality: MunicipalityCode
    provider: AgbCode
    law: Law
    person: Person = Field(exclude=True, repr=False)
    person_mark: str
    category: ProductCategory | None = None
    budget_cents: BudgetCents | None = None
    starts_on: Day
    ends_on: Day | None = None


class ChangeBroadAllocation(Command):
    """Another last day, another budget, or both, under the same number (OP257). What is left out stays as it is.

    ``agreed``: the provider consents to a lower budget (OP299).
    """

    municipality: MunicipalityCode
    law: Law
    number: AllocationNumber
    reason: ChangeReason
    ends_on: Day | None = None
    budget_cents: BudgetCents | None = None
    agreed: bool = False


class RemoveBroadAllocation(Command):
    """It counts as never made (reason 13), also when care was given under it."""

    municipality: MunicipalityCode
    law: Law
    number: AllocationNumber
