"""Whom a provider may reach around a client: those whom allocations (301) to it named, by whatever system."""

from uuid import UUID

from services.kit.unit import Unit
from services.referral.relation_views import ContactsTold, NamedView
from services.referral.store import clients, named, queries
from services.referral.store.clients import Dossier
from services.referral.vault.vault import Vault


async def look_at_contacts(unit: Unit, vault: Vault, client: UUID) -> list[ContactsTold] | None:
    """Whom the caller, a provider, was told of around a client, per law; ``None`` for no client of theirs.
    The look is recorded.

    Not a command: see ``people.look``.
    """
    rows = [row async for row in queries.clients_of_pseudonyms(unit.conn, pseudonyms=[client])]
    if not rows or rows[0]["erased_at"] is not None:
        return None
    told = await named.of_client(unit, vault, Dossier.from_row(rows[0]))
    await clients.record_looks(unit, "look-at-contacts", [client])
    return [
        ContactsTold(
            law=each.law,
            told_on=each.moment.dated,
            named=tuple(NamedView(**person.model_dump()) for person in each.named),
        )
        for each in told
    ]
