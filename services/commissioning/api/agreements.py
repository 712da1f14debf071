"""Agreements: reading, signing, and the workbook with which running ones come in and go out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request, Response

from contracts.values import AgbCode, PartyId
from services.commissioning import commands, views, workbook
from services.commissioning.api.access import AgreementId, Commissioner, Importer, Party, Signer, Store
from services.commissioning.domain.agreement import Agreement, AgreementStatus
from services.commissioning.store import queries
from services.commissioning.store.records import get_agreement as stored_agreement
from services.commissioning.store.records import position, value, with_signatures
from services.kit.paging import Page, Paging
from services.kit.problems import preferred_language
from services.kit.runner import Runner
from services.kit.working_days import local_date

router = APIRouter(tags=["agreements"])

_FILE = {"content": {workbook.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/agreements")
async def list_agreements(
    database: Store,
    actor: Party,
    paging: Paging,
    status: Annotated[AgreementStatus | None, Query(description="Only with this status.")] = None,
    provider: Annotated[AgbCode | None, Query(description="Only with this provider.")] = None,
    commission_id: Annotated[
        UUID | None, Query(alias="commissionId", description="Only under this commission.")
    ] = None,
) -> Page[views.AgreementView]:
    """Agreements that the caller's organisation is a side of or takes part in, newest first."""
    drafted_at, agreement_id = position(paging)
    async with database.reading(actor) as unit:
        found = queries.agreements(
            unit.conn,
            status=status,
            provider=provider,
            commission_id=commission_id,
            drafted_at=drafted_at,
            agreement_id=agreement_id,
            limit=paging.fetch,
        )
        signed = await with_signatures([value(Agreement, row) async for row in found], unit)
    return paging.page(
        signed,
        lambda agreement: agreement,
        lambda agreement: (agreement.drafted_at.isoformat(), str(agreement.agreement_id)),
    )


@router.get("/agreements/{agreementId}")
async def get_agreement(agreement_id: AgreementId, database: Store, actor: Party) -> views.AgreementView:
    """One agreement with its products, tariffs and signatures."""
    async with database.reading(actor) as unit:
        [agreement] = await with_signatures([await stored_agreement(unit.conn, agreement_id)], unit)
    return agreement


@router.post("/agreements/{agreementId}/signatures", status_code=201)
async def sign_agreement(agreement_id: AgreementId, run: Runner, actor: Signer) -> views.AgreementView:
    """Sign for the caller's side. With both signatures the agreement is concluded."""
    agreement: views.AgreementView = await run(commands.SignAgreement(agreement_id=agreement_id), actor)
    return agreement


@router.post("/agreement-workbooks", status_code=201)
async def import_agreements(
    content: Annotated[
        bytes, Body(media_type=workbook.MEDIA_TYPE, description="XLSX with the sheets of the template.")
    ],
    run: Runner,
    actor: Importer,
    dry_run: Annotated[bool, Query(alias="dryRun", description="Only check, and tell what would happen.")] = False,
    on_behalf_of: Annotated[
        PartyId | None, Query(alias="onBehalfOf", description="The commissioner, when Samenspel itself imports.")
    ] = None,
) -> views.ImportReport:
    """Take over running agreements and tariffs: all rows or none. The same file again changes nothing.

    Every wrong cell is told with its sheet, row and column, what is wrong and what would be right.
    """
    command = commands.ImportAgreements(content=content, dry_run=dry_run, owner=on_behalf_of)
    report: views.ImportReport = await run(command, actor)
    return report


@router.get("/agreement-workbooks/template", response_class=Response, responses={200: _FILE})
async def get_workbook_template(request: Request, actor: Importer) -> Response:
    """An empty workbook with an example and an explanation of every column, in the caller's language."""
    language = preferred_language(request.headers.get("accept-language"))
    return _download(workbook.template(language), "samenspel-sjabloon" if language == "nl" else "samenspel-template")


@router.get("/agreement-workbooks/current", response_class=Response, responses={200: _FILE})
async def get_current_workbook(request: Request, database: Store, actor: Commissioner) -> Response:
    """The agreements that run today, in the layout of the template."""
    language = preferred_language(request.headers.get("accept-language"))
    async with database.reading(actor) as unit:
        today = local_date(unit.now)
        found = queries.agreements_to_export(unit.conn, since=today, until=today)
        agreements = []
        async for row in found:
            values = dict(row)
            name = values.pop("provider_name") or values["provider"]
            agreements.append((Agreement(**values), name))
    return _download(workbook.export(agreements, language), "samenspel-overeenkomsten")


def _download(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(content, media_type=workbook.MEDIA_TYPE, headers=headers)
