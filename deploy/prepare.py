"""Makes engines ready for the services: ``python -m deploy.prepare``, before each version; repeating changes nothing.

Roles, schemas, clock and passwords in PostgreSQL, then the migrations of every service, then the topics. It needs
``ADMIN_DATABASE_URL`` (a superuser in the database of the platform), every ``DATABASE_URL_<SERVICE>`` and
``KAFKA_BOOTSTRAP_SERVERS``. A migration must suit the version that still runs, so new code comes after it.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from urllib.parse import unquote, urlsplit

import asyncpg

from contracts.topics import TOPICS
from deploy.local.engines.postgres import LOGIN_ROLES, apply_platform_sql
from services.kit.kafka import BrokerUnavailable, Topics
from services.kit.migrate import migrate
from services.kit.refills import REFILLS

ADMIN = "ADMIN_DATABASE_URL"
KAFKA = "KAFKA_BOOTSTRAP_SERVERS"


class NotPrepared(Exception):
    """Something is missing or does not answer. The text is one line that says what to do."""


def variable_of(service: str) -> str:
    """``DATABASE_URL_COUNCIL`` for ``council``."""
    return f"DATABASE_URL_{service.upper()}"


async def prepare(environ: Mapping[str, str]) -> AsyncIterator[str]:
    """Does the work and tells each step when it is done. Raises ``NotPrepared``."""
    wanted = [ADMIN, KAFKA, *map(variable_of, LOGIN_ROLES)]
    if missing := [name for name in wanted if not environ.get(name)]:
        raise NotPrepared(f"{', '.join(missing)} must be set.")
    try:
        connection = await asyncpg.connect(environ[ADMIN])
    except (OSError, asyncpg.PostgresError) as error:
        raise NotPrepared(f"PostgreSQL cannot be reached with {ADMIN}: {error}") from error
    try:
        await apply_platform_sql(connection)
        yield "roles, schemas and clock are there"
        for role in LOGIN_ROLES:
            await _set_password(connection, role, environ[variable_of(role)])
        yield "login roles have the passwords of their addresses"
    finally:
        await connection.close()
    for service in LOGIN_ROLES:
        applied = await asyncio.to_thread(migrate, service, environ[variable_of(service)])
        yield f"{service}: {applied} migrations applied"
    topics = Topics(environ[KAFKA])
    for topic in (*TOPICS, REFILLS):
        try:
            state = await topics.ensure(topic)
        except BrokerUnavailable as error:
            raise NotPrepared(f"Kafka cannot be reached at {environ[KAFKA]}: {error}") from error
        yield f"topic {topic.name} has {state.partitions} partitions"


async def _set_password(connection: asyncpg.Connection, role: str, url: str) -> None:
    parts = urlsplit(url)
    if unquote(parts.username or "") != role:
        raise NotPrepared(f"{variable_of(role)} must be an address of the login role {role}.")
    if parts.password:
        statement = await connection.fetchval(
            "select format('alter role %I password %L', $1::text, $2::text)", role, unquote(parts.password)
        )
        await connection.execute(statement)


async def main() -> int:
    """Entry point; a step per line, and one line on standard error when it cannot go on."""
    try:
        async for step in prepare(os.environ):
            sys.stdout.write(f"{step}\n")
            sys.stdout.flush()
    except NotPrepared as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
