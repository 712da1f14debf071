"""Allocations in PostgreSQL: each as the latest decision on it left it, whether it belongs to a journey or not."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import chain
from typing import Any, NamedTuple

import asyncpg

from contracts.events.commissioning import Law
from contracts.events.commissioning import Unit as CountedIn
from contracts.events.referral import Frequency
from services.kit.problems import Conflict, NotFound, Text
from services.kit.unit import Unit
from services.referral.domain.allocation import REMOVED, Allocation, CareRelation
from services.referral.domain.referral import Referral
from services.referral.store import queries

_COLUMNS = {field.name: "change_reason" if field.name == "reason" else field.name for field in fields(Allocation)}
"""The column of each attribute."""


class Approved(NamedTuple):
    """What was declared on an allocation, approved and not credited, in one unit; euros count in cents."""

    unit: CountedIn
    volume: int
    cents: int


def _row(allocation: Allocation) -> dict[str, Any]:
    row = {column: getattr(allocation, name) for name, column in _COLUMNS.items()}
    return row | {"granted_at": row["decided_at"]}


def from_row(row: asyncpg.Record) -> Allocation:
    """The allocation in a row."""
    values = {name: row[column] for name, column in _COLUMNS.items()}
    values["law"] = Law(values["law"])
    values["unit"] = CountedIn(values["unit"]) if values["unit"] else None
    values["frequency"] = Frequency(values["frequency"]) if values["frequency"] else None
    return Allocation(**values)


async def put(unit: Unit, allocations: Iterable[Allocation]) -> None:
    """Store what was decided. An earlier decision on the same number than the stored one changes nothing (OP080)."""
    await unit.ask(_put, [_row(each) for each in allocations])


async def _put(unit: Unit, asked: Sequence[Sequence[dict[str, Any]]]) -> Sequence[None]:
    await queries.put_allocations(unit.conn, rows=list(chain.from_iterable(asked)))
    return [None] * len(asked)


async def grant(unit: Unit, *granted: Referral, reference: str | None = None) -> None:
    """Store the allocations under which journeys are served. ``reference`` is of the request that is granted."""
    await put(unit, [Allocation.of(each, reference) for each in granted])


async def take_back(unit: Unit, referral: Referral) -> None:
    """Nobody may deliver under this allocation any more: it counts as never made (reason 13)."""
    await queries.take_allocation_back(
        unit.conn,
        municipality=referral.municipality,
        law=referral.assignment.law,
        number=referral.granted.number,
        reason=REMOVED,
        at=unit.now,
    )


async def of_relation(unit: Unit, relation: CareRelation) -> dict[int, Allocation]:
    """All allocations of a client at a provider, by number, locked in the order of their numbers."""
    rows = queries.allocations_of_relation(unit.conn, **relation._asdict())
    return {row["number"]: from_row(row) async for row in rows}


async def claimed(unit: Unit, relation: CareRelation, numbers: Iterable[int]) -> frozenset[int]:
    """Which of these allocations have approved services that were not credited (TR385)."""
    rows = queries.claimed_allocations(
        unit.conn, municipality=relation.municipality, law=relation.law, numbers=list(numbers)
    )
    return frozenset([row["number"] async for row in rows])


async def approved(unit: Unit, relation: CareRelation, *numbers: int) -> list[Approved]:
    """What stands approved on these allocations together, per unit."""
    rows = queries.standing_of(
        unit.conn,
        municipality=relation.municipality,
        provider=relation.provider,
        law=relation.law,
        numbers=list(numbers),
    )
    return [Approved(CountedIn(row["unit"]), row["volume"], row["cents"]) async for row in rows]


async def wait_in_line(unit: Unit, relation: CareRelation) -> None:
    """Decisions about one client at one provider come one after the other."""
    await queries.wait_in_line_for(unit.conn, line="/".join(map(str, relation)))


async def lock(unit: Unit, municipality: str, law: Law, number: int) -> Allocation:
    """One allocation, locked with all others of its client at its provider. Raises ``NotFound``."""
    row = await queries.get_allocation(unit.conn, municipality=municipality, law=law, number=number)
    if row is None:
        raise unknown()
    relation = from_row(row).relation
    await wait_in_line(unit, relation)
    return (await of_relation(unit, relation))[number]


def unknown() -> NotFound:
    """The caller has no such allocation."""
    return NotFound(
        Text(
            "Deze toewijzing bestaat niet, of is niet van uw organisatie. Zoek haar op in de lijst met toewijzingen.",
            "This allocation does not exist, or is not your organisation's. Look it up in the list of allocations.",
        )
    )


async def stacked(unit: Unit, *decided: Allocation) -> Allocation | None:
    """An allocation of the same product in the same days, other than the decided ones (OP259).

    Of two decisions at the same moment the second waits here, and finds what the first one made.
    """
    numbers = {each.number for each in decided}
    for each in decided:
        await wait_in_line(unit, each.relation)
        for number, other in (await of_relation(unit, each.relation)).items():
            if number not in numbers and each.stacks_with(other):
                return other
    return None


async def held(unit: Unit, *asked: Allocation) -> list[asyncpg.Record]:
    """The rows of what a client has been allocated already of what is ``asked``, in the same days (OP307)."""
    if not asked:
        return []
    rows = queries.allocations_held(unit.conn, **asked[0].relation._asdict())
    return [row async for row in rows if any(each.stacks_with(from_row(row)) for each in asked)]


async def require_room(unit: Unit, *decided: Allocation) -> None:
    """Raises ``Conflict`` when a decision would stand beside another allocation of the same product (OP259)."""
    other = await stacked(unit, *decided)
    if other is not None:
        until = f" tot en met {other.ends_on:%d-%m-%Y}" if other.ends_on else ""
        last = f" up to and including {other.ends_on}" if other.ends_on else ""
        raise Conflict(
            Text(
                f"Deze cliënt heeft dit product bij deze aanbieder al: toewijzing {other.number}, vanaf"
                f" {other.starts_on:%d-%m-%Y}{until}. Kies een andere periode, of wijzig die toewijzing"
                " (iStandaarden OP259).",
                f"This client already has this product at this provider: allocation {other.number}, from"
                f" {other.starts_on}{last}. Choose another period, or change that allocation"
                " (iStandaarden OP259).",
            ),
            code="stacking",
        )
