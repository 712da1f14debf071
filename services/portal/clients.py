"""The services as a page sees them: typed clients that act for the person who asks, in their language.

``agreements: Annotated[CommissioningClient, Depends(service(CommissioningClient, "commissioning"))]``. The type of a
page's parameter is best named once per service, as ``Commissioning`` in the page module or beside the client.
"""

import asyncio
from typing import Any, Generic, TypeVar
from uuid import uuid4

from fastapi import Request

from services.kit.http import ServiceClient
from services.kit.logging import get_logger
from services.kit.problems import Unavailable
from services.kit.settings import SettingsError
from services.portal.people import Visitor
from services.portal.views import language_of

C = TypeVar("C", bound=ServiceClient)

_log = get_logger("portal")


class ServiceDependency(Generic[C]):
    """Gives a page the client of a service; use :func:`service`."""

    def __init__(self, kind: type[C], name: str) -> None:
        self._kind = kind
        self._name = name

    async def __call__(self, request: Request, person: Visitor) -> C:
        state = request.app.state
        try:
            address = state.settings.address_of(self._name)
        except SettingsError as error:
            _log.error("service without an address", service=self._name)
            raise Unavailable() from error
        client = self._kind(address, state.http, language=language_of(request), pause=_briefly)
        return client.acting_for(person.access_token, language_of(request)) if person else client


def service(kind: type[C], name: str) -> ServiceDependency[C]:
    """The client of the service called ``name``; for a visitor it asks without a token (public figures)."""
    return ServiceDependency(kind, name)


async def _briefly(seconds: float) -> Any:
    # A person waits at the screen: try again quickly, or say so.
    await asyncio.sleep(min(seconds, 0.25))


def new_key() -> str:
    """An idempotency key for a form that has none; put it in the form as ``idempotency_key`` so that a second press of
    the button does nothing twice."""
    return str(uuid4())
