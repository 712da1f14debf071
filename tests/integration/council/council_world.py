"""The council service on a real database, with a clerk, a member and an executive of two municipalities."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import asyncpg

from contracts.envelope import Envelope, partition_of
from contracts.event import Event
from contracts.events.council import MomentKind
from contracts.events.monitoring import (
    FiguresPublished,
    LabelPart,
    PeriodKind,
    PublishedFigure,
    QualityLabel,
    Trust,
    Withheld,
)
from contracts.topics import BY_SERVICE
from contracts.values import Role
from services.council.bootstrap import compose
from services.council.client import CouncilClient
from services.council.domain.frame import FrameText, GoalText
from services.council.domain.moment import MomentText
from services.council.handlers import COMMANDS
from services.council.projections import PublishedFigures
from services.kit.actor import Actor
from services.kit.commands import Command, CommandBus
from services.kit.database import Database
from services.kit.inbox import Delivery, Inbox
from tests.integration.calling import calling

NOW = datetime(2026, 8, 14, 9, 0, tzinfo=UTC)


def person(party: str, *roles: Role) -> Actor:
    return Actor(f"{roles[0].value}-of-{party}", party, frozenset(roles))


CLERK = person("council:0252", Role.CLERK)
MEMBER = person("council:0252", Role.COUNCIL_MEMBER)
EXECUTIVE = person("municipality:0252", Role.EXECUTIVE)
MOOK_CLERK = person("council:0944", Role.CLERK)
MOOK_EXECUTIVE = person("municipality:0944", Role.EXECUTIVE)
SYSTEM = Actor.system()

FRAME = FrameText(
    title="Kader jeugd en ondersteuning 2026-2029",
    first_year=2026,
    last_year=2029,
    goals=(
        GoalText(title="Passende hulp eerder", indicators=(5, 6, 7)),
        GoalText(title="Hulp die werkt en eindigt", indicators=(8, 9)),
    ),
)


def moment_text(**changes: Any) -> MomentText:
    values: dict[str, Any] = {
        "kind": MomentKind.VIEW,
        "title": "Zienswijze op de ontwerpbegroting",
        "opens_on": date(2026, 5, 22),
        "term_days": 84,
        "rule": "Wgr art. 35",
    }
    return MomentText(**values | changes)


def figure(indicator: int, month: str, value: float | None, **changes: Any) -> PublishedFigure:
    part = LabelPart(kept=True, found=100.0, needed=95.0)
    values: dict[str, Any] = {
        "indicator": indicator,
        "definition_version": 1,
        "period_kind": PeriodKind.ROLLING_YEAR,
        "period_end": month,
        "value": value,
        "unit": "percent",
        "withheld": None if value is not None else Withheld.TOO_SMALL,
        "source_events": 100,
        "parties_reported": 6,
        "parties_expected": 8,
        "label": QualityLabel(trust=Trust.TRUSTED, complete=part, current=part, substantiated=part, relevant=part),
    }
    return PublishedFigure(**values | changes)


def release(area: str, month: str, *figures: PublishedFigure, correction: int = 0) -> FiguresPublished:
    return FiguresPublished(
        release_id=uuid4(),
        area=area,
        month=month,
        correction=correction,
        figures=figures,
        published_at=NOW,
    )


class World:
    """``do`` a command, move the clock, deliver releases, look through row-level security."""

    def __init__(self, pools: Database, admin_url: str) -> None:
        self.pools = pools
        self._admin_url = admin_url
        self._bus = CommandBus(pools, COMMANDS)
        self._logs: dict[int, list[Envelope]] = defaultdict(list)
        self._keys = 0

    async def at(self, instant: datetime) -> None:
        connection = await asyncpg.connect(self._admin_url)
        try:
            await connection.execute("""update clock.business_clock set "offset" = $1 - pg_catalog.now()""", instant)
        finally:
            await connection.close()

    async def do(self, command: Command, actor: Actor, key: str | None = None) -> Any:
        self._keys += 1
        return await self._bus.execute(command, actor=actor, idempotency_key=key or f"key-{self._keys}")

    async def events(self, type_: type[Event]) -> list[Any]:
        rows = await self.pools.worker.fetch(
            "select data, audience from event_log where type = $1 order by time, sequence", type_.type
        )
        return [(type_.model_validate(row["data"]), sorted(row["audience"])) for row in rows]

    async def rows(self, actor: Actor, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.pools.reading(actor) as unit:
            return list(await unit.conn.fetch(query, *arguments))

    def release(self, *releases: FiguresPublished) -> None:
        """Append releases to monitoring's log."""
        for published in releases:
            key = str(published.release_id)
            partition = partition_of(key, BY_SERVICE["monitoring"].partitions)
            log = self._logs[partition]
            data = published.model_dump_json(by_alias=True, exclude_none=True).encode()
            log.append(Envelope("monitoring", partition, len(log) + 1, key, published.type, NOW, data))

    async def deliver(self, *, backwards: bool = False) -> None:
        inbox = Inbox(self.pools, PublishedFigures())
        for partition in sorted(self._logs, reverse=backwards):
            events = self._logs[partition]
            outcome = await inbox.take(Delivery("monitoring", partition, events, len(events), "test"))
            assert outcome.parked == 0

    @asynccontextmanager
    async def api(self) -> AsyncIterator[Callable[[Actor | None], CouncilClient]]:
        """The service over HTTP; give it who calls."""
        async with calling(compose(), self.pools, CouncilClient) as acting:
            yield acting
