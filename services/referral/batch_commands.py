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


class ReceiveBatchItems(Command):
    """Receive these files of a batch of the caller, all or none. Those that are settled already stay as they are."""

    batch_id: UUID
    numbers: tuple[int, ...]


class RefuseBatchItem(Command):
    """One file is no message that can be received."""

    batch_id: UUID
    number: int
    refusal_nl: str
    refusal_en: str


class FinishBatch(Command):
    """Every file was received or refused."""

    batch_id: UUID
