"""Puts the service together: the only place where its parts are built."""

from fastapi import FastAPI

from services.kit.service import Service, application
from services.kit.settings import ServiceSettings
from services.monitoring.api import ROUTERS
from services.monitoring.domain.disclosure import DEFAULT, Thresholds
from services.monitoring.domain.rounds import DEFAULT_TERMS, RoundTerms
from services.monitoring.handlers import handlers
from services.monitoring.projections import PROJECTIONS

VERSION = "1.0.0"
DESCRIPTION = (
    "What came of it: figures from allocations, starts, stops and reported outcomes, each with a quality label that is"
    " computed and explained. Live figures are for who may see the cases; published ones are frozen, controlled for"
    " disclosure and open to everybody."
)


def build(settings: ServiceSettings) -> Service:
    """The service. Nothing of ``settings`` matters to it beyond what every service uses."""
    return compose()


def compose(terms: RoundTerms = DEFAULT_TERMS, thresholds: Thresholds = DEFAULT) -> Service:
    """The service with the terms of rounds and the thresholds of disclosure control that were agreed."""
    return Service(
        name="monitoring",
        title="Monitoring",
        description=DESCRIPTION,
        version=VERSION,
        commands=handlers(terms, thresholds),
        projections=[projection() for projection in PROJECTIONS],
        routers=ROUTERS,
    )


def openapi_app() -> FastAPI:
    """The application without engines: it can only describe itself."""
    settings = ServiceSettings(
        service="monitoring",
        oidc_issuer="http://127.0.0.1",
        database_url="postgresql://127.0.0.1/samenspel",
        kafka_bootstrap_servers="127.0.0.1:9092",
    )
    return application(compose(), settings)
