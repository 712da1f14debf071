"""Commissions: draft, edit, publish, what their workflow does at each due moment, and withdrawal."""

from contracts.events.commissioning import (
    CommissionAdvanced,
    CommissionPublished,
    CommissionReminded,
    CommissionStage,
)
from contracts.values import PartyId, council, municipality
from services.commissioning.commands import (
    AdvanceCommission,
    DraftCommission,
    EditCommission,
    PublishCommission,
    RemindAssessment,
    WithdrawCommission,
)
from services.commissioning.domain.commission import Commission, CommissionText, Stage, check
from services.commissioning.domain.mandate import require_mandate
from services.commissioning.domain.promises import Promise, about_agreement, about_commission, of_commission
from services.commissioning.domain.scenario import ScenarioStatus
from services.commissioning.store import queries
from services.commissioning.store.records import (
    get_commission,
    join,
    kept,
    partners,
    promise,
    row_of,
    save_commission,
)
from services.kit.model import refused, wrong
from services.kit.runner import require_version
from services.kit.unit import Unit

_ENDS = {
    Stage.ANSWERED: Promise.QUESTIONS,
    Stage.CLOSED: Promise.APPLICATIONS,
    Stage.FINAL: Promise.STANDSTILL,
}


def parties_of(commission: Commission) -> list[PartyId]:
    """Who hears of a commission: its owner and the municipalities it is for."""
    return [commission.owner, *map(municipality, commission.municipalities)]


def emit_stage(commission: Commission, stage: CommissionStage, unit: Unit) -> None:
    """Tell that a commission entered a stage."""
    until = commission.until if stage.value == commission.stage.value else None
    unit.emit(
        commission.commission_id,
        CommissionAdvanced(commission_id=commission.commission_id, stage=stage, until=until, advanced_at=unit.now),
        parties_of(commission),
    )


async def _check_text(text: CommissionText, owner: PartyId, unit: Unit) -> None:
    require_mandate(owner, text.municipalities, await partners(unit, owner))
    check(text)
    row = await queries.get_scenario(unit.conn, scenario_id=text.scenario_id)
    if row is None or row["status"] != ScenarioStatus.PUBLISHED:
        raise wrong(
            "/scenarioId",
            "Een opdracht hoort bij een gepubliceerd verhaal. Publiceer het verhaal eerst.",
            "A commission belongs to a published scenario. Publish the scenario first.",
            "scenario-not-published",
        )
    outside = sorted(set(text.municipalities) - set(row["municipalities"]))
    if outside:
        raise wrong(
            "/municipalities",
            f"Het verhaal gaat niet over {', '.join(outside)}. Kies gemeenten van het verhaal.",
            f"The scenario is not about {', '.join(outside)}. Choose municipalities of the scenario.",
            "outside-scenario",
        )


async def draft_commission(command: DraftCommission, unit: Unit) -> Commission:
    owner = unit.actor.party
    await _check_text(command, owner, unit)
    commission = Commission(
        **{name: getattr(command, name) for name in CommissionText.model_fields},
        commission_id=unit.new_id(),
        owner=owner,
        stage=Stage.DRAFT,
        version=1,
        drafted_at=unit.now,
    )
    await queries.insert_commission(unit.conn, row=row_of(commission))
    await join(unit.conn, commission.commission_id, owner, commission.municipalities)
    return commission


async def edit_commission(command: EditCommission, unit: Unit) -> Commission:
    commission = await get_commission(unit.conn, command.commission_id, lock=True)
    require_version(command.version, commission.version)
    await _check_text(command.text, commission.owner, unit)
    commission = commission.edit(command.text)
    await save_commission(unit.conn, commission)
    await join(unit.conn, commission.commission_id, commission.owner, commission.municipalities)
    return commission


async def publish_commission(command: PublishCommission, unit: Unit) -> Commission:
    commission = await get_commission(unit.conn, command.commission_id, lock=True)
    commission = commission.publish(unit.now)
    await save_commission(unit.conn, commission)
    await promise(unit.conn, of_commission(commission))
    if commission.questions_due is None or commission.applications_due is None or commission.assessment_due is None:
        raise AssertionError("a published commission has its terms")
    unit.emit(
        commission.commission_id,
        CommissionPublished(
            commission_id=commission.commission_id,
            scenario_id=commission.scenario_id,
            title=commission.title,
            municipalities=commission.municipalities,
            products=commission.products,
            questions_due=commission.questions_due,
            applications_due=commission.applications_due,
            assessment_due=commission.assessment_due,
            standstill_days=commission.terms.standstill_days,
            published_at=unit.now,
        ),
        [*parties_of(commission), *map(council, commission.municipalities)],
    )
    return commission


async def advance_commission(command: AdvanceCommission, unit: Unit) -> Commission:
    """Enter the stage whose moment came. Asked again, or after a withdrawal, it changes nothing."""
    before = await get_commission(unit.conn, command.commission_id, lock=True)
    commission = before.advance(command.stage, unit.now)
    if commission is not before:
        await save_commission(unit.conn, commission)
        await kept(unit.conn, about_commission(commission.commission_id), unit.now, _ENDS[commission.stage])
        emit_stage(commission, CommissionStage(commission.stage.value), unit)
    return commission


async def remind_assessment(command: RemindAssessment, unit: Unit) -> Commission:
    """Remind once, when the term passed and the decisions are not announced."""
    commission = await get_commission(unit.conn, command.commission_id, lock=True)
    due = commission.assessment_due
    if commission.stage is not Stage.CLOSED or commission.reminded_at is not None or due is None:
        return commission
    if unit.now < due:
        raise refused(
            "De termijn voor de beoordeling loopt nog. Wacht tot hij voorbij is.",
            "The assessment term is still running. Wait until it has passed.",
            "term-running",
        )
    commission = commission.model_copy(update={"reminded_at": unit.now})
    await save_commission(unit.conn, commission)
    await kept(unit.conn, about_commission(commission.commission_id), unit.now, Promise.ASSESSMENT)
    unit.emit(
        commission.commission_id,
        CommissionReminded(
            commission_id=commission.commission_id,
            promise=Promise.ASSESSMENT.value,
            due=due,
            reminded_at=unit.now,
        ),
        [commission.owner],
    )
    return commission


async def withdraw_commission(command: WithdrawCommission, unit: Unit) -> Commission:
    """Possible until an agreement under it is signed by both; drafts of agreements fall with it."""
    commission = await get_commission(unit.conn, command.commission_id, lock=True)
    if await queries.concluded_under(unit.conn, commission_id=commission.commission_id):
        raise refused(
            "Onder deze opdracht is al een overeenkomst gesloten. Intrekken kan niet meer; wel beëindigen.",
            "An agreement under this commission is concluded. It can no longer be withdrawn, only ended.",
            "agreement-concluded",
        )
    commission = commission.withdraw(command.reason, unit.now)
    await save_commission(unit.conn, commission)
    voided = [
        row["agreement_id"] async for row in queries.void_agreements(unit.conn, commission_id=commission.commission_id)
    ]
    subjects = [about_commission(commission.commission_id), *map(about_agreement, voided)]
    await queries.drop_deadlines(unit.conn, subjects=subjects, at=unit.now)
    if commission.published_at is not None:
        emit_stage(commission, CommissionStage.WITHDRAWN, unit)
    return commission
