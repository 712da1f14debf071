"""Spending room: what is committed under an agreement, how it grows, and when it becomes tight (OV 1.5).

Committed is what allocations promise, not what was delivered: that is known only from declarations. An allocation is
committed in full, at the tariff that holds on its first day, in the month in which it begins; care that stops early
gives the rest back, by days. So the figure is known the moment an allocation is granted, months before an invoice.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID

from contracts.events.commissioning import Unit
from contracts.events.referral import (
    AllocationChanged,
    AllocationDeclined,
    AllocationGranted,
    CareStarted,
    CareStopped,
    DeliveryCorrected,
    ReferralWithdrawn,
    StopReason,
    TrajectoryImported,
)
from services.kit.working_days import end_of_day_utc, local_date

WARNING_PERCENT = 70
"""At this share of the ceiling the commissioner writes to the provider (OV 1.5.5)."""
TALK_DAYS = 14
DECISION_DAYS = 28
OPEN_END_DAYS = 365
"""An allocation without an end date is taken to last a year, as its total volume is."""

_DROPOUT = frozenset({StopReason.CLIENT_BROKE_OFF, StopReason.PROVIDER_BROKE_OFF})
_PER = {(Unit.MINUTE, Unit.HOUR): (1, 60), (Unit.HOUR, Unit.MINUTE): (60, 1)}

ReferralEvent = (
    AllocationGranted
    | AllocationChanged
    | TrajectoryImported
    | AllocationDeclined
    | ReferralWithdrawn
    | CareStarted
    | CareStopped
    | DeliveryCorrected
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What one journey commits now, with the provider that has it now."""

    referral_id: UUID
    municipality: str
    provider: str
    product_code: str
    unit: Unit
    total_units: int
    starts_on: date
    ends_on: date | None
    start_due: datetime
    started_on: date | None = None
    stopped_on: date | None = None
    dropout: bool = False
    released: bool = False

    def used(self) -> tuple[int, int]:
        """Days until it stopped, out of the days it was allocated for."""
        last = self.ends_on if self.ends_on is not None else self.starts_on + timedelta(days=OPEN_END_DAYS - 1)
        days = max(1, (last - self.starts_on).days + 1)
        if self.stopped_on is None:
            return days, days
        return min(days, max(0, (self.stopped_on - self.starts_on).days + 1)), days


def after(before: Commitment | None, event: ReferralEvent) -> Commitment | None:
    """The commitment of a journey after one more event about it; ``None`` while nothing was allocated."""
    if isinstance(event, AllocationGranted | TrajectoryImported):
        return _allocated(event)
    if before is None:
        return None
    if isinstance(event, AllocationChanged):
        return _changed(before, event)
    if isinstance(event, AllocationDeclined | ReferralWithdrawn):
        return replace(before, released=True)
    if isinstance(event, DeliveryCorrected):
        # A report was taken back: care stands as the event says.
        ended = event.stopped_on if event.reason is not StopReason.TEMPORARY else None
        dropout = ended is not None and event.reason in _DROPOUT
        return replace(before, started_on=event.started_on, stopped_on=ended, dropout=dropout)
    if isinstance(event, CareStarted):
        # After an interruption care starts again; the wait was over at the first start.
        return replace(before, started_on=before.started_on or event.started_on)
    if event.reason is StopReason.TEMPORARY:
        return before
    return replace(before, stopped_on=event.stopped_on, dropout=event.reason in _DROPOUT)


def _changed(before: Commitment, event: AllocationChanged) -> Commitment:
    """Another period or extent commits another amount; what was removed counts as never made."""
    if event.provider != before.provider:
        return before  # about an allocation that another provider has since taken over
    return replace(
        before,
        product_code=event.assignment.product_code,
        unit=event.assignment.unit,
        total_units=event.assignment.total_units,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        released=before.released or event.removed,
    )


def _allocated(event: AllocationGranted | TrajectoryImported) -> Commitment:
    commitment = Commitment(
        referral_id=event.referral_id,
        municipality=event.municipality,
        provider=event.provider,
        product_code=event.assignment.product_code,
        unit=event.assignment.unit,
        total_units=event.assignment.total_units,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        start_due=event.start_due,
    )
    if isinstance(event, AllocationGranted):
        return commitment
    ended = event.stopped_on if event.stop_reason is not StopReason.TEMPORARY else None
    return replace(
        commitment, started_on=event.started_on, stopped_on=ended, dropout=bool(ended) and event.stop_reason in _DROPOUT
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A tariff line as it prices commitments. ``municipality`` ``None`` holds in all of the agreement."""

    agreement_id: UUID
    provider: str
    municipalities: frozenset[str]
    product_code: str
    unit: Unit
    municipality: str | None
    tariff_cents: int
    valid_from: date
    valid_until: date | None
    agreed_from: date
    agreed_until: date | None

    def holds_for(self, commitment: Commitment) -> bool:
        """Whether the line prices this commitment on its first day."""
        day = commitment.starts_on
        return (
            commitment.product_code == self.product_code
            and commitment.provider == self.provider
            and commitment.municipality in self.municipalities
            and self.municipality in (None, commitment.municipality)
            and (commitment.unit == self.unit or (commitment.unit, self.unit) in _PER)
            and max(self.valid_from, self.agreed_from) <= day
            and (self.valid_until is None or day <= self.valid_until)
            and (self.agreed_until is None or day <= self.agreed_until)
        )

    def amount(self, commitment: Commitment) -> int:
        """The commitment in cents, without what an early stop gave back; half cents up."""
        times, per = (1, 1) if commitment.unit == self.unit else _PER[commitment.unit, self.unit]
        # A volume of euros counts cents (iStandaarden IV042): it is its own price.
        tariff_cents = 1 if commitment.unit is Unit.EURO else self.tariff_cents
        used, days = commitment.used()
        numerator, denominator = commitment.total_units * times * tariff_cents * used, per * days
        return (2 * numerator + denominator) // (2 * denominator)


def price_of(commitment: Commitment, prices: Iterable[Price]) -> Price | None:
    """The line that prices a commitment: of the latest agreement, its own municipality before all, the latest line."""
    return max(
        (price for price in prices if price.holds_for(commitment)),
        key=lambda price: (price.agreed_from, price.agreement_id, price.municipality is not None, price.valid_from),
        default=None,
    )


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one commitment adds to its agreement: cents in the month it begins, and counts of how it goes."""

    agreement_id: UUID
    month: date
    committed_cents: int
    waiting: int = 0
    started: int = 0
    within_norm: int = 0
    ended: int = 0
    dropouts: int = 0

    @classmethod
    def of(cls, commitment: Commitment, price: Price | None) -> Self | None:
        """``None`` when no agreement prices it, or when it was given back before care began."""
        if price is None or commitment.released:
            return None
        started = commitment.started_on is not None
        ended = commitment.stopped_on is not None
        in_time = commitment.started_on is not None and end_of_day_utc(commitment.started_on) <= commitment.start_due
        return cls(
            agreement_id=price.agreement_id,
            month=commitment.starts_on.replace(day=1),
            committed_cents=price.amount(commitment),
            waiting=int(not started and not ended),
            started=int(started),
            within_norm=int(in_time),
            ended=int(ended),
            dropouts=int(commitment.dropout),
        )


def forecast(committed_to_date_cents: int, year: int, today: date) -> int:
    """The whole year when it goes on as until today: committed to date × days of the year / day of the year.

    A year that has ended is what it was. Half cents up. Raises ``ValueError`` for a year that has not begun.

    >>> forecast(182_000_000, 2026, date(2026, 8, 14))
    293938053
    """
    if today.year < year:
        raise ValueError("a year that has not begun cannot be forecast")
    if today.year > year:
        return committed_to_date_cents
    days = 366 if calendar.isleap(year) else 365
    elapsed = today.timetuple().tm_yday
    return (2 * committed_to_date_cents * days + elapsed) // (2 * elapsed)


def is_tight(committed_cents: int, ceiling_cents: int) -> bool:
    """Whether the warning share of the ceiling is reached."""
    return committed_cents * 100 >= ceiling_cents * WARNING_PERCENT


def talk_due(warned_at: datetime) -> datetime:
    """Talk within two weeks (OV 1.5.7)."""
    return end_of_day_utc(local_date(warned_at) + timedelta(days=TALK_DAYS))


def decision_due(warned_at: datetime) -> datetime:
    """Decision within two weeks after the talk's term (OV 1.5.7)."""
    return end_of_day_utc(local_date(warned_at) + timedelta(days=DECISION_DAYS))
