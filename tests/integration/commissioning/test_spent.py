"""Spent and reserved per agreement, month and municipality: to the cent, and identical after a rebuild in any order."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.commissioning import Unit
from contracts.events.declarations import AmountReserved, AmountSpent
from contracts.events.referral import AllocationChanged, AllocationGranted, StopReason, TrajectoryImported
from services.commissioning import commands
from services.commissioning.projections import Frames, Spending
from services.commissioning.store.overview import reconciliation
from tests.integration.commissioning.commissioning_world import (
    HEUMEN,
    NIJMEGEN,
    NOW,
    OFFICER,
    REIGER,
    REIGER_ADMIN,
    UTRECHT,
    WAALWIND_ADMIN,
    World,
    granted,
)
from tests.integration.commissioning.test_spending_room import TODAY, agreement, room, snapshot, story
from tests.unit.commissioning.workbooks import HEAD, PRICE, book, changed


def spent(cents: int, month: date = date(2026, 6, 1), **changes: Any) -> AmountSpent:
    values: dict[str, Any] = {
        "declaration_id": uuid4(),
        "municipality": "0268",
        "provider": REIGER,
        "product_code": "45A04",
        "month": month,
        "unit": Unit.HOUR,
        "volume": 1,
        "cents": cents,
        "lines": 1,
    }
    return AmountSpent(**values | changes)


def reserved(event: AllocationGranted, cents: int, **changes: Any) -> AmountReserved:
    values: dict[str, Any] = {
        "referral_id": event.referral_id,
        "allocation_number": event.allocation_number,
        "municipality": event.municipality,
        "provider": event.provider,
        "product_code": event.assignment.product_code,
        "cents": cents,
        "reserved_at": event.granted_at,
    }
    return AmountReserved(**values | changes)


def altered(event: AllocationGranted, **changes: Any) -> AllocationChanged:
    names = ("referral_id", "allocation_number", "municipality", "provider", "client", "starts_on", "ends_on")
    values: dict[str, Any] = {name: getattr(event, name) for name in names}
    values |= {"assignment": event.assignment, "reason": "changed_need", "changed_at": NOW}
    return AllocationChanged(**values | changes)


async def reconciled(world: World, agreement_id: UUID, actor: Any = OFFICER, year: int = 2026) -> Any:
    async with world.pools.reading(actor) as unit:
        return await reconciliation(unit.conn, agreement_id, year, TODAY)


async def test_what_declarations_granted_stands_beside_what_is_committed(world: World) -> None:
    agreement_id = await agreement(world)
    assert (await room(world)).spent_cents is None
    for event in (
        spent(123_457),
        spent(-3_457, date(2026, 7, 1)),
        spent(40_001, date(2026, 7, 1), municipality="0252", agreement_id=agreement_id),
        spent(9, date(2025, 12, 1), agreement_id=agreement_id),
        spent(5, product_code="54C01"),
        spent(7, municipality="0344"),
        spent(11, provider="73730009"),
    ):
        world.write(event.declaration_id, event)
    await world.deliver()
    found = await room(world)
    assert (found.spent_cents, found.spent_through) == (160_001, "2026-07")
    assert found.committed_cents == 0
    assert found.last_event_at == NOW
    for actor in (NIJMEGEN, HEUMEN, REIGER_ADMIN):
        told = await reconciled(world, agreement_id, actor)
        assert [(line.month, line.municipality, line.spent_cents) for line in told.lines] == [
            ("2026-06", "0268", 123_457),
            ("2026-07", "0252", 40_001),
            ("2026-07", "0268", -3_457),
        ]
        assert (told.spent_cents, told.reserved_cents, told.ceiling_cents) == (160_001, None, 260_000_000)
    for stranger in (WAALWIND_ADMIN, UTRECHT):
        assert await reconciled(world, agreement_id, stranger) is None
        assert await world.rows(stranger, "select 1 from spent") == []
    assert await world.rows(NIJMEGEN, "select 1 from reservation") == []


async def test_the_latest_reservation_counts_in_the_month_in_which_care_begins(world: World) -> None:
    agreement_id = await agreement(world)
    event = granted(starts_on=date(2026, 9, 15))
    gone = granted(municipality="0252")
    for fact in (
        event,
        reserved(event, 851_000),
        reserved(event, 900_001),
        gone,
        reserved(gone, 5_000),
        reserved(gone, 0),
    ):
        world.write(fact.referral_id, fact)
    await world.deliver(batch=1)
    told = await reconciled(world, agreement_id)
    assert [(line.month, line.municipality, line.reserved_cents) for line in told.lines] == [
        ("2026-09", "0268", 900_001)
    ]
    assert (told.reserved_cents, told.spent_cents) == (900_001, None)


def imported(event: AllocationGranted, **changes: Any) -> TrajectoryImported:
    names = (
        "referral_id", "allocation_number", "municipality", "provider", "client", "assignment", "referrer", "starts_on",
        "ends_on", "granted_at", "start_due",
    )  # fmt: skip
    return TrajectoryImported(**{name: getattr(event, name) for name in names} | {"imported_at": NOW} | changes)


async def test_an_imported_allocation_reserves_its_volume_at_the_tariff_until_another_amount_is_told(
    world: World,
) -> None:
    agreement_id = await agreement(world)
    stopped, longer = granted(total_units=100), granted(total_units=10)
    for fact in (
        imported(stopped, started_on=date(2026, 8, 3), stopped_on=date(2026, 8, 9), stop_reason=StopReason.AS_PLANNED),
        imported(longer),
        imported(granted(municipality="0344")),
    ):
        world.write(fact.referral_id, fact)
    await world.deliver()
    assert (await reconciled(world, agreement_id)).reserved_cents == 110 * 8510
    assert (await room(world)).committed_cents < 110 * 8510, "an early stop gives back what is committed"
    world.write(longer.referral_id, reserved(longer, 12_345))
    await world.deliver()
    assert (await reconciled(world, agreement_id)).reserved_cents == 100 * 8510 + 12_345


async def test_a_changed_allocation_commits_another_amount_and_a_removed_one_nothing(world: World) -> None:
    await agreement(world)
    longer, removed, elsewhere = granted(total_units=100), granted(total_units=7), granted(total_units=10)
    more = longer.assignment.model_copy(update={"total_units": 150})
    for fact in (
        longer,
        removed,
        elsewhere,
        altered(longer, assignment=more, starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 31)),
        altered(removed, removed=True),
        altered(elsewhere, provider="73730004", removed=True),
    ):
        world.write(fact.referral_id, fact)
    await world.deliver()
    found = await room(world)
    assert found.committed_cents == (150 + 10) * 8510
    assert {month.month: month.committed_cents for month in found.months} == {
        "2026-08": 10 * 8510,
        "2026-09": 150 * 8510,
    }
    assert found.waiting == 2


def amounts(seed: int) -> list[tuple[UUID, Any]]:
    """Journeys with reservations and changes, and declarations with credits, over months with other agreements."""
    chance = random.Random(seed)
    events: list[tuple[UUID, Any]] = []
    for key, event in story(seed):
        events.append((key, event))
        if isinstance(event, AllocationGranted):
            events.append((key, reserved(event, chance.randrange(1, 900_000))))
            if chance.randrange(3) == 0:
                moved = altered(event, starts_on=event.starts_on + timedelta(days=40), removed=chance.random() < 0.3)
                events += [(key, moved), (key, reserved(event, chance.randrange(900_000)))]
    for _ in range(20):
        event = imported(
            granted(total_units=chance.randrange(1, 300), starts_on=date(2026, chance.randrange(1, 12), 1))
        )
        events.append((event.referral_id, event))
    for _ in range(60):
        event = spent(
            chance.randrange(-50_000, 200_000),
            date(2026, chance.randrange(1, 12), 1),
            municipality=chance.choice(["0268", "0252", "0344"]),
        )
        events.append((event.declaration_id, event))
    return events


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_rebuild_of_the_amounts_is_identical_in_any_order_and_any_batches(world: World, seed: int) -> None:
    agreement_id = await agreement(world, 26_000)
    events = amounts(seed)
    for number, (key, event) in enumerate(events):
        world.write(key, event, NOW + timedelta(seconds=number))
    await world.deliver(batch=7)
    prices = [changed(PRICE, J=date(2026, 6, 30)), changed(PRICE, G=91, H="0252", I=date(2026, 7, 1))]
    await world.do(commands.ImportAgreements(content=book([changed(HEAD, G=30_000)], prices)), OFFICER)
    await world.deliver()
    tables = [table for kind in (Frames, Spending) for table in kind.tables]
    before = {table: await snapshot(world, table) for table in tables}
    assert before["spent"]
    assert before["reserved_month"]

    declared = [event for _, event in events if isinstance(event, AmountSpent)]
    priced = [
        event
        for event in declared
        if event.municipality == "0252" or (event.municipality == "0268" and event.month.month <= 6)
    ]
    told = await reconciled(world, agreement_id)
    assert told.spent_cents == sum(event.cents for event in priced)
    assert told.spent_cents == sum(line.spent_cents or 0 for line in told.lines)
    [row] = await world.pools.worker.fetch(
        """select (select sum(cents) from reserved_month) as months,
                  (select sum(cents) from reservation where agreement_id is not null) as allocations,
                  (select sum(cents) from spent) as spent"""
    )
    assert row["months"] == row["allocations"]
    assert row["spent"] == sum(event.cents for event in declared)

    for order, batch in (
        (("council", "referral", "commissioning"), 3),
        (("referral", "commissioning", "council"), 1),
    ):
        for table in ("consumer_position", *tables):
            await world.pools.worker.execute(f"delete from {table}")
        await world.deliver(batch=batch, order=order)
        assert {table: await snapshot(world, table) for table in tables} == before
