"""What a reader can work out from a released table: at least ten values for every withheld count."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from contracts.events.monitoring import Withheld
from services.monitoring.domain.disclosure import Counts, decide, rounded, shown

SIZES = st.one_of(st.integers(0, 45), st.integers(0, 9), st.integers(20, 400))
TABLES = st.lists(st.tuples(SIZES, st.floats(0, 1)), min_size=2, max_size=8)


def table(drawn: Sequence[tuple[int, float]]) -> tuple[dict[str, Counts], Counts]:
    areas = {f"{place:04d}": Counts(cases, round(cases * share)) for place, (cases, share) in enumerate(drawn)}
    total = Counts(sum(c.cases for c in areas.values()), sum(c.inside or 0 for c in areas.values()))
    return areas, total


@given(st.integers(0, 10_000))
def test_rounding_is_to_the_nearest_multiple_of_five(count: int) -> None:
    assert rounded(count) % 5 == 0
    assert abs(rounded(count) - count) <= 2
    assert (shown(count) is None) == (count < 10)


@given(TABLES)
def test_nothing_small_is_shown(drawn: Sequence[tuple[int, float]]) -> None:
    areas, total = table(drawn)
    decision = decide(areas, total)
    for name, counts in areas.items():
        if name not in decision.withheld:
            assert counts.cases >= 30
            assert counts.inside is not None
            assert 10 <= counts.inside <= counts.cases - 10
    assert (decision.total is None) <= (total.cases >= 30)


@given(TABLES)
def test_never_exactly_one_is_withheld_beside_a_shown_total(drawn: Sequence[tuple[int, float]]) -> None:
    areas, total = table(drawn)
    decision = decide(areas, total)
    assert decision.total is not None or len(decision.withheld) != 1


def sums(ranges: Sequence[range]) -> set[int]:
    """Every sum of one value out of each range."""
    found = {0}
    for values in ranges:
        found = {so_far + value for so_far in found for value in values}
    return found


def seen(count: int) -> range:
    return range(max(0, rounded(count) - 2), rounded(count) + 3)


def possible(counts: dict[str, int], whole: int, withheld: dict[str, Withheld], target: str, least: int) -> set[int]:
    """By enumeration: the values of ``target`` for which some table gives exactly what was shown.

    The reader is granted whether each withheld count is below ten, and that a complementary one is not small.
    """
    ceiling = rounded(whole) + 3

    def bounds(name: str) -> range:
        if withheld[name] is Withheld.COMPLEMENTARY:
            return range(least, max(least + 1, ceiling))
        return range(10) if counts[name] < 10 else range(ceiling)

    visible = sums([seen(count) for name, count in counts.items() if name not in withheld])
    others = [bounds(name) for name in withheld if name != target]
    rest = set(range(sum(r.start for r in others), sum(r.stop - 1 for r in others) + 1))
    low, high = min(visible) + min(rest), max(visible) + max(rest)  # both are unbroken runs
    return {value for value in bounds(target) if any(low <= top - value <= high for top in seen(whole))}


@given(TABLES)
def test_an_attacker_finds_at_least_ten_values_for_every_withheld_count(drawn: Sequence[tuple[int, float]]) -> None:
    areas, total = table(drawn)
    decision = decide(areas, total)
    if decision.total is not None:
        return
    withheld = dict(decision.withheld)
    cases = {name: counts.cases for name, counts in areas.items()}
    inside = {name: counts.inside or 0 for name, counts in areas.items()}
    for name in withheld:
        assert len(possible(cases, total.cases, withheld, name, 30)) >= 10
        assert len(possible(inside, total.inside or 0, withheld, name, 10)) >= 10


@given(st.lists(SIZES, min_size=2, max_size=8))
def test_bare_counts_are_protected_too(drawn: Sequence[int]) -> None:
    areas = {f"{place:04d}": Counts(count) for place, count in enumerate(drawn)}
    total = Counts(sum(drawn))
    decision = decide(areas, total, needs_cases=False)
    if decision.total is not None:
        return
    withheld = dict(decision.withheld)
    for name in withheld:
        counts = {name: counts.cases for name, counts in areas.items()}
        assert len(possible(counts, total.cases, withheld, name, 10)) >= 10
