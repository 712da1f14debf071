"""``python -m tests.faults [scenario …] [--seed S]``: every fault scenario, or those named; ``make faults``.

Ends 1 when an invariant does not hold. Writes ``faults.json`` in the state directory (``.samenspel``).
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from deploy.local.supervisor import Stack
from tests.faults.scenarios import SCENARIOS, Result, play
from tests.faults.stage import Stage


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def tell(result: Result) -> None:
    """A scenario in a few lines."""
    state = "ok" if not result.problems else "NOT OK"
    say(
        f"{result.scenario:<24} {state:<7} {result.journeys:>4} journeys {result.commands:>5} commands"
        f" {result.retries:>4} asked again   {result.seconds:5.1f} s"
    )
    for recovery in result.recoveries:
        ready, caught_up = recovery.ready_seconds, recovery.caught_up_seconds
        say(f"    {recovery.fault:<28} ready {ready:6.2f} s, caught up {caught_up:6.2f} s")
    for problem in result.problems:
        say(f"    ! {problem}")


async def run(names: list[str], seed: int) -> AsyncIterator[Result]:
    """The scenarios one after the other on one stack: what one leaves behind, the next must live with.

    After a scenario that did not hold the next gets a fresh stack, so that it is judged by itself.
    """
    left = list(enumerate(names))
    while left:
        with tempfile.TemporaryDirectory(prefix="samenspel-faults-", ignore_cleanup_errors=True) as directory:
            os.chmod(directory, 0o755)  # PostgreSQL's own user must be able to pass
            async with Stack(directory) as stack:
                say(f"a stack with {stack.broker_name} in {directory}, seed {seed}")
                stage = Stage(stack)
                while left:
                    number, name = left.pop(0)
                    result = await play(stage, name, seed + number)
                    yield result
                    if result.problems:
                        break


async def report(names: list[str], seed: int, file: Path) -> list[Result]:
    """Tell each result as it comes; the file is whole after each."""
    results = []
    async for result in run(names, seed):
        tell(result)
        results.append(result)
        keep(results, file)
    return results


def keep(results: list[Result], file: Path) -> None:
    file.write_text(json.dumps([each.as_json for each in results], indent=1) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("scenarios", nargs="*", help=f"of: {', '.join(SCENARIOS)}")
    parser.add_argument("--seed", type=int, default=2026, help="other moments and other journeys")
    given = parser.parse_args()
    unknown = [name for name in given.scenarios if name not in SCENARIOS]
    if unknown:
        parser.error(f"there is no scenario {unknown[0]}; there are {', '.join(SCENARIOS)}")
    file = Path(os.environ.get("SAMENSPEL_STATE", ".samenspel")) / "faults.json"
    file.parent.mkdir(exist_ok=True)
    results = asyncio.run(report(given.scenarios or list(SCENARIOS), given.seed, file))
    failed = [result.scenario for result in results if result.problems]
    say(
        f"{len(results) - len(failed)} of {len(results)} scenarios held"
        + (f"; not: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
