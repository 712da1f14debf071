"""Spending room: what is committed, what it is heading for, and what is done about a warning."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from contracts.values import MunicipalityCode
from services.commissioning import commands, views
from services.commissioning.api.access import AgreementId, Commissioner, Party, Store
from services.commissioning.api.bodies import DecisionTaken, TalkHeld
from services.commissioning.store import queries
from services.commissioning.store.overview import reconciliation, spending_rooms
from services.kit.problems import NotFound
from services.kit.runner import Runner
from services.kit.working_days import local_date

router = APIRouter(tags=["spending"])

YearQuery = Annotated[int | None, Query(ge=2000, le=2100, description="The calendar year; this year by default.")]
Year = Annotated[int, Path(ge=2000, le=2100, description="The calendar year.")]


@router.get("/spending-rooms")
async def list_spending_rooms(
    database: Store,
    actor: Party,
    year: YearQuery = None,
    municipality: Annotated[MunicipalityCode | None, Query(description="Only agreements for this one.")] = None,
) -> views.SpendingRooms:
    """One row per agreement: ceiling, committed, forecast, waiting, starts within norm, dropout, next legal deadline.

    What was really delivered is known from declarations; `spentCents` stays empty until the first of them.
    """
    async with database.reading(actor) as unit:
        today = local_date(unit.now)
        rooms = await spending_rooms(unit.conn, year or today.year, today, municipality=municipality)
    return views.SpendingRooms(year=year or today.year, items=tuple(rooms))


@router.get("/agreements/{agreementId}/spending-room")
async def get_spending_room(
    agreement_id: AgreementId, database: Store, actor: Party, year: YearQuery = None
) -> views.SpendingRoom:
    """The spending room of one agreement in a calendar year."""
    async with database.reading(actor) as unit:
        today = local_date(unit.now)
        rooms = await spending_rooms(unit.conn, year or today.year, today, agreement_id=agreement_id)
    if not rooms:
        raise NotFound()
    return rooms[0]


@router.get("/agreements/{agreementId}/reconciliation")
async def get_reconciliation(
    agreement_id: AgreementId, database: Store, actor: Party, year: YearQuery = None
) -> views.Reconciliation:
    """Ceiling, reserved, committed and spent of one agreement in a calendar year, per month and municipality."""
    async with database.reading(actor) as unit:
        today = local_date(unit.now)
        found = await reconciliation(unit.conn, agreement_id, year or today.year, today)
    if found is None:
        raise NotFound()
    return found


@router.get("/spending-warnings")
async def list_spending_warnings(database: Store, actor: Party, year: YearQuery = None) -> views.SpendingWarnings:
    """Warnings about agreements that the caller may see, latest first."""
    async with database.reading(actor) as unit:
        found = queries.warnings(unit.conn, agreement_id=None, year=year)
        rows = [views.SpendingWarning(**dict(row)) async for row in found]
    return views.SpendingWarnings(items=tuple(rows))


@router.get("/agreements/{agreementId}/spending-warnings/{year}")
async def get_spending_warning(
    agreement_id: AgreementId, year: Year, database: Store, actor: Party
) -> views.SpendingWarning:
    """The warning about one agreement in one year, with talk and decision."""
    async with database.reading(actor) as unit:
        rows = [row async for row in queries.warnings(unit.conn, agreement_id=agreement_id, year=year)]
    if not rows:
        raise NotFound()
    return views.SpendingWarning(**dict(rows[0]))


@router.post("/agreements/{agreementId}/spending-warnings/{year}/talks", status_code=201)
async def record_talk(
    agreement_id: AgreementId, year: Year, body: TalkHeld, run: Runner, actor: Commissioner
) -> views.SpendingWarning:
    """Record that the talk about spending room was held (within two weeks, OV 1.5.7)."""
    command = commands.RecordTalk(agreement_id=agreement_id, year=year, held_on=body.held_on, note=body.note)
    warning: views.SpendingWarning = await run(command, actor)
    return warning


@router.post("/agreements/{agreementId}/spending-warnings/{year}/decisions", status_code=201)
async def record_decision(
    agreement_id: AgreementId, year: Year, body: DecisionTaken, run: Runner, actor: Commissioner
) -> views.SpendingWarning:
    """Record what was decided (within two weeks after the talk, OV 1.5.7)."""
    command = commands.RecordDecision(agreement_id=agreement_id, year=year, **dict(body))
    warning: views.SpendingWarning = await run(command, actor)
    return warning
