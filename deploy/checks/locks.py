"""Every requirement that a person wrote down is locked with its hashes, and no lock names an address."""

import json
import re

from deploy.checks.repository import ROOT

FILES = ("uv", "node", "runtime", "local", "development")
_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def normal(name: str) -> str:
    """The one spelling of a package's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def check() -> str | None:
    """Compares requirements/*.in with *.txt and package.json with its lock; needs no network."""
    wrong = []
    for name in FILES:
        asked = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
        locked_text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        locked = {normal(found) for found in _LOCKED.findall(locked_text)}
        for line in asked:
            found = _NAME.match(line.strip())
            if found and normal(found.group(1)) not in locked:
                wrong.append(f"requirements/{name}.txt lacks {found.group(1)}. Run: make lock")
        if "://" in locked_text:
            wrong.append(f"requirements/{name}.txt names an address. Run: make lock")
    asked_of_npm = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for kind in ("dependencies", "devDependencies"):
        if asked_of_npm.get(kind, {}) != lock["packages"][""].get(kind, {}):
            wrong.append(f"package-lock.json does not follow the {kind} of package.json. Run: make lock")
    wrong += [
        f"package-lock.json: {name} has an address" for name, one in lock["packages"].items() if "resolved" in one
    ]
    return "\n".join(wrong) or None
