"""Loading a slice of the aggregates, and keeping what was released."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.events.monitoring import PublishedFigure
from contracts.values import PartyId
from services.kit.unit import Connection
from services.monitoring.domain.aggregates import Aim, Counted, Slice, Waited, Witnessed
from services.monitoring.domain.measures import STOCKS, Measure, Stream
from services.monitoring.domain.peers import Spread
from services.monitoring.domain.periods import Month
from services.monitoring.domain.room import Capacity, Room
from services.monitoring.store import queries


async def load(
    conn: Connection,
    *,
    first: Month,
    last: Month,
    municipalities: Collection[str] | None = None,
    provider: str | None = None,
) -> Slice:
    """What was counted from ``first`` to ``last`` (and of stocks before), as far as the caller may see it.

    The year in which ``first`` lies is there as a whole: ceilings hold per calendar year.
    """
    since, first = first, Month(first.year, 1)
    about = {
        "municipalities": None if municipalities is None else list(municipalities),
        "provider": provider,
        "first": first.first_day,
        "last": last.first_day,
    }
    counted = [
        Counted(
            row["municipality"], row["provider"], Month.of(row["month"]), Measure(row["measure"]), int(row["value"])
        )
        async for row in queries.measures(conn, **about, stocks=[measure.value for measure in STOCKS])
    ]
    waited = [
        Waited(row["municipality"], row["provider"], Month.of(row["month"]), row["days"], row["starts"])
        async for row in queries.waiting(conn, **about)
    ]
    witnessed = [
        Witnessed(
            row["municipality"],
            row["provider"],
            Month.of(row["month"]),
            Stream(row["stream"]),
            row["events"],
            row["last_event_at"],
        )
        async for row in queries.evidence(conn, **about)
    ]
    rounds: dict[Month, dict[str, bool]] = {}
    async for row in queries.round_reports(conn, **about):
        rounds.setdefault(Month.of(row["month"]), {})[row["provider"]] = row["reported"]
    places = set(municipalities) if municipalities is not None else {row.municipality for row in counted}
    rooms = [
        Room(**dict(row) | {name: frozenset(row[name]) for name in ("municipalities", "day_part_products")})
        async for row in queries.rooms(conn, municipalities=about["municipalities"], provider=provider)
    ]
    capacities = [
        Capacity(row["provider"], row["product_code"], Month.of(row["month"]), row["places"])
        async for row in queries.capacities(conn, providers=sorted({room.provider for room in rooms}))
    ]
    return Slice(counted, waited, witnessed, await aims(conn, places, since, last), rounds, rooms, capacities)


async def aims(conn: Connection, municipalities: Collection[str], first: Month, last: Month) -> list[Aim]:
    """What councils and scenarios of these municipalities aim for in these years."""
    return [
        Aim(row["aim_id"], row["municipality"], row["indicator"], row["title"], row["lower"], row["upper"])
        async for row in queries.aims(
            conn, municipalities=sorted(municipalities), first_year=first.year, last_year=last.year
        )
    ]


@dataclass(frozen=True, slots=True)
class Release:
    """A release about to be kept: the figures of one area for one month."""

    release_id: UUID
    region_id: str
    area: PartyId
    month: Month
    correction: int
    published_at: datetime
    figures: Sequence[PublishedFigure]


async def put_releases(conn: Connection, releases: Sequence[Release]) -> None:
    """Keep releases and their figures, for good."""
    await queries.insert_releases(
        conn,
        release_ids=[release.release_id for release in releases],
        region_ids=[release.region_id for release in releases],
        areas=[release.area for release in releases],
        months=[release.month.first_day for release in releases],
        corrections=[release.correction for release in releases],
        published_ats=[release.published_at for release in releases],
    )
    figures = [(release, figure) for release in releases for figure in release.figures]
    await queries.insert_release_figures(
        conn,
        release_ids=[release.release_id for release, _ in figures],
        region_ids=[release.region_id for release, _ in figures],
        areas=[release.area for release, _ in figures],
        months=[release.month.first_day for release, _ in figures],
        corrections=[release.correction for release, _ in figures],
        indicators=[figure.indicator for _, figure in figures],
        figures=[figure.model_dump(mode="json", by_alias=True) for _, figure in figures],
    )


async def put_spreads(
    conn: Connection, region_id: str, month: Month, correction: int, spreads: dict[int, Spread]
) -> None:
    """Keep how providers do among each other."""
    if spreads:
        await queries.insert_peer_spreads(
            conn,
            region_ids=[region_id] * len(spreads),
            months=[month.first_day] * len(spreads),
            corrections=[correction] * len(spreads),
            indicators=list(spreads),
            peer_counts=[spread.peers for spread in spreads.values()],
            lower_quartiles=[spread.lower_quartile for spread in spreads.values()],
            medians=[spread.median for spread in spreads.values()],
            upper_quartiles=[spread.upper_quartile for spread in spreads.values()],
        )
