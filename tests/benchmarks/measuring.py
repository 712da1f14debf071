"""What a benchmark tells: our rate beside the floor's, in turns, so that a noisy machine disturbs both alike."""

import asyncio
import json
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROUNDS = 3
LESS = frozenset({"ms", "MB", "hours"})
"""Units of what there should be little of."""


@dataclass(frozen=True)
class Measure:
    """One line of the table. ``ratio`` is ours to the floor's; ``reach`` is what it must at least be.

    Of time and memory (``LESS``) less is better, and ``reach`` is what the ratio may be at most.
    ``limit`` says what holds it back.
    """

    name: str
    ours: float
    floor: float
    ratio: float
    unit: str
    n: int
    reach: float
    limit: str
    peers: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return self.ratio <= self.reach if self.unit in LESS else self.ratio >= self.reach


async def in_turns(
    floor: Callable[[], Awaitable[float]], ours: Callable[[], Awaitable[float]], rounds: int = ROUNDS
) -> tuple[float, float, float]:
    """The median rates of floor and ours and the median of their ratios, after one round that does not count."""
    floors, rates = [], []
    for number in range(rounds + 1):
        measured = await floor(), await ours()
        if number:
            floors.append(measured[0])
            rates.append(measured[1])
    ratios = [rate / under for rate, under in zip(rates, floors, strict=True)]
    return statistics.median(floors), statistics.median(rates), statistics.median(ratios)


async def until(condition: Callable[[], bool], pause: float = 0.001, seconds: float = 120.0) -> None:
    """Wait for ``condition``, looking every ``pause`` seconds. Raises ``TimeoutError``."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - other threads and processes bring it about
            await asyncio.sleep(pause)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(measures: Sequence[Measure]) -> None:
    """The table for a person."""
    table = Table(title="Samenspel benchmarks: ours beside a floor of the same run")
    for heading in ("what", "ours", "floor", "unit", "ratio", "reach", "peers", "n"):
        table.add_column(heading, justify="left" if heading in {"what", "unit", "peers"} else "right")
    for one in measures:
        sign = "≤" if one.unit in LESS else "≥"
        colour = "green" if one.good else "red"
        table.add_row(
            one.name,
            f"{one.ours:,.1f}" if one.unit in LESS else f"{one.ours:,.0f}",
            f"{one.floor:,.1f}" if one.unit in LESS else f"{one.floor:,.0f}",
            one.unit,
            f"[{colour}]{one.ratio:.2f}[/{colour}]",
            f"{sign} {one.reach:.2g}",
            "\n".join(f"{name}: {rate:,.0f} ({one.ours / rate:.1f}×)" for name, rate in one.peers.items()) or "–",
            f"{one.n:,}",
        )
    console = Console()
    console.print(table)
    for one in measures:
        console.print(f"[bold]{one.name}[/bold] is limited by {one.limit}")
        for note in one.notes:
            console.print(f"  {note}")


def write(measures: Sequence[Measure], file: Path) -> None:
    """The same as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [asdict(one) | {"good": one.good} for one in measures]
    file.write_text(json.dumps(lines, indent=2, ensure_ascii=False) + "\n")
