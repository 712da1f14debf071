"""What is known of one allocation, how an event changes it, and what it adds to the measures.

Pairing an allocation with its start and stop needs memory; this is that memory. The additions are a pure function
of it, so that counting step by step equals counting from scratch.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from contracts.event import Event
from contracts.events.declarations import AmountSpent, DeclarationAnswered
from contracts.events.monitoring import OutcomeReported, WithoutHelp
from contracts.events.referral import (
    AllocationAccepted,
    AllocationChanged,
    AllocationDeclined,
    AllocationGranted,
    Assignment,
    CareStarted,
    CareStopped,
    DeliveryCorrected,
    ReferralWithdrawn,
    StopReason,
    TrajectoryImported,
)
from services.kit.working_days import local_date, start_of_day_utc
from services.monitoring.domain.declared import minutes
from services.monitoring.domain.measures import NOTHING, Cell, Contribution, Deltas, Evidence, Measure, Stream
from services.monitoring.domain.periods import Month
from services.monitoring.domain.plan import Plan

NOT_DEFINITIVE = frozenset({StopReason.TEMPORARY, StopReason.MUNICIPALITY_INITIATIVE, StopReason.CHANGE_REQUEST})
"""Reasons 20, 36 and 37: the care did not come to its end (iJw 3.2 JZ588)."""

DROPOUT = frozenset({StopReason.CLIENT_BROKE_OFF, StopReason.PROVIDER_BROKE_OFF})


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One allocation and the care under it. Holds no pseudonym of the client: nothing here needs it.

    ``left_on`` is the day the allocation was declined or withdrawn. ``paused`` tells a temporary stop. ``removed``: it
    counts as never made. ``allocated_minutes`` is its whole volume as time, over its days; 0 for what is not time.
    """

    municipality: str
    provider: str
    allocation_number: int
    category: str = ""
    granted_on: date | None = None
    start_due: datetime | None = None
    left_on: date | None = None
    started_on: date | None = None
    paused: bool = False
    stopped_on: date | None = None
    stop_reason: StopReason | None = None
    removed: bool = False
    allocated_minutes: int = 0
    first_day: date | None = None
    last_day: date | None = None

    @property
    def plan(self) -> Plan | None:
        """What the allocation promises; ``None`` when it promises no time, or was given back before care began."""
        if self.removed or self.first_day is None or self.allocated_minutes <= 0:
            return None
        if self.left_on is not None and self.started_on is None:
            return None
        return Plan(
            self.municipality,
            self.provider,
            self.allocation_number,
            self.allocated_minutes,
            self.first_day,
            self.last_day,
            self.stopped_on,
        )

    @property
    def ended_definitively(self) -> bool:
        """Whether care came to its end (307 with a definitive reason)."""
        return self.stopped_on is not None and self.stop_reason not in NOT_DEFINITIVE

    @property
    def outcome_due(self) -> bool:
        """Whether the provider is asked what came of it: an end, but not by death."""
        return self.ended_definitively and self.stop_reason is not StopReason.DIED

    @property
    def waiting_days(self) -> int | None:
        """Days from allocation to start; a start before the decision waited zero days."""
        if self.granted_on is None or self.started_on is None:
            return None
        return max(0, (self.started_on - self.granted_on).days)

    @property
    def within_norm(self) -> bool:
        """Whether care started before the norm passed (OV 3.5.1)."""
        return (
            self.started_on is not None
            and self.start_due is not None
            and start_of_day_utc(self.started_on) < self.start_due
        )


@dataclass(frozen=True, slots=True)
class CountedOutcome:
    """The latest report of what came of one trajectory."""

    municipality: str
    provider: str
    ended_on: date
    usefulness: int | None
    without_help: WithoutHelp | None


def advance(known: Sequence[Trajectory], event: Event) -> tuple[Trajectory, ...]:
    """The allocations of one referral after ``event``. Events of other kinds change nothing.

    A start or stop names a provider and no allocation: it belongs to the latest allocation of that provider.
    """
    step = _STEPS.get(type(event))
    return tuple(known) if step is None else step(known, event)


def _granted(event: AllocationGranted) -> Trajectory:
    return Trajectory(
        municipality=event.municipality,
        provider=event.provider,
        allocation_number=event.allocation_number,
        category=event.assignment.category,
        granted_on=local_date(event.granted_at),
        start_due=event.start_due,
        **_promise(event.assignment, event.starts_on, event.ends_on),
    )


def _promise(assignment: Assignment, first: date, last: date | None) -> dict[str, Any]:
    promised = minutes(assignment.unit, assignment.total_units)
    return {"allocated_minutes": promised or 0, "first_day": first, "last_day": last}


def _changed(known: Sequence[Trajectory], event: AllocationChanged) -> tuple[Trajectory, ...]:
    """The allocation as it is from now on. One that was never seen stays unknown: when it was made is not told."""
    return tuple(
        replace(
            each,
            category=event.assignment.category,
            removed=each.removed or event.removed,
            **_promise(event.assignment, event.starts_on, event.ends_on),
        )
        if (each.allocation_number, each.provider) == (event.allocation_number, event.provider)
        else each
        for each in known
    )


def _imported(event: TrajectoryImported) -> Trajectory:
    temporary = event.stop_reason is StopReason.TEMPORARY
    return Trajectory(
        municipality=event.municipality,
        provider=event.provider,
        allocation_number=event.allocation_number,
        category=event.assignment.category,
        granted_on=local_date(event.granted_at),
        start_due=event.start_due,
        started_on=event.started_on,
        paused=temporary,
        stopped_on=None if temporary else event.stopped_on,
        stop_reason=None if temporary else event.stop_reason,
        **_promise(event.assignment, event.starts_on, event.ends_on),
    )


def _put(known: Sequence[Trajectory], new: Trajectory) -> tuple[Trajectory, ...]:
    return (*(item for item in known if item.allocation_number != new.allocation_number), new)


def _latest(known: Sequence[Trajectory], provider: str, municipality: str) -> Trajectory:
    """The provider's latest allocation; one without a number when its granting was never seen."""
    own = [item for item in known if item.provider == provider and not item.removed]
    return max(own, key=lambda item: item.allocation_number, default=Trajectory(municipality, provider, 0))


def _change(known: Sequence[Trajectory], provider: str, municipality: str, *, left_on: date) -> tuple[Trajectory, ...]:
    return _put(known, replace(_latest(known, provider, municipality), left_on=left_on))


def _withdrawn(known: Sequence[Trajectory], event: ReferralWithdrawn) -> tuple[Trajectory, ...]:
    if event.allocation_number is None:
        return tuple(known)  # withdrawn before anything was allocated: nobody was waiting under an allocation
    return _change(known, event.provider, event.municipality, left_on=local_date(event.withdrawn_at))


def _started(known: Sequence[Trajectory], event: CareStarted) -> tuple[Trajectory, ...]:
    trajectory = _latest(known, event.provider, event.municipality)
    if trajectory.paused and trajectory.started_on is not None:
        return _put(known, replace(trajectory, paused=False))  # going on after a temporary stop is not a new start
    return _put(
        known, replace(trajectory, started_on=event.started_on, paused=False, stopped_on=None, stop_reason=None)
    )


def _stopped(known: Sequence[Trajectory], event: CareStopped) -> tuple[Trajectory, ...]:
    trajectory = _latest(known, event.provider, event.municipality)
    if event.reason is StopReason.TEMPORARY:
        return _put(known, replace(trajectory, paused=True))
    return _put(known, replace(trajectory, paused=False, stopped_on=event.stopped_on, stop_reason=event.reason))


def _corrected(known: Sequence[Trajectory], event: DeliveryCorrected) -> tuple[Trajectory, ...]:
    """A report was taken back: care stands as the event says, whatever was counted before."""
    temporary = event.reason is StopReason.TEMPORARY
    corrected = replace(
        _latest(known, event.provider, event.municipality),
        started_on=event.started_on,
        paused=temporary,
        stopped_on=None if temporary else event.stopped_on,
        stop_reason=None if temporary else event.reason,
    )
    return _put(known, corrected)


def additions(trajectory: Trajectory) -> Contribution:
    """What one allocation adds to the measures, in the months in which things happened; not yet what it promises."""
    if trajectory.removed:
        return NOTHING
    counts: dict[tuple[Measure, Cell], int] = {}
    waiting: dict[tuple[Cell, int], int] = {}

    def count(measure: Measure, day: date, value: int = 1) -> Cell:
        cell = Cell(trajectory.municipality, trajectory.provider, Month.of(day))
        counts[measure, cell] = counts.get((measure, cell), 0) + value
        return cell

    if trajectory.granted_on is not None:
        count(Measure.WAITING, trajectory.granted_on)
        left = trajectory.started_on or trajectory.left_on or trajectory.stopped_on
        if left is not None:
            count(Measure.WAITING, max(left, trajectory.granted_on), -1)
    days = trajectory.waiting_days
    if trajectory.started_on is not None and days is not None:
        waiting[count(Measure.STARTS, trajectory.started_on), days] = 1
        if trajectory.within_norm:
            count(Measure.STARTS_WITHIN_NORM, trajectory.started_on)
    if trajectory.ended_definitively and trajectory.stopped_on is not None:
        count(Measure.ENDED, trajectory.stopped_on)
        if trajectory.stop_reason is StopReason.AS_PLANNED:
            count(Measure.ENDED_AS_PLANNED, trajectory.stopped_on)
        if trajectory.stop_reason in DROPOUT:
            count(Measure.ENDED_BY_DROPOUT, trajectory.stopped_on)
        if trajectory.outcome_due:
            count(Measure.OUTCOMES_DUE, trajectory.stopped_on)
    return Contribution({key: value for key, value in counts.items() if value}, waiting)


def all_additions(trajectories: Iterable[Trajectory]) -> Contribution:
    """What the allocations of one referral add together; not yet what they promise."""
    counts: dict[tuple[Measure, Cell], int] = {}
    waiting: dict[tuple[Cell, int], int] = {}
    for trajectory in trajectories:
        added = additions(trajectory)
        for key, value in added.counts.items():
            counts[key] = counts.get(key, 0) + value
        for place, value in added.waiting.items():
            waiting[place] = waiting.get(place, 0) + value
    return Contribution(counts, waiting)


def move(before: Sequence[Trajectory], after: Sequence[Trajectory], deltas: Deltas) -> None:
    """A referral was known as ``before`` and is now known as ``after``. Most events leave its promises as they were."""
    deltas.replace(all_additions(before), all_additions(after))
    promised, promises = _plans(before), _plans(after)
    for plan in promised - promises:
        deltas.replace(plan.contribution, NOTHING)
    for plan in promises - promised:
        deltas.replace(NOTHING, plan.contribution)


def _plans(trajectories: Iterable[Trajectory]) -> set[Plan]:
    return {plan for trajectory in trajectories if (plan := trajectory.plan) is not None}


def counted(event: OutcomeReported) -> CountedOutcome:
    """The outcome that an event tells."""
    return CountedOutcome(event.municipality, event.provider, event.ended_on, event.usefulness, event.without_help)


def outcome_additions(outcome: CountedOutcome | None) -> Contribution:
    """What one reported outcome adds, in the month in which care ended."""
    if outcome is None:
        return NOTHING
    cell = Cell(outcome.municipality, outcome.provider, Month.of(outcome.ended_on))
    counts: dict[tuple[Measure, Cell], int] = {(Measure.OUTCOMES, cell): 1}
    if outcome.usefulness is not None:
        counts[Measure.USEFULNESS_SCORES, cell] = outcome.usefulness
        counts[Measure.USEFULNESS_ANSWERS, cell] = 1
    if outcome.without_help is not None:
        counts[Measure.WITHOUT_HELP_ANSWERS, cell] = 1
        if outcome.without_help in (WithoutHelp.LESS_HELP_NEEDED, WithoutHelp.NO_HELP_NEEDED):
            counts[Measure.WITHOUT_HELP, cell] = 1
    return Contribution(counts, {})


def follows(event: Event) -> bool:
    """Whether ``advance`` does anything with ``event``."""
    return type(event) in _STEPS


def evidence(event: Event, at: datetime) -> tuple[Evidence, ...]:
    """Which streams an event stands for, logged at ``at``; an imported trajectory may stand for three."""
    days = _DAYS.get(type(event))
    if days is None:
        return ()
    about: Any = event
    return tuple(
        Evidence(stream, Cell(about.municipality, about.provider, Month.of(day)), at)
        for stream, day in days(event)
        if day is not None
    )


# Looked up by type instead of matched: a batch asks this of every event.
_STEPS: Mapping[type[Event], Callable[[Sequence[Trajectory], Any], tuple[Trajectory, ...]]] = {
    AllocationGranted: lambda known, event: _put(known, _granted(event)),
    TrajectoryImported: lambda known, event: _put(known, _imported(event)),
    AllocationChanged: _changed,
    AllocationDeclined: lambda known, event: _change(
        known, event.provider, event.municipality, left_on=local_date(event.declined_at)
    ),
    ReferralWithdrawn: _withdrawn,
    CareStarted: _started,
    CareStopped: _stopped,
    DeliveryCorrected: _corrected,
}

_DAYS: Mapping[type[Event], Callable[[Any], Sequence[tuple[Stream, date | None]]]] = {
    AllocationGranted: lambda event: ((Stream.ALLOCATIONS, local_date(event.granted_at)),),
    AllocationChanged: lambda event: ((Stream.ALLOCATIONS, local_date(event.changed_at)),),
    AmountSpent: lambda event: ((Stream.DELIVERIES, event.month),),
    DeclarationAnswered: lambda event: ((Stream.DECLARATIONS, event.period),),
    AllocationAccepted: lambda event: ((Stream.ANSWERS, local_date(event.accepted_at)),),
    AllocationDeclined: lambda event: ((Stream.ANSWERS, local_date(event.declined_at)),),
    CareStarted: lambda event: ((Stream.STARTS, event.started_on),),
    CareStopped: lambda event: ((Stream.STOPS, event.stopped_on),),
    DeliveryCorrected: lambda event: ((Stream.STARTS, event.started_on), (Stream.STOPS, event.stopped_on)),
    OutcomeReported: lambda event: ((Stream.OUTCOMES, event.ended_on),),
    TrajectoryImported: lambda event: (
        (Stream.ALLOCATIONS, local_date(event.granted_at)),
        (Stream.STARTS, event.started_on),
        (Stream.STOPS, event.stopped_on),
    ),
}
