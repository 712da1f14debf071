"""Who stands around a client and what else holds for them, in the vault: sealed with the key of the client."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit.problems import NotFound, Text
from services.kit.unit import Unit
from services.referral.domain.relations import Around, Circumstances, Relation
from services.referral.store import queries
from services.referral.store.clients import Dossier
from services.referral.vault.vault import Vault

NO_MESSAGES = Text(
    "Over deze cliënt mogen geen berichten worden verstuurd (iStandaarden OP003). Er is niets verstuurd. Regel dit"
    " telefonisch met de gemeente.",
    "No messages may be sent about this client (iStandaarden OP003). Nothing was sent. Arrange this with the"
    " municipality by phone.",
)
"""Told to a provider that wants to send one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A relation as it was recorded. ``number`` is what messages call them by, for ever (OP071)."""

    number: int
    relation: Relation
    ended_at: datetime | None


async def recorded(unit: Unit, vault: Vault, dossier: Dossier) -> list[Recorded]:
    """Everybody around a client, ended ones included."""
    rows = queries.relations_of_client(unit.conn, client_id=dossier.client_id)
    return [Recorded(row["number"], _relation(vault, dossier, row["sealed"]), row["ended_at"]) async for row in rows]


async def get(unit: Unit, vault: Vault, dossier: Dossier, number: int) -> Recorded:
    """One relation of a client. Raises ``NotFound``."""
    row = await queries.get_relation(unit.conn, client_id=dossier.client_id, number=number)
    if row is None:
        raise NotFound(
            Text(
                "Deze relatie van de cliënt bestaat niet. Ga terug naar de pagina van de cliënt.",
                "This relation of the client does not exist. Go back to the page of the client.",
            )
        )
    return Recorded(row["number"], _relation(vault, dossier, row["sealed"]), row["ended_at"])


async def add(unit: Unit, vault: Vault, dossier: Dossier, relation: Relation) -> int:
    """Record somebody under a number of their own, which it gives. The client is locked."""
    number: int = await queries.add_relation(
        unit.conn, client_id=dossier.client_id, sealed=_seal(vault, dossier, relation), at=unit.now
    )
    return number


async def change(unit: Unit, vault: Vault, dossier: Dossier, number: int, relation: Relation) -> None:
    """Replace what is known of somebody; the number stays."""
    await queries.change_relation(
        unit.conn, client_id=dossier.client_id, number=number, sealed=_seal(vault, dossier, relation), at=unit.now
    )


async def end(unit: Unit, client_id: UUID, number: int) -> None:
    """They are around the client no longer."""
    await queries.end_relation(unit.conn, client_id=client_id, number=number, at=unit.now)


async def circumstances(unit: Unit, vault: Vault, dossier: Dossier) -> Circumstances:
    """What else holds for a client."""
    return opened(vault, dossier, await queries.get_circumstances(unit.conn, client_id=dossier.client_id))


async def put(unit: Unit, vault: Vault, dossier: Dossier, holds: Circumstances) -> None:
    """Store what else holds for a client from now on."""
    await queries.put_circumstances(
        unit.conn, client_id=dossier.client_id, sealed=_seal(vault, dossier, holds), at=unit.now
    )


async def around(unit: Unit, vault: Vault, dossier: Dossier, provider: str) -> Around:
    """What a message about a client to ``provider`` depends on."""
    row = await queries.around_client(unit.conn, client_id=dossier.client_id, provider=provider)
    return Around(
        opened(vault, dossier, row["circumstances"]),
        tuple(_relations(vault, dossier, row["numbers"] or (), row["sealed"] or ())),
        row["authority_known"],
    )


async def wait_in_line(unit: Unit, client_id: UUID) -> None:
    """What is decided in silence and the end of the silence come one after the other: nothing stays untold."""
    await queries.wait_in_line_for(unit.conn, line=f"messages/{client_id}")


async def silent(unit: Unit, vault: Vault, dossier: Dossier) -> bool:
    """Whether no message about a client may be sent; when it seems so, after waiting for who changes that now."""
    holds = await circumstances(unit, vault, dossier)
    return holds.silent and await silent_still(unit, vault, dossier)


async def silent_still(unit: Unit, vault: Vault, dossier: Dossier) -> bool:
    """Whether no message about a client may be sent, also after waiting for who changes that now."""
    await wait_in_line(unit, dossier.client_id)
    return (await circumstances(unit, vault, dossier)).silent


async def note_authority_known(unit: Unit, client_id: UUID, provider: str, known: bool | None) -> None:
    """What a provider said in a 315 of knowing who has authority (OP002x1); nothing when it said nothing."""
    if known:
        await queries.authority_is_known(unit.conn, client_id=client_id, provider=provider, at=unit.now)
    elif known is not None:
        await queries.authority_is_not_known(unit.conn, client_id=client_id, provider=provider)


async def forget_authority_known(unit: Unit, client_id: UUID) -> None:
    """Who has authority changed: no provider knows it any more."""
    await queries.authority_changed(unit.conn, client_id=client_id)


def opened(vault: Vault, dossier: Dossier, sealed: bytes | None) -> Circumstances:
    """What else holds for a client, from how it is stored; nothing out of the ordinary when nothing is."""
    if sealed is None:
        return Circumstances()
    return Circumstances.model_validate_json(vault.open(bytes(sealed), dossier.key, dossier.client_id))


def _relation(vault: Vault, dossier: Dossier, sealed: bytes) -> Relation:
    return Relation.model_validate_json(vault.open(bytes(sealed), dossier.key, dossier.client_id))


def _relations(
    vault: Vault, dossier: Dossier, numbers: list[int] | tuple[()], sealed: list[bytes] | tuple[()]
) -> Iterator[tuple[int, Relation]]:
    for number, each in zip(numbers, sealed, strict=True):
        yield number, _relation(vault, dossier, each)


def _seal(vault: Vault, dossier: Dossier, content: Relation | Circumstances) -> bytes:
    return vault.seal(content.model_dump_json(exclude_none=True).encode(), dossier.key, dossier.client_id)
