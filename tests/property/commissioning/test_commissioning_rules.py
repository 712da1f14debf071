"""State machines of commission and agreement, the order of assessment, and money to the cent."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.events.commissioning import Law, Product, Tariff, Unit
from services.commissioning.domain.admission import Judgement, assess
from services.commissioning.domain.agreement import Agreement, AgreementStatus, months_before, overlapping
from services.commissioning.domain.commission import Commission, Requirement, Stage, Step
from services.commissioning.domain.spending import Commitment, Contribution, Price, forecast, is_tight, price_of
from services.commissioning.domain.totals import Deltas
from services.kit.problems import Conflict, Invalid

START = datetime(2026, 8, 14, 9, 0, tzinfo=UTC)
REQUIREMENTS = tuple(
    Requirement(code=f"{step.value}-{number}", step=step, text="Eis") for step in Step for number in range(2)
)
ORDER = [Stage.DRAFT, Stage.PUBLISHED, Stage.ANSWERED, Stage.CLOSED, Stage.STANDSTILL, Stage.FINAL]


def draft() -> Commission:
    return Commission(
        commission_id=UUID(int=1),
        owner="region:rijk-van-nijmegen",
        scenario_id=UUID(int=2),
        title="Jeugdhulp",
        municipalities=("0268",),
        products=(
            Product(
                product_code="45A04", category="45", name="Ambulant", law=Law.YOUTH, unit=Unit.HOUR, tariff_cents=8510
            ).model_dump(),
        ),
        requirements=REQUIREMENTS,
        valid_from=date(2027, 1, 1),
        valid_until=date(2029, 12, 31),
        stage=Stage.DRAFT,
        version=1,
        drafted_at=START,
    )


class CommissionMachine(RuleBasedStateMachine):
    """Whatever is tried, in whatever order and at whatever moment, a commission only moves on, never too early."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.commission = draft()
        self.stages = [Stage.DRAFT]

    def _try(self, act: object) -> None:
        before = self.commission
        try:
            self.commission = act()  # type: ignore[operator]
        except Conflict:
            assert self.commission is before
        if self.commission.stage is not before.stage:
            self.stages.append(self.commission.stage)
            assert self.commission.version == before.version + 1

    @rule(hours=st.integers(1, 24 * 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def publish(self) -> None:
        self._try(lambda: self.commission.publish(self.now))

    @rule(stage=st.sampled_from(list(Stage)))
    def advance(self, stage: Stage) -> None:
        until, before = self.commission.until, self.commission.stage
        self._try(lambda: self.commission.advance(stage, self.now))
        if self.commission.stage is not before:
            assert until is not None
            assert self.now >= until

    @rule()
    def announce(self) -> None:
        self._try(lambda: self.commission.announce(self.now))

    @rule()
    @precondition(lambda self: len(self.stages) > 3)
    def withdraw(self) -> None:
        self._try(lambda: self.commission.withdraw("Reden", self.now))

    @invariant()
    def only_forward(self) -> None:
        walked = [stage for stage in self.stages if stage is not Stage.WITHDRAWN]
        assert walked == ORDER[: len(walked)]
        assert Stage.WITHDRAWN not in self.stages[:-1]

    @invariant()
    def terms_stand_in_order(self) -> None:
        each = self.commission
        if each.published_at and each.questions_due and each.applications_due and each.assessment_due:
            assert each.published_at < each.questions_due < each.applications_due < each.assessment_due

    @invariant()
    def applications_only_while_open(self) -> None:
        try:
            self.commission.require_open_for_applications(self.now)
        except Conflict:
            return
        assert self.commission.applications_due
        assert self.now < self.commission.applications_due
        assert self.commission.stage in (Stage.PUBLISHED, Stage.ANSWERED)


TestCommissionMachine = CommissionMachine.TestCase
TestCommissionMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)

SIDES = ("region:rijk-van-nijmegen", "provider:73730001")


@given(st.lists(st.sampled_from([*SIDES, "municipality:0268", "provider:73730004"]), max_size=8))
def test_an_agreement_is_concluded_exactly_when_both_sides_signed(signers: list[str]) -> None:
    agreement = Agreement(
        agreement_id=UUID(int=1),
        owner=SIDES[0],
        provider="73730001",
        provider_party=SIDES[1],
        municipalities=("0268",),
        products=draft().products,
        valid_from=date(2027, 1, 1),
        status=AgreementStatus.DRAFTED,
        drafted_at=START,
    )
    signed: set[str] = set()
    for party in signers:
        concluded = agreement.status is AgreementStatus.CONCLUDED
        try:
            agreement = agreement.sign(party, signed, START)
        except Conflict:
            assert concluded or party in signed or party not in SIDES
            continue
        signed.add(party)
    assert (agreement.status is AgreementStatus.CONCLUDED) == (signed == set(SIDES))


judged = st.lists(
    st.builds(
        Judgement,
        code=st.sampled_from([requirement.code for requirement in REQUIREMENTS]),
        met=st.booleans(),
        ground=st.sampled_from([None, "Omdat"]),
    ),
    max_size=7,
)


@given(judged)
@settings(max_examples=400)
def test_who_is_admitted_met_every_requirement_and_no_step_was_skipped(judgements: list[Judgement]) -> None:
    try:
        admitted = assess(REQUIREMENTS, judgements)
    except Invalid:
        return
    codes = [judgement.code for judgement in judgements]
    assert len(set(codes)) == len(codes)
    assert admitted == (all(each.met for each in judgements) and len(codes) == len(REQUIREMENTS))
    steps = {requirement.code: requirement.step for requirement in REQUIREMENTS}
    failed = {steps[each.code] for each in judgements if not each.met}
    assert len(failed) <= 1
    if failed:
        order = list(Step)
        assert all(order.index(steps[code]) <= order.index(next(iter(failed))) for code in codes)
        assert all(each.ground for each in judgements if not each.met)


def test_a_perfect_application_is_admitted() -> None:
    assert assess(REQUIREMENTS, [Judgement(code=each.code, met=True) for each in REQUIREMENTS])


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def commitments(draw: st.DrawFn) -> Commitment:
    starts = draw(days)
    ends = draw(st.none() | st.integers(0, 500).map(lambda n: starts + timedelta(days=n)))
    stopped = draw(st.none() | st.integers(-5, 600).map(lambda n: starts + timedelta(days=n)))
    return Commitment(
        referral_id=UUID(int=draw(st.integers(1, 2**64))),
        municipality=draw(st.sampled_from(["0268", "0252"])),
        provider="73730001",
        product_code="45A04",
        unit=draw(st.sampled_from([Unit.HOUR, Unit.MINUTE])),
        total_units=draw(st.integers(0, 5000)),
        starts_on=starts,
        ends_on=ends,
        start_due=START,
        started_on=draw(st.none() | days),
        stopped_on=stopped,
        dropout=stopped is not None and draw(st.booleans()),
        released=draw(st.booleans()),
    )


def price(**changes: object) -> Price:
    values: dict[str, object] = {
        "agreement_id": UUID(int=1),
        "provider": "73730001",
        "municipalities": frozenset({"0268", "0252"}),
        "product_code": "45A04",
        "unit": Unit.HOUR,
        "municipality": None,
        "tariff_cents": 8510,
        "valid_from": date(2026, 1, 1),
        "valid_until": None,
        "agreed_from": date(2026, 1, 1),
        "agreed_until": None,
    }
    return Price(**values | changes)  # type: ignore[arg-type]


PRICES = [
    price(valid_until=date(2026, 12, 31)),
    price(tariff_cents=8925, valid_from=date(2027, 1, 1)),
    price(tariff_cents=9500, municipality="0252", valid_from=date(2026, 7, 1)),
    price(agreement_id=UUID(int=2), tariff_cents=7000, agreed_from=date(2025, 1, 1), agreed_until=date(2026, 3, 31)),
]


@given(st.lists(commitments(), max_size=12), st.randoms())
def test_sums_in_any_order_are_the_journeys_to_the_cent(journeys: list[Commitment], order: object) -> None:
    """Each journey first without a price, then with: added in any order, months and years equal the journeys."""
    contributions = [Contribution.of(each, price_of(each, PRICES)) for each in journeys]
    steps = [(None, after) for after in contributions]
    order.shuffle(steps)  # type: ignore[attr-defined]
    deltas = Deltas()
    for before, after in steps:
        deltas.replace(before, after)
    total = sum(each.committed_cents for each in contributions if each is not None)
    assert sum(deltas.months.values()) == total == sum(deltas.years.values())
    for after in contributions:
        deltas.replace(after, None)
    assert set(deltas.months.values()) <= {0}
    assert set(deltas.counts.values()) <= {(0, 0, 0, 0, 0)}


@given(commitments())
def test_a_journey_commits_between_nothing_and_its_whole_volume(journey: Commitment) -> None:
    found = price_of(journey, PRICES)
    if found is None:
        return
    per = 60 if journey.unit is Unit.MINUTE else 1
    full = journey.total_units * found.tariff_cents / per
    assert 0 <= found.amount(journey) <= full + 0.5
    if journey.stopped_on is None:
        assert abs(found.amount(journey) - full) <= 0.5
    assert found.holds_for(journey)
    if journey.municipality == "0252" and journey.starts_on >= date(2026, 7, 1):
        assert found.tariff_cents == 9500


@given(st.integers(0, 10**12), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_a_forecast_grows_with_what_is_committed_and_meets_the_year_at_its_end(cents: int, day: date) -> None:
    ahead = forecast(cents, day.year, day)
    days_in_year = 366 if day.year % 4 == 0 else 365
    elapsed = day.timetuple().tm_yday
    assert abs(ahead - cents * days_in_year / elapsed) <= 0.5 + cents * 1e-12
    assert ahead >= cents
    assert forecast(cents, day.year, date(day.year, 12, 31)) == cents
    assert forecast(cents, day.year, date(day.year + 1, 2, 1)) == cents
    with pytest.raises(ValueError, match="not begun"):
        forecast(cents, day.year + 1, day)


@given(st.integers(1, 10**14))
def test_the_warning_comes_at_seventy_percent_exactly(ceiling: int) -> None:
    threshold = -(-ceiling * 70 // 100)
    assert is_tight(threshold, ceiling)
    assert not is_tight(threshold - 1, ceiling)


def test_the_story_of_the_demonstration_holds() -> None:
    assert is_tight(182_000_000, 260_000_000)
    assert not is_tight(182_000_000 - 34_040, 260_000_000)
    assert round(forecast(182_000_000, 2026, date(2026, 8, 14)) / 1e8, 2) == 2.94


@given(st.lists(st.tuples(st.integers(0, 40), st.none() | st.integers(0, 20), st.booleans()), max_size=6))
def test_overlap_is_found_exactly_when_a_day_has_two_prices(lines: list[tuple[int, int | None, bool]]) -> None:
    base = date(2026, 1, 1)
    tariffs = [
        Tariff(
            product_code="45A04",
            municipality="0268" if local else None,
            tariff_cents=100,
            valid_from=base + timedelta(days=first),
            valid_until=None if length is None else base + timedelta(days=first + length),
        )
        for first, length, local in lines
    ]
    twice = any(
        sum(
            line.municipality == place
            and line.valid_from <= day
            and (line.valid_until is None or day <= line.valid_until)
            for line in tariffs
        )
        > 1
        for place in (None, "0268")
        for day in (base + timedelta(days=n) for n in range(62))
    )
    assert (overlapping(tariffs) is not None) == twice


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)), st.integers(0, 48))
def test_months_before_stays_in_the_right_month(day: date, months: int) -> None:
    before = months_before(day, months)
    assert (day.year * 12 + day.month) - (before.year * 12 + before.month) == months
    assert before.day <= day.day
