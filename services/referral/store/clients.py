"""The vault's tables: dossiers sealed with a key of their own, pseudonyms per purpose, and the record of each look."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from services.kit.problems import NotFound, Text
from services.kit.unit import Unit
from services.referral.domain.identity import Bsn
from services.referral.domain.person import Person
from services.referral.domain.referrers import ReferrerDetails
from services.referral.store import queries
from services.referral.vault.vault import Vault, WrappedKey


@dataclass(frozen=True, slots=True)
class Dossier:
    """A stored client: still sealed."""

    client_id: UUID
    municipality: str
    key: WrappedKey
    sealed: bytes

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Dossier":
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


def line_of(index: bytes) -> int:
    """The line in which all wait who are about the person with this blind index."""
    return int.from_bytes(index[:8], "big", signed=True)


def remember(unit: Unit, index: bytes | None, known: Known | None, dossier: Dossier | None) -> None:
    """Who is behind a blind index, or that nobody is; to the end of the transaction, which waited in their line."""
    if index is not None:
        unit.memory[index] = known
    if known is not None:
        unit.memory[Known, known.client_id] = known
    if dossier is not None:
        unit.memory[Dossier, dossier.client_id] = dossier


async def admit(unit: Unit, vault: Vault, municipality: str, person: Person) -> Known:
    """The client that ``person`` is in ``municipality``: found again, or new with pseudonyms of their own.

    What is known stays as it is; see ``complete``. Without citizen number and reference it is always a new client.
    """
    by_bsn, by_reference = indexes(vault, municipality, person)
    found = await _find(unit, municipality, by_bsn, by_reference)
    if found is not None:
        return found
    new = NewClient(Known(uuid4(), uuid4(), uuid4()), municipality, person, by_bsn, by_reference)
    stored = await insert(unit, vault, [new])
    remember(unit, by_bsn, new.known, stored[0])
    return new.known


@dataclass(frozen=True, slots=True)
class NewClient:
    """Somebody who was not known, with the blind indexes by which they are found again."""

    known: Known
    municipality: str
    person: Person
    by_bsn: bytes | None
    by_reference: bytes | None


async def insert(unit: Unit, vault: Vault, new: Sequence[NewClient]) -> list[Dossier]:
    """Store new clients, each sealed with a key of their own, under a name for each purpose."""
    dossiers = []
    for each in new:
        client_id = each.known.client_id
        key = vault.new_key(client_id)
        dossiers.append(Dossier(client_id, each.municipality, key, vault.seal_person(each.person, key, client_id)))
    await unit.ask(_insert, list(zip(new, dossiers, strict=True)))
    return dossiers


async def _insert(unit: Unit, asked: Sequence[Sequence[tuple[NewClient, Dossier]]]) -> Sequence[None]:
    rows = [row for each in asked for row in each]
    await queries.insert_clients(
        unit.conn,
        client_ids=[stored.client_id for _, stored in rows],
        municipalities=[stored.municipality for _, stored in rows],
        bsn_indexes=[new.by_bsn for new, _ in rows],
        reference_indexes=[new.by_reference for new, _ in rows],
        key_ids=[stored.key.key_id for _, stored in rows],
        wrapped_keys=[stored.key.wrapped for _, stored in rows],
        sealed=[stored.sealed for _, stored in rows],
        streams=[new.known.stream for new, _ in rows],
        dossiers=[new.known.dossier for new, _ in rows],
        at=unit.now,
    )
    return [None] * len(asked)


async def _find(unit: Unit, municipality: str, by_bsn: bytes | None, by_reference: bytes | None) -> Known | None:
    """Who this is already. Two first requests for one person at the same moment must not make two dossiers."""
    if by_bsn in unit.memory and (unit.memory[by_bsn] or not by_reference):
        met: Known | None = unit.memory[by_bsn]
        return met
    index = by_bsn or by_reference
    if index is None:
        return None
    await queries.wait_in_line(unit.conn, number=line_of(index))
    found: UUID | None = await queries.find_client(
        unit.conn, municipality=municipality, bsn_index=by_bsn, reference_index=by_reference
    )
    return None if found is None else await names(unit, found)


async def find(unit: Unit, vault: Vault, municipality: str, bsn: Bsn | None, reference: str) -> Known | None:
    """The client of ``municipality`` with this citizen number, otherwise with this reference; nobody is made."""
    found: UUID | None = await queries.find_client(
        unit.conn,
        municipality=municipality,
        bsn_index=vault.index(municipality, "bsn", bsn.digits) if bsn else None,
        reference_index=vault.index(municipality, "reference", reference),
    )
    return None if found is None else await names(unit, found)


async def names(unit: Unit, client_id: UUID) -> Known:
    """A client that is known, by all names."""
    met: Known | None = unit.memory.get((Known, client_id))
    if met is not None:
        return met
    found = await queries.find_pseudonyms(unit.conn, client_id=client_id)
    return Known(client_id, found["stream"], found["dossier"])


async def dossier(unit: Unit, client_id: UUID) -> Dossier:
    """A dossier that the caller has a relation with. Raises ``NotFound``."""
    met: Dossier | None = unit.memory.get((Dossier, client_id))
    if met is not None:
        return met
    row = await queries.get_client(unit.conn, client_id=client_id)
    if row is None:
        raise NotFound()
    return Dossier.from_row(row)


async def complete(unit: Unit, vault: Vault, client_id: UUID, person: Person, *, every_address: bool = False) -> None:
    """Take over what ``person`` says and keep the rest. The caller is the municipality; of another nothing is taken."""
    known = (await dossier(unit, client_id)).open(vault)
    if person.completed_by(known, every_address=every_address) == known:
        return
    row = await queries.lock_client(unit.conn, client_id=client_id)
    if row is None:
        return
    # Somebody may have corrected the dossier at this moment: what they recorded is completed, not overwritten.
    stored = Dossier.from_row(row)
    await correct(unit, vault, stored, person.completed_by(stored.open(vault), every_address=every_address))


async def correct(unit: Unit, vault: Vault, stored: Dossier, person: Person) -> None:
    """From now on the dossier, which is locked, says this; that is a version further."""
    by_bsn, by_reference = indexes(vault, stored.municipality, person)
    sealed = vault.seal_person(person, stored.key, stored.client_id)
    await unit.ask(_reseal, (stored.client_id, sealed, by_bsn, by_reference))
    unit.memory[Dossier, stored.client_id] = replace(stored, sealed=sealed)


async def _reseal(unit: Unit, asked: Sequence[tuple[UUID, bytes, bytes | None, bytes | None]]) -> Sequence[None]:
    ids, sealed, by_bsn, by_reference = zip(*asked, strict=True)
    await queries.reseal_clients(
        unit.conn, client_ids=ids, sealed=sealed, bsn_indexes=by_bsn, reference_indexes=by_reference, at=unit.now
    )
    return [None] * len(asked)


async def erase(unit: Unit, client_id: UUID, reason: str) -> None:
    """Throw the key away, with what it opens and what could find it, and the files that held it; remember it."""
    unit.memory.pop((Dossier, client_id), None)
    await queries.erase_client(unit.conn, client_id=client_id, at=unit.now)
    await queries.forget_around(unit.conn, clients=[client_id])
    await queries.forget_files_with(unit.conn, clients=[client_id])
    await queries.note_erasure(unit.conn, client_id=client_id, at=unit.now, reason=reason)


async def repeat_erasures(unit: Unit) -> None:
    """After a backup was put back, before serving: whoever was erased since is erased again."""
    await queries.repeat_erasures(unit.conn)
    await queries.forget_around_again(unit.conn)
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


async def keep_referrer(unit: Unit, vault: Vault, referral_id: UUID, client_id: UUID, details: ReferrerDetails) -> None:
    """Seal the name and code of who pointed the way with the key of the client; they go when the client is erased."""
    if details.name is None and details.code is None:
        return
    key = (await dossier(unit, client_id)).key
    content = json.dumps({"name": details.name, "code": details.code}).encode()
    await unit.ask(_put_referrers, (referral_id, client_id, vault.seal(content, key, client_id)))


async def _put_referrers(unit: Unit, asked: Sequence[tuple[UUID, UUID, bytes]]) -> Sequence[None]:
    referral_ids, client_ids, sealed = zip(*asked, strict=True)
    await queries.put_referrers(unit.conn, referral_ids=referral_ids, client_ids=client_ids, sealed=sealed)
    return [None] * len(asked)


async def open_referrer(unit: Unit, vault: Vault, referral_id: UUID, client_id: UUID) -> tuple[str | None, str | None]:
    """The name and the AGB code of who pointed the way, as far as they are known. The caller records the look."""
    sealed = await queries.get_referrer(unit.conn, referral_id=referral_id)
    if sealed is None:
        return None, None
    key = (await dossier(unit, client_id)).key
    content = json.loads(vault.open(bytes(sealed), key, client_id))
    return content["name"], content["code"]
