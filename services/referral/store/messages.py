"""Messages in PostgreSQL: what is known about each, and its text, sealed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.values import PartyId
from services.kit.problems import NotFound, Text
from services.kit.unit import Unit
from services.referral.istandaarden.envelope import carried
from services.referral.store import queries
from services.referral.store.clients import Dossier
from services.referral.vault.vault import Vault, WrappedKey

RECEIVED = "received"
WRITTEN = "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message with its text. ``findings`` are JSON; ``answers`` is the message it answers; ``mark`` tells its text
    from others. The text is sealed with the key of ``client``; without one, with a key of its own.
    """

    message_id: UUID
    direction: str
    kind: str | None
    sender: PartyId
    receiver: PartyId | None
    content: bytes = field(repr=False)
    mark: bytes = field(repr=False)
    identification: str | None = None
    dated: date | None = None
    accepted: bool | None = None
    level: str | None = None
    return_codes: Sequence[str] = ()
    findings: Sequence[dict[str, Any]] = field(default=(), repr=False)
    answers: UUID | None = None
    referral_ids: Sequence[UUID] = ()
    receipt_due: datetime | None = None
    client: Dossier | None = field(default=None, repr=False)

    def row(self, line: int, at: datetime) -> dict[str, Any]:
        """Everything but the text; ``line`` is its place among what is kept with it."""
        return {
            "line": line,
            "message_id": self.message_id,
            "direction": self.direction,
            "kind": self.kind,
            "sender": self.sender,
            "receiver": self.receiver,
            "identification": self.identification,
            "dated": self.dated,
            "accepted": self.accepted,
            "level": self.level,
            "return_codes": self.return_codes,
            "findings": self.findings,
            "answers": self.answers,
            "referral_ids": self.referral_ids,
            "at": at,
            "receipt_due": self.receipt_due,
        }


def mark_of(vault: Vault, content: bytes) -> bytes:
    """A keyed hash that tells whether the same message came before, in whatever envelope."""
    return vault.mark(carried(content))


async def keep(unit: Unit, vault: Vault, *messages: StoredMessage) -> None:
    """Keep messages with their texts, sealed."""
    keys = [each.client.key if each.client else vault.new_key(each.message_id) for each in messages]
    owners = [each.client.client_id if each.client else each.message_id for each in messages]
    await queries.keep_messages(
        unit.conn,
        messages=[each.row(line, unit.now) for line, each in enumerate(messages, start=1)],
        marks=[each.mark for each in messages],
        clients=[each.client.client_id if each.client else None for each in messages],
        key_ids=[None if each.client else key.key_id for each, key in zip(messages, keys, strict=True)],
        wrapped_keys=[None if each.client else key.wrapped for each, key in zip(messages, keys, strict=True)],
        sealed=[vault.seal(each.content, key, owner) for each, key, owner in zip(messages, keys, owners, strict=True)],
    )


@dataclass(frozen=True, slots=True)
class Original:
    """The text of a message, opened; ``client_dossier`` is whom it is about, for the processing record."""

    kind: str | None
    content: bytes = field(repr=False)
    client_dossier: UUID | None


async def original(unit: Unit, vault: Vault, message_id: UUID) -> Original:
    """The text exactly as it came in or went out. Raises ``NotFound`` also when its client was erased."""
    row = await queries.get_original(unit.conn, message_id=message_id)
    if row is None:
        raise NotFound()
    if row["wrapped_key"] is None:
        raise NotFound(
            Text(
                "De tekst van dit bericht is niet (meer) in te zien: de gegevens van de cliënt zijn gewist, of uw"
                " organisatie heeft geen relatie meer met de cliënt.",
                "The text of this message cannot be shown (any more): the client's data were erased, or your"
                " organisation has no relation with the client any more.",
            ),
            code="not-readable",
        )
    key = WrappedKey(row["key_id"], bytes(row["wrapped_key"]))
    owner = row["client_id"] or row["message_id"]
    return Original(row["kind"], vault.open(bytes(row["sealed"]), key, owner), row["client_dossier"])


async def next_identification(unit: Unit) -> str:
    """The identification of the next message or retour that is written: unique, at most 12 characters."""
    return identification_of(await queries.next_identification(unit.conn))


def identification_of(number: int) -> str:
    """The identification of a message with this number."""
    return f"S{number:011d}"
