"""What the service tells about a batch of messages: how far it is, and what became of each file."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.values import PartyId
from services.referral.views import MessageFinding, View


class BatchView(View):
    """Many messages in one upload, with how far it is."""

    batch_id: UUID
    party: PartyId
    items: int = Field(description="How many files there are in it.")
    bytes: int = Field(description="How large they are together, unpacked.")
    waiting: int = Field(description="Files that are not received yet.")
    accepted: int
    rejected: int = Field(description="Messages that a rule rejects; each has its retour.")
    kept: int = Field(description="Messages that were kept for a person.")
    refused: int = Field(description="Files that are no message, or not one that this party may send.")
    submitted_at: datetime
    finished_at: datetime | None = None


class BatchItemView(View):
    """One file of a batch. Without `settledAt` it waits for its turn."""

    number: int
    name: str = Field(description="The file as it was called in the upload.")
    bytes: int
    message_id: UUID | None = None
    kind: str | None = None
    identification: str | None = None
    accepted: bool | None = None
    level: str | None = None
    return_codes: tuple[str, ...] = ()
    findings: list[MessageFinding] = Field(default_factory=list)
    refusal_nl: str | None = Field(default=None, description="Why it is no message that can be received.")
    refusal_en: str | None = None
    answer_id: UUID | None = None
    answer_kind: str | None = None
    settled_at: datetime | None = None


class BatchProgress(View):
    """How many files of a batch still wait after a step."""

    waiting: int
