"""What a provider wants to declare: by allocation number, never by citizen number."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from contracts.events.commissioning import Law, Unit
from contracts.values import MunicipalityCode, ProductCode
from services.kit.commands import Command
from services.kit.model import Day

MAX_LINES = 10_000

LineReference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=r"^[a-zA-Z0-9]+$")
]


class LineToDeclare(BaseModel):
    """One line: care under an allocation in a month, or a credit that takes an earlier line back.

    ``unit`` is that of the allocation when it is left out, and ``month`` (any day of it) the month of the declaration.
    ``product_code`` is needed when the allocation leaves the product open. A credit has ``takes_back`` alone: the
    reference of the line that was granted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    allocation_number: int | None = Field(default=None, ge=1, le=999_999_999)
    volume: int | None = Field(default=None, ge=0, le=99_999_999, description="In `unit`; euros count in cents.")
    unit: Unit | None = None
    product_code: ProductCode | None = None
    month: Day | None = None
    takes_back: LineReference | None = None


class DeclareBody(BaseModel):
    """What is declared to a municipality over a month (any day of it)."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    municipality: MunicipalityCode
    law: Law
    month: Day
    lines: Annotated[tuple[LineToDeclare, ...], Field(min_length=1, max_length=MAX_LINES)]


class DeclareMonth(Command):
    """Declare a month to a municipality. ``dry_run`` only says what would come of it, as the municipality judges it."""

    municipality: MunicipalityCode
    law: Law
    month: Day
    lines: tuple[LineToDeclare, ...]
    dry_run: bool = False
