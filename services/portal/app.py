"""The portal as one ASGI application, put together in :func:`create_app`."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from services.kit import tracing
from services.kit.auth import TokenVerifier
from services.kit.edge import Edge
from services.kit.health import health_routes
from services.kit.http import network
from services.portal import errors, pages, sign_in
from services.portal.business_clock import BusinessClock
from services.portal.charts import Charts
from services.portal.names import Names
from services.portal.people import Person
from services.portal.pulse import Pulse
from services.portal.security import OwnSite, security_headers
from services.portal.session import SessionCodec, SessionMiddleware
from services.portal.settings import PortalSettings
from services.portal.static_files import StaticFiles
from services.portal.tenants import Tenants
from services.portal.themes import DEFAULT, load_themes
from services.portal.views import Views

LARGE_BODIES = {("POST", "/messages"): 550_000_000}
"""Where a visitor may send more than other files: many messages at once."""


def machine_now() -> datetime:
    """The time of the machine. In production it is also the business time."""
    return datetime.now(UTC)


READ_SECONDS, WRITE_SECONDS = 10.0, 60.0
"""How long a page waits for a service: a file with thousands of rows takes longer than a look."""


async def _patient_with_changes(request: httpx.Request) -> None:
    if request.method != "GET":
        given = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {**given, "read": max(given.get("read") or 0.0, WRITE_SECONDS)}


def create_app(
    settings: PortalSettings,
    *,
    now: Callable[[], datetime] | None = None,
    wall_clock: Callable[[], float] = time.time,
    transport: httpx.AsyncBaseTransport | None = None,
    extra_routers: Sequence[APIRouter] = (),
    extra_templates: Path | None = None,
) -> FastAPI:
    """Build the portal. ``now``: business time, if not as the services tell it; ``wall_clock``: machine time for
    sessions and tokens.

    ``transport`` replaces the network towards services and the identity provider, for tests. Raises ``ThemeError``
    when a theme lacks contrast and ``SettingsError`` when a secret is missing.
    """
    tracing.configure("portal", settings.otel_exporter_otlp_endpoint)
    themes = load_themes()
    static = StaticFiles()
    http = httpx.AsyncClient(
        transport=transport or network(),
        timeout=httpx.Timeout(READ_SECONDS, connect=3.0),
        event_hooks={"request": [_patient_with_changes]},
    )
    verifier = TokenVerifier(settings.oidc_issuer, settings.oidc_audience, http, wall_clock)
    charts = Charts(themes[DEFAULT])
    items = pages.all_navigation()
    tenants = Tenants.load(settings.tenants_file)
    names = Names(http, settings.commissioning_url, tenants, wall_clock)
    clock = BusinessClock(http, settings.told_addresses(), machine_now)
    now = now or clock.now

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await clock.refresh()
        behind = [asyncio.create_task(work) for work in (charts.warm_up(), clock.run())]
        try:
            yield
        finally:
            for task in behind:
                task.cancel()
            await names.close()
            await http.aclose()

    https = bool(settings.public_url and settings.public_url.startswith("https:"))
    app = FastAPI(
        title="Samenspel",
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        # Spans and logs of our own (edge.py): the built-in ones record the messages of exceptions.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        middleware=[
            Middleware(
                Edge,
                service="portal",
                version=None,
                max_body_bytes=settings.max_body_bytes,
                large_bodies=LARGE_BODIES,
                headers=security_headers(https, settings.oidc_issuer),
                refusal=errors.refusal,
            ),
            # At 5 it takes three times as long for a tenth less.
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=3),
            Middleware(OwnSite),
            Middleware(SessionMiddleware, codec=SessionCodec(settings.session_keys()), clock=wall_clock, secure=https),
            Middleware(errors.UnexpectedErrors),
        ],
    )
    app.state.settings = settings
    app.state.http = http
    app.state.now = now
    app.state.wall_clock = wall_clock
    app.state.verifier = verifier
    app.state.charts = charts
    app.state.names = names
    app.state.pulse = Pulse(http, settings, wall_clock)
    app.state.readiness = _readiness(verifier)
    app.state.sign_in = sign_in.SignIn(
        settings.oidc_issuer,
        settings.oidc_client_id or "samenspel-portal",
        settings.oidc_client_secret(),
        verifier,
        settings.public_url,
        wall_clock,
    )

    def navigation(person: Person | None) -> list[pages.NavigationItem]:
        return pages.navigation_for(items, person)

    app.state.views = Views(
        static,
        themes,
        tenants,
        navigation,
        now,
        sign_in.load_demo_people(settings.demo_people_file),
        extra_templates,
    )
    errors.install(app)
    app.include_router(sign_in.router)
    for module in pages.modules():
        app.include_router(module.router)
    for router in extra_routers:
        app.include_router(router)
    app.router.routes.extend(health_routes())
    app.mount("/static", static)
    return app


def _readiness(verifier: TokenVerifier) -> dict[str, Callable[[], Awaitable[object]]]:
    return {"identity provider": verifier.ready}
