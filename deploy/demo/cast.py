"""Who plays: every demo person with a client of each service, acting with their own access token."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar
from uuid import UUID

import httpx

from deploy.demo.region import DemoProvider, slug
from deploy.local.supervisor import Stack
from services.commissioning.client import CommissioningClient
from services.council.client import CouncilClient
from services.kit.http import ServiceClient
from services.monitoring.client import MonitoringClient
from services.referral.client import ReferralClient

C = TypeVar("C", bound=ServiceClient)

REGIONAL_OFFICER = "regional-officer-rijk-van-nijmegen"
SYSTEM = "system"


@dataclass(frozen=True)
class Player:
    """One person (or the system) and what they can reach."""

    council: CouncilClient
    commissioning: CommissioningClient
    referral: ReferralClient
    monitoring: MonitoringClient


@dataclass
class Cast:
    """The players of a running stack. ``key`` gives a fresh idempotency key, from a seed."""

    stack: Stack
    http: httpx.AsyncClient
    seed: int = 2026
    _players: dict[str, Player] = field(default_factory=dict)

    @cached_property
    def _random(self) -> random.Random:
        return random.Random(self.seed)  # noqa: S311 - names of demo commands, no secret

    def key(self) -> str:
        """A fresh ``Idempotency-Key``."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def player(self, person: str) -> Player:
        """The person with this id (``deploy/local/persons.yaml``), or ``system``."""
        if person not in self._players:
            token = self._token(person)
            self._players[person] = Player(
                council=CouncilClient(self.stack.url("council"), self.http, token),
                commissioning=CommissioningClient(self.stack.url("commissioning"), self.http, token),
                referral=ReferralClient(self.stack.url("referral"), self.http, token),
                monitoring=MonitoringClient(self.stack.url("monitoring"), self.http, token),
            )
        return self._players[person]

    def _token(self, person: str) -> Callable[[], Awaitable[str]]:
        async def token() -> str:
            return self.stack.system_token() if person == SYSTEM else self.stack.token(person)

        return token

    @property
    def officer(self) -> Player:
        """The regional bureau, which commissions for the seven municipalities."""
        return self.player(REGIONAL_OFFICER)

    def access_worker(self, municipality: str) -> Player:
        """The access worker of the municipality with this name."""
        return self.player(f"access-worker-{slug(municipality)}")

    def planner(self, provider: DemoProvider) -> Player:
        """The planner of a provider."""
        return self.player(f"planner-{provider.slug}")

    def administrator(self, provider: DemoProvider) -> Player:
        """The administrator of a provider."""
        return self.player(f"administrator-{provider.slug}")
