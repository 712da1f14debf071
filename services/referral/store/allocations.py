"""Allocations in PostgreSQL: each as the latest decision on it left it, whether it belongs to a journey or not."""

from typing import Any

from services.kit.unit import Unit
from services.referral.domain.referral import Referral
from services.referral.store import queries


def _row(referral: Referral, reference: str | None) -> dict[str, Any]:
    granted, assignment = referral.granted, referral.assignment
    return {
        "municipality": referral.municipality,
        "law": assignment.law,
        "number": granted.number,
        "referral_id": str(referral.referral_id),
        "client_id": str(referral.client_id),
        "provider": referral.provider,
        "granted_at": granted.granted_at.isoformat(),
        "decided_at": granted.granted_at.isoformat(),
        "category": assignment.category,
        "product_code": assignment.product_code,
        "volume": assignment.volume,
        "unit": assignment.unit,
        "frequency": assignment.frequency,
        "by_effort": False,
        "starts_on": granted.starts_on.isoformat(),
        "ends_on": referral.ends_on.isoformat() if referral.ends_on else None,
        "reference": reference,
    }


async def insert(unit: Unit, *granted: Referral, reference: str | None = None) -> None:
    """Store the allocations under which journeys are served. ``reference`` is of the request that is granted."""
    await queries.insert_allocations(unit.conn, rows=[_row(each, reference) for each in granted])


async def take_back(unit: Unit, referral: Referral) -> None:
    """Nobody may deliver under this allocation any more: it counts as never made (reason 13)."""
    await queries.withdraw_allocation(
        unit.conn,
        municipality=referral.municipality,
        law=referral.assignment.law,
        number=referral.granted.number,
        at=unit.now,
    )
