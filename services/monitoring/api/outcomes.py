"""What came of care: reporting it by form or by file, and what is still to report."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query

from contracts.values import MunicipalityCode
from services.kit.actor import Actor
from services.kit.openapi import problems
from services.kit.paging import Page, Paging
from services.kit.problems import NotFound, TooLarge
from services.kit.runner import Runner
from services.monitoring import commands
from services.monitoring.api.access import FirstMonth, LastMonth, OutcomeReader, Reporter, Store, month_of, seen_id
from services.monitoring.store import queries
from services.monitoring.views import DueOutcomeCount, DueOutcomeView, ImportView, OutcomeView

router = APIRouter(tags=["outcomes"])

MunicipalityQuery = Annotated[MunicipalityCode | None, Query(description="Only of this municipality.")]


@router.post("/outcomes", status_code=201, responses=problems(NotFound))
async def report_outcome(body: commands.ReportOutcome, run: Runner, actor: Reporter) -> OutcomeView:
    """Report what came of one trajectory that ended, or correct it. An answer left out stays as it was."""
    reported: OutcomeView = await run(body, actor)
    return reported


@router.get("/outcomes")
async def list_outcomes(
    database: Store, actor: OutcomeReader, paging: Paging, municipality: MunicipalityQuery = None
) -> Page[OutcomeView]:
    """Reported outcomes, of the care that ended last first."""
    async with database.reading(actor) as unit:
        found = queries.outcomes(
            unit.conn,
            provider=None,
            municipality=municipality,
            ended_on=paging.day(0),
            referral_id=seen_id(paging, 1),
            fetch=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(
        rows, lambda row: OutcomeView(**dict(row)), lambda row: (row["ended_on"].isoformat(), str(row["referral_id"]))
    )


@router.post("/outcome-imports", status_code=201)
async def import_outcomes(
    run: Runner,
    actor: Reporter,
    content: Annotated[
        bytes,
        Body(
            media_type="text/csv",
            description="CSV with a header: municipality, allocation_number (or referral_id), usefulness, "
            "without_help. Never a citizen number.",
        ),
    ],
    dry_run: Annotated[
        bool, Query(alias="dryRun", description="Only say what would happen, with all problems found.")
    ] = False,
) -> ImportView:
    """Report outcomes by file: all rows, or none with every error by row and column. What is known already stays."""
    text = _text(content)
    if len(text) > commands.MAX_FILE_CHARACTERS:
        raise TooLarge()
    done: ImportView = await run(commands.ImportOutcomes(content=text, dry_run=dry_run), actor)
    return done


@router.get("/due-outcomes")
async def list_due_outcomes(
    database: Store,
    actor: OutcomeReader,
    paging: Paging,
    municipality: MunicipalityQuery = None,
    first: FirstMonth = None,
    last: LastMonth = None,
) -> Page[DueOutcomeView]:
    """Care that ended and whose outcome is still to report, longest ago first."""
    async with database.reading(actor) as unit:
        found = queries.open_outcomes(
            unit.conn,
            **_about(actor, municipality, first, last),
            stopped_on=paging.day(0),
            referral_id=seen_id(paging, 1),
            fetch=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(
        rows,
        lambda row: DueOutcomeView(ended_on=row["stopped_on"], **{k: v for k, v in row.items() if k != "stopped_on"}),
        lambda row: (row["stopped_on"].isoformat(), str(row["referral_id"])),
    )


@router.get("/due-outcome-counts")
async def count_due_outcomes(
    database: Store,
    actor: OutcomeReader,
    municipality: MunicipalityQuery = None,
    first: FirstMonth = None,
    last: LastMonth = None,
) -> DueOutcomeCount:
    """How many outcomes are still to report."""
    async with database.reading(actor) as unit:
        count = await queries.count_open_outcomes(unit.conn, **_about(actor, municipality, first, last))
    return DueOutcomeCount(count=count)


def _about(actor: Actor, municipality: str | None, first: str | None, last: str | None) -> dict[str, object]:
    return {
        "provider": actor.code if actor.kind == "provider" else None,
        "municipality": municipality,
        "first": month_of(first, "first").first_day if first else date.min,
        "last": month_of(last, "last").last_day if last else date.max,
    }


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what Dutch spreadsheets still write
