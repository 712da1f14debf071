"""A national year: a share of it is run, and what the whole would take at that rate is extrapolated."""

import os
import uuid
from collections import defaultdict
from itertools import count

from services.kit.garbage import settle
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.courses import Course, declaration, months
from tests.benchmarks.intake import BATCHES, intake
from tests.benchmarks.measuring import Measure

YEAR_MESSAGES, YEAR_LINES = 5_000_000, 20_000_000
SHARE = float(os.environ.get("SAMENSPEL_BENCH_SHARE", "0.01"))
"""How much of a national year is run."""
MONTHS = 16


async def measure(bench: Bench) -> Measure:
    """A share of a national year of messages and declaration lines in batches, and the hours of the whole year."""
    tell(f"a national year: {SHARE:.2%} of it")
    clients = max(BATCHES, int(YEAR_MESSAGES * SHARE) // 4)
    numbers = count(1_000_000)
    async with intake(bench) as taking:
        courses = [Course(next(numbers)) for _ in range(clients)]
        sent = [course.messages() for course in courses]
        settle()
        in_messages = await taking.take_batches(sent)
        relations: dict[tuple[str, str, str], list[Course]] = defaultdict(list)
        for course in courses:
            relations[course.municipality, course.provider, course.standard].append(course)
        declared = [
            [declaration(each, month, f"D{uuid.uuid4().hex[:10]}") for month in months(MONTHS)]
            for each in relations.values()
        ]
        in_lines = await taking.take_batches(declared)
    messages, lines = 4 * clients, MONTHS * clients
    hours = (in_messages / messages * YEAR_MESSAGES + in_lines / lines * YEAR_LINES) / 3600
    return Measure(
        "a national year, extrapolated",
        hours,
        8.0,
        hours / 8.0,
        "hours",
        messages + lines,
        1.0,
        "one process of Python beside PostgreSQL, each with a core",
        notes=(
            f"measured: {messages:,} messages in {in_messages:.0f} s ({messages / in_messages:,.0f}/s) and {lines:,} "
            f"declaration lines in {sum(map(len, declared)):,} declarations in {in_lines:.0f} s "
            f"({lines / in_lines:,.0f}/s), both in batches",
            f"extrapolated in proportion to {YEAR_MESSAGES:,} messages and {YEAR_LINES:,} lines: not run",
        ),
    )
