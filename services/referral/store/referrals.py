"""Journeys in PostgreSQL: from row to referral and back, and the lists that people see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

import asyncpg

from contracts.events.commissioning import Law
from contracts.events.commissioning import Unit as CountedIn
from contracts.events.referral import Assignment, Channel, Frequency, NotBegunReason, Referrer, StopReason
from services.kit.problems import NotFound, Text
from services.kit.unit import Connection, Unit
from services.referral.domain.allocation import CareRelation
from services.referral.domain.journey import Status
from services.referral.domain.orders import ReferralOrder
from services.referral.domain.reasons import WaitReason
from services.referral.domain.referral import Referral
from services.referral.domain.worklist import tasks
from services.referral.store import queries
from services.referral.store.composed import Composed, Side, is_side

_SAME = (
    "referral_id",
    "municipality",
    "provider",
    "client_id",
    "client_stream",
    "client_dossier",
    "desired_start",
    "desired_end",
    "requested_at",
    "crisis",
    "wait_reason",
    "ordered_on",
    "responsible_municipality",
    "continued_as",
    "follows",
    "decision_due",
    "request_reference",
    "allocation_number",
    "granted_at",
    "starts_on",
    "ends_on",
    "accept_due",
    "start_due",
    "accepted_at",
    "started_on",
    "start_reported_at",
    "stopped_on",
    "stop_reported_at",
    "reason",
    "ended_at",
    "offers",
    "declined_by",
    "reminded",
    "escalated",
    "investigated",
    "stop_due",
    "report_due",
    "spell",
    "expected_on",
    "watch",
)
_ASSIGNMENT = ("law", "product_code", "category", "unit", "frequency", "volume", "total_units", "by_effort")
_UPDATED = [
    *(name for name in _SAME if name not in {"referral_id", "municipality"}),
    *_ASSIGNMENT,
    "status",
    "referrer",
    "channel",
    "stop_reason",
    "not_begun",
    "provider_task",
    "provider_due",
    "municipality_task",
    "municipality_due",
    "changed_at",
]
_KNOWN_BESIDES = (
    "(select own_number from provider_client where provider_client.client_id = referral.client_id"
    " and provider_client.provider = my_provider()) as own_number,"
    " (select name from known_provider where known_provider.provider = referral.provider) as provider_name"
)
_UPDATE = (
    f"update referral set {', '.join(f'{name} = new.{name}' for name in _UPDATED)} "  # noqa: S608 - columns of ours
    "from unnest($1::uuid[], $2::jsonb[]) as given (id, told)"
    " cross join lateral jsonb_populate_record(null::referral, told) as new where referral.referral_id = given.id"
)


def to_row(referral: Referral, now: datetime) -> dict[str, Any]:
    """A journey as a row, with its place on the worklists."""
    todo = tasks(referral)
    row: dict[str, Any] = {name: getattr(referral, name) for name in _SAME}
    for name in _ASSIGNMENT:
        row[name] = getattr(referral.assignment, name)
    row |= {
        "status": referral.status,
        "referrer": referral.referrer,
        "channel": referral.channel,
        "stop_reason": referral.stop_reason,
        "not_begun": referral.not_begun,
        "provider_task": todo.provider,
        "provider_due": todo.provider_due,
        "municipality_task": todo.municipality,
        "municipality_due": todo.municipality_due,
        "changed_at": now,
    }
    return row


def from_row(row: asyncpg.Record) -> Referral:
    """The journey in a row."""
    values = {name: row[name] for name in _SAME}
    for name in ("declined_by", "reminded", "escalated"):
        values[name] = tuple(values[name])
    values["wait_reason"] = WaitReason(row["wait_reason"]) if row["wait_reason"] else None
    return Referral(
        **values,
        status=Status(row["status"]),
        assignment=Assignment(
            law=Law(row["law"]),
            product_code=row["product_code"],
            category=row["category"],
            unit=CountedIn(row["unit"]),
            frequency=Frequency(row["frequency"]),
            volume=row["volume"],
            total_units=row["total_units"],
            by_effort=row["by_effort"],
        ),
        referrer=Referrer(row["referrer"]),
        channel=Channel(row["channel"]),
        stop_reason=StopReason(row["stop_reason"]) if row["stop_reason"] else None,
        not_begun=NotBegunReason(row["not_begun"]) if row["not_begun"] else None,
    )


def unknown() -> NotFound:
    """The caller has no such journey."""
    return NotFound(
        Text(
            "Deze aanvraag bestaat niet, of is niet van uw organisatie. Zoek haar op via de werklijst.",
            "This referral does not exist, or is not your organisation's. Look it up through the worklist.",
        )
    )


async def get(conn: Connection, referral_id: UUID) -> Referral:
    """One journey. Raises ``NotFound``."""
    row = await queries.get_referral(conn, referral_id=referral_id)
    if row is None:
        raise unknown()
    return from_row(row)


async def lock(conn: Connection, referral_id: UUID) -> Referral:
    """One journey, locked to the end of the transaction. Raises ``NotFound``."""
    row = await queries.lock_referral(conn, referral_id=referral_id)
    if row is None:
        raise unknown()
    return from_row(row)


async def of_relation(unit: Unit, relation: CareRelation) -> dict[UUID, Referral]:
    """All journeys of a client at a provider, locked, always in the same order."""
    rows = queries.lock_journeys(unit.conn, **relation._asdict())
    return {row["referral_id"]: from_row(row) async for row in rows}


async def insert(unit: Unit, *referrals: Referral) -> None:
    """Store new journeys."""
    await unit.ask(_insert, [to_row(each, unit.now) for each in referrals])


async def _insert(unit: Unit, asked: Sequence[Sequence[dict[str, Any]]]) -> Sequence[None]:
    await queries.insert_referrals(unit.conn, rows=list(chain.from_iterable(asked)))
    return [None] * len(asked)


async def update(unit: Unit, referral: Referral) -> None:
    """Store what an act made of a journey."""
    await unit.ask(_update, (referral.referral_id, to_row(referral, unit.now)))


async def _update(unit: Unit, asked: Sequence[tuple[UUID, dict[str, Any]]]) -> Sequence[None]:
    await unit.conn.execute(_UPDATE, *map(list, zip(*asked, strict=True)))
    return [None] * len(asked)


_IN_CARE = frozenset({Status.STARTED.value, Status.PAUSED.value})


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows. ``tasks`` make it a worklist: earliest due first; otherwise by ``order``: the latest request,
    or the first last day first."""

    status: Sequence[str] = ()
    tasks: Sequence[str] = ()
    municipality: str | None = None
    provider: str | None = None
    product_code: str | None = None
    escalated: bool = False
    elsewhere: bool = False
    order: ReferralOrder = ReferralOrder.REQUESTED


async def listed(
    conn: Connection, side: Side | None, wanted: Filter, after: tuple[datetime | date, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """A page of journeys. ``side`` is which of the two the caller is; ``None`` for who sees all and has no worklist."""
    query = Composed(is_side(side))
    if wanted.tasks:
        if side is None:
            return []
        # A crisis stands on top, whatever else is due.
        at = f"{side}_due - case when crisis then interval '100 years' else interval '0' end"
        direction, beyond = "asc", ">"
        query.add(f"{side}_task = any({{}}::text[])", list(wanted.tasks))
    elif wanted.order is ReferralOrder.ENDS:
        at, direction, beyond = "coalesce(ends_on, '9999-12-31'::date)", "asc", ">"
    else:
        at, direction, beyond = "requested_at", "desc", "<"
    if wanted.status:
        query.add("status = any({}::text[])", list(wanted.status))
        if _IN_CARE.issuperset(wanted.status):
            # Said again as the index of these says it.
            query.add("status in ('started', 'paused')")
    query.equal(municipality=wanted.municipality, provider=wanted.provider, product_code=wanted.product_code)
    if wanted.escalated:
        query.add("cardinality(escalated) > 0")
    if wanted.elsewhere:
        query.add("status = 'refused' and responsible_municipality is not null and continued_as is null")
    if after is not None:
        query.add(f"({at}, referral_id) {beyond} ({{}}, {{}})", *after)
    text = (
        f"select referral.*, {at} as position_at, {_KNOWN_BESIDES} from referral where {query.where} "  # noqa: S608
        f"order by {at} {direction}, referral_id {direction} limit {query.given(limit)}"
    )
    return await conn.fetch(text, *query.values)
