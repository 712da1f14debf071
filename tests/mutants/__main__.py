"""``python -m tests.mutants``: a seeded sample of mutants of the iStandaarden rules; ``make mutants``.

Each mutant is one small change in a rule, such as ``<`` for ``<=``. It is killed when a test of the rules fails. Prints
those that survive and the score; ends 1 below 80 %. ``SAMENSPEL_MUTANTS`` says how many,
``SAMENSPEL_MUTANTS_SEED`` which.
"""

import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULES = Path("services/referral/istandaarden/rules")
NO_RULES = {"__init__.py", "rule.py", "structural.py", "checking.py", "known.py"}
TESTS = ("rules", "rules_across", "declarations")
MANY = int(os.environ.get("SAMENSPEL_MUTANTS", "60"))
SEED = os.environ.get("SAMENSPEL_MUTANTS_SEED", "2026")
LEAST = 0.8
SECONDS = 300

_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add,
}  # fmt: skip


def places(tree: ast.Module) -> Iterator[int]:
    """The numbers, in walking order, of the nodes inside functions that can be changed."""
    inside = {id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef)
              for statement in function.body for node in ast.walk(statement)}  # fmt: skip
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in inside and changed(copy.copy(node)):
            yield number


def changed(node: ast.AST) -> bool:
    """Make ``node`` say something else; False when there is nothing to change."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OTHER:
        node.ops = [_OTHER[type(node.ops[0])]()]  # type: ignore[list-item]
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in _OTHER:
        node.op = _OTHER[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        node.value = not node.value
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        node.value += 1
    elif isinstance(node, ast.If | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    else:
        return False
    return True


def mutants() -> list[tuple[Path, int]]:
    """Every file and place of a change, in order."""
    files = [file for file in sorted((ROOT / RULES).glob("*.py")) if file.name not in NO_RULES]
    return [(file.relative_to(ROOT), place) for file in files for place in places(ast.parse(file.read_text()))]


def passes(copied: Path) -> bool:
    """Whether every test of the rules passes in the copy; a run that hangs does not."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    command += [f"tests/unit/istandaarden/{name}" for name in TESTS]
    environment = os.environ | {"PYTHONPATH": str(copied), "SAMENSPEL_SHARED": str(ROOT.parent / "shared")}
    try:
        return not subprocess.run(
            command, cwd=copied, env=environment, capture_output=True, timeout=SECONDS, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return False


def survives(copied: Path, file: Path, place: int) -> str | None:
    """The change when no test fails under it, else None."""
    source = (ROOT / file).read_text(encoding="utf-8")
    tree = ast.parse(source)
    node = list(ast.walk(tree))[place]
    before = ast.unparse(node).partition("\n")[0]
    changed(node)
    (copied / file).write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")
    alive = passes(copied)
    (copied / file).write_text(source, encoding="utf-8")
    line = getattr(node, "lineno", 0)
    return f"{file}:{line}: {before} -> {ast.unparse(node).partition(chr(10))[0]}" if alive else None


def main() -> int:
    """Try the sample and print the score."""
    every = mutants()
    sample = random.Random(SEED).sample(every, min(MANY, len(every)))
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder)
        for name in ("contracts", "services", "deploy", "workflows", "tests"):
            shutil.copytree(ROOT / name, copied / name, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
        for name in ("pyproject.toml", "docs"):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copied / name)
        if not passes(copied):
            sys.stderr.write("The tests of the rules fail without any change; mend that first.\n")
            return 2
        alive = []
        for number, (file, place) in enumerate(sample, start=1):
            told = survives(copied, file, place)
            sys.stdout.write(f"{number}/{len(sample)} {'SURVIVES ' + told if told else 'killed'}\n")
            sys.stdout.flush()
            if told:
                alive.append(told)
    score = 1 - len(alive) / len(sample)
    sys.stdout.write(f"mutation score {score:.0%}: {len(alive)} of {len(sample)} survive, of {len(every)} mutants\n")
    return 0 if score >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
