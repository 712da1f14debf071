"""What is known of a message when it comes in, in two round trips: of the message itself, and of whom it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

import asyncpg

from contracts.values import PartyId
from services.kit.unit import Unit
from services.referral.domain.allocation import Allocation, CareRelation
from services.referral.domain.deliveries import Delivery
from services.referral.domain.referral import Referral
from services.referral.store import allocations, chain_requests, clients, deliveries, queries, referrals
from services.referral.store.chain_requests import ChainRequest
from services.referral.store.clients import Dossier, Known, line_of
from services.referral.store.messages import identification_of
from services.referral.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Before:
    """``earlier`` is the row of the message that came before with the same text, or else under the same identification,
    with the name and kind of its answer. ``next_identification`` is for the answer to the one that came now.
    """

    earlier: Mapping[str, Any] | None
    next_identification: str


async def meet_message(
    unit: Unit, vault: Vault, sender: PartyId, mark: bytes, kind: str | None = None, identification: str | None = None
) -> Before:
    """What came before of ``sender``. The same message twice at the same moment comes one after the other."""
    line = line_of(vault.mark(f"{sender}\x1f{kind}\x1f{identification}".encode()) if identification else mark)
    row = await unit.ask(_messages, (line, sender, kind, identification, mark))
    earlier, answer = (_present(row[name], "message_id") for name in ("earlier", "answer"))
    if earlier is not None:
        earlier |= {"answer_id": answer and answer["message_id"], "answer_kind": answer and answer["kind"]}
    return Before(earlier, identification_of(row["number"]))


async def _messages(
    unit: Unit, asked: Sequence[tuple[int, PartyId, str | None, str | None, bytes]]
) -> Sequence[asyncpg.Record]:
    """Rows of ``meet_message``; lines are joined in their order, so that nobody waits for each other in a circle."""
    in_line = sorted(asked, key=itemgetter(0))
    lines, senders, kinds, identifications, marks = zip(*in_line, strict=True)
    met = queries.meet_messages(
        unit.conn, lines=lines, senders=senders, kinds=kinds, identifications=identifications, marks=marks
    )
    rows = dict(zip(lines, [row async for row in met], strict=True))
    return [rows[line] for line, *_ in asked]


async def _clients(unit: Unit, asked: Sequence[dict[str, Any]]) -> Sequence[asyncpg.Record]:
    """Rows of ``meet_client``; as above."""
    in_line = sorted(asked, key=itemgetter("line"))
    met = queries.meet_clients(unit.conn, asked=in_line)
    rows = dict(zip([each["line"] for each in in_line], [row async for row in met], strict=True))
    return [rows[each["line"]] for each in asked]


def _present(found: asyncpg.Record | None, key: str) -> dict[str, Any] | None:
    """A row that a function gave; one that it did not find has nothing but empty columns."""
    return None if found is None or found[key] is None else dict(found.items())


@dataclass(frozen=True, slots=True)
class Met:
    """What a client, a provider and a municipality told each other under one law; journeys and allocations are locked.

    ``requested`` are the requests under the references that were asked for, and those of the client that wait.
    ``claimed`` and ``of_others`` are numbers of allocations on which services were approved (TR385), and of those that
    were asked for the ones that other clients have (TR332). ``categories`` are those of a product (empty: unknown).
    """

    relation: CareRelation
    journeys: Mapping[UUID, Referral]
    allocations: Mapping[int, Allocation]
    deliveries: tuple[tuple[UUID, Delivery], ...]
    requested: tuple[ChainRequest, ...]
    claimed: frozenset[int]
    of_others: frozenset[int]
    categories: Mapping[str, frozenset[str]]


async def meet_client(
    unit: Unit,
    vault: Vault,
    anybody: CareRelation,
    bsn: str | None,
    *,
    references: Sequence[str] | None,
    numbers: Sequence[int] | None,
    products: Sequence[str],
) -> Met:
    """All about the client with this citizen number in ``anybody``, a relation of whom is not known yet.

    Messages about one client come one after the other, and without one those of a relation do. What is ``None`` is not
    looked up.
    """
    index = vault.index(anybody.municipality, "bsn", bsn) if bsn is not None else None
    line = line_of(index or vault.mark("\x1f".join(map(str, anybody)).encode()))
    asked = {"line": line, "refs": references, "numbers": numbers, "products": products}
    asked |= {"municipality": anybody.municipality, "provider": anybody.provider, "law": anybody.law}
    row = await unit.ask(_clients, asked | {"bsn_index": index and f"\\x{index.hex()}"})
    known, person = None, _present(row["person"], "client_id")
    if row["who"] is not None:
        known = Known(row["who"], row["stream"], row["dossier"])
    clients.remember(unit, index, known, Dossier.from_row(person) if person is not None else None)
    return Met(
        anybody._replace(client_id=row["who"]),
        {each["referral_id"]: referrals.from_row(each) for each in row["journeys"] or ()},
        {each["number"]: allocations.from_row(each) for each in row["allocated"] or ()},
        tuple(deliveries.from_row(each) for each in row["reported"] or ()),
        tuple(chain_requests.from_row(each) for each in row["requested"] or ()),
        frozenset(row["claimed"] or ()),
        frozenset(row["of_others"] or ()),
        {code: frozenset(each) for code, each in (row["categories"] or {}).items()},
    )
