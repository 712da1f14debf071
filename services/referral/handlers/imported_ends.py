"""The ends of imported care: near ones are promised at once, later ones as they come near, so that a first file with
thousands of them does not open a workflow for each."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from contracts.events.imported import EndPromised, EndsPlanned
from services.kit.unit import Unit
from services.kit.working_days import local_date, start_of_day_utc
from services.referral.commands import PromiseEnds
from services.referral.domain.journey import Status
from services.referral.domain.referral import Referral
from services.referral.handlers import deadlines
from services.referral.handlers.context import Context
from services.referral.store import queries, referrals
from services.referral.views import PromisedEnds

WATCHED_DAYS = 92
"""Imported care that ends within so many days is promised to end, and waited for."""
AHEAD_DAYS = 7
"""What comes near within so many days more is taken up with it, so that it is looked at about once a week."""
AT_ONCE = 500
"""How many ends one transaction takes up."""


def is_near(ends_on: date | None, today: date) -> bool:
    """Whether an end is promised at import already."""
    return ends_on is not None and ends_on <= today + timedelta(days=WATCHED_DAYS)


def look_again_at(ends_on: date) -> datetime:
    """When an end comes near."""
    return start_of_day_utc(ends_on - timedelta(days=WATCHED_DAYS))


def plan_later(unit: Unit, import_id: object, journeys: Iterable[Referral]) -> None:
    """Tell when the first end of a file comes near that was not promised with it; nothing when none is left."""
    later = [
        each.ends_on
        for each in journeys
        if each.status in (Status.STARTED, Status.PAUSED) and each.ends_on is not None and each.stop_due is None
    ]
    if later:
        planned = EndsPlanned(import_id=import_id, next_at=look_again_at(min(later)), planned_at=unit.now)
        unit.emit(planned.import_id, planned)


async def promise_ends(context: Context, command: PromiseEnds, unit: Unit) -> PromisedEnds:
    """Promise the ends of a file that came near, and say when the next one does."""
    until = local_date(unit.now) + timedelta(days=WATCHED_DAYS + AHEAD_DAYS)
    rows = queries.near_ends(unit.conn, import_id=command.import_id, until=until, limit=AT_ONCE)
    promised = [referrals.from_row(row).promise_stop(context.terms) async for row in rows]
    for each in promised:
        await referrals.update(unit, each)
        unit.emit(each.referral_id, _promised(context, each, unit.now), audience=each.parties)
    await deadlines.put(unit, [row for each in promised for row in deadlines.stop_rows(each, context.terms)])
    left: date | None = await queries.next_end(unit.conn, import_id=command.import_id)
    next_at = None if left is None else unit.now if left <= until else look_again_at(left)
    planned = EndsPlanned(import_id=command.import_id, next_at=next_at, planned_at=unit.now)
    unit.emit(command.import_id, planned)
    return PromisedEnds(import_id=command.import_id, promised=len(promised), next_at=next_at)


def _promised(context: Context, each: Referral, now: datetime) -> EndPromised:
    if each.ends_on is None or each.stop_due is None:
        raise LookupError("an end that comes near has a day")
    return EndPromised(
        referral_id=each.referral_id,
        municipality=each.municipality,
        provider=each.provider,
        ends_on=each.ends_on,
        stop_due=each.stop_due,
        remind_stop_at=context.terms.remind_stop_at(each.ends_on),
        spell=each.spell,
        promised_at=now,
    )
