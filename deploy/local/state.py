"""The directory in which the local stack keeps everything: data, secrets, logs and what it remembers.

Layout (``.samenspel/`` unless ``SAMENSPEL_STATE`` says otherwise)::

    state.json          ports, process ids and addresses of the running stack
    lock                held while a supervisor runs
    engines/<name>/     data of PostgreSQL, the broker and Temporal
    identity/           signing key of the local OpenID provider
    secrets/            keys and passwords, readable by the owner only
    logs/<name>.log     what each process said
"""

import base64
import fcntl
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import IO, Any

from deploy.local.errors import LocalError
from deploy.local.ports import free_port, is_free

DEFAULT_DIRECTORY = ".samenspel"
LOG_LIMIT = 20 * 1024 * 1024
MINIMUM_FREE_BYTES = 512 * 1024 * 1024


def default_directory() -> Path:
    """Where the state of this checkout lives."""
    return Path(os.environ.get("SAMENSPEL_STATE") or DEFAULT_DIRECTORY).absolute()


class State:
    """One state directory. Reading never creates it; :meth:`create` does."""

    def __init__(self, directory: Path | str, *, minimum_free_bytes: int = MINIMUM_FREE_BYTES) -> None:
        self.directory = Path(directory).absolute()
        self._minimum_free_bytes = minimum_free_bytes
        self._lock: IO[str] | None = None

    def create(self) -> None:
        """Make the directory, and refuse at once where the disk is too full to start anything (half a gigabyte).

        Raises LocalError when it cannot be made or the disk is full.
        """
        try:
            for name in ("engines", "identity", "logs"):
                (self.directory / name).mkdir(parents=True, exist_ok=True)
            (self.directory / "secrets").mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise LocalError(
                f"Cannot use {self.directory}: {error.strerror}. "
                "Point SAMENSPEL_STATE at a directory that can be written."
            ) from error
        free = shutil.disk_usage(self.directory).free
        if free < self._minimum_free_bytes:
            raise LocalError(
                f"The disk of {self.directory} is full ({free // 1024**2} MB free, "
                f"{self._minimum_free_bytes // 1024**2} MB needed). Free space or set SAMENSPEL_STATE to another disk."
            )

    def clear(self) -> None:
        """Throw away everything of a stack that does not run, and keep what others left beside it."""
        for name in ("engines", "identity", "logs", "secrets"):
            shutil.rmtree(self.path(name), ignore_errors=True)
        self.path("state.json").unlink(missing_ok=True)

    def path(self, *parts: str) -> Path:
        return self.directory.joinpath(*parts)

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.path("logs", f"{name}.log")

    def open_log(self, name: str) -> IO[bytes]:
        """Open the log for appending; a log that grew large is first set aside as ``<name>.log.1``."""
        log = self.log(name)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return log.open("ab")

    # -- what is remembered ------------------------------------------------------------------------------

    def read(self) -> dict[str, Any]:
        """What the last supervisor wrote down; empty when there is none."""
        try:
            remembered = json.loads(self.path("state.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return remembered if isinstance(remembered, dict) else {}

    def write(self, **changes: Any) -> None:
        """Replace the named entries of ``state.json``, all or nothing."""
        remembered = self.read() | changes
        scratch = self.path("state.json.new")
        scratch.write_text(json.dumps(remembered, indent=2, sort_keys=True) + "\n")
        scratch.replace(self.path("state.json"))

    def port(self, name: str) -> int:
        """The port of a server: the one it had before where that is still free, else another."""
        ports: dict[str, int] = self.read().get("ports", {})
        port = ports.get(name)
        if port is None or not is_free(port):
            port = free_port(frozenset(ports.values()))
            self.write(ports=ports | {name: port})
        return port

    # -- secrets -----------------------------------------------------------------------------------------

    def secret(self, name: str) -> Path:
        """A file with a random key of 32 bytes in base64, made when it does not exist; mode 0600."""
        file = self.path("secrets", name)
        if not file.exists():
            self.write_secret(name, base64.b64encode(secrets.token_bytes(32)).decode())
        return file

    def write_secret(self, name: str, text: str) -> Path:
        file = self.path("secrets", name)
        scratch = file.with_name(f"{name}.new")
        scratch.unlink(missing_ok=True)
        with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(text)
        scratch.replace(file)
        return file

    def password(self, role: str) -> str:
        """The password of a database role, made when there is none."""
        return self.secret(f"database-{role}").read_text().strip().translate(str.maketrans("+/=", "-_."))

    # -- one supervisor at a time ------------------------------------------------------------------------

    def lock(self) -> None:
        """Claim this state for the current process, until it ends or calls :meth:`unlock`.

        Raises LocalError when another supervisor has it.
        """
        stream = self.path("lock").open("a+")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.close()
            raise LocalError(
                f"Samenspel already runs on {self.directory}. See it with 'samenspel status', "
                "stop it with 'samenspel down', or give this one its own SAMENSPEL_STATE."
            ) from None
        self._lock = stream

    def unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def is_locked(self) -> bool:
        """Whether a supervisor runs on this state."""
        if self._lock is not None:
            return True
        try:
            with self.path("lock").open("r") as stream:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False
