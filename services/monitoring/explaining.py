"""Figures in words: the views that carry a figure together with everything that explains it."""

from collections.abc import Collection, Mapping
from typing import Any

from contracts.events.monitoring import PublishedFigure, QualityLabel, Withheld
from contracts.values import PartyId
from services.monitoring import views
from services.monitoring.catalogue import catalogue
from services.monitoring.domain import indicators
from services.monitoring.domain.aggregates import Slice
from services.monitoring.domain.figures import live
from services.monitoring.domain.indicators import Indicator
from services.monitoring.domain.labels import explain, parts_of
from services.monitoring.domain.periods import Month, Period
from services.monitoring.views import FigureView, IndicatorView, LabelPartView, LabelView, ReleasedFigureView, Words

UNITS: Mapping[str, tuple[str, str]] = {
    "percent": (" %", " %"),
    "days": (" dagen", " days"),
    "clients": (" cliënten", " clients"),
    "per_thousand": (" per 1.000", " per 1,000"),
    "euro_per_inhabitant": (" euro per inwoner", " euro per inhabitant"),
}


def words(given: indicators.Words) -> Words:
    return Words(nl=given.nl, en=given.en)


def indicator_view(indicator: Indicator) -> IndicatorView:
    """A row of the catalogue as the API shows it."""
    return IndicatorView(
        number=indicator.number,
        code=indicator.code,
        name=words(indicator.name),
        definition=words(indicator.definition),
        version=indicator.version,
        numerator=words(indicator.numerator),
        denominator=words(indicator.denominator),
        unit=indicator.unit,
        good=indicator.good,
        frequency=indicator.frequency,
        source=indicator.source,
        audiences=list(indicator.audiences),
        norms=indicator.norms,
        computed=indicator.computation is not None,
        published=indicator.is_public,
        unavailable=None if indicator.unavailable is None else words(indicator.unavailable),
    )


def label_view(label: QualityLabel) -> LabelView:
    """A label with a sentence for each part."""
    parts = {
        name.value: LabelPartView(
            kept=part.kept, found=part.found, needed=part.needed, unit=part.unit, explanation=words(explain(name, part))
        )
        for name, part in parts_of(label).items()
    }
    return LabelView(trust=label.trust, **parts)


def figure_views(
    counted: Slice,
    wanted: Collection[Indicator],
    period: Period,
    at: Any,
    *,
    area: PartyId,
    provider: str | None = None,
) -> list[FigureView]:
    """The exact figures of one area over one period, explained."""
    inputs = counted.inputs(wanted, period)
    shown = []
    for indicator in wanted:
        given = inputs[indicator.number]
        figure = live(indicator, given.totals, given.provenance, at)
        aims = {aim.aim_id: aim for aim in counted.aims if aim.indicator == indicator.number}
        shown.append(
            FigureView(
                indicator=indicator.number,
                code=indicator.code,
                name=words(indicator.name),
                definition=words(indicator.definition),
                definition_version=indicator.version,
                unit=indicator.unit,
                good=indicator.good,
                area=area,
                provider=provider,
                period=views.PeriodView(kind=period.kind, first=str(period.first), last=str(period.last)),
                value=figure.basis.value,
                numerator=figure.basis.numerator,
                denominator=figure.basis.denominator,
                source_events=given.provenance.events,
                last_event_at=given.provenance.last_event_at,
                parties_reported=given.provenance.reported,
                parties_expected=given.provenance.expected,
                label=label_view(figure.label),
                aims=[
                    views.AimView(aim_id=aim.aim_id, title=aim.title, lower=aim.lower, upper=aim.upper)
                    for aim in aims.values()
                ],
            )
        )
    return shown


def released_view(row: Mapping[str, Any]) -> ReleasedFigureView:
    """A published figure with its name and the explanation of its label. Raises ``LookupError`` for an unknown one."""
    figure = PublishedFigure.model_validate(row["figure"])
    indicator = catalogue().get(figure.indicator)
    if indicator is None:
        raise LookupError(f"indicator {figure.indicator} is not in the catalogue any more")
    return ReleasedFigureView(
        release_id=row["release_id"],
        area=row["area"],
        month=str(Month.of(row["month"])),
        correction=row["correction"],
        published_at=row["published_at"],
        code=indicator.code,
        name=words(indicator.name),
        good=indicator.good,
        figure=figure,
        label=label_view(figure.label),
        withheld_explanation=why_withheld(figure),
    )


def why_withheld(figure: PublishedFigure) -> Words | None:
    """Why nothing is shown, and what is shown instead: *Te klein om te tonen; regio: 74 %*."""
    if figure.withheld is None:
        return None
    reason = {
        Withheld.TOO_SMALL: ("Te klein om te tonen", "Too small to show"),
        Withheld.COMPLEMENTARY: (
            "Niet getoond, omdat anders een kleiner cijfer van een andere gemeente af te leiden is",
            "Not shown, because a smaller figure of another municipality could be worked out from it",
        ),
        Withheld.NO_DATA: ("Er zijn nog geen gegevens", "There are no data yet"),
    }[figure.withheld]
    if figure.wider_value is None:
        return Words(nl=f"{reason[0]}.", en=f"{reason[1]}.")
    return Words(
        nl=f"{reason[0]}; regio: {amount(figure.wider_value, figure.unit, 'nl')}.",
        en=f"{reason[1]}; region: {amount(figure.wider_value, figure.unit, 'en')}.",
    )


def amount(value: float, unit: str, language: str) -> str:
    """A value with its unit as people read it: ``74,5 %`` in Dutch, ``74.5 %`` in English."""
    text = f"{value:g}"
    dutch, english = UNITS.get(unit, ("", ""))
    return f"{text.replace('.', ',')}{dutch}" if language == "nl" else f"{text}{english}"
