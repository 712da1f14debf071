"""Fetch what you missed: the events of a service that a caller may see, over plain HTTP.

``GET /v1/events?after=<cursor>`` gives the events whose audience includes the caller's party, in the order of the log
within each key; the cursor is a place in every partition of the log, so a follower never loses one and never sees one
twice as long as it keeps the last cursor. ``wait`` holds the answer until there is something to tell (long poll);
``recent`` begins near the end of the log, for who wants to know what is new and not what ever was.
"""

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import asyncpg
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field, StringConstraints

from contracts.envelope import Envelope, to_structured
from contracts.values import Role
from services.kit.actor import Actor
from services.kit.auth import allow
from services.kit.database import Database
from services.kit.paging import bad_cursor, decode_cursor, encode_cursor

EventType = Annotated[str, StringConstraints(pattern=r"^nl\.samenspel\.[a-z.-]+\.v[0-9]+$", max_length=100)]
MAX_TYPES = 50
MAX_WAIT_SECONDS = 30
MAX_EVENTS = 500
SCAN = 20_000
"""How many places of the log, per partition, one look may pass over: bounds the work for a party that sees little."""
POLL_SECONDS = 0.25
SCAN_SECONDS = 5
"""How long a request may search on for a party that sees little, before it gives a cursor to go on from."""

# Row-level security already hides what is not for the caller; the audience is asked again so that neither wall stands
# alone. The log is dense, so "up to the head" is exact: what is not seen below it will never be.
_EVENTS = """
    select head.partition, least(head.last, place.sequence + $4) as scanned, head.last,
           event.sequence, event.key, event.type, event.data, event.time, event.trace
    from unnest($1::int[], $2::bigint[]) as place (partition, sequence)
    join log_head as head on head.partition = place.partition
    left join lateral (
        select e.sequence, e.key, e.type, e.data, e.time, e.trace
        from event_log as e
        where e.partition = place.partition
          and e.sequence > place.sequence
          and e.sequence <= place.sequence + $4
          and ($5::text is null or e.audience @> array[$5::text])
          and ($6::text[] is null or e.type = any($6))
        order by e.sequence
        limit $3
    ) as event on true
    order by head.partition, event.sequence
"""


class CloudEvent(BaseModel):
    """An event in CloudEvents 1.0 structured mode (NL GOV profile 1.1)."""

    specversion: str = Field(examples=["1.0"])
    id: str = Field(description="Place in the log; the same however often the event is published.", examples=["3-42"])
    source: str = Field(description="The publishing system.", examples=["urn:nld:oin:00000099000000000000:systeem:x"])
    type: str = Field(examples=["nl.samenspel.agreements.concluded.v1"])
    subject: str = Field(description="Opaque identifier of what the event is about.")
    time: str = Field(description="When it was logged, UTC.", examples=["2026-08-31T09:00:00.000000Z"])
    sequence: str = Field(description="Place within its partition, zero-padded.")
    partitionkey: str
    datacontenttype: str = Field(examples=["application/json"])
    traceparent: str | None = Field(default=None, description="W3C trace context.")
    data: dict[str, Any]


class EventPage(BaseModel):
    """Events since a cursor, and the cursor to go on from; keep it, also when there were no events."""

    items: list[CloudEvent]
    next: str = Field(description="Give this as `after` next time.")


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the log found: events, the place in each partition, and whether the end was reached."""

    events: list[dict[str, Any]]
    places: dict[int, int]
    at_end: bool


async def look(
    conn: Any,
    service: str,
    party: str | None,
    places: Mapping[int, int],
    limit: int,
    types: Sequence[str] | None = None,
) -> Look:
    """At most ``limit`` events of ``types`` after ``places``, oldest first, that ``party`` may see (``None``: all)."""
    rows: Sequence[asyncpg.Record] = await conn.fetch(
        _EVENTS, list(places), [places[partition] for partition in places], limit, SCAN, party, types
    )
    found: dict[int, list[asyncpg.Record]] = {}
    scanned: dict[int, int] = {}
    at_end = True
    for row in rows:
        events = found.setdefault(row["partition"], [])
        scanned[row["partition"]] = row["scanned"]
        at_end = at_end and row["scanned"] == row["last"]
        if row["sequence"] is not None:
            events.append(row)
    # A merge, not a sort: times may go back within a partition, the order of the log may not.
    merged = list(heapq.merge(*found.values(), key=lambda row: row["time"]))
    taken = merged[:limit]
    reached = dict(places)
    for partition, events in found.items():
        if len(events) < limit:
            reached[partition] = max(places[partition], scanned[partition])
    for row in reversed(merged[limit:]):
        # Something of this partition is left for next time: go on right before the first of it.
        reached[row["partition"]] = row["sequence"] - 1
    for row in taken:
        reached[row["partition"]] = max(reached[row["partition"]], row["sequence"])
    return Look([_structured(service, row) for row in taken], reached, at_end and len(merged) <= limit)


def _structured(service: str, row: asyncpg.Record) -> dict[str, Any]:
    envelope = Envelope(
        service=service,
        partition=row["partition"],
        sequence=row["sequence"],
        key=row["key"],
        type=row["type"],
        time=row["time"],
        data=b"",
        traceparent=row["trace"],
    )
    return to_structured(envelope, row["data"])


def places_of(cursor: str | None, partitions: Sequence[int]) -> dict[int, int]:
    """The place in each partition that a cursor stands for; the beginning without one. Raises ``Invalid``."""
    places = dict.fromkeys(partitions, 0)
    if cursor is None:
        return places
    given = decode_cursor(cursor)
    if not isinstance(given, list) or len(given) > len(places):
        raise bad_cursor()
    for partition, sequence in zip(partitions, given, strict=False):
        if not isinstance(sequence, int) or isinstance(sequence, bool) or not 0 <= sequence < 2**62:
            raise bad_cursor()
        places[partition] = sequence
    return places


def events_router(
    *roles: Role,
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> APIRouter:
    """The route ``GET /events`` for callers with one of ``roles`` (all roles when none is named).

    ``app.state.database`` is the :class:`Database` of the service. ``pause`` waits between looks at the log.
    """
    router = APIRouter(tags=["events"])

    @router.get("/events", summary="Events that your organisation may see, since a cursor")
    async def list_events(
        request: Request,
        actor: Annotated[Actor, Depends(allow(*(roles or tuple(Role))))],
        after: Annotated[
            str | None, Query(max_length=1000, description="The `next` of the previous answer; leave out to begin.")
        ] = None,
        recent: Annotated[
            int | None,
            Query(
                ge=0, le=SCAN, description="Without `after`: begin this many places before the end of each partition."
            ),
        ] = None,
        types: Annotated[
            list[EventType] | None,
            Query(alias="type", max_length=MAX_TYPES, description="Only events of these types."),
        ] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_EVENTS, description="How many events at most.")] = 100,
        wait: Annotated[
            int, Query(ge=0, le=MAX_WAIT_SECONDS, description="How many seconds to wait for the first event.")
        ] = 0,
    ) -> EventPage:
        database: Database = request.app.state.database
        party = None if actor.is_system else actor.party
        began = clock()
        places: dict[int, int] | None = None
        while True:
            # A transaction per look: while waiting, no connection is held.
            async with database.reading(actor) as unit:
                if places is None:
                    heads = await unit.conn.fetch("select partition, last from log_head order by partition")
                    places = places_of(after, [head["partition"] for head in heads])
                    if after is None and recent is not None:
                        places = {head["partition"]: max(0, head["last"] - recent) for head in heads}
                seen = await look(unit.conn, database.service, party, places, limit, types)
            places = seen.places
            patience = wait if seen.at_end else max(wait, SCAN_SECONDS)
            if seen.events or clock() - began >= patience or await request.is_disconnected():
                break
            if seen.at_end:
                await pause(POLL_SECONDS)
        return EventPage.model_validate({"items": seen.events, "next": encode_cursor(list(places.values()))})

    return router
