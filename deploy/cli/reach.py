"""Where the services and engines are that an operator's command speaks to, and as whom it speaks.

An environment variable of a service's own (``REFERRAL_URL``, ``DATABASE_URL_REFERRAL``, ``KAFKA_BOOTSTRAP_SERVERS``)
goes before what the local stack wrote down, so that the same commands work on any installation.
"""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from contracts.topics import TOPICS
from deploy.local.engines.postgres import Postgres
from deploy.local.errors import LocalError
from deploy.local.identity.tokens import issue_system_token
from deploy.local.state import State, default_directory
from services.kit.http import ClientCredentials, ServiceClient, TokenProvider

SERVICES = tuple(sorted(topic.service for topic in TOPICS))


def chosen(names: Sequence[str] | None) -> tuple[str, ...]:
    """The services that were named, all when none was. Raises LocalError for a name that is none."""
    for name in names or ():
        if name not in SERVICES:
            raise LocalError(f"There is no service {name!r}; there are {', '.join(SERVICES)}.", wrong_use=True)
    return tuple(dict.fromkeys(names)) if names else SERVICES


class Reach:
    """What can be reached from here. Raises LocalError, saying how to point at it, for what cannot."""

    def __init__(self, state: State | None = None, environ: Mapping[str, str] = os.environ) -> None:
        self._state = state or State(default_directory())
        self._environ = environ

    def running(self, names: Sequence[str] | None) -> tuple[str, ...]:
        """The services that were named, else those whose address is known here."""
        if names:
            return chosen(names)
        found = tuple(name for name in SERVICES if self._variable(f"{name.upper()}_URL") or self._address(name))
        if not found:
            self.service_url(SERVICES[0])  # says what to do
        return found

    def service_url(self, service: str) -> str:
        """The base address of a service, without ``/v1``."""
        return self._found(f"{service.upper()}_URL", self._address(service))

    def database_url(self, service: str) -> str:
        """The database of a service, as its login role."""
        address = self._address("postgres")
        url = None
        if address:
            engine = Postgres(self._state, lambda _name, _message: None)
            engine.port = int(address.rpartition(":")[2])
            url = engine.url(service)
        return self._found(f"DATABASE_URL_{service.upper()}", url)

    @property
    def kafka(self) -> str:
        """The bootstrap servers of the broker."""
        return self._found("KAFKA_BOOTSTRAP_SERVERS", self._address_of_kind("broker"))

    @asynccontextmanager
    async def clients(self, services: Sequence[str]) -> AsyncIterator[dict[str, ServiceClient]]:
        """A client of each service, speaking as the system."""
        async with httpx.AsyncClient(timeout=60.0) as http:
            token = self._token(http)
            yield {name: ServiceClient(self.service_url(name), http, token, language="en") for name in services}

    def _token(self, http: httpx.AsyncClient) -> TokenProvider:
        issuer, client = self._variable("OIDC_ISSUER"), self._variable("OIDC_CLIENT_ID")
        secret_file = self._variable("OIDC_CLIENT_SECRET_FILE")
        if issuer and client and secret_file:
            return ClientCredentials(issuer, client, Path(secret_file).read_text(encoding="utf-8").strip(), http)

        async def local() -> str:
            return issue_system_token(self._state)

        return local

    def _found(self, variable: str, address: str | None) -> str:
        found = self._variable(variable) or address
        if not found:
            raise LocalError(
                f"Nothing runs on {self._state.directory}. Start it with 'samenspel up', or point {variable} elsewhere."
            )
        return found

    def _variable(self, name: str) -> str | None:
        return self._environ.get(name) or None

    def _address(self, name: str) -> str | None:
        entry = self._running().get(name)
        return entry["address"] if entry else None

    def _address_of_kind(self, kind: str) -> str | None:
        return next((entry["address"] for entry in self._running().values() if entry["kind"] == kind), None)

    def _running(self) -> dict[str, dict[str, str]]:
        running: dict[str, dict[str, str]] = self._state.read().get("running", {})
        return running if self._state.is_locked() else {}
