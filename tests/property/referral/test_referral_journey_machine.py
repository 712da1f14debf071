"""Whatever people do in whatever order, a journey keeps its promises to itself."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contracts.events.commissioning import Law, Unit
from contracts.events.referral import Assignment, Channel, DeclineReason, Frequency, Referrer, StopReason
from services.kit.problems import Conflict, Invalid
from services.kit.working_days import local_date
from services.referral.domain.journey import ENDED, Act, Status, possible
from services.referral.domain.reasons import Promise, RefusalReason, WithdrawalReason
from services.referral.domain.referral import Referral
from services.referral.domain.terms import Terms
from services.referral.domain.worklist import tasks

BEGIN = datetime(2026, 8, 14, 9, tzinfo=UTC)
ASSIGNMENT = Assignment(
    law=Law.YOUTH,
    product_code="45A04",
    category="45",
    unit=Unit.HOUR,
    frequency=Frequency.WEEK,
    volume=3,
    total_units=1,
)


class Journey(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.terms = Terms()
        self.now = BEGIN
        self.number = 0
        self.declines = 0
        self.referral = Referral(
            referral_id=UUID(int=1),
            municipality="0252",
            provider="73730001",
            client_id=UUID(int=2),
            client_stream=UUID(int=3),
            client_dossier=UUID(int=4),
            status=Status.REQUESTED,
            assignment=ASSIGNMENT,
            referrer=Referrer.MUNICIPALITY,
            channel=Channel.FORM,
            desired_start=date(2026, 9, 1),
            desired_end=date(2027, 8, 31),
            requested_at=BEGIN,
            decision_due=self.terms.decision_due(BEGIN),
        )

    def attempt(self, act: Act, change: "object") -> None:
        """An act either gives a new journey with the status it leads to, or changes nothing and says why."""
        before, legal = self.referral, act in possible(self.referral.status)
        try:
            self.referral = change()  # type: ignore[operator]
        except Conflict:
            assert not legal
            assert self.referral is before
        except Invalid:
            assert self.referral is before
        else:
            assert legal

    @rule(days=st.integers(0, 60))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(
        provider=st.sampled_from(["73730001", "73730002"]),
        ahead=st.integers(-10, 40),
        length=st.one_of(st.none(), st.integers(-5, 400)),
    )
    def grant(self, provider: str, ahead: int, length: int | None) -> None:
        starts_on = local_date(self.now) + timedelta(days=ahead)
        act = Act.OFFER if self.referral.status is Status.DECLINED else Act.GRANT
        self.number += 1
        self.attempt(
            act,
            lambda: self.referral.grant(
                provider=provider,
                allocation_number=self.number,
                assignment=ASSIGNMENT,
                starts_on=starts_on,
                ends_on=None if length is None else starts_on + timedelta(days=length),
                now=self.now,
                terms=self.terms,
            ),
        )

    @rule()
    def refuse(self) -> None:
        self.attempt(Act.REFUSE, lambda: self.referral.refuse(RefusalReason.STACKING, self.now))

    @rule()
    def accept(self) -> None:
        self.attempt(Act.ACCEPT, lambda: self.referral.accept(self.now))

    @rule(reason=st.sampled_from(DeclineReason))
    def decline(self, reason: DeclineReason) -> None:
        before = self.referral
        self.attempt(Act.DECLINE, lambda: self.referral.decline(reason, self.now))
        self.declines += self.referral is not before

    @rule(ago=st.integers(-5, 60))
    def start(self, ago: int) -> None:
        day = local_date(self.now) - timedelta(days=ago)
        self.attempt(Act.START, lambda: self.referral.start(day, self.now))

    @rule(ago=st.integers(-5, 60), reason=st.sampled_from(StopReason))
    def stop(self, ago: int, reason: StopReason) -> None:
        day = local_date(self.now) - timedelta(days=ago)
        act = Act.PAUSE if reason is StopReason.TEMPORARY else Act.STOP
        self.attempt(act, lambda: self.referral.stop(day, reason, self.now))

    @rule(reason=st.sampled_from(WithdrawalReason))
    def withdraw(self, reason: WithdrawalReason) -> None:
        self.attempt(Act.WITHDRAW, lambda: self.referral.withdraw(reason, self.now))

    @invariant()
    def dates_are_in_order(self) -> None:
        each, today = self.referral, local_date(self.now)
        if each.started_on is not None:
            assert each.starts_on is not None
            assert each.starts_on <= each.started_on <= today
            assert each.accepted_at is not None
        if each.stopped_on is not None:
            assert each.started_on is not None
            assert each.started_on <= each.stopped_on <= today

    @invariant()
    def what_ended_has_an_end(self) -> None:
        assert (self.referral.status in ENDED) == (self.referral.ended_at is not None)

    @invariant()
    def an_allocation_has_all_its_terms(self) -> None:
        each = self.referral
        assert (each.offers > 0) == (each.allocation_number is not None)
        if each.offers:
            granted = each.granted
            assert each.accept_due is not None
            assert granted.granted_at < each.accept_due
            assert granted.granted_at < granted.start_due
            assert each.assignment.total_units >= each.assignment.volume
        assert len(each.declined_by) == self.declines

    @invariant()
    def somebody_has_a_task_exactly_while_a_promise_runs(self) -> None:
        todo = tasks(self.referral)
        running = [
            promise for promise in (Promise.DECIDE, Promise.ACCEPT, Promise.START) if not self.referral.kept(promise)
        ]
        assert bool(todo.provider or todo.municipality) == bool(running)


TestJourney = Journey.TestCase
TestJourney.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
