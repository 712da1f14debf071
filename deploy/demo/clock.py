"""Moving business time on a local stack: from due moment to due moment, waiting each time until nothing is under way.

Only the superuser of the database can do this; in production the clock's offset is zero and stays so.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import asyncpg
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from contracts.topics import TOPICS, Topic
from workflows.backlog import waiting
from workflows.routes import TASK_QUEUE

PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.05
AT_ONCE = 16

_SCHEMAS = tuple(topic.service for topic in TOPICS)
_DEADLINES = " union all ".join(
    f"select workflow, due from {schema}.deadline where done_at is null and workflow is not null"  # noqa: S608
    for schema in _SCHEMAS
)
_HEADS = " union all ".join(
    f"select '{schema}' as source, partition, last from {schema}.log_head where last > 0"  # noqa: S608
    for schema in _SCHEMAS
)
_POSITIONS = " union all ".join(
    f"select '{schema}' as schema, group_name, source, partition, last from {schema}.consumer_position"  # noqa: S608
    for schema in (*_SCHEMAS, "workflows")
)
# A declined allocation for which the next provider is being looked up: it has no term, its workflow acts at once.
_PLACING = "select count(*) from referral.referral where status = 'declined' and not 'place' = any(escalated)"


class NotQuiet(Exception):
    """Something stayed under way for too long; the text says what."""


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group: in whose schema its positions are, and which topics it follows."""

    schema: str
    name: str
    sources: tuple[Topic, ...]


class BusinessClock:
    """Sets the clock, wakes the workflows that are due, and waits for quiet."""

    def __init__(
        self, connection: "asyncpg.Connection[asyncpg.Record]", temporal: Client, groups: Iterable[Group]
    ) -> None:
        self.connection = connection
        self._temporal = temporal
        self._groups = tuple(groups)

    @classmethod
    @asynccontextmanager
    async def open(cls, admin_url: str, temporal: Client, groups: Iterable[Group]) -> AsyncIterator[Self]:
        """A clock on the database at ``admin_url`` (its superuser)."""
        connection = await asyncpg.connect(admin_url)
        try:
            yield cls(connection, temporal, groups)
        finally:
            await connection.close()

    async def now(self) -> datetime:
        """Business now, UTC."""
        instant: datetime = await self.connection.fetchval("select clock.now()")
        return instant

    async def move_to(self, instant: datetime) -> None:
        """Set business time, and let every workflow whose moment came act on it. Does not wait for what they do."""
        offset = await self.connection.fetchval(
            'update clock.business_clock set "offset" = $1 - now() returning extract(epoch from "offset")::float8',
            instant.astimezone(UTC),
        )
        due = await self.connection.fetch(f"select distinct workflow from ({_DEADLINES}) d where due <= $1", instant)  # noqa: S608
        limit = asyncio.Semaphore(AT_ONCE)

        async def wake(workflow_id: str) -> None:
            async with limit:
                await self._wake(workflow_id, offset)

        await asyncio.gather(*(wake(row["workflow"]) for row in due))

    async def _wake(self, workflow_id: str, offset: float) -> None:
        try:
            await self._temporal.get_workflow_handle(workflow_id).execute_update("clock_moved", offset)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # it ended meanwhile
                raise

    async def next_due(self, until: datetime) -> datetime | None:
        """The earliest moment after now, up to ``until``, at which a workflow has something to do."""
        instant: datetime | None = await self.connection.fetchval(
            f"select min(due) from ({_DEADLINES}) d where due > clock.now() and due <= $1",  # noqa: S608
            until,
        )
        return instant

    async def advance(self, until: datetime) -> int:
        """Go to ``until`` by way of every due moment; gives how many there were."""
        moments = 0
        while (due := await self.next_due(until)) is not None:
            await self.move_to(due)
            await self.quiet()
            moments += 1
        if await self.now() < until:
            await self.move_to(until)
            await self.quiet()
        return moments

    async def quiet(self, patience: float = PATIENCE_SECONDS) -> None:
        """Wait until every event was consumed and every promise that is due was acted on.

        Raises ``NotQuiet`` after ``patience`` seconds without progress.
        """
        loop = asyncio.get_running_loop()
        seen: set[str] | None = None
        give_up_at = loop.time() + patience
        calm = 0
        while True:
            under_way = await self._under_way()
            calm = 0 if under_way else calm + 1
            if calm == 2:  # twice: what the last event set in motion shows at the second look
                return
            if under_way != seen:
                seen, give_up_at = under_way, loop.time() + patience
            if loop.time() > give_up_at:
                raise NotQuiet("still under way: " + "; ".join(sorted(under_way)[:8]))
            await asyncio.sleep(LOOK_SECONDS)

    async def _under_way(self) -> set[str]:
        heads = {(row["source"], row["partition"]): row["last"] for row in await self.connection.fetch(_HEADS)}
        rows = await self.connection.fetch(_POSITIONS)
        positions = {(row["schema"], row["group_name"], row["source"], row["partition"]): row["last"] for row in rows}
        found = {
            f"{group.name} is at {positions.get((group.schema, group.name, source, partition), 0)}"
            f" of {last} in {source}/{partition}"
            for group in self._groups
            for (source, partition), last in heads.items()
            if any(topic.service == source for topic in group.sources)
            and positions.get((group.schema, group.name, source, partition), 0) < last
        }
        overdue = await self.connection.fetch(
            f"select workflow, due from ({_DEADLINES}) d where due <= clock.now()"  # noqa: S608
        )
        found |= {f"{row['workflow']} has not acted on {row['due']:%Y-%m-%d %H:%M}" for row in overdue}
        placing = await self.connection.fetchval(_PLACING)
        if placing:
            found.add(f"{placing} declined allocations wait for the next provider")
        if found:
            # Thousands of workflows may begin before one of them acts: that they become fewer is progress.
            with contextlib.suppress(RPCError):
                found |= {
                    f"{count} {kind} tasks wait" for kind, count in (await waiting(self._temporal, TASK_QUEUE)).items()
                }
        return found
