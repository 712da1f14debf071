"""Where benchmarks run: engines of their own, durable as in production, and one database with two services."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from rich.console import Console

from deploy.local.engines.broker import Broker, choose
from deploy.local.engines.postgres import Postgres
from deploy.local.engines.tansu import Tansu
from deploy.local.identity.tokens import issue_token, signing_key
from deploy.local.ports import LOOPBACK
from deploy.local.processes import IDENTITY, OurProgram
from deploy.local.program import Program, Supervised
from deploy.local.state import State
from services.kit.migrate import migrate
from tests.benchmarks.workload import TABLES

SERVICES = ("referral", "council")
_console = Console(stderr=True)


def tell(what: str) -> None:
    """Say on standard error what is going on."""
    _console.print(f"[dim]{what}[/dim]")


@dataclass(frozen=True)
class Bench:
    """The engines of one run."""

    state: State
    postgres: Postgres
    broker: Broker
    issuer: str

    @property
    def bootstrap(self) -> str:
        return self.broker.bootstrap_servers

    @property
    def classic(self) -> bool:
        """Whether the broker knows the older group protocol only."""
        return isinstance(self.broker, Tansu)

    def url(self, service: str) -> str:
        return self.postgres.url(service)

    def token(self) -> str:
        """An access token of somebody at a municipality."""
        return issue_token(self.state, "access-worker-nijmegen")

    async def admin(self, statement: str) -> None:
        """Do something as superuser."""
        connection = await asyncpg.connect(self.postgres.admin_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    """Start PostgreSQL (durable), the broker and the identity provider; stop them and leave nothing behind."""
    directory = Path(tempfile.mkdtemp(prefix="samenspel-bench-"))
    state = State(directory)
    state.create()
    state.lock()
    running: list[Supervised] = []

    def quiet(_name: str, _message: str) -> None:
        pass

    async def start(program: Program) -> None:
        supervised = Supervised(program, state, quiet)
        running.append(supervised)
        await supervised.start()

    try:
        tell("starting PostgreSQL, the broker and the identity provider")
        postgres, broker = Postgres(state, quiet), choose(state, quiet)
        issuer = f"http://{LOOPBACK}:{state.port(IDENTITY.name)}"
        state.write(issuer=issuer)
        signing_key(state)
        told = {"PORT": issuer.rpartition(":")[2], "OIDC_ISSUER": issuer, "SAMENSPEL_STATE": str(directory)}
        await asyncio.gather(start(postgres), start(broker), start(OurProgram(IDENTITY, told)))
        await postgres.establish()
        for service in SERVICES:
            await asyncio.to_thread(migrate, service, postgres.url(service))
        found = Bench(state, postgres, broker, issuer)
        await found.admin(TABLES)
        yield found
    finally:
        await asyncio.gather(*(supervised.stop() for supervised in running))
        state.unlock()
        shutil.rmtree(directory, ignore_errors=True)
