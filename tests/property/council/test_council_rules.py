"""Whose turn it is, when a term ends, and where a figure went: for any calendar and any series."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.events.council import MomentKind
from services.council.calendar import calendar
from services.council.domain.indicators import Direction, Good, a_year_before, direction
from services.council.domain.moment import Moment, MomentState, due, question_due, turn, twelve_months
from services.kit.problems import Conflict
from services.kit.working_days import local_date

START = datetime(2026, 8, 14, 9, tzinfo=UTC)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
instants = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    opens_on, term = draw(days), draw(st.integers(1, 120))
    return Moment(
        moment_id=UUID(int=draw(st.integers(1, 2**64))),
        municipality="0252",
        kind=draw(st.sampled_from(list(MomentKind))),
        title="Moment",
        opens_on=opens_on,
        term_days=term,
        rule="Wgr art. 35",
        due=due(opens_on, term),
        scheduled_at=START,
        done_at=draw(st.none() | st.just(START)),
    )


@given(moments(), instants)
def test_a_moment_is_open_from_its_first_day_through_its_last(moment: Moment, now: datetime) -> None:
    assume(moment.done_at is None)
    today = local_date(now)
    expected = (
        MomentState.UPCOMING
        if today < moment.opens_on
        else MomentState.OPEN
        if today <= moment.last_day
        else MomentState.PAST
    )
    assert moment.state(now) is expected
    assert (moment.days_left(now) >= 0) == (today <= moment.last_day)
    try:
        done = moment.finish(now)
    except Conflict:
        assert expected is not MomentState.OPEN
    else:
        assert expected is MomentState.OPEN
        assert done.state(now) is MomentState.DONE


@given(st.lists(moments(), max_size=8, unique_by=lambda moment: moment.moment_id), instants)
def test_it_is_the_councils_turn_exactly_when_a_moment_is_open(known: list[Moment], now: datetime) -> None:
    current, following = turn(known, now)
    open_now = [moment for moment in known if moment.state(now) is MomentState.OPEN]
    assert (current is not None) == bool(open_now)
    if current is not None:
        assert all(current.due <= moment.due for moment in open_now)
    if following is not None:
        assert following.opens_on > local_date(now)
    assert turn(list(reversed(known)), now) == (current, following)


@given(instants, st.integers(1, 90))
def test_a_question_may_be_answered_through_the_whole_last_day(asked_at: datetime, term: int) -> None:
    ends = question_due(asked_at, term)
    assert local_date(ends - timedelta(microseconds=1)) == local_date(asked_at) + timedelta(days=term)
    assert local_date(ends) == local_date(asked_at) + timedelta(days=term + 1)


@given(days)
def test_the_strip_has_this_month_and_eleven_more(today: date) -> None:
    months = twelve_months(today)
    assert months[0] == today.replace(day=1)
    assert len(set(months)) == 12
    assert all(0 < (later - earlier).days <= 31 for earlier, later in pairwise(months))


values = st.none() | st.floats(0, 1000, allow_nan=False)


@given(st.sampled_from(list(Good)), values, values)
def test_a_direction_is_told_only_between_two_figures_and_turns_around_with_them(
    good: Good, latest: float | None, earlier: float | None
) -> None:
    told = direction(good, latest, earlier)
    opposite = {
        Direction.BETTER: Direction.WORSE,
        Direction.WORSE: Direction.BETTER,
        Direction.HIGHER: Direction.LOWER,
        Direction.LOWER: Direction.HIGHER,
        Direction.SAME: Direction.SAME,
        Direction.UNKNOWN: Direction.UNKNOWN,
    }
    assert (told is Direction.UNKNOWN) == (latest is None or earlier is None)
    if good is Good.ONE:
        return
    assert direction(good, earlier, latest) is opposite[told]


def test_fewer_days_of_waiting_is_better_and_an_inflow_near_one_too() -> None:
    assert direction(Good.DOWN, 40, 45) is Direction.BETTER
    assert direction(Good.UP, 40, 45) is Direction.WORSE
    assert direction(Good.CONTEXT, 40, 45) is Direction.LOWER
    assert direction(Good.BAND, 50, 45) is Direction.HIGHER
    assert direction(Good.ONE, 1.1, 0.7) is Direction.BETTER
    assert direction(Good.ONE, 1.4, 0.9) is Direction.WORSE


def test_a_year_before_is_the_same_month_or_the_oldest_known_since() -> None:
    points: list[tuple[str, float | None]] = [("2025-06", 1.0), ("2025-07", 2.0), ("2025-09", 3.0), ("2026-07", 9.0)]
    assert a_year_before(points) == 2.0
    assert a_year_before([("2025-06", 1.0), ("2025-09", None), ("2026-01", 4.0), ("2026-07", 9.0)]) == 4.0
    assert a_year_before([("2026-07", 9.0)]) is None
    assert a_year_before([]) is None


@given(st.lists(moments(), max_size=4))
def test_a_calendar_holds_every_moment_and_never_a_line_that_is_too_long(known: list[Moment]) -> None:
    content = calendar("0252", known, "en")
    assert content.count(b"BEGIN:VEVENT") == len(known)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
