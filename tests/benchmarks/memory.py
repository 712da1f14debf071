"""Memory of a process that reads and judges messages, each measured in a process of its own.

``python -m tests.benchmarks.memory flat N`` and ``large`` print what they measured as JSON.
"""

import asyncio
import json
import resource
import sys
from pathlib import Path
from typing import Any

from deploy.local.processes import CODE
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.measuring import Measure

FEW, MANY = 10_000, 100_000
LARGE_BYTES = 24_900_000
COMMANDS_FEW, COMMANDS_MANY = 1_000, 5_000


def resident() -> float:
    """MB that this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def peak() -> float:
    """MB that this process had in memory at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def flat() -> dict[str, float]:
    """Read, validate and judge messages over and over; MB after the first ten thousand and at the end."""
    from services.referral.istandaarden import read, validate_structure
    from services.referral.istandaarden.rules import Known, check_content, check_known
    from tests.benchmarks.courses import DATED, Course

    raws = [sent.raw for number in range(250) for sent in Course(number).messages()]
    known = Known(today=DATED)
    found: dict[str, float] = {}
    for number in range(MANY):
        message = read(raws[number % len(raws)])
        if validate_structure(message) or check_content(message):
            raise RuntimeError("a message of the benchmark is not right")
        check_known(message, known)
        if number + 1 in (FEW, MANY):
            found[str(number + 1)] = resident()
    return found


def large() -> dict[str, float]:
    """A declaration of 25 MB: read, levels 1 and 2, and its meaning; MB of the file, and at most beside it."""
    from services.referral.istandaarden import Declaration, read, validate_structure
    from services.referral.istandaarden.rules import check_content

    raw = Path(sys.argv[2]).read_bytes()
    before = resident()
    message = read(raw)
    if validate_structure(message) or check_content(message):
        raise RuntimeError("the declaration of the benchmark is not right")
    lines = sum(len(client.performances) for client in Declaration.from_message(message).clients)
    return {"file": len(raw) / 1e6, "beside": peak() - before, "lines": lines}


def tree() -> dict[str, float]:
    """The floor: the same file as lxml keeps it, with nothing done to it."""
    from lxml import etree

    raw = Path(sys.argv[2]).read_bytes()
    before = resident()
    root = etree.fromstring(raw)
    return {"file": len(raw) / 1e6, "beside": peak() - before, "elements": len(root)}


def large_declaration() -> bytes:
    """As many lines as fit in 25 MB, for clients with a year of care each."""
    from dataclasses import replace

    from services.referral.domain.declared import DeclaredClient
    from services.referral.istandaarden import declaration_323
    from tests.benchmarks.courses import Course, last_of, months

    course = Course(1)
    month = next(months(1))

    def written(clients: int) -> bytes:
        listed = []
        for number in range(clients):
            lines = (
                replace(
                    course.performance(month), reference=f"P{number}-{line}", allocation_number=number * 12 + line + 1
                )
                for line in range(12)
            )
            listed.append(DeclaredClient(Course(number).client().bsn, tuple(lines)))
        return declaration_323(course.header(), "D1", (month, last_of(month)), listed)

    one = len(written(101)) - len(written(1))
    return written(LARGE_BYTES * 100 // one)


async def _in_process(what: str, *given: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.memory", what, *given, cwd=CODE, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"measuring {what} ended with {process.returncode}")
    found: dict[str, Any] = json.loads(answer)
    return found


async def measure_flat(bench: Bench) -> Measure:
    """Memory after a hundred thousand messages beside that after ten thousand."""
    tell("memory over messages")
    found = await _in_process("flat")
    few, many = found[str(FEW)], found[str(MANY)]
    return Measure(
        "memory over 100,000 messages", many, few, many / few, "MB", MANY, 1.05, "nothing grows with what was read"
    )


async def measure_large(bench: Bench) -> Measure:
    """Memory of a declaration of 25 MB beside what its bare tree takes."""
    tell("memory of a declaration of 25 MB")
    file = bench.state.directory / "large.xml"
    file.write_bytes(await asyncio.to_thread(large_declaration))
    ours, floor = await _in_process("large", str(file)), await _in_process("tree", str(file))
    times = ours["beside"] / ours["file"]
    return Measure(
        "a 25 MB declaration",
        ours["beside"],
        floor["beside"],
        ours["beside"] / floor["beside"],
        "MB",
        int(ours["lines"]),
        6 * ours["file"] / floor["beside"],
        "its content as Python dictionaries, and what the rules compare",
        notes=(
            f"at most {times:.1f} times the file of {ours['file']:.1f} MB beside it; the floor is lxml's tree of it "
            f"({floor['beside'] / floor['file']:.1f} times), without a rule",
        ),
    )


async def measure_commands(bench: Bench) -> Measure:
    """Memory over the whole path of messages in: with the database, the vault and the answers."""
    from tests.benchmarks.courses import Course
    from tests.benchmarks.intake import intake
    from tests.benchmarks.messaging import numbers

    tell("memory over messages in")
    found = []
    async with intake(bench.url("referral")) as taking:
        for _ in range(COMMANDS_MANY // COMMANDS_FEW):
            await taking.take_all([Course(next(numbers)).messages() for _ in range(COMMANDS_FEW // 4)])
            found.append(resident())
    return Measure(
        "memory over messages in",
        found[-1],
        found[0],
        found[-1] / found[0],
        "MB",
        COMMANDS_MANY,
        1.1,
        "statements and plans that asyncpg keeps for its connections",
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"flat": flat, "large": large, "tree": tree}[sys.argv[1]]()))
