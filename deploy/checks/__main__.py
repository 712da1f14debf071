"""``python -m deploy.checks [name …]``: runs every check, or those named, and ends 1 when one does not hold."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.checks import house, licences, locks, secrets, templates
from deploy.checks.repository import ROOT

SHARED_RULESET = ROOT.parent / "shared" / "adr" / "nl-api-design-rules-2.2.yaml"

Check = Callable[[], str | None]
"""Returns what is wrong, or ``None``."""


class Skipped(Exception):
    """A check could not run; the text says why."""


def command(*words: str) -> Check:
    """A check by an external tool: what it prints is what is wrong, when it does not end with 0."""

    def run() -> str | None:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        return None if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"exit {done.returncode}"

    return run


def tool(name: str, *words: str) -> Check:
    """``command`` for a Python tool of this environment."""
    return command(str(Path(sys.executable).with_name(name)), *words)


def api_rules() -> str | None:
    """The official Spectral ruleset of the NL API Design Rules over every OpenAPI document."""
    documents = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "contracts" / "openapi").glob("*.json"))
    if not documents:
        raise Skipped("there is no OpenAPI document yet")
    if not SHARED_RULESET.exists():
        if os.environ.get("SAMENSPEL_REQUIRE_SHARED") == "1":
            return f"{SHARED_RULESET} is missing"
        raise Skipped("the official ruleset is not in ../shared/adr")
    spectral = str(ROOT / "node_modules" / ".bin" / "spectral")
    return command(spectral, "lint", "--fail-severity=error", "--quiet", "-r", str(SHARED_RULESET), *documents)()


CHECKS: dict[str, tuple[str, Check]] = {
    "format": ("one way to lay out code", tool("ruff", "format", "--check", "--quiet", "--output-format=concise", ".")),
    "lint": ("known mistakes", tool("ruff", "check", "--quiet", "--output-format=concise", ".")),
    "house": ("our own rules, each with its reason", house.check),
    "types": ("strict types", tool("mypy", "--no-error-summary")),
    "imports": ("who may import whom", tool("lint-imports", "--no-logo")),
    "contracts": ("generated files fresh, nothing released broken", command(sys.executable, "-m", "deploy.contracts")),
    "realm": ("the Keycloak realm follows the demo persons", command(sys.executable, "-m", "deploy.realm", "check")),
    "rules": (
        "the list of iStandaarden rules follows the code",
        command(sys.executable, "-m", "deploy.istandaarden", "check"),
    ),
    "asyncapi": (
        "a valid AsyncAPI 3.0 document",
        command("node", "deploy/checks/asyncapi.mjs", "contracts/asyncapi.yaml"),
    ),
    "api-rules": ("the NL API Design Rules 2.2", api_rules),
    "templates": ("every template compiles and keeps to the content security policy", templates.check),
    "locks": ("every requirement is locked", locks.check),
    "licences": ("licences that EUPL-1.2 can live with", licences.check),
    "secrets": ("no secret in a file", secrets.check),
}


@dataclass(frozen=True)
class Result:
    """How a check went: what is wrong (``None``: nothing), why it was skipped, and how long it took."""

    wrong: str | None
    skipped: str | None
    seconds: float

    @property
    def state(self) -> str:
        if self.wrong is not None:
            return "NOT OK"
        return f"skipped, {self.skipped}:" if self.skipped else "ok"


def carry_out(check: Check) -> Result:
    """Run one check."""
    begun = time.perf_counter()
    try:
        return Result(check(), None, time.perf_counter() - begun)
    except Skipped as reason:
        return Result(None, str(reason), time.perf_counter() - begun)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        sys.stderr.write(f"There is no check {unknown[0]}; there are: {', '.join(CHECKS)}.\n")
        return 2
    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {name: pool.submit(carry_out, CHECKS[name][1]) for name in names or CHECKS}
        for name, future in running.items():
            result = future.result()
            sys.stdout.write(f"{name:10} {result.seconds:5.1f} s  {result.state:8} {CHECKS[name][0]}\n")
            if result.wrong is not None:
                failed.append(name)
                sys.stdout.write("".join(f"    {line}\n" for line in result.wrong.splitlines()))
            sys.stdout.flush()
    if failed:
        sys.stdout.write(f"Not in order: {', '.join(failed)}. One alone: python -m deploy.checks {failed[0]}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
