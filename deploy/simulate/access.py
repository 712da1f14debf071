"""Who acts in a simulation: anybody of any party, with an access token of the local provider."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from contracts.values import Role
from deploy.local.errors import LocalError
from deploy.local.identity.clients import DRIVER
from deploy.local.identity.persons import Person
from deploy.local.identity.tokens import ACCESS_SECONDS, Issuer
from deploy.local.state import State
from services.kit.http import ServiceClient

C = TypeVar("C", bound=ServiceClient)
_RENEW_SECONDS = ACCESS_SECONDS / 2
SYSTEM = "system"


@dataclass
class Access:
    """The services of the stack that runs on ``state``, and tokens for whoever is needed there."""

    state: State
    http: httpx.AsyncClient
    _clients: dict[tuple[type[Any], str, str], Any] = field(default_factory=dict)
    _tokens: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        remembered = self.state.read()
        running = remembered.get("running", {})
        if not self.state.is_locked() or "referral" not in running:
            raise LocalError(f"No services run on {self.state.directory}. Start them with 'samenspel up'.")
        self._addresses = {name: str(entry["address"]) for name, entry in running.items()}
        self._issuer = Issuer.of(self.state, remembered["issuer"])

    def address(self, service: str) -> str:
        """The base address of a service, without ``/v1``."""
        if service not in self._addresses:
            raise LocalError(f"{service} does not run on {self.state.directory}: start all with 'samenspel up'.")
        return self._addresses[service]

    def client(self, kind: type[C], service: str, party: str, role: Role) -> C:
        """A client of ``service`` for somebody with ``role`` at ``party``."""
        known = (kind, party, role.value)
        if known not in self._clients:
            self._clients[known] = kind(self.address(service), self.http, self.token(party, role))
        found: C = self._clients[known]
        return found

    def token(self, party: str, role: Role) -> Callable[[], Awaitable[str]]:
        """Gives an access token of somebody with ``role`` at ``party``, renewed in time."""

        async def given() -> str:
            token, ends = self._tokens.get((party, role.value), ("", 0.0))
            if time.monotonic() >= ends:
                token, ends = self._issue(party, role), time.monotonic() + _RENEW_SECONDS
                self._tokens[party, role.value] = token, ends
            return token

        return given

    def _issue(self, party: str, role: Role) -> str:
        if role is Role.SYSTEM:
            return self._issuer.system_token(DRIVER)
        name = f"{role.value} {party} (simulatie)"
        return self._issuer.access_token(
            Person(f"simulated-{role.value}-{party}", name, name, party, party, (role,)), DRIVER
        )
