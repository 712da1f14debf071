"""A message comes in: kept byte for byte, judged, carried out as a whole or not at all, and answered.

The same message again, or the same sender and identification, gets the same answer and has one effect.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from contracts.events.referral import MessageReceived
from contracts.values import PartyId, municipality, provider
from services.kit.problems import Forbidden, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.commands import ReceiveMessage
from services.referral.handlers import incoming, judging, knowing
from services.referral.handlers.context import Context
from services.referral.handlers.judging import Verdict, told
from services.referral.handlers.outgoing import keep_written
from services.referral.istandaarden import (
    InvalidStructure,
    Message,
    MessageHeader,
    RequestForAllocation,
    Retour,
    StartOfCare,
    StopOfCare,
    TechnicalError,
    UnusableValue,
    retour,
    technical_retour,
    validate_structure,
)
from services.referral.istandaarden.codes import Submission
from services.referral.istandaarden.envelope import read_either
from services.referral.istandaarden.retours import HEADER_PATH
from services.referral.istandaarden.rules import check_content, check_known
from services.referral.store import clients, messages, queries
from services.referral.store.messages import RECEIVED, StoredMessage
from services.referral.views import MessageView

Content = RequestForAllocation | StartOfCare | StopOfCare

_READERS: dict[str, Callable[[Message], Content]] = {
    "315": RequestForAllocation.from_message,
    "305": StartOfCare.from_message,
    "307": StopOfCare.from_message,
}

_BY_HAND = Text(
    "Het bericht is bewaard maar wordt niet automatisch verwerkt. Neem contact op met de gemeente.",
    "The message was kept but is not processed automatically. Contact the municipality.",
)


async def receive_message(context: Context, command: ReceiveMessage, unit: Unit) -> MessageView:
    """Receive one message. Raises ``Forbidden`` when it is another party's; everything else has an answer."""
    try:
        message, _ = read_either(command.original)
    except TechnicalError as error:
        finding = told(Text(error.nl, error.en))
        return await _refused_unread(context, unit, command, None, "technical", [finding])
    findings = judging.structure(validate_structure(message))
    try:
        header = message.header
    except InvalidStructure:
        return await _refused_unread(context, unit, command, message, "1", findings)
    sender, receiver = _parties(message, header)
    if not unit.actor.is_system and unit.actor.party != sender:
        raise Forbidden(
            Text(
                "Dit bericht is van een andere afzender. U kunt alleen berichten van uw eigen organisatie aanleveren.",
                "This message is from another sender. You can only submit messages of your own organisation.",
            ),
            code="other-sender",
        )
    await queries.wait_in_line_for(unit.conn, line=f"{sender}/{message.kind}/{header.identification}")
    earlier = await _earlier(unit, sender, message.kind, header.identification, command.mark)
    if earlier is not None and bytes(earlier["content_mark"]).hex() == command.mark:
        return view(earlier)
    inbound = Inbound(context, unit, command, message, header, sender, receiver)
    if findings:
        return await inbound.keep(Verdict("1", {}, findings), answer=False)
    if message.is_retour:
        return await inbound.keep_retour()
    if message.description.retour is None:
        return await inbound.keep_unanswered(seen_before=earlier is not None)
    return await inbound.process(seen_before=earlier is not None)


class Inbound:
    """One readable message on its way through."""

    def __init__(
        self,
        context: Context,
        unit: Unit,
        command: ReceiveMessage,
        message: Message,
        header: MessageHeader,
        sender: PartyId,
        receiver: PartyId,
    ) -> None:
        self.context = context
        self.unit = unit
        self.command = command
        self.message = message
        self.header = header
        self.sender = sender
        self.receiver = receiver

    async def process(self, *, seen_before: bool) -> MessageView:
        """Judge levels 2 to 4; carry out what is right, or leave it to a person; answer with a retour."""
        verdict = Verdict.of(self.message, check_content(self.message))
        if not verdict.right:
            return await self.keep(verdict)
        reader = _READERS.get(self.message.number)
        try:
            content = reader(self.message) if reader else None
        except UnusableValue as error:
            return await self.keep(Verdict.unusable(error))
        facts = await knowing.find_facts(self.context, self.unit, self.message, seen_before=seen_before)
        verdict = Verdict.of(self.message, check_known(self.message, facts.known))
        if HEADER_PATH in verdict.codes:
            return await self.keep(verdict)
        if isinstance(content, RequestForAllocation):
            return await self._open(content, verdict)
        if content is None:
            return await (self.keep_unprocessed() if verdict.right else self.keep(verdict))
        if any(product.submission is Submission.REMOVED for product in content.products):
            return await self.keep_unprocessed()
        planned = incoming.plan(self.unit, content, facts.journeys, verdict) if verdict.right else []
        if not verdict.right:
            return await self.keep(verdict)
        touched = await incoming.carry_out(self.unit, planned)
        return await self.keep(verdict, touched, facts.client_id)

    async def _open(self, request: RequestForAllocation, verdict: Verdict) -> MessageView:
        incoming.require_products(request, verdict)
        if not verdict.right:
            return await self.keep(verdict)
        opened = await incoming.open_requests(self.context, self.unit, request)
        return await self.keep(verdict, [each.referral_id for each in opened], opened[0].client_id)

    async def keep(
        self,
        verdict: Verdict,
        referral_ids: list[UUID] | None = None,
        client_id: UUID | None = None,
        *,
        answer: bool = True,
    ) -> MessageView:
        """Store the message with its verdict, write the retour, and tell."""
        message_id = await self._store(
            accepted=verdict.right,
            level=verdict.level,
            return_codes=verdict.return_codes,
            findings=verdict.findings,
            referral_ids=referral_ids or [],
            client_id=client_id,
        )
        if answer:
            await self._answer(message_id, verdict, client_id)
        return await self._told(message_id, accepted=verdict.right, return_codes=verdict.return_codes)

    async def keep_unprocessed(self) -> MessageView:
        """Keep what a person must deal with: it is neither accepted nor rejected."""
        return view(await _get(self.unit, await self._store(accepted=None, findings=[told(_BY_HAND)])))

    async def keep_unanswered(self, *, seen_before: bool) -> MessageView:
        """A declaration or the answer to one has no retour; a person deals with it, if its header is right."""
        known = knowing.known_of_header(self.unit, self.message, seen_before=seen_before)
        verdict = Verdict.of(self.message, check_known(self.message, known))
        return await (self.keep_unprocessed() if verdict.right else self.keep(verdict, answer=False))

    async def keep_retour(self) -> MessageView:
        """A retour on a message of ours: it says whether the other side took it."""
        found = Retour.from_message(self.message)
        answers = await queries.find_written(
            self.unit.conn,
            sender=municipality(self.header.municipality),
            kind=found.answers,
            identification=self.header.identification,
        )
        codes = sorted({code for codes in found.codes.values() for code in codes})
        message_id = await self._store(
            accepted=found.approved,
            return_codes=codes,
            answers=answers,
            identification=found.identification,
        )
        return await self._told(message_id, accepted=found.approved, return_codes=tuple(codes))

    async def _store(
        self,
        *,
        accepted: bool | None,
        level: str | None = None,
        return_codes: Any = (),
        findings: Any = (),
        referral_ids: Any = (),
        client_id: UUID | None = None,
        answers: UUID | None = None,
        identification: str | None = None,
    ) -> UUID:
        message_id = self.unit.new_id()
        stored = StoredMessage(
            message_id=message_id,
            direction=RECEIVED,
            kind=self.message.kind,
            sender=self.sender,
            receiver=self.receiver,
            identification=identification or self.header.identification,
            dated=self.header.dated,
            accepted=accepted,
            level=level,
            return_codes=return_codes,
            findings=findings,
            answers=answers,
            referral_ids=referral_ids,
        )
        dossier = await clients.dossier(self.unit, client_id) if client_id else None
        await messages.store(self.unit, self.context.vault, stored, self.command.original, dossier)
        return message_id

    async def _answer(self, message_id: UUID, verdict: Verdict, client_id: UUID | None) -> None:
        identification = await messages.next_identification(self.unit, self.receiver)
        dated = local_date(self.unit.now)
        if verdict.level == "2":
            content = technical_retour(self.message, identification=identification, dated=dated)
        else:
            content = retour(self.message, identification=identification, dated=dated, codes=verdict.codes)
        kind = self.message.description.retour
        assert kind is not None  # noqa: S101 - only messages that have a retour are judged
        await keep_written(
            self.context,
            self.unit,
            kind=kind,
            sender=self.receiver,
            receiver=self.sender,
            identification=identification,
            dated=dated,
            content=content,
            client=await clients.dossier(self.unit, client_id) if client_id else None,
            answers=message_id,
        )

    async def _told(self, message_id: UUID, *, accepted: bool, return_codes: tuple[str, ...]) -> MessageView:
        self.unit.emit(
            message_id,
            MessageReceived(
                message_id=message_id,
                kind=self.message.kind,
                sender=self.sender,
                receiver=self.receiver,
                accepted=accepted,
                return_codes=return_codes,
                received_at=self.unit.now,
            ),
            audience=(self.sender, self.receiver),
        )
        return view(await _get(self.unit, message_id))


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
    level: str,
    findings: list[dict[str, Any]],
) -> MessageView:
    """Keep what cannot be read: the sender gets an error and never a retour (IV028)."""
    earlier = await _earlier(unit, unit.actor.party, None, None, command.mark)
    if earlier is not None:
        return view(earlier)
    message_id = unit.new_id()
    stored = StoredMessage(
        message_id=message_id,
        direction=RECEIVED,
        kind=message.kind if message else None,
        sender=unit.actor.party,
        receiver=None,
        accepted=False,
        level=level,
        findings=findings,
    )
    await messages.store(unit, context.vault, stored, command.original, None)
    return view(await _get(unit, message_id))


async def _earlier(unit: Unit, sender: PartyId, kind: str | None, identification: str | None, mark: str) -> Any:
    return await queries.find_received(
        unit.conn, sender=sender, kind=kind, identification=identification, content_mark=bytes.fromhex(mark)
    )


async def _get(unit: Unit, message_id: UUID) -> Any:
    return await queries.get_message(unit.conn, message_id=message_id)


def view(row: Any) -> MessageView:
    """A message as its parties see it."""
    values = {name: row[name] for name in MessageView.model_fields}
    return MessageView.model_validate(values)
