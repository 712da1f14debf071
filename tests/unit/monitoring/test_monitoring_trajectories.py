from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from contracts.event import Event
from contracts.events.commissioning import CapacityStated, Law, Unit
from contracts.events.monitoring import OutcomeReported, WithoutHelp
from contracts.events.referral import (
    AllocationAccepted,
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
    TrajectoryImported,
)
from services.monitoring.domain.measures import Cell, Measure, Stream
from services.monitoring.domain.periods import Month
from services.monitoring.domain.trajectories import (
    Trajectory,
    advance,
    all_additions,
    counted,
    evidence,
    outcome_additions,
)

REFERRAL, CLIENT = UUID(int=1), UUID(int=2)
ASSIGNMENT = Assignment(
    law=Law.YOUTH, product_code="45A01", category="45", unit=Unit.HOUR, frequency=Frequency.WEEK, volume=2,
    total_units=52,
)  # fmt: skip
HEUMEN, REIGER, KOMPAS = "0252", "73730001", "73730002"


def granted(number: int = 1, provider: str = REIGER, on: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)) -> Event:
    return AllocationGranted(
        referral_id=REFERRAL, allocation_number=number, municipality=HEUMEN, provider=provider, client=CLIENT,
        assignment=ASSIGNMENT, referrer=Referrer.MUNICIPALITY, starts_on=date(2026, 3, 9), ends_on=None,
        granted_at=on, accept_due=on, start_due=datetime(2026, 4, 20, 22, tzinfo=UTC),
    )  # fmt: skip


def started(on: date, provider: str = REIGER) -> Event:
    return CareStarted(
        referral_id=REFERRAL, municipality=HEUMEN, provider=provider, client=CLIENT, product_code="45A01",
        started_on=on, reported_at=datetime(2026, 5, 1, tzinfo=UTC),
    )  # fmt: skip


def stopped(on: date, reason: StopReason, provider: str = REIGER) -> Event:
    return CareStopped(
        referral_id=REFERRAL, municipality=HEUMEN, provider=provider, client=CLIENT, product_code="45A01",
        stopped_on=on, reason=reason, reported_at=datetime(2026, 5, 1, tzinfo=UTC),
    )  # fmt: skip


def declined(number: int = 1, provider: str = REIGER) -> Event:
    return AllocationDeclined(
        referral_id=REFERRAL, municipality=HEUMEN, provider=provider, allocation_number=number,
        reason=DeclineReason.NO_ROOM, declined_at=datetime(2026, 3, 4, 9, tzinfo=UTC),
    )  # fmt: skip


def after(*events: Event) -> Sequence[Trajectory]:
    known: tuple[Trajectory, ...] = ()
    for event in events:
        known = advance(known, event)
    return known


def counts(*events: Event) -> dict[tuple[str, str], int]:
    return {
        (measure.value, f"{cell.provider[-1]} {cell.month}"): value
        for (measure, cell), value in all_additions(after(*events)).counts.items()
        if value
    }


def test_a_start_that_is_taken_back_never_counted() -> None:
    taken_back = DeliveryCorrected(
        referral_id=REFERRAL, municipality=HEUMEN, provider=REIGER, client=CLIENT, product_code="45A01",
        corrected_at=datetime(2026, 5, 2, tzinfo=UTC),
    )  # fmt: skip
    assert counts(granted(), started(date(2026, 4, 20)), taken_back) == counts(granted())


def test_an_open_allocation_waits() -> None:
    assert counts(granted()) == {("waiting", "1 2026-03"): 1}


def test_a_start_ends_the_waiting_and_counts_its_days() -> None:
    events = (granted(), started(date(2026, 4, 20)))
    assert counts(*events) == {
        ("waiting", "1 2026-03"): 1,
        ("waiting", "1 2026-04"): -1,
        ("starts", "1 2026-04"): 1,
        ("starts_within_norm", "1 2026-04"): 1,
    }
    assert all_additions(after(*events)).waiting == {(Cell(HEUMEN, REIGER, Month(2026, 4)), 49): 1}


def test_a_day_too_late_is_not_within_the_norm() -> None:
    assert ("starts_within_norm", "1 2026-04") not in counts(granted(), started(date(2026, 4, 21)))


def test_a_start_before_the_decision_waited_zero_days() -> None:
    [trajectory] = after(granted(), started(date(2026, 2, 20)))
    assert trajectory.waiting_days == 0
    assert counts(granted(), started(date(2026, 2, 20)))[("starts", "1 2026-02")] == 1
    assert ("waiting", "1 2026-03") not in counts(granted(), started(date(2026, 2, 20)))


def test_a_declined_allocation_leaves_and_the_next_provider_is_counted() -> None:
    events = (granted(), declined(), granted(2, KOMPAS, datetime(2026, 4, 1, tzinfo=UTC)))
    assert counts(*events) == {("waiting", "2 2026-04"): 1}
    assert counts(*events, started(date(2026, 4, 3), KOMPAS))[("starts", "2 2026-04")] == 1


def test_a_withdrawn_allocation_no_longer_waits() -> None:
    def withdrawn(number: int | None) -> Event:
        return ReferralWithdrawn(
            referral_id=REFERRAL, municipality=HEUMEN, provider=REIGER, allocation_number=number, reason="moved",
            withdrawn_at=datetime(2026, 5, 3, tzinfo=UTC),
        )  # fmt: skip

    assert counts(granted(), withdrawn(1)) == {("waiting", "1 2026-03"): 1, ("waiting", "1 2026-05"): -1}
    assert after(withdrawn(None)) == ()


@pytest.mark.parametrize(
    ("reason", "measures"),
    [
        (StopReason.AS_PLANNED, {"ended", "ended_as_planned", "outcomes_due"}),
        (StopReason.CLIENT_BROKE_OFF, {"ended", "ended_by_dropout", "outcomes_due"}),
        (StopReason.PROVIDER_BROKE_OFF, {"ended", "ended_by_dropout", "outcomes_due"}),
        (StopReason.IN_CONSULTATION, {"ended", "outcomes_due"}),
        (StopReason.DIED, {"ended"}),
        (StopReason.TEMPORARY, set()),
        (StopReason.MUNICIPALITY_INITIATIVE, set()),
        (StopReason.CHANGE_REQUEST, set()),
    ],
)
def test_how_care_ended(reason: StopReason, measures: set[str]) -> None:
    events = (granted(), started(date(2026, 3, 9)), stopped(date(2026, 6, 30), reason))
    assert {measure for measure, place in counts(*events) if place.endswith("2026-06")} == measures


def test_going_on_after_a_temporary_stop_is_not_a_new_start() -> None:
    events = (granted(), started(date(2026, 3, 9)), stopped(date(2026, 4, 1), StopReason.TEMPORARY))
    assert counts(*events, started(date(2026, 5, 1))) == counts(granted(), started(date(2026, 3, 9)))


def test_a_corrected_start_moves_to_its_month() -> None:
    corrected = counts(granted(), started(date(2026, 3, 31)), started(date(2026, 4, 1)))
    assert corrected == counts(granted(), started(date(2026, 4, 1)))


def test_a_stop_without_a_start_ends_the_waiting() -> None:
    assert counts(granted(), stopped(date(2026, 5, 1), StopReason.CHANGE_REQUEST))[("waiting", "1 2026-05")] == -1


def test_a_start_whose_allocation_was_never_seen_has_no_waiting_time() -> None:
    events = (started(date(2026, 4, 1)), stopped(date(2026, 6, 1), StopReason.AS_PLANNED))
    assert {measure for measure, _ in counts(*events)} == {"ended", "ended_as_planned", "outcomes_due"}


def imported(**changes: object) -> TrajectoryImported:
    values: dict[str, object] = {
        "referral_id": REFERRAL, "allocation_number": 1, "municipality": HEUMEN, "provider": REIGER,
        "client": CLIENT, "assignment": ASSIGNMENT, "referrer": Referrer.MUNICIPALITY, "starts_on": date(2026, 3, 9),
        "ends_on": None, "granted_at": datetime(2026, 3, 2, 9, tzinfo=UTC), "started_on": date(2026, 3, 9),
        "stopped_on": date(2026, 6, 30), "stop_reason": StopReason.AS_PLANNED,
        "start_due": datetime(2026, 4, 20, 22, tzinfo=UTC), "imported_at": datetime(2026, 8, 14, tzinfo=UTC),
    }  # fmt: skip
    return TrajectoryImported.model_validate(values | changes)


def test_an_imported_trajectory_counts_like_its_events() -> None:
    events = (granted(), started(date(2026, 3, 9)), stopped(date(2026, 6, 30), StopReason.AS_PLANNED))
    assert counts(imported()) == counts(*events)
    paused = imported(stop_reason=StopReason.TEMPORARY)
    assert counts(paused) == counts(granted(), started(date(2026, 3, 9)))
    assert len(evidence(imported(), datetime(2026, 8, 14, tzinfo=UTC))) == 3


def outcome(**changes: object) -> OutcomeReported:
    values: dict[str, object] = {
        "referral_id": REFERRAL, "municipality": HEUMEN, "provider": REIGER, "ended_on": date(2026, 6, 30),
        "reported_at": datetime(2026, 8, 14, tzinfo=UTC),
    }  # fmt: skip
    return OutcomeReported.model_validate(values | changes)


def test_an_outcome_adds_its_answers_in_the_month_care_ended() -> None:
    found = outcome_additions(counted(outcome(usefulness=8, without_help=WithoutHelp.LESS_HELP_NEEDED)))
    assert {measure: value for (measure, _), value in found.counts.items()} == {
        Measure.OUTCOMES: 1,
        Measure.USEFULNESS_SCORES: 8,
        Measure.USEFULNESS_ANSWERS: 1,
        Measure.WITHOUT_HELP_ANSWERS: 1,
        Measure.WITHOUT_HELP: 1,
    }
    assert {cell.month for _, cell in found.counts} == {Month(2026, 6)}
    needed = outcome_additions(counted(outcome(without_help=WithoutHelp.SAME_HELP_NEEDED)))
    assert {measure for measure, _ in needed.counts} == {Measure.OUTCOMES, Measure.WITHOUT_HELP_ANSWERS}
    assert outcome_additions(None).counts == {}


def test_every_kind_of_event_stands_for_its_stream() -> None:
    at = datetime(2026, 8, 14, tzinfo=UTC)
    accepted = AllocationAccepted(referral_id=REFERRAL, municipality=HEUMEN, provider=REIGER, accepted_at=at)
    given = {
        Stream.ALLOCATIONS: granted(),
        Stream.STARTS: started(date(2026, 4, 1)),
        Stream.STOPS: stopped(date(2026, 4, 1), StopReason.TEMPORARY),
        Stream.OUTCOMES: outcome(),
    }
    for stream, event in given.items():
        assert [found.stream for found in evidence(event, at)] == [stream]
    assert {found.stream for event in (accepted, declined()) for found in evidence(event, at)} == {Stream.ANSWERS}
    other = CapacityStated(provider=REIGER, product_code="45A01", places=1, free=1, wait_days=0, stated_at=at)
    assert evidence(other, at) == ()
    assert advance((), other) == ()
