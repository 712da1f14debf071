"""Calling a service as somebody, through its whole HTTP application and its client, without an issuer or a port."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import httpx

from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.http import ServiceClient
from services.kit.problems import Unauthorized
from services.kit.service import Service
from services.kit.settings import ServiceSettings
from tests.integration.applications import borrowed

C = TypeVar("C", bound=ServiceClient)


class KnownTokens:
    """Stands in for the issuer: a token is the name of an actor."""

    def __init__(self) -> None:
        self.actors: dict[str, Actor] = {}

    async def verify(self, token: str) -> Actor:
        if token not in self.actors:
            raise Unauthorized()
        return self.actors[token]


def settings_of(service: str, **more: int) -> ServiceSettings:
    """Settings of a service whose database is given to it and whose issuer is never asked."""
    return ServiceSettings(
        service=service,
        oidc_issuer="http://127.0.0.1",
        database_url="postgresql://127.0.0.1/samenspel",
        kafka_bootstrap_servers="127.0.0.1:9092",
        **more,
    )


@asynccontextmanager
async def calling(service: Service, database: Database, client: type[C]) -> AsyncIterator[Callable[[Actor | None], C]]:
    """``async with calling(…) as acting: await acting(CLERK).frames()``; nobody signed in: ``acting(None)``."""
    tokens, address = KnownTokens(), f"http://{service.name}"
    with borrowed(service, settings_of(service.name), database, tokens) as app:
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=address)

        def acting(actor: Actor | None) -> C:
            found = client(address, http)
            if actor is None:
                return found
            tokens.actors[actor.person] = actor
            return found.acting_for(actor.person)

        async with http:
            yield acting
