"""The HTTP applications of services, built once per process: building one takes longer than most of what is tested.

Routes, middleware and the OpenAPI document of a service are the same in every test; what differs (database, commands,
vault, who is believed) stands on ``app.state``, which is put there for each borrower and emptied afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from services.kit.api import Verifier
from services.kit.database import Database
from services.kit.service import Service, application, equip
from services.kit.settings import ServiceSettings

_free: dict[tuple[str, str], list[FastAPI]] = {}


@contextmanager
def borrowed(service: Service, settings: ServiceSettings, database: Database, verifier: Verifier) -> Iterator[FastAPI]:
    """``with borrowed(compose(), settings, pools, verifier) as app``: nobody else has this one meanwhile."""
    free = _free.setdefault((service.name, settings.model_dump_json()), [])
    app = free.pop() if free else application(service, settings)
    bare = dict(app.state._state)
    app.state.verifier = verifier
    equip(app, service, database)
    try:
        yield app
    finally:
        app.state._state.clear()
        app.state._state.update(bare)
        free.append(app)
