"""Who a referral is about: many people admitted at once, looks into dossiers, and erasure."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from services.kit.problems import Conflict, NotFound, Text
from services.kit.unit import Unit
from services.referral.commands import EraseClient
from services.referral.domain.journey import ENDED
from services.referral.domain.person import Person
from services.referral.handlers.context import Context
from services.referral.store import clients, queries, relations
from services.referral.store.clients import Dossier, Known, NewClient
from services.referral.vault.vault import Vault
from services.referral.views import ClientErased, ClientView


async def admit_all(unit: Unit, vault: Vault, people: Sequence[tuple[str, Person]]) -> list[Known]:
    """The client of each (municipality, person): known already, the same as another in the list, or new.

    Two people are one when they share a citizen number or a reference in one municipality.
    """
    marks = [clients.indexes(vault, municipality, person) for municipality, person in people]
    wanted = {mark for pair in marks for mark in pair if mark is not None}
    by_mark: dict[bytes, Known] = {}
    found = queries.find_known_clients(
        unit.conn, municipalities=sorted({municipality for municipality, _ in people}), indexes=list(wanted)
    )
    async for row in found:
        known = Known(row["client_id"], row["stream"], row["dossier"])
        by_mark.update({bytes(mark): known for mark in (row["bsn_index"], row["reference_index"]) if mark})

    result: list[Known] = []
    new: list[NewClient] = []
    for (municipality, person), (by_bsn, by_reference) in zip(people, marks, strict=True):
        one = by_mark.get(by_bsn or b"") or by_mark.get(by_reference or b"")
        if one is None:
            one = Known(uuid4(), uuid4(), uuid4())
            new.append(NewClient(one, municipality, person, by_bsn, by_reference))
        by_mark.update({mark: one for mark in (by_bsn, by_reference) if mark})
        result.append(one)
    if new:
        await clients.insert(unit, vault, new)
    return result


async def look(unit: Unit, vault: Vault, pseudonyms: Sequence[UUID]) -> list[ClientView]:
    """Who these clients are, as far as the caller has a relation with them. Each look is recorded.

    Not a command: its answer is personal data, which no answer log may keep. The transaction must be read-write.
    """
    found: list[ClientView] = []
    async for row in queries.clients_of_pseudonyms(unit.conn, pseudonyms=list(pseudonyms)):
        if row["erased_at"] is not None:
            continue
        dossier = Dossier.from_row(row)
        silent = relations.opened(vault, dossier, row["circumstances"]).silent
        found.append(
            ClientView.of(
                row["pseudonym"],
                dossier.open(vault),
                row["own_number"],
                version=row["version"],
                no_messages=silent,
            )
        )
    await clients.record_looks(unit, "look-into-dossier", [each.client for each in found])
    return found


async def erase_client(context: Context, command: EraseClient, unit: Unit) -> ClientErased:
    """Throw a person's key away. Raises ``Conflict`` while a journey of theirs runs, ``NotFound``."""
    row = await queries.lock_client_of_pseudonym(unit.conn, pseudonym=command.client)
    if row is None:
        raise NotFound()
    if row["erased_at"] is not None:
        return ClientErased(client=command.client, erased_at=row["erased_at"], changed=False)
    running = await queries.count_running(unit.conn, client_id=row["client_id"], ended=sorted(ENDED))
    if running:
        raise Conflict(
            Text(
                "Van deze cliënt loopt nog ondersteuning of een aanvraag. Beëindig die eerst; wis daarna.",
                "This client still has care or a request under way. End that first; then the data can be erased.",
            ),
            code="journey-running",
        )
    await clients.record_looks(unit, "erase-dossier", [command.client])
    await clients.erase(unit, row["client_id"], command.reason)
    return ClientErased(client=command.client, erased_at=unit.now)
