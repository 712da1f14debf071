"""Whom allocations named to a provider around a client, in the vault: sealed with the key of the client."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.events.commissioning import Law
from services.kit.unit import Unit
from services.referral.domain.named import Moment, Named, Sealable, taken_over
from services.referral.store import queries
from services.referral.store.clients import Dossier
from services.referral.vault.vault import Vault

Key = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a provider was told of under one law, by the latest 301 and those before it."""

    law: Law
    moment: Moment
    named: tuple[Named, ...]


async def take_over(
    unit: Unit, vault: Vault, dossier: Dossier, provider: str, law: Law, moment: Moment, told: Iterable[Named]
) -> None:
    """Keep whom a 301 of this moment names; nothing when it names nobody and no earlier one did."""
    told = tuple(told)
    row = await unit.ask(_stored, (dossier.client_id, provider, law.value))
    if row is None and not told:
        return
    before = Moment(row["dated"], row["decided_at"]) if row is not None else moment
    present = _open(vault, dossier, row["sealed"]) if row is not None else ()
    known = taken_over(present, told, later=moment >= before)
    moment = max(moment, before)
    content = Sealable(named=known).model_dump_json(exclude_none=True).encode()
    await queries.put_named(
        unit.conn,
        client_id=dossier.client_id,
        provider=provider,
        law=law,
        dated=moment.dated,
        decided_at=moment.decided_at,
        sealed=vault.seal(content, dossier.key, dossier.client_id),
    )


async def of_client(unit: Unit, vault: Vault, dossier: Dossier) -> list[Told]:
    """Whom the caller was told of around a client, per law."""
    rows = queries.named_of_client(unit.conn, client_id=dossier.client_id, provider=unit.actor.code)
    return [
        Told(Law(row["law"]), Moment(row["dated"], row["decided_at"]), _open(vault, dossier, row["sealed"]))
        async for row in rows
    ]


async def _stored(unit: Unit, asked: Sequence[Key]) -> Sequence[Any]:
    clients, providers, laws = zip(*asked, strict=True)
    rows = queries.named_before(unit.conn, clients=list(clients), providers=list(providers), laws=list(laws))
    found = {(row["client_id"], row["provider"], row["law"]): row async for row in rows}
    return [found.get(each) for each in asked]


def _open(vault: Vault, dossier: Dossier, sealed: bytes) -> tuple[Named, ...]:
    return Sealable.model_validate_json(vault.open(bytes(sealed), dossier.key, dossier.client_id)).named
