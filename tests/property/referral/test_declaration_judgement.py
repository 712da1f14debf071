"""Whatever is declared: every cent is granted or rejected, no more is granted than allowed, and nothing twice."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import count
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.declaration import Judgement, judge
from services.referral.domain.declaration_checks import last_of_month
from services.referral.domain.declared import (
    ContractTariff,
    DeclarableAllocation,
    Declared,
    DeclaredClient,
    DeclaredKnown,
    Performance,
)
from services.referral.domain.declared_volume import (
    AllocatedVolume,
    allowed_in_period,
    allowed_in_total,
    amount_for_minutes,
    in_smallest_unit,
    tariff_per_minute,
)
from services.referral.domain.identity import fictional_bsn

HOURLY = 6990
CLIENTS = {fictional_bsn(number): UUID(int=number) for number in (1, 2)}
STRANGER = fictional_bsn(3)
PERIOD = (date(2026, 6, 1), date(2026, 6, 30))
CODES = ("45A04", "45A05")
TARIFFS = {code: (ContractTariff(code, HOURLY, Unit.HOUR, date(2026, 1, 1)),) for code in CODES}

EXTENTS = st.builds(
    AllocatedVolume,
    st.integers(1, 40),
    st.sampled_from([Unit.HOUR, Unit.HOUR, Unit.MINUTE]),
    st.sampled_from(Frequency),
)
SELDOM = st.integers(0, 9).map(lambda dice: dice == 0)


@st.composite
def allocations(draw: st.DrawFn, number: int) -> DeclarableAllocation:
    specific = draw(st.booleans())
    return DeclarableAllocation(
        number,
        UUID(int=draw(st.integers(1, 2))),
        draw(st.dates(date(2026, 2, 1), date(2026, 5, 31))),
        draw(st.dates(date(2026, 6, 1), date(2026, 7, 31))),
        category="45" if specific else draw(st.sampled_from(["45", None])),
        code=CODES[0] if specific else None,
        extent=draw(EXTENTS) if specific else None,
        budget_cents=None if specific else draw(st.integers(0, 100 * HOURLY)),
        removed=draw(SELDOM),
    )


@st.composite
def debits(draw: st.DrawFn, known: DeclaredKnown, client: UUID, reference: str) -> Performance:
    """Mostly right; seldom on another's allocation, outside it, with another code or for another amount."""
    anywhere = draw(SELDOM)
    choice = [each for each in known.allocations.values() if each.client == client or anywhere]
    own = draw(st.sampled_from(choice or list(known.allocations.values())))
    first = date(2026, draw(st.integers(2, 6)), 1)
    last = last_of_month(first)
    if own.starts_on <= last and not draw(SELDOM):
        first, last = max(first, own.starts_on), min(last, own.ends_on or last)
    unit = draw(st.sampled_from([Unit.HOUR, Unit.MINUTE]))
    if own.extent is not None and own.extent.unit is Unit.MINUTE and not draw(SELDOM):
        unit = Unit.MINUTE
    volume = draw(st.integers(0, 30))
    cents = HOURLY * volume if unit is Unit.HOUR else amount_for_minutes(HOURLY, volume)
    return Performance(
        reference=reference,
        allocation_number=own.number,
        category="45",
        code=own.code if own.code and not draw(SELDOM) else draw(st.sampled_from(CODES)),
        starts_on=first,
        ends_on=last,
        volume=volume,
        unit=unit,
        tariff_cents=HOURLY if unit is Unit.HOUR else tariff_per_minute(HOURLY),
        amount_cents=cents + draw(SELDOM),
    )


@st.composite
def performances(draw: st.DrawFn, known: DeclaredKnown, client: UUID, reference: str) -> Performance:
    earlier = [each for each in known.approved if each.client == client] or known.approved
    if earlier and draw(st.booleans()):
        debit = draw(st.sampled_from(earlier)).performance
        changed = {"amount_cents": debit.amount_cents + 1} if draw(SELDOM) else {}
        return replace(debit, reference=reference, previous_reference=debit.reference, credit=True, **changed)
    return draw(debits(known, client, reference))


@st.composite
def declarations(draw: st.DrawFn, known: DeclaredKnown, number: str) -> Declared:
    names = (f"{number}-{place}" for place in count())
    listed = {
        bsn: [draw(performances(known, client, next(names))) for _ in range(draw(st.integers(1, 4)))]
        for bsn, client in CLIENTS.items()
    }
    if draw(SELDOM):
        listed[STRANGER] = [draw(performances(known, UUID(int=1), next(names)))]
    return Declared(number, *PERIOD, tuple(DeclaredClient(bsn, tuple(given)) for bsn, given in listed.items()))


@st.composite
def courses(draw: st.DrawFn) -> list[tuple[DeclaredKnown, Declared, Judgement]]:
    """One declaration after another, each judged on what the previous one left."""
    numbers = range(1, 4)
    known = DeclaredKnown(
        clients=CLIENTS, allocations={number: draw(allocations(number)) for number in numbers}, tariffs=TARIFFS
    )
    steps = []
    for place in range(draw(st.integers(1, 4))):
        declared = draw(declarations(known, f"D{place}"))
        judgement = judge(declared, known)
        steps.append((known, declared, judgement))
        known = judgement.after
    return steps


@given(courses())
@settings(max_examples=60, deadline=None)
def test_every_cent_is_granted_or_rejected(steps: list[tuple[DeclaredKnown, Declared, Judgement]]) -> None:
    for _, declared, judgement in steps:
        assert judgement.granted_cents + judgement.rejected_cents == judgement.submitted_cents
        assert judgement.submitted_cents == declared.submitted_cents
        assert len(judgement.granted) + len(judgement.rejected) == len(judgement.verdicts)
        assert all(verdict.codes or not verdict.assessed for verdict in judgement.rejected)


@given(courses())
@settings(max_examples=60, deadline=None)
def test_never_more_stands_than_the_allocation_allows(
    steps: list[tuple[DeclaredKnown, Declared, Judgement]],
) -> None:
    for _, _, judgement in steps:
        after = judgement.after
        standing = [each.performance for each in after.approved if not each.credited]
        assert set(Counter(each.product_in_period for each in standing).values()) <= {1}
        for allocation in after.allocations.values():
            mine = [each for each in standing if each.allocation_number == allocation.number]
            assert not (mine and allocation.removed)
            if allocation.budget_cents is not None:
                assert sum(each.amount_cents for each in mine) <= allocation.budget_cents
            extent = allocation.extent
            if extent is None:
                continue
            total = allowed_in_total(extent, allocation.starts_on, allocation.ends_on)
            assert total is not None
            volumes: Counter[tuple[date, date]] = Counter()
            for each in mine:
                volumes[each.starts_on, each.ends_on] += in_smallest_unit(each.volume, each.unit, extent.unit)
            assert sum(volumes.values()) <= in_smallest_unit(total, extent.unit, extent.unit)
            for (first, last), volume in volumes.items():
                allowed = allowed_in_period(extent, allocation.starts_on, allocation.ends_on, first, last)
                assert volume <= in_smallest_unit(allowed, extent.unit, extent.unit)


@given(courses())
@settings(max_examples=60, deadline=None)
def test_the_same_declaration_again_is_double(steps: list[tuple[DeclaredKnown, Declared, Judgement]]) -> None:
    for _, declared, judgement in steps:
        again = judge(declared, judgement.after)
        assert again.granted == ()
        assert again.codes("declaration") == ("9333",)
        renumbered = judge(replace(declared, number="NEW"), judgement.after)
        assert renumbered.granted_cents == 0
        assert renumbered.granted == ()
        assert all("8021" in verdict.codes for verdict in renumbered.verdicts if verdict.assessed)


@given(courses())
@settings(max_examples=60, deadline=None)
def test_credits_never_exceed_what_was_approved(steps: list[tuple[DeclaredKnown, Declared, Judgement]]) -> None:
    granted: list[Performance] = []
    for known, _, judgement in steps:
        before = {each.performance.reference: each for each in known.approved}
        for verdict in judgement.granted:
            if verdict.performance.credit:
                debit = before[verdict.performance.previous_reference or ""]
                assert not debit.credited
                assert debit.client == verdict.client
                assert verdict.performance.takes_back(debit.performance)
        granted += [verdict.performance for verdict in judgement.granted]
        standing = sum(each.performance.amount_cents for each in judgement.after.approved if not each.credited)
        assert sum(each.signed_cents for each in granted) == standing
        taken_back = Counter(each.previous_reference for each in granted if each.credit)
        assert all(times == 1 for times in taken_back.values())


@given(courses())
@settings(max_examples=40, deadline=None)
def test_judging_again_on_the_same_gives_the_same(steps: list[tuple[DeclaredKnown, Declared, Judgement]]) -> None:
    for known, declared, judgement in steps:
        assert judge(declared, known) == judgement
