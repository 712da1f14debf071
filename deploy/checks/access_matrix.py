"""Who may call what: every route of every service with its roles, in ``docs/access-matrix.csv``.

``python -m deploy.checks.access_matrix`` writes the file again from what the routes declare. Read the difference before
you commit it: it is the list of who gained or lost access.
"""

import csv
import io
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

from fastapi import FastAPI

from deploy.checks.repository import ROOT
from deploy.contracts import SERVICES_WITH_API
from services.kit.api import routes_of
from services.kit.auth import access_of

FILE = ROOT / "docs" / "access-matrix.csv"
PUBLIC = "public"


class Row(NamedTuple):
    """One method of one route. ``roles`` are sorted and separated by spaces, or ``public``: anyone, without a token."""

    service: str
    method: str
    path: str
    roles: str


@cache
def application_of(service: str) -> FastAPI:
    """The application of a service without engines; it still refuses who may not call."""
    app: FastAPI = import_module(f"services.{service}.bootstrap").openapi_app()
    return app


def rows_of(service: str) -> Iterator[Row]:
    """The rows of one service, as its routes declare them."""
    for route in routes_of(application_of(service)):
        access = access_of(route)
        roles = access if isinstance(access, str) else " ".join(sorted(role.value for role in access))
        for method in route.methods or ():
            yield Row(service, method, str(route.path), roles)


def matrix() -> list[Row]:
    """Every row, by service, path and method."""
    rows = [row for service in SERVICES_WITH_API for row in rows_of(service)]
    return sorted(rows, key=lambda row: (row.service, row.path, row.method))


def text() -> str:
    """The file as it should be."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(Row._fields)
    table.writerows(matrix())
    return written.getvalue()


def main() -> int:
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{FILE.relative_to(ROOT)}: {len(matrix())} routes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
