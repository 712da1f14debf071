"""Trajectories from before joining, as one CSV file: all rows or none."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response

from services.kit.paging import Page, Paging
from services.kit.problems import NotFound
from services.kit.runner import Runner
from services.kit.tracing import current_traceparent
from services.referral import commands
from services.referral.api.access import Importer, OpenVault, Store
from services.referral.api.pages import place
from services.referral.domain.columns import COLUMNS
from services.referral.handlers.imports import original_file
from services.referral.store import queries
from services.referral.views import ColumnView, ImportedFile, ImportedRow

router = APIRouter(tags=["imports"])

LAST_LINE = 2**31 - 1
CSV = "text/csv"

ImportId = Annotated[UUID, Path(alias="importId", description="The imported file.")]


@router.post("/imports", status_code=201)
async def import_trajectories(
    run: Runner,
    vault: OpenVault,
    actor: Importer,
    content: Annotated[bytes, Body(media_type=CSV, description="CSV in UTF-8, columns as `/import-columns`.")],
    dry_run: Annotated[
        bool, Query(alias="dryRun", description="Only say what would happen, with all problems found.")
    ] = False,
) -> ImportedFile:
    """Import a file of trajectories. Rows imported before are left alone; one wrong row refuses the whole file."""
    command = commands.ImportTrajectories(content=content, mark=vault.mark(content).hex(), dry_run=dry_run)
    imported: ImportedFile = await run(command, actor)
    return imported


@router.get("/import-columns")
async def list_import_columns(actor: Importer) -> list[ColumnView]:
    """The columns of the file: what each means and what is right."""
    return [ColumnView.of(column) for column in COLUMNS.values()]


@router.get("/imports")
async def list_imports(database: Store, actor: Importer, paging: Paging) -> Page[ImportedFile]:
    """The files that the caller imported, latest first."""
    after = place(paging)
    async with database.reading(actor) as unit:
        found = queries.list_files(
            unit.conn,
            at=after[0] if after else None,
            import_id=after[1] if after else None,
            limit=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(
        rows,
        lambda row: ImportedFile(**dict(row)),
        lambda row: (row["imported_at"].isoformat(), str(row["import_id"])),
    )


@router.get("/imports/{importId}")
async def get_import(import_id: ImportId, database: Store, actor: Importer) -> ImportedFile:
    """One imported file."""
    async with database.reading(actor) as unit:
        row = await queries.get_file(unit.conn, import_id=import_id)
    if row is None:
        raise NotFound()
    return ImportedFile(**dict(row))


@router.get(
    "/imports/{importId}/content",
    response_class=Response,
    responses={200: {"content": {CSV: {}}, "description": "The file, byte for byte."}},
)
async def get_import_content(import_id: ImportId, database: Store, vault: OpenVault, actor: Importer) -> Response:
    """The file as it came, until somebody in it is erased. The look is recorded for everybody in it."""
    async with database.unit(actor, traceparent=current_traceparent()) as unit:
        content = await original_file(vault, unit, import_id)
    headers = {"Content-Disposition": f'attachment; filename="trajectories-{import_id}.csv"'}
    return Response(content, media_type=CSV, headers=headers)


@router.get("/imports/{importId}/rows")
async def list_import_rows(import_id: ImportId, database: Store, actor: Importer, paging: Paging) -> Page[ImportedRow]:
    """What each row of a file became, in the order of the file."""
    async with database.reading(actor) as unit:
        found = queries.list_rows(
            unit.conn, import_id=import_id, line=min(max(paging.integer(0) or 0, 0), LAST_LINE), limit=paging.fetch
        )
        rows = [row async for row in found]
    return paging.page(rows, lambda row: ImportedRow(**dict(row)), lambda row: (row["line"],))
