"""Our own rules as lints. The docstring of a rule is its reason; a rule without a reason does not belong here."""

import ast
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TypeGuard

from deploy.checks.repository import ROOT, SourceFile, source_files

Finding = tuple[int, str]
"""A line number (0: the file as a whole) and what is wrong there."""

Rule = Callable[[SourceFile], Iterator[Finding]]

GENERATED = ("contracts/schemas/", "contracts/examples/", "contracts/released/", "contracts/openapi/")
LOCKS = ("package-lock.json",)
MAX_LINES = 500
MAX_TEST_LINES = 600

CLOCK_MODULES = {
    "services/kit/auth.py": "tokens live on machine time",
    "services/portal/people.py": "tokens live on machine time",
    "services/portal/app.py": "the one place where the portal takes the time, to pass it in",
}
"""Where the machine's clock may be read, and why. Everywhere else time is passed in."""

# In parts, so that this file does not find itself.
_UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
_SLEEPERS = ("asyncio", "time", "anyio", "trio")
_CLOCK = re.compile(r"\b(?:datetime\.(?:now|utcnow|today)|date\.today|time\.time)\(")
_DAY = re.compile(r"\bnow\((?:tz=)?UTC\)\.date\(\)|\bdate\.today\(\)")
_HOME = re.compile(r"(?<![\w.$}])/(?:home|Users)/[a-z]|(?<![\w./$}])/ro" r"ot/")
_GLANCE = re.compile(
    r"\bassert\b.*(?:\bpage\.(?:url\b|evaluate\()|\.count\(\)"
    r"|\.(?:all_inner_texts|get_attribute|inner_(?:html|text)|input_value|is_[a-z]+|text_content)\()"
)
_EVERYWHERE = ("//", "/tmp/", "/home/", "/opt/", "/srv/", "/app/", "/src/", "/usr/src/")  # noqa: S108 - named, not used
_MIGRATION = re.compile(r"^\d{4}\.[a-z0-9_-]+\.sql$")


def short_files(file: SourceFile) -> Iterator[Finding]:
    """A file has one subject and fits in the head: 500 lines at most, a test file 600."""
    if not file.path.endswith((".py", ".sql", ".html", ".css", ".js", ".mjs")):
        return
    most = MAX_TEST_LINES if file.is_under("tests") else MAX_LINES
    if len(file.lines) > most:
        yield 0, f"{len(file.lines)} lines; split it by subject ({most} at most)"


def nothing_unfinished(file: SourceFile) -> Iterator[Finding]:
    """What is not finished is not on the main branch; what is still wanted stands in an issue, where it is seen."""
    if file.path.endswith((".py", ".sql", ".html", ".css", ".js", ".mjs", ".md", ".yml", ".yaml", ".toml")):
        yield from _lines(file, _UNFINISHED, "finish it, or write an issue")


def no_sleeping_tests(file: SourceFile) -> Iterator[Finding]:
    """A test that sleeps is slow on a fast machine and red on a slow one: wait for a condition, with a deadline.

    So a pause stands in a `while` loop that looks again. Fault scenarios and benchmarks last a chosen time: there a
    pause is the load itself.
    """
    if not file.path.endswith(".py") or not file.is_under("tests"):
        return
    if not file.is_under("tests/faults", "tests/benchmarks"):
        tree = ast.parse(file.text)
        looking = {id(node) for loop in ast.walk(tree) if isinstance(loop, ast.While) for node in ast.walk(loop)}
        for node in ast.walk(tree):
            if _is_pause(node) and id(node) not in looking:
                yield node.lineno, "wait for a condition: pause only in a `while` loop that looks again"


def browsers_are_waited_for(file: SourceFile) -> Iterator[Finding]:
    """A browser shows a thing a moment later: one glance at it passes on a quiet machine and fails on a busy one.

    ``expect`` of Playwright looks until it is so.
    """
    if file.path.endswith(".py") and file.is_under("tests/web", "tests/e2e"):
        yield from _lines(file, _GLANCE, "let Playwright's `expect` wait for it")


def day_is_of_amsterdam(file: SourceFile) -> Iterator[Finding]:
    """From midnight until one or two the day in UTC is still yesterday, and then a test fails that says today by it."""
    if file.path.endswith(".py") and file.is_under("tests"):
        yield from _lines(file, _DAY, "take the day in the Netherlands: `local_date(datetime.now(UTC))`")


def clock_is_passed_in(file: SourceFile) -> Iterator[Finding]:
    """Business time may be moved (demonstration, tests), so a rule that looks at the machine's clock is wrong.

    Time is passed in: `unit.now` in a service, `workflow.now()` in a workflow.
    """
    if file.is_under("contracts", "services", "workflows") and file.path not in CLOCK_MODULES:
        yield from _lines(file, _CLOCK, "take the time as an argument (see CLOCK_MODULES for the exceptions)")


def no_machine_in_it(file: SourceFile) -> Iterator[Finding]:
    """A path of one machine or the host of one package registry is of no use to anybody else."""
    if file.path == "LICENSE" or file.path.endswith(".svg"):
        return
    yield from _lines(file, _HOME, "a path of one machine")
    for name in _hosts():
        yield from _lines(file, re.compile(re.escape(name)), "the host of a package registry")
    outside = f"{ROOT.parent}/"
    if outside not in _EVERYWHERE:
        yield from _lines(file, re.compile(re.escape(outside)), "a path of this machine")


def ordered_migrations(file: SourceFile) -> Iterator[Finding]:
    """Migrations run in order of their names, so each begins with four digits: ``0001.what-it-does.sql``."""
    folder, _, name = file.path.rpartition("/")
    if folder.endswith("/migrations") and name.endswith(".sql") and not _MIGRATION.match(name):
        yield 0, "name it NNNN.what-it-does.sql"


RULES: Sequence[Rule] = (
    short_files,
    nothing_unfinished,
    no_sleeping_tests,
    browsers_are_waited_for,
    day_is_of_amsterdam,
    clock_is_passed_in,
    no_machine_in_it,
    ordered_migrations,
)


def findings(files: Sequence[SourceFile], rules: Sequence[Rule] = RULES) -> Iterator[str]:
    """What the rules find, as ``path:line: what [rule]``."""
    for file in files:
        if file.path.startswith(GENERATED) or file.path in LOCKS:
            continue
        for rule in rules:
            for line, wrong in rule(file):
                yield f"{file.path}:{line}: {wrong} [{rule.__name__}]"


def check() -> str | None:
    """All rules over all files."""
    return "\n".join(findings(source_files())) or None


def _is_pause(node: ast.AST) -> TypeGuard[ast.Call]:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Attribute):  # Temporal's environment has a sleep that only skips its clock
        pauses = called.attr == "sleep" and isinstance(called.value, ast.Name) and called.value.id in _SLEEPERS
    else:
        pauses = isinstance(called, ast.Name) and called.id == "sleep"
    yields_only = bool(node.args) and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
    return pauses and not yields_only


def _lines(file: SourceFile, pattern: re.Pattern[str], wrong: str) -> Iterator[Finding]:
    for number, line in enumerate(file.lines, start=1):
        if pattern.search(line):
            yield number, wrong


@cache
def _hosts() -> tuple[str, ...]:
    """The hosts of the registries as the clients here know them, so that none has to be written down."""
    from pip._internal.models.index import PyPI

    npm_client = shutil.which("npm")
    configured = ""
    if npm_client:
        asked = [npm_client, "config", "get", "registry"]
        configured = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout  # noqa: S603
    npm = configured.strip().split("/")[2:3]
    return tuple(sorted({PyPI.netloc, PyPI.file_storage_domain, *npm}))
