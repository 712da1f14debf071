"""Events of the commissioning service: regions, scenarios, commissions, agreements, capacity and spending room."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from contracts.event import Event, Fact
from contracts.values import AgbCode, Cents, MunicipalityCode, PartyId, ProductCategory, ProductCode


class Law(StrEnum):
    """The law under which support is given: Jeugdwet (iJw) or Wmo 2015 (iWmo)."""

    YOUTH = "youth"
    WMO = "wmo"


class Unit(StrEnum):
    """What a volume counts. Values are iStandaarden ``Eenheid`` (WJ756) in words."""

    MINUTE = "minute"  # 01
    HOUR = "hour"  # 04
    DAY_PART = "day_part"  # 16
    DAY = "day"  # 14, an etmaal: 24 hours
    PIECE = "piece"  # 82
    EURO = "euro"  # 83


class Variant(StrEnum):
    """What is paid for: the time that is spent (*inspanningsgericht*), a result (*outputgericht*) or a task for a whole
    group (*taakgericht*). Source: Contractstandaarden; iStandaarden 3.2 OP261, IV074, UP028.
    """

    EFFORT = "effort"
    OUTPUT = "output"
    TASK = "task"


class DeclaredWhen(StrEnum):
    """When a result is declared: in every period that something was delivered, when the care has ended, or in
    instalments that both sides agree on. Source: iStandaarden 3.2 OP264.
    """

    PER_PERIOD = "per_period"
    AT_THE_END = "at_the_end"
    IN_INSTALMENTS = "in_instalments"


class StartMeans(StrEnum):
    """What the first day in a report of a start is (iStandaarden 3.2 OP270)."""

    FIRST_CONTACT = "first_contact"
    INTAKE = "intake"
    FIRST_TREATMENT = "first_treatment"


class StopMeans(StrEnum):
    """What the last day in a report of an end is (iStandaarden 3.2 OP270)."""

    LAST_TREATMENT = "last_treatment"
    LAST_CONTACT = "last_contact"
    CLOSING_TALK = "closing_talk"


class Product(Fact):
    """A product with its tariff under a commission or agreement. ``tariff_cents`` is per unit.

    ``variant`` is what is paid for, ``declared_when`` when a result is declared, ``start_means`` and ``stop_means``
    what the days of reported starts and ends are; each is ``None`` where that was not recorded.
    """

    product_code: ProductCode
    category: ProductCategory
    name: str
    law: Law
    unit: Unit
    tariff_cents: Cents
    variant: Variant | None = None
    declared_when: DeclaredWhen | None = None
    start_means: StartMeans | None = None
    stop_means: StopMeans | None = None


class Tariff(Fact):
    """The price of a product under an agreement, in one municipality (``None``: in all) and from day to day inclusive.

    An agreement without lines of its own has its products' tariffs, everywhere and for as long as it is valid.
    """

    product_code: ProductCode
    municipality: MunicipalityCode | None = None
    tariff_cents: Cents
    valid_from: date
    valid_until: date | None = None


class Municipality(Fact):
    """A municipality in a region; ``inhabitants`` serves keys and comparisons."""

    code: MunicipalityCode
    name: str
    inhabitants: int


class RegionFormed(Event):
    """Municipalities agreed to commission together."""

    type: ClassVar[str] = "nl.samenspel.regions.formed.v1"
    region_id: str
    name: str
    municipalities: tuple[Municipality, ...]


class ProviderRegistered(Event):
    """A care provider joined the platform."""

    type: ClassVar[str] = "nl.samenspel.providers.registered.v1"
    agb: AgbCode
    name: str
    fictional: bool = False


class OutcomeBand(Fact):
    """A desired outcome with the band inside which professionals decide alone.

    ``lower`` and ``upper`` are in the unit of the indicator; ``None`` means open on that side.
    """

    outcome_id: UUID
    indicator: int
    title: str
    lower: float | None = None
    upper: float | None = None
    year: int


class ScenarioPublished(Event):
    """A municipality or region told where it wants to go: a story, outcomes and bands, citing the frames."""

    type: ClassVar[str] = "nl.samenspel.scenarios.published.v1"
    scenario_id: UUID
    title: str
    municipalities: tuple[MunicipalityCode, ...]
    frames: tuple[UUID, ...]
    outcomes: tuple[OutcomeBand, ...]
    published_at: datetime


class CommissionPublished(Event):
    """A joint commission by admission (*toelating*, open house) was opened; due instants are computed here."""

    type: ClassVar[str] = "nl.samenspel.commissions.published.v1"
    commission_id: UUID
    scenario_id: UUID
    title: str
    municipalities: tuple[MunicipalityCode, ...]
    products: tuple[Product, ...]
    questions_due: datetime
    applications_due: datetime
    assessment_due: datetime
    standstill_days: int
    published_at: datetime


class CommissionStage(StrEnum):
    """Stages of an admission (domain/commissioning §1), as far as an admission knows them."""

    PUBLISHED = "published"
    ANSWERED = "answered"
    CLOSED = "closed"
    ASSESSED = "assessed"
    STANDSTILL = "standstill"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


class CommissionAdvanced(Event):
    """A commission entered its next stage. ``until`` is the due instant of the new stage, if it has one."""

    type: ClassVar[str] = "nl.samenspel.commissions.advanced.v1"
    commission_id: UUID
    stage: CommissionStage
    until: datetime | None = None
    advanced_at: datetime


class CommissionReminded(Event):
    """A term of a commission passed without the act it was for, and the commissioner was reminded.

    ``promise`` is ``assessment``: the applications were not all assessed and announced before ``due``.
    """

    type: ClassVar[str] = "nl.samenspel.commissions.reminded.v1"
    commission_id: UUID
    promise: str
    due: datetime
    reminded_at: datetime


class ApplicationSubmitted(Event):
    """A provider applied for admission, or replaced its application while that was still possible.

    Only the provider itself may see it before the applications are opened.
    """

    type: ClassVar[str] = "nl.samenspel.applications.submitted.v1"
    application_id: UUID
    commission_id: UUID
    provider: AgbCode
    products: tuple[ProductCode, ...]
    submitted_at: datetime


class ApplicationAssessed(Event):
    """An application was admitted or not, as announced; ``grounds`` are the codes of the requirements not met."""

    type: ClassVar[str] = "nl.samenspel.applications.assessed.v1"
    application_id: UUID
    commission_id: UUID
    provider: AgbCode
    admitted: bool
    grounds: tuple[str, ...] = ()
    assessed_at: datetime


class AgreementDrafted(Event):
    """An agreement was laid before both sides to sign."""

    type: ClassVar[str] = "nl.samenspel.agreements.drafted.v1"
    agreement_id: UUID
    commission_id: UUID
    provider: AgbCode
    sign_due: datetime
    drafted_at: datetime


class AgreementSigned(Event):
    """One side signed."""

    type: ClassVar[str] = "nl.samenspel.agreements.signed.v1"
    agreement_id: UUID
    commission_id: UUID | None = None
    signed_by: PartyId
    signed_at: datetime


class AgreementConcluded(Event):
    """Both sides signed, or a running agreement was imported: from now on allocations may be granted under it.

    ``ceiling_cents`` is the spending room per calendar year, ``None`` when there is no cap. ``tariffs`` are the prices
    per municipality and period, when they differ from those of ``products``.
    """

    type: ClassVar[str] = "nl.samenspel.agreements.concluded.v1"
    agreement_id: UUID
    commission_id: UUID | None = None
    provider: AgbCode
    municipalities: tuple[MunicipalityCode, ...]
    products: tuple[Product, ...]
    ceiling_cents: Cents | None = None
    valid_from: date
    valid_until: date | None = None
    imported: bool
    concluded_at: datetime
    tariffs: tuple[Tariff, ...] = ()


class AgreementAmended(Event):
    """A concluded agreement has other terms from now on; they replace the earlier ones as a whole."""

    type: ClassVar[str] = "nl.samenspel.agreements.amended.v1"
    agreement_id: UUID
    provider: AgbCode
    municipalities: tuple[MunicipalityCode, ...]
    products: tuple[Product, ...]
    tariffs: tuple[Tariff, ...] = ()
    ceiling_cents: Cents | None = None
    valid_from: date
    valid_until: date | None = None
    amended_at: datetime


class CapacityStated(Event):
    """A provider said how many places it has for a product, how many are free and how long the wait is."""

    type: ClassVar[str] = "nl.samenspel.capacities.stated.v1"
    provider: AgbCode
    product_code: ProductCode
    places: int
    free: int
    wait_days: int
    stated_at: datetime


class SpendingWarned(Event):
    """What is committed under an agreement passed 70 % of its ceiling (OV 1.5.5 g, j).

    Talk within two weeks (``talk_due``), decision within two weeks after that (``decision_due``).
    """

    type: ClassVar[str] = "nl.samenspel.agreements.spending-warned.v1"
    agreement_id: UUID
    provider: AgbCode
    municipalities: tuple[MunicipalityCode, ...]
    year: int
    committed_cents: Cents
    ceiling_cents: Cents
    forecast_cents: Cents
    talk_due: datetime
    decision_due: datetime
    warned_at: datetime
