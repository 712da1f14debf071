"""What a declaration (323) says, and what must be known to judge it.

Money is in whole cents; a sum is signed, credit below zero. ``client`` is the pseudonym of the referral service; the
BSN stays with the declaration and shows in no ``repr``. Everything known is of one municipality, one provider and one
law.

Source: iWmo/iJw 3.2, messages 323 and 325.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from contracts.events.commissioning import Unit
from services.referral.domain.declared_volume import AllocatedVolume
from services.referral.domain.identity import Bsn


@dataclass(frozen=True, slots=True)
class Performance:
    """Care of one product in one product period, as it is declared (a *Prestatie*).

    ``reference`` is unique for the provider; ``previous_reference`` names the debit that a credit takes back.
    ``starts_on`` and ``ends_on`` are the product period. ``amount_cents`` is never negative; ``credit`` says which way
    it goes. ``tariff_cents`` is per unit, per minute where care under an hourly tariff is declared in minutes.
    """

    reference: str
    allocation_number: int
    category: str
    code: str
    starts_on: date
    ends_on: date
    volume: int
    unit: Unit
    amount_cents: int
    tariff_cents: int | None = None
    by_effort: bool = False
    credit: bool = False
    previous_reference: str | None = None

    @property
    def signed_cents(self) -> int:
        return -self.amount_cents if self.credit else self.amount_cents

    @property
    def product_in_period(self) -> tuple[int, date, date, str, str]:
        """What can stand debited once at a time (TR389, TR416)."""
        return self.allocation_number, self.starts_on, self.ends_on, self.category, self.code

    def takes_back(self, debit: "Performance") -> bool:
        """Whether this credit is the debit itself, but for its references and its sign (IV091)."""
        return (
            self.credit
            and not debit.credit
            and self.previous_reference == debit.reference
            and self.product_in_period == debit.product_in_period
            and (self.volume, self.unit, self.by_effort) == (debit.volume, debit.unit, debit.by_effort)
            and (self.amount_cents, self.tariff_cents) == (debit.amount_cents, debit.tariff_cents)
        )


@dataclass(frozen=True, slots=True)
class DeclaredClient:
    """The performances for one client."""

    bsn: Bsn
    performances: tuple[Performance, ...]

    @property
    def signed_cents(self) -> int:
        return sum(performance.signed_cents for performance in self.performances)


@dataclass(frozen=True, slots=True)
class Declared:
    """The content of a declaration, valid at level 2; its period is one calendar month."""

    number: str
    period_starts_on: date
    period_ends_on: date
    clients: tuple[DeclaredClient, ...]

    @property
    def submitted_cents(self) -> int:
        """Debits minus credits; negative when more is taken back than declared."""
        return sum(client.signed_cents for client in self.clients)


@dataclass(frozen=True, slots=True)
class DeclarableAllocation:
    """An allocation as it stands now: the last decision on its number.

    ``category`` and ``code`` are empty as far as the allocation leaves the product open; ``extent`` goes with a code,
    ``budget_cents`` with an open product. ``removed``: its last change reason is 13.
    """

    number: int
    client: UUID
    starts_on: date
    ends_on: date | None = None
    category: str | None = None
    code: str | None = None
    extent: AllocatedVolume | None = None
    budget_cents: int | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class ContractTariff:
    """What one unit of a product costs under the agreement, from ``starts_on`` up to and including ``ends_on``.

    ``by_effort`` None: the agreement does not say whether its pieces are effort or output, so both fit.
    """

    code: str
    cents: int
    unit: Unit
    starts_on: date
    ends_on: date | None = None
    by_effort: bool | None = False
    agreement: UUID | None = None

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class ApprovedPerformance:
    """A debit that an earlier 325 did not reject; ``credited`` when a later, granted credit took it back."""

    performance: Performance
    client: UUID
    credited: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Approved debits on one allocation that were not taken back, added up: units of one unit, and cents."""

    allocation_number: int
    unit: Unit
    volume: int
    cents: int


@dataclass(frozen=True, slots=True)
class DeclaredKnown:
    """What the municipality knows when it judges a declaration. Sets may hold more than the declaration asks about.

    - ``numbers``: DeclaratieNummer of earlier declarations (TR333);
    - ``references``: ReferentieNummer of earlier performances, rejected ones included (TR314);
    - ``clients``: pseudonym per BSN, for each client of the declaration who is known (TR304);
    - ``allocations``: per number, those that the declaration names, whoever the client is; an allocation to another
      provider does not belong here (TR338);
    - ``approved``: earlier approved debits, credited or not: all that the declaration takes back, and all of a product
      and period that it declares (TR323, TR389, TR390);
    - ``standing``: what else stands approved on those allocations (TR322, TR369);
    - ``last_period``: first day of the latest declaration period of this provider, None before the first (TR318);
    - ``tariffs``: of the agreement, per product code. A product that is not in it has no agreed tariff and is not
      judged on it (TR418, TR346, and TR341 for an open allocation).
    """

    numbers: Collection[str] = frozenset()
    references: Collection[str] = frozenset()
    clients: Mapping[Bsn, UUID] = field(default_factory=dict)
    allocations: Mapping[int, DeclarableAllocation] = field(default_factory=dict)
    approved: tuple[ApprovedPerformance, ...] = ()
    standing: tuple[Standing, ...] = ()
    last_period: date | None = None
    tariffs: Mapping[str, tuple[ContractTariff, ...]] = field(default_factory=dict)

    def tariff_of(self, performance: Performance) -> ContractTariff | None:
        """The agreed tariff of the product on the first day of the product period."""
        found = self.tariffs.get(performance.code, ())
        return next((tariff for tariff in found if tariff.holds_on(performance.starts_on)), None)
