"""Parked events: those that a handler keeps refusing, and behind them the later events of the same key.

The rest of the stream flows on. An operator retries a key in order, or drops an event with a reason; a rebuild
honours what was dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.envelope import Envelope
from services.kit.database import Database
from services.kit.projections import Projection, parse
from services.kit.unit import Unit

BEHIND = "waits behind an earlier event of the same key"


class NoSuchDeadLetter(LookupError):
    """There is no open parked event with that number."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A parked event, as an operator sees it. ``id`` is what ``samenspel events dead`` takes."""

    id: int
    group: str
    source: str
    partition: int
    sequence: int
    key: str
    type: str
    error: str
    parked_at: datetime


async def park(unit: Unit, group: str, events: Sequence[Envelope], error: str) -> None:
    """Set events aside, in order."""
    await unit.conn.executemany(
        """insert into dead_letter
             (group_name, source, partition, sequence, key, type, data, time, trace, error, parked_at)
           values ($1, $2, $3, $4, $5, $6, ($7::text)::jsonb, $8, $9, $10, $11)
           on conflict (group_name, source, partition, sequence) do nothing""",
        [
            (
                group,
                event.service,
                event.partition,
                event.sequence,
                event.key,
                event.type,
                event.data.decode(),
                event.time,
                event.traceparent,
                error,
                unit.now,
            )
            for event in events
        ],
    )


async def open_letters(database: Database) -> list[DeadLetter]:
    """Every parked event of this service that nobody resolved yet, oldest first."""
    rows = await database.worker.fetch(
        """select id, group_name as "group", source, partition, sequence, key, type, error, parked_at
           from dead_letter where resolved_at is null order by id"""
    )
    return [DeadLetter(**dict(row)) for row in rows]


async def _open(unit: Unit, letter: int) -> Any:
    row = await unit.conn.fetchrow("select * from dead_letter where id = $1 and resolved_at is null for update", letter)
    if row is None:
        raise NoSuchDeadLetter(f"there is no open parked event {letter}; list them with: samenspel events dead list")
    return row


async def retry(unit: Unit, projections: Sequence[Projection], letter: int) -> int:
    """Apply the parked events of the letter's key, in order; gives how many. All or nothing.

    Raises what the handler raises when it still refuses: then nothing has changed.
    """
    wanted = await _open(unit, letter)
    [projection] = [one for one in projections if one.group == wanted["group_name"]]
    await _lock_position(unit, wanted)
    rows = await unit.conn.fetch(
        """select *, data::text as text from dead_letter
           where group_name = $1 and source = $2 and partition = $3 and key = $4 and resolved_at is null
           order by sequence for update""",
        wanted["group_name"],
        wanted["source"],
        wanted["partition"],
        wanted["key"],
    )
    for row in rows:
        await projection.apply(unit, [parse(_envelope(row))])
    await unit.conn.execute(
        "update dead_letter set resolution = 'retried', resolved_at = $2 where id = any($1::bigint[])",
        [row["id"] for row in rows],
        unit.now,
    )
    return len(rows)


async def drop(unit: Unit, letter: int, reason: str) -> None:
    """Give up one parked event for good, saying why. Those behind it stay parked until they are retried."""
    await _open(unit, letter)
    await unit.conn.execute(
        "update dead_letter set resolution = 'dropped', resolved_at = $2, reason = $3 where id = $1",
        letter,
        unit.now,
        reason,
    )


async def _lock_position(unit: Unit, row: Any) -> None:
    """Keep the consumer of this partition out while its parked events are applied."""
    await unit.conn.execute(
        "select from consumer_position where group_name = $1 and source = $2 and partition = $3 for update",
        row["group_name"],
        row["source"],
        row["partition"],
    )


def _envelope(row: Any) -> Envelope:
    return Envelope(
        service=row["source"],
        partition=row["partition"],
        sequence=row["sequence"],
        key=row["key"],
        type=row["type"],
        time=row["time"],
        data=row["text"].encode(),
        traceparent=row["trace"],
    )
