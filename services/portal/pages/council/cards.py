"""Published figures on cards: with direction, band and label, or with the reason why nothing is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.events.monitoring import PublishedFigure, Withheld
from services.commissioning.client import CommissioningClient
from services.council.client import FigureSeries
from services.kit.problems import Problem
from services.monitoring.client import MonitoringClient, ReleasedFigureView
from services.portal.components import Figure
from services.portal.directing import figures as told
from services.portal.directing.speech import Speech
from services.portal.drawings import sparkline
from services.portal.i18n import N_

YEAR: Final = 13
"""How many months a line shows: a year, and the month that it is compared with."""

REASONS: Final = {
    Withheld.TOO_SMALL: N_("It is about so few people that somebody could be recognised."),
    Withheld.COMPLEMENTARY: N_("From this figure a smaller one of another municipality could be worked out."),
    Withheld.NO_DATA: N_("Nothing was reported about this yet."),
}


@dataclass(frozen=True, slots=True)
class Band:
    """The band of a story around a figure; open on the side that is empty."""

    title: str
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind the figures of one municipality: explanations by indicator and month, and bands."""

    released: Mapping[tuple[int, str], ReleasedFigureView]
    bands: Mapping[int, Band]

    def of(self, series: FigureSeries) -> ReleasedFigureView | None:
        """The explained form of the latest figure of a series."""
        return self.released.get((series.indicator, series.month))


async def backing(monitoring: MonitoringClient, commissioning: CommissioningClient, area: str, code: str) -> Backing:
    """Explanations and bands; whatever service is away, the figures themselves are still shown."""
    try:
        page = await monitoring.published_figures(area=area, limit=200)
        released = {(each.figure.indicator, each.month): each for each in page.items}
    except Problem:
        released = {}
    return Backing(released, await bands(commissioning, code))


async def bands(commissioning: CommissioningClient, code: str) -> dict[int, Band]:
    """The bands of the stories about a municipality, by indicator; the newest story goes first."""
    found: dict[int, Band] = {}
    try:
        stories = await commissioning.published_scenarios(municipality=code, limit=20)
    except Problem:
        return found
    for story in stories.items:
        for each in story.outcomes:
            found.setdefault(each.indicator, Band(each.title, each.lower, each.upper))
    return found


def instead(_: Speech, figure: PublishedFigure) -> str | None:
    """What can be shown when a figure is withheld: the same of the wider area."""
    if figure.wider_value is None:
        return None
    return _("Region: %(value)s", value=told.written(_, figure.wider_value, figure.unit))


def _latest_year(series: FigureSeries) -> Sequence[tuple[str, float | None]]:
    return [(point.period_end, point.value) for point in series.history][-YEAR:]


def card(_: Speech, series: FigureSeries, behind: Backing, code: str, goal: str | None = None) -> Figure:
    """One figure; a goal above it when it shows whether that goal comes closer."""
    figure, explained, band = series.figure, behind.of(series), behind.bands.get(series.indicator)
    periods = _latest_year(series)
    values = [value for _period, value in periods]
    known = [(period, value) for period, value in periods if value is not None]
    since = told.month(_, known[0][0]) if known else ""
    words, better = told.direction(_, values, figure.unit, series.good, since)
    drawn = None
    if band and known:
        drawn = told.band_of(_, band.lower, band.upper, figure.unit, [value for _period, value in known])
    width = told.scale(figure.unit)
    nothing = figure.value is None and figure.withheld is Withheld.NO_DATA
    return Figure(
        title=_.of(series.name),
        value=_("no data") if nothing else None if figure.value is None else told.written(_, figure.value, figure.unit),
        quality=told.quality(_, explained.label) if explained else None,
        direction=_(REASONS[Withheld.NO_DATA]) if nothing else words,
        goal=goal,
        period=_("year up to %(month)s", month=told.month(_, figure.period_end)),
        sparkline=sparkline(values, words, (drawn.low * width, drawn.high * width) if drawn else None),
        withheld=_(REASONS[figure.withheld or Withheld.TOO_SMALL]),
        instead=instead(_, figure),
        url=f"/council/{code}/figures/{series.indicator}",
        compare_url=f"/council/{code}/figures/{series.indicator}#compare",
        ask_url=f"/council/{code}/questions/new?indicator={series.indicator}",
        improving=None if nothing else better,
    )


def best(series: Iterable[FigureSeries]) -> FigureSeries | None:
    """The figure that tells most about a goal: the first that is shown, else the first."""
    every = list(series)
    return next((each for each in every if each.figure.value is not None), every[0] if every else None)
