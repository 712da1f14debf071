"""From measures to figures: exact for who may see the cases, controlled for everybody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts.events.monitoring import PublishedFigure, QualityLabel, Withheld
from contracts.values import PartyId
from services.monitoring.domain.disclosure import DEFAULT, Counts, Decision, Thresholds, decide, rounded, shown
from services.monitoring.domain.indicators import Indicator, Kind
from services.monitoring.domain.labels import Observed, label
from services.monitoring.domain.measures import Measure
from services.monitoring.domain.periods import Period

DECIMALS = 1


@dataclass(frozen=True, slots=True)
class Totals:
    """The measures of one area over one period: sums, stocks at its end, and the waiting days of its starts."""

    counts: Mapping[Measure, int] = field(default_factory=dict)
    waiting: Mapping[int, int] = field(default_factory=dict)

    def of(self, measure: Measure | None) -> int:
        return 0 if measure is None else self.counts.get(measure, 0)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands behind one figure: events, reporting parties, and the goals that it serves.

    ``reported`` counts only parties that were expected.
    """

    events: int = 0
    last_event_at: datetime | None = None
    expected: int = 0
    reported: int = 0
    goals: int = 0


@dataclass(frozen=True, slots=True)
class Basis:
    """A figure before disclosure control: exact. A mean's numerator is the sum of scores."""

    value: float | None
    numerator: int | None
    denominator: int | None
    asked: int | None
    behind: int | None = None

    @property
    def cases(self) -> int:
        """How many cases the figure rests on; not its denominator when that counts time or money."""
        if self.behind is not None:
            return self.behind
        return (self.numerator if self.denominator is None else self.denominator) or 0


@dataclass(frozen=True, slots=True)
class Live:
    """An exact figure with its label, for who may see the cases."""

    basis: Basis
    label: QualityLabel


def basis(indicator: Indicator, totals: Totals) -> Basis:
    """The exact figure of an area. Raises ``ValueError`` for an indicator that is not computed."""
    how = indicator.computation
    if how is None:
        raise ValueError(f"indicator {indicator.number} is not computed")
    numerator = None if how.numerator is None else totals.of(how.numerator)
    denominator = None if how.denominator is None else totals.of(how.denominator)
    asked = None if how.asked is None else totals.of(how.asked)
    value: float | None
    match how.kind:
        case Kind.STOCK:
            value = numerator
        case Kind.MEDIAN:
            value = median(totals.waiting)
        case Kind.SHARE:
            value = round(100 * (numerator or 0) / denominator, DECIMALS) if denominator else None
        case Kind.MEAN:
            value = round((numerator or 0) / denominator, DECIMALS) if denominator else None
    behind = None if how.cases is None else totals.of(how.cases)
    return Basis(value, numerator, denominator, asked, behind)


def median(histogram: Mapping[int, int]) -> float | None:
    """The middle of a histogram (value -> how often); the mean of the two middle ones when there are two."""
    total = sum(histogram.values())
    if total <= 0:
        return None
    low, high = (total - 1) // 2, total // 2
    seen, lower = 0, None
    for value in sorted(histogram):
        seen += histogram[value]
        if lower is None and seen > low:
            lower = value
        if lower is not None and seen > high:
            return (lower + value) / 2
    return None


def live(indicator: Indicator, totals: Totals, provenance: Provenance, at: datetime) -> Live:
    """The exact figure of an area and its label at ``at``."""
    found = basis(indicator, totals)
    return Live(found, _label(indicator, provenance, found.cases, found.asked, at, has_value=found.value is not None))


def _label(
    indicator: Indicator,
    provenance: Provenance,
    cases: int | None,
    asked: int | None,
    at: datetime,
    *,
    has_value: bool,
) -> QualityLabel:
    if indicator.computation is None:
        raise ValueError(f"indicator {indicator.number} is not computed")
    observed = Observed(
        parties_expected=provenance.expected,
        parties_reported=provenance.reported,
        last_event_at=provenance.last_event_at,
        at=at,
        cases=cases,
        asked=asked,
        goals=provenance.goals,
    )
    return label(indicator.computation, indicator.frequency, observed, has_value=has_value)


@dataclass(frozen=True, slots=True)
class AreaInput:
    """What is known of one area for one figure."""

    totals: Totals
    provenance: Provenance


def release(
    indicator: Indicator,
    period: Period,
    region: tuple[PartyId, AreaInput],
    municipalities: Mapping[PartyId, AreaInput],
    at: datetime,
    thresholds: Thresholds = DEFAULT,
) -> dict[PartyId, PublishedFigure]:
    """One figure of a region and its municipalities, as everybody may see it.

    A withheld municipality gets the region's value instead, when that may be shown.
    """
    bases = {area: basis(indicator, given.totals) for area, given in {**municipalities, region[0]: region[1]}.items()}
    decision = _decide(indicator, bases, region[0], thresholds)
    whole = _figure(indicator, period, bases[region[0]], region[1].provenance, decision.total, at, thresholds)
    released = {region[0]: whole}
    for area, given in municipalities.items():
        figure = _figure(indicator, period, bases[area], given.provenance, decision.withheld.get(area), at, thresholds)
        if figure.withheld is not None and whole.value is not None:
            figure = figure.model_copy(update={"wider_area": region[0], "wider_value": whole.value})
        released[area] = figure
    return released


def _decide(indicator: Indicator, bases: Mapping[PartyId, Basis], region: PartyId, thresholds: Thresholds) -> Decision:
    share = indicator.computation is not None and indicator.computation.kind is Kind.SHARE
    stock = indicator.computation is not None and indicator.computation.kind is Kind.STOCK
    counts = {area: Counts(found.cases, found.numerator if share else None) for area, found in bases.items()}
    total = counts.pop(region)
    return decide(counts, total, thresholds, needs_cases=not stock)


def _figure(
    indicator: Indicator,
    period: Period,
    exact: Basis,
    provenance: Provenance,
    withheld: Withheld | None,
    at: datetime,
    thresholds: Thresholds,
) -> PublishedFigure:
    kind = None if indicator.computation is None else indicator.computation.kind
    value, numerator, denominator, cases, asked = None, None, None, None, None
    if withheld is None:
        cases = shown(exact.cases, thresholds)
        asked = None if exact.asked is None else shown(exact.asked, thresholds)
        denominator = None if exact.denominator is None else cases
        numerator = shown(exact.numerator or 0, thresholds) if kind in (Kind.SHARE, Kind.STOCK) else None
        value = _shown_value(kind, exact, numerator, denominator)
    quality = _label(indicator, provenance, cases, asked, at, has_value=value is not None)
    if withheld is not None:
        # How old the latest report is would tell when something last happened to one of a few.
        quality = quality.model_copy(update={"current": quality.current.model_copy(update={"found": None})})
    return PublishedFigure(
        indicator=indicator.number,
        definition_version=indicator.version,
        period_kind=period.kind,
        period_end=str(period.last),
        value=value,
        unit=indicator.unit.value,
        numerator=numerator,
        denominator=denominator,
        withheld=withheld,
        source_events=_shown_events(provenance.events, exact.cases, withheld, thresholds),
        last_event_at=None if withheld else provenance.last_event_at,
        parties_reported=provenance.reported,
        parties_expected=provenance.expected,
        label=quality,
    )


def _shown_value(kind: Kind | None, exact: Basis, numerator: int | None, denominator: int | None) -> float | None:
    """Percentages come from the rounded counts; a mean or median of enough cases is shown as it is."""
    if kind is Kind.SHARE:
        return round(100 * numerator / denominator, DECIMALS) if numerator and denominator else None
    if kind is Kind.STOCK:
        return numerator
    return exact.value


def _shown_events(events: int, cases: int, withheld: Withheld | None, thresholds: Thresholds) -> int:
    """How many events stand behind a figure tells its cases, so it is withheld and rounded like them."""
    return 0 if withheld is not None or events < thresholds.count else rounded(events, thresholds.base)
