"""Disclosure control on a table of any number of dimensions, with every margin.

A count below the threshold is withheld. Further cells are withheld until each withheld one keeps at least ten possible
values for a reader who knows every shown cell and margin exactly; rounding then only takes knowledge away. The proof
of that is a *move*: an alternating change of some cells that leaves every shown cell and every margin of it as it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from math import prod

from services.monitoring.domain.disclosure import DEFAULT, POSSIBLE_VALUES, Thresholds, rounded

TOTAL = "*"
"""Stands in a dimension for the total over it."""
Cell = tuple[str, ...]
Move = Mapping[Cell, int]
"""Which cells and margins change, and in which direction."""
_MOST_MOVES = 400
"""So many moves are weighed for one cell; the first that fits is good enough in a large table."""


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """A cell or margin as everybody may see it; ``count`` is ``None`` when it is withheld."""

    cell: Cell
    count: int | None


def publish(counts: Mapping[Cell, int], thresholds: Thresholds = DEFAULT) -> list[PublishedCell]:
    """Every cell, then every margin, rounded or withheld. A combination without a cell is known to be nothing.

    Raises ``ValueError`` when cells differ in dimensions, a count is negative, or a dimension has the value ``*``.
    """
    table = _Table(counts)
    withheld = {cell for cell, count in table.all.items() if count < thresholds.count}
    for cell in sorted(withheld, key=lambda each: (table.all[each], each)):
        withheld |= table.cover(cell, withheld)
    return [
        PublishedCell(cell, None if cell in withheld else rounded(count, thresholds.base))
        for cell, count in table.all.items()
    ]


class _Table:
    def __init__(self, counts: Mapping[Cell, int]) -> None:
        if len({len(cell) for cell in counts}) > 1:
            raise ValueError("every cell has a value in every dimension")
        if any(count < 0 for count in counts.values()):
            raise ValueError("a count is zero or more")
        if any(TOTAL in cell for cell in counts):
            raise ValueError("the value * stands for a total")
        self.cells = counts
        margins: dict[Cell, int] = {}
        for cell, count in counts.items():
            for above in _above(cell):
                if above != cell:
                    margins[above] = margins.get(above, 0) + count
        self.all: dict[Cell, int] = {**counts, **{each: margins[each] for each in sorted(margins, key=_depth)}}
        self._values = [
            _by_size((cell[place], count) for cell, count in counts.items())
            for place in range(len(next(iter(counts), ())))
        ]

    def cover(self, cell: Cell, withheld: set[Cell]) -> set[Cell]:
        """What must be withheld too so that ``cell`` keeps enough possible values: the cheapest of what is possible."""
        best: tuple[tuple[int, int], set[Cell]] | None = None
        for move in self._moves(cell):
            if not self._is_wide(move):
                continue
            more = {each for each in move if each not in withheld}
            cost = sum(self.all[each] for each in more), len(more)
            if best is None or cost < best[0]:
                best = cost, more
            if not more:
                break
        if best is None:  # a cell that grows with everything above it can always take more values
            raise AssertionError("a single cell always has a move")
        return best[1]

    def _is_wide(self, move: Move) -> bool:
        """Whether it can be made in ten different sizes, counting none at all, without a count below zero."""
        back = min(self.all[cell] for cell, sign in move.items() if sign > 0)
        forth = min((self.all[cell] for cell, sign in move.items() if sign < 0), default=POSSIBLE_VALUES)
        return back + forth + 1 >= POSSIBLE_VALUES

    def _moves(self, target: Cell) -> Iterator[Move]:
        """Moves that change ``target``: alternating over some of its dimensions; last, a single cell and all above."""
        named = [place for place, value in enumerate(target) if value != TOTAL]
        below = [target]
        if target not in self.cells:
            below = [cell for cell in self.cells if all(cell[place] == target[place] for place in named)]
            below.sort(key=lambda cell: -self.cells[cell])
        for size in range(len(named), -1, -1):
            yield from islice(self._alternating(target, named, below, size), _MOST_MOVES)

    def _alternating(self, target: Cell, named: Sequence[int], below: Sequence[Cell], size: int) -> Iterator[Move]:
        for places in combinations(named, size):
            others = [[value for value in self._values[place] if value != target[place]] for place in places]
            if prod(map(len, others)) == 0:
                continue
            for base in below:
                for other in product(*others):
                    move = self._move(base, dict(zip(places, other, strict=True)))
                    if move is not None:
                        yield move

    def _move(self, base: Cell, other: Mapping[int, str]) -> Move | None:
        """The change of every cell and margin when the corners between ``base`` and ``other`` alternate."""
        move: dict[Cell, int] = {}
        for turned in product((False, True), repeat=len(other)):
            swaps = {place: value for (place, value), turn in zip(other.items(), turned, strict=True) if turn}
            corner = tuple(swaps.get(place, value) for place, value in enumerate(base))
            if corner not in self.cells:
                return None
            sign = -1 if sum(turned) % 2 else 1
            for above in _above(corner):
                if all(above[place] != TOTAL for place in other):  # over a dimension that alternates nothing changes
                    move[above] = sign
        return move


def _by_size(amounts: Iterable[tuple[str, int]]) -> list[str]:
    """The values of a dimension, the largest first: what is large loses least when it is withheld."""
    sums: dict[str, int] = {}
    for value, count in amounts:
        sums[value] = sums.get(value, 0) + count
    return sorted(sums, key=lambda value: (-sums[value], value))


def _above(cell: Cell) -> Iterator[Cell]:
    """The cell itself and every margin that it is part of."""
    return product(*((value, TOTAL) for value in cell))


def _depth(cell: Cell) -> int:
    return cell.count(TOTAL)
