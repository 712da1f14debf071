"""The unit of work: one transaction in which state and its events change together."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, Self, TypeAlias, TypeVar
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from uuid6 import uuid7

from contracts.envelope import MAX_DATA_BYTES, partition_of
from contracts.event import Event
from contracts.events import OWNER
from contracts.topics import BY_SERVICE
from contracts.values import PartyId
from services.kit.actor import Actor

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Ask: TypeAlias = Callable[["Unit", Sequence[Asked]], Awaitable[Sequence[Answer]]]
"""A question to the database about many things at once: an answer to each, in their order."""


class Company(Protocol):
    """Units that go on side by side; see ``services.kit.together``."""

    async def ask(self, many: Ask[Any, Any], asked: Any) -> Any:
        """Ask together with the others who ask the same."""
        ...


class NotOurEvent(Exception):
    """A service tried to publish an event that another service owns, or one that is too large. A programming error."""


@dataclass(frozen=True, slots=True)
class EventToAppend:
    """An event waiting for the end of its transaction."""

    partition: int
    key: str
    type: str
    data: str
    audience: str


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The answer to a command, as JSON, to be given again when its ``key`` is used again."""

    key: str
    fingerprint: str
    answer: str


@dataclass(slots=True)
class Unit:
    """One transaction: the connection, the business time, who asks, and the events to append at its end.

    ``now`` is the business time (UTC) at which the transaction began. ``first_answer`` and ``fingerprint`` are those of
    the same command given before, if it was. ``memory`` holds what this transaction read and has locked: it holds until
    the end, so nobody need read it again. ``company`` are others beside it in the same transaction.
    """

    conn: Connection
    service: str
    actor: Actor
    now: datetime
    traceparent: str | None = None
    fingerprint: str | None = None
    first_answer: Any = None
    memory: dict[Any, Any] = field(default_factory=dict, repr=False)
    company: Company | None = field(default=None, repr=False)
    _events: list[EventToAppend] = field(default_factory=list)

    @classmethod
    async def begin(
        cls,
        conn: Connection,
        service: str,
        actor: Actor,
        *,
        command_key: str | None = None,
        traceparent: str | None = None,
    ) -> Self:
        """Tell row-level security who asks and read the clock, in one round trip, inside an open transaction."""
        row = await conn.fetchrow(
            "select business_now, fingerprint, answer from begin_unit($1, $2)", actor.party, command_key
        )
        if row is None:
            raise RuntimeError("begin_unit gave no row")
        return cls(
            conn=conn,
            service=service,
            actor=actor,
            now=row["business_now"],
            traceparent=traceparent,
            fingerprint=row["fingerprint"],
            first_answer=row["answer"],
        )

    def emit(self, key: str | UUID, event: Event, audience: Iterable[PartyId] = ()) -> None:
        """Append ``event`` about aggregate ``key`` when this transaction commits.

        ``audience`` are the parties that may fetch it at ``GET /v1/events``. Raises ``NotOurEvent`` when another
        service owns the event's type or its data exceed 64 KB.
        """
        if OWNER.get(event.type) != self.service:
            raise NotOurEvent(f"{self.service} does not own {event.type}")
        data = event.model_dump_json(by_alias=True, exclude_none=True)
        if len(data) > MAX_DATA_BYTES // 4 and len(data.encode()) > MAX_DATA_BYTES:
            raise NotOurEvent(f"{event.type} has more than 64 KB of data")
        name = str(key)
        partition = partition_of(name, BY_SERVICE[self.service].partitions)
        self._events.append(EventToAppend(partition, name, event.type, data, " ".join(sorted(set(audience)))))

    def new_id(self) -> UUID:
        """A fresh, time-ordered identifier (UUID version 7)."""
        return UUID(bytes=uuid7().bytes)

    async def ask(self, many: Ask[Asked, Answer], asked: Asked) -> Answer:
        """Ask the database something; who acts beside others asks together with them, as one statement."""
        if self.company is None:
            return (await many(self, [asked]))[0]
        answer: Answer = await self.company.ask(many, asked)
        return answer

    def take_over(self, other: "Unit") -> None:
        """Append the events of another unit of this transaction after those that were emitted so far."""
        self._events += other._events

    @property
    def emitted(self) -> Sequence[EventToAppend]:
        """The events emitted so far, in order."""
        return tuple(self._events)

    async def append_events(self, answer: FirstAnswer | None = None) -> None:
        """Write the emitted events to the log, with the ``answer`` to the command: the last statement of the unit."""
        if not self._events and answer is None:
            return
        await self.conn.execute(
            "select close_unit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            [event.partition for event in self._events],
            [event.key for event in self._events],
            [event.type for event in self._events],
            [event.data for event in self._events],
            [event.audience for event in self._events],
            self.now,
            self.traceparent,
            self.actor.party,
            answer.key if answer else None,
            answer.fingerprint if answer else None,
            answer.answer if answer else None,
        )
        self._events.clear()
