"""Runs a service as a process, in one or more roles: ``python -m services.referral --roles api,relay,consumer``.

Anything unexpected ends the process with a non-zero code: whoever started it starts it again, and it goes on where the
database says it was.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

import uvicorn
import uvloop
from starlette.types import ASGIApp

from services.kit import logging, metrics, tracing
from services.kit.consumer import EventConsumer
from services.kit.database import Database
from services.kit.garbage import settle
from services.kit.health import health_app
from services.kit.refills import listen
from services.kit.relay import Relay
from services.kit.service import Service, application
from services.kit.settings import ProcessSettings, ServiceSettings, SettingsError

MEASURE_SECONDS = 5.0


class ProcessRole(StrEnum):
    """A part of a service that may run on its own."""

    API = "api"
    RELAY = "relay"
    CONSUMER = "consumer"


def run_service(name: str, build: Callable[[ServiceSettings], Service], arguments: Sequence[str] | None = None) -> int:
    """The ``main`` of a service: parses the roles, reads the settings, runs until told to stop. Gives the exit code."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}", description=f"Runs the {name} service.")
    parser.add_argument("--roles", default="api,relay,consumer", help="which parts to run, separated by commas")
    try:
        roles = frozenset(ProcessRole(role.strip()) for role in parser.parse_args(arguments).roles.split(","))
    except ValueError as error:
        parser.error(f"{error}; choose from api, relay, consumer")

    async def run() -> None:
        settings = ServiceSettings.for_service(name)
        await _run_roles(build(settings), settings, roles)

    return run_process(name, run)


def run_process(name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Run a process to its end; wrong settings are one line on standard error and exit code 2."""
    try:
        uvloop.run(run())
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - one line for whoever starts the process
        return 2
    finally:
        tracing.shutdown()
    return 0


async def _run_roles(service: Service, settings: ServiceSettings, roles: frozenset[ProcessRole]) -> None:
    logging.configure(service.name, settings.log_level)
    bootstrap = settings.kafka_bootstrap_servers
    database = await Database.open(settings.database_url.get_secret_value(), service.name)
    async with database:
        relay = Relay(database, service.topic, bootstrap) if ProcessRole.RELAY in roles else None
        consumers = [
            EventConsumer(database, projection, bootstrap, classic=settings.kafka_group_protocol == "classic")
            for projection in (service.projections if ProcessRole.CONSUMER in roles else ())
        ]
        app: ASGIApp
        if ProcessRole.API in roles:
            app = application(service, settings, database, appended=relay.wake if relay else None)
        else:
            app = health_app({"database": database.ready})
        async with background(
            *([relay.run(), listen(bootstrap, service.name, relay.refill)] if relay else []),
            *(consumer.run() for consumer in consumers),
            _measure(service, database, consumers),
        ):
            await serve(app, settings)


@asynccontextmanager
async def background(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run ``work`` beside the block. When one part fails, the block is cancelled and the failure raised."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part) for part in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling, which raises a caught signal again when it is done."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        """Finish the requests under way and end."""
        self.should_exit = True


async def serve(app: ASGIApp, settings: ProcessSettings) -> None:
    """Serve HTTP until SIGTERM or SIGINT; requests under way are finished first."""
    settle()
    server = _Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
            server_header=False,
            lifespan="on",
        )
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()
    if not server.started:
        raise RuntimeError("the HTTP server did not start; the log says why")


async def _measure(service: Service, database: Database, consumers: Sequence[EventConsumer]) -> None:
    """Keep the gauges of log, relay, consumers and dead letters current."""
    while True:
        for row in await database.worker.fetch(
            """select h.partition, h.last, h.last - c.sequence as lag
               from log_head h join relay_cursor c using (partition)"""
        ):
            metrics.LOG_HEAD.labels(service.name, row["partition"]).set(row["last"])
            metrics.RELAY_LAG.labels(service.name, row["partition"]).set(row["lag"])
        parked = await database.worker.fetch(
            """select group_name, source, count(*) filter (where resolved_at is null) as open
               from dead_letter group by 1, 2"""
        )
        for row in parked:
            metrics.DEAD_LETTERS.labels(row["group_name"], row["source"]).set(row["open"])
        for consumer in consumers:
            for topic, partition, lag in consumer.lags():
                metrics.CONSUMER_LAG.labels(consumer.group, topic, partition).set(lag)
        await asyncio.sleep(MEASURE_SECONDS)
