"""What a declaration adds to the spend: granted performances added up per agreement, product, month and unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.events.commissioning import Unit
from services.referral.domain.declared import Performance


@dataclass(frozen=True, slots=True)
class Spent:
    """The sum over ``lines`` granted performances. ``month`` is the first day of the month in which care was given.

    ``volume`` (units of ``unit``; euros count in cents) and ``cents`` are signed: a credit counts below zero.
    """

    agreement: UUID | None
    product_code: str
    month: date
    unit: Unit
    volume: int
    cents: int
    lines: int


def spent(granted: Iterable[tuple[Performance, UUID | None]]) -> list[Spent]:
    """Granted performances, each with the agreement whose tariff holds, added up; always in the same order."""
    sums: dict[tuple[str, str, date, Unit], tuple[UUID | None, int, int, int]] = {}
    for performance, agreement in granted:
        key = (performance.code, str(agreement or ""), performance.starts_on.replace(day=1), performance.unit)
        _, volume, cents, lines = sums.get(key, (agreement, 0, 0, 0))
        volume += -performance.volume if performance.credit else performance.volume
        sums[key] = (agreement, volume, cents + performance.signed_cents, lines + 1)
    return [
        Spent(agreement, code, month, unit, volume, cents, lines)
        for (code, _, month, unit), (agreement, volume, cents, lines) in sorted(sums.items())
    ]
