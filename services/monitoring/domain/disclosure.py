"""Disclosure control: no published table may let anyone work out a small count.

Counts below ten are withheld, others rounded to multiples of five, totals rounded on their own. Where the total of a
region and its other municipalities would still give a withheld one away, a further municipality is withheld. Every
withheld count keeps at least ten possible values for a reader who knows these rules (design: *Small numbers*).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contracts.events.monitoring import Withheld


@dataclass(frozen=True, slots=True)
class Thresholds:
    """``count``: the smallest count that is shown. ``base``: counts are rounded to its multiples. ``cases``: the
    smallest denominator of a percentage, mean or median."""

    count: int = 10
    base: int = 5
    cases: int = 30


DEFAULT = Thresholds()
POSSIBLE_VALUES = 10
"""How many values every withheld count must keep."""


def rounded(count: int, base: int = DEFAULT.base) -> int:
    """The nearest multiple of ``base`` (odd, so there is never a tie)."""
    return (count + base // 2) // base * base


def shown(count: int, thresholds: Thresholds = DEFAULT) -> int | None:
    """A count as it may be shown: rounded, or ``None`` when it is too small."""
    return None if count < thresholds.count else rounded(count, thresholds.base)


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts behind one figure of one area: cases, and for a share how many of them are in and out."""

    cases: int
    inside: int | None = None

    def too_small(self, thresholds: Thresholds, *, needs_cases: bool = True) -> bool:
        """Whether the figure itself is below a threshold. A share is so on either side: 99 % says who is the rest."""
        if self.cases < (thresholds.cases if needs_cases else thresholds.count):
            return True
        return self.inside is not None and min(self.inside, self.cases - self.inside) < thresholds.count


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be shown: why each withheld area is withheld, and whether the total is."""

    withheld: Mapping[str, Withheld]
    total: Withheld | None


def decide(
    areas: Mapping[str, Counts], total: Counts, thresholds: Thresholds = DEFAULT, *, needs_cases: bool = True
) -> Decision:
    """Decide over one figure for the areas of a region and the region itself.

    ``needs_cases`` is false for a bare count, which is shown from ``thresholds.count`` on.
    """
    if total.cases == 0:
        return Decision(dict.fromkeys(areas, Withheld.NO_DATA), Withheld.NO_DATA)
    withheld = {
        name: Withheld.TOO_SMALL
        for name, counts in areas.items()
        if counts.too_small(thresholds, needs_cases=needs_cases)
    }
    if total.too_small(thresholds, needs_cases=needs_cases):
        return Decision(dict.fromkeys(areas, Withheld.TOO_SMALL), Withheld.TOO_SMALL)
    rest = sorted((name for name in areas if name not in withheld), key=lambda name: (areas[name].cases, name))
    while withheld and not _safe(areas, total, withheld, thresholds, needs_cases):
        if not rest:
            return Decision(withheld, Withheld.COMPLEMENTARY)
        withheld[rest.pop(0)] = Withheld.COMPLEMENTARY
    return Decision(withheld, None)


def _safe(
    areas: Mapping[str, Counts],
    total: Counts,
    withheld: Mapping[str, Withheld],
    thresholds: Thresholds,
    needs_cases: bool,
) -> bool:
    if len(withheld) == 1 and len(areas) > 1:
        return False  # the one that is missing is the total minus the others
    series = [_Series(_cases, _cases_seen, thresholds.cases if needs_cases else thresholds.count)]
    if total.inside is not None:
        series.append(_Series(_inside, _inside_seen, thresholds.count))
        series.append(_Series(_outside, _outside_seen, thresholds.count))
    return all(_keeps_enough(one, areas, total, withheld, thresholds) for one in series)


Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Series:
    """One count of every area: its true value, what a reader may think of a shown one, its smallest shown value."""

    value: Callable[[Counts], int]
    seen: Callable[[Counts, Thresholds], Range]
    smallest: int


def _cases(counts: Counts) -> int:
    return counts.cases


def _inside(counts: Counts) -> int:
    return counts.inside or 0


def _outside(counts: Counts) -> int:
    return counts.cases - (counts.inside or 0)


def _around(count: int, thresholds: Thresholds) -> Range:
    middle, error = rounded(count, thresholds.base), thresholds.base // 2
    return max(0, middle - error), middle + error


def _cases_seen(counts: Counts, thresholds: Thresholds) -> Range:
    return _around(counts.cases, thresholds)


def _inside_seen(counts: Counts, thresholds: Thresholds) -> Range:
    return _around(_inside(counts), thresholds)


def _outside_seen(counts: Counts, thresholds: Thresholds) -> Range:
    # Never shown itself: a reader subtracts the one shown count from the other.
    cases, inside = _cases_seen(counts, thresholds), _inside_seen(counts, thresholds)
    return max(0, cases[0] - inside[1]), cases[1] - inside[0]


def _keeps_enough(
    series: _Series,
    areas: Mapping[str, Counts],
    total: Counts,
    withheld: Mapping[str, Withheld],
    thresholds: Thresholds,
) -> bool:
    """Whether every withheld count keeps enough possible values, given the shown ones and their total."""
    visible = [series.seen(counts, thresholds) for name, counts in areas.items() if name not in withheld]
    whole = series.seen(total, thresholds)
    low = whole[0] - sum(upper for _, upper in visible)
    high = whole[1] - sum(lower for lower, _ in visible)
    bounds = [_granted(series, areas[name], reason, thresholds, high) for name, reason in withheld.items()]
    smallest = sum(lower for lower, _ in bounds)
    largest = sum(upper for _, upper in bounds)
    for lower, upper in bounds:
        least = max(lower, low - (largest - upper))
        most = min(upper, high - (smallest - lower))
        if most - least + 1 < POSSIBLE_VALUES:
            return False
    return True


def _granted(series: _Series, counts: Counts, reason: Withheld, thresholds: Thresholds, ceiling: int) -> Range:
    """The bounds of a withheld count that a reader may know beforehand; he is granted why it is withheld."""
    if reason is Withheld.COMPLEMENTARY:
        return series.smallest, max(series.smallest, ceiling)
    if series.value(counts) < thresholds.count:
        return 0, thresholds.count - 1
    return 0, max(0, ceiling)
