"""Rebuilding every read model of a service from the event logs, to see that the one in use is what the events say.

The projection's own ``apply`` runs over the logs of its sources, in a scratch schema, up to where the live consumer is.
What was dropped or is still parked is left out, as the live one left it out; what it emits is thrown away.

It may be done while the service runs. The rebuild catches up until little is left; then the consumers are held for that
last bit, a snapshot of the database is taken, and they go on while the two are compared within the snapshot.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import asyncpg

from contracts.envelope import Envelope
from services.kit.actor import Actor
from services.kit.projections import Projection, parse
from services.kit.scratch import Comparison, Scratch
from services.kit.unit import Unit

BATCH = 1000
LITTLE = 2000
"""Events that may be left to apply while the consumers wait."""
ROUNDS = 20
LOCK_TIMEOUT = "30s"

Place: TypeAlias = tuple[str, int]
"""A source and one of its partitions."""


class RebuildFailed(Exception):
    """A read model cannot be rebuilt from the logs; the text says where it stopped and why."""


class _WroteLive(Exception):
    """A batch wrote tables in use, and is therefore undone."""

    def __init__(self, tables: list[str]) -> None:
        super().__init__(tables)
        self.tables = tables


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """One projection after the comparison. ``events`` were applied, ``left_out`` are parked or dropped ones."""

    group: str
    events: int
    left_out: int
    tables: tuple[Comparison, ...]

    @property
    def identical(self) -> bool:
        return not any(table.differing for table in self.tables)


async def rebuild(
    service: str, url: str, projections: Sequence[Projection], sources: Mapping[str, str]
) -> list[Rebuilt]:
    """Rebuild and compare, one projection after the other. ``sources`` are the database URLs of the source services.

    Raises ``RebuildFailed`` when a log does not hold what was consumed or an event is refused that was applied before,
    and ``ScratchInUse`` when somebody else is at it.
    """
    async with Scratch(url, service) as scratch, _worker(url, service) as guard:
        return [
            await _Rebuild(service, projection, scratch, guard, sources).run()
            for projection in projections
            if projection.tables
        ]


@asynccontextmanager
async def _worker(url: str, service: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    settings = {"role": f"{service}_worker", "search_path": service, "lock_timeout": LOCK_TIMEOUT}
    connection = await asyncpg.connect(url, server_settings=settings)
    try:
        yield connection
    finally:
        await connection.close()


@dataclass(slots=True)
class _Standing:
    """Where the live consumer is, and which events it has not applied."""

    last: dict[Place, int]
    out: set[tuple[str, int, int]]


@dataclass
class _Rebuild:
    """The rebuild of one projection."""

    service: str
    projection: Projection
    scratch: Scratch
    guard: "asyncpg.Connection[asyncpg.Record]"
    urls: Mapping[str, str]
    reached: dict[Place, int] = field(default_factory=dict)
    left_out: set[tuple[str, int, int]] = field(default_factory=set)
    events: int = 0
    copied: list[str] = field(default_factory=list)
    _logs: "dict[str, asyncpg.Connection[asyncpg.Record]]" = field(default_factory=dict)
    _session: Any = None

    async def run(self) -> Rebuilt:
        tables = self.projection.tables
        await self.scratch.make(tables)
        try:
            async with AsyncExitStack() as open_until_done:
                for topic in self.projection.sources:
                    if topic.service not in self.urls:
                        raise RebuildFailed(
                            f"{self.projection.group} needs the log of {topic.service}: set DATABASE_URL_"
                            f"{topic.service.upper()}"
                        )
                    self._logs[topic.service] = await open_until_done.enter_async_context(
                        _worker(self.urls[topic.service], topic.service)
                    )
                self._session = await self.scratch.worker()
                compared = await self._apply_and_compare()
            return Rebuilt(self.projection.group, self.events, len(self.left_out), compared)
        finally:
            if self._session is not None:
                await self._session.close()
            await self.scratch.remove([*tables, *self.copied])

    async def _apply_and_compare(self) -> tuple[Comparison, ...]:
        for _ in range(ROUNDS):
            standing = await self._standing()
            if sum(standing.last.values()) - sum(self.reached.values()) <= LITTLE:
                break
            await self._catch_up(standing)
        async with self.guard.transaction():
            # No event can be applied, neither a new nor a parked one, until this transaction ends.
            try:
                await self.guard.execute("lock table consumer_position in exclusive mode")
            except asyncpg.LockNotAvailableError as error:
                raise RebuildFailed(
                    f"the consumers of {self.service} did not pause within {LOCK_TIMEOUT}; try again when it is quieter"
                ) from error
            await self._catch_up(await self._standing())
            snapshot = self._session.transaction(isolation="repeatable_read", readonly=True)
            await snapshot.start()
            await self._session.fetchval("select 1 from log_head limit 1")
        try:
            return tuple([await self.scratch.compare(self._session, table) for table in self.projection.tables])
        finally:
            await snapshot.rollback()

    async def _standing(self) -> _Standing:
        positions = await self.guard.fetch(
            "select source, partition, last from consumer_position where group_name = $1", self.projection.group
        )
        letters = await self.guard.fetch(
            """select source, partition, sequence from dead_letter
               where group_name = $1 and resolution is distinct from 'retried'""",
            self.projection.group,
        )
        return _Standing(
            {(row["source"], row["partition"]): row["last"] for row in positions},
            {(row["source"], row["partition"], row["sequence"]) for row in letters},
        )

    async def _catch_up(self, standing: _Standing) -> None:
        # Parked when we passed, applied by an operator since. Those of its key behind it were parked with it.
        for source, partition, sequence in sorted(self.left_out - standing.out):
            await self._apply(source, partition, sequence - 1, sequence, standing.out)
            self.left_out.discard((source, partition, sequence))
        for (source, partition), last in sorted(standing.last.items()):
            reached = self.reached.get((source, partition), 0)
            if last > reached:
                await self._apply(source, partition, reached, last, standing.out)
                self.reached[source, partition] = last

    async def _apply(self, source: str, partition: int, after: int, last: int, out: set[tuple[str, int, int]]) -> None:
        """Apply the events behind sequence ``after`` up to ``last``."""
        log = self._logs.get(source)
        if log is None:
            return  # a topic that this projection followed once and does no longer
        expected = after + 1
        async with log.transaction(readonly=True):
            cursor = await log.cursor(
                """select sequence, key, type, data::text as data, time, trace from event_log
                   where partition = $1 and sequence > $2 and sequence <= $3 order by sequence""",
                partition,
                after,
                last,
            )
            while rows := await cursor.fetch(BATCH):
                for row in rows:
                    if row["sequence"] != expected:
                        raise self._lost(source, partition, expected)
                    expected += 1
                batch = [_envelope(source, partition, row) for row in rows]
                await self._apply_batch([event for event in batch if (source, partition, event.sequence) not in out])
                self.left_out |= {(source, partition, event.sequence) for event in batch} & out
        if expected != last + 1:
            raise self._lost(source, partition, expected)

    def _lost(self, source: str, partition: int, sequence: int) -> RebuildFailed:
        return RebuildFailed(
            f"the log of {source} misses event {partition}-{sequence}, which {self.projection.group} has consumed"
        )

    async def _apply_batch(self, events: Sequence[Envelope]) -> None:
        if not events:
            return
        try:
            while written := await self._attempt(events):
                # What it writes besides its read model is nothing to rebuild: it may write in a copy.
                await self.scratch.copy(written)
                self.copied += written
                await self._session.close()
                self._session = await self.scratch.worker()
        except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError):
            raise
        except Exception as error:
            raise RebuildFailed(
                f"{self.projection.group} refuses events {events[0].id} to {events[-1].id} of {events[0].service}, "
                f"which it applied before: {type(error).__name__}"
            ) from error
        self.events += len(events)

    async def _attempt(self, events: Sequence[Envelope]) -> list[str]:
        """Apply a batch and commit it, unless it wrote live tables: then nothing is changed, and they are named."""
        try:
            async with self._session.transaction():
                unit = await Unit.begin(self._session, self.service, Actor.system())
                await self.projection.apply(unit, [parse(event) for event in events])
                if written := await self.scratch.written_live(self._session):
                    raise _WroteLive(written)
        except _WroteLive as reason:
            return reason.tables
        return []


def _envelope(source: str, partition: int, row: Any) -> Envelope:
    return Envelope(
        service=source,
        partition=partition,
        sequence=row["sequence"],
        key=row["key"],
        type=row["type"],
        time=row["time"],
        data=row["data"].encode(),
        traceparent=row["trace"],
    )
