"""Spent and reserved: what declarations really cost, beside what allocations promise, per agreement.

Spent is what was granted in declarations (323 and 325), in the month in which the care was given. Reserved is what an
allocation may cost in all, in the month in which it begins; unlike what is committed, a stop gives nothing of it back.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Self
from uuid import UUID

from contracts.events.commissioning import Unit
from contracts.events.declarations import AmountReserved, AmountSpent
from contracts.events.referral import TrajectoryImported
from services.commissioning.domain.spending import Commitment, Price, price_of
from services.kit.working_days import local_date, start_of_day_utc


@dataclass(frozen=True, slots=True)
class Place:
    """What an amount is about. ``month`` is the first day of a calendar month."""

    provider: str
    municipality: str
    product_code: str
    month: date

    @property
    def last_day(self) -> date:
        return (self.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    def agreement(self, prices: Iterable[Price]) -> UUID | None:
        """The latest agreement that has a tariff for this on any day of the month; ``None`` when there is none."""
        found = max(
            ((price.agreed_from, price.agreement_id) for price in prices if self._priced_by(price)), default=None
        )
        return None if found is None else found[1]

    def _priced_by(self, price: Price) -> bool:
        return (
            price.provider == self.provider
            and price.product_code == self.product_code
            and self.municipality in price.municipalities
            and price.municipality in (None, self.municipality)
            and max(price.valid_from, price.agreed_from) <= self.last_day
            and (price.valid_until is None or self.month <= price.valid_until)
            and (price.agreed_until is None or self.month <= price.agreed_until)
        )


@dataclass(slots=True)
class SpentLines:
    """What a batch of events adds to the spend. Adding in any order and any batches gives the same sums."""

    cents: defaultdict[tuple[Place, UUID | None], int] = field(default_factory=lambda: defaultdict(int))
    lines: defaultdict[tuple[Place, UUID | None], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, event: AmountSpent) -> None:
        month = event.month.replace(day=1)
        key = Place(event.provider, event.municipality, event.product_code, month), event.agreement_id
        self.cents[key] += event.cents
        self.lines[key] += event.lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What one allocation may cost in all. ``named`` is the agreement that the event named, if it did.

    Of an imported allocation nobody told the amount: ``unit`` and ``total_units`` then say what there is to price.
    """

    referral_id: UUID
    allocation_number: int
    provider: str
    municipality: str
    product_code: str
    starts_on: date
    unit: Unit | None = None
    total_units: int | None = None
    named: UUID | None = None
    cents: int = 0

    @classmethod
    def of_imported(cls, event: TrajectoryImported) -> Self:
        """An allocation from before joining, still to be priced."""
        return cls(
            referral_id=event.referral_id,
            allocation_number=event.allocation_number,
            provider=event.provider,
            municipality=event.municipality,
            product_code=event.assignment.product_code,
            starts_on=event.starts_on,
            unit=event.assignment.unit,
            total_units=event.assignment.total_units,
        )

    @classmethod
    def of(cls, event: AmountReserved, journey: Commitment | None) -> Self:
        """It counts in the month in which care should begin; by the day it was reserved if that is not known."""
        begins = journey is not None and journey.provider == event.provider
        return cls(
            referral_id=event.referral_id,
            allocation_number=event.allocation_number,
            provider=event.provider,
            municipality=event.municipality,
            product_code=event.product_code,
            starts_on=journey.starts_on if journey is not None and begins else local_date(event.reserved_at),
            named=event.agreement_id,
            cents=event.cents,
        )

    @property
    def place(self) -> Place:
        return Place(self.provider, self.municipality, self.product_code, self.starts_on.replace(day=1))

    def counted(self, prices: Iterable[Price]) -> "Reserved":
        """The reservation with the agreement it counts under: the named one, or the one that prices it."""
        if self.unit is None or self.total_units is None:
            return self, self.named or self.place.agreement(prices)
        allocated = Commitment(
            referral_id=self.referral_id,
            municipality=self.municipality,
            provider=self.provider,
            product_code=self.product_code,
            unit=self.unit,
            total_units=self.total_units,
            starts_on=self.starts_on,
            ends_on=None,
            start_due=start_of_day_utc(self.starts_on),
        )
        price = price_of(allocated, prices)
        if price is None:
            return replace(self, cents=0), None
        return replace(self, cents=price.amount(allocated)), price.agreement_id


Reserved = tuple[Reservation, UUID | None]
"""A reservation and the agreement that it counts under."""


@dataclass(slots=True)
class ReservedDeltas:
    """Differences to add to what is reserved per agreement, municipality and month."""

    cents: defaultdict[tuple[UUID, str, date], int] = field(default_factory=lambda: defaultdict(int))

    def replace(self, before: Reserved | None, after: Reserved) -> None:
        """A reservation counted as ``before`` and now counts as ``after``."""
        for counted, sign in ((before, -1), (after, 1)):
            reservation, agreement = counted or (None, None)
            if reservation is not None and agreement is not None:
                self.cents[agreement, reservation.municipality, reservation.place.month] += sign * reservation.cents
