"""What a service is made of, and how its parts become one process.

``services.<name>.bootstrap.build(settings)`` gives a :class:`Service`; everything here works on that alone. The
roles of a process are separable: ``--roles api,relay,consumer`` (all by default).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, FastAPI

from contracts.topics import BY_SERVICE, Topic
from services.kit import events_api, operations_api
from services.kit.api import Verifier, create_app
from services.kit.commands import Command, CommandBus, Handler
from services.kit.database import Database
from services.kit.projections import Projection
from services.kit.settings import ServiceSettings


@dataclass(frozen=True)
class Service:
    """One service, composed: what it is told (``commands``), what it follows (``projections``), what it answers.

    ``version`` is the semantic version of its API. ``state`` is put on ``app.state`` for its routes (a vault, say).
    """

    name: str
    title: str
    description: str
    version: str
    commands: Mapping[type[Command], Handler]
    projections: Sequence[Projection] = ()
    routers: Sequence[APIRouter] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    large_bodies: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """What a method and path take in bytes, where that is more than the settings allow."""

    @property
    def topic(self) -> Topic:
        return BY_SERVICE[self.name]


def application(
    service: Service,
    settings: ServiceSettings,
    database: Database | None = None,
    *,
    appended: Callable[[], None] | None = None,
    verifier: Verifier | None = None,
) -> FastAPI:
    """The HTTP application of ``service``; without ``database`` it can only describe itself (OpenAPI).

    ``appended`` wakes the relay of the same process. ``verifier`` replaces the issuer of the settings.
    """
    app = create_app(
        service=service.name,
        title=service.title,
        description=service.description,
        version=service.version,
        routers=[*service.routers, events_api.events_router(), operations_api.router],
        settings=settings,
        verifier=verifier,
        large_bodies=service.large_bodies,
    )
    equip(app, service, database, appended)
    return app


def equip(
    app: FastAPI, service: Service, database: Database | None, appended: Callable[[], None] | None = None
) -> None:
    """Put on ``app`` what its routes work with: the state of ``service``, its database and its commands."""
    for name, value in service.state.items():
        setattr(app.state, name, value)
    if database is not None:
        app.state.readiness = {"database": database.ready}
        app.state.database = database
        app.state.commands = CommandBus(
            database,
            {**service.commands, **operations_api.operations(service.projections)},
            appended=appended,
        )
