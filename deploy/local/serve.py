"""Runs the stack until somebody stops it: in the foreground, or detached for ``samenspel up``."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from deploy.local.errors import LocalError
from deploy.local.processes import CODE
from deploy.local.program import Report
from deploy.local.state import State
from deploy.local.supervisor import Stack

STOP_SECONDS = 90.0
WRONG_USE = 2

_ERROR = "error"
"""The name under which a supervisor says why it gave up."""

_DETACHED: dict[int, subprocess.Popen[bytes]] = {}
"""Supervisors that we leave running on purpose, by process; letting go of one would raise a warning about it."""


async def serve(stack: Stack, when_ready: Callable[[Stack], Awaitable[None]] | None = None) -> None:
    """Start ``stack``, do ``when_ready``, and serve until SIGINT or SIGTERM; then stop everything cleanly.

    The signal is heeded at any moment, also while starting. Raises LocalError when the stack does not start.
    """

    async def life() -> None:
        async with stack:
            if when_ready is not None:
                await when_ready(stack)
            await asyncio.Event().wait()

    task = asyncio.create_task(life())
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if not stopping:  # whoever presses Ctrl-C twice does not want half a shutdown
            stopping = True
            task.cancel()

    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not stopping:
            raise
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def start_detached(state: State, report: Report, processes: Sequence[str] | None = None) -> None:
    """Start a supervisor that outlives us and wait until its stack is ready, reporting what it reports.

    ``processes`` as for :class:`Stack`.
    Raises LocalError when one runs already, or with the reason why the stack did not start.
    """
    state.create()
    state.lock()  # refuses when there is one
    state.write(phase="starting", error=None)
    state.unlock()
    log = state.log("supervisor")
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "deploy.local.serve", *(processes or [])],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=Path.cwd(),
            env=os.environ | {"SAMENSPEL_STATE": str(state.directory), "PYTHONPATH": str(CODE)},
        )
    _DETACHED[process.pid] = process
    reason = f"The supervisor ended; see {log}."
    with log.open() as said:
        while True:
            ended = process.poll() is not None
            for line in said:
                name, _, message = line.rstrip("\n").partition(": ")
                if name == _ERROR:
                    reason = message
                else:
                    report(name, message)
            if ended:
                raise LocalError(reason, wrong_use=process.returncode == WRONG_USE)
            remembered = state.read()
            if remembered.get("phase") == "ready" and remembered.get("supervisor") == process.pid:
                return
            time.sleep(0.1)


def stop_detached(state: State, report: Report) -> bool:
    """Stop the running stack and wait until it has stopped; False when none runs. Raises LocalError."""
    supervisor = state.read().get("supervisor")
    if not state.is_locked() or not isinstance(supervisor, int):
        return False
    report("samenspel", "stopping")
    os.kill(supervisor, signal.SIGTERM)
    began = told = time.monotonic()
    while state.is_locked():
        now = time.monotonic()
        if now - began > STOP_SECONDS:
            raise LocalError(f"The supervisor (process {supervisor}) does not stop; see {state.log('supervisor')}.")
        if now - told > 4:
            told = now
            report("samenspel", "still stopping")
        time.sleep(0.1)
    if process := _DETACHED.pop(supervisor, None):
        process.wait()
    return True


def main() -> int:
    """``python -m deploy.local.serve [PROCESS…]``: the stack of SAMENSPEL_STATE; says what happens, a line each."""

    def say(name: str, message: str) -> None:
        sys.stdout.write(f"{name}: {message}\n")
        sys.stdout.flush()

    try:
        asyncio.run(serve(Stack(processes=sys.argv[1:] or None, report=say)))
    except LocalError as error:
        say(_ERROR, str(error))
        return WRONG_USE if error.wrong_use else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
