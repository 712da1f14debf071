"""Starts and stops of care as they were reported, in the order in which that happened."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import asyncpg

from contracts.events.referral import StopReason
from services.kit.unit import Unit
from services.referral.domain.allocation import CareRelation
from services.referral.domain.deliveries import Delivery
from services.referral.domain.referral import Referral
from services.referral.store import queries


def _row(unit: Unit, relation: CareRelation, delivery: Delivery) -> dict[str, Any]:
    return {
        **relation._asdict(),
        "delivery_id": unit.new_id(),
        "number": delivery.number,
        "category": delivery.category,
        "product_code": delivery.product_code,
        "starts_on": delivery.starts_on,
        "reason": delivery.reason,
        "ends_on": delivery.ends_on,
        "reported_at": delivery.reported_at or unit.now,
    }


def started(referral: Referral) -> Delivery:
    """The latest start of a journey, as a 305 would say it. Raises ``LookupError`` before care began."""
    if referral.started_on is None:
        raise LookupError("care did not begin")
    assignment = referral.assignment
    return Delivery(
        referral.allocation_number,
        assignment.category,
        assignment.product_code,
        referral.started_on,
        reported_at=referral.start_reported_at,
    )


def stopped(referral: Referral) -> Delivery:
    """The latest stop of a journey, as a 307 would say it. Raises ``LookupError`` before care stopped."""
    start = started(referral)
    return Delivery(
        start.number,
        start.category,
        start.product_code,
        start.starts_on,
        referral.stop_reason,
        referral.stopped_on,
        referral.stop_reported_at,
    )


async def report(unit: Unit, *reports: tuple[CareRelation, Delivery]) -> None:
    """Keep what was reported."""
    if reports:
        await unit.ask(_insert, [_row(unit, *each) for each in reports])


async def _insert(unit: Unit, asked: Sequence[Sequence[dict[str, Any]]]) -> Sequence[None]:
    await queries.insert_deliveries(unit.conn, rows=list(chain.from_iterable(asked)))
    return [None] * len(asked)


def from_row(row: asyncpg.Record) -> tuple[UUID, Delivery]:
    """A report with its name."""
    delivery = Delivery(
        row["number"],
        row["category"],
        row["product_code"],
        row["starts_on"],
        StopReason(row["reason"]) if row["reason"] else None,
        row["ends_on"],
        row["reported_at"],
    )
    return row["delivery_id"], delivery


async def under(unit: Unit, relation: CareRelation, number: int) -> list[Delivery]:
    """What was reported of the care under an allocation, oldest first."""
    rows = queries.deliveries_of_allocation(unit.conn, **relation._asdict(), number=number)
    return [from_row(row)[1] async for row in rows]


async def remove(unit: Unit, deliveries: Iterable[UUID]) -> None:
    """A report that its reporter took back: it counts as never sent."""
    if names := list(deliveries):
        await queries.remove_deliveries(unit.conn, deliveries=names)
