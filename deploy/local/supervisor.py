"""The local stack: starts the engines and our processes, keeps them running, and stops them cleanly.

Usable from code, with an event loop running::

    async with Stack(directory, processes=("referral",)) as stack:
        httpx.get(stack.url("referral") + "/v1/…", headers={"Authorization": f"Bearer {stack.token('operator')}"})
"""

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Self

from deploy.local.engines.broker import Broker, choose
from deploy.local.engines.kafka import Kafka
from deploy.local.engines.postgres import Postgres
from deploy.local.engines.tansu import Tansu
from deploy.local.engines.temporal import NAMESPACE, Temporal
from deploy.local.errors import LocalError
from deploy.local.identity.persons import load_persons
from deploy.local.identity.tokens import issue_system_token, issue_token, signing_key
from deploy.local.ports import LOOPBACK, is_free
from deploy.local.processes import IDENTITY, MIGRATED, PROCESSES, Addresses, OurProgram, Process, environment
from deploy.local.program import Program, Report, Supervised
from deploy.local.state import State, default_directory

DEFAULT_PORTAL_PORT = 8080


def silent(_name: str, _message: str) -> None:
    """A report that nobody reads."""


class Stack:
    """Everything that runs locally on one state directory.

    ``broker`` is ``auto``, ``kafka`` or ``tansu`` (default: the variable BROKER). ``processes`` names which of our
    processes run (default: all; the identity provider comes along with any); ``()`` gives the engines alone.
    ``port`` is the portal's port (default: the variable PORT, else 8080 or a free one). ``durable=False`` is
    for tests. Entering raises LocalError, with everything stopped again, when something does not start.
    """

    def __init__(
        self,
        directory: Path | str | None = None,
        *,
        broker: str | None = None,
        processes: Iterable[str] | None = None,
        port: int | None = None,
        report: Report = silent,
        durable: bool = True,
    ) -> None:
        self.state = State(directory or default_directory())
        self._wanted_broker = broker
        self._wanted_port = port
        self._processes = _chosen(processes)
        self._report = report
        self._postgres = Postgres(self.state, report, durable=durable)
        self._temporal = Temporal(self.state, report)
        self._broker: Broker | None = None
        self._addresses: Addresses | None = None
        self._running: dict[str, Supervised] = {}

    # -- where everything is -----------------------------------------------------------------------------

    def database_url(self, service: str) -> str:
        """The DATABASE_URL of a service: its login role, password included."""
        return self._postgres.url(service)

    @property
    def admin_url(self) -> str:
        """The database as superuser, who sees everything and moves the clock."""
        return self._postgres.admin_url

    @property
    def kafka(self) -> str:
        """The bootstrap servers of the broker."""
        return self._known().kafka

    @property
    def broker_name(self) -> str:
        """``kafka`` or ``tansu``: also its name for :meth:`kill`."""
        return self._broker.name if self._broker is not None else ""

    @property
    def temporal(self) -> str:
        """``host:port`` of Temporal's front end; the namespace is ``default``."""
        return self._known().temporal

    @property
    def temporal_ui_url(self) -> str | None:
        """Where to look into workflows with a browser."""
        return self._temporal.ui_url

    @property
    def issuer(self) -> str:
        """The address of the identity provider."""
        return self._known().issuer

    def url(self, service: str) -> str:
        """The base address of one of our processes, ``http://127.0.0.1:…`` without ``/v1``."""
        return self._known().url(service)

    def environment(self, process: str) -> dict[str, str]:
        """The environment in which a process of the table runs, or would run if it was left out."""
        return environment(_by_name(process), self._known(), self.state)

    def token(self, person: str) -> str:
        """An access token of a demo person."""
        return issue_token(self.state, person)

    def system_token(self) -> str:
        """An access token that acts as the system."""
        return issue_system_token(self.state)

    # -- life --------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        began = time.monotonic()
        self.state.create()
        self.state.lock()
        try:
            self.state.write(phase="starting", supervisor=os.getpid(), running={}, error=None)
            await self._start()
        except BaseException as error:
            await self._stop_all()
            self.state.write(phase="failed", error=str(error) if isinstance(error, LocalError) else repr(error))
            self.state.unlock()
            raise
        self.state.write(phase="ready")
        self._report("samenspel", f"ready in {time.monotonic() - began:.1f} s")
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._stop_all()
            self.state.write(phase="stopped")
        finally:
            self.state.unlock()

    def kill(self, name: str) -> None:
        """SIGKILL one engine or process. It is started again; wait for that with :meth:`running_again`."""
        self._running[name].kill()

    def restarts(self, name: str) -> int:
        """How often it was started again since the stack came up."""
        return self._running[name].restarts

    async def running_again(self, name: str, *, since: int = 0, seconds: float = 90.0) -> None:
        """Wait until it was started again more than ``since`` times and is healthy. Raises TimeoutError."""
        await self._running[name].running_again(since=since, seconds=seconds)

    async def stop(self, name: str) -> None:
        """Stop one engine or process and leave it stopped."""
        await self._running[name].stop()

    async def start(self, name: str) -> None:
        """Start again what :meth:`stop` stopped."""
        await self._running[name].start()

    async def _start(self) -> None:
        self._broker = await asyncio.to_thread(choose, self.state, self._report, self._wanted_broker)
        self._addresses = await self._plan(self._broker)
        _write_demo_people(self.state)
        signing_key(self.state)
        first: list[Awaitable[None]] = [
            self._start_database(),
            self._start_broker(),
            self._run(self._temporal, "temporal", self._addresses.temporal),
        ]
        if self._processes:
            first.append(self._run_process(IDENTITY))
        await _together(*first)
        await _together(*(self._run_process(process) for process in self._processes))

    async def _plan(self, broker: Broker) -> Addresses:
        """Choose every port before anything starts, so that each process can be told of every other."""
        ports = {process.name: self.state.port(process.name) for process in (IDENTITY, *PROCESSES[:-1])}
        ports["portal"] = self._portal_port()
        broker.port = self.state.port(broker.name)
        self._temporal.port = self.state.port("temporal")
        issuer = f"http://{LOOPBACK}:{ports['identity']}"
        self.state.write(issuer=issuer)
        return Addresses(
            database_url=self._postgres.url,
            kafka=broker.bootstrap_servers,
            kafka_group_protocol=broker.group_protocol,
            temporal=self._temporal.address,
            temporal_namespace=NAMESPACE,
            issuer=issuer,
            ports=ports,
        )

    def _portal_port(self) -> int:
        given = self._wanted_port if self._wanted_port is not None else os.environ.get("PORT")
        if not given:
            if is_free(DEFAULT_PORTAL_PORT):
                return DEFAULT_PORTAL_PORT
            port = self.state.port("portal")
            if any(process.name == "portal" for process in self._processes):
                self._report("portal", f"port {DEFAULT_PORTAL_PORT} is taken: using {port}")
            return port
        try:
            port = int(given)
        except ValueError:
            port = 0
        if not 1 <= port <= 65535:
            raise LocalError(f"PORT={given} is not a port; choose a number from 1024 to 65535.", wrong_use=True)
        if not is_free(port):
            raise LocalError(f"Port {port} is taken. Stop what listens there, or choose another: PORT={port + 1}.")
        return port

    async def _start_database(self) -> None:
        await self._run(self._postgres, "postgres", f"{LOOPBACK}:{self.state.port('postgres')}")
        await self._postgres.establish()
        if not self._processes:
            return
        from services.kit.migrate import migrate

        for service in MIGRATED:
            applied = await asyncio.to_thread(migrate, service, self._postgres.url(service))
            if applied:
                self._report("postgres", f"migrated {service} ({applied})")

    async def _start_broker(self) -> None:
        broker = self._broker
        if isinstance(broker, Kafka) and broker.fallback_allowed:
            try:
                await broker.prepare()
            except LocalError as error:
                self._report("broker", f"{error} Using Tansu, which keeps events in memory, for now.")
                port, broker = broker.port, Tansu(self.state, self._report)
                broker.port = port
                self._broker = broker
                self._addresses = replace(self._known(), kafka_group_protocol=broker.group_protocol)
        if broker is not None:
            await self._run(broker, "broker", broker.bootstrap_servers)

    async def _run_process(self, process: Process) -> None:
        environ = environment(process, self._known(), self.state)
        await self._run(OurProgram(process, environ), "http", self._known().url(process.name))

    async def _run(self, program: Program, kind: str, address: str) -> None:
        supervised = Supervised(program, self.state, self._report)
        self._running[program.name] = supervised
        await supervised.start()
        running = self.state.read().get("running", {})
        self.state.write(running=running | {program.name: {"kind": kind, "address": address}})

    async def _stop_all(self) -> None:
        """First our processes, so that each can finish what it does; then the engines they do it with."""
        engines = {self._postgres.name, self.broker_name, self._temporal.name}
        ours = [one for name, one in self._running.items() if name not in engines]
        for group in (ours, [one for name, one in self._running.items() if name in engines]):
            if group:
                names = ", ".join(one.program.name for one in reversed(group))
                self._report("samenspel", f"stopping {names}")
                await asyncio.gather(*(one.stop() for one in reversed(group)))
        self._running.clear()
        with contextlib.suppress(OSError):
            self.state.write(running={})

    def _known(self) -> Addresses:
        if self._addresses is None:
            raise LocalError("The stack has not started: enter it with 'async with'.")
        return self._addresses


async def _together(*work: Awaitable[None]) -> None:
    """Do all at once; when one fails, end the others and raise what went wrong first."""

    async def one(awaitable: Awaitable[None]) -> None:
        await awaitable

    try:
        async with asyncio.TaskGroup() as group:
            for awaitable in work:
                group.create_task(one(awaitable))
    except* Exception as errors:
        raise errors.exceptions[0] from None


def _chosen(names: Iterable[str] | None) -> tuple[Process, ...]:
    if names is None:
        return PROCESSES
    wanted = set(names)
    for name in wanted:
        _by_name(name)
    return tuple(process for process in PROCESSES if process.name in wanted)


def _by_name(name: str) -> Process:
    for process in (IDENTITY, *PROCESSES):
        if process.name == name:
            return process
    known = ", ".join(process.name for process in PROCESSES)
    raise LocalError(f"There is no process {name!r}; there are {known}.", wrong_use=True)


def _write_demo_people(state: State) -> None:
    """The demo persons as the portal shows them for the one-click switch."""
    people = [
        {"login": person.id, "name": person.name, "description": person.organisation} for person in load_persons()
    ]
    state.path("demo-people.json").write_text(json.dumps(people, ensure_ascii=False, indent=1) + "\n")
