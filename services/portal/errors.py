"""When something goes wrong: a page, or a message in the page, that says what happened and what to do."""

from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.logging import get_logger
from services.kit.problems import BY_STATUS, Invalid, Problem, Unauthorized, Unavailable
from services.portal.people import SignInNeeded
from services.portal.views import is_fragment, language_of, views

_log = get_logger("portal")


def problem_page(request: Request, problem: Problem) -> HTMLResponse:
    """The problem as a page in the visitor's language, or as an alert when htmx asked for a part of a page."""
    language = language_of(request)
    context: dict[str, Any] = {
        "problem": problem,
        "title": problem.title.in_language(language),
        "detail": problem.detail.in_language(language),
        "errors": [error.message.in_language(language) for error in problem.errors],
    }
    template = "errors/fragment.html" if is_fragment(request) else "errors/page.html"
    headers = {name: value for name, value in problem.headers.items() if name == "Retry-After"}
    return HTMLResponse(views(request).text(request, template, context), status_code=problem.status, headers=headers)


def refusal(problem: Problem, scope: Scope) -> Response:
    """The page for a problem that the outermost layer finds, before anybody looked at the session."""
    return problem_page(Request(scope), problem)


def to_sign_in(request: Request, next_url: str) -> Response:
    """Send the visitor to sign in and back to ``next_url``; htmx follows a header, since a redirect stays inside it."""
    address = str(httpx.URL("/sign-in", params={"next": next_url}))
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


def install(app: FastAPI) -> None:
    """Register the handlers on the portal."""

    @app.exception_handler(SignInNeeded)
    async def sign_in_needed(request: Request, error: SignInNeeded) -> Response:
        return to_sign_in(request, error.next)

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        if isinstance(error, Unauthorized) and error.code != "sign-in-refused":
            # A service refused the token that we hold: the session is over, whatever it says itself.
            request.session.pop("person", None)
            path = request.url.path if request.method == "GET" else "/home"
            return to_sign_in(request, path)
        if error.status >= 500:
            _log.warning("problem", status=error.status, code=error.code, route=_route(request))
        return problem_page(request, error)

    @app.exception_handler(httpx.HTTPError)
    async def service_away(request: Request, error: httpx.HTTPError) -> Response:
        _log.warning("service unreachable", kind=type(error).__name__, route=_route(request))
        return problem_page(request, Unavailable(headers={"Retry-After": "30"}))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return problem_page(request, Invalid())

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        kind = BY_STATUS.get(error.status_code)
        return problem_page(request, kind() if kind else Problem())


class UnexpectedErrors:
    """The innermost middleware: an error that nobody foresaw becomes a page, with the headers of every other page.

    (A handler for ``Exception`` would run outside all middleware.) Nothing of the error is shown.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def remember(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, remember)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            request = Request(scope, receive)
            _log.error("unexpected error", exc_info=error, route=_route(request))
            await problem_page(request, Problem())(scope, receive, send)


def _route(request: Request) -> str:
    """The template of the address, never the address: identifiers stay out of the log."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "unknown"))
