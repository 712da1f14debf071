"""The files of the checkout, as the checks see them: what git knows or would add, never what was installed."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class SourceFile:
    """A text file: its path inside the repository and its text."""

    path: str
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def is_under(self, *folders: str) -> bool:
        return self.path.startswith(tuple(f"{folder}/" for folder in folders))


@cache
def source_files() -> tuple[SourceFile, ...]:
    """Every text file that git tracks or would track."""
    return tuple(_read())


def _read() -> Iterator[SourceFile]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - git of this machine
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in sorted({name for name in listed.split("\0") if name}):
        path = ROOT / name
        try:
            yield SourceFile(name, path.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # a picture or font, or deleted in the work tree
