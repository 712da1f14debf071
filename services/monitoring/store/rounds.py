"""Rounds as rows: reading, and turning into what the API shows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.kit.problems import NotFound, Text
from services.kit.unit import Connection
from services.monitoring.domain.periods import Month
from services.monitoring.store import queries
from services.monitoring.views import RoundProviderView, RoundStatus, RoundView

_NO_ROUND = Text(
    "Deze rapportageronde bestaat niet, of is niet voor uw organisatie.",
    "This reporting round does not exist, or is not for your organisation.",
)


async def locked(conn: Connection, round_id: UUID) -> asyncpg.Record:
    """A round, locked until the transaction ends. Raises ``NotFound``."""
    row: asyncpg.Record | None = await queries.lock_round(conn, round_id=round_id)
    if row is None:
        raise NotFound(_NO_ROUND, code="no-such-round")
    return row


async def found(conn: Connection, round_id: UUID) -> asyncpg.Record:
    """A round that the caller may see. Raises ``NotFound``."""
    row: asyncpg.Record | None = await queries.round(conn, round_id=round_id)
    if row is None:
        raise NotFound(_NO_ROUND, code="no-such-round")
    return row


async def view(conn: Connection, round_id: UUID) -> RoundView:
    """A round as the caller may see it."""
    [shown] = await views(conn, [await found(conn, round_id)])
    return shown


async def views(conn: Connection, rows: Sequence[asyncpg.Record]) -> list[RoundView]:
    """Rounds with the providers that the caller may see."""
    providers: dict[UUID, list[RoundProviderView]] = {row["round_id"]: [] for row in rows}
    async for member in queries.round_providers(conn, round_ids=list(providers)):
        providers[member["round_id"]].append(
            RoundProviderView(
                provider=member["provider"], reported_at=member["reported_at"], outcomes=member["outcomes"]
            )
        )
    return [_view(row, providers[row["round_id"]]) for row in rows]


def _view(row: asyncpg.Record, providers: list[RoundProviderView]) -> RoundView:
    return RoundView(
        round_id=row["round_id"],
        region_id=row["region_id"],
        month=str(Month.of(row["month"])),
        status=status(row["closed_at"], row["published_at"]),
        municipalities=row["municipalities"],
        opened_at=row["opened_at"],
        remind_at=row["remind_at"],
        closes_at=row["closes_at"],
        publish_at=row["publish_at"],
        reminded_at=row["reminded_at"],
        closed_at=row["closed_at"],
        published_at=row["published_at"],
        providers=providers,
    )


def status(closed_at: datetime | None, published_at: datetime | None) -> RoundStatus:
    if published_at is not None:
        return RoundStatus.PUBLISHED
    return RoundStatus.OPEN if closed_at is None else RoundStatus.CLOSED
