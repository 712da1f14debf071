"""The licences of everything that is shipped with Samenspel or that it runs on. Tools that only check are not shipped.

Allowed: permissive licences, and weakly reciprocal ones (LGPL, MPL, EUPL) for libraries that are used unchanged.
"""

import json
import re
from importlib.metadata import PackageNotFoundError, metadata

from packaging.markers import Marker

from deploy.checks.repository import ROOT

ALLOWED = frozenset(
    {
        *("MIT", "MIT-0", "ISC", "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PSF-2.0", "CNRI-Python"),
        *("Unlicense", "CC0-1.0", "OFL-1.1", "MPL-2.0", "LGPL-3.0-only", "LGPL-3.0-or-later", "EUPL-1.2"),
    }
)
SPELLINGS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "dual license": "Apache-2.0 OR BSD-3-Clause",
}
"""How packages without a licence expression name the same licences."""

STATED = {"httpx-aiohttp": "BSD-3-Clause", "node_modules/htmx-ext-sse": "0BSD"}
"""Packages whose licence stands in a file and not in their metadata."""

_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==\S+(?: ; (.+?))?(?: \\)?$", re.MULTILINE)


def allowed(expression: str) -> bool:
    """Does the expression leave a choice that is allowed? ``(A OR B) AND C`` needs C, and A or B."""
    parts = re.sub(r"[()]", "", expression).split(" AND ")
    return all(any(option.strip() in ALLOWED for option in part.split(" OR ")) for part in parts)


def of_python(package: str) -> str:
    """The licence expression of an installed package, or what it says in its place."""
    told = metadata(package).json
    if told.get("license_expression"):
        return str(told["license_expression"])
    free_text = str(told.get("license", "")).strip()
    if free_text and len(free_text) < 60:
        return SPELLINGS.get(free_text.lower(), free_text)
    classifiers = [one.rpartition(" :: ")[2] for one in told.get("classifier", []) if one.startswith("License")]
    return " OR ".join(SPELLINGS.get(one.lower(), one) for one in classifiers) or STATED.get(package, "not stated")


def check() -> str | None:
    """Everything in requirements/runtime.txt for this machine, and every npm package that is not for development."""
    wrong = []
    for name, marker in _LOCKED.findall((ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")):
        if marker and not Marker(marker).evaluate():
            continue
        try:
            licence = of_python(name)
        except PackageNotFoundError:
            wrong.append(f"{name} is locked and not installed. Run: make setup")
            continue
        if not allowed(licence):
            wrong.append(f"{name}: {licence} is not in the list of licences")
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for path, package in lock["packages"].items():
        licence = str(package.get("license") or STATED.get(path, "not stated"))
        if path and not package.get("dev") and not allowed(licence):
            wrong.append(f"{path}: {licence} is not in the list of licences")
    return "\n".join(wrong) or None
