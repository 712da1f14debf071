"""The directory of an exchange: messages that come in, in order of name, and ``out/`` with what is written on them.

An exchange is repeatable: the clock is the date of the message and numbers count from one, so the same messages get the
same answers byte for byte. That is how one that was killed goes on: it starts anew, and an answer that stands in
``out/`` already is left as it is. ``.exchange.json`` remembers for which messages the answers are.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local.errors import LocalError

AGREEMENTS = "agreements.json"
REMEMBERED = ".exchange.json"
_PART = ".part"


class Directory:
    """One directory of messages. Raises LocalError (wrong use) where there is none, or nothing in it."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise LocalError(f"There is no directory {path}. Name one with messages.", wrong_use=True)
        self.path = path
        self.out = path / "out"
        self.messages = _messages(path)
        if not self.messages:
            raise LocalError(
                f"There are no messages in {path}. Put files such as 0001-JW301.xml in it.", wrong_use=True
            )

    @property
    def agreements(self) -> bytes | None:
        """What ``agreements.json`` says, if it is there."""
        file = self.path / AGREEMENTS
        return file.read_bytes() if file.is_file() else None

    @contextmanager
    def claimed(self, *, overwrite: bool = False) -> Iterator[None]:
        """Claim ``out/`` for the answers to these messages; one exchange at a time.

        Raises LocalError when it holds what no exchange of these messages wrote, unless ``overwrite``.
        """
        handle = os.open(self.path, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LocalError(f"Another exchange of {self.path} is under way. Wait for it to end.") from None
            self._claim(overwrite)
            yield
            self._remember(scratch=None)
        finally:
            os.close(handle)

    def remember_scratch(self, scratch: Path) -> None:
        """Where this exchange works, so that the next one removes what a killed one leaves behind."""
        self._remember(scratch=str(scratch))

    def answer(self, message: Path, kinds: Sequence[str]) -> list[Path]:
        """Where the messages of these ``kinds`` belong that are written on ``message``: names sort with their cause."""
        stem = message.name.removesuffix(".xml")
        names: list[str] = []
        for kind in kinds:
            name, number = f"{stem}.{kind}.xml", 1
            while name in names:
                number += 1
                name = f"{stem}.{kind}-{number}.xml"
            names.append(name)
        return [self.out / name for name in names]

    def write(self, file: Path, content: bytes) -> None:
        """Put an answer in ``out/``, whole or not at all. Raises LocalError when another one stands there."""
        if file.exists():
            if file.read_bytes() != content:
                raise LocalError(
                    f"{file} holds another answer than this exchange gives. Move {self.out} away, or say --overwrite."
                )
            return
        scratch = file.with_name(f".{file.name}{_PART}")
        with scratch.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        scratch.replace(file)

    def _claim(self, overwrite: bool) -> None:
        remembered = self._remembered()
        if remembered.get("scratch"):
            _remove_scratch(Path(remembered["scratch"]))
        if self.out.is_symlink() or (self.out.exists() and not self.out.is_dir()):
            raise LocalError(f"{self.out} is no directory. Move it away.", wrong_use=True)
        self.out.mkdir(exist_ok=True)
        found = sorted(self.out.iterdir())
        for left in [each for each in found if each.name.startswith(".") and each.name.endswith(_PART)]:
            left.unlink()
        found = [each for each in found if not each.name.startswith(".")]
        if not found or remembered.get("messages") == self._marks():
            return
        if not overwrite:
            raise LocalError(
                f"{self.out} holds files that are not the answers to these messages. Move it away, or say --overwrite"
                " to throw them away.",
                wrong_use=True,
            )
        for each in found:
            if not each.is_file():
                raise LocalError(f"{each} is no file. Move it away.", wrong_use=True)
        for each in found:
            each.unlink()

    def _remembered(self) -> dict[str, Any]:
        try:
            found = json.loads((self.path / REMEMBERED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _remember(self, *, scratch: str | None) -> None:
        file = self.path / REMEMBERED
        new = file.with_name(f"{REMEMBERED}{_PART}")
        new.write_text(json.dumps({"messages": self._marks(), "scratch": scratch}), encoding="utf-8")
        new.replace(file)

    def _marks(self) -> dict[str, str]:
        files = [*self.messages, *([self.path / AGREEMENTS] if self.agreements is not None else [])]
        return {each.name: _mark(each) for each in files}


def _messages(path: Path) -> list[Path]:
    """Every file is a message, also one that cannot be read as such; hidden files and JSON are not."""
    return sorted(
        (each for each in path.iterdir() if each.is_file() and each.name[0] != "." and each.suffix.lower() != ".json"),
        key=lambda each: each.name,
    )


def _mark(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return "unreadable"


SCRATCH_PREFIX = "samenspel-exchange-"


def _remove_scratch(path: Path) -> None:
    if path.name.startswith(SCRATCH_PREFIX):
        shutil.rmtree(path, ignore_errors=True)
