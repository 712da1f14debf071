"""Puts the service together: the only place where its parts are built."""

from fastapi import FastAPI

from services.commissioning.api import ROUTERS
from services.commissioning.handlers import COMMANDS
from services.commissioning.projections import PROJECTIONS
from services.kit.service import Service, application
from services.kit.settings import ServiceSettings

VERSION = "1.0.0"
DESCRIPTION = (
    "Where municipalities and regions want to go (scenarios), whom they admit to help (commissions, sealed"
    " applications, agreements), who has room, and how much of the spending room is used while there is time to act."
)


def build(settings: ServiceSettings) -> Service:
    """The service. Nothing of ``settings`` matters to it beyond what every service uses."""
    return compose()


def compose() -> Service:
    """The service's commands, projections and routes."""
    return Service(
        name="commissioning",
        title="Commissioning",
        description=DESCRIPTION,
        version=VERSION,
        commands=COMMANDS,
        projections=[projection() for projection in PROJECTIONS],
        routers=ROUTERS,
    )


def openapi_app() -> FastAPI:
    """The application without engines: it can only describe itself."""
    settings = ServiceSettings(
        service="commissioning",
        oidc_issuer="http://127.0.0.1",
        database_url="postgresql://127.0.0.1/samenspel",
        kafka_bootstrap_servers="127.0.0.1:9092",
    )
    return application(compose(), settings)
