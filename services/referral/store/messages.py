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
    """A message without its text. ``findings`` are JSON; ``answers`` is the message it answers."""

    message_id: UUID
    direction: str
    kind: str | None
    sender: PartyId
    receiver: PartyId | None
    identification: str | None = None
    dated: date | None = None
    accepted: bool | None = None
    level: str | None = None
    return_codes: Sequence[str] = ()
    findings: Sequence[dict[str, Any]] = field(default=(), repr=False)
    answers: UUID | None = None
    referral_ids: Sequence[UUID] = ()
    receipt_due: datetime | None = None


def mark_of(vault: Vault, content: bytes) -> bytes:
    """A keyed hash that tells whether the same message came before, in whatever envelope."""
    return vault.mark(carried(content))


async def store(unit: Unit, vault: Vault, message: StoredMessage, content: bytes, client: Dossier | None) -> None:
    """Keep a message, its text sealed with the key of its client; without one, with a key of its own."""
    await queries.insert_message(
        unit.conn,
        message_id=message.message_id,
        direction=message.direction,
        kind=message.kind,
        sender=message.sender,
        receiver=message.receiver,
        identification=message.identification,
        dated=message.dated,
        content_mark=mark_of(vault, content),
        accepted=message.accepted,
        level=message.level,
        return_codes=list(message.return_codes),
        findings=list(message.findings),
        answers=message.answers,
        referral_ids=list(message.referral_ids),
        receipt_due=message.receipt_due,
        at=unit.now,
    )
    owner = client.client_id if client else message.message_id
    key = client.key if client else vault.new_key(owner)
    await queries.insert_original(
        unit.conn,
        message_id=message.message_id,
        client_id=client.client_id if client else None,
        key_id=None if client else key.key_id,
        wrapped_key=None if client else key.wrapped,
        sealed=vault.seal(content, key, owner),
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


async def next_identification(unit: Unit, sender: PartyId) -> str:
    """The identification of the next message or retour of ``sender``: unique, at most 12 characters."""
    number = await queries.next_identification(unit.conn, sender=sender)
    return f"S{number:011d}"
