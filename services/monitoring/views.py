"""What monitoring answers: the models of its API, which its client reads again."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contracts.events.monitoring import PeriodKind, PublishedFigure, Trust, WithoutHelp
from contracts.values import AgbCode, MunicipalityCode, PartyId, YearMonth
from services.monitoring.domain.indicators import Audience, Frequency, Good, Unit


class View(BaseModel):
    """Base of every answer: frozen, ``camelCase`` in JSON."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Words(View):
    """The same words in Dutch and English."""

    nl: str
    en: str


class IndicatorView(View):
    """One indicator of the catalogue."""

    number: int
    code: str
    name: Words
    definition: Words
    version: int
    numerator: Words
    denominator: Words
    unit: Unit
    good: Good = Field(description="Which direction is better; context: neither.")
    frequency: Frequency = Field(description="How often the source tells something new.")
    source: str
    audiences: list[Audience]
    norms: dict[str, int] | None = Field(description="Waiting norms in days, per kind of support.")
    computed: bool
    published: bool = Field(description="Whether its figures are released to the public.")
    unavailable: Words | None = Field(description="Why there are no figures, if there are none.")


class LabelPartView(View):
    """One part of a quality label: kept or not, the numbers that decide it, and what they mean."""

    kept: bool
    found: float | None
    needed: float | None
    unit: str | None = Field(description="What found and needed count.")
    explanation: Words


class LabelView(View):
    """Complete, current, substantiated, relevant: each computed and explained."""

    trust: Trust
    complete: LabelPartView
    current: LabelPartView
    substantiated: LabelPartView
    relevant: LabelPartView


class PeriodView(View):
    """The span that a figure is taken over, in whole months."""

    kind: PeriodKind
    first: YearMonth
    last: YearMonth


class AimView(View):
    """A goal of a council, or a desired outcome with its band, that the figure belongs to."""

    aim_id: UUID
    title: str
    lower: float | None
    upper: float | None


class FigureView(View):
    """A live figure: exact, for who may see the cases behind it; with everything that explains it."""

    indicator: int
    code: str
    name: Words
    definition: Words
    definition_version: int
    unit: Unit
    good: Good
    area: PartyId = Field(description="The municipality or region; for a provider its own party.")
    provider: AgbCode | None = Field(description="The provider that the figure is about, if it is about one.")
    period: PeriodView
    value: float | None = Field(description="In the unit; null when there is nothing to count.")
    numerator: int | None
    denominator: int | None
    source_events: int = Field(description="How many events stand behind it.")
    last_event_at: datetime | None
    parties_reported: int
    parties_expected: int
    label: LabelView
    aims: list[AimView]


class FigureListView(View):
    """Live figures as of a moment."""

    at: datetime
    items: list[FigureView]


class ReleasedFigureView(View):
    """A published figure that holds now, with the explanation of its label."""

    release_id: UUID
    area: PartyId
    month: YearMonth
    correction: int
    published_at: datetime
    code: str
    name: Words
    good: Good
    figure: PublishedFigure
    label: LabelView
    withheld_explanation: Words | None = Field(description="Why nothing is shown, and what is shown instead.")


class ReleasedFigureListView(View):
    """Published figures, newest month first."""

    items: list[ReleasedFigureView]


class ReleaseView(View):
    """One release: the figures of an area for a month, frozen."""

    release_id: UUID
    region_id: str
    area: PartyId
    month: YearMonth
    correction: int = Field(description="0 for the first release, then counting up.")
    published_at: datetime


class ReleaseListView(View):
    """The releases that one command made."""

    items: list[ReleaseView]


class ReleaseDetailView(ReleaseView):
    """A release with its figures."""

    figures: list[ReleasedFigureView]


class RoundStatus(StrEnum):
    """Where a round is."""

    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


class RoundProviderView(View):
    """A provider in a round. ``outcomes`` is how many it had reported about the month when it said it was done."""

    provider: AgbCode
    reported_at: datetime | None
    outcomes: int | None


class RoundView(View):
    """A reporting round. A provider sees itself only among ``providers``."""

    round_id: UUID
    region_id: str
    month: YearMonth
    status: RoundStatus
    municipalities: list[MunicipalityCode]
    opened_at: datetime
    remind_at: datetime
    closes_at: datetime
    publish_at: datetime
    reminded_at: datetime | None
    closed_at: datetime | None
    published_at: datetime | None
    providers: list[RoundProviderView]


class RoundPlanView(View):
    """The round of a region that opens next by itself; empty when none is planned."""

    region_id: str
    month: YearMonth | None
    opens_at: datetime | None


class OutcomeView(View):
    """What came of one trajectory, as reported."""

    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    ended_on: date
    usefulness: int | None
    without_help: WithoutHelp | None
    reported_at: datetime


class DueOutcomeView(View):
    """Care that ended and whose outcome was not reported yet."""

    referral_id: UUID
    allocation_number: int
    municipality: MunicipalityCode
    provider: AgbCode
    category: str
    ended_on: date


class DueOutcomeCount(View):
    """How many outcomes are still to report."""

    count: int = Field(ge=0)


class RowStatus(StrEnum):
    """What became of a row of a file."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class RowErrorView(View):
    """What is wrong in a row: where, what, and what would be right."""

    column: str
    code: str
    message: Words


class RowView(View):
    """One row of a file, numbered as in a spreadsheet (the header is row 1)."""

    row: int
    status: RowStatus
    errors: list[RowErrorView]


class ImportView(View):
    """What a file would do (``dryRun``) or did: all rows, or none when one is rejected."""

    dry_run: bool
    accepted: int
    unchanged: int
    rejected: int
    rows: list[RowView]


class MirrorItemView(View):
    """One indicator of a provider beside the others of the region; the spread is absent with fewer than five."""

    indicator: int
    code: str
    name: Words
    unit: Unit
    good: Good
    own_value: float | None
    own_cases: int
    peers: int | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None


class MirrorView(View):
    """A provider among its anonymous peers, over the rolling year up to ``month``."""

    region_id: str
    month: YearMonth
    items: list[MirrorItemView]


class MirrorListView(View):
    """One mirror per region in which the provider works."""

    items: list[MirrorView]


class DeadlineView(View):
    """What must happen before when, whose it is, and which workflow sees to it."""

    subject: str
    kind: str
    due: datetime
    party: PartyId
    rule: str
    workflow: str | None
