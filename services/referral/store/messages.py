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
    await unit.ask(_keep, [_sealed(vault, each) for each in messages])


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A message and its text, sealed with the key of its client or with ``own``."""

    message: StoredMessage
    own: WrappedKey | None
    text: bytes = field(repr=False)


def _sealed(vault: Vault, message: StoredMessage) -> _Sealed:
    if message.client is not None:
        return _Sealed(message, None, vault.seal(message.content, message.client.key, message.client.client_id))
    own = vault.new_key(message.message_id)
    return _Sealed(message, own, vault.seal(message.content, own, message.message_id))


async def _keep(unit: Unit, asked: Sequence[Sequence[_Sealed]]) -> Sequence[None]:
    kept = [each for together in asked for each in together]
    await queries.keep_messages(
        unit.conn,
        messages=[each.message.row(line, unit.now) for line, each in enumerate(kept, start=1)],
        marks=[each.message.mark for each in kept],
        clients=[each.message.client.client_id if each.message.client else None for each in kept],
        key_ids=[each.own.key_id if each.own else None for each in kept],
        wrapped_keys=[each.own.wrapped if each.own else None for each in kept],
        sealed=[each.text for each in kept],
    )
    return [None] * len(asked)


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
