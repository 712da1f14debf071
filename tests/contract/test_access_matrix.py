"""Every route of every service against ``docs/access-matrix.csv``: declared, written down, and really refused."""

import csv
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contracts.values import Role
from deploy.checks.access_matrix import FILE, PUBLIC, Row, application_of, text
from deploy.contracts import SERVICES_WITH_API
from services.kit.actor import Actor

PARTY_OF_ROLE = {
    Role.CONTRACT_MANAGER: "municipality:0268",
    Role.ACCESS_WORKER: "municipality:0268",
    Role.EXECUTIVE: "municipality:0268",
    Role.PLANNER: "provider:73730001",
    Role.PROFESSIONAL: "provider:73730001",
    Role.PROVIDER_ADMINISTRATOR: "provider:73730001",
    Role.COUNCIL_MEMBER: "council:0268",
    Role.CLERK: "council:0268",
    Role.REGIONAL_OFFICER: "region:rijk-van-nijmegen",
    Role.OPERATOR: "system:samenspel",
    Role.SYSTEM: "system:samenspel",
}


class _RoleIsToken:
    """The token is the name of a role; the issuer has tests of its own."""

    async def verify(self, token: str) -> Actor:
        role = Role(token)
        return Actor(f"somebody-{role.value}", PARTY_OF_ROLE[role], frozenset({role}))


class _Away:
    """Stands where an engine is; whoever comes as far as to use it gets 503."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def use(*_: object, **__: object) -> Any:
            raise ConnectionError(name)

        return use


def written_down(service: str) -> list[Row]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        return [row for row in (Row(**each) for each in csv.DictReader(stream)) if row.service == service]


def test_the_file_is_what_the_routes_declare() -> None:
    told = "docs/access-matrix.csv is stale: python -m deploy.checks.access_matrix, and read what changed"
    assert FILE.read_text(encoding="utf-8") == text(), told


def test_every_role_may_do_something_and_has_a_party() -> None:
    used = {role for service in SERVICES_WITH_API for row in written_down(service) for role in row.roles.split()}
    assert used - {PUBLIC} == {role.value for role in Role} == {role.value for role in PARTY_OF_ROLE}


@pytest.mark.parametrize("service", SERVICES_WITH_API)
async def test_each_route_lets_in_whom_the_matrix_names_and_nobody_else(service: str) -> None:
    """No engine answers here: who is let in hears that, or what is wrong with the request, but no refusal."""
    app = application_of(service)
    app.state.verifier = _RoleIsToken()
    app.state.database = app.state.commands = _Away()
    wrong: list[str] = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as http:
        for row in written_down(service):
            path = re.sub(r"{[^}]+}", "x", row.path)
            statuses = {role: (await _call(http, row.method, path, role)) for role in (None, *Role)}
            for role, status in statuses.items():
                if row.roles == PUBLIC:
                    right = status not in (401, 403)
                elif role is None:
                    right = status == 401
                else:
                    right = (status not in (401, 403)) if role.value in row.roles.split() else status == 403
                if not right:
                    wrong.append(f"{row.method} {row.path} as {role or 'nobody'}: {status}")
    assert wrong == []


async def _call(http: httpx.AsyncClient, method: str, path: str, role: Role | None) -> int:
    # Which version is edited is asked for before who edits it.
    headers = {"If-Match": '"v1"'} | ({"Authorization": f"Bearer {role.value}"} if role else {})
    return (await http.request(method, path, headers=headers)).status_code
