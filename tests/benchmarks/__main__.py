"""``python -m tests.benchmarks [name …]``: every benchmark, or those whose names begin so; ``make bench``.

Ends 1 when one does not reach what it must.
"""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from tests.benchmarks import commanding, consuming, delay, growth, journeys, memory, messaging, pages, relaying, year
from tests.benchmarks.bench import Bench, bench
from tests.benchmarks.measuring import Measure, show, write

BENCHMARKS: dict[str, Callable[[Bench], Awaitable[Measure | list[Measure]]]] = {
    "relay": relaying.measure,
    "consume": consuming.measure,
    "command": commanding.measure_in_process,
    "http": commanding.measure_http,
    "latency": delay.measure,
    "judged": messaging.measure_judged,
    "messages": messaging.measure,
    "memory": memory.measure_flat,
    "memory-commands": memory.measure_commands,
    "large": memory.measure_large,
    "year": year.measure,
    "workflow": journeys.measure,
    "growth": growth.measure,
    "pages": pages.measure,
}


async def run(names: list[str]) -> list[Measure]:
    """Measure one after the other; the table is shown at the end."""
    async with bench() as engines:
        found: list[Measure] = []
        for name in names or BENCHMARKS:
            measured = await BENCHMARKS[name](engines)
            found += measured if isinstance(measured, list) else [measured]
        return found


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(f"There is no benchmark {unknown[0]}; there are: {', '.join(BENCHMARKS)}.\n")
        return 2
    measures = uvloop.run(run(names))
    show(measures)
    write(measures, Path(os.environ.get("SAMENSPEL_STATE", ".samenspel")) / "bench.json")
    return 0 if all(one.good for one in measures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
