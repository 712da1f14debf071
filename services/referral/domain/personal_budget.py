"""A personal budget (persoonsgebonden budget, pgb): the client buys the help, instead of a provider that is allocated.

Source: iWmo/iJw 3.2 OP043: no allocation for the same product in the same days; what is allocated already ends at the
latest the day before the budget begins.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from contracts.events.commissioning import Law
from services.referral.domain.allocation import Allocation

_ONE_DAY = timedelta(days=1)


class Remedy(StrEnum):
    """What has to be done with an allocation that stands beside a personal budget.

    ``END``: it ends the day before the budget, at once. The others are for people. ``REMOVE``: it begins only when the
    budget runs. ``AGREE``: the budget began before today, so care may have been given and declared since; that stays
    legitimate (OP345). ``LOOK``: it names no product, so perhaps the same help is given under it.
    """

    END = "end"
    REMOVE = "remove"
    AGREE = "agree"
    LOOK = "look"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalBudget:
    """One that was granted, both days included; without a code for all products of the category."""

    budget_id: UUID
    municipality: str
    client_id: UUID
    law: Law
    category: str
    product_code: str | None = None
    starts_on: date
    ends_on: date | None = None

    @property
    def last_day_before(self) -> date:
        """On which an allocation of the same ends at the latest."""
        return self.starts_on - _ONE_DAY

    def covers(self, allocation: Allocation) -> bool:
        """Whether both are for the same product in the same days, which is not allowed (OP043).

        The same product: the same category, and the same code when both have one. An allocation of a category alone
        allows every product of it, so also this one. One without a category names no product at all: it is for all help
        of the client at the provider, and a personal budget for a part of that does not end it.
        """
        by_code = None in (self.product_code, allocation.product_code) or self.product_code == allocation.product_code
        return allocation.category == self.category and by_code and self._beside(allocation)

    def remedy(self, allocation: Allocation, today: date) -> Remedy | None:
        """What has to be done with ``allocation``; nothing when it does not stand beside this."""
        if allocation.category is None and self._beside(allocation):
            return Remedy.LOOK
        if not self.covers(allocation):
            return None
        if allocation.starts_on >= self.starts_on:
            return Remedy.REMOVE
        return Remedy.AGREE if self.starts_on < today else Remedy.END

    def repeats(self, other: "PersonalBudget") -> bool:
        """Whether the same was recorded twice: another one for the very same in the same days."""
        return (
            self.budget_id != other.budget_id
            and (self.law, self.category, self.product_code) == (other.law, other.category, other.product_code)
            and (other.ends_on is None or self.starts_on <= other.ends_on)
            and (self.ends_on is None or other.starts_on <= self.ends_on)
        )

    def _beside(self, allocation: Allocation) -> bool:
        return (
            not allocation.removed
            and allocation.law is self.law
            and allocation.client_id == self.client_id
            and allocation.shares_days_with(self.starts_on, self.ends_on)
        )


def added(present: Allocation, changed: Allocation) -> Iterable[Allocation]:
    """The days that ``changed`` allows after the end of ``present``, as an allocation; none when it is not extended."""
    if present.ends_on is not None and (changed.ends_on is None or changed.ends_on > present.ends_on):
        yield replace(changed, starts_on=present.ends_on + _ONE_DAY)
