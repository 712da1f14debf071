"""The typed client and the read model: the same service, seen from another process."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from contracts.events.commissioning import AgreementAmended, AgreementConcluded, CapacityStated
from contracts.events.referral import DeclineReason, StopReason
from services.kit.problems import Conflict, Forbidden, NotFound
from services.referral.client import (
    Person,
    Promise,
    ReferralClient,
    RefusalReason,
    Status,
    Task,
    WithdrawalReason,
    bodies,
)
from tests.integration.referral.referral_world import (
    ADMINISTRATOR,
    HEUMEN,
    KOMPAS,
    OUTPATIENT,
    PLANNER,
    REIGER,
    SYSTEM,
    WORKER,
    World,
    apply_market,
    market_events,
    request_body,
)
from tests.integration.referral.test_referral_messages import a_315
from tests.integration.referral.trajectory_files import file, row


def key() -> str:
    return str(uuid4())


@pytest.fixture
def client(world: World) -> ReferralClient:
    return ReferralClient("http://referral", world.http)


def a_request(ordinal: int = 0) -> bodies.RequestBody:
    return bodies.RequestBody.model_validate(request_body(ordinal))


async def test_every_act_of_a_journey(world: World, client: ReferralClient) -> None:
    worker, planner, system = (client.acting_for(name) for name in (WORKER, PLANNER, SYSTEM))
    state = await worker.request_allocation(a_request(), idempotency_key=key())
    page = await worker.referrals(tasks=[Task.DECIDE], status=[Status.REQUESTED], municipality=HEUMEN)
    assert [each.referral_id for each in page.items] == [state.referral_id]
    await worker.grant(state.referral_id, idempotency_key=key())
    await planner.decline(state.referral_id, DeclineReason.TOO_FAR, idempotency_key=key())
    offered = await system.offer(state.referral_id, idempotency_key=key())
    assert offered.provider == KOMPAS
    kompas = client.acting_for("planner-kompas")
    with pytest.raises(Conflict):
        await system.remind(state.referral_id, Promise.PLACE, idempotency_key=key())
    await kompas.accept(state.referral_id, own_number="K-1", idempotency_key=key())
    await kompas.number_client(state.referral_id, "K-2")
    assert (await kompas.referral(state.referral_id)).own_number == "K-2"
    assert [each.provider for each in await worker.allocations(state.referral_id)] == [REIGER, KOMPAS]
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    await kompas.report_start(state.referral_id, date(2026, 9, 1), idempotency_key=key())
    stopped = await kompas.report_stop(state.referral_id, date(2026, 9, 2), StopReason.DIED, idempotency_key=key())
    assert stopped.status is Status.STOPPED


async def test_problems_are_the_same_on_this_side(client: ReferralClient) -> None:
    worker = client.acting_for(WORKER)
    first = await worker.request_allocation(a_request(0), idempotency_key=key())
    second = await worker.request_allocation(a_request(1), idempotency_key=key())
    await worker.refuse(first.referral_id, RefusalReason.STACKING, idempotency_key=key())
    await worker.withdraw(second.referral_id, WithdrawalReason.MOVED, idempotency_key=key())
    with pytest.raises(Conflict):
        await worker.grant(first.referral_id, idempotency_key=key())
    with pytest.raises(NotFound):
        await worker.referral(uuid4())
    with pytest.raises(Forbidden):
        await worker.remind(first.referral_id, Promise.START, idempotency_key=key())
    with pytest.raises(Forbidden):
        await worker.offer(first.referral_id, idempotency_key=key())
    with pytest.raises(Forbidden):
        await client.acting_for(PLANNER).decline(first.referral_id, DeclineReason.NO_ANSWER, idempotency_key=key())
    others = await client.acting_for(PLANNER).send_message(a_315(provider=KOMPAS), idempotency_key=key())
    assert (others.accepted, others.answer_id) == (False, None)


async def test_messages_imports_clients_and_deadlines(client: ReferralClient) -> None:
    worker, administrator, system = (client.acting_for(name) for name in (WORKER, ADMINISTRATOR, SYSTEM))
    received = await administrator.send_message(a_315(), idempotency_key=key())
    assert await administrator.message_content(received.message_id) == a_315()
    assert (await administrator.message(received.message_id)).answer_kind == "JW316"
    assert len((await worker.messages(referral_id=received.referral_ids[0])).items) == 1

    tried = await worker.import_trajectories(file([row(1)]), dry_run=True, idempotency_key=key())
    assert (tried.import_id, tried.imported) == (None, 1)
    imported = await worker.import_trajectories(file([row(1)]), idempotency_key=key())
    assert imported.import_id is not None
    assert len((await worker.import_rows(imported.import_id)).items) == 1
    assert (await worker.import_columns())[0].name == "municipality"

    view = await worker.referral(received.referral_ids[0])
    [found] = await worker.clients([view.client])
    assert found == await worker.client(view.client)
    assert isinstance(found.person, Person)
    assert [each.kind for each in await system.deadlines()] == ["decide"]
    assert [each.kind for each in await worker.deadlines()] == ["decide"]
    assert await administrator.deadlines() == [], "deciding is not what the provider promised"
    assert await system.deadlines(before=datetime(2026, 8, 20, tzinfo=UTC)) == []
    assert [each.task for each in await worker.task_counts()] == [Task.DECIDE]
    assert [each.product_code for each in await worker.products(HEUMEN)] == ["02A03", OUTPATIENT]
    assert len(await worker.candidates(HEUMEN, OUTPATIENT, date(2026, 9, 1))) == 3


async def test_an_erased_client_is_gone_for_the_client_too(client: ReferralClient) -> None:
    worker = client.acting_for(WORKER)
    state = await worker.request_allocation(a_request(), idempotency_key=key())
    view = await worker.referral(state.referral_id)
    await worker.withdraw(state.referral_id, WithdrawalReason.MISTAKE, idempotency_key=key())
    await worker.erase_client(view.client, "entered_by_mistake", idempotency_key=key())
    assert await worker.clients([view.client]) == []


async def market(world: World) -> list[list[dict[str, Any]]]:
    tables = ("known_provider", "agreed_product", "stated_capacity")
    return [[dict(each) for each in await world.as_admin(f"select * from {name} order by 1, 2")] for name in tables]


async def test_the_market_is_the_same_however_often_and_in_which_batches_it_is_told(world: World) -> None:
    before = await market(world)
    for event in market_events():
        await apply_market(world.database, [event])
    assert await market(world) == before


async def test_an_amended_agreement_and_a_new_statement_replace_the_earlier(world: World) -> None:
    [agreement] = [each for each in market_events() if isinstance(each, AgreementConcluded) and each.provider == REIGER]
    [capacity] = [each for each in market_events() if isinstance(each, CapacityStated) and each.provider == REIGER]
    await apply_market(
        world.database,
        [
            AgreementAmended(
                agreement_id=agreement.agreement_id,
                provider=agreement.provider,
                municipalities=(HEUMEN,),
                products=agreement.products,
                valid_from=agreement.valid_from,
                valid_until=date(2026, 12, 31),
                amended_at=agreement.concluded_at,
            ),
            capacity.model_copy(update={"wait_days": 1}),
        ],
    )
    soon = await world.get(WORKER, "/candidates", municipality=HEUMEN, productCode=OUTPATIENT)
    assert (soon[0]["provider"], soon[0]["waitDays"]) == (REIGER, 1)
    later = await world.get(WORKER, "/candidates", municipality=HEUMEN, productCode=OUTPATIENT, startsOn="2027-01-01")
    assert [each["provider"] for each in later] == [KOMPAS, "73730003"]
    elsewhere = await world.as_admin(
        "select distinct municipality from agreed_product where agreement_id = $1", agreement.agreement_id
    )
    assert [each["municipality"] for each in elsewhere] == [HEUMEN]
