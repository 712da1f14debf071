"""Is this process alive, can it do its work, what does it measure: /health/live, /health/ready and /metrics."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.kit import metrics
from services.kit.logging import get_logger
from services.kit.problems import MEDIA_TYPE, Unavailable, preferred_language

Check = Callable[[], Awaitable[object]]
"""Returns when the thing works and raises when it does not."""

CHECK_SECONDS = 3.0
_log = get_logger("health")


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:
        _log.warning("not_ready", check=name, exc_info=error)
        return False
    return True


async def _live(_: Request) -> Response:
    return JSONResponse({"status": "live"})


async def _ready(request: Request) -> Response:
    checks: Mapping[str, Check] = request.app.state.readiness
    passed = await asyncio.gather(*(_passes(name, check) for name, check in checks.items()))
    found: dict[str, Any] = {name: "ready" if ok else "failing" for name, ok in zip(checks, passed, strict=True)}
    if all(passed):
        return JSONResponse({"status": "ready", "checks": found})
    body = {**Unavailable(code="not-ready").document(preferred_language(request.headers.get("accept-language")))}
    return JSONResponse({**body, "checks": found}, status_code=503, media_type=MEDIA_TYPE)


async def _metrics(_: Request) -> Response:
    return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)


def health_routes() -> list[Route]:
    """The three routes; the application keeps its named checks in ``app.state.readiness``."""
    return [
        Route("/health/live", _live, include_in_schema=False),
        Route("/health/ready", _ready, include_in_schema=False),
        Route("/metrics", _metrics, include_in_schema=False),
    ]


def health_app(readiness: Mapping[str, Check]) -> Starlette:
    """An application with these routes only, for a process without an API (worker, conductor, relay)."""
    app = Starlette(routes=health_routes())
    app.state.readiness = dict(readiness)
    return app
