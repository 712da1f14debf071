"""Rounds that open by themselves: once a region opened one, the next is planned, and the next after that.

A region has at most one planned round. Its workflow (``calendar/<region>``) only waits for the instant computed here.
"""

from contracts.events.monitoring import RoundPlanned
from services.kit.unit import Unit
from services.monitoring.domain.periods import Month
from services.monitoring.domain.rounds import opens_at
from services.monitoring.store import queries
from services.monitoring.views import RoundPlanView

OPENING = "round-opening"
"""The kind of deadline that a planned round is."""
_RULE = "the round about %s opens"


def workflow_id(region_id: str) -> str:
    """The workflow that opens the rounds of a region."""
    return f"calendar/{region_id}"


async def planned(unit: Unit, region_id: str) -> Month | None:
    """The month whose round is planned; locked, so that a plan is carried out once."""
    row = await queries.lock_plan(unit.conn, kind=OPENING, workflow=workflow_id(region_id))
    return None if row is None else Month.parse(row["subject"].rpartition("/")[2])


async def opened(unit: Unit, region_id: str, month: Month) -> None:
    """A round about ``month`` opened, by whomever: a plan for it is done, and without any plan one is made."""
    plan = await planned(unit, region_id)
    if plan is None:
        await _plan(unit, region_id, max(month.plus(1), Month.at(unit.now)))
    elif plan == month:
        await done(unit, region_id, month)


async def done(unit: Unit, region_id: str, month: Month) -> None:
    """The plan for ``month`` is done, and the next month planned: none is passed over, however late it is."""
    await queries.finish_deadlines(unit.conn, subjects=[_subject(region_id, month)], kinds=[OPENING], at=unit.now)
    await _plan(unit, region_id, month.plus(1))


async def view(unit: Unit, region_id: str) -> RoundPlanView:
    """What is planned now."""
    plan = await planned(unit, region_id)
    if plan is None:
        return RoundPlanView(region_id=region_id, month=None, opens_at=None)
    return RoundPlanView(region_id=region_id, month=str(plan), opens_at=opens_at(plan))


async def _plan(unit: Unit, region_id: str, month: Month) -> None:
    at = opens_at(month)
    await queries.insert_deadlines(
        unit.conn, subjects=[_subject(region_id, month)], kinds=[OPENING], dues=[at], parties=[f"region:{region_id}"],
        rules=[_RULE % month], workflows=[workflow_id(region_id)],
    )  # fmt: skip
    unit.emit(
        region_id,
        RoundPlanned(region_id=region_id, month=str(month), opens_at=at, planned_at=unit.now),
        [f"region:{region_id}"],
    )


def _subject(region_id: str, month: Month) -> str:
    return f"{region_id}/{month}"
