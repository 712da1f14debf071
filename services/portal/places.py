"""Links to pages by the address of their route: a link to a page that does not exist fails in a test, not on screen."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts


@dataclass(frozen=True, slots=True)
class Place:
    """A page: the address of its route (``/council/{municipality}``), its parameters, and the person to see it as.

    ``login`` is a demo person; where there is no demonstration, the link leads to the page as it is.
    """

    route: str
    parameters: dict[str, str] = field(default_factory=dict)
    login: str | None = None


@lru_cache(maxsize=8)
def routes(app: FastAPI) -> frozenset[str]:
    """The addresses of all routes with GET; what their parameters are called makes no difference."""
    contexts = iter_route_contexts(app.routes)
    return frozenset(
        _shape(str(context.path)) for context in contexts if "GET" in (getattr(context, "methods", None) or set())
    )


def _shape(route: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", route)


def url_of(request: Request, place: Place) -> str:
    """The address of a page. Raises ``LookupError`` when there is no such route."""
    app: FastAPI = request.app
    if _shape(place.route) not in routes(app):
        raise LookupError(f"no page has the route {place.route}")
    address = place.route.format_map(place.parameters)
    if place.login and app.state.settings.demo_people_file:
        return f"/sign-in?login_hint={place.login}&next={address}"
    return address
