"""One readable message on its way through: judged, kept byte for byte, answered and told of, whatever its kind."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from contracts.events.commissioning import Law
from contracts.events.exchange import MessageReceived
from contracts.values import PartyId
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.commands import ReceiveMessage
from services.referral.handlers.context import Context
from services.referral.handlers.outgoing import outbound, tell_sent
from services.referral.handlers.received.judging import Verdict
from services.referral.handlers.received.knowing import Facts, find_facts
from services.referral.istandaarden import Message, MessageHeader, UnusableValue, retour, technical_retour
from services.referral.istandaarden.codes import LAWS
from services.referral.istandaarden.rules import check_content, check_known
from services.referral.store import clients, messages, queries
from services.referral.store.clients import Dossier
from services.referral.store.meeting import Before
from services.referral.store.messages import RECEIVED, StoredMessage
from services.referral.views import MessageView

Content = TypeVar("Content")


class Rejected(Exception):
    """The message breaks a rule; ``verdict`` says which. Nothing was changed."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("the message was rejected")
        self.verdict = verdict


class Inbound:
    """One message. ``seen_before``: its sender used its identification before for this kind of message (TR056).

    ``next_identification`` is for the answer.
    """

    def __init__(
        self,
        context: Context,
        unit: Unit,
        command: ReceiveMessage,
        message: Message,
        header: MessageHeader,
        sender: PartyId,
        receiver: PartyId,
        before: Before,
    ) -> None:
        self.context = context
        self.unit = unit
        self.command = command
        self.message = message
        self.header = header
        self.sender = sender
        self.receiver = receiver
        self.seen_before = before.earlier is not None
        self.next_identification = before.next_identification

    @property
    def law(self) -> Law:
        """The law under which it was sent."""
        return LAWS[self.message.standard]

    async def judged(self, reader: Callable[[Message], Content]) -> tuple[Content, Facts]:
        """The content of a message that is right at every level, and what it was judged against.

        Raises ``Rejected`` when it is not.
        """
        verdict = Verdict.of(self.message, check_content(self.message))
        if not verdict.right:
            raise Rejected(verdict)
        try:
            content = reader(self.message)
        except UnusableValue as error:
            raise Rejected(Verdict.unusable(error)) from None
        facts = await find_facts(self.context, self.unit, self.message, seen_before=self.seen_before)
        verdict = Verdict.of(self.message, check_known(self.message, facts.known))
        if not verdict.right:
            raise Rejected(verdict)
        return content, facts

    async def keep(
        self,
        verdict: Verdict,
        referral_ids: Sequence[UUID] = (),
        client_id: UUID | None = None,
        *,
        answer: bool = True,
    ) -> MessageView:
        """Store the message with its verdict and its retour, and tell."""
        client = await clients.dossier(self.unit, client_id) if client_id else None
        received = self.received(
            accepted=verdict.right,
            level=verdict.level,
            return_codes=verdict.return_codes,
            findings=verdict.findings,
            referral_ids=referral_ids,
            client=client,
        )
        if not answer:
            return await self.store(received)
        return await self.store(received, self._retour(received, verdict))

    def received(
        self,
        *,
        accepted: bool | None,
        level: str | None = None,
        return_codes: Sequence[str] = (),
        findings: Sequence[dict[str, Any]] = (),
        referral_ids: Sequence[UUID] = (),
        client: Dossier | None = None,
        answers: UUID | None = None,
        identification: str | None = None,
    ) -> StoredMessage:
        """The message as it came, with what became of it."""
        return StoredMessage(
            message_id=self.unit.new_id(),
            direction=RECEIVED,
            kind=self.message.kind,
            sender=self.sender,
            receiver=self.receiver,
            content=self.command.original,
            mark=bytes.fromhex(self.command.mark),
            identification=identification or self.header.identification,
            dated=self.header.dated,
            accepted=accepted,
            level=level,
            return_codes=return_codes,
            findings=findings,
            answers=answers,
            referral_ids=referral_ids,
            client=client,
        )

    async def store(
        self, received: StoredMessage, answer: StoredMessage | None = None, *, answers: UUID | None = None
    ) -> MessageView:
        """Keep the message and its answer, and tell both parties; gives it as they see it.

        ``answers`` is the message on which it was awaited.
        """
        await messages.keep(self.unit, self.context.vault, received, *((answer,) if answer else ()))
        if answer is not None:
            tell_sent(self.unit, answer)
        self.unit.emit(
            received.message_id,
            MessageReceived(
                message_id=received.message_id,
                kind=self.message.kind,
                sender=self.sender,
                receiver=self.receiver,
                accepted=received.accepted,
                return_codes=received.return_codes,
                answers=answers,
                received_at=self.unit.now,
            ),
            audience=(self.sender, self.receiver),
        )
        return view_of(self.unit, received, answer)

    def answer(self, received: StoredMessage, kind: str, content: bytes) -> StoredMessage:
        """What we write on it."""
        return outbound(
            self.context,
            self.unit,
            kind=kind,
            sender=self.receiver,
            receiver=self.sender,
            identification=self.next_identification,
            dated=local_date(self.unit.now),
            content=content,
            client=received.client,
            answers=received.message_id,
        )

    def _retour(self, received: StoredMessage, verdict: Verdict) -> StoredMessage:
        named: dict[str, Any] = {"identification": self.next_identification, "dated": local_date(self.unit.now)}
        if verdict.level == "2":
            content = technical_retour(self.message, **named)
        else:
            content = retour(self.message, codes=verdict.codes, **named)
        kind = self.message.description.retour
        assert kind is not None  # noqa: S101 - only messages that have a retour are judged
        return self.answer(received, kind, content)


async def get(unit: Unit, message_id: UUID) -> Any:
    """One message as it is kept."""
    return await queries.get_message(unit.conn, message_id=message_id)


def view(row: Any) -> MessageView:
    """A message as its parties see it."""
    return MessageView.model_validate({name: row[name] for name in MessageView.model_fields})


def view_of(unit: Unit, message: StoredMessage, answer: StoredMessage | None = None) -> MessageView:
    """A message that was kept just now, as its parties see it."""
    kept = {name: getattr(message, name, None) for name in MessageView.model_fields}
    kept |= {"at": unit.now, "receipt_missed": False, "findings": list(message.findings)}
    kept |= {"answer_id": answer.message_id if answer else None, "answer_kind": answer.kind if answer else None}
    return MessageView.model_validate(kept)
