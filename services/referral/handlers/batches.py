"""Batches of messages: kept whole at once, then received some files at a time, each as if it had come alone."""

import asyncio
from collections.abc import Iterator
from functools import partial

from contracts.events.exchange import MessageBatchFinished, MessageBatchSubmitted
from services.kit.problems import Conflict, FieldError, Invalid, NotFound, Text
from services.kit.together import side_by_side
from services.kit.unit import Unit
from services.referral.batch_commands import FinishBatch, ReceiveBatchItems, RefuseBatchItem, SubmitBatch
from services.referral.batch_views import BatchView
from services.referral.commands import ReceiveMessage
from services.referral.domain.uploads import RefusedUpload, UploadedFile
from services.referral.handlers.context import Context
from services.referral.handlers.messages import arrive, receive
from services.referral.handlers.rounds import rounds
from services.referral.store import batches, queries
from services.referral.store.messages import mark_of

_AT_ONCE_BYTES = 8_000_000
_AT_ONCE = 200


async def submit_batch(context: Context, command: SubmitBatch, unit: Unit) -> BatchView:
    """Keep every file of an upload, or none. Raises ``Invalid`` for an upload that is not taken as a whole."""
    batch_id = unit.new_id()
    seal = await batches.insert(unit, context.vault, batch_id)
    count = size = 0
    try:
        upload = command.files()
        while part := await asyncio.to_thread(_some, upload):
            await batches.insert_files(unit, seal, count + 1, part)
            count += len(part)
            size += sum(len(each.content) for each in part)
    except RefusedUpload as refused:
        raise Invalid(refused.text, code=refused.code, errors=[FieldError("", refused.text, refused.code)]) from None
    await queries.count_batch(unit.conn, batch_id=batch_id, items=count, bytes=size)
    unit.emit(
        batch_id,
        MessageBatchSubmitted(batch_id=batch_id, party=unit.actor.party, items=count, submitted_at=unit.now),
        audience=(unit.actor.party,),
    )
    return await batches.get(unit, batch_id)


def _some(upload: Iterator[UploadedFile]) -> list[UploadedFile]:
    """The next files, few enough to hold in memory."""
    found: list[UploadedFile] = []
    size = 0
    while len(found) < _AT_ONCE and size < _AT_ONCE_BYTES:
        each = next(upload, None)
        if each is None:
            break
        found.append(each)
        size += len(each.content)
    return found


async def receive_batch_items(context: Context, command: ReceiveBatchItems, unit: Unit) -> None:
    """Receive files as the messages that they are, in one transaction: nothing of it happens when one of them fails.

    Raises what receiving the message raises.
    """
    seal, _ = await batches.seal_of(unit, context.vault, command.batch_id)
    rows = queries.open_batch_items(unit.conn, batch_id=command.batch_id, numbers=list(command.numbers))
    numbers, arrived = [], []
    for number, sealed in [(row["number"], row["sealed"]) async for row in rows]:
        original = seal.open(sealed)
        numbers.append(number)
        arrived.append(await arrive(ReceiveMessage(original=original, mark=mark_of(context.vault, original).hex())))
    message_ids = []
    for these in rounds(arrived):
        received = await side_by_side(unit, [partial(receive, context, each) for each in these])
        message_ids += [each.message_id for each in received]
    await queries.settle_batch_items(
        unit.conn, batch_id=command.batch_id, numbers=numbers, message_ids=message_ids, at=unit.now
    )


async def refuse_batch_item(_: Context, command: RefuseBatchItem, unit: Unit) -> None:
    """Write down why a file was not received; the first time counts. It stays with the batch."""
    await queries.refuse_batch_item(
        unit.conn,
        batch_id=command.batch_id,
        number=command.number,
        refusal_nl=command.refusal_nl,
        refusal_en=command.refusal_en,
        at=unit.now,
    )


async def finish_batch(_: Context, command: FinishBatch, unit: Unit) -> BatchView:
    """Tell that a batch is done, once. Raises ``Conflict`` while files wait, ``NotFound``."""
    locked = await queries.lock_batch(unit.conn, batch_id=command.batch_id)
    if locked is None:
        raise NotFound()
    found = await batches.get(unit, command.batch_id)
    if found.waiting:
        raise Conflict(
            Text("Er wachten nog bestanden in deze zending.", "Files of this batch still wait."), code="files-waiting"
        )
    if found.finished_at is not None:
        return found
    await queries.finish_batch(unit.conn, batch_id=command.batch_id, at=unit.now)
    unit.emit(
        command.batch_id,
        MessageBatchFinished(
            batch_id=command.batch_id,
            party=found.party,
            items=found.items,
            accepted=found.accepted,
            rejected=found.rejected,
            kept=found.kept,
            refused=found.refused,
            finished_at=unit.now,
        ),
        audience=(found.party,),
    )
    return await batches.get(unit, command.batch_id)
