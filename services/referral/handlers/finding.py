"""Finding a client by a number: a municipality among its own, a provider among those whom it helps or helped.

What a provider finds is decided by row-level security: a dossier without a relation is not there for it. So it gets the
same answer for somebody whom nobody knows and for a client of others.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from contracts.events.commissioning import Law
from contracts.values import PartyKind
from services.kit.model import wrong
from services.kit.problems import NotFound, Text
from services.kit.unit import Unit
from services.referral.chain_views import ClientAt
from services.referral.domain.distance import centres
from services.referral.domain.identity import Bsn
from services.referral.domain.searching import Sought, sought
from services.referral.handlers.context import Context
from services.referral.relation_commands import FindClient
from services.referral.relation_views import ClientFound
from services.referral.store import clients, queries
from services.referral.store.clients import Dossier
from services.referral.vault.vault import Vault

MOST: Final = 20
"""How many dossiers may share a number before somebody has to type more."""

_NOBODY: Final = {
    PartyKind.MUNICIPALITY: Text(
        "Uw gemeente kent geen cliënt met dit nummer. Controleer het nummer, of vraag hulp aan voor deze cliënt.",
        "Your municipality knows no client with this number. Check the number, or ask for help for this client.",
    ),
    PartyKind.PROVIDER: Text(
        "Uw organisatie heeft geen cliënt met dit nummer. Controleer het nummer.",
        "Your organisation has no client with this number. Check the number.",
    ),
}


async def find_client(context: Context, command: FindClient, unit: Unit) -> ClientFound:
    """Whose number this is, among the caller's own clients. That they were found is recorded as a look.

    Raises ``NotFound``, or ``Invalid`` when nobody has it and it looks like a citizen number that is none.
    """
    meant = sought(command.number)
    by_provider = unit.actor.kind is PartyKind.PROVIDER
    found = await (_helped if by_provider else _own)(unit, context.vault, meant)
    if found:
        await clients.record_looks(unit, "find-client", found)
        return ClientFound(client=found[0], others=tuple(found[1:]))
    if meant.mistyped:
        raise wrong(
            "/number",
            "Dit is geen burgerservicenummer (BSN): er zit een tikfout in. Controleer de negen cijfers.",
            "This is not a citizen number (BSN): there is a typing error in it. Check the nine digits.",
            "bsn",
        )
    raise NotFound(_NOBODY[unit.actor.kind], code="client-not-found")


async def same_person(unit: Unit, vault: Vault, client: UUID) -> list[tuple[UUID, ClientAt]]:
    """Somebody whom the caller, a provider, helps or helped, in each municipality: ``client`` first, with the vault's
    own names. Each look is recorded; empty when there is no relation or the dossier was erased.
    """
    asked = [row async for row in queries.clients_of_pseudonyms(unit.conn, pseudonyms=[client])]
    if not asked or asked[0]["erased_at"] is not None:
        return []
    bsn = Dossier.from_row(asked[0]).open(vault).bsn
    elsewhere = await _with_citizen_number(unit, vault, bsn, await _municipalities(unit)) if bsn else []
    rows = asked + [row for row in elsewhere if row["client_id"] != asked[0]["client_id"]]
    await clients.record_looks(unit, "look-into-care", [row["pseudonym"] for row in rows])
    return [
        (
            row["client_id"],
            ClientAt(client=row["pseudonym"], municipality=row["municipality"], own_number=row["own_number"]),
        )
        for row in rows
    ]


async def _own(unit: Unit, vault: Vault, meant: Sought) -> list[UUID]:
    found = await clients.find(unit, vault, unit.actor.code, meant.bsn, meant.reference)
    return [] if found is None else [found.dossier]


async def _helped(unit: Unit, vault: Vault, meant: Sought) -> list[UUID]:
    """One dossier of each person that the number may mean: whose citizen number it is, otherwise who has it."""
    municipalities = await _municipalities(unit)
    if meant.bsn is not None:
        rows = await _with_citizen_number(unit, vault, meant.bsn, municipalities)
        if rows:
            return [rows[0]["pseudonym"]]
    numbered = queries.clients_by_provider_number(
        unit.conn,
        own_number=meant.reference,
        allocation_number=meant.allocation,
        municipalities=municipalities,
        laws=[law.value for law in Law],
        limit=MOST,
    )
    return _one_each(vault, [row async for row in numbered])


def _one_each(vault: Vault, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """The latest dossier of each person: one person has a dossier in every municipality that pays for them."""
    latest: dict[Any, UUID] = {}
    for row in rows:
        bsn = Dossier.from_row(row).open(vault).bsn
        latest.setdefault(bsn or row["client_id"], row["pseudonym"])
    return list(latest.values())


async def _municipalities(unit: Unit) -> list[str]:
    """Every municipality of today, and those that are no more in which the provider worked. To look in each takes
    milliseconds; to read where all journeys of a large provider are takes a tenth of a second.
    """
    worked = {row["municipality"] async for row in queries.municipalities_of_provider(unit.conn)}
    return sorted(worked | centres().keys())


async def _with_citizen_number(
    unit: Unit, vault: Vault, bsn: Bsn, municipalities: Sequence[str]
) -> list[Mapping[str, Any]]:
    """The dossiers of a person that the caller may see; a blind index is of one municipality, so each has its own."""
    rows = queries.clients_by_citizen_number(
        unit.conn,
        municipalities=list(municipalities),
        indexes=[vault.index(municipality, "bsn", bsn.digits) for municipality in municipalities],
    )
    return [row async for row in rows]
