"""A small service built with create_app, its issuer with keys of its own, and a client that speaks to it."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Annotated, Any

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, Response
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from pydantic import AwareDatetime, Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from contracts.event import Fact
from contracts.values import Role
from services.kit.actor import Actor
from services.kit.api import create_app
from services.kit.auth import TokenVerifier, allow, public
from services.kit.openapi import problems
from services.kit.paging import Page, Paging
from services.kit.problems import Conflict, NotFound, Text
from services.kit.runner import ExpectedVersion, Runner, require_version, set_etag
from services.kit.settings import ServiceSettings

ISSUER = "https://issuer.example"
NOW = 1_790_000_000


class Issuer:
    """An OpenID Connect provider: discovery, keys and a token endpoint, as an ASGI application."""

    def __init__(self) -> None:
        self.keys: dict[str, RSAKey | ECKey] = {}
        self.claimed_issuer = ISSUER
        self.asked: list[str] = []
        self.down = False
        self.rotate("first")
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/keys", self._keys),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def rotate(self, kid: str, kind: type[RSAKey] | type[ECKey] = RSAKey) -> None:
        """Sign with a new key from now on, and publish only that one."""
        parameters = {"kid": kid, "use": "sig"}
        key = RSAKey.generate_key(2048, parameters) if kind is RSAKey else ECKey.generate_key("P-256", parameters)
        self.keys = {kid: key}

    def token(self, *, alg: str | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        (kid, key), *_ = self.keys.items()
        given = {
            "iss": ISSUER,
            "aud": "samenspel",
            "sub": "opaque-1",
            "exp": NOW + 300,
            "party": "municipality:0268",
            "roles": ["planner"],
            **claims,
        }
        algorithm = alg or ("RS256" if isinstance(key, RSAKey) else "ES256")
        content = {name: value for name, value in given.items() if value is not None}
        return jwt.encode({"alg": algorithm, "kid": kid, **(header or {})}, content, key)

    async def _discovery(self, _: Request) -> JSONResponse:
        self.asked.append("discovery")
        if self.down:
            return JSONResponse({}, status_code=500)
        return JSONResponse(
            {"issuer": self.claimed_issuer, "jwks_uri": f"{ISSUER}/keys", "token_endpoint": f"{ISSUER}/token"}
        )

    async def _keys(self, _: Request) -> JSONResponse:
        self.asked.append("keys")
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys.values()]})

    async def _token(self, request: Request) -> JSONResponse:
        self.asked.append("token")
        form = await request.form()
        right = request.headers["authorization"] == "Basic d29ya2VyOnMlMkZjcmV0"
        if not right or form["grant_type"] != "client_credentials" or form["audience"] != "samenspel":
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        token = self.token(party="system:samenspel", roles=["system"], jti=str(len(self.asked)))
        return JSONResponse({"access_token": token, "expires_in": 300})


class Clock:
    """Machine time in seconds, moved by the test."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Garden(Fact):
    """What the sample service keeps."""

    garden_id: str
    plants: Annotated[int, Field(ge=0, le=1000)]
    opening_date: date | None = None
    watered_at: AwareDatetime | None = None


class PlantGarden(Fact):
    garden_id: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[a-z]+$")]
    plants: Annotated[int, Field(ge=0, le=1000)]
    opening_date: date | None = None
    watered_at: AwareDatetime | None = None


class Commands:
    """Stands where the CommandBus stands; remembers what it was asked."""

    def __init__(self) -> None:
        self.executed: list[dict[str, Any]] = []

    async def execute(
        self, command: PlantGarden, *, actor: Actor, idempotency_key: str, traceparent: str | None = None
    ) -> Garden:
        self.executed.append({"actor": actor, "key": idempotency_key, "traceparent": traceparent})
        if command.garden_id == "taken":
            raise Conflict(Text("Deze tuin bestaat al.", "This garden exists already."), code="garden-exists")
        return Garden.model_validate(command.model_dump())


FAILURES: dict[str, Exception] = {
    "cut": asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    "closing": asyncpg.InterfaceError("pool is closing"),
    "stopping": asyncpg.AdminShutdownError("terminating connection"),
    "slow": TimeoutError(),
    "socket": FileNotFoundError(2, "No such file or directory"),
    "mistake": asyncpg.InterfaceError("the server expects 2 arguments for this query, 1 was passed"),
    "file": FileNotFoundError(2, "No such file or directory", "figures.csv"),
    "read-only": asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
}

PlannerActor = Annotated[Actor, Depends(allow(Role.PLANNER, Role.SYSTEM))]


def gardens() -> APIRouter:
    router = APIRouter(prefix="/gardens", tags=["gardens"])

    @router.get("", summary="Gardens")
    async def list_gardens(
        paging: Paging,
        actor: PlannerActor,
        watered_before: Annotated[AwareDatetime | None, Query(alias="wateredBefore")] = None,
    ) -> Page[Garden]:
        begin = paging.integer(0)
        numbers = range(0 if begin is None else begin + 1, 7)
        return paging.page([*numbers][: paging.fetch], lambda n: Garden(garden_id=str(n), plants=n), lambda n: (n,))

    @router.post("", status_code=201, summary="Plant a garden")
    async def plant_garden(body: PlantGarden, run: Runner, actor: PlannerActor) -> Garden:
        garden: Garden = await run(body, actor)
        return garden

    @router.get("/{gardenId}", summary="One garden", responses=problems(NotFound))
    async def get_garden(gardenId: str, response: Response, actor: PlannerActor) -> Garden:  # noqa: N803
        if gardenId == "away":
            raise ConnectionRefusedError("connect to 10.0.0.1 refused")
        if gardenId in FAILURES:
            raise FAILURES[gardenId]
        if gardenId == "bug":
            raise RuntimeError("burger 999900006 woont hier")
        if gardenId != "roses":
            raise NotFound()
        set_etag(response, 3)
        return Garden(garden_id=gardenId, plants=12)

    @router.put("/{gardenId}", summary="Replant a garden")
    async def replant_garden(
        gardenId: str,  # noqa: N803
        body: PlantGarden,
        expected: ExpectedVersion,
        run: Runner,
        actor: PlannerActor,
    ) -> Garden:
        require_version(expected, 3)
        garden: Garden = await run(body, actor)
        return garden

    @router.get("/opening-hours", summary="When gardens are open", dependencies=[Depends(public())])
    async def list_opening_hours() -> list[str]:
        return ["9-17"]

    # Before the parametrised route, as FastAPI matches in order.
    router.routes.sort(key=lambda route: "{" in getattr(route, "path", ""))
    return router


@pytest.fixture(scope="session")
def settings() -> ServiceSettings:
    return ServiceSettings.for_service(
        "council",
        {
            "DATABASE_URL_COUNCIL": "postgresql://council@127.0.0.1/samenspel",
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
            "OIDC_ISSUER": ISSUER,
            "CORS_ORIGINS": "https://portal.example",
            "MAX_BODY_BYTES": "2000",
        },
    )


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def issuer_client(issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(issuer.app)) as client:
        yield client


@pytest.fixture
def verifier(issuer_client: httpx.AsyncClient, clock: Clock) -> TokenVerifier:
    return TokenVerifier(ISSUER, "samenspel", issuer_client, clock)


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def make_app(settings: ServiceSettings, verifier: TokenVerifier) -> Callable[..., FastAPI]:
    def make(*routers: APIRouter, **rest: Any) -> FastAPI:
        return create_app(
            service="council",
            title="Gardens",
            description="A sample service.",
            version="1.2.3",
            routers=routers,
            settings=settings,
            verifier=verifier,
            **rest,
        )

    return make


@pytest.fixture
def app(make_app: Callable[..., FastAPI], commands: Commands) -> FastAPI:
    @contextlib.asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        running.state.commands = commands
        yield

    return make_app(gardens(), lifespan=lifespan)


@pytest.fixture
async def api(app: FastAPI, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to the sample service as a planner of Nijmegen."""
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://gardens.example",
            headers={"Authorization": f"Bearer {issuer.token()}"},
        ) as client,
    ):
        yield client
