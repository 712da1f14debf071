"""Declarations over HTTP: what was submitted, granted and rejected, and why, line by line."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from contracts.events.commissioning import Law
from contracts.values import AgbCode, MunicipalityCode
from services.kit.paging import Page, Paging
from services.kit.problems import NotFound
from services.kit.runner import Runner
from services.referral import declaration_commands
from services.referral.api.access import DeclarationReader, Declarer, Store
from services.referral.api.pages import place
from services.referral.declared_views import DeclarableView, DeclarationLine, DeclarationView, DraftView
from services.referral.domain.declaration_checks import last_of_month
from services.referral.istandaarden.reasons_of_rejection import reason_for
from services.referral.store import queries

router = APIRouter(tags=["declarations"])

DeclarationId = Annotated[UUID, Path(alias="declarationId", description="The declaration.")]
CSV_COLUMNS = (
    "line", "reference", "previous_reference", "allocation_number", "own_number", "category", "product_code",
    "starts_on", "ends_on", "volume", "unit", "by_effort", "tariff_cents", "amount_cents", "credit", "granted",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@router.get("/declarations")
async def list_declarations(
    database: Store,
    actor: DeclarationReader,
    paging: Paging,
    municipality: Annotated[MunicipalityCode | None, Query(description="Only to this municipality.")] = None,
    provider: Annotated[AgbCode | None, Query(description="Only of this provider.")] = None,
    law: Annotated[Law | None, Query(description="Only under this law.")] = None,
    period: Annotated[date | None, Query(description="Only over the month in which this day lies.")] = None,
    rejected: Annotated[bool, Query(description="Only those of which something was rejected.")] = False,
    message_id: Annotated[
        UUID | None, Query(alias="messageId", description="Only the one that this 323 carried or this 325 answered.")
    ] = None,
) -> Page[DeclarationView]:
    """The declarations that the caller sent or got, latest first."""
    after = place(paging)
    async with database.reading(actor) as unit:
        found = queries.list_declarations(
            unit.conn,
            municipality=municipality,
            provider=provider,
            law=law,
            period=period.replace(day=1) if period else None,
            rejected=rejected,
            message_id=message_id,
            at=after[0] if after else None,
            declaration_id=after[1] if after else None,
            limit=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(
        rows, DeclarationView.from_row, lambda row: (row["received_at"].isoformat(), str(row["declaration_id"]))
    )


@router.post("/declarations", status_code=201)
async def declare_month(
    body: declaration_commands.DeclareBody,
    run: Runner,
    actor: Declarer,
    dry_run: Annotated[
        bool, Query(alias="dryRun", description="Only say what would come of it, as the municipality judges it.")
    ] = False,
) -> DraftView:
    """Declare a month by allocation number: lines become a 323 that is sent and answered at once.

    What is left out of a line follows from its allocation and the agreement. A line that cannot be made whole refuses
    all of them.
    """
    values = {name: getattr(body, name) for name in declaration_commands.DeclareBody.model_fields}
    draft: DraftView = await run(declaration_commands.DeclareMonth(**values, dry_run=dry_run), actor)
    return draft


@router.get("/declarable-allocations")
async def list_declarable_allocations(
    database: Store,
    actor: Declarer,
    paging: Paging,
    municipality: Annotated[MunicipalityCode, Query(description="To which municipality.")],
    law: Annotated[Law, Query(description="Under which law.")],
    month: Annotated[date, Query(description="Any day of the month.")],
) -> Page[DeclarableView]:
    """The caller's allocations that run in a month, in order of number."""
    first = month.replace(day=1)
    async with database.reading(actor) as unit:
        found = queries.declarable_allocations(
            unit.conn,
            municipality=municipality,
            law=law,
            first=first,
            last=last_of_month(first),
            after=paging.integer(0) or 0,
            limit=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(rows, DeclarableView.from_row, lambda row: (row["number"],))


@router.get("/declarations/{declarationId}")
async def get_declaration(declaration_id: DeclarationId, database: Store, actor: DeclarationReader) -> DeclarationView:
    """One declaration of the caller: submitted, granted and rejected."""
    async with database.reading(actor) as unit:
        row = await queries.get_declaration(unit.conn, declaration_id=declaration_id)
    if row is None:
        raise NotFound()
    return DeclarationView.from_row(row)


@router.get("/declarations/{declarationId}/lines")
async def list_declaration_lines(
    declaration_id: DeclarationId,
    database: Store,
    actor: DeclarationReader,
    paging: Paging,
    rejected: Annotated[bool, Query(description="Only rejected lines.")] = False,
) -> Page[DeclarationLine]:
    """The lines of a declaration in the order of the message, each with its reason in words and what is left."""
    after = paging.integer(0) or 0
    async with database.reading(actor) as unit:
        if await queries.get_declaration(unit.conn, declaration_id=declaration_id) is None:
            raise NotFound()
        rows = await _lines(unit.conn, declaration_id, after, paging.fetch, rejected=rejected)
    return paging.page(rows, DeclarationLine.from_row, lambda row: (row["line"],))


@router.get(
    "/declarations/{declarationId}/export",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "Every line, with its codes and reasons."}},
)
async def export_declaration(declaration_id: DeclarationId, database: Store, actor: DeclarationReader) -> Response:
    """All lines of a declaration as CSV; reasons are in Dutch. Amounts are signed cents."""
    async with database.reading(actor) as unit:
        if await queries.get_declaration(unit.conn, declaration_id=declaration_id) is None:
            raise NotFound()
        rows = [row async for row in queries.whole_declaration(unit.conn, declaration_id=declaration_id)]
    headers = {"Content-Disposition": f'attachment; filename="declaration-{declaration_id}.csv"'}
    return StreamingResponse(_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(conn: Any, declaration_id: UUID, after: int, limit: int, *, rejected: bool) -> list[Any]:
    found = queries.lines_of_declaration(
        conn, declaration_id=declaration_id, after=after, limit=limit, rejected=rejected
    )
    return [row async for row in found]


def _csv(rows: list[Any]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*CSV_COLUMNS, "codes", "reasons_nl"])
    for number, row in enumerate(rows, start=1):
        signed = -row["amount_cents"] if row["credit"] else row["amount_cents"]
        cells = [_harmless(signed if name == "amount_cents" else row[name]) for name in CSV_COLUMNS]
        reasons = [reason_for(code).wrong.nl for code in row["codes"]]
        writer.writerow([*cells, " ".join(row["codes"]), " ".join(reasons)])
        if number % 500 == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _harmless(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets a quote in front (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
