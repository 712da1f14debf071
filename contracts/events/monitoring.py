"""Events of the monitoring service: reporting rounds, outcomes and the figures that were released."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from contracts.event import Event, Fact
from contracts.values import AgbCode, MunicipalityCode, PartyId, YearMonth


class RoundOpened(Event):
    """A reporting round opened: the providers report the outcomes of care that ended in ``month``."""

    type: ClassVar[str] = "nl.samenspel.rounds.opened.v1"
    round_id: UUID
    region_id: str
    municipalities: tuple[MunicipalityCode, ...]
    month: YearMonth
    providers: tuple[AgbCode, ...]
    remind_at: datetime
    closes_at: datetime
    publish_at: datetime
    opened_at: datetime


class RoundPlanned(Event):
    """The next round of a region opens by itself at ``opens_at``, about ``month``; it takes the place of any before."""

    type: ClassVar[str] = "nl.samenspel.rounds.planned.v1"
    region_id: str
    month: YearMonth
    opens_at: datetime
    planned_at: datetime


class RoundReminded(Event):
    """Providers that had not reported yet were reminded."""

    type: ClassVar[str] = "nl.samenspel.rounds.reminded.v1"
    round_id: UUID
    providers: tuple[AgbCode, ...]
    reminded_at: datetime


class RoundReported(Event):
    """A provider said that it reported all it had for a round."""

    type: ClassVar[str] = "nl.samenspel.rounds.reported.v1"
    round_id: UUID
    provider: AgbCode
    outcomes: int
    reported_at: datetime


class RoundClosed(Event):
    """A round closed; ``missing`` are the providers that did not report."""

    type: ClassVar[str] = "nl.samenspel.rounds.closed.v1"
    round_id: UUID
    missing: tuple[AgbCode, ...]
    closed_at: datetime


class WithoutHelp(StrEnum):
    """Answer to *can you go on without help?* (information protocol 4.4): only 03 and 04 count as on without help."""

    WORSE = "01"
    SAME_HELP_NEEDED = "02"
    LESS_HELP_NEEDED = "03"
    NO_HELP_NEEDED = "04"


class OutcomeReported(Event):
    """What came of one trajectory: a score for usefulness (1–10) and whether the client goes on without help."""

    type: ClassVar[str] = "nl.samenspel.outcomes.reported.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    ended_on: date
    usefulness: int | None = None
    without_help: WithoutHelp | None = None
    reported_at: datetime


class PeriodKind(StrEnum):
    """Over which span a figure is taken."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    ROLLING_YEAR = "rolling_year"


class LabelPart(Fact):
    """One of the four parts of a quality label: kept or not, with the numbers that decide it.

    ``unit`` says what ``found`` and ``needed`` count: parties, days, cases, percent_answered or goals.
    """

    kept: bool
    found: float | None = None
    needed: float | None = None
    unit: str | None = None


class Trust(StrEnum):
    """The label in one word: *betrouwbaar, let op, nog niet bruikbaar*."""

    TRUSTED = "trusted"
    CAUTION = "caution"
    NOT_YET = "not_yet"


class QualityLabel(Fact):
    """Complete, current, substantiated, relevant: each computed, never typed in."""

    trust: Trust
    complete: LabelPart
    current: LabelPart
    substantiated: LabelPart
    relevant: LabelPart


class Withheld(StrEnum):
    """Why a figure is not shown."""

    TOO_SMALL = "too_small"
    NO_DATA = "no_data"
    COMPLEMENTARY = "complementary"


class PublishedFigure(Fact):
    """A figure as released: rounded counts, or withheld with its reason.

    ``value`` is in ``unit`` (days, percent, clients, score). Counts are multiples of 5, never below 10; so is
    ``source_events``, which is 0 when there were fewer. A mean or median has no numerator.
    ``wider`` is the same figure for the nearest wider area when this one is withheld.
    """

    indicator: int
    definition_version: int
    period_kind: PeriodKind
    period_end: YearMonth
    value: float | None = None
    unit: str
    numerator: int | None = None
    denominator: int | None = None
    withheld: Withheld | None = None
    wider_area: PartyId | None = None
    wider_value: float | None = None
    source_events: int
    last_event_at: datetime | None = None
    parties_reported: int
    parties_expected: int
    label: QualityLabel


class FiguresPublished(Event):
    """The figures of one area were released and frozen for a period."""

    type: ClassVar[str] = "nl.samenspel.figures.published.v1"
    release_id: UUID
    area: PartyId
    month: YearMonth
    correction: int
    figures: tuple[PublishedFigure, ...]
    published_at: datetime
