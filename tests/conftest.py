"""Real engines for every test that asks: one PostgreSQL, one broker and one Temporal per test run.

Each starts when the first test asks for it and stops at the end. Under xdist each worker has its own. Their files are
in memory where the machine has room for them, unless TMPDIR says where they go. Broker: ``BROKER=auto|kafka|tansu``.
What a test may take:

``database``          ``clone = await database("referral")``: a fresh, migrated database for this test alone;
                      ``await database.together("referral", "council")`` puts several services in one
``broker``            bootstrap servers; topics are shared by all tests, so use groups and topics of your own
``temporal_address``  ``host:port`` of a Temporal server, namespace ``default``; use task queues of your own
``identity``          the local OpenID provider: ``identity.issuer``, ``identity.token("clerk-nijmegen")``
``engines``           the engines themselves, to stop, kill or look into
"""

import asyncio
import gc
import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from xdist.scheduler.loadfile import LoadFileScheduling

from deploy.local.engines.broker import Broker, choose
from deploy.local.engines.postgres import SUPERUSER, Postgres, apply_platform_sql, create_database
from deploy.local.engines.temporal import Temporal
from deploy.local.identity.tokens import issue_system_token, issue_token, signing_key
from deploy.local.ports import LOOPBACK
from deploy.local.processes import IDENTITY, OurProgram
from deploy.local.program import Program, Supervised
from deploy.local.state import State

if TYPE_CHECKING:
    from services.kit.database import Database

LONGEST = (
    "test_loop_in_browser.py",
    "test_manager_council_pages.py",
    "test_pages.py",
    "test_running_stack.py",
    "test_places_pages.py",
    "test_exchange_command.py",
)
SHARING_A_STACK = "tests/web/pages_access_provider/"
_PREFIX = "samenspel-test-"
_MEMORY = Path("/dev/shm")
_ROOM_IN_MEMORY = 8_000_000_000
"""Bytes that must be free before temporary files go to memory: two clusters, brokers and stacks, amply."""
_log = logging.getLogger("samenspel.engines")


def _keep_files_in_memory() -> None:
    """Copying a database is a matter of hundreds of small files: ten times as fast in memory as on many a disk."""
    if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM_IN_MEMORY:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None


_keep_files_in_memory()
# Until all tests are collected only modules are made, and those stay.
gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no worker waits for the last of another."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def pytest_collection_finish() -> None:
    """What was imported stays, so the collector need not walk through it again and again.

    It still looks often enough at what tests leave behind: a resource that was not closed fails the run that way.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


class _ByStack(LoadFileScheduling):
    """A worker takes a file at a time; the files that share a running stack together, so that it starts once."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return SHARING_A_STACK if file.startswith(SHARING_A_STACK) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return _ByStack(config, log) if config.getvalue("dist") == "loadfile" else None


def _tell(name: str, message: str) -> None:
    _log.info("%s: %s", name, message)


class Engines:
    """The engines of this test run, each started at first use."""

    def __init__(self, directory: Path) -> None:
        self.state = State(directory)
        self.state.create()
        self.state.lock()
        self._running: dict[str, Supervised] = {}
        self._starting = asyncio.Lock()
        self._preparing = asyncio.Lock()
        self._cloning = asyncio.Lock()
        self._postgres = Postgres(self.state, _tell, durable=False)
        self._temporal = Temporal(self.state, _tell, headless=True)
        self._broker: Broker | None = None
        self._identity: Identity | None = None
        self._templates: set[str] = set()
        self._admin: asyncpg.Connection | None = None

    async def postgres(self) -> Postgres:
        """PostgreSQL with the roles and the clock; not durable, for speed."""
        if await self._ensure(self._postgres):
            await self._postgres.establish()
        return self._postgres

    async def broker(self) -> Broker:
        self._broker = self._broker or choose(self.state, _tell)
        await self._ensure(self._broker)
        return self._broker

    async def temporal(self) -> Temporal:
        await self._ensure(self._temporal)
        return self._temporal

    async def identity(self) -> "Identity":
        """The local OpenID provider."""
        if self._identity is None:
            port = self.state.port(IDENTITY.name)
            issuer = f"http://{LOOPBACK}:{port}"
            self.state.write(issuer=issuer)
            signing_key(self.state)
            told = {"PORT": str(port), "OIDC_ISSUER": issuer, "SAMENSPEL_STATE": str(self.state.directory)}
            await self._ensure(OurProgram(IDENTITY, told))
            self._identity = Identity(self.state, issuer)
        return self._identity

    def supervised(self, program: Program) -> Supervised:
        """The supervision of a running engine: ``kill`` it, and wait until it is ``running_again``."""
        return self._running[program.name]

    async def template(self, services: tuple[str, ...]) -> str:
        """The name of a migrated database with the schemas of these services, made once per run."""
        from services.kit.migrate import migrate

        postgres = await self.postgres()
        name = "template_" + "_".join(services)
        async with self._preparing:
            if name not in self._templates:
                await create_database(postgres.admin_url, name)
                await self.prepare(name)
                for service in services:
                    await asyncio.to_thread(migrate, service, postgres.url(service, name))
                self._templates.add(name)
        return name

    async def admin(self) -> asyncpg.Connection:
        """The superuser in the database ``samenspel``, to make and drop databases; kept open."""
        if self._admin is None or self._admin.is_closed():
            self._admin = await asyncpg.connect((await self.postgres()).admin_url)
        return self._admin

    async def clone(self, template: str) -> str:
        """A copy of a database of this run, with what roles may do with it; gives its name."""
        name = f"test_{uuid.uuid4().hex}"
        admin = await self.admin()
        async with self._cloning:
            await admin.execute(f'create database "{name}" template "{template}" strategy file_copy')
            # PostgreSQL copies what is in a database, and not who may do what with it as a whole.
            await admin.execute(
                "update pg_database set datacl = (select datacl from pg_database where datname = $1)"
                " where datname = $2",
                template,
                name,
            )
        return name

    async def drop(self, name: str) -> None:
        """Drop a database of this run, whoever is still connected to it."""
        admin = await self.admin()
        async with self._cloning:
            await admin.execute(f'drop database "{name}" with (force)')

    async def prepare(self, name: str) -> None:
        """Roles, schemas and clock in a database."""
        connection = await asyncpg.connect((await self.postgres()).url(SUPERUSER, name))
        try:
            await apply_platform_sql(connection)
        finally:
            await connection.close()

    async def stop(self) -> None:
        if self._admin is not None:
            await self._admin.close()
        await asyncio.gather(*(supervised.stop() for supervised in self._running.values()))

    async def _ensure(self, program: Program) -> bool:
        async with self._starting:
            if program.name in self._running:
                return False
            supervised = Supervised(program, self.state, _tell)
            await supervised.start()
            self._running[program.name] = supervised
            return True


class Identity:
    """The running provider, and tokens without signing in."""

    def __init__(self, state: State, issuer: str) -> None:
        self.state = state
        self.issuer = issuer

    def token(self, person: str) -> str:
        """An access token of a demo person (``deploy/local/persons.yaml``)."""
        return issue_token(self.state, person)

    def system_token(self) -> str:
        """An access token of party ``system:samenspel``, role ``system``."""
        return issue_system_token(self.state)


class ServiceDatabase:
    """The schema of one service in a database of this test alone."""

    def __init__(self, service: str, url: str, admin_url: str, pools: "Database") -> None:
        self.service = service
        self.url = url
        """The DATABASE_URL of the service: its login role."""
        self.admin_url = admin_url
        """The same database as superuser, who sees everything and may move the clock."""
        self.pools = pools
        """The service's own way to its database (services.kit.database.Database), opened."""


class Databases:
    """Makes databases for one test and drops them afterwards."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._pools: list[Database] = []
        self._names: list[str] = []

    async def __call__(self, service: str) -> ServiceDatabase:
        return (await self.together(service))[service]

    async def together(self, *services: str) -> dict[str, ServiceDatabase]:
        """Several services in one database, as they are when deployed: one business clock for all."""
        from services.kit.database import Database

        template = await self._engines.template(tuple(sorted(services)))
        postgres = await self._engines.postgres()
        name = await self._engines.clone(template)
        self._names.append(name)
        databases = {}
        for service in services:
            url = postgres.url(service, name)
            pools = await Database.open(url, service, size=4)
            self._pools.append(pools)
            databases[service] = ServiceDatabase(service, url, postgres.url(SUPERUSER, name), pools)
        return databases

    async def clean_up(self) -> None:
        for pools in self._pools:
            await pools.close()
        for name in self._names:
            await self._engines.drop(name)


def _sweep() -> None:
    """Remove what earlier test runs left that were killed before they could."""
    for directory in (*Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"), *Path("/tmp").glob(f"{_PREFIX}*")):
        if (directory / "lock").exists() and not State(directory).is_locked():
            shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
async def engines() -> AsyncIterator[Engines]:
    _sweep()
    directory = Path(tempfile.mkdtemp(prefix=_PREFIX))
    running = Engines(directory)
    try:
        yield running
    finally:
        await running.stop()
        running.state.unlock()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
async def database(engines: Engines) -> AsyncIterator[Databases]:
    databases = Databases(engines)
    try:
        yield databases
    finally:
        await databases.clean_up()


@pytest.fixture(scope="session")
async def broker(engines: Engines) -> str:
    return (await engines.broker()).bootstrap_servers


@pytest.fixture(scope="session")
async def temporal_address(engines: Engines) -> str:
    return (await engines.temporal()).address


@pytest.fixture(scope="session")
async def identity(engines: Engines) -> Identity:
    return await engines.identity()
