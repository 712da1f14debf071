"""A message comes in: kept byte for byte, judged, carried out as a whole or not at all, and answered.

The same message again, or the same sender and identification, gets the same answer and has one effect.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from contracts.values import PartyId, municipality, provider
from services.kit.problems import Text
from services.kit.unit import Unit
from services.referral.commands import ReceiveMessage
from services.referral.handlers.context import Context
from services.referral.handlers.received import (
    allocations,
    answers,
    changes,
    declaration_answers,
    declarations,
    deliveries,
    judging,
    requests,
    retours,
)
from services.referral.handlers.received.inbound import Inbound, Rejected, view, view_of
from services.referral.handlers.received.judging import Verdict, thought_over, told
from services.referral.istandaarden import (
    InvalidStructure,
    Message,
    MessageHeader,
    TechnicalError,
    validate_structure,
)
from services.referral.istandaarden.envelope import read_either
from services.referral.store import messages
from services.referral.store.meeting import meet_message
from services.referral.store.messages import RECEIVED, StoredMessage
from services.referral.views import MessageView

_PROCESS: Mapping[str, Callable[[Inbound], Awaitable[MessageView]]] = MappingProxyType(
    {
        "301": allocations.process,
        "305": deliveries.process,
        "307": deliveries.process,
        "315": requests.process,
        "317": changes.process,
        "319": answers.process,
        "323": declarations.process,
        "325": declaration_answers.process,
    }
)
"""What each message of the standard means; a retour is what ``retours`` says."""

_OTHER_SENDER = Text(
    "Dit bericht is van een andere afzender. U kunt alleen berichten van uw eigen organisatie aanleveren.",
    "This message is from another sender. You can only submit messages of your own organisation.",
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message at the door, read as far as it can be: without ``message`` not at all, without ``header`` not whose it
    is. ``findings`` are of level 1, or why it cannot be read.
    """

    command: ReceiveMessage
    message: Message | None
    header: MessageHeader | None
    findings: list[dict[str, Any]] = field(repr=False)


async def receive_message(context: Context, command: ReceiveMessage, unit: Unit) -> MessageView:
    """Receive one message; whatever is wrong with it, it is kept and its sender is told."""
    return await receive(context, await arrive(command), unit)


async def arrive(command: ReceiveMessage) -> Arrived:
    """Read a message and judge it at level 1: what can be said of it by itself."""
    try:
        message, _ = await thought_over(len(command.original), read_either, command.original)
    except TechnicalError as error:
        return Arrived(command, None, None, [told(Text(error.nl, error.en))])
    findings = judging.structure(await thought_over(message.size, validate_structure, message))
    try:
        return Arrived(command, message, message.header, findings)
    except InvalidStructure:
        return Arrived(command, message, None, findings)


async def receive(context: Context, arrived: Arrived, unit: Unit) -> MessageView:
    """Receive a message that was read."""
    command, message, header, findings = arrived.command, arrived.message, arrived.header, arrived.findings
    if message is None or header is None:
        return await _refused_unread(context, unit, command, message, "1" if message else "technical", findings)
    sender, receiver = _parties(message, header)
    if not unit.actor.is_system and unit.actor.party != sender:
        return await _refused_unread(context, unit, command, message, None, [told(_OTHER_SENDER)])
    before = await meet_message(
        unit, context.vault, sender, bytes.fromhex(command.mark), message.kind, header.identification
    )
    if before.earlier is not None and bytes(before.earlier["content_mark"]).hex() == command.mark:
        return view(before.earlier)
    inbound = Inbound(context, unit, command, message, header, sender, receiver, before)
    if findings:
        return await inbound.keep(Verdict("1", {}, findings), answer=False)
    if message.is_retour:
        return await retours.process(inbound)
    try:
        return await _PROCESS[message.number](inbound)
    except Rejected as rejected:
        return await inbound.keep(rejected.verdict)


def _parties(message: Message, header: MessageHeader) -> tuple[PartyId, PartyId]:
    """Who sends and who receives. A retour keeps the header of the message it answers, so there it is the other way."""
    parties = (municipality(header.municipality), provider(header.provider))
    from_municipality = message.description.from_municipality != message.is_retour
    return parties if from_municipality else (parties[1], parties[0])


async def _refused_unread(
    context: Context,
    unit: Unit,
    command: ReceiveMessage,
    message: Message | None,
    level: str | None,
    findings: list[dict[str, Any]],
) -> MessageView:
    """Keep what cannot be read, or is another party's: who sent it gets an error and never a retour (IV028)."""
    before = await meet_message(unit, context.vault, unit.actor.party, bytes.fromhex(command.mark))
    if before.earlier is not None:
        return view(before.earlier)
    stored = StoredMessage(
        message_id=unit.new_id(),
        direction=RECEIVED,
        kind=message.kind if message else None,
        sender=unit.actor.party,
        receiver=None,
        content=command.original,
        mark=bytes.fromhex(command.mark),
        accepted=False,
        level=level,
        findings=findings,
    )
    await messages.keep(unit, context.vault, stored)
    return view_of(unit, stored)
