"""From a frame to a signed agreement, with every rule of the way that needs a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.events.commissioning import (
    AgreementConcluded,
    AgreementSigned,
    ApplicationAssessed,
    ApplicationSubmitted,
    CommissionAdvanced,
    CommissionReminded,
    CommissionStage,
    ScenarioPublished,
)
from services.commissioning import commands
from services.commissioning.domain.agreement import AgreementStatus
from services.commissioning.domain.commission import Commission, Stage
from services.kit.problems import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from tests.integration.commissioning.commissioning_world import (
    HEUMEN,
    MET,
    NIJMEGEN,
    OFFICER,
    REIGER_ADMIN,
    SYSTEM,
    UTRECHT,
    WAALWIND_ADMIN,
    World,
    application_text,
    commission_text,
)

SECOND = timedelta(seconds=1)


def code(problem: Any) -> str:
    errors = problem.value.errors
    return str(errors[0].code if errors else problem.value.code)


async def test_a_scenario_is_edited_by_version_and_published_under_a_known_frame(world: World) -> None:
    await world.region()
    text = commands.ScenarioText(title="Dichtbij", story="Waarheen en waarom.", municipalities=("0252",))
    draft = await world.do(commands.DraftScenario(**dict(text)), HEUMEN)
    edit = commands.EditScenario(
        scenario_id=draft.scenario_id, version=1, text=text.model_copy(update={"title": "Dichtbij, tenzij"})
    )
    edited = await world.do(edit, HEUMEN)
    assert (edited.title, edited.version) == ("Dichtbij, tenzij", 2)
    with pytest.raises(PreconditionFailed):
        await world.do(edit, HEUMEN)
    with pytest.raises(NotFound):
        await world.do(commands.PublishScenario(scenario_id=draft.scenario_id), UTRECHT)
    with pytest.raises(Invalid) as no_outcome:
        await world.do(commands.PublishScenario(scenario_id=draft.scenario_id), HEUMEN)
    assert code(no_outcome) == "missing"

    scenario_id = await world.published_scenario()
    [published] = await world.events(ScenarioPublished)
    assert isinstance(published, ScenarioPublished)
    assert published.scenario_id == scenario_id
    assert "council:0252" in await world.audience(ScenarioPublished)


async def test_nobody_commissions_for_a_municipality_outside_the_region(world: World) -> None:
    await world.region()
    scenario_id = await world.published_scenario()
    outside = commission_text(scenario_id, municipalities=("0344",))
    for actor in (OFFICER, NIJMEGEN):
        with pytest.raises(Invalid) as refused:
            await world.do(commands.DraftCommission(**dict(outside)), actor)
        assert code(refused) == "no-mandate"
    host = await world.do(commands.DraftCommission(**dict(commission_text(scenario_id))), NIJMEGEN)
    assert host.owner == "municipality:0268"
    with pytest.raises(Forbidden):
        await world.do(commands.DraftCommission(**dict(commission_text(scenario_id))), REIGER_ADMIN)


async def test_publishing_computes_every_term_and_writes_the_promises_down(world: World) -> None:
    commission = await world.published_commission()
    # Ten, twenty and again fifteen working days after Friday 14 August 2026.
    assert commission.questions_due == datetime(2026, 8, 28, 22, tzinfo=UTC)
    assert commission.applications_due == datetime(2026, 9, 11, 22, tzinfo=UTC)
    assert commission.assessment_due == datetime(2026, 10, 2, 22, tzinfo=UTC)
    rows = await world.rows(OFFICER, "select kind, due, workflow from deadline order by due")
    assert [row["kind"] for row in rows] == ["questions", "applications", "assessment"]
    assert {row["workflow"] for row in rows} == {f"commission/{commission.commission_id}"}


async def test_a_stage_waits_for_its_moment_and_is_entered_once(world: World) -> None:
    commission = await world.published_commission()
    advance = commands.AdvanceCommission(commission_id=commission.commission_id, stage=Stage.ANSWERED)
    with pytest.raises(Conflict) as early:
        await world.do(advance, SYSTEM)
    assert early.value.code == "term-running"
    assert commission.questions_due
    await world.at(commission.questions_due + SECOND)
    assert (await world.do(advance, SYSTEM, "workflow-1")).stage is Stage.ANSWERED
    assert (await world.do(advance, SYSTEM, "workflow-1")).stage is Stage.ANSWERED
    assert (await world.do(advance, SYSTEM, "workflow-2")).stage is Stage.ANSWERED
    assert len(await world.events(CommissionAdvanced)) == 1
    [row] = await world.rows(SYSTEM, "select done_at from deadline where kind = 'questions'")
    assert row["done_at"] is not None
    with pytest.raises(Conflict) as closed:
        await world.do(
            commands.AskQuestion(commission_id=commission.commission_id, question="Nog één vraag?"), REIGER_ADMIN
        )
    assert closed.value.code == "questions-closed"


async def test_a_question_is_answered_for_everyone_without_saying_who_asked(world: World) -> None:
    commission = await world.published_commission()
    ask = commands.AskQuestion(commission_id=commission.commission_id, question="Telt reistijd mee?")
    question = await world.do(ask, REIGER_ADMIN)
    everything = "select question_id from question"
    assert await world.rows(WAALWIND_ADMIN, everything) == []
    assert len(await world.rows(REIGER_ADMIN, everything)) == 1
    with pytest.raises(NotFound):
        await world.do(commands.AnswerQuestion(question_id=question.question_id, answer="Ja."), NIJMEGEN)
    answered = await world.do(commands.AnswerQuestion(question_id=question.question_id, answer="Ja."), OFFICER)
    assert answered.answer == "Ja."
    assert not answered.own
    assert len(await world.rows(WAALWIND_ADMIN, everything)) == 1


async def closed(world: World, *applicants: Any) -> tuple[Commission, list[Any]]:
    """A commission whose applications are opened."""
    commission = await world.published_commission()
    assert commission.questions_due
    assert commission.applications_due
    applications = [
        await world.do(
            commands.SubmitApplication(commission_id=commission.commission_id, text=application_text()), applicant
        )
        for applicant in applicants
    ]
    await world.at(commission.questions_due + SECOND)
    await world.do(commands.AdvanceCommission(commission_id=commission.commission_id, stage=Stage.ANSWERED), SYSTEM)
    await world.at(commission.applications_due + SECOND)
    commission = await world.do(
        commands.AdvanceCommission(commission_id=commission.commission_id, stage=Stage.CLOSED), SYSTEM
    )
    return commission, applications


async def test_an_application_is_sealed_for_everyone_but_the_applicant_until_the_deadline(world: World) -> None:
    commission = await world.published_commission()
    submit = commands.SubmitApplication(commission_id=commission.commission_id, text=application_text())
    first = await world.do(submit, REIGER_ADMIN)
    again = await world.do(submit, REIGER_ADMIN)
    assert again.application_id == first.application_id
    assert len(await world.events(ApplicationSubmitted)) == 2
    assert await world.audience(ApplicationSubmitted) == [REIGER_ADMIN.party]
    everything = "select application_id from application"
    assert commission.applications_due
    await world.at(commission.applications_due - SECOND)
    for actor in (OFFICER, NIJMEGEN, HEUMEN, WAALWIND_ADMIN):
        assert await world.rows(actor, everything) == []
    assert len(await world.rows(REIGER_ADMIN, everything)) == 1
    with pytest.raises(NotFound):
        await world.do(commands.AssessApplication(application_id=first.application_id, judgements=MET), OFFICER)
    await world.at(commission.applications_due + SECOND)
    for actor in (OFFICER, NIJMEGEN, HEUMEN):
        assert len(await world.rows(actor, everything)) == 1
    assert await world.rows(WAALWIND_ADMIN, everything) == []
    with pytest.raises(Conflict) as late:
        await world.do(submit, WAALWIND_ADMIN)
    assert late.value.code == "applications-closed"


async def test_a_decision_is_told_to_all_at_once_and_starts_twenty_calendar_days(world: World) -> None:
    commission, [reiger, waalwind] = await closed(world, REIGER_ADMIN, WAALWIND_ADMIN)
    assess = commands.AssessApplication(application_id=reiger.application_id, judgements=MET)
    await world.do(assess, OFFICER)
    announce = commands.AnnounceAssessment(commission_id=commission.commission_id)
    with pytest.raises(Conflict) as incomplete:
        await world.do(announce, OFFICER)
    assert incomplete.value.code == "assessment-incomplete"
    not_met = (MET[0].model_copy(update={"met": False, "ground": "Surseance sinds juni"}),)
    await world.do(commands.AssessApplication(application_id=waalwind.application_id, judgements=not_met), OFFICER)
    assert await world.rows(WAALWIND_ADMIN, "select admitted from assessment") == []
    announced = await world.do(announce, OFFICER)
    assert announced.stage is Stage.STANDSTILL
    # Announced on Saturday 12 September, local time: 20 calendar days, until the end of 2 October.
    assert announced.standstill_until == datetime(2026, 10, 2, 22, tzinfo=UTC)
    [row] = await world.rows(WAALWIND_ADMIN, "select admitted from assessment")
    assert row["admitted"] is False
    decided = [event for event in await world.events(ApplicationAssessed) if isinstance(event, ApplicationAssessed)]
    assert {(event.provider, event.admitted, event.grounds) for event in decided} == {
        ("73730001", True, ()),
        ("73730004", False, ("no-bankruptcy",)),
    }
    stages = [event.stage for event in await world.events(CommissionAdvanced) if isinstance(event, CommissionAdvanced)]
    assert stages[-2:] == [CommissionStage.ASSESSED, CommissionStage.STANDSTILL]


async def test_an_overdue_assessment_is_reminded_once(world: World) -> None:
    commission, _ = await closed(world)
    remind = commands.RemindAssessment(commission_id=commission.commission_id)
    with pytest.raises(Conflict):
        await world.do(remind, SYSTEM)
    assert commission.assessment_due
    await world.at(commission.assessment_due + SECOND)
    await world.do(remind, SYSTEM)
    await world.do(remind, SYSTEM)
    assert len(await world.events(CommissionReminded)) == 1
    [row] = await world.rows(SYSTEM, "select done_at from deadline where kind = 'assessment'")
    assert row["done_at"] is not None


async def final(world: World) -> Any:
    """An admitted application whose standstill is over."""
    commission, [application] = await closed(world, REIGER_ADMIN)
    await world.do(commands.AssessApplication(application_id=application.application_id, judgements=MET), OFFICER)
    draft = commands.DraftAgreement(application_id=application.application_id, ceiling_cents=260_000_000)
    commission = await world.do(commands.AnnounceAssessment(commission_id=commission.commission_id), OFFICER)
    with pytest.raises(Conflict) as early:
        await world.do(draft, OFFICER)
    assert early.value.code == "standstill-running"
    assert commission.standstill_until
    await world.at(commission.standstill_until + SECOND)
    await world.do(commands.AdvanceCommission(commission_id=commission.commission_id, stage=Stage.FINAL), SYSTEM)
    agreement = await world.do(draft, OFFICER)
    with pytest.raises(Conflict) as twice:
        await world.do(draft, OFFICER)
    assert twice.value.code == "agreement-exists"
    return agreement


@pytest.mark.parametrize("order", [(OFFICER, REIGER_ADMIN), (REIGER_ADMIN, OFFICER)])
async def test_an_agreement_is_concluded_by_both_signatures_and_by_nothing_less(world: World, order: Any) -> None:
    agreement = await final(world)
    sign = commands.SignAgreement(agreement_id=agreement.agreement_id)
    for stranger in (WAALWIND_ADMIN, HEUMEN, UTRECHT):
        with pytest.raises((NotFound, Conflict)):
            await world.do(sign, stranger)
    first = await world.do(sign, order[0])
    assert first.status is AgreementStatus.DRAFTED
    assert await world.events(AgreementConcluded) == []
    with pytest.raises(Conflict) as twice:
        await world.do(sign, order[0])
    assert twice.value.code == "already-signed"
    second = await world.do(sign, order[1])
    assert second.status is AgreementStatus.CONCLUDED
    assert {signature.party for signature in second.signatures} == {OFFICER.party, REIGER_ADMIN.party}
    [concluded] = await world.events(AgreementConcluded)
    assert isinstance(concluded, AgreementConcluded)
    assert concluded.ceiling_cents == 260_000_000
    assert concluded.municipalities == ("0268", "0252")
    assert concluded.valid_from == date(2027, 1, 1)
    assert len(await world.events(AgreementSigned)) == 2
    rows = await world.rows(SYSTEM, "select kind, party, done_at from deadline where subject like 'agreement/%'")
    kinds = {row["kind"]: (row["party"], row["done_at"] is not None) for row in rows}
    assert kinds == {
        "signature-commissioner": (OFFICER.party, True),
        "signature-provider": (REIGER_ADMIN.party, True),
        "extension-notice": (OFFICER.party, False),
    }


async def test_withdrawing_voids_what_nobody_is_bound_to_and_ends_every_term(world: World) -> None:
    agreement = await final(world)
    withdraw = commands.WithdrawCommission(commission_id=agreement.commission_id, reason="Budget vervallen")
    with pytest.raises(NotFound):
        await world.do(withdraw, NIJMEGEN)
    withdrawn = await world.do(withdraw, OFFICER)
    assert withdrawn.stage is Stage.WITHDRAWN
    [row] = await world.rows(REIGER_ADMIN, "select status from agreement")
    assert row["status"] == "void"
    assert await world.rows(SYSTEM, "select 1 from deadline where done_at is null") == []
    with pytest.raises(Conflict):
        await world.do(commands.SignAgreement(agreement_id=agreement.agreement_id), REIGER_ADMIN)
    advance = commands.AdvanceCommission(commission_id=agreement.commission_id, stage=Stage.FINAL)
    assert (await world.do(advance, SYSTEM)).stage is Stage.WITHDRAWN


async def test_what_was_signed_can_no_longer_be_withdrawn(world: World) -> None:
    agreement = await final(world)
    for actor in (OFFICER, REIGER_ADMIN):
        await world.do(commands.SignAgreement(agreement_id=agreement.agreement_id), actor)
    with pytest.raises(Conflict) as bound:
        await world.do(commands.WithdrawCommission(commission_id=agreement.commission_id, reason="Toch niet"), OFFICER)
    assert bound.value.code == "agreement-concluded"


async def test_capacity_is_seen_by_commissioners_and_by_no_competitor(world: World) -> None:
    state = commands.StateCapacity(product_code="45A04", places=420, free=12, wait_days=30)
    await world.do(state, REIGER_ADMIN)
    await world.do(state.model_copy(update={"free": 11}), REIGER_ADMIN)
    with pytest.raises(Invalid):
        await world.do(state.model_copy(update={"free": 421}), REIGER_ADMIN)
    with pytest.raises(Forbidden):
        await world.do(state, NIJMEGEN)
    query = "select free from capacity"
    assert [row["free"] for row in await world.rows(NIJMEGEN, query)] == [11]
    assert [row["free"] for row in await world.rows(REIGER_ADMIN, query)] == [11]
    assert await world.rows(WAALWIND_ADMIN, query) == []


async def test_only_the_region_itself_forms_it_and_only_a_provider_renames_itself(world: World) -> None:
    await world.region()
    region = commands.FormRegion(
        region_id="rijk-van-nijmegen", name="X", municipalities=[{"code": "0344", "name": "U", "inhabitants": 1}]
    )
    with pytest.raises(Forbidden):
        await world.do(region, NIJMEGEN)
    await world.do(commands.RegisterProvider(agb="73730001", name="De Zilveren Reiger", fictional=True), SYSTEM)
    with pytest.raises(Forbidden):
        await world.do(commands.RegisterProvider(agb="73730001", name="Anders"), WAALWIND_ADMIN)
