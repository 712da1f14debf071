"""What is imported is required, what is required is locked with its hashes, and no lock names an address."""

import ast
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

from deploy.checks.repository import ROOT, source_files

FILES = ("uv", "node", "runtime", "local", "development")
_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def normal(name: str) -> str:
    """The one spelling of a package's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


COMES_WITH = {"starlette": "fastapi", "markupsafe": "jinja2", "pydantic-core": "pydantic", "pip": "python"}
"""Distributions that are imported although another one is named, because that one is made of them."""
_OURS = frozenset({"contracts", "services", "workflows", "deploy", "tests"})


def imported_modules(code: str) -> set[str]:
    """The top-level modules that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


def _not_required(names: set[str]) -> Iterator[str]:
    """Modules of others that the code of the product imports and no requirement names."""
    distributions = packages_distributions()
    for file in source_files():
        if not file.path.endswith(".py") or not file.is_under("contracts", "services", "workflows", "deploy"):
            continue
        for module in sorted(imported_modules(file.text) - _OURS - sys.stdlib_module_names):
            of = {normal(name) for name in distributions.get(module, [module])}
            if not of & names and not any(COMES_WITH.get(name) for name in of):
                yield f"{file.path}: {module} is not in requirements/*.in"


def check() -> str | None:
    """Compares imports with requirements/*.in, these with *.txt, and package.json with its lock; needs no network."""
    wrong = []
    required: set[str] = set()
    for name in FILES:
        asked = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
        locked_text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        locked = {normal(found) for found in _LOCKED.findall(locked_text)}
        for line in asked:
            found = _NAME.match(line.strip())
            if found:
                required.add(normal(found.group(1)))
            if found and normal(found.group(1)) not in locked:
                wrong.append(f"requirements/{name}.txt lacks {found.group(1)}. Run: make lock")
        if "://" in locked_text:
            wrong.append(f"requirements/{name}.txt names an address. Run: make lock")
    wrong += _not_required(required)
    asked_of_npm = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for kind in ("dependencies", "devDependencies"):
        if asked_of_npm.get(kind, {}) != lock["packages"][""].get(kind, {}):
            wrong.append(f"package-lock.json does not follow the {kind} of package.json. Run: make lock")
    wrong += [
        f"package-lock.json: {name} has an address" for name, one in lock["packages"].items() if "resolved" in one
    ]
    return "\n".join(wrong) or None
