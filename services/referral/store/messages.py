"""Messages in PostgreSQL: what is known about each, and its text, sealed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.values import PartyId
from services.kit.problems import NotFound, Text
from services.kit.unit import Connection, Unit
from services.referral.istandaarden.envelope import carried
from services.referral.store import queries
from services.referral.store.clients import Dossier
from services.referral.store.composed import Composed
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


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows: ``sent`` what the caller sent or only what it got, ``awaited`` what it sent and still
    waits for a retour on or only others."""

    direction: str | None = None
    kind: str | None = None
    accepted: bool | None = None
    referral_id: UUID | None = None
    sent: bool | None = None
    awaited: bool | None = None
    since: datetime | None = None


_ANSWERED = "exists (select from message answer where answer.answers = message.message_id)"


def _begin(query: Composed, column: str, wanted: Filter) -> None:
    """The conditions on what the caller sent or on what it got: each has indexes of its own."""
    query.begin(f"{column} = my_party()")
    if wanted.referral_id is not None:
        query.add("message_id = any(array(select messages_about({})))", wanted.referral_id)
    query.equal(direction=wanted.direction, kind=wanted.kind)
    if wanted.accepted is not None:
        query.add("accepted" if wanted.accepted else "not accepted")
    if wanted.awaited is not None:
        awaits = f"(receipt_due is not null and not {_ANSWERED})"
        query.add(awaits if wanted.awaited else f"not {awaits}")
    if wanted.since is not None:
        query.add("at >= {}", wanted.since)


def _columns(wanted: Filter) -> list[str]:
    asked = {"sender": wanted.sent is not False, "receiver": not wanted.sent and not wanted.awaited}
    return [column for column, is_asked in asked.items() if is_asked]


async def listed(
    conn: Connection, wanted: Filter, after: tuple[datetime, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """A page of the caller's messages, latest first, each with the first message that answers it."""
    query, parts = Composed("true"), []
    for column in _columns(wanted):
        _begin(query, column, wanted)
        if after is not None:
            query.add("(at, message_id) < ({}, {})", *after)
        parts.append(
            f"(select * from message where {query.where}"  # noqa: S608 - fragments of ours
            f" order by at desc, message_id desc limit {query.given(limit)})"
        )
    if not parts:
        return []
    text = (
        "select message.*, answer.message_id as answer_id, answer.kind as answer_kind"  # noqa: S608
        f" from ({' union all '.join(parts)}) message"
        " left join lateral (select message_id, kind from message answer where answer.answers = message.message_id"
        "                    order by answer.at, answer.message_id limit 1) answer on true"
        f" order by message.at desc, message.message_id desc limit {query.given(limit)}"
    )
    return await conn.fetch(text, *query.values)


async def count(conn: Connection, wanted: Filter) -> int:
    """How many there are in all."""
    query, parts = Composed("true"), ["0"]
    for column in _columns(wanted):
        _begin(query, column, wanted)
        parts.append(f"(select count(*) from message where {query.where})")  # noqa: S608
    return int(await conn.fetchval(f"select {' + '.join(parts)}", *query.values))


async def next_identification(unit: Unit) -> str:
    """The identification of the next message or retour that is written: unique, at most 12 characters."""
    return identification_of(await queries.next_identification(unit.conn))


def identification_of(number: int) -> str:
    """The identification of a message with this number."""
    return f"S{number:011d}"
