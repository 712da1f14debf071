"""A process of the local stack: how it starts, when it is ready, how it is kept alive and how it ends."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psutil

from deploy.local.errors import LocalError
from deploy.local.state import State

Report = Callable[[str, str], None]
"""Tells the person watching: name of the program, what happens with it."""

Condition = Literal["stopped", "starting", "running", "restarting"]

_BACKOFF_SECONDS = (0.1, 0.3, 1.0, 2.0, 5.0)
_STABLE_SECONDS = 30.0
_LEASH = str(Path(__file__).with_name("leash.py"))


@dataclass(frozen=True)
class Launch:
    """What to execute. ``environment`` is added to a minimal one, never to everything the caller has."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM


class Program(ABC):
    """Something to run: an engine or a service."""

    name: str
    start_seconds: float = 60.0
    """How long it may take from start to healthy."""
    stop_seconds: float = 15.0
    """How long it may take to end by itself before it is killed."""

    async def prepare(self) -> None:  # noqa: B027 - nothing to prepare is a valid answer
        """Do what must be done before the first start; doing it again is harmless and quick."""

    @abstractmethod
    def launch(self) -> Launch:
        """The command, asked anew at each start."""

    @abstractmethod
    async def healthy(self) -> bool:
        """Whether it does its work now. Never raises."""


def base_environment() -> dict[str, str]:
    """The part of our environment that every process gets; no secret of the caller leaks into an engine."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME", "LOG_LEVEL", "OTEL_EXPORTER_OTLP_ENDPOINT")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONUNBUFFERED": "1"}


def leashed(
    arguments: Sequence[str], *, user: str | None = None, stop_signal: signal.Signals = signal.SIGTERM
) -> list[str]:
    """The command that runs ``arguments`` as ``user`` and ends them when we end (see ``leash.py``)."""
    return [sys.executable, "-S", "-E", _LEASH, str(int(stop_signal)), user or "-", *arguments]


class Supervised:
    """Keeps one program running: starts it again, with growing pauses, whenever it ends by itself."""

    def __init__(self, program: Program, state: State, report: Report) -> None:
        self.program = program
        self.condition: Condition = "stopped"
        self.restarts = 0
        self._state = state
        self._report = report
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False
        self._changed = asyncio.Condition()

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Prepare, start and wait until healthy. Raises LocalError with the reason when it does not get there."""
        self.condition = "starting"
        self._stopping = False
        await self.program.prepare()
        _end_left_behind(self._state, self.program)
        began = time.monotonic()
        try:
            process = await self._spawn()
            await self._until_healthy(process)
        except BaseException:
            await self.stop()
            raise
        self.condition = "running"
        self._report(self.program.name, f"ready in {time.monotonic() - began:.1f} s")
        self._watch = asyncio.create_task(self._keep_alive(process), name=f"watch {self.program.name}")

    async def stop(self) -> None:
        """End it: politely first, by force after its grace period. Harmless when it does not run."""
        self._stopping = True
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.program.launch().stop_signal)
            try:
                await asyncio.wait_for(process.wait(), self.program.stop_seconds)
            except TimeoutError:
                self.kill()
                await process.wait()
        if process is not None:
            _signal_group(process.pid, signal.SIGKILL)
        self._process = None
        _remember_process(self._state, self.program.name, None)
        self.condition = "stopped"

    def kill(self) -> None:
        """SIGKILL the process and its children; while watched it then comes back by itself."""
        if self.pid is not None:
            _signal_group(self.pid, signal.SIGKILL)

    async def running_again(self, *, since: int, seconds: float = 90.0) -> None:
        """Wait until it has restarted more than ``since`` times and is healthy."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: self.restarts > since and self.condition == "running")

    async def _spawn(self) -> asyncio.subprocess.Process:
        launch = self.program.launch()
        with self._state.open_log(self.program.name) as log:
            process = await asyncio.create_subprocess_exec(
                *leashed(launch.arguments, user=launch.user, stop_signal=launch.stop_signal),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env=base_environment() | dict(launch.environment),
                cwd=launch.directory, start_new_session=True,
            )  # fmt: skip
        self._process = process
        _remember_process(self._state, self.program.name, process.pid)
        return process

    async def _until_healthy(self, process: asyncio.subprocess.Process) -> None:
        name, deadline, told = self.program.name, time.monotonic() + self.program.start_seconds, time.monotonic()
        pause = 0.05
        while True:
            if process.returncode is not None:
                raise LocalError(f"{name} ended while starting: {self.last_words()} (see {self._state.log(name)})")
            if await self.program.healthy():
                return
            now = time.monotonic()
            if now > deadline:
                raise LocalError(
                    f"{name} is not ready after {self.program.start_seconds:.0f} s: {self.last_words()} "
                    f"(see {self._state.log(name)})"
                )
            if now - told > 4:
                told = now
                self._report(name, "still starting")
            await asyncio.sleep(pause)
            pause = min(pause * 1.3, 0.3)

    async def _keep_alive(self, process: asyncio.subprocess.Process) -> None:
        attempt, began = 0, time.monotonic()
        while True:
            code = await process.wait()
            if self._stopping:
                return
            _signal_group(process.pid, signal.SIGKILL)
            self.condition = "restarting"
            attempt = 0 if time.monotonic() - began > _STABLE_SECONDS else attempt
            pause = _BACKOFF_SECONDS[min(attempt, len(_BACKOFF_SECONDS) - 1)]
            attempt += 1
            self._report(self.program.name, f"ended ({_outcome(code)}); starting it again")
            await asyncio.sleep(pause)
            began = time.monotonic()
            try:
                process = await self._spawn()
                await self._until_healthy(process)
            except LocalError as error:
                self._report(self.program.name, str(error))
                self.kill()
                continue
            async with self._changed:
                self.restarts += 1
                self.condition = "running"
                self._changed.notify_all()
            self._report(self.program.name, "ready again")

    def last_words(self) -> str:
        """The last line of its log that says something."""
        try:
            lines = self._state.log(self.program.name).read_bytes()[-8192:].decode(errors="replace").splitlines()
        except OSError:
            return "it said nothing"
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "it said nothing")


def _outcome(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _signal_group(pid: int, number: signal.Signals) -> None:
    # Each program leads its own session, so its process id is also the id of its group.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _remember_process(state: State, name: str, pid: int | None) -> None:
    processes = dict(state.read().get("processes", {}))
    processes.pop(name, None)
    if pid is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            processes[name] = {"pid": pid, "started": psutil.Process(pid).create_time()}
    state.write(processes=processes)


def _end_left_behind(state: State, program: Program) -> None:
    """End the process that an earlier supervisor left running, if the process id still means that process."""
    remembered = state.read().get("processes", {}).get(program.name)
    if remembered is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(remembered["pid"])
        if abs(process.create_time() - remembered["started"]) < 0.5:
            process.send_signal(program.launch().stop_signal)
            try:
                process.wait(program.stop_seconds)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait(5)
