"""What somebody wants to happen with a batch of messages."""

from collections.abc import Callable, Iterator
from uuid import UUID

from pydantic import Field

from services.kit.commands import Command
from services.referral.domain.uploads import UploadedFile


class SubmitBatch(Command):
    """Many messages in one upload. ``mark`` is the keyed hash of all of it; ``files`` gives them, anew each time."""

    mark: str
    files: Callable[[], Iterator[UploadedFile]] = Field(exclude=True, repr=False)


class SettleBatchItem(Command):
    """What became of one file: the message that it is, or why it was refused."""

    batch_id: UUID
    number: int
    message_id: UUID | None = None
    refusal_nl: str | None = None
    refusal_en: str | None = None


class FinishBatch(Command):
    """Every file was received or refused."""

    batch_id: UUID
