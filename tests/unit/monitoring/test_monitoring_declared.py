from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.events.commissioning import Law, Unit
from contracts.events.declarations import AmountSpent, DeclarationAnswered
from contracts.events.monitoring import PeriodKind
from contracts.events.referral import AllocationChanged, AllocationDeclined, CareStarted, DeclineReason
from services.monitoring.catalogue import catalogue
from services.monitoring.domain.aggregates import Counted, Slice
from services.monitoring.domain.declared import declared
from services.monitoring.domain.figures import basis
from services.monitoring.domain.measures import Cell, Deltas, Measure
from services.monitoring.domain.periods import Month, Period
from services.monitoring.domain.room import Capacity, Room
from services.monitoring.domain.trajectories import advance, move
from tests.unit.monitoring.test_monitoring_trajectories import ASSIGNMENT, CLIENT, HEUMEN, KOMPAS, REFERRAL, REIGER
from tests.unit.monitoring.test_monitoring_trajectories import granted as allocation

JUNE = Cell(HEUMEN, REIGER, Month(2026, 6))
RECEIVED = datetime(2026, 7, 20, 9, tzinfo=UTC)


def spent(**changes: Any) -> AmountSpent:
    values: dict[str, Any] = {
        "declaration_id": UUID(int=9), "municipality": HEUMEN, "provider": REIGER, "product_code": "45A01",
        "month": date(2026, 6, 1), "unit": Unit.HOUR, "volume": 3, "cents": 25_530, "lines": 2,
    }  # fmt: skip
    return AmountSpent(**values | changes)


def counts(*events: Any) -> dict[str, int]:
    """What events about one referral add together, by measure and month."""
    deltas = Deltas()
    known: tuple[Any, ...] = ()
    for event in events:
        after = advance(known, event)
        move(known, after, deltas)
        known = after
    return {f"{measure.value} {cell.month}": value for (measure, cell), value in sorted(deltas.counts.items())}


@pytest.mark.parametrize(
    ("unit", "minutes", "day_parts"),
    [(Unit.MINUTE, 3, 0), (Unit.HOUR, 180, 0), (Unit.DAY_PART, 720, 3), (Unit.DAY, 4320, 0), (Unit.PIECE, 0, 0)],
)
def test_a_granted_amount_adds_money_time_and_lines_in_the_month_of_the_care(
    unit: Unit, minutes: int, day_parts: int
) -> None:
    expected = {
        (Measure.APPROVED_CENTS, JUNE): 25_530,
        (Measure.GRANTED_LINES, JUNE): 2,
        (Measure.DELIVERED_MINUTES, JUNE): minutes,
        (Measure.DELIVERED_DAY_PARTS, JUNE): day_parts,
    }
    assert declared(spent(unit=unit)).counts == {key: value for key, value in expected.items() if value}


@pytest.mark.parametrize(("late", "in_time"), [(timedelta(0), 0), (timedelta(seconds=-1), 1)])
def test_an_answer_counts_in_the_month_declared_and_is_in_time_before_its_term_passed(
    late: timedelta, in_time: int
) -> None:
    due = datetime(2026, 8, 3, 22, tzinfo=UTC)
    event = DeclarationAnswered(
        declaration_id=UUID(int=9), municipality=HEUMEN, provider=REIGER, law=Law.YOUTH, period=date(2026, 6, 1),
        submitted_cents=100, granted_cents=80, rejected_cents=20, lines=5, rejected_lines=1, received_at=RECEIVED,
        answer_due=due, answered_at=due + late,
    )  # fmt: skip
    found = declared(event).counts
    assert found.get((Measure.DECLARATIONS_IN_TIME, JUNE), 0) == in_time
    assert (found[Measure.DECLARED_LINES, JUNE], found[Measure.REJECTED_LINES, JUNE]) == (5, 1)


def changed(**changes: Any) -> AllocationChanged:
    values: dict[str, Any] = {
        "referral_id": REFERRAL, "allocation_number": 1, "municipality": HEUMEN, "provider": REIGER,
        "client": CLIENT, "assignment": ASSIGNMENT, "starts_on": date(2026, 3, 9), "ends_on": date(2026, 4, 8),
        "reason": "changed_need", "changed_at": RECEIVED,
    }  # fmt: skip
    return AllocationChanged(**values | changes)


def test_an_allocation_promises_its_time_over_its_days_and_a_change_promises_another() -> None:
    assert sum(value for name, value in counts(allocation()).items() if name.startswith("allocated")) == 52 * 60
    # 31 days from 9 March to 8 April, 23 of them in March.
    shorter = counts(allocation(), changed())
    assert (shorter["allocated_minutes 2026-03"], shorter["allocated_minutes 2026-04"]) == (2314, 806)
    twice = changed(assignment=ASSIGNMENT.model_copy(update={"total_units": 104}))
    assert counts(allocation(), twice)["allocated_minutes 2026-03"] == 4629


def test_a_removed_allocation_counts_as_never_made() -> None:
    assert counts(allocation(), changed(removed=True)) == {}
    start = CareStarted(
        referral_id=REFERRAL, municipality=HEUMEN, provider=REIGER, client=CLIENT, product_code="45A01",
        started_on=date(2026, 4, 1), reported_at=RECEIVED,
    )  # fmt: skip
    assert counts(allocation(), start, changed(removed=True)) == {}


def test_what_is_declined_promises_nothing_and_another_allocation_is_left_alone() -> None:
    declined = AllocationDeclined(
        referral_id=REFERRAL, municipality=HEUMEN, provider=REIGER, allocation_number=1, declined_at=RECEIVED,
        reason=DeclineReason.NO_ROOM,
    )  # fmt: skip
    assert not any(name.startswith("allocated") for name in counts(allocation(), declined))
    before = counts(allocation())
    for other in (changed(allocation_number=2, removed=True), changed(provider=KOMPAS, removed=True)):
        assert counts(allocation(), other) == before


def room(provider: str = REIGER, *municipalities: str, ceiling: int | None = 1000) -> Room:
    return Room(
        provider=provider,
        municipalities=frozenset(municipalities or (HEUMEN,)),
        valid_from=date(2026, 1, 1),
        valid_until=None,
        ceiling_cents=ceiling,
        day_part_products=frozenset({"07A01"}),
    )


def cell(measure: Measure, value: int, month: Month, provider: str = REIGER, municipality: str = HEUMEN) -> Counted:
    return Counted(municipality, provider, month, measure, value)


def share(number: int, counted: Slice, period: Period) -> tuple[float | None, int | None, int | None]:
    indicator = catalogue().get(number)
    assert indicator is not None
    found = basis(indicator, counted.totals(period))
    return found.value, found.numerator, found.denominator


def test_use_of_spending_room_is_what_was_approved_this_year_of_the_ceilings() -> None:
    counted = Slice(
        [
            cell(Measure.APPROVED_CENTS, 100, Month(2025, 12)),
            cell(Measure.APPROVED_CENTS, 300, Month(2026, 1)),
            cell(Measure.APPROVED_CENTS, 400, Month(2026, 6)),
            cell(Measure.APPROVED_CENTS, 50, Month(2026, 7)),
            cell(Measure.APPROVED_CENTS, 999, Month(2026, 6), KOMPAS),
        ],
        rooms=[room(), room(KOMPAS, ceiling=None)],
    )
    for kind in (PeriodKind.MONTH, PeriodKind.ROLLING_YEAR):
        assert share(25, counted, Period(kind, Month(2026, 6))) == (70.0, 700, 1000)
    elsewhere = counted.of(municipalities=["0268"])
    assert share(25, elsewhere, Period(PeriodKind.MONTH, Month(2026, 6)))[0] is None


def test_a_ceiling_of_more_municipalities_counts_only_where_all_of_them_are() -> None:
    counted = Slice([cell(Measure.APPROVED_CENTS, 100, Month(2026, 6))], rooms=[room(REIGER, HEUMEN, "0268")])
    period = Period(PeriodKind.MONTH, Month(2026, 6))
    assert share(25, counted.of(municipalities=[HEUMEN, "0268"]), period)[0] == 10.0
    assert share(25, counted.of(municipalities=[HEUMEN]), period)[0] is None
    assert share(25, counted.of(provider=REIGER), period)[0] == 10.0


def test_occupancy_is_held_against_places_as_they_were_stated() -> None:
    june = Period(PeriodKind.MONTH, Month(2026, 6))
    counted = Slice(
        [
            cell(Measure.DELIVERED_DAY_PARTS, 330, Month(2026, 6)),
            cell(Measure.DELIVERED_DAY_PARTS, 77, Month(2026, 6), KOMPAS),
        ],
        rooms=[room(), room(KOMPAS)],
        capacities=[
            Capacity(REIGER, "07A01", Month(2026, 3), 10),
            Capacity(REIGER, "07A01", Month(2026, 7), 20),
            Capacity(REIGER, "45A01", Month(2026, 3), 500),
        ],
    )
    # 22 weekdays in June 2026; the other provider did not say what it has.
    assert share(22, counted, june) == (75.0, 330, 440)
    july = share(22, counted, Period(PeriodKind.MONTH, Month(2026, 7)))
    assert july == (0.0, 0, 20 * 2 * 23)
    before = share(22, counted, Period(PeriodKind.MONTH, Month(2026, 1)))
    assert before == (0.0, 0, 10 * 2 * 22)


def test_a_figure_of_time_rests_on_its_lines_and_not_on_its_minutes() -> None:
    indicator = catalogue().get(23)
    assert indicator is not None
    june = Month(2026, 6)
    counted = Slice(
        [
            cell(Measure.DELIVERED_MINUTES, 880, june),
            cell(Measure.ALLOCATED_MINUTES, 1000, june),
            cell(Measure.GRANTED_LINES, 12, june),
        ]
    )
    found = basis(indicator, counted.totals(Period(PeriodKind.MONTH, june)))
    assert (found.value, found.cases) == (88.0, 12)
