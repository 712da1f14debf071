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
from services.referral.handlers.outgoing import keep_written
from services.referral.handlers.received.judging import Verdict
from services.referral.handlers.received.knowing import Facts, find_facts
from services.referral.istandaarden import Message, MessageHeader, UnusableValue, retour, technical_retour
from services.referral.istandaarden.codes import LAWS
from services.referral.istandaarden.rules import check_content, check_known
from services.referral.store import clients, messages, queries
from services.referral.store.messages import RECEIVED, StoredMessage
from services.referral.views import MessageView

Content = TypeVar("Content")


class Rejected(Exception):
    """The message breaks a rule; ``verdict`` says which. Nothing was changed."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("the message was rejected")
        self.verdict = verdict


class Inbound:
    """One message. ``seen_before``: its sender used its identification before for this kind of message (TR056)."""

    def __init__(
        self,
        context: Context,
        unit: Unit,
        command: ReceiveMessage,
        message: Message,
        header: MessageHeader,
        sender: PartyId,
        receiver: PartyId,
        *,
        seen_before: bool,
    ) -> None:
        self.context = context
        self.unit = unit
        self.command = command
        self.message = message
        self.header = header
        self.sender = sender
        self.receiver = receiver
        self.seen_before = seen_before

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
        """Store the message with its verdict, write the retour, and tell."""
        message_id = await self.store(
            accepted=verdict.right,
            level=verdict.level,
            return_codes=verdict.return_codes,
            findings=verdict.findings,
            referral_ids=referral_ids,
            client_id=client_id,
        )
        if answer:
            await self._answer(message_id, verdict, client_id)
        return await self.tell(message_id, accepted=verdict.right, return_codes=verdict.return_codes)

    async def store(
        self,
        *,
        accepted: bool | None,
        level: str | None = None,
        return_codes: Any = (),
        findings: Any = (),
        referral_ids: Sequence[UUID] = (),
        client_id: UUID | None = None,
        answers: UUID | None = None,
        identification: str | None = None,
    ) -> UUID:
        """Keep the message as it came, with what became of it; gives its identifier."""
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

    async def tell(
        self, message_id: UUID, *, accepted: bool, return_codes: tuple[str, ...], answers: UUID | None = None
    ) -> MessageView:
        """Tell both parties that it was received and judged; gives it as they see it."""
        self.unit.emit(
            message_id,
            MessageReceived(
                message_id=message_id,
                kind=self.message.kind,
                sender=self.sender,
                receiver=self.receiver,
                accepted=accepted,
                return_codes=return_codes,
                answers=answers,
                received_at=self.unit.now,
            ),
            audience=(self.sender, self.receiver),
        )
        return view(await get(self.unit, message_id))

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


async def get(unit: Unit, message_id: UUID) -> Any:
    """One message as it is kept."""
    return await queries.get_message(unit.conn, message_id=message_id)


def view(row: Any) -> MessageView:
    """A message as its parties see it."""
    values = {name: row[name] for name in MessageView.model_fields}
    return MessageView.model_validate(values)
