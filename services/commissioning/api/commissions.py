"""Commissions by admission, from draft to the end of the standstill."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from contracts.values import MunicipalityCode
from services.commissioning import commands
from services.commissioning.api.access import Commissioner, CommissionId, SignedIn, Store, Workflow
from services.commissioning.api.bodies import StageEntered, Withdrawal
from services.commissioning.domain.commission import Commission, CommissionText, Stage
from services.commissioning.store import queries
from services.commissioning.store.records import get_commission as stored_commission
from services.commissioning.store.records import position, value
from services.kit.paging import Page, Paging
from services.kit.runner import ExpectedVersion, Runner, set_etag

router = APIRouter(tags=["commissions"])


@router.post("/commissions", status_code=201)
async def draft_commission(body: CommissionText, run: Runner, actor: Commissioner, response: Response) -> Commission:
    """Begin a commission under a published scenario."""
    commission: Commission = await run(commands.DraftCommission(**dict(body)), actor)
    set_etag(response, commission.version)
    return commission


@router.get("/commissions")
async def list_commissions(
    database: Store,
    actor: SignedIn,
    paging: Paging,
    stage: Annotated[Stage | None, Query(description="Only in this stage.")] = None,
    municipality: Annotated[MunicipalityCode | None, Query(description="Only for this municipality.")] = None,
) -> Page[Commission]:
    """Published commissions, and drafts that the caller's organisation takes part in; newest first."""
    drafted_at, commission_id = position(paging)
    async with database.reading(actor) as unit:
        found = queries.commissions(
            unit.conn,
            stage=stage,
            municipality=municipality,
            drafted_at=drafted_at,
            commission_id=commission_id,
            limit=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(
        rows,
        lambda row: value(Commission, row),
        lambda row: (row["drafted_at"].isoformat(), str(row["commission_id"])),
    )


@router.get("/commissions/{commissionId}")
async def get_commission(
    commission_id: CommissionId, database: Store, actor: SignedIn, response: Response
) -> Commission:
    """One commission with its terms; its ETag is needed to edit a draft."""
    async with database.reading(actor) as unit:
        commission = await stored_commission(unit.conn, commission_id)
    set_etag(response, commission.version)
    return commission


@router.put("/commissions/{commissionId}")
async def edit_commission(
    commission_id: CommissionId,
    body: CommissionText,
    expected: ExpectedVersion,
    run: Runner,
    actor: Commissioner,
    response: Response,
) -> Commission:
    """Rewrite a draft."""
    command = commands.EditCommission(commission_id=commission_id, version=expected, text=body)
    commission: Commission = await run(command, actor)
    set_etag(response, commission.version)
    return commission


@router.post("/commissions/{commissionId}/publications", status_code=201)
async def publish_commission(commission_id: CommissionId, run: Runner, actor: Commissioner) -> Commission:
    """Open the commission: the terms for questions, applications and assessment begin to run."""
    commission: Commission = await run(commands.PublishCommission(commission_id=commission_id), actor)
    return commission


@router.post("/commissions/{commissionId}/stages", status_code=201)
async def advance_commission(
    commission_id: CommissionId, body: StageEntered, run: Runner, actor: Workflow
) -> Commission:
    """The moment of a stage came: questions close, applications close, or the standstill ends."""
    command = commands.AdvanceCommission(commission_id=commission_id, stage=body.stage)
    commission: Commission = await run(command, actor)
    return commission


@router.post("/commissions/{commissionId}/reminders", status_code=201)
async def remind_assessment(commission_id: CommissionId, run: Runner, actor: Workflow) -> Commission:
    """The assessment term passed: remind the commissioner, unless the decisions are announced."""
    commission: Commission = await run(commands.RemindAssessment(commission_id=commission_id), actor)
    return commission


@router.post("/commissions/{commissionId}/withdrawals", status_code=201)
async def withdraw_commission(
    commission_id: CommissionId, body: Withdrawal, run: Runner, actor: Commissioner
) -> Commission:
    """Take the commission back; possible until an agreement under it is signed by both sides."""
    command = commands.WithdrawCommission(commission_id=commission_id, reason=body.reason)
    commission: Commission = await run(command, actor)
    return commission


@router.post("/commissions/{commissionId}/announcements", status_code=201)
async def announce_assessment(commission_id: CommissionId, run: Runner, actor: Commissioner) -> Commission:
    """Tell every applicant its decision; the standstill begins."""
    commission: Commission = await run(commands.AnnounceAssessment(commission_id=commission_id), actor)
    return commission
