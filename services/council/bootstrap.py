"""Puts the service together: the only place where its parts are built."""

from fastapi import FastAPI

from services.council.api import ROUTERS
from services.council.handlers import COMMANDS
from services.council.projections import PROJECTIONS
from services.kit.service import Service, application
from services.kit.settings import ServiceSettings

VERSION = "1.0.0"
DESCRIPTION = (
    "When the council is on, within which frame the municipality directs, whether it gets better, and what was asked"
    " and answered. What is published may be read without signing in."
)


def build(settings: ServiceSettings) -> Service:
    """The service. Nothing of ``settings`` matters to it beyond what every service uses."""
    return compose()


def compose() -> Service:
    """The service's commands, projections and routes."""
    return Service(
        name="council",
        title="Council",
        description=DESCRIPTION,
        version=VERSION,
        commands=COMMANDS,
        projections=[projection() for projection in PROJECTIONS],
        routers=ROUTERS,
    )


def openapi_app() -> FastAPI:
    """The application without engines: it can only describe itself."""
    settings = ServiceSettings(
        service="council",
        oidc_issuer="http://127.0.0.1",
        database_url="postgresql://127.0.0.1/samenspel",
        kafka_bootstrap_servers="127.0.0.1:9092",
    )
    return application(compose(), settings)
