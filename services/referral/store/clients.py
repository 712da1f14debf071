"""The vault's tables: dossiers sealed with a key of their own, pseudonyms per purpose, and the record of each look."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

import asyncpg

from services.kit.problems import NotFound, Text
from services.kit.unit import Unit
from services.referral.domain.person import Person
from services.referral.domain.referrers import ReferrerDetails
from services.referral.store import queries
from services.referral.vault.vault import Vault, WrappedKey


class Purpose(StrEnum):
    """For what somebody needs to tell clients apart. Each purpose has names of its own."""

    STREAM = "stream"
    DOSSIER = "dossier"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A stored client: still sealed."""

    client_id: UUID
    municipality: str
    key: WrappedKey
    sealed: bytes

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "Dossier":
        """The dossier in a row. Raises ``NotFound`` when it was erased."""
        if row["erased_at"] is not None:
            raise NotFound(
                Text(
                    "De gegevens van deze cliënt zijn gewist. Er is niets meer om te tonen.",
                    "The data of this client were erased. There is nothing left to show.",
                ),
                code="erased",
            )
        key = WrappedKey(row["key_id"], bytes(row["wrapped_key"]))
        return cls(row["client_id"], row["municipality"], key, bytes(row["sealed"]))

    def open(self, vault: Vault) -> Person:
        """Who it is. The caller writes a processing record."""
        return vault.open_person(self.sealed, self.key, self.client_id)


def indexes(vault: Vault, municipality: str, person: Person) -> tuple[bytes | None, bytes | None]:
    """The blind indexes of a person: of the citizen number, and of the municipality's own reference."""
    by_bsn = vault.index(municipality, "bsn", person.bsn.digits) if person.bsn else None
    by_reference = vault.index(municipality, "reference", person.reference) if person.reference else None
    return by_bsn, by_reference


@dataclass(frozen=True, slots=True)
class Known:
    """A client by all names: the vault's own, in events, and in the API."""

    client_id: UUID
    stream: UUID
    dossier: UUID


async def admit(unit: Unit, vault: Vault, municipality: str, person: Person) -> Known:
    """The client that ``person`` is in ``municipality``: found again, or new with pseudonyms of their own.

    What is known stays as it is; see ``complete``. Without citizen number and reference it is always a new client.
    """
    by_bsn, by_reference = indexes(vault, municipality, person)
    if by_bsn or by_reference:
        # Two first requests for one person at the same moment must not make two dossiers.
        await queries.wait_in_line(
            unit.conn, number=int.from_bytes((by_bsn or by_reference or b"")[:8], "big", signed=True)
        )
        found: UUID | None = await queries.find_client(
            unit.conn, municipality=municipality, bsn_index=by_bsn, reference_index=by_reference
        )
        if found is not None:
            return await names(unit, found)
    client_id = uuid4()
    known = Known(client_id, uuid4(), uuid4())
    key = vault.new_key(client_id)
    sealed = vault.seal_person(person, key, client_id)
    await queries.insert_clients(
        unit.conn,
        client_ids=[client_id],
        municipalities=[municipality],
        bsn_indexes=[by_bsn],
        reference_indexes=[by_reference],
        key_ids=[key.key_id],
        wrapped_keys=[key.wrapped],
        sealed=[sealed],
        at=unit.now,
    )
    await queries.insert_pseudonyms(
        unit.conn,
        client_ids=[client_id, client_id],
        purposes=[Purpose.STREAM, Purpose.DOSSIER],
        pseudonyms=[known.stream, known.dossier],
    )
    return known


async def names(unit: Unit, client_id: UUID) -> Known:
    """A client that is known, by all names."""
    found = await queries.find_pseudonyms(unit.conn, client_id=client_id)
    return Known(client_id, found["stream"], found["dossier"])


async def dossier(unit: Unit, client_id: UUID) -> Dossier:
    """A dossier that the caller has a relation with. Raises ``NotFound``."""
    row = await queries.get_client(unit.conn, client_id=client_id)
    if row is None:
        raise NotFound()
    return Dossier.from_row(row)


async def complete(unit: Unit, vault: Vault, client_id: UUID, person: Person) -> Person:
    """Take over what ``person`` says and keep the rest. The caller is the municipality. Gives the whole person."""
    stored = await dossier(unit, client_id)
    known = stored.open(vault)
    whole = person.completed_by(known)
    if whole != known:
        by_bsn, by_reference = indexes(vault, stored.municipality, whole)
        await queries.reseal_client(
            unit.conn,
            client_id=client_id,
            sealed=vault.seal_person(whole, stored.key, client_id),
            bsn_index=by_bsn,
            reference_index=by_reference,
            at=unit.now,
        )
    return whole


async def erase(unit: Unit, client_id: UUID, reason: str) -> None:
    """Throw the key away, with what it opens and what could find it, and the files that held it; remember it."""
    await queries.erase_client(unit.conn, client_id=client_id, at=unit.now)
    await queries.forget_files_with(unit.conn, clients=[client_id])
    await queries.note_erasure(unit.conn, client_id=client_id, at=unit.now, reason=reason)


async def repeat_erasures(unit: Unit) -> None:
    """After a backup was put back, before serving: whoever was erased since is erased again."""
    await queries.repeat_erasures(unit.conn)
    await queries.forget_files_again(unit.conn)


async def record_looks(unit: Unit, activity: str, subjects: Sequence[UUID]) -> None:
    """Write a processing record for each person looked at (Logboek Dataverwerkingen, one per data subject).

    ``subjects`` are pseudonyms for purpose *dossier*. The record commits with the look: no record, no look.
    """
    trace, span = (unit.traceparent or "--").split("-")[1:3]
    await queries.write_processing_records(
        unit.conn,
        rows=[
            {
                "record_id": str(unit.new_id()),
                "trace_id": trace or None,
                "span_id": uuid4().hex[:16],
                "parent_span_id": span or None,
                "name": activity,
                "started_at": unit.now.isoformat(),
                "ended_at": unit.now.isoformat(),
                "status": "OK",
                "processing_activity_id": f"urn:samenspel:processing-activity:{activity}",
                "data_subject_id": str(subject),
                "data_subject_id_type": "urn:samenspel:pseudonym:dossier",
                "person": unit.actor.person,
                "party": unit.actor.party,
                "roles": sorted(unit.actor.roles),
            }
            for subject in subjects
        ],
    )


async def rewrap(unit: Unit, vault: Vault, *, limit: int = 1000) -> int:
    """Move the keys of at most ``limit`` clients to the current wrapping key; gives how many were moved."""
    found = queries.clients_under_other_keys(unit.conn, key_id=vault.current_key_id, limit=limit)
    rows = [row async for row in found]
    for row in rows:
        key = vault.rewrap(WrappedKey(row["key_id"], bytes(row["wrapped_key"])), row["client_id"])
        await queries.rewrap_client(unit.conn, client_id=row["client_id"], key_id=key.key_id, wrapped_key=key.wrapped)
    return len(rows)


async def keep_referrer(unit: Unit, vault: Vault, referral_id: UUID, client_id: UUID, details: ReferrerDetails) -> None:
    """Seal the name and code of who pointed the way with the key of the client; they go when the client is erased."""
    if details.name is None and details.code is None:
        return
    key = (await dossier(unit, client_id)).key
    content = json.dumps({"name": details.name, "code": details.code}).encode()
    sealed = vault.seal(content, key, client_id)
    await queries.put_referrer(unit.conn, referral_id=referral_id, client_id=client_id, sealed=sealed)


async def open_referrer(unit: Unit, vault: Vault, referral_id: UUID, client_id: UUID) -> tuple[str | None, str | None]:
    """The name and the AGB code of who pointed the way, as far as they are known. The caller records the look."""
    sealed = await queries.get_referrer(unit.conn, referral_id=referral_id)
    if sealed is None:
        return None, None
    key = (await dossier(unit, client_id)).key
    content = json.loads(vault.open(bytes(sealed), key, client_id))
    return content["name"], content["code"]
