"""Counting on PostgreSQL: in any order and any batches the same, and again the same after a rebuild."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.events.commissioning import Law, Unit
from contracts.events.declarations import AmountSpent, DeclarationAnswered
from contracts.events.referral import (
    AllocationChanged,
    AllocationDeclined,
    AllocationGranted,
    CareStarted,
    CareStopped,
    DeclineReason,
    Referrer,
    StopReason,
)
from services.monitoring.projections import PROJECTIONS
from tests.integration.monitoring.monitoring_world import (
    ASSIGNMENT,
    CLIENT,
    PROVIDERS,
    Monitoring,
    Stream,
    random_history,
    write_context,
)

TABLES = [table for projection in PROJECTIONS for table in projection.tables]


def granted_to(about: dict[str, Any], at: datetime, number: int, provider: str) -> AllocationGranted:
    return AllocationGranted(
        **about, provider=provider, allocation_number=number, client=CLIENT, assignment=ASSIGNMENT,
        referrer=Referrer.NONE, starts_on=at.date(), ends_on=None, granted_at=at, accept_due=at,
        start_due=at.replace(month=at.month + 1),
    )  # fmt: skip


def write_journeys(stream: Stream, seed: int, count: int) -> None:
    """Journeys by their own events, with declines, corrections and temporary stops among them."""
    chance = random.Random(seed)
    for number in range(10_001, 10_001 + count):
        referral, provider = UUID(int=number), chance.choice(PROVIDERS)
        about = {"referral_id": referral, "municipality": chance.choice(["0268", "0252"])}
        granted = datetime(2026, chance.randrange(1, 7), 3, 9, tzinfo=UTC)

        stream.write(referral, granted_to(about, granted, number * 10, provider))
        if chance.random() < 0.3:
            stream.write(
                referral,
                AllocationDeclined(
                    **about, provider=provider, allocation_number=number * 10, reason=DeclineReason.NO_ROOM,
                    declined_at=granted,
                ),
            )  # fmt: skip
            provider = chance.choice(PROVIDERS)
            stream.write(referral, granted_to(about, granted, number * 10 + 1, provider))
        if chance.random() < 0.4:
            stream.write(
                referral,
                AllocationChanged(
                    **about, provider=provider, allocation_number=number * 10 + chance.randrange(2), client=CLIENT,
                    assignment=ASSIGNMENT.model_copy(update={"total_units": chance.randrange(400)}),
                    starts_on=granted.date(), ends_on=date(2026, 12, chance.randrange(1, 31)), reason="changed_need",
                    removed=chance.random() < 0.3, changed_at=granted,
                ),
            )  # fmt: skip
        for _ in range(chance.choice([0, 1, 1, 2])):
            stream.write(
                referral,
                CareStarted(
                    **about, provider=provider, client=CLIENT, product_code="45A01",
                    started_on=date(2026, granted.month, chance.randrange(5, 28)), reported_at=granted,
                ),
            )  # fmt: skip
        if chance.random() < 0.5:
            stream.write(
                referral,
                CareStopped(
                    **about, provider=provider, client=CLIENT, product_code="45A01", stopped_on=date(2026, 7, 20),
                    reason=chance.choice(list(StopReason)), reported_at=granted,
                ),
            )  # fmt: skip


def spent(declaration: UUID, cents: int, volume: int, **changes: Any) -> AmountSpent:
    values: dict[str, Any] = {
        "declaration_id": declaration, "municipality": "0268", "provider": PROVIDERS[0], "product_code": "45A01",
        "month": date(2026, 6, 1), "unit": Unit.HOUR, "volume": volume, "cents": cents, "lines": 40,
    }  # fmt: skip
    return AmountSpent(**values | changes)


def answered(declaration: UUID, days: int, **changes: Any) -> DeclarationAnswered:
    received = datetime(2026, 7, 20, 9, tzinfo=UTC)
    values: dict[str, Any] = {
        "declaration_id": declaration, "municipality": "0268", "provider": PROVIDERS[0], "law": Law.YOUTH,
        "period": date(2026, 6, 1), "submitted_cents": 100, "granted_cents": 90, "rejected_cents": 10, "lines": 50,
        "rejected_lines": 5, "received_at": received, "answer_due": received + timedelta(days=14),
        "answered_at": received + timedelta(days=days),
    }  # fmt: skip
    return DeclarationAnswered(**values | changes)


def write_declarations(stream: Stream, seed: int, count: int) -> None:
    """Declarations of all kinds of units; some are taken back as a whole by a later one, or by an earlier credit."""
    chance = random.Random(seed)
    for number in range(20_001, 20_001 + count):
        declaration = UUID(int=number)
        about = {"municipality": chance.choice(["0268", "0252"]), "provider": chance.choice(PROVIDERS)}
        month = date(2026, chance.randrange(1, 8), 1)
        unit = chance.choice(list(Unit))
        volume, cents = chance.randrange(-20, 50), chance.randrange(-2000, 90_000)
        again = [(declaration, 1)] if chance.random() < 0.7 else [(declaration, 1), (UUID(int=number + 10_000), -1)]
        for key, sign in again:
            stream.write(key, answered(key, chance.randrange(20), period=month, **about))
            stream.write(key, spent(key, sign * cents, sign * volume, month=month, unit=unit, **about))


async def snapshot(service: Monitoring) -> dict[str, list[tuple[object, ...]]]:
    return {table: await service.table(table) for table in TABLES}


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_rebuild_is_identical_whatever_the_batches(monitoring: Monitoring, database, seed: int) -> None:
    write_context(monitoring.stream)
    for trajectory in random_history(seed, 150):
        monitoring.stream.write(trajectory.referral_id, trajectory)
    write_journeys(monitoring.stream, seed, 120)
    write_declarations(monitoring.stream, seed, 60)
    await monitoring.stream.deliver(batch=7, shuffle=random.Random(seed))
    first = await snapshot(monitoring)

    other = await database("monitoring")
    rebuilt = Monitoring(other.pools, other.admin_url)
    monitoring.stream.copy_to(rebuilt.stream)
    await rebuilt.stream.deliver(batch=10_000)
    assert await snapshot(rebuilt) == first
    assert all(first[table] for table in TABLES if table != "counted_outcome")


async def test_events_delivered_twice_count_once(monitoring: Monitoring) -> None:
    write_journeys(monitoring.stream, 3, 20)
    await monitoring.stream.deliver()
    first = await snapshot(monitoring)
    await monitoring.stream.deliver()
    assert await snapshot(monitoring) == first


async def test_a_late_correction_of_an_earlier_month_is_a_change_like_any_other(monitoring: Monitoring) -> None:
    about = {"referral_id": UUID(int=7), "municipality": "0252", "provider": PROVIDERS[0]}
    granted = datetime(2026, 3, 2, 9, tzinfo=UTC)
    monitoring.stream.write(
        UUID(int=7),
        AllocationGranted(
            **about, allocation_number=7, client=CLIENT, assignment=ASSIGNMENT, referrer=Referrer.NONE,
            starts_on=granted.date(), ends_on=None, granted_at=granted, accept_due=granted, start_due=granted,
        ),
    )  # fmt: skip

    async def started(on: date) -> dict[str, int]:
        event = CareStarted(**about, client=CLIENT, product_code="45A01", started_on=on, reported_at=granted)
        monitoring.stream.write(UUID(int=7), event)
        await monitoring.stream.deliver()
        rows = await monitoring.pools.worker.fetch(
            "select month, measure, value from measure_month where measure <> 'allocated_minutes'"
        )
        return {f"{row['month']:%Y-%m} {row['measure']}": row["value"] for row in rows}

    assert await started(date(2026, 4, 2)) == {"2026-03 waiting": 1, "2026-04 waiting": -1, "2026-04 starts": 1}
    assert await started(date(2026, 3, 30)) == {"2026-03 starts": 1}
    days = await monitoring.pools.worker.fetch("select days, starts from waiting_month")
    assert [tuple(row) for row in days] == [(28, 1)]
