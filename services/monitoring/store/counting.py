"""Reading and writing the aggregates, in arrays: one statement per table and batch."""

from collections.abc import Collection, Mapping
from uuid import UUID

from contracts.events.monitoring import WithoutHelp
from contracts.events.referral import StopReason
from services.kit.unit import Connection
from services.monitoring.domain.measures import SIGNED, Deltas
from services.monitoring.domain.trajectories import CountedOutcome, Trajectory
from services.monitoring.store import queries

_SIGNED = {measure.value for measure in SIGNED}
"""A sum of these may come to zero from either side."""


async def trajectories(conn: Connection, referrals: Collection[UUID]) -> dict[UUID, tuple[Trajectory, ...]]:
    """What is known of these referrals."""
    known: dict[UUID, tuple[Trajectory, ...]] = {}
    async for row in queries.trajectories(conn, referrals=list(referrals)):
        values = dict(row)
        referral = values.pop("referral_id")
        reason = values.pop("stop_reason")
        found = Trajectory(**values, stop_reason=None if reason is None else StopReason(reason))
        known[referral] = (*known.get(referral, ()), found)
    return known


async def put_trajectories(conn: Connection, after: Mapping[UUID, Collection[Trajectory]]) -> None:
    """What is known of these referrals from now on."""
    rows = [(referral, known) for referral, all_known in after.items() for known in all_known]
    if rows:
        await queries.put_trajectories(
            conn,
            referral_ids=[referral for referral, _ in rows],
            allocation_numbers=[known.allocation_number for _, known in rows],
            municipalities=[known.municipality for _, known in rows],
            providers=[known.provider for _, known in rows],
            categories=[known.category for _, known in rows],
            granted_ons=[known.granted_on for _, known in rows],
            start_dues=[known.start_due for _, known in rows],
            left_ons=[known.left_on for _, known in rows],
            started_ons=[known.started_on for _, known in rows],
            pauseds=[known.paused for _, known in rows],
            stopped_ons=[known.stopped_on for _, known in rows],
            stop_reasons=[known.stop_reason for _, known in rows],
            outcome_dues=[known.outcome_due for _, known in rows],
            removeds=[known.removed for _, known in rows],
            allocated_minuteses=[known.allocated_minutes for _, known in rows],
            first_days=[known.first_day for _, known in rows],
            last_days=[known.last_day for _, known in rows],
        )


async def outcomes(conn: Connection, referrals: Collection[UUID]) -> dict[tuple[UUID, str], CountedOutcome]:
    """The outcomes that count now, by referral and provider."""
    return {
        (row["referral_id"], row["provider"]): CountedOutcome(
            row["municipality"],
            row["provider"],
            row["ended_on"],
            row["usefulness"],
            None if row["without_help"] is None else WithoutHelp(row["without_help"]),
        )
        async for row in queries.counted_outcomes(conn, referrals=list(referrals))
    }


async def put_outcomes(conn: Connection, after: Mapping[tuple[UUID, str], CountedOutcome]) -> None:
    """The outcomes that count from now on."""
    if after:
        await queries.put_counted_outcomes(
            conn,
            referral_ids=[referral for referral, _ in after],
            providers=[provider for _, provider in after],
            municipalities=[outcome.municipality for outcome in after.values()],
            ended_ons=[outcome.ended_on for outcome in after.values()],
            usefulnesses=[outcome.usefulness for outcome in after.values()],
            without_helps=[outcome.without_help for outcome in after.values()],
        )


async def add(conn: Connection, deltas: Deltas) -> None:
    """Add a batch's changes. Last in the transaction, in the same order for everybody: the rows are shared."""
    counts = sorted(
        (cell.municipality, cell.month.first_day, measure.value, cell.provider, value)
        for (measure, cell), value in deltas.counts.items()
    )
    if counts:
        municipalities, months, measures, providers, values = (list(column) for column in zip(*counts, strict=True))
        place = {"municipalities": municipalities, "months": months, "measures": measures, "providers": providers}
        await queries.add_measures(conn, **place, values=values)
        if min(values) < 0 or not _SIGNED.isdisjoint(measures):
            await queries.drop_zero_measures(conn, **place)
    waiting = sorted(
        (cell.municipality, cell.month.first_day, cell.provider, days, starts)
        for (cell, days), starts in deltas.waiting.items()
    )
    if waiting:
        municipalities, months, providers, days, starts = (list(column) for column in zip(*waiting, strict=True))
        place = {"municipalities": municipalities, "months": months, "providers": providers, "days": days}
        await queries.add_waiting(conn, **place, starts=starts)
        if min(starts) < 0:
            await queries.drop_zero_waiting(conn, **place)
    witnessed = sorted(
        (cell.municipality, cell.month.first_day, cell.provider, stream.value, events, last)
        for (stream, cell), (events, last) in deltas.evidence.items()
    )
    if witnessed:
        columns = [list(column) for column in zip(*witnessed, strict=True)]
        names = ("municipalities", "months", "providers", "streams", "events", "last_event_ats")
        await queries.add_evidence(conn, **dict(zip(names, columns, strict=True)))
