"""What every page of a council shares: its name and look, its tabs, and who may do what here."""

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from fastapi.responses import HTMLResponse

from contracts.values import PartyKind, Role, council, municipality
from services.commissioning.client import CommissioningClient
from services.council.client import CouncilClient
from services.kit.problems import Forbidden, NotFound, Text
from services.monitoring.client import MonitoringClient
from services.portal.clients import service
from services.portal.components import Tab
from services.portal.directing.speech import Speech, speech
from services.portal.people import Person, require
from services.portal.views import render, views

Councils = Annotated[CouncilClient, Depends(service(CouncilClient, "council"))]
Monitoring = Annotated[MonitoringClient, Depends(service(MonitoringClient, "monitoring"))]
Commissioning = Annotated[CommissioningClient, Depends(service(CommissioningClient, "commissioning"))]

Member = Annotated[Person, Depends(require(Role.COUNCIL_MEMBER, Role.CLERK))]
Clerk = Annotated[Person, Depends(require(Role.CLERK))]
Executive = Annotated[Person, Depends(require(Role.EXECUTIVE))]


async def _code(code: Annotated[str, Path()]) -> str:
    if len(code) != 4 or not (code.isascii() and code.isdigit()):
        raise NotFound()
    return code


Code = Annotated[str, Depends(_code)]
"""The CBS code of the municipality in the address; anything else is a page that does not exist."""

_NOT_YOURS: Final = Text(
    "Dit kan alleen bij de raad waarvoor u bent aangemeld. Er is niets gewijzigd.",
    "You can do this only at the council that you are signed in for. Nothing was changed.",
)


def sits_in(person: Person | None, code: str) -> bool:
    """Whether this person is a member or the clerk of this council."""
    return person is not None and person.party == council(code) and person.has(Role.COUNCIL_MEMBER, Role.CLERK)


def keeps(person: Person | None, code: str) -> bool:
    """Whether this person is the clerk of this council."""
    return person is not None and person.party == council(code) and person.has(Role.CLERK)


def governs(person: Person | None, code: str) -> bool:
    """Whether this person is in the executive that this council controls."""
    return person is not None and person.party == municipality(code) and person.has(Role.EXECUTIVE)


def only(allowed: bool) -> None:
    """Raise ``Forbidden`` unless it is the person's own council."""
    if not allowed:
        raise Forbidden(_NOT_YOURS, code="other-council")


def named(request: Request, code: str) -> str:
    """The name of a municipality in running text."""
    return views(request).tenants.of(municipality(code)).short


def called(request: Request, party: str) -> str:
    """The name of a municipality or region in running text."""
    return views(request).tenants.of(party).short


def tabs(_: Speech, code: str, current: str) -> list[Tab]:
    """The parts of a council's pages; ``current`` ends the address of the one that is shown."""
    pages = [
        (_("Overview"), ""),
        (_("Figures"), "/figures"),
        (_("Questions"), "/questions"),
        (_("Frames"), "/frames"),
        (_("Agenda"), "/moments"),
    ]
    return [Tab(label, f"/council/{code}{end}", end == current) for label, end in pages]


def show(
    request: Request, template: str, code: str, current: str = "", /, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """A page of this council, with its name, look and tabs."""
    return render(
        request,
        f"pages/council/{template}",
        status=status,
        party=council(code) if _is_known(request, code) else None,
        code=code,
        place=named(request, code),
        tabs=tabs(speech(request), code, current),
        **context,
    )


def _is_known(request: Request, code: str) -> bool:
    return views(request).tenants.of(municipality(code)).short != code


def is_municipality(person: Person | None) -> bool:
    """Whether the reader directs for a municipality: then the council is "the council", not "you"."""
    return person is not None and person.kind is not PartyKind.COUNCIL
