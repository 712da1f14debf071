"""What a route asks for is found without a thread: FastAPI takes to one what is not asynchronous, 1 ms a request."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from deploy.checks.access_matrix import application_of
from deploy.contracts import SERVICES_WITH_API
from services.kit.api import routes_of
from services.portal import pages


def asked(dependant: Dependant) -> Iterator[Any]:
    """The route itself and everything that it asks for."""
    yield dependant.call
    for each in dependant.dependencies:
        yield from asked(each)


def to_a_thread(call: Any) -> bool:
    told = call if inspect.isfunction(call) or inspect.isclass(call) else type(call).__call__
    return not (inspect.iscoroutinefunction(told) or inspect.isasyncgenfunction(told))


@pytest.mark.parametrize("service", SERVICES_WITH_API)
def test_no_service_takes_a_dependency_to_a_thread(service: str) -> None:
    found = {call for route in routes_of(application_of(service)) for call in asked(route.dependant)}
    assert found
    assert [call for call in found if to_a_thread(call)] == []


def test_no_page_takes_a_dependency_to_a_thread() -> None:
    modules = [import_module(each.name) for each in walk_packages(pages.__path__, f"{pages.__name__}.")]
    routers = [module.router for module in modules if hasattr(module, "router")]
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    assert len(routes) > 100
    assert [call for route in routes for call in asked(route.dependant) if to_a_thread(call)] == []
