"""Spending room: committed, forecast, the early warning, and a rebuild that is identical in any order."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.commissioning import SpendingWarned, Unit
from contracts.events.referral import (
    AllocationDeclined,
    CareStarted,
    CareStopped,
    DeclineReason,
    ReferralWithdrawn,
    StopReason,
)
from services.commissioning import commands
from services.commissioning.projections import Frames, Spending
from services.commissioning.store.overview import spending_rooms
from services.kit.problems import Conflict, Invalid, NotFound
from tests.integration.commissioning.commissioning_world import (
    HEUMEN,
    NIJMEGEN,
    NOW,
    OFFICER,
    REIGER,
    REIGER_ADMIN,
    WAALWIND_ADMIN,
    World,
    granted,
)
from tests.unit.commissioning.workbooks import HEAD, PRICE, book, changed

TODAY = date(2026, 8, 14)


async def agreement(world: World, ceiling: Any = 2_600_000, *prices: list[Any]) -> UUID:
    await world.region()
    content = book([changed(HEAD, G=ceiling)], list(prices) or [PRICE])
    await world.do(commands.ImportAgreements(content=content), OFFICER)
    [row] = await world.rows(OFFICER, "select agreement_id from agreement")
    return UUID(str(row["agreement_id"]))


async def room(world: World, actor: Any = OFFICER, year: int = 2026) -> Any:
    async with world.pools.reading(actor) as unit:
        rooms = await spending_rooms(unit.conn, year, TODAY)
    return rooms[0] if rooms else None


async def test_the_overview_tells_what_is_committed_and_how_it_goes(world: World) -> None:
    agreement_id = await agreement(world)
    # EUR 1,819,992.60 in allocations that began: 200 hours of 85.10 more is what crosses 70 %.
    waiting, started, stopped = granted(total_units=100), granted(total_units=200), granted(total_units=300)
    for event in (waiting, started, stopped):
        world.write(event.referral_id, event)
    for event, day in ((started, date(2026, 8, 10)), (stopped, date(2026, 9, 20))):
        world.write(event.referral_id, care_started(event, day))
    # 153 days from 1 August to 31 December; stopped after 31 of them.
    world.write(
        stopped.referral_id, care_stopped(stopped, date(2026, 8, 31), StopReason.CLIENT_BROKE_OFF), NOW + timedelta(1)
    )
    await world.deliver()
    found = await room(world)
    kept = -(-300 * 8510 * 31 * 2 // 153 // 2)
    assert found.committed_cents == 100 * 8510 + 200 * 8510 + 517_275
    assert kept - 517_275 in (0, 1)
    assert found.forecast_cents == (2 * found.committed_cents * 365 + 226) // (2 * 226)
    assert (found.waiting, found.started, found.within_norm, found.ended, found.dropouts) == (1, 2, 1, 1, 1)
    assert found.last_event_at == NOW + timedelta(1)
    assert found.spent_cents is None
    assert found.share == pytest.approx(found.committed_cents / 260_000_000)
    assert [month.month for month in found.months] == ["2026-08"]
    assert found.next_deadline.kind == "extension-notice"
    assert found.agreement_id == agreement_id
    for actor in (NIJMEGEN, HEUMEN, REIGER_ADMIN):
        assert (await room(world, actor)).committed_cents == found.committed_cents
    assert await room(world, WAALWIND_ADMIN) is None
    assert await world.rows(NIJMEGEN, "select 1 from commitment") == []


def care_started(event: Any, day: date) -> CareStarted:
    return CareStarted(
        referral_id=event.referral_id,
        municipality=event.municipality,
        provider=event.provider,
        client=event.client,
        product_code=event.assignment.product_code,
        started_on=day,
        reported_at=NOW,
    )


def care_stopped(event: Any, day: date, reason: StopReason) -> CareStopped:
    return CareStopped(
        referral_id=event.referral_id,
        municipality=event.municipality,
        provider=event.provider,
        client=event.client,
        product_code=event.assignment.product_code,
        stopped_on=day,
        reason=reason,
        reported_at=NOW,
    )


async def test_what_is_declined_or_withdrawn_is_committed_no_more(world: World) -> None:
    await agreement(world)
    declined, withdrawn, elsewhere = granted(), granted(), granted(agb="73730009")
    for event in (declined, withdrawn, elsewhere):
        world.write(event.referral_id, event)
    await world.deliver()
    assert (await room(world)).committed_cents == 2 * 851_000
    common = {"municipality": "0268", "provider": REIGER, "allocation_number": 1}
    world.write(
        declined.referral_id,
        AllocationDeclined(referral_id=declined.referral_id, reason=DeclineReason.NO_ROOM, declined_at=NOW, **common),
    )
    world.write(
        withdrawn.referral_id,
        ReferralWithdrawn(referral_id=withdrawn.referral_id, reason="moved", withdrawn_at=NOW, **common),
    )
    await world.deliver()
    found = await room(world)
    assert (found.committed_cents, found.waiting, found.months) == (0, 0, ())


async def test_a_tariff_holds_by_municipality_and_by_the_first_day(world: World) -> None:
    prices = [
        changed(PRICE, J=date(2026, 6, 30)),
        changed(PRICE, G=90, I=date(2026, 7, 1)),
        changed(PRICE, G=100, H="0252", I=date(2026, 7, 1)),
    ]
    await agreement(world, 2_600_000, *prices)
    for event in (
        granted(starts_on=date(2026, 6, 1), total_units=1),
        granted(starts_on=date(2026, 7, 1), total_units=10),
        granted(municipality="0252", starts_on=date(2026, 7, 1), total_units=100),
        granted(starts_on=date(2025, 7, 1), total_units=1000),
        granted(municipality="0344", total_units=1000),
    ):
        world.write(event.referral_id, event)
    minutes = granted(total_units=30)
    minutes = minutes.model_copy(update={"assignment": minutes.assignment.model_copy(update={"unit": Unit.MINUTE})})
    world.write(minutes.referral_id, minutes)
    await world.deliver()
    assert (await room(world)).committed_cents == 8510 + 10 * 9000 + 100 * 10000 + 4500


async def test_passing_seventy_percent_warns_once_with_talk_and_decision_due(world: World) -> None:
    agreement_id = await agreement(world, 26_000)
    for units in (200, 13):
        event = granted(total_units=units)
        world.write(event.referral_id, event)
        await world.deliver()
    assert await world.events(SpendingWarned) == []
    crossing = granted(total_units=1)
    world.write(crossing.referral_id, crossing, NOW + timedelta(minutes=1))
    await world.deliver()
    [warned] = await world.events(SpendingWarned)
    assert isinstance(warned, SpendingWarned)
    assert (warned.committed_cents, warned.ceiling_cents, warned.year) == (214 * 8510, 2_600_000, 2026)
    assert warned.forecast_cents == round(214 * 8510 * 365 / 226)
    assert warned.talk_due == datetime(2026, 8, 28, 22, tzinfo=UTC)
    assert warned.decision_due == datetime(2026, 9, 11, 22, tzinfo=UTC)
    assert warned.warned_at == NOW + timedelta(minutes=1)
    assert await world.audience(SpendingWarned) == sorted(
        [OFFICER.party, NIJMEGEN.party, HEUMEN.party, REIGER_ADMIN.party]
    )
    more = granted()
    world.write(more.referral_id, more)
    await world.deliver()
    assert len(await world.events(SpendingWarned)) == 1
    found = await room(world)
    assert found.warned_at is not None
    assert found.next_deadline.kind == "talk"
    rows = await world.rows(OFFICER, "select kind, workflow from deadline where subject like '%/2026'")
    assert {(row["kind"], row["workflow"]) for row in rows} == {("talk", None), ("decision", None)}

    talk = commands.RecordTalk(agreement_id=agreement_id, year=2026, held_on=TODAY, note="Instroom wordt besproken.")
    decide = commands.RecordDecision(
        agreement_id=agreement_id,
        year=2026,
        decision=commands.SpendingDecision.RAISE_CEILING,
        decided_on=TODAY,
        note="Aanvulling tot € 30.000.",
    )
    for stranger in (NIJMEGEN, REIGER_ADMIN):
        with pytest.raises(NotFound):
            await world.do(talk, stranger)
    with pytest.raises(Conflict):
        await world.do(decide, OFFICER)
    with pytest.raises(Invalid):
        await world.do(talk.model_copy(update={"held_on": date(2026, 8, 15)}), OFFICER)
    assert (await world.do(talk, OFFICER)).talked_on == TODAY
    assert (await world.do(decide, OFFICER)).decision is commands.SpendingDecision.RAISE_CEILING
    with pytest.raises(Conflict):
        await world.do(decide, OFFICER)
    assert (await room(world)).next_deadline.kind == "extension-notice"


def story(seed: int) -> list[tuple[UUID, Any]]:
    """Journeys through every event, some with a next provider after a refusal."""
    chance = random.Random(seed)
    events: list[tuple[UUID, Any]] = []
    for _ in range(40):
        key = uuid4()
        event = granted(
            referral_id=key,
            municipality=chance.choice(["0268", "0252"]),
            total_units=chance.randrange(1, 400),
            starts_on=date(2026, chance.randrange(1, 12), 1),
        )
        events.append((key, event))
        common = {"referral_id": key, "municipality": event.municipality, "provider": REIGER}
        fate = chance.randrange(5)
        if fate == 0:
            declined = AllocationDeclined(allocation_number=1, reason=DeclineReason.NO_ROOM, declined_at=NOW, **common)
            events += [(key, declined), (key, event.model_copy(update={"provider": "73730004"}))]
        elif fate == 1:
            events.append((key, ReferralWithdrawn(reason="moved", withdrawn_at=NOW, **common)))
        elif fate > 2:
            events.append((key, care_started(event, date(2026, 8, 5))))
            if fate == 4:
                events.append((key, care_stopped(event, date(2026, 8, 20), StopReason.PROVIDER_BROKE_OFF)))
    return events


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_rebuild_in_any_order_across_keys_and_topics_is_identical(world: World, seed: int) -> None:
    await agreement(world, 26_000)
    events = story(seed)
    for number, (key, event) in enumerate(events):
        world.write(key, event, NOW + timedelta(seconds=number))
    await world.deliver(batch=7)
    prices = [changed(PRICE, J=date(2026, 6, 30)), changed(PRICE, G=91, I=date(2026, 7, 1))]
    await world.do(commands.ImportAgreements(content=book([changed(HEAD, G=30_000)], prices)), OFFICER)
    await world.deliver()
    tables = [table for kind in (Frames, Spending) for table in kind.tables]
    before = {table: await snapshot(world, table) for table in tables}
    assert before["committed_month"]
    warnings = len(await world.events(SpendingWarned))

    for order in (("council", "referral", "commissioning"), ("referral", "commissioning", "council")):
        for table in ("consumer_position", *tables):
            await world.pools.worker.execute(f"delete from {table}")
        await world.deliver(batch=3, order=order)
        assert {table: await snapshot(world, table) for table in tables} == before
    assert len(await world.events(SpendingWarned)) == warnings == 1


async def snapshot(world: World, table: str) -> list[str]:
    rows = await world.pools.worker.fetch(f"select to_jsonb(t)::text as row from {table} t")
    return sorted(row["row"] for row in rows)


async def test_the_sums_are_what_the_journeys_add_up_to(world: World) -> None:
    await agreement(world)
    for number, (key, event) in enumerate(story(3)):
        world.write(key, event, NOW + timedelta(seconds=number))
    await world.deliver(batch=5)
    [row] = await world.pools.worker.fetch(
        """select (select sum(committed_cents) from committed_month) as months,
                  (select sum(committed_cents) from committed_year) as years,
                  (select sum(committed_cents) from commitment) as journeys"""
    )
    assert row["months"] == row["years"] == row["journeys"]
