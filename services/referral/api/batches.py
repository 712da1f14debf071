"""Batches of messages over HTTP: thousands in one upload, how far it is, what became of each, all replies in a zip."""

import asyncio
import csv
import hashlib
import io
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import IO, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from services.kit.commands import CommandBus
from services.kit.paging import Page, Paging
from services.kit.problems import Text, UnsupportedMediaType
from services.kit.runner import Runner
from services.kit.tracing import current_traceparent
from services.referral import batch_commands
from services.referral.api.access import Messenger, OpenVault, Store, Workflow
from services.referral.api.pages import place
from services.referral.batch_receiving import BatchReceiver
from services.referral.batch_views import BatchItemView, BatchProgress, BatchView
from services.referral.domain.uploads import MAX_BATCH_BYTES, MAX_FILES, Part, files
from services.referral.store import batches, clients, messages, queries

router = APIRouter(tags=["message batches"])

LARGE_BODIES = {("POST", "/v1/message-batches"): MAX_BATCH_BYTES + 50_000_000}
"""Routes that take more than other bodies: the batch and what multipart adds to it."""

CSV, ZIP, MULTIPART = "text/csv", "application/zip", "multipart/form-data"
ALL = 2**31 - 1
_SPOOLED = 4_000_000

BatchId = Annotated[UUID, Path(alias="batchId", description="The batch.")]

_FILE = {"type": "string", "format": "binary"}
_BODY = {
    "requestBody": {
        "required": True,
        "description": f"Messages, or zips with messages; at most {MAX_FILES} files, 25 MB each, 500 MB together.",
        "content": {
            MULTIPART: {"schema": {"type": "object", "properties": {"file": {"type": "array", "items": _FILE}}}},
            ZIP: {"schema": _FILE},
        },
    }
}


async def _bus(request: Request) -> CommandBus:
    bus: CommandBus = request.app.state.commands
    return bus


Bus = Annotated[CommandBus, Depends(_bus)]


@router.post("/message-batches", status_code=201, openapi_extra=_BODY)
async def submit_message_batch(
    request: Request, run: Runner, vault: OpenVault, actor: Messenger, response: Response
) -> BatchView:
    """Submit many messages at once, as files or in a zip.

    All files are kept, then received one after the other: ask how far it is at the address in `Location`. A zip in a
    zip is refused by itself; an upload with a path outside the zip, with too much in it or that did not arrive whole is
    refused as a whole, with nothing done.
    """
    async with _parts(request) as parts:
        digest = await asyncio.to_thread(_digest, parts)
        command = batch_commands.SubmitBatch(mark=vault.mark(digest).hex(), files=partial(files, parts))
        batch: BatchView = await run(command, actor)
    response.headers["Location"] = f"/v1/message-batches/{batch.batch_id}"
    return batch


@asynccontextmanager
async def _parts(request: Request) -> AsyncIterator[list[Part]]:
    """What was uploaded, on disk as long as the block lasts."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == MULTIPART:
        async with request.form(max_files=MAX_FILES, max_fields=10) as form:
            found = [each for _, each in form.multi_items() if isinstance(each, UploadFile)]
            yield [Part(each.filename or "bericht.xml", each.file) for each in found]
    elif kind == ZIP:
        with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as body:
            async for chunk in request.stream():
                await asyncio.to_thread(body.write, chunk)
            yield [Part("berichten.zip", body)]
    else:
        raise UnsupportedMediaType(
            Text(f"Stuur de berichten als {MULTIPART} of als {ZIP}.", f"Send the messages as {MULTIPART} or as {ZIP}.")
        )


def _digest(parts: list[Part]) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        part.stream.seek(0)
        digest.update(f"{len(part.name)} {part.name}\n".encode("utf-8", "replace"))
        while chunk := part.stream.read(1 << 20):
            digest.update(chunk)
    return digest.digest()


@router.get("/message-batches")
async def list_message_batches(database: Store, actor: Messenger, paging: Paging) -> Page[BatchView]:
    """The batches of the caller, latest first."""
    after = place(paging)
    async with database.reading(actor) as unit:
        found = queries.list_batches(
            unit.conn,
            at=after[0] if after else None,
            batch_id=after[1] if after else None,
            limit=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(rows, batches.view, lambda row: (row["submitted_at"].isoformat(), str(row["batch_id"])))


@router.get("/message-batches/{batchId}")
async def get_message_batch(batch_id: BatchId, database: Store, actor: Messenger) -> BatchView:
    """One batch, with how far it is."""
    async with database.reading(actor) as unit:
        return await batches.get(unit, batch_id)


@router.get("/message-batches/{batchId}/items")
async def list_message_batch_items(
    batch_id: BatchId,
    database: Store,
    vault: OpenVault,
    actor: Messenger,
    paging: Paging,
    wrong: Annotated[
        bool | None, Query(description="Only files that were not accepted, or only those that were.")
    ] = None,
) -> Page[BatchItemView]:
    """What became of each file, in the order of the upload."""
    after = min(max(paging.integer(0) or 0, 0), ALL)
    async with database.reading(actor) as unit:
        found = batches.items(unit, vault, batch_id, after=after, limit=paging.fetch, wrong=wrong)
        rows = [each async for each in found]
    return paging.page(rows, lambda each: each, lambda each: (each.number,))


@router.get(
    "/message-batches/{batchId}/results",
    response_class=Response,
    responses={200: {"content": {CSV: {}}, "description": "A line per file."}},
)
async def get_message_batch_results(batch_id: BatchId, database: Store, vault: OpenVault, actor: Messenger) -> Response:
    """What became of each file, as one CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("number", "file", "message", "identification", "result", "level", "codes", "why"))
    async with database.reading(actor) as unit:
        async for each in batches.items(unit, vault, batch_id, after=0, limit=ALL):
            why = each.refusal_nl or "; ".join(finding.wrong_nl for finding in each.findings)
            codes = " ".join(each.return_codes)
            row = (each.number, each.name, each.kind, each.identification, _result(each), each.level, codes, why)
            writer.writerow([_harmless(value) for value in row])
    headers = {"Content-Disposition": f'attachment; filename="batch-{batch_id}.csv"'}
    return Response(out.getvalue().encode(), media_type=CSV, headers=headers)


def _result(item: BatchItemView) -> str:
    if item.settled_at is None:
        return "waiting"
    if item.message_id is None:
        return "refused"
    return "kept" if item.accepted is None else "accepted" if item.accepted else "rejected"


def _harmless(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets a quote in front (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


@router.get(
    "/message-batches/{batchId}/replies",
    response_class=Response,
    responses={200: {"content": {ZIP: {}}, "description": "Every message written on a file of the batch."}},
)
async def get_message_batch_replies(batch_id: BatchId, database: Store, vault: OpenVault, actor: Messenger) -> Response:
    """All messages written on the files of a batch, in one zip. The look is recorded for everybody in them."""
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_SPOOLED)  # noqa: SIM115 - closed after the answer
    try:
        async with database.unit(actor, traceparent=current_traceparent()) as unit:
            await batches.get(unit, batch_id)
            rows = [row async for row in queries.answers_in_batch(unit.conn, batch_id=batch_id)]
            looked_at = set()
            with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
                for row in rows:
                    original = await messages.original(unit, vault, row["message_id"])
                    if original.client_dossier is not None:
                        looked_at.add(original.client_dossier)
                    name = f"{row['number']:05d}.{row['kind']}.{row['message_id']}.xml"
                    await asyncio.to_thread(archive.writestr, name, original.content)
            await clients.record_looks(unit, "read-message", sorted(looked_at))
    except BaseException:
        spool.close()
        raise
    headers = {"Content-Disposition": f'attachment; filename="replies-{batch_id}.zip"'}
    return StreamingResponse(_read(spool), media_type=ZIP, headers=headers, background=BackgroundTask(spool.close))


def _read(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    while chunk := spool.read(1 << 16):
        yield chunk


@router.post("/message-batches/{batchId}/steps", status_code=201)
async def receive_message_batch_step(
    batch_id: BatchId,
    bus: Bus,
    database: Store,
    vault: OpenVault,
    actor: Workflow,
    run: Runner,
    limit: Annotated[int, Query(ge=1, le=500, description="How many files at most.")] = 100,
) -> BatchProgress:
    """Receive the next files of a batch, each as its party and once, however often this is asked. For the workflow."""
    waiting = await BatchReceiver(bus, database, vault).step(batch_id, actor, limit)
    if not waiting:
        await run(batch_commands.FinishBatch(batch_id=batch_id), actor, step="finish")
    return BatchProgress(waiting=waiting)
