"""The outermost layer of every HTTP process: what holds for each answer, whatever happens inside.

Each answer carries ``API-Version`` and the security headers of the NL API Design Rules, each failure is a problem
document, each request is a span, a measurement and one log line (by route template: no address is ever logged).
"""

import time
from collections.abc import Callable, Collection, Mapping

from opentelemetry.trace import SpanKind
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit import tracing
from services.kit.logging import get_logger
from services.kit.metrics import HTTP_REQUEST_SECONDS
from services.kit.problems import MEDIA_TYPE, Forbidden, Problem, Text, TooLarge, preferred_language

SECURITY_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
"""NL API Design Rules, transport security module; a route may set its own value."""

CORS_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "traceparent")
_FIXED_PATHS = frozenset({"/health/live", "/health/ready", "/metrics", "/v1/openapi.json"})
EXPOSED_HEADERS = ("API-Version", "ETag", "Location", "Retry-After", "Link")


def problem_response(problem: Problem, accept_language: str | None) -> Response:
    """The answer for a problem, in the caller's language."""
    language = preferred_language(accept_language)
    return JSONResponse(
        problem.document(language),
        status_code=problem.status,
        headers={**problem.headers, "Content-Language": language, "Vary": "Accept-Language"},
        media_type=MEDIA_TYPE,
    )


class Edge:
    """ASGI middleware; must be the outermost one.

    ``version`` is that of an API. ``headers`` go on every answer that does not carry them yet. ``refusal`` makes the
    answer for a problem that no layer inside answered: a problem document, unless who asks are people with a browser.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        version: str | None,
        max_body_bytes: int,
        large_bodies: Mapping[tuple[str, str], int] | None = None,
        headers: Mapping[str, str] = SECURITY_HEADERS,
        refusal: Callable[[Problem, Scope], Response] | None = None,
    ) -> None:
        self._app = app
        self._service = service
        given = {**({"API-Version": version} if version else {}), **headers}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in given.items()]
        self._max_body_bytes = max_body_bytes
        self._large_bodies = large_bodies or {}
        self._refusal = refusal or _document
        self._log = get_logger("http").bind(service=service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        headers = Headers(scope=scope)
        status = 0
        most = self._large_bodies.get((scope["method"], scope["path"]), self._max_body_bytes)

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                said = {name for name, _ in message["headers"]}
                added = [header for header in self._headers if header[0] not in said]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        with tracing.span(
            f"{scope['method']} {self._service}", headers.get("traceparent"), kind=SpanKind.SERVER
        ) as span:
            try:
                if _content_length(headers) > most:
                    await self._refusal(TooLarge(), scope)(scope, receive, answer)
                else:
                    await self._app(scope, self._limited(receive, most), answer)
            except Exception as error:
                self._log.error("request_failed", route=_route(scope), method=scope["method"], exc_info=error)
                if status:
                    raise
                await self._refusal(Problem(), scope)(scope, receive, answer)
            finally:
                route = _route(scope)
                seconds = time.perf_counter() - began
                span.update_name(f"{scope['method']} {route}")
                span.set_attributes({"http.route": route, "http.response.status_code": status})
                HTTP_REQUEST_SECONDS.labels(self._service, scope["method"], route, str(status)).observe(seconds)
                self._log.debug(
                    "request", method=scope["method"], route=route, status=status, seconds=round(seconds, 4)
                )

    def _limited(self, receive: Receive, most: int) -> Receive:
        size = 0

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            if message["type"] == "http.request":
                size += len(message.get("body", b""))
                if size > most:
                    # Passes unharmed through FastAPI's parsing of the body, and becomes TooLarge at the handlers.
                    raise HTTPException(TooLarge.status)
            return message

        return limited


def _document(problem: Problem, scope: Scope) -> Response:
    return problem_response(problem, Headers(scope=scope).get("accept-language"))


def _content_length(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdigit() else 0


def _route(scope: Scope) -> str:
    """The template of the route, ``/agreements/{agreementId}``: bounded, and without identifiers."""
    if route := scope.get("route"):
        return str(route.path)
    return scope["path"] if scope["path"] in _FIXED_PATHS else "unmatched"


class Cors:
    """Who may call from a browser: listed origins only, but the API's description is open to all."""

    def __init__(self, app: ASGIApp, *, origins: Collection[str], open_paths: Collection[str]) -> None:
        self._open_paths = frozenset(open_paths)
        self._open = _ProblemCors(app, allow_origins=["*"], allow_methods=["GET"], expose_headers=EXPOSED_HEADERS)
        self._listed = _ProblemCors(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=CORS_HEADERS,
            expose_headers=EXPOSED_HEADERS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in self._open_paths:
            await self._open(scope, receive, send)
        else:
            await self._listed(scope, receive, send)


class _ProblemCors(CORSMiddleware):
    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return Response(status_code=204, headers=self._without_body(response))
        refusal = Forbidden(
            Text(
                "Programma's op deze website mogen deze API niet aanroepen. Vraag de beheerder de site toe te voegen.",
                "Programs on this website may not call this API. Ask the administrator to add the site.",
            ),
            code="origin-not-allowed",
            headers=self._without_body(response),
        )
        return problem_response(refusal, request_headers.get("accept-language"))

    @staticmethod
    def _without_body(response: Response) -> dict[str, str]:
        return {name: value for name, value in response.headers.items() if not name.startswith("content-")}
