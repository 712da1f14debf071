"""No secret in a file: keys and passwords come from the environment or from files outside the repository."""

import re

from deploy.checks.repository import SourceFile, source_files

PATTERNS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "a cloud access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of a code host": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20})\b"),
    "a signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"),
    "a password in an address": re.compile(
        r"\b[a-z+]+://[^\s:/@\"'{}$<]+:[^\s@\"'{}$<]{3,}@(?!127\.|localhost\b)[a-z0-9-]*\."
    ),
    "a secret with a value": re.compile(
        r"(?i)\b(?:password|passwd|secret|api_?key|private_?key|access_?key)\b[\"']?\s*[:=]\s*[\"'][^\"'\s{}$<]{12,}[\"']"
    ),
}
SKIP = ("contracts/openapi/", "package-lock.json", "requirements/")


def found_in(file: SourceFile) -> list[str]:
    """What looks like a secret in this file, as ``path:line: what``; the secret itself is not repeated."""
    if file.path.startswith(SKIP):
        return []
    return [
        f"{file.path}:{number}: looks like {what}"
        for number, line in enumerate(file.lines, start=1)
        for what, pattern in PATTERNS.items()
        if pattern.search(line)
    ]


def check() -> str | None:
    """All files."""
    return "\n".join(line for file in source_files() for line in found_in(file)) or None
