"""A national year: a share of it is run, and what the whole would take at that rate is extrapolated.

Two processes of the service share the machine with PostgreSQL, each with half of the clients: ``python -m
tests.benchmarks.year URL FIRST CLIENTS`` is one of them. It says when it is ready and when a part is done, and begins
each part at a line on its standard input.
"""

import asyncio
import os
import sys
import time
import uuid
from asyncio.subprocess import PIPE, Process
from collections import defaultdict

import uvloop

from deploy.local.processes import CODE
from services.kit.garbage import settle
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.courses import BSNS, Course, Sent, declaration, months
from tests.benchmarks.intake import intake
from tests.benchmarks.measuring import Measure

YEAR_MESSAGES, YEAR_LINES = 5_000_000, 20_000_000
SHARE = float(os.environ.get("SAMENSPEL_BENCH_SHARE", "0.01"))
"""How much of a national year is run."""
MONTHS = 16
PROCESSES = 2


async def measure(bench: Bench) -> Measure:
    """A share of a national year of messages and declaration lines in batches, and the hours of the whole year."""
    tell(f"a national year: {SHARE:.2%} of it")
    clients = max(8, int(YEAR_MESSAGES * SHARE) // 4 // PROCESSES)
    # No client of another benchmark, and each process municipalities of its own.
    firsts = [BSNS * (1 + 3 * number) for number in range(PROCESSES)]
    processes = [await _start(bench.url("referral"), first, clients) for first in firsts]
    await _said(processes)
    in_messages, in_lines = [await _part(processes) for _ in range(2)]
    await asyncio.gather(*(process.wait() for process in processes))
    messages, lines = 4 * clients * PROCESSES, MONTHS * clients * PROCESSES
    hours = (in_messages / messages * YEAR_MESSAGES + in_lines / lines * YEAR_LINES) / 3600
    return Measure(
        "a national year, extrapolated",
        hours,
        8.0,
        hours / 8.0,
        "hours",
        messages + lines,
        1.0,
        "both cores: somewhat more of it is Python than PostgreSQL",
        notes=(
            f"measured: {messages:,} messages in {in_messages:.0f} s ({messages / in_messages:,.0f}/s) and {lines:,} "
            f"declaration lines in {in_lines:.0f} s ({lines / in_lines:,.0f}/s), both in batches, by {PROCESSES} "
            "processes of the service",
            f"extrapolated in proportion to {YEAR_MESSAGES:,} messages and {YEAR_LINES:,} lines: not run",
        ),
    )


async def _start(url: str, first: int, clients: int) -> Process:
    command = (sys.executable, "-m", __name__, url, str(first), str(clients))
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=CODE)


async def _said(processes: list[Process]) -> None:
    """Every process said that it is as far. Raises ``RuntimeError`` when one stopped."""
    for process in processes:
        if process.stdout is None or not await process.stdout.readline():
            raise RuntimeError("a process of the benchmark stopped; what it said stands above")


async def _part(processes: list[Process]) -> float:
    """Let every process do its next part; gives the seconds until the last was done."""
    began = time.perf_counter()
    for process in processes:
        if process.stdin is not None:
            process.stdin.write(b"\n")
    await _said(processes)
    return time.perf_counter() - began


def _declared(courses: list[Course]) -> list[list[Sent]]:
    """What each provider declares to each municipality, month after month."""
    relations: dict[tuple[str, str, str], list[Course]] = defaultdict(list)
    for course in courses:
        relations[course.municipality, course.provider, course.standard].append(course)
    return [
        [declaration(each, month, f"D{uuid.uuid4().hex[:10]}") for month in months(MONTHS)]
        for each in relations.values()
    ]


async def _work(url: str, first: int, clients: int) -> None:
    courses = [Course(first + number) for number in range(clients)]
    parts = [course.messages() for course in courses], _declared(courses)
    async with intake(url) as taking:
        settle()
        sys.stdout.write("ready\n")
        for part in parts:
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.readline)
            await taking.take_batches(part)
            sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(_work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
