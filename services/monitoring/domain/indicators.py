"""The indicators: what each figure means, how it is computed and for whom. They are data, see ``indicators.yaml``."""

from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from contracts.events.monitoring import PeriodKind
from services.monitoring.domain.measures import STOCKS, Measure, Stream


class Part(BaseModel):
    """Base of the catalogue: frozen and closed, so that a misspelt row is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Part):
    """The same words in Dutch and English."""

    nl: str
    en: str


class Unit(StrEnum):
    """What the value of a figure counts."""

    DAYS = "days"
    PERCENT = "percent"
    CLIENTS = "clients"
    SCORE = "score"
    PER_THOUSAND = "per_thousand"
    EURO_PER_INHABITANT = "euro_per_inhabitant"
    RATIO = "ratio"
    REQUESTS = "requests"


class Good(StrEnum):
    """Which direction is better: up, down, close to one, inside a band, or neither (context)."""

    UP = "up"
    DOWN = "down"
    ONE = "one"
    BAND = "band"
    CONTEXT = "context"


class Frequency(StrEnum):
    """How often the source tells something new."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def days(self) -> int:
        """The longest such span in days: an event older than this is not current."""
        return {"month": 31, "quarter": 92, "half_year": 184, "year": 366}[self.value]


class Audience(StrEnum):
    """For whom an indicator is meant. What is for the council is public."""

    COUNCIL = "council"
    COMMISSIONER = "commissioner"
    PROVIDER = "provider"


class Kind(StrEnum):
    """How the measures become a value."""

    SHARE = "share"
    MEAN = "mean"
    MEDIAN = "median"
    STOCK = "stock"


class Computation(Part):
    """Numerator and denominator as named measures, and what makes the figure complete and substantiated.

    ``cases`` is the measure of the cases behind the figure, when its denominator counts time or money.

    ``asked`` is the measure of cases that were asked for an answer; ``answers`` the percentage of them that must have
    answered. ``rounds``: the declarations of the reporting round tell who reported, where there was a round.
    """

    kind: Kind
    numerator: Measure | None = None
    denominator: Measure | None = None
    asked: Measure | None = None
    cases: Measure | None = None
    streams: tuple[Stream, ...]
    expected: tuple[Stream, ...]
    reported: tuple[Stream, ...]
    rounds: bool = False
    minimum: int
    answers: int | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        needs = {
            Kind.SHARE: (True, True),
            Kind.MEAN: (True, True),
            Kind.MEDIAN: (False, True),
            Kind.STOCK: (True, False),
        }[self.kind]
        if (self.numerator is not None, self.denominator is not None) != needs:
            raise ValueError(f"a {self.kind.value} needs numerator, denominator = {needs}")
        if self.kind is Kind.STOCK and self.numerator not in STOCKS:
            raise ValueError(f"{self.numerator} is not a stock")
        if (self.asked is None) != (self.answers is None):
            raise ValueError("asked and answers go together")
        return self


class Indicator(Part):
    """One indicator of the catalogue. A changed definition gets a higher ``version``."""

    number: int
    code: str
    name: Words
    definition: Words
    version: int = 1
    numerator: Words
    denominator: Words
    unit: Unit
    good: Good
    frequency: Frequency
    source: str
    audiences: tuple[Audience, ...]
    norms: dict[str, int] | None = None
    unavailable: Words | None = None
    computation: Computation | None = None

    @model_validator(mode="after")
    def _either_computed_or_not(self) -> Self:
        if (self.unavailable is None) == (self.computation is None):
            raise ValueError("an indicator is computed, or says why it is not")
        if self.is_public and self.computation is not None and self.computation.cases is not None:
            # Disclosure control withholds and rounds what the denominator counts: people, not minutes or cents.
            raise ValueError("a figure of time or money is not published")
        return self

    @property
    def is_public(self) -> bool:
        """Whether its figures are published: computed, and meant for the council."""
        return self.computation is not None and Audience.COUNCIL in self.audiences


class Catalogue:
    """All indicators, by number."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        """``rows`` as read from ``indicators.yaml``. Raises ``ValueError`` for a wrong or double row."""
        indicators = [Indicator.model_validate(row) for row in rows]
        self.by_number = {indicator.number: indicator for indicator in sorted(indicators, key=lambda i: i.number)}
        if len(self.by_number) != len(indicators) or len({i.code for i in indicators}) != len(indicators):
            raise ValueError("two indicators have the same number or code")

    @property
    def all(self) -> tuple[Indicator, ...]:
        return tuple(self.by_number.values())

    @property
    def computed(self) -> tuple[Indicator, ...]:
        """Those with figures."""
        return tuple(indicator for indicator in self.all if indicator.computation is not None)

    @property
    def published(self) -> tuple[Indicator, ...]:
        """Those whose figures are released to the public."""
        return tuple(indicator for indicator in self.all if indicator.is_public)

    def get(self, number: int) -> Indicator | None:
        return self.by_number.get(number)


PUBLISHED_PERIOD = PeriodKind.ROLLING_YEAR
"""Figures are released over rolling years: small municipalities are small, and overlapping or nested spans of other
lengths would give away withheld cells by subtraction."""
