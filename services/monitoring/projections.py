"""Events of other services, and our own outcomes, as monitoring counts them: step by step, never by scanning."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from contracts.events.commissioning import (
    AgreementAmended,
    AgreementConcluded,
    CapacityStated,
    RegionFormed,
    ScenarioPublished,
)
from contracts.events.commissioning import (
    Unit as CountedIn,
)
from contracts.events.council import FrameAdopted
from contracts.events.monitoring import OutcomeReported
from contracts.topics import COMMISSIONING, COUNCIL, MONITORING, REFERRAL, Topic
from services.kit.projections import Projection, Received
from services.kit.unit import Unit
from services.monitoring.domain.declared import declared
from services.monitoring.domain.measures import NOTHING, Deltas
from services.monitoring.domain.periods import Month
from services.monitoring.domain.trajectories import (
    CountedOutcome,
    Trajectory,
    advance,
    counted,
    evidence,
    follows,
    move,
    outcome_additions,
)
from services.monitoring.store import counting, queries


class Counting(Projection):
    """Allocations, starts, stops, declarations and outcomes, added up per municipality, provider and month.

    A batch reads what is known of its referrals, applies its events in memory and writes the differences, each
    table once. Referrals and outcomes commute; within one referral the order of its key holds.
    """

    group: ClassVar[str] = "monitoring-counting"
    sources: ClassVar[tuple[Topic, ...]] = (REFERRAL, MONITORING)
    tables: ClassVar[tuple[str, ...]] = (
        "trajectory",
        "counted_outcome",
        "measure_month",
        "waiting_month",
        "evidence_month",
    )

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        deltas = Deltas()
        for event in events:
            if event.data is not None:
                deltas.witness(evidence(event.data, event.time))
                deltas.replace(NOTHING, declared(event.data))
        await self._trajectories(unit, [event for event in events if event.data and follows(event.data)], deltas)
        await self._outcomes(unit, [event for event in events if isinstance(event.data, OutcomeReported)], deltas)
        await counting.add(unit.conn, deltas)

    @staticmethod
    async def _trajectories(unit: Unit, events: Sequence[Received], deltas: Deltas) -> None:
        if not events:
            return
        before = await counting.trajectories(unit.conn, {UUID(event.key) for event in events})
        after: dict[UUID, tuple[Trajectory, ...]] = {}
        for event in events:
            if event.data is not None:
                referral = UUID(event.key)
                after[referral] = advance(after.get(referral, before.get(referral, ())), event.data)
        for referral, known in after.items():
            move(before.get(referral, ()), known, deltas)
        await counting.put_trajectories(unit.conn, after)

    @staticmethod
    async def _outcomes(unit: Unit, events: Sequence[Received], deltas: Deltas) -> None:
        if not events:
            return
        before = await counting.outcomes(unit.conn, {UUID(event.key) for event in events})
        after: dict[tuple[UUID, str], CountedOutcome] = {}
        for event in events:
            if isinstance(event.data, OutcomeReported):
                after[event.data.referral_id, event.data.provider] = counted(event.data)
        for place, outcome in after.items():
            deltas.replace(outcome_additions(before.get(place)), outcome_additions(outcome))
        await counting.put_outcomes(unit.conn, after)


class Context(Projection):
    """Regions, agreements and capacity, and the goals and desired outcomes that figures belong to."""

    group: ClassVar[str] = "monitoring-context"
    sources: ClassVar[tuple[Topic, ...]] = (COMMISSIONING, COUNCIL)
    tables: ClassVar[tuple[str, ...]] = ("region", "region_municipality", "agreement", "capacity", "aim")

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        """The latest event about the same thing wins; within one batch that is the last one."""
        regions: dict[str, RegionFormed] = {}
        agreements: dict[UUID, AgreementConcluded | AgreementAmended] = {}
        aims: dict[tuple[UUID, str, int], dict[str, Any]] = {}
        places: dict[tuple[str, str, Month], CapacityStated] = {}
        for event in events:
            match event.data:
                case RegionFormed() as formed:
                    regions[formed.region_id] = formed
                case AgreementConcluded() | AgreementAmended() as agreed:
                    agreements[agreed.agreement_id] = agreed
                case CapacityStated() as stated:
                    places[stated.provider, stated.product_code, Month.at(stated.stated_at)] = stated
                case FrameAdopted() as frame:
                    aims.update((_aim_key(aim), aim) for aim in _goals(frame))
                case ScenarioPublished() as scenario:
                    aims.update((_aim_key(aim), aim) for aim in _desired(scenario))
        await self._put_regions(unit, regions)
        for agreement in agreements.values():
            await queries.put_agreement(
                unit.conn,
                agreement_id=agreement.agreement_id,
                provider=agreement.provider,
                municipalities=list(agreement.municipalities),
                valid_from=agreement.valid_from,
                valid_until=agreement.valid_until,
                ceiling_cents=agreement.ceiling_cents,
                day_part_products=sorted(
                    product.product_code for product in agreement.products if product.unit is CountedIn.DAY_PART
                ),
            )
        if places:
            await queries.put_capacities(
                unit.conn,
                providers=[provider for provider, _, _ in places],
                product_codes=[product for _, product, _ in places],
                months=[month.first_day for _, _, month in places],
                places=[stated.places for stated in places.values()],
            )
        if aims:
            columns = {f"{name}s": [aim[name] for aim in aims.values()] for name in _AIM}
            columns["municipalities"] = columns.pop("municipalitys")
            await queries.put_aims(unit.conn, **columns)

    @staticmethod
    async def _put_regions(unit: Unit, regions: dict[str, RegionFormed]) -> None:
        if not regions:
            return
        members = [(formed.region_id, member) for formed in regions.values() for member in formed.municipalities]
        await queries.put_regions(
            unit.conn, region_ids=list(regions), names=[formed.name for formed in regions.values()]
        )
        await queries.leave_regions(unit.conn, region_ids=list(regions))
        await queries.join_regions(
            unit.conn,
            region_ids=[region_id for region_id, _ in members],
            municipalities=[member.code for _, member in members],
            names=[member.name for _, member in members],
            inhabitants=[member.inhabitants for _, member in members],
        )


_AIM = (
    "source", "aim_id", "municipality", "indicator", "title", "first_year", "last_year", "lower", "upper"
)  # fmt: skip


def _aim_key(aim: dict[str, Any]) -> tuple[UUID, str, int]:
    return aim["aim_id"], aim["municipality"], aim["indicator"]


def _goals(frame: FrameAdopted) -> Iterable[dict[str, Any]]:
    """A goal of a council, for each indicator that it names, in the years of its frame."""
    for goal in frame.goals:
        for indicator in goal.indicators:
            yield {
                "source": "frame",
                "aim_id": goal.goal_id,
                "municipality": frame.municipality,
                "indicator": indicator,
                "title": goal.title,
                "first_year": frame.first_year,
                "last_year": frame.last_year,
                "lower": None,
                "upper": None,
            }


def _desired(scenario: ScenarioPublished) -> Iterable[dict[str, Any]]:
    """A desired outcome in every municipality of the scenario, from its publication to its year."""
    for outcome in scenario.outcomes:
        for municipality in scenario.municipalities:
            yield {
                "source": "scenario",
                "aim_id": outcome.outcome_id,
                "municipality": municipality,
                "indicator": outcome.indicator,
                "title": outcome.title,
                "first_year": min(scenario.published_at.year, outcome.year),
                "last_year": outcome.year,
                "lower": outcome.lower,
                "upper": outcome.upper,
            }


PROJECTIONS: tuple[type[Projection], ...] = (Counting, Context)
"""Every projection of this service."""
