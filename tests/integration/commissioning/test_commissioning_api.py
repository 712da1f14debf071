"""The API from outside: who may call what, what it answers, and the client that others use."""

import io
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from contracts.values import Role
from services.commissioning import commands
from services.commissioning.bootstrap import compose, openapi_app
from services.commissioning.client import CommissioningClient
from services.commissioning.domain.commission import Stage
from services.kit.actor import Actor
from services.kit.api_rules import violations
from services.kit.problems import (
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Unauthorized,
)
from tests.integration.calling import calling
from tests.integration.commissioning.commissioning_world import (
    HEUMEN,
    MET,
    NIJMEGEN,
    OFFICER,
    REIGER_ADMIN,
    SYSTEM,
    WAALWIND_ADMIN,
    World,
    application_text,
    commission_text,
    granted,
    person,
)
from tests.unit.commissioning.workbooks import HEAD, PRICE, book, changed

Caller = Callable[[Actor | None], CommissioningClient]
SECOND = timedelta(seconds=1)


@pytest.fixture
async def caller(world: World) -> AsyncIterator[Caller]:
    async with calling(compose(), world.pools, CommissioningClient) as acting:
        yield acting


def test_the_description_keeps_the_design_rules() -> None:
    found = [line for line in violations(openapi_app().openapi()) if "dead-letters" not in line]
    assert found == []


async def test_the_loop_goes_through_the_client_from_draft_to_signature(world: World, caller: Caller) -> None:
    await world.region()
    officer, reiger, workflow = caller(OFFICER), caller(REIGER_ADMIN), caller(SYSTEM)
    scenario_id = await world.published_scenario()
    assert [each.scenario_id for each in (await caller(None).published_scenarios()).items] == [scenario_id]
    draft = await officer.draft_commission(commission_text(scenario_id), "draft")
    assert (await caller(None).published_commissions()).items == []
    read = await officer.commission(draft.commission_id)
    text = commission_text(scenario_id, title="Jeugdhulp dichtbij huis")
    edited = await officer.edit_commission(draft.commission_id, text, read.etag or "")
    assert (edited.title, edited.version) == ("Jeugdhulp dichtbij huis", 2)
    with pytest.raises(PreconditionFailed):
        await officer.edit_commission(draft.commission_id, text, read.etag or "")
    with pytest.raises(PreconditionRequired):
        await officer.edit_commission(draft.commission_id, text, "")
    published = await officer.publish_commission(draft.commission_id, "publish")
    assert published == await officer.publish_commission(draft.commission_id, "publish")
    assert len((await caller(None).published_commissions(municipality="0252")).items) == 1
    due = await workflow.deadlines(published.applications_due)
    assert [deadline.kind for deadline in due] == ["questions", "applications"]
    assert await reiger.deadlines() == []

    question = await reiger.ask_question(draft.commission_id, "Telt reistijd mee?", "ask")
    assert question.own
    await officer.answer_question(question.question_id, "Ja.", "answer")
    [seen] = await caller(WAALWIND_ADMIN).questions(draft.commission_id)
    assert (seen.answer, seen.own) == ("Ja.", False)
    applied = await reiger.submit_application(draft.commission_id, application_text(), "apply")
    assert applied.decision is None
    assert await officer.applications(draft.commission_id) == ()
    with pytest.raises(NotFound):
        await officer.application(applied.application_id)
    with pytest.raises(Forbidden):
        await workflow.applications(draft.commission_id)

    for due_at, stage in ((published.questions_due, Stage.ANSWERED), (published.applications_due, Stage.CLOSED)):
        assert due_at
        await world.at(due_at + SECOND)
        assert (await workflow.advance_commission(draft.commission_id, stage, stage.value)).stage is stage
    with pytest.raises(Forbidden):
        await officer.advance_commission(draft.commission_id, Stage.FINAL, "no")
    [opened] = await officer.applications(draft.commission_id)
    assessed = await officer.assess_application(opened.application_id, MET, "assess")
    assert assessed.decision
    assert assessed.decision.admitted
    assert (await reiger.application(opened.application_id)).decision is None
    announced = await officer.announce_assessment(draft.commission_id, "announce")
    assert (await reiger.application(opened.application_id)).decision is not None
    assert announced.standstill_until
    await world.at(announced.standstill_until + SECOND)
    await workflow.advance_commission(draft.commission_id, Stage.FINAL, "final")
    agreement = await officer.draft_agreement(opened.application_id, "agreement", ceiling_cents=260_000_000)
    for client, key in ((officer, "officer"), (reiger, "reiger")):
        signed = await client.sign_agreement(agreement.agreement_id, key)
    assert signed.status == "concluded"
    assert len((await caller(HEUMEN).agreements(status="concluded")).items) == 1
    assert (await caller(WAALWIND_ADMIN).agreements()).items == []
    with pytest.raises(NotFound):
        await caller(WAALWIND_ADMIN).agreement(agreement.agreement_id)


async def test_a_workbook_comes_in_and_goes_out_over_http(world: World, caller: Caller) -> None:
    await world.region()
    officer = caller(OFFICER)
    names = load_workbook(io.BytesIO(await officer.workbook_template())).sheetnames
    assert names == ["Overeenkomsten", "Tarieven", "Toelichting"]
    with pytest.raises(Invalid) as refused:
        await officer.import_agreements(book([changed(HEAD, B="1")], [PRICE]), "wrong")
    assert refused.value.errors[0].pointer == "/Overeenkomsten/2/B"
    content = book([HEAD], [PRICE])
    assert (await officer.import_agreements(content, "dry", dry_run=True)).created == 1
    report = await officer.import_agreements(content, "right")
    assert report == await officer.import_agreements(content, "right")
    exported = await officer.current_workbook()
    assert (await officer.import_agreements(exported, "again")).unchanged == 1
    on_behalf = book([changed(HEAD, D="0252")], [PRICE])
    assert (await caller(SYSTEM).import_agreements(on_behalf, "s", on_behalf_of=HEUMEN.party)).created == 1
    with pytest.raises(Forbidden):
        await caller(REIGER_ADMIN).import_agreements(content, "no")

    event = granted(total_units=500)
    world.write(event.referral_id, event)
    await world.deliver()
    overview = await caller(NIJMEGEN).spending_rooms()
    [room] = overview.items
    assert (room.committed_cents, room.waiting, room.provider_name) == (500 * 8510, 1, "De Zilveren Reiger")
    assert (await officer.spending_room(room.agreement_id)).share == room.share
    assert (await officer.spending_rooms(year=2020)).items == ()
    assert await officer.spending_warnings() == ()
    with pytest.raises(NotFound):
        await caller(WAALWIND_ADMIN).spending_room(room.agreement_id)


async def test_parties_and_capacity_through_the_client(world: World, caller: Caller) -> None:
    await world.region()
    system = caller(SYSTEM)
    for number in range(1, 4):
        provider = commands.RegisterProvider(agb=f"7373000{number}", name=f"Aanbieder {number}", fictional=True)
        await system.register_provider(provider, f"provider-{number}")
    first = await system.providers(limit=2)
    assert [each.agb for each in first.items] == ["73730001", "73730002"]
    assert [each.agb for each in (await system.providers(after=first.next)).items] == ["73730003"]
    assert (await system.provider("73730001")).fictional
    with pytest.raises(NotFound):
        await system.provider("99999999")
    assert [each.code for each in (await system.region("rijk-van-nijmegen")).municipalities] == ["0252", "0268"]
    assert len(await system.regions()) == 1
    capacity = commands.StateCapacity(product_code="45A04", places=10, free=2, wait_days=14)
    await caller(REIGER_ADMIN).state_capacity(capacity, "capacity")
    assert [each.free for each in await caller(NIJMEGEN).capacities(product_code="45A04")] == [2]
    with pytest.raises(Forbidden):
        await caller(NIJMEGEN).state_capacity(capacity, "capacity")
    frame_id = await world.frame()
    assert [each.frame_id for each in await caller(NIJMEGEN).frames(["0252"])] == [frame_id]
    assert await caller(NIJMEGEN).frames(["0268"]) == ()


async def test_what_is_not_signed_in_or_not_there_is_refused(world: World, caller: Caller) -> None:
    with pytest.raises(Unauthorized):
        await caller(None).scenarios()
    member = caller(person("council:0252", Role.COUNCIL_MEMBER))
    assert (await member.scenarios()).items == []
    with pytest.raises(Forbidden):
        await member.agreements()
    for read in (member.scenario, member.commission):
        with pytest.raises(NotFound):
            await read(uuid4())
    with pytest.raises(Invalid):
        await member.scenarios(after="bm90IG91cnM")
