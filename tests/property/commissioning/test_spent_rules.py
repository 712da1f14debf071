"""For any declared and reserved amounts: not a cent is lost or counted twice, in any order or batches."""

from collections import Counter
from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.events.commissioning import Unit
from contracts.events.declarations import AmountSpent
from services.commissioning.domain.spending import Price
from services.commissioning.domain.spent import Place, Reservation, Reserved, ReservedDeltas, SpentLines

AGREEMENTS = [UUID(int=number) for number in (1, 2)]
MONTHS = [date(2026, month, 1) for month in range(1, 13)]
AT = datetime(2026, 8, 14, 9, tzinfo=UTC)

declared = st.fixed_dictionaries(
    {
        "declaration_id": st.uuids(version=4),
        "municipality": st.sampled_from(["0268", "0252"]),
        "provider": st.just("73730001"),
        "agreement_id": st.none() | st.sampled_from(AGREEMENTS),
        "product_code": st.sampled_from(["45A04", "45A05"]),
        "month": st.sampled_from(MONTHS),
        "unit": st.just(Unit.HOUR),
        "volume": st.integers(-100, 100),
        "cents": st.integers(-10_000_000, 10_000_000),
        "lines": st.integers(1, 50),
    }
).map(AmountSpent.model_validate)


def added(events: list[AmountSpent]) -> Counter[tuple[Place, UUID | None]]:
    batch = SpentLines()
    for event in events:
        batch.add(event)
    total: Counter[tuple[Place, UUID | None]] = Counter()
    total.update(batch.cents)
    return total


@given(st.lists(declared, max_size=30), st.randoms(use_true_random=False), st.integers(1, 7))
def test_spend_adds_up_to_the_cent_in_any_order_and_batches(
    events: list[AmountSpent], chance: object, size: int
) -> None:
    whole = added(events)
    assert sum(whole.values()) == sum(event.cents for event in events)
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    batched: Counter[tuple[Place, UUID | None]] = Counter()
    for start in range(0, len(shuffled), size):
        batched.update(added(shuffled[start : start + size]))
    assert {key: cents for key, cents in batched.items() if cents} == {
        key: cents for key, cents in whole.items() if cents
    }


reservations = st.builds(
    Reservation,
    referral_id=st.sampled_from([UUID(int=number) for number in range(4)]),
    allocation_number=st.integers(1, 2),
    provider=st.just("73730001"),
    municipality=st.sampled_from(["0268", "0252"]),
    product_code=st.just("45A04"),
    starts_on=st.sampled_from([date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28)]),
    named=st.none(),
    cents=st.integers(0, 10_000_000),
)


@given(st.lists(st.tuples(reservations, st.none() | st.sampled_from(AGREEMENTS)), max_size=30))
def test_only_the_latest_reservation_of_an_allocation_counts(history: list[Reserved]) -> None:
    sums: Counter[tuple[UUID, str, date]] = Counter()
    latest: dict[tuple[UUID, int], Reserved] = {}
    for reservation, agreement in history:
        key = reservation.referral_id, reservation.allocation_number
        deltas = ReservedDeltas()
        deltas.replace(latest.get(key), (reservation, agreement))
        sums.update(deltas.cents)
        latest[key] = reservation, agreement
    expected: Counter[tuple[UUID, str, date]] = Counter()
    for reservation, agreement in latest.values():
        if agreement is not None:
            expected[agreement, reservation.municipality, reservation.starts_on.replace(day=1)] += reservation.cents
    assert +sums == +expected
    assert all(cents >= 0 for cents in sums.values())


def line(agreement: UUID, first: date, last: date | None) -> Price:
    return Price(
        agreement_id=agreement,
        provider="73730001",
        municipalities=frozenset({"0268"}),
        product_code="45A04",
        unit=Unit.HOUR,
        municipality=None,
        tariff_cents=8510,
        valid_from=first,
        valid_until=last,
        agreed_from=first,
        agreed_until=last,
    )


days = st.dates(date(2025, 6, 1), date(2027, 6, 1))


@given(st.sampled_from(MONTHS), days, days)
def test_spend_belongs_to_an_agreement_that_holds_on_some_day_of_its_month(month: date, one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    place = Place("73730001", "0268", "45A04", month)
    holds = any(first <= place.month.replace(day=day) <= last for day in range(1, place.last_day.day + 1))
    assert place.agreement([line(AGREEMENTS[0], first, last)]) == (AGREEMENTS[0] if holds else None)
    # Of two, the one that began last.
    both = [line(AGREEMENTS[0], first, None), line(AGREEMENTS[1], date(2024, 1, 1), None)]
    assert place.agreement(both) == (AGREEMENTS[0] if first <= place.last_day else AGREEMENTS[1])
