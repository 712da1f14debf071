"""Counting step by step gives what counting from scratch gives, whatever the order across referrals."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.event import Event
from contracts.events.commissioning import Law, Unit
from contracts.events.declarations import AmountSpent, DeclarationAnswered
from contracts.events.monitoring import OutcomeReported, PeriodKind, WithoutHelp
from contracts.events.referral import (
    AllocationChanged,
    AllocationDeclined,
    AllocationGranted,
    Assignment,
    CareStarted,
    CareStopped,
    DeclineReason,
    DeliveryCorrected,
    Frequency,
    ReferralWithdrawn,
    Referrer,
    StopReason,
)
from services.monitoring.domain.declared import declared
from services.monitoring.domain.measures import NOTHING, SIGNED, Contribution, Deltas, Measure
from services.monitoring.domain.periods import Month, Period
from services.monitoring.domain.plan import OPEN_END_DAYS, Plan
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

CLIENT = UUID(int=99)
ASSIGNMENT = Assignment(
    law=Law.WMO, product_code="02A01", category="02", unit=Unit.HOUR, frequency=Frequency.WEEK, volume=2, total_units=9
)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
PROVIDERS = st.sampled_from(["73730001", "73730002"])
MUNICIPALITIES = st.sampled_from(["0268", "0252"])


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@st.composite
def event(draw: st.DrawFn, referral: UUID, municipality: str) -> Event:
    day, provider = draw(DAYS), draw(PROVIDERS)
    about = {"referral_id": referral, "municipality": municipality, "provider": provider}
    kind = draw(
        st.sampled_from(
            [
                "granted",
                "changed",
                "declined",
                "withdrawn",
                "started",
                "stopped",
                "corrected",
                "outcome",
                "spent",
                "answered",
            ]
        )
    )
    if kind == "granted":
        return AllocationGranted(
            **about, allocation_number=draw(st.integers(1, 3)), client=CLIENT, assignment=ASSIGNMENT,
            referrer=Referrer.NONE, starts_on=day, ends_on=None, granted_at=noon(day), accept_due=noon(day),
            start_due=noon(day) + timedelta(days=42),
        )  # fmt: skip
    if kind == "changed":
        return AllocationChanged(
            **about, allocation_number=draw(st.integers(1, 3)), client=CLIENT, starts_on=day,
            assignment=ASSIGNMENT.model_copy(update={"total_units": draw(st.integers(0, 500))}),
            ends_on=draw(st.none() | st.dates(day, date(2027, 12, 31))), reason="changed_need",
            removed=draw(st.booleans()), changed_at=noon(day),
        )  # fmt: skip
    if kind == "spent":
        del about["referral_id"]
        return AmountSpent(
            **about, declaration_id=referral, product_code="02A01", month=day.replace(day=1),
            unit=draw(st.sampled_from(list(Unit))), volume=draw(st.integers(-99, 99)),
            cents=draw(st.integers(-9999, 9999)), lines=draw(st.integers(1, 9)),
        )  # fmt: skip
    if kind == "answered":
        del about["referral_id"]
        lines = draw(st.integers(1, 9))
        return DeclarationAnswered(
            **about, declaration_id=referral, law=Law.WMO, period=day.replace(day=1), submitted_cents=0,
            granted_cents=0, rejected_cents=0, lines=lines, rejected_lines=draw(st.integers(0, lines)),
            received_at=noon(day), answer_due=noon(day) + timedelta(days=14),
            answered_at=noon(day) + timedelta(days=draw(st.integers(0, 20))),
        )  # fmt: skip
    if kind == "declined":
        return AllocationDeclined(**about, allocation_number=1, reason=DeclineReason.TOO_FAR, declined_at=noon(day))
    if kind == "withdrawn":
        return ReferralWithdrawn(**about, allocation_number=1, reason="moved", withdrawn_at=noon(day))
    if kind == "started":
        return CareStarted(**about, client=CLIENT, product_code="02A01", started_on=day, reported_at=noon(day))
    if kind == "stopped":
        return CareStopped(
            **about, client=CLIENT, product_code="02A01", stopped_on=day, reported_at=noon(day),
            reason=draw(st.sampled_from(list(StopReason))),
        )  # fmt: skip
    if kind == "corrected":
        stopped_on = draw(st.none() | st.just(day))
        return DeliveryCorrected(
            **about, client=CLIENT, product_code="02A01", started_on=draw(st.none() | st.just(day)),
            stopped_on=stopped_on, reason=draw(st.sampled_from(list(StopReason))) if stopped_on else None,
            corrected_at=noon(day),
        )  # fmt: skip
    return OutcomeReported(
        **about, ended_on=day, usefulness=draw(st.none() | st.integers(1, 10)),
        without_help=draw(st.none() | st.sampled_from(list(WithoutHelp))), reported_at=noon(day),
    )  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[list[Event]]:
    made = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        municipality = draw(MUNICIPALITIES)
        made.append(draw(st.lists(event(UUID(int=number), municipality), max_size=8)))
    return made


@st.composite
def interleaving(draw: st.DrawFn, given_histories: Sequence[Sequence[Event]]) -> list[Event]:
    """All events, each referral's in its own order, otherwise shuffled."""
    turns = draw(st.permutations([n for n, history in enumerate(given_histories) for _ in history]))
    places = [iter(history) for history in given_histories]
    return [next(places[turn]) for turn in turns]


class Counter:
    """What the projection does, in memory."""

    def __init__(self) -> None:
        self.trajectories: dict[UUID, tuple[Trajectory, ...]] = {}
        self.outcomes: dict[UUID, CountedOutcome] = {}
        self.declared, self.total = Deltas(), Deltas()

    def take(self, batch: Sequence[Event]) -> None:
        for happened in batch:
            if isinstance(happened, OutcomeReported):
                before = outcome_additions(self.outcomes.get(happened.referral_id))
                self.outcomes[happened.referral_id] = counted(happened)
                self.total.replace(before, outcome_additions(self.outcomes[happened.referral_id]))
            elif follows(happened):
                referral: UUID = happened.referral_id  # type: ignore[attr-defined]
                known = self.trajectories.get(referral, ())
                self.trajectories[referral] = advance(known, happened)
                move(known, self.trajectories[referral], self.total)
            else:
                self.declared.replace(NOTHING, declared(happened))
                self.total.replace(NOTHING, declared(happened))
            self.total.witness(evidence(happened, datetime(2026, 8, 14, tzinfo=UTC)))

    def scratch(self) -> Deltas:
        """The same totals, computed at once from what is known at the end."""
        fresh = Deltas()
        fresh.replace(NOTHING, Contribution(self.declared.counts, {}))
        for known in self.trajectories.values():
            move((), known, fresh)
        for outcome in self.outcomes.values():
            fresh.replace(outcome_additions(None), outcome_additions(outcome))
        return fresh


@given(st.data())
def test_step_by_step_equals_from_scratch_in_any_order(data: st.DataObject) -> None:
    made = data.draw(histories())
    one, other = Counter(), Counter()
    one.take([happened for history in made for happened in history])
    other.take(data.draw(interleaving(made)))
    assert one.total.counts == other.total.counts == one.scratch().counts
    assert one.total.waiting == other.total.waiting == one.scratch().waiting
    assert one.total.evidence == other.total.evidence


@given(histories())
def test_counts_stay_possible(made: list[list[Event]]) -> None:
    counter = Counter()
    counter.take([happened for history in made for happened in history])
    counts = counter.total.counts
    assert all(days >= 0 for _, days in counter.total.waiting)
    assert sum(counter.total.waiting.values()) == sum(v for (m, _), v in counts.items() if m is Measure.STARTS)
    for (measure, cell), value in counts.items():
        assert measure in SIGNED or value > 0
        if measure is Measure.DECLARATIONS_IN_TIME:
            assert value <= counts[Measure.DECLARATIONS, cell]
        if measure is Measure.REJECTED_LINES:
            assert value <= counts[Measure.DECLARED_LINES, cell]
        if measure is Measure.STARTS_WITHIN_NORM:
            assert value <= counts[Measure.STARTS, cell]
        if measure in (Measure.ENDED_AS_PLANNED, Measure.ENDED_BY_DROPOUT, Measure.OUTCOMES_DUE):
            assert value <= counts[Measure.ENDED, cell]
        if measure is Measure.WITHOUT_HELP:
            assert value <= counts[Measure.WITHOUT_HELP_ANSWERS, cell]
    waiting = sum(value for (measure, _), value in counts.items() if measure is Measure.WAITING)
    assert waiting >= 0


MONTHS = st.builds(Month, st.integers(1990, 2090), st.integers(1, 12))


@given(MONTHS, st.integers(-400, 400), st.sampled_from(list(PeriodKind)))
def test_months_are_numbered_without_a_gap(month: Month, step: int, kind: PeriodKind) -> None:
    assert Month.parse(str(month)) == month == Month.from_index(month.index)
    assert month.plus(step).plus(-step) == month
    assert month.last_day + timedelta(days=1) == month.plus(1).first_day
    period = Period.ended_by(kind, month)
    assert period.last <= month
    assert [found for found in period.months if not period.contains(found)] == []
    if kind is not PeriodKind.ROLLING_YEAR:
        assert period.previous.last == period.first.plus(-1)
        assert period.previous.ends_at == period.begins_at


@given(st.integers(1, 10**7), DAYS, st.none() | DAYS, st.none() | DAYS)
def test_what_is_allocated_is_spread_over_its_days_to_the_minute(
    promised: int, first: date, last: date | None, stopped: date | None
) -> None:
    plan = Plan("0268", "73730001", 1, promised, first, last, stopped)
    counts = plan.contribution.counts
    days = max(1, (last - first).days + 1) if last is not None else OPEN_END_DAYS
    given_days = days if stopped is None else max(0, min(days, (stopped - first).days + 1))
    assert sum(counts.values()) == promised * given_days // days
    assert all(value > 0 for value in counts.values())
    until = first + timedelta(days=max(0, given_days - 1))
    assert all(Month.of(first) <= cell.month <= Month.of(until) for _, cell in counts)
