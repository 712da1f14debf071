"""Figures as people read them: the value with its unit, where it goes, and how far it can be trusted."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from contracts.events.monitoring import PeriodKind, Trust
from services.monitoring.client import FigureView, LabelView
from services.portal.chart_specs import Band, Point
from services.portal.chart_specs import Unit as ChartUnit
from services.portal.components import Column, Figure, Quality, QualityPart, QualityVerdict, Row, Table
from services.portal.directing.speech import Speech
from services.portal.drawings import sparkline
from services.portal.i18n import N_

_VERDICTS: Final[dict[Trust, QualityVerdict]] = {
    Trust.TRUSTED: "reliable",
    Trust.CAUTION: "attention",
    Trust.NOT_YET: "not_yet_usable",
}
PERIODS: Final = {
    PeriodKind.MONTH: N_("Month"),
    PeriodKind.QUARTER: N_("Quarter"),
    PeriodKind.HALF_YEAR: N_("Half year"),
    PeriodKind.ROLLING_YEAR: N_("Year up to the month"),
}
"""Over which span a figure is taken; translate before showing."""


def written(_: Speech, value: float, unit: str) -> str:
    """A value with its unit: ``74,5 %``, ``34 dagen``."""
    digits = 0 if float(value).is_integer() else 1
    number = _.fmt.number(round(value, 1), digits)
    if unit == "percent":
        return _.fmt.percent(value / 100, digits)
    if unit == "days":
        return _.ngettext("%(num)s day", "%(num)s days", round(value), num=number)
    if unit == "clients":
        return _.ngettext("%(num)s client", "%(num)s clients", round(value), num=number)
    return number


def change(_: Speech, difference: float, unit: str) -> str:
    """How much a value changed, without its sign; shares in percentage points."""
    number = _.fmt.number(round(abs(difference), 1))
    if unit == "percent":
        return _.ngettext("%(num)s point", "%(num)s points", round(abs(difference)), num=number)
    return written(_, round(abs(difference), 1), unit)


def quality(_: Speech, label: LabelView) -> Quality:
    """The label with its four parts in words."""

    def part(name: str) -> QualityPart:
        given = getattr(label, name)
        return QualityPart(given.kept, _.of(given.explanation))

    return Quality(
        _VERDICTS[label.trust],
        complete=part("complete"),
        current=part("current"),
        substantiated=part("substantiated"),
        relevant=part("relevant"),
    )


def is_better(good: str, difference: float) -> bool | None:
    """Whether a change is for the better; ``None`` where neither direction is."""
    if not difference or good not in ("up", "down"):
        return None
    return (difference > 0) == (good == "up")


def direction(_: Speech, values: Sequence[float | None], unit: str, good: str, since: str) -> tuple[str, bool | None]:
    """Where a figure went since the first known value, in words, and whether that is better."""
    known = [value for value in values if value is not None]
    if len(known) < 2 or values[-1] is None:
        return _("There is nothing to compare with yet"), None
    difference = round(known[-1] - known[0], 1)
    if not difference:
        return _("The same as in %(since)s", since=since), None
    better, amount = is_better(good, difference), change(_, difference, unit)
    if better is None:
        text = _("%(amount)s higher than in %(since)s") if difference > 0 else _("%(amount)s lower than in %(since)s")
    elif better:
        text = (
            _("Better: %(amount)s higher than in %(since)s")
            if difference > 0
            else _("Better: %(amount)s lower than in %(since)s")
        )
    else:
        text = (
            _("Worse: %(amount)s higher than in %(since)s")
            if difference > 0
            else _("Worse: %(amount)s lower than in %(since)s")
        )
    return text % {"amount": amount, "since": since}, better


def scale(unit: str) -> float:
    """By what a value is divided before it is drawn: shares are fractions in a picture."""
    return 100 if unit == "percent" else 1


def chart_unit(unit: str) -> ChartUnit:
    """The unit on an axis."""
    return "percent" if unit == "percent" else "days" if unit == "days" else "number"


def band_of(_: Speech, lower: float | None, upper: float | None, unit: str, values: Sequence[float]) -> Band | None:
    """The band to draw behind a line. A side that is open ends where the values do."""
    if lower is None and upper is None:
        return None
    low = lower if lower is not None else min([*values, upper or 0.0])
    high = upper if upper is not None else max([*values, lower or 0.0])
    return Band(low / scale(unit), high / scale(unit), band_text(_, lower, upper, unit))


def band_text(_: Speech, lower: float | None, upper: float | None, unit: str) -> str:
    """A band in words."""
    if lower is not None and upper is not None:
        return _("Band: %(low)s to %(high)s", low=_.fmt.number(lower), high=written(_, upper, unit))
    if lower is not None:
        return _("Band: %(low)s or more", low=written(_, lower, unit))
    return _("Band: %(high)s or less", high=written(_, upper or 0.0, unit))


def where(_: Speech, value: float, lower: float | None, upper: float | None) -> str:
    """Where a value stands against its band."""
    if lower is not None and value < lower:
        return _("below the band")
    return _("above the band") if upper is not None and value > upper else _("within the band")


def points(periods: Sequence[tuple[str, float | None]], unit: str) -> list[Point]:
    """Periods with their values for a line."""
    return [Point(label, None if value is None else value / scale(unit)) for label, value in periods]


def history_table(_: Speech, title: str, periods: Sequence[tuple[str, float | None]], unit: str) -> Table:
    """The table behind a trend."""
    columns = [Column("period", _("Period"), main=True), Column("value", _("Value"))]
    rows = [
        Row({"period": label, "value": _("not shown") if value is None else written(_, value, unit)})
        for label, value in periods
    ]
    return Table(title, columns, rows, caption_hidden=True)


def live_card(_: Speech, series: Sequence[FigureView], url: str | None = None) -> Figure:
    """A card of a live figure; ``series`` has the latest period first."""
    latest = series[0]
    values = [each.value for each in reversed(series)]
    aim = next((aim for aim in latest.aims if aim.lower is not None or aim.upper is not None), None)
    told, better = direction(
        _, values, latest.unit, latest.good, month(_, next(e.period.last for e in reversed(series)))
    )
    known = [value for value in values if value is not None]
    band = band_of(_, aim.lower, aim.upper, latest.unit, known) if aim and known else None
    width = scale(latest.unit)
    return Figure(
        title=_.of(latest.name),
        value=None if latest.value is None else written(_, latest.value, latest.unit),
        quality=quality(_, latest.label),
        direction=told,
        goal=aim.title if aim else None,
        period=month(_, latest.period.last),
        sparkline=sparkline(values, told, (band.low * width, band.high * width) if band else None),
        withheld=_("Nothing was reported in this period."),
        url=url,
        improving=better,
    )


def first_day(year_month: str) -> date:
    """The first day of ``2026-07``."""
    return date.fromisoformat(f"{year_month}-01")


def month(_: Speech, year_month: str) -> str:
    """``2026-07`` as ``juli 2026``."""
    return _.fmt.month(first_day(year_month))
