"""Batches of messages in PostgreSQL. Names and files are sealed with the key of the batch."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.values import PartyId
from services.kit.problems import NotFound
from services.kit.unit import Unit
from services.referral.batch_views import BatchItemView, BatchView
from services.referral.domain.uploads import UploadedFile
from services.referral.store import queries
from services.referral.vault.vault import Vault, WrappedKey


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals and opens what belongs to one batch."""

    vault: Vault
    batch_id: UUID
    key: WrappedKey

    def close(self, content: bytes) -> bytes:
        return self.vault.seal(content, self.key, self.batch_id)

    def open(self, sealed: bytes) -> bytes:
        return self.vault.open(bytes(sealed), self.key, self.batch_id)


async def insert(unit: Unit, vault: Vault, batch_id: UUID) -> Seal:
    """A batch of the caller, without files yet."""
    key = vault.new_key(batch_id)
    await queries.insert_batch(
        unit.conn,
        batch_id=batch_id,
        party=unit.actor.party,
        key_id=key.key_id,
        wrapped_key=key.wrapped,
        at=unit.now,
    )
    return Seal(vault, batch_id, key)


async def insert_files(unit: Unit, seal: Seal, first: int, files: Sequence[UploadedFile]) -> None:
    """Files of a batch, numbered on from ``first``."""
    numbers = list(range(first, first + len(files)))
    await queries.insert_batch_items(
        unit.conn,
        batch_id=seal.batch_id,
        party=unit.actor.party,
        at=unit.now,
        numbers=numbers,
        names=[seal.close(each.name.encode("utf-8", "replace")) for each in files],
        sizes=[len(each.content) for each in files],
        refusals_nl=[each.refusal.nl if each.refusal else None for each in files],
        refusals_en=[each.refusal.en if each.refusal else None for each in files],
    )
    await queries.insert_batch_originals(
        unit.conn,
        batch_id=seal.batch_id,
        party=unit.actor.party,
        numbers=numbers,
        sealed=[seal.close(each.content) for each in files],
    )


async def get(unit: Unit, batch_id: UUID) -> BatchView:
    """One batch with how far it is. Raises ``NotFound``."""
    row = await queries.find_batch(unit.conn, batch_id=batch_id)
    if row is None:
        raise NotFound()
    return view(row)


async def seal_of(unit: Unit, vault: Vault, batch_id: UUID) -> tuple[Seal, PartyId]:
    """The seal of a batch, and the party whose it is. Raises ``NotFound``."""
    row = await queries.batch_key(unit.conn, batch_id=batch_id)
    if row is None:
        raise NotFound()
    return Seal(vault, batch_id, WrappedKey(row["key_id"], bytes(row["wrapped_key"]))), row["party"]


async def items(
    unit: Unit, vault: Vault, batch_id: UUID, *, after: int, limit: int, wrong: bool | None = None
) -> AsyncIterator[BatchItemView]:
    """The files of a batch behind number ``after``, in order; ``wrong``: only those that were not accepted."""
    seal, _ = await seal_of(unit, vault, batch_id)
    rows = queries.list_batch_items(unit.conn, batch_id=batch_id, number=after, limit=limit, wrong=wrong)
    async for row in rows:
        values = {name: row[name] for name in BatchItemView.model_fields if name not in ("name", "findings")}
        values["return_codes"] = row["return_codes"] or ()
        values["findings"] = row["findings"] or []
        values["name"] = seal.open(row["name_sealed"]).decode("utf-8", "replace")
        yield BatchItemView.model_validate(values)


def view(row: Any) -> BatchView:
    """A batch as its party sees it."""
    return BatchView.model_validate({name: row[name] for name in BatchView.model_fields})
