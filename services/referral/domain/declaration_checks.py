"""What can be wrong with a declaration at levels 3 and 4, one function per rule of the standard.

A credit is the earlier debit again, so only its reference and its relation to that debit are judged: a municipality
cannot reject it for what it approved before (IV085).

Source: iWmo/iJw 3.2, rules TR3** on the 323, OP284, OP360, IV089–IV091.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from contracts.events.commissioning import Unit
from services.referral.domain.declared import (
    ApprovedPerformance,
    ContractTariff,
    DeclarableAllocation,
    Declared,
    DeclaredKnown,
    Performance,
)
from services.referral.domain.declared_volume import (
    AllocatedVolume,
    allowed_in_period,
    allowed_in_total,
    amount_at,
    amount_for_minutes,
    fits_unit,
    in_smallest_unit,
    some_hourly_tariff_gives,
    tariff_per_minute,
)

Where = Literal["header", "declaration", "client", "performance"]


class Broken(NamedTuple):
    """A rule of the standard that is broken: on which class, on which element below it, with which return code.

    ``client`` and ``performance`` are positions in the declaration, from 0, as far as the class has them.
    """

    rule: str
    returns: str
    where: Where
    element: str
    client: int | None = None
    performance: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that is judged here, and the function that tells whether it is broken."""

    rule: str
    returns: str
    where: Where
    element: str
    broken: Callable[..., bool]

    def at(self, client: int | None = None, performance: int | None = None) -> Broken:
        return Broken(self.rule, self.returns, self.where, self.element, client, performance)


class Ledger:
    """What stands approved, while a declaration is judged: earlier ones plus what was granted so far."""

    def __init__(self, known: DeclaredKnown) -> None:
        self.approved = {approved.performance.reference: approved for approved in known.approved}
        self.standing: Counter[tuple[int, date, date, str, str]] = Counter()
        self.cents: Counter[int] = Counter()
        self.volume: Counter[int] = Counter()
        self._allocations = known.allocations
        for approved in known.approved:
            if not approved.credited:
                self._count(approved.performance, 1)
        for each in known.standing:
            self._add(each.allocation_number, each.unit, each.volume, each.cents)

    def book(self, performance: Performance, client: UUID) -> None:
        """Add a granted debit, or take back the debit of a granted credit."""
        if performance.credit:
            debit = self.approved[performance.previous_reference or ""]
            self.approved[debit.performance.reference] = replace(debit, credited=True)
            self._count(debit.performance, -1)
        else:
            self.approved[performance.reference] = ApprovedPerformance(performance, client)
            self._count(performance, 1)

    def _count(self, performance: Performance, times: int) -> None:
        self.standing[performance.product_in_period] += times
        volume, cents = times * performance.volume, times * performance.amount_cents
        self._add(performance.allocation_number, performance.unit, volume, cents)

    def _add(self, number: int, unit: Unit, volume: int, cents: int) -> None:
        self.cents[number] += cents
        allocation = self._allocations.get(number)
        if allocation is not None and allocation.extent is not None:
            self.volume[number] += in_smallest_unit(volume, unit, allocation.extent.unit)


@dataclass(frozen=True, slots=True)
class Case:
    """One performance with everything a check looks at."""

    performance: Performance
    client: UUID
    declared: Declared
    known: DeclaredKnown
    ledger: Ledger
    repeated: bool

    @property
    def allocation(self) -> DeclarableAllocation | None:
        """The allocation that the performance names; none when it is for another client."""
        named = self.known.allocations.get(self.performance.allocation_number)
        return named if named is not None and named.client == self.client else None

    @property
    def tariff(self) -> ContractTariff | None:
        return self.known.tariff_of(self.performance)

    @property
    def debit(self) -> ApprovedPerformance | None:
        """The approved debit that a credit names."""
        return self.ledger.approved.get(self.performance.previous_reference or "")


def number_used(declared: Declared, known: DeclaredKnown) -> bool:
    return declared.number in known.numbers


def period_does_not_follow(declared: Declared, known: DeclaredKnown) -> bool:
    """Before the last declared month, or past a month in which, as this declaration itself shows, care was given.

    The same month again is allowed (OP284, IV090), and so are whole months without care. The source ties no return code
    to IV090 (an earlier period than the last); 8214 is the one that fits.
    """
    last, period = known.last_period, declared.period_starts_on
    if last is None:
        return False
    if period < last:
        return True
    return any(
        last < performance.starts_on.replace(day=1) < period
        for client in declared.clients
        for performance in client.performances
        if not performance.credit
    )


def client_unknown(declared: Declared, known: DeclaredKnown) -> bool:
    return any(client.bsn not in known.clients for client in declared.clients)


def reference_used(case: Case) -> bool:
    # Of two with the same reference in one message neither can be told apart in the answer, so both are wrong.
    reference = case.performance.reference
    return case.repeated or reference in case.known.references or reference in case.ledger.approved


def no_approved_debit(case: Case) -> bool:
    # A credit that differs from the debit it names is not the credit of that debit (IV091).
    debit = case.debit
    return debit is None or debit.client != case.client or not case.performance.takes_back(debit.performance)


def already_credited(case: Case) -> bool:
    return case.debit is not None and case.debit.credited


def no_allocation(case: Case) -> bool:
    return case.allocation is None


def removed_allocation(case: Case) -> bool:
    return case.allocation is not None and case.allocation.removed


def other_category(case: Case) -> bool:
    allocation = case.allocation
    return allocation is not None and allocation.category not in (None, case.performance.category)


def other_code(case: Case) -> bool:
    allocation = case.allocation
    return allocation is not None and allocation.code not in (None, case.performance.code)


def other_unit(case: Case) -> bool:
    """Not the unit of the allocation, or without a volume there, not that of the agreement."""
    if case.allocation is None:
        return False
    allocated = case.allocation.extent or case.tariff
    return allocated is not None and not _fits(case.performance, allocated)


def _fits(performance: Performance, allocated: AllocatedVolume | ContractTariff) -> bool:
    by_effort = performance.by_effort if allocated.by_effort is None else allocated.by_effort
    return fits_unit(performance.unit, performance.by_effort, allocated.unit, by_effort)


def begins_before_allocation(case: Case) -> bool:
    return case.allocation is not None and case.performance.starts_on < case.allocation.starts_on


def ends_after_allocation(case: Case) -> bool:
    allocation = case.allocation
    return allocation is not None and allocation.ends_on is not None and case.performance.ends_on > allocation.ends_on


def not_from_first_day(case: Case) -> bool:
    """Not from the first of the month, or from the first day of an allocation that begins later in that month."""
    if case.allocation is None:
        return False
    first, begins = case.performance.starts_on.replace(day=1), case.allocation.starts_on
    return case.performance.starts_on != (begins if begins.replace(day=1) == first else first)


def not_to_last_day(case: Case) -> bool:
    """Not up to the last of the month, or to the last day of an allocation that ends earlier in that month."""
    if case.allocation is None:
        return False
    last, ends = last_of_month(case.performance.ends_on), case.allocation.ends_on
    return case.performance.ends_on != (ends if ends is not None and last_of_month(ends) == last else last)


def after_declaration_period(case: Case) -> bool:
    return case.performance.ends_on > case.declared.period_ends_on


def too_much_in_period(case: Case) -> bool:
    allocation, performance = case.allocation, case.performance
    if allocation is None or allocation.extent is None or other_unit(case):
        return False
    extent = allocation.extent
    allowed = allowed_in_period(
        extent, allocation.starts_on, allocation.ends_on, performance.starts_on, performance.ends_on
    )
    return _volume(case) > in_smallest_unit(allowed, extent.unit, extent.unit)


def too_much_in_total(case: Case) -> bool:
    """With all that stands approved and was granted before it, more than the whole allocation allows."""
    allocation = case.allocation
    if allocation is None or allocation.extent is None or other_unit(case):
        return False
    extent = allocation.extent
    allowed = allowed_in_total(extent, allocation.starts_on, allocation.ends_on)
    if allowed is None:
        return False
    return case.ledger.volume[allocation.number] + _volume(case) > in_smallest_unit(allowed, extent.unit, extent.unit)


def _volume(case: Case) -> int:
    assert case.allocation is not None and case.allocation.extent is not None  # noqa: S101, PT018 - both callers looked
    return in_smallest_unit(case.performance.volume, case.performance.unit, case.allocation.extent.unit)


def beyond_budget(case: Case) -> bool:
    # The rule adds up volumes, but a budget is in cents, so amounts are compared; in euros the two are the same.
    allocation = case.allocation
    if allocation is None or allocation.budget_cents is None:
        return False
    return case.ledger.cents[allocation.number] + case.performance.amount_cents > allocation.budget_cents


def already_debited(case: Case) -> bool:
    return case.ledger.standing[case.performance.product_in_period] > 0


def other_tariff(case: Case) -> bool:
    tariff, performance = case.tariff, case.performance
    if tariff is None or performance.unit is Unit.EURO:
        return False
    if not _fits(performance, tariff):
        return True
    return performance.tariff_cents != (tariff_per_minute(tariff.cents) if _per_hour(case) else tariff.cents)


def other_amount(case: Case) -> bool:
    """Not volume times tariff; for minutes under an hourly tariff, not the hourly tariff times minutes over sixty."""
    performance, tariff = case.performance, case.tariff
    stated = performance.tariff_cents
    if performance.unit is Unit.EURO or stated is None:
        return False
    if not _per_hour(case):
        return performance.amount_cents != amount_at(stated, performance.volume)
    if tariff is None:
        return not some_hourly_tariff_gives(performance.amount_cents, performance.volume, stated)
    return performance.amount_cents != amount_for_minutes(tariff.cents, performance.volume)


def _per_hour(case: Case) -> bool:
    """Whether these are minutes under an hourly tariff."""
    agreed = case.tariff or (case.allocation.extent if case.allocation else None)
    return case.performance.unit is Unit.MINUTE and agreed is not None and agreed.unit is Unit.HOUR


def last_of_month(day: date) -> date:
    """The last day of the calendar month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


_REFERENCE = "ProductReferentie/ReferentieNummer"
_PREVIOUS = "ProductReferentie/VorigReferentieNummer"
_FIRST_DAY, _LAST_DAY = "ProductPeriode/Begindatum", "ProductPeriode/Einddatum"
_DIRECTION = "IngediendBedrag/DebetCredit"

DECLARATION_CHECKS = (
    Check("TR333", "9333", "declaration", "DeclaratieNummer", number_used),
    Check("TR318", "8214", "declaration", "DeclaratiePeriode", period_does_not_follow),
)
CLIENT_UNKNOWN = Check("TR304", "8187", "client", "Bsn", client_unknown)


def _check(rule: str, returns: str, element: str, broken: Callable[[Case], bool]) -> Check:
    return Check(rule, returns, "performance", element, broken)


REFERENCE_USED = _check("TR314", "8021", _REFERENCE, reference_used)
CREDIT_CHECKS = (
    REFERENCE_USED,
    _check("TR323", "8017", _PREVIOUS, no_approved_debit),
    _check("TR390", "9390", _DIRECTION, already_credited),
)
DEBIT_CHECKS = (
    REFERENCE_USED,
    _check("TR338", "9338", "ToewijzingNummer", no_allocation),
    _check("TR384", "9384", "ToewijzingNummer", removed_allocation),
    _check("TR339", "9339", "ProductCategorie", other_category),
    _check("TR340", "9340", "ProductCode", other_code),
    _check("TR341", "9341", "Eenheid", other_unit),
    _check("TR307", "9307", _FIRST_DAY, begins_before_allocation),
    _check("TR308", "9308", _LAST_DAY, ends_after_allocation),
    _check("TR387", "9387", _FIRST_DAY, not_from_first_day),
    _check("TR388", "9388", _LAST_DAY, not_to_last_day),
    _check("TR319", "9319", "ProductPeriode", after_declaration_period),
    _check("TR321", "9321", "GeleverdVolume", too_much_in_period),
    _check("TR322", "9322", "GeleverdVolume", too_much_in_total),
    _check("TR369", "9369", "GeleverdVolume", beyond_budget),
    _check("TR389", "9389", _DIRECTION, already_debited),
    _check("TR418", "0611", "ProductTarief", other_tariff),
    _check("TR346", "9346", "IngediendBedrag", other_amount),
)
CHECKS = tuple(dict.fromkeys((*DECLARATION_CHECKS, *CREDIT_CHECKS, *DEBIT_CHECKS)))
"""Every check on the declaration and its performances, once."""
