"""The HTTP application of a service: one call gives everything that the NL API Design Rules 2.2 ask of each route.

Base ``/v1``; ``/v1/openapi.json`` open to all; no address with a trailing slash; problem details for every failure;
``API-Version`` and security headers on every answer; every route says who may call it, or the process does not start.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import Any, Protocol

import asyncpg
import httpx
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from services.kit import openapi, tracing
from services.kit.actor import Actor
from services.kit.auth import TokenVerifier, access_of
from services.kit.edge import Cors, Edge, problem_response
from services.kit.health import Check, health_routes
from services.kit.logging import get_logger
from services.kit.problems import BY_STATUS, Invalid, Problem, Unavailable
from services.kit.settings import ServiceSettings
from services.kit.validation import invalid_from

BASE = "/v1"
OPENAPI_PATH = f"{BASE}/openapi.json"

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_ENGINE_AWAY: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    OSError,
)
_log = get_logger("api")


def _engine_is_away(error: Exception) -> bool:
    """Whether the database (or another engine) could not be reached, as opposed to being asked something wrong."""
    if isinstance(error, asyncpg.InterfaceError):
        return "clos" in str(error)  # "connection is closed", "pool is closing"; others are mistakes of ours
    if isinstance(error, FileNotFoundError):
        return error.filename is None  # the database's local socket; a missing file has a name
    return not isinstance(error, OSError) or isinstance(error, ConnectionError | TimeoutError | socket.gaierror)


class Verifier(Protocol):
    """Turns an access token into its :class:`Actor`."""

    async def verify(self, token: str) -> Actor: ...


def create_app(
    *,
    service: str,
    title: str,
    description: str,
    version: str,
    routers: Iterable[APIRouter],
    settings: ServiceSettings,
    lifespan: Lifespan | None = None,
    readiness: Mapping[str, Check] | None = None,
    verifier: Verifier | None = None,
    large_bodies: Mapping[tuple[str, str], int] | None = None,
) -> FastAPI:
    """The application of ``service``. ``version`` is the full semantic version of the API.

    ``lifespan`` opens what the service needs and puts it on ``app.state``: ``database`` (which the events API reads)
    and ``commands`` (the ``CommandBus`` that ``Runner`` uses); it may add to ``app.state.readiness``. Without a
    ``verifier`` the issuer of the settings is asked for its keys. Raises ``LookupError`` when a route does not
    declare its access. ``large_bodies``: what a method and path take in bytes where that is more than the settings.
    """
    tracing.configure(service, settings.otel_exporter_otlp_endpoint)

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=5.0) as client:
            if verifier is None:
                app.state.verifier = TokenVerifier(settings.oidc_issuer, settings.oidc_audience, client)
            if lifespan is None:
                yield
            else:
                async with lifespan(app):
                    yield

    app = FastAPI(
        title=title,
        version=version,
        lifespan=run,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        # Spans and logs of our own (edge.py): the built-in ones record the messages of exceptions.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.service = service
    app.state.settings = settings
    app.state.readiness = dict(readiness or {})
    if verifier is not None:
        app.state.verifier = verifier

    api = APIRouter(prefix=BASE)
    for router in routers:
        api.include_router(router)
    app.include_router(api)
    for route in routes_of(app):
        access_of(route)
    routes = list(app.routes)

    @cache
    def described() -> dict[str, Any]:
        # When first asked: writing it takes as long as making all else of the application.
        return openapi.document(
            title=title,
            description=description,
            version=version,
            base=BASE,
            contact={
                "name": settings.contact_name,
                "url": settings.contact_url,
                "email": settings.contact_email,
            },
            routes=routes,
        )

    app.openapi = described  # type: ignore[method-assign] # FastAPI's way to say it otherwise
    app.router.routes.extend(health_routes())
    app.add_route(OPENAPI_PATH, _serves(described), include_in_schema=False)

    _handle_problems(app)
    app.add_middleware(Cors, origins=settings.cors_origins, open_paths=[OPENAPI_PATH])
    app.add_middleware(
        Edge,
        service=service,
        version=version,
        max_body_bytes=settings.max_body_bytes,
        large_bodies=large_bodies,
    )
    return app


def routes_of(app: FastAPI) -> list[RouteContext]:
    """The API's routes with their full path and methods; give each to ``auth.access_of``."""
    return [context for context in iter_route_contexts(app.routes) if isinstance(context.original_route, APIRoute)]


def _operation_id(route: APIRoute) -> str:
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _serves(described: Callable[[], dict[str, Any]]) -> Callable[[Request], Any]:
    async def openapi_document(_: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(described), headers={"Access-Control-Allow-Origin": "*"})

    return openapi_document


def _handle_problems(app: FastAPI) -> None:
    def answer(request: Request, problem: Problem) -> Response:
        return problem_response(problem, request.headers.get("accept-language"))

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 - registered for this type only
        return answer(request, error)

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
        return answer(request, invalid_from(error.errors()))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
        kind = BY_STATUS.get(error.status_code, Invalid if error.status_code < 500 else Problem)
        return answer(request, kind(headers=error.headers))

    async def on_engine_away(request: Request, error: Exception) -> Response:
        if not _engine_is_away(error):
            raise error
        _log.warning("engine_away", exc_info=error)
        return answer(request, Unavailable(headers={"Retry-After": "5"}))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    for kind in _ENGINE_AWAY:
        app.add_exception_handler(kind, on_engine_away)
