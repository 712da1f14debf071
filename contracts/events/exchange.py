"""Events of the referral service about the exchange of messages, and requests that are decided on as a whole."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.event import Event
from contracts.events.commissioning import Law
from contracts.values import AgbCode, MunicipalityCode, PartyId


class MessageReceived(Event):
    """An iWmo/iJw message was received and judged. ``return_codes`` are those of its retour.

    ``answers`` is the message that waited for it, when it is a retour itself.
    """

    type: ClassVar[str] = "nl.samenspel.messages.received.v1"
    message_id: UUID
    kind: str
    sender: PartyId
    receiver: PartyId
    accepted: bool
    return_codes: tuple[str, ...] = ()
    answers: UUID | None = None
    received_at: datetime


class MessageWritten(Event):
    """An iWmo/iJw message was written and stands ready for its receiver.

    With ``receipt_due`` the receiver is to confirm it with a retour before then (OP090).
    """

    type: ClassVar[str] = "nl.samenspel.messages.written.v1"
    message_id: UUID
    kind: str
    sender: PartyId
    receiver: PartyId
    referral_id: UUID | None = None
    written_at: datetime
    receipt_due: datetime | None = None


class ReceiptMissed(Event):
    """The retour on a message did not come in time; its sender has to act on that (OP090)."""

    type: ClassVar[str] = "nl.samenspel.messages.receipt-missed.v1"
    message_id: UUID
    kind: str
    sender: PartyId
    receiver: PartyId
    due: datetime
    missed_at: datetime


class MessageBatchSubmitted(Event):
    """Many messages came in one upload; each is received by itself from now on."""

    type: ClassVar[str] = "nl.samenspel.message-batches.submitted.v1"
    batch_id: UUID
    party: PartyId
    items: int
    submitted_at: datetime


class MessageBatchFinished(Event):
    """Every file of a batch was received or refused.

    ``rejected`` by a rule of the standard, ``kept`` for a person, ``refused`` as no message of that party at all.
    """

    type: ClassVar[str] = "nl.samenspel.message-batches.finished.v1"
    batch_id: UUID
    party: PartyId
    items: int
    accepted: int
    rejected: int
    kept: int
    refused: int
    finished_at: datetime


class RequestReceived(Event):
    """A request came in that is decided on as a whole: for change (317), or a 315 without a specific product.

    ``allocation_numbers`` are those that it wants to change. The municipality decides before ``decision_due`` (OP274,
    OP346) and is reminded at ``remind_at``.
    """

    type: ClassVar[str] = "nl.samenspel.requests.received.v1"
    request_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    client: UUID
    law: Law
    change: bool
    allocation_numbers: tuple[int, ...] = ()
    received_at: datetime
    decision_due: datetime
    remind_at: datetime


class RequestAnswered(Event):
    """Such a request was ``granted`` (301), ``rejected`` (319), or is ``under_investigation`` until then."""

    type: ClassVar[str] = "nl.samenspel.requests.answered.v1"
    request_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    answer: str
    reason: str | None = None
    decision_due: datetime | None = None
    remind_at: datetime | None = None
    answered_at: datetime


class RequestReminded(Event):
    """The decision on such a request is almost due (``overdue`` false), or its term passed without one."""

    type: ClassVar[str] = "nl.samenspel.requests.reminded.v1"
    request_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    overdue: bool
    due: datetime
    reminded_at: datetime
