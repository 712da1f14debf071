"""Who may see which of these pages, and the services behind them, acting for that person."""

from typing import Annotated, Final

from fastapi import Depends

from contracts.values import Role
from services.commissioning.client import CommissioningClient
from services.monitoring.client import MonitoringClient
from services.portal.clients import service
from services.portal.people import Person, require

Commissioning = Annotated[CommissioningClient, Depends(service(CommissioningClient, "commissioning"))]
Monitoring = Annotated[MonitoringClient, Depends(service(MonitoringClient, "monitoring"))]

DIRECTING: Final = (Role.CONTRACT_MANAGER, Role.REGIONAL_OFFICER, Role.EXECUTIVE)
COMMISSIONING: Final = (Role.CONTRACT_MANAGER, Role.REGIONAL_OFFICER)
REPORTING: Final = (Role.PLANNER, Role.PROFESSIONAL, Role.PROVIDER_ADMINISTRATOR)

Director = Annotated[Person, Depends(require(*DIRECTING))]
"""Anyone who directs for a municipality or region: sees agreements and figures, signs."""
Manager = Annotated[Person, Depends(require(*COMMISSIONING))]
"""Commissions for a municipality or region: writes, assesses, talks, decides."""
Officer = Annotated[Person, Depends(require(Role.REGIONAL_OFFICER))]
"""Works for the region: opens reporting rounds."""
Reporter = Annotated[Person, Depends(require(*REPORTING))]
"""Reports outcomes for a provider."""


def called(person: Person) -> str:
    """The name in a greeting: without the mark that a person of the demonstration is invented."""
    return person.name.removesuffix(" (fictief)").removesuffix(" (fictional)")
