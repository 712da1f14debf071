"""Who may call what, said once; and the parts of the application that routes use."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, AwareDatetime

from contracts.values import PartyId, Role, YearMonth
from services.kit.actor import Actor
from services.kit.auth import allow
from services.kit.database import Database
from services.kit.paging import PageRequest, bad_cursor
from services.kit.problems import FieldError, Invalid, Text
from services.monitoring.commands import RegionId
from services.monitoring.domain.periods import Month

ANYONE = Actor(person="anyone", party="partner:anyone")
"""Who did not sign in: sees what is published, and nothing else."""

FigureReader = Annotated[
    Actor,
    Depends(
        allow(
            Role.CONTRACT_MANAGER,
            Role.EXECUTIVE,
            Role.REGIONAL_OFFICER,
            Role.PLANNER,
            Role.PROFESSIONAL,
            Role.PROVIDER_ADMINISTRATOR,
            Role.SYSTEM,
        )
    ),
]
"""Sees live figures of the own municipality, region or organisation."""

RoundReader = Annotated[
    Actor,
    Depends(
        allow(
            Role.CONTRACT_MANAGER,
            Role.REGIONAL_OFFICER,
            Role.PLANNER,
            Role.PROFESSIONAL,
            Role.PROVIDER_ADMINISTRATOR,
            Role.SYSTEM,
        )
    ),
]
"""Sees the rounds in which the own party takes part, and its promises."""

Convener = Annotated[Actor, Depends(allow(Role.REGIONAL_OFFICER, Role.SYSTEM))]
"""Opens rounds and has figures corrected, for a region."""

Workflow = Annotated[Actor, Depends(allow(Role.SYSTEM))]
"""The workflow of a round."""

Declarer = Annotated[Actor, Depends(allow(Role.PLANNER, Role.PROFESSIONAL, Role.PROVIDER_ADMINISTRATOR))]
"""Speaks for a provider."""

Reporter = Annotated[Actor, Depends(allow(Role.PLANNER, Role.PROFESSIONAL, Role.PROVIDER_ADMINISTRATOR, Role.SYSTEM))]
"""Reports outcomes for a provider."""

OutcomeReader = Annotated[
    Actor,
    Depends(allow(Role.CONTRACT_MANAGER, Role.PLANNER, Role.PROFESSIONAL, Role.PROVIDER_ADMINISTRATOR, Role.SYSTEM)),
]
"""Sees outcomes of the own party's trajectories."""


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Store = Annotated[Database, Depends(_database)]
"""The database of the service."""

RoundId = Annotated[UUID, Path(alias="roundId", description="The reporting round.")]
ReleaseId = Annotated[UUID, Path(alias="releaseId", description="The release.")]
Area = Annotated[
    PartyId | None, Query(description="Only this municipality or region, as `municipality:0268` or `region:…`.")
]
FirstMonth = Annotated[YearMonth | None, Query(description="From this month on.", examples=["2026-01"])]
LastMonth = Annotated[YearMonth | None, Query(description="Up to and including this month.", examples=["2026-07"])]


RegionQuery = Annotated[
    RegionId | None, Query(alias="regionId", description="Only of this region and its municipalities.")
]


def _in_our_time(instant: datetime | None) -> datetime | None:
    if instant is not None and not 1900 <= instant.year <= 9000:
        raise ValueError("an instant lies between the years 1900 and 9000")
    return instant


Before = Annotated[
    AwareDatetime | None,
    AfterValidator(_in_our_time),
    Query(description="Only what is due at or before this instant."),
]


def month_of(text: str, parameter: str) -> Month:
    """A month of a query. Raises ``Invalid``; the year 0000 is written like a year but is none."""
    try:
        return Month.parse(text)
    except ValueError:
        message = Text("Deze maand bestaat niet. Schrijf 2026-08.", "This month does not exist. Write 2026-08.")
        raise Invalid(message, errors=[FieldError(f"/{parameter}", message, "no-such-month", "query")]) from None


def seen_id(paging: PageRequest, index: int) -> UUID | None:
    """The identifier in a cursor. Raises ``Invalid`` for a cursor that is not ours."""
    text = paging.text(index)
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise bad_cursor() from None
