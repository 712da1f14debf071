"""What was reported of the care under an allocation: starts and stops, and where that leaves it.

Source: iWmo/iJw 3.2 OP072 (a stop refers to its start), OP377 (temporary stops), OP379 (a start after a stop).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from contracts.events.referral import StopReason


@dataclass(frozen=True, slots=True)
class Delivery:
    """A start or stop of care as it was reported. A start has no ``reason`` and no ``ends_on``."""

    number: int | None
    category: str | None
    product_code: str | None
    starts_on: date
    reason: StopReason | None = None
    ends_on: date | None = None
    reported_at: datetime | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What names it for its reporter: everything but when it was reported."""
        return self.number, self.category, self.product_code, self.starts_on, self.reason, self.ends_on


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where care under one allocation stands, after all that was reported of it."""

    start: Delivery | None
    stop: Delivery | None

    @classmethod
    def after(cls, deliveries: Iterable[Delivery]) -> Self:
        """The latest start and the latest stop of it; ``deliveries`` are in the order in which they were reported."""
        start: Delivery | None = None
        stop: Delivery | None = None
        for each in deliveries:
            if each.reason is None:
                start, stop = each, None
            elif start is not None and each.starts_on == start.starts_on:
                stop = each
        return cls(start, stop)
