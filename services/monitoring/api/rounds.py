"""Reporting rounds: people open them and report in them, the workflow carries them to their end."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.kit.openapi import problems
from services.kit.paging import Page, Paging
from services.kit.problems import NotFound
from services.kit.runner import Runner
from services.monitoring import commands
from services.monitoring.api.access import (
    Convener,
    Declarer,
    RegionQuery,
    RoundId,
    RoundReader,
    Store,
    Workflow,
    seen_id,
)
from services.monitoring.store import queries, rounds
from services.monitoring.views import ReleaseListView, RoundPlanView, RoundView

router = APIRouter(tags=["rounds"])


@router.post("/rounds", status_code=201, responses=problems(NotFound))
async def open_round(body: commands.OpenRound, run: Runner, actor: Convener) -> RoundView:
    """Open the round of a region for a month that is over. Providers with an agreement in force are expected."""
    opened: RoundView = await run(body, actor)
    return opened


@router.post("/round-openings", status_code=201)
async def open_planned_round(body: commands.OpenPlannedRound, run: Runner, actor: Workflow) -> RoundPlanView:
    """Open the round that was planned for a month, and plan the next. Once it is open this changes nothing."""
    planned: RoundPlanView = await run(body, actor)
    return planned


@router.get("/rounds")
async def list_rounds(
    database: Store,
    actor: RoundReader,
    paging: Paging,
    region_id: RegionQuery = None,
    is_open: Annotated[
        bool | None, Query(alias="open", description="Only rounds whose figures are still to come, or were released.")
    ] = None,
) -> Page[RoundView]:
    """The rounds in which the caller's party takes part, newest month first."""
    async with database.reading(actor) as unit:
        found = queries.rounds(
            unit.conn,
            region_id=region_id,
            open=is_open,
            month=paging.day(0),
            round_id=seen_id(paging, 1),
            fetch=paging.fetch,
        )
        rows = [row async for row in found]
        shown = {view.round_id: view for view in await rounds.views(unit.conn, rows)}
    return paging.page(
        rows, lambda row: shown[row["round_id"]], lambda row: (row["month"].isoformat(), str(row["round_id"]))
    )


@router.get("/rounds/{roundId}")
async def get_round(round_id: RoundId, database: Store, actor: RoundReader) -> RoundView:
    """One round."""
    async with database.reading(actor) as unit:
        return await rounds.view(unit.conn, round_id)


@router.post("/rounds/{roundId}/declarations", status_code=201)
async def declare_reported(round_id: RoundId, run: Runner, actor: Declarer) -> RoundView:
    """Say that your organisation reported all it had for this round."""
    shown: RoundView = await run(commands.DeclareReported(round_id=round_id), actor)
    return shown


@router.post("/rounds/{roundId}/reminders", status_code=201)
async def remind_round(round_id: RoundId, run: Runner, actor: Workflow) -> RoundView:
    """Remind the providers that did not report yet."""
    shown: RoundView = await run(commands.RemindRound(round_id=round_id), actor)
    return shown


@router.post("/rounds/{roundId}/closures", status_code=201)
async def close_round(round_id: RoundId, run: Runner, actor: Workflow) -> RoundView:
    """Close the round: when it is due, or as soon as everybody has reported."""
    shown: RoundView = await run(commands.CloseRound(round_id=round_id), actor)
    return shown


@router.post("/rounds/{roundId}/publications", status_code=201)
async def publish_round(round_id: RoundId, run: Runner, actor: Workflow) -> ReleaseListView:
    """Release the figures of the round's month, for the region and each municipality."""
    made: ReleaseListView = await run(commands.PublishRound(round_id=round_id), actor)
    return made


@router.post("/corrections", status_code=201, responses=problems(NotFound))
async def correct_figures(body: commands.CorrectFigures, run: Runner, actor: Convener) -> ReleaseListView:
    """Release a month again with what was reported late; once a calendar month."""
    made: ReleaseListView = await run(body, actor)
    return made
