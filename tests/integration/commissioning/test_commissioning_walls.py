"""Row-level security with the API's checks switched off, and a rebuild of the read models by the operator's tool."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from contracts.envelope import Envelope
from services.commissioning import commands
from services.commissioning.projections import Frames, Spending
from services.kit.actor import Actor
from services.kit.inbox import Delivery, Inbox
from services.kit.rebuild import rebuild
from tests.integration.commissioning.commissioning_world import (
    HEUMEN,
    NIJMEGEN,
    NOW,
    OFFICER,
    REIGER_ADMIN,
    SYSTEM,
    UTRECHT,
    WAALWIND_ADMIN,
    World,
    application_text,
    granted,
)
from tests.integration.commissioning.test_spending_room import care_started
from tests.unit.commissioning.workbooks import HEAD, PRICE, book, changed


@pytest.fixture
async def filled(world: World) -> World:
    """Something in every table that people write."""
    commission = await world.published_commission()
    ask = commands.AskQuestion(commission_id=commission.commission_id, question="Telt reistijd mee?")
    await world.do(ask, REIGER_ADMIN)
    submit = commands.SubmitApplication(commission_id=commission.commission_id, text=application_text())
    await world.do(submit, REIGER_ADMIN)
    content = book([changed(HEAD, G=1)], [PRICE])
    await world.do(commands.ImportAgreements(content=content), OFFICER)
    await world.do(commands.StateCapacity(product_code="45A04", places=1, free=1, wait_days=0), REIGER_ADMIN)
    event = granted()
    world.write(event.referral_id, event)
    await world.deliver()
    return world


UPDATES: list[tuple[Actor, str]] = [
    (NIJMEGEN, "update scenario set title = 'x'"),
    (NIJMEGEN, "update commission set title = 'x'"),
    (REIGER_ADMIN, "update commission set stage = 'final'"),
    (OFFICER, "update application set products = '{}'"),
    (WAALWIND_ADMIN, "update application set products = '{}'"),
    (REIGER_ADMIN, "update question set answer = 'x'"),
    (NIJMEGEN, "update agreement set ceiling_cents = 1"),
    (WAALWIND_ADMIN, "update agreement set ceiling_cents = 1"),
    (REIGER_ADMIN, "update spending_warning set decided_on = now()"),
    (NIJMEGEN, "update spending_warning set decided_on = now()"),
    (NIJMEGEN, "update deadline set done_at = now()"),
    (WAALWIND_ADMIN, "update deadline set done_at = now()"),
    (NIJMEGEN, "update capacity set free = 0"),
    (UTRECHT, "update region set name = 'x'"),
    (UTRECHT, "delete from region_municipality"),
    (UTRECHT, "delete from participant"),
    (WAALWIND_ADMIN, "update provider set name = 'x'"),
    (OFFICER, "delete from signature"),
    (OFFICER, "delete from application"),
]


async def test_nobody_changes_what_is_anothers(filled: World) -> None:
    for actor, statement in UPDATES:
        async with filled.pools.unit(actor) as unit:
            assert (await unit.conn.execute(statement)).endswith(" 0"), (actor.party, statement)


WRITES: list[tuple[Actor, str]] = [
    (UTRECHT, "insert into participant select commission_id, 'municipality:0344', owner from commission"),
    (NIJMEGEN, "insert into signature select agreement_id, 'provider:73730001', 'x', now() from agreement"),
    (
        WAALWIND_ADMIN,
        """insert into capacity values ('73730001', 'provider:73730001', '45A04', 1, 1, 1, now())
           on conflict do nothing""",
    ),
    (UTRECHT, "insert into deadline values ('agreement/' || gen_random_uuid(), 'x', now(), 'region:x', 'y')"),
    (OFFICER, "update committed_year set committed_cents = 0"),
    (OFFICER, "delete from commitment"),
    (OFFICER, "update event_log set key = 'x'"),
]


async def test_nobody_writes_in_the_name_of_another_or_in_a_read_model(filled: World) -> None:
    for actor, statement in WRITES:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with filled.pools.unit(actor) as unit:
                await unit.conn.execute(statement)


SEEN: dict[str, tuple[Actor, ...]] = {
    "agreement": (OFFICER, NIJMEGEN, HEUMEN, REIGER_ADMIN),
    "spending_warning": (OFFICER, NIJMEGEN, HEUMEN, REIGER_ADMIN),
    "committed_year": (OFFICER, NIJMEGEN, HEUMEN, REIGER_ADMIN),
    "agreement_progress": (OFFICER, NIJMEGEN, HEUMEN, REIGER_ADMIN),
    "application": (REIGER_ADMIN,),
    "question": (OFFICER, REIGER_ADMIN),
    "import_file": (OFFICER,),
    "commitment": (),
    "price": (),
    "agreed_ceiling": (),
    "commission": (OFFICER, NIJMEGEN, HEUMEN, REIGER_ADMIN, WAALWIND_ADMIN, UTRECHT),
}


async def test_every_party_sees_its_own_and_what_is_published(filled: World) -> None:
    everyone = (OFFICER, NIJMEGEN, HEUMEN, REIGER_ADMIN, WAALWIND_ADMIN, UTRECHT)
    for table, allowed in SEEN.items():
        assert await filled.rows(SYSTEM, f"select 1 from {table}"), table
        for actor in everyone:
            found = await filled.rows(actor, f"select 1 from {table}")
            assert bool(found) == (actor in allowed), (table, actor.party)


async def test_the_operators_rebuild_finds_the_read_models_identical(database: Any) -> None:
    found = await database.together("commissioning", "referral", "council")
    world = World(found["commissioning"].pools, found["commissioning"].admin_url)
    await world.at(NOW)
    await world.region()
    await world.do(commands.ImportAgreements(content=book([changed(HEAD, G=1000)], [PRICE])), OFFICER)
    async with found["referral"].pools.unit(SYSTEM) as unit:
        for number in range(30):
            event = granted(total_units=10 + number, provider="73730001" if number % 3 else "73730002")
            unit.emit(event.referral_id, event)
            if number % 2:
                unit.emit(event.referral_id, care_started(event, event.starts_on + timedelta(days=number)))
    for service in ("commissioning", "referral"):
        rows = await found[service].pools.worker.fetch(
            "select *, data::text as text from event_log order by partition, sequence"
        )
        for row in rows:
            envelope = Envelope(
                service,
                row["partition"],
                row["sequence"],
                row["key"],
                row["type"],
                row["time"],
                row["text"].encode(),
            )
            delivery = Delivery(service, row["partition"], [envelope], row["sequence"], "test")
            assert (await Inbox(world.pools, Spending()).take(delivery)).parked == 0
    warnings = "select 1 from spending_warning"
    assert len(await world.rows(SYSTEM, warnings)) == 1
    sources = {name: service.url for name, service in found.items()}
    rebuilt = await rebuild("commissioning", sources["commissioning"], [Frames(), Spending()], sources)
    assert all(one.identical for one in rebuilt)
    assert sum(table.live for one in rebuilt for table in one.tables) > 30
    assert len(await world.rows(SYSTEM, warnings)) == 1
