"""What a reader can work out from a published table with its margins: at least ten values for every withheld count.

The attacker is independent of the defence: linear programming, in exact fractions, over every shown cell and margin.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from services.monitoring.domain.disclosure import Thresholds
from services.monitoring.domain.margins import TOTAL, Cell, PublishedCell, publish

SIZES = st.one_of(st.integers(0, 12), st.integers(0, 60), st.integers(8, 12), st.just(0))


@st.composite
def tables(draw: st.DrawFn) -> dict[Cell, int]:
    """Up to three dimensions and twelve cells; some combinations do not exist."""
    shape = draw(st.sampled_from([(1,), (2,), (5,), (2, 2), (3, 3), (2, 5), (4, 3), (2, 2, 2), (3, 2, 2), (1, 4)]))
    cells = list(product(*([f"{'abc'[place]}{number}" for number in range(size)] for place, size in enumerate(shape))))
    absent = draw(st.sets(st.sampled_from(cells), max_size=len(cells) - 1)) if draw(st.booleans()) else set()
    return {cell: draw(SIZES) for cell in cells if cell not in absent}


def parts(counts: dict[Cell, int], cell: Cell) -> list[Cell]:
    """The cells that a cell or margin is the sum of."""
    return [each for each in counts if all(value in (TOTAL, own) for value, own in zip(cell, each, strict=True))]


def most(rows: list[list[Fraction]], bounds: list[Fraction], goal: list[Fraction]) -> Fraction | None:
    """The maximum of ``goal`` over ``rows @ x <= bounds``, ``x >= 0``, ``bounds >= 0``; ``None`` without a maximum.

    The simplex method with Bland's rule, which always ends.
    """
    height, width = len(rows), len(goal)
    table = [
        [*row, *(Fraction(int(place == own)) for own in range(height)), bound]
        for place, (row, bound) in enumerate(zip(rows, bounds, strict=True))
    ]
    top = [-value for value in goal] + [Fraction(0)] * (height + 1)
    basis = list(range(width, width + height))
    while (enters := next((place for place, value in enumerate(top[:-1]) if value < 0), None)) is not None:
        ratios = [(row[-1] / row[enters], basis[place], place) for place, row in enumerate(table) if row[enters] > 0]
        if not ratios:
            return None
        leaves = min(ratios)[2]
        pivot = table[leaves][enters]
        table[leaves] = [value / pivot for value in table[leaves]]
        for place, row in enumerate(table):
            if place != leaves and row[enters]:
                factor = row[enters]
                table[place] = [value - factor * other for value, other in zip(row, table[leaves], strict=True)]
        factor = top[enters]
        top = [value - factor * other for value, other in zip(top, table[leaves], strict=True)]
        basis[leaves] = enters
    return top[-1]


def width(counts: dict[Cell, int], published: Sequence[PublishedCell], target: Cell) -> Fraction | None:
    """How far apart the smallest and largest value of ``target`` lie that agree with all that is shown."""
    cells = list(counts)
    rows, bounds = [], []

    def limit(cell: Cell, sign: int, room: int) -> None:
        inside = set(parts(counts, cell))
        ups = [Fraction(sign * (each in inside)) for each in cells]
        rows.append([*ups, *(-value for value in ups)])  # change = up - down, each at least zero
        bounds.append(Fraction(room))

    for each in published:
        value = sum(counts[cell] for cell in parts(counts, each.cell))
        if each.count is None:
            limit(each.cell, -1, value)
        else:
            limit(each.cell, 1, each.count + 2 - value)
            limit(each.cell, -1, value - max(0, each.count - 2))
    inside = set(parts(counts, target))
    goal = [Fraction(each in inside) for each in cells]
    up = most(rows, bounds, [*goal, *(-value for value in goal)])
    down = most(rows, bounds, [*(-value for value in goal), *goal])
    return None if up is None or down is None else up + down


@given(tables())
@settings(max_examples=60, deadline=None)
def test_an_attacker_finds_at_least_ten_values_for_every_withheld_count(counts: dict[Cell, int]) -> None:
    published = publish(counts)
    for each in published:
        if each.count is None:
            apart = width(counts, published, each.cell)
            assert apart is None or apart >= 9, each.cell


@given(tables(), st.integers(1, 30))
def test_every_cell_and_margin_is_there_once_and_nothing_small_is_shown(
    counts: dict[Cell, int], threshold: int
) -> None:
    published = publish(counts, Thresholds(count=threshold))
    wanted = {above for cell in counts for above in product(*((value, TOTAL) for value in cell))}
    assert sorted(each.cell for each in published) == sorted(wanted)
    for each in published:
        value = sum(counts[cell] for cell in parts(counts, each.cell))
        if each.count is not None:
            assert value >= threshold
            assert each.count % 5 == 0
            assert abs(each.count - value) <= 2


@given(tables())
def test_nothing_is_withheld_where_nothing_is_small(counts: dict[Cell, int]) -> None:
    large = {cell: count + 10 for cell, count in counts.items()}
    assert all(each.count is not None for each in publish(large))


def test_the_attacker_wins_from_a_table_that_is_badly_protected() -> None:
    """A test of the test: one withheld cell beside its shown total is found."""
    counts = {("a",): 4, ("b",): 50}
    careless = [PublishedCell(("a",), None), PublishedCell(("b",), 50), PublishedCell((TOTAL,), 55)]
    assert width(counts, careless, ("a",)) == 8
