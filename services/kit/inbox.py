"""Applying a batch of one partition exactly once: the position and the read model are one transaction.

The row (group, source, partition) is locked; what lies at or before ``last`` is skipped, a hole is not stepped over,
and the rest is applied. Lock and recheck fence a consumer that lost the partition without knowing it.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import asyncpg
import structlog

from contracts.envelope import Envelope
from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.dead_letters import BEHIND, park
from services.kit.projections import Projection, Received, parse
from services.kit.unit import Unit

log = structlog.get_logger(__name__)

ATTEMPTS = 3
INFRASTRUCTURE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.InsufficientResourcesError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    OSError,
)
"""Failures that say nothing about the event: the batch is tried again, never parked."""


@dataclass(slots=True)
class Delivery:
    """Events of one source partition, in order, with the Kafka offset behind the last and the topic's id."""

    source: str
    partition: int
    events: list[Envelope]
    next_offset: int
    topic_id: str
    parsed: dict[int, Received] = field(default_factory=dict)
    """Events that were parsed ahead, by sequence; the others are parsed when they are applied."""
    sent_at: float | None = None
    """When Kafka got the first of them, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery. ``missing`` is the first sequence that was expected and not there, if any."""

    applied: int = 0
    skipped: int = 0
    parked: int = 0
    missing: int | None = None

    def __add__(self, later: "Outcome") -> "Outcome":
        return Outcome(
            self.applied + later.applied, self.skipped + later.skipped, self.parked + later.parked, later.missing
        )


def _halves(delivery: Delivery) -> tuple[Delivery, Delivery]:
    middle = len(delivery.events) // 2
    first = replace(
        delivery,
        events=delivery.events[:middle],
        next_offset=delivery.next_offset - (len(delivery.events) - middle),
    )
    return first, replace(delivery, events=delivery.events[middle:])


class Inbox:
    """The exactly-once end of a consumer group, for any way in which events arrive."""

    def __init__(self, database: Database, projection: Projection) -> None:
        self._database = database
        self._projection = projection

    async def positions(self, source: str) -> dict[int, tuple[int | None, str | None]]:
        """Per partition of ``source``: the Kafka offset to read next and the id of the topic it belongs to."""
        rows = await self._database.worker.fetch(
            "select partition, kafka_offset, topic_id from consumer_position where group_name = $1 and source = $2",
            self._projection.group,
            source,
        )
        return {row["partition"]: (row["kafka_offset"], row["topic_id"]) for row in rows}

    async def take(self, delivery: Delivery) -> Outcome:
        """Apply a delivery; when it fails, its halves, down to the events that keep failing: those are parked."""
        try:
            return await self._take_batch(delivery)
        except INFRASTRUCTURE:
            raise
        except Exception as error:  # it holds a poison event: find it
            log.warning(
                "batch_refused", group=self._projection.group, events=len(delivery.events), error=type(error).__name__
            )
        if len(delivery.events) == 1:
            return await self._take_or_park(delivery)
        first, second = _halves(delivery)
        outcome = await self.take(first)
        return outcome if outcome.missing is not None else outcome + await self.take(second)

    async def _take_batch(self, delivery: Delivery) -> Outcome:
        async with self._opened(delivery) as (unit, last, parked):
            due, missing = self._due(delivery.events, last)
            behind = [event for event in due if event.key in parked]
            flowing = [event for event in due if event.key not in parked]
            if behind:
                await park(unit, self._projection.group, behind, BEHIND)
            if flowing:
                parsed = delivery.parsed
                await self._projection.apply(unit, [parsed.get(event.sequence) or parse(event) for event in flowing])
            await self._store(unit, delivery, due, missing)
        return Outcome(len(flowing), len(delivery.events) - len(due), len(behind), missing)

    async def _take_or_park(self, single: Delivery) -> Outcome:
        last_error = ""
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._take_batch(single)
            except INFRASTRUCTURE:
                raise
            except Exception as error:  # any failure of a handler parks the event instead of stopping the stream
                last_error = f"{type(error).__name__}: {error}"
        [event] = single.events
        log.error("event_parked", group=self._projection.group, event_id=event.id, event_type=event.type)
        async with self._opened(single) as (unit, last, _):
            due, missing = self._due(single.events, last)
            if due:
                await park(unit, self._projection.group, due, last_error)
            await self._store(unit, single, due, missing)
        return Outcome(parked=len(due), skipped=1 - len(due), missing=missing)

    @asynccontextmanager
    async def _opened(self, delivery: Delivery) -> AsyncIterator[tuple[Unit, int, set[str]]]:
        """A unit that holds the position: with the last sequence that was applied, and the keys that are parked."""
        actor = Actor.system()
        async with self._database.worker.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(
                "select business_now, reached, parked from open_delivery($1, $2, $3, $4)",
                actor.party,
                self._projection.group,
                delivery.source,
                delivery.partition,
            )
            if row is None:
                raise RuntimeError("open_delivery gave no row")
            unit = Unit(conn=connection, service=self._database.service, actor=actor, now=row["business_now"])
            yield unit, row["reached"], set(row["parked"])
            if unit.emitted:
                # Others act upon an event: it is on disk before anybody can see it.
                await connection.execute("set local synchronous_commit to default")
                await unit.append_events()

    @staticmethod
    def _due(events: Sequence[Envelope], last: int) -> tuple[list[Envelope], int | None]:
        """The events that come next, up to a hole; and the first missing sequence if there is a hole."""
        due: list[Envelope] = []
        for event in events:
            if event.sequence <= last:
                continue
            if event.sequence > last + 1:
                return due, last + 1
            due.append(event)
            last = event.sequence
        return due, None

    async def _store(self, unit: Unit, delivery: Delivery, due: Sequence[Envelope], missing: int | None) -> None:
        if missing is not None and not due:
            return
        await unit.conn.execute(
            """update consumer_position
               set last = greatest(last, $4), kafka_offset = coalesce($5, kafka_offset), topic_id = $6
               where group_name = $1 and source = $2 and partition = $3""",
            self._projection.group,
            delivery.source,
            delivery.partition,
            due[-1].sequence if due else 0,
            None if missing is not None else delivery.next_offset,
            delivery.topic_id,
        )
