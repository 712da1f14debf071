"""Releasing figures: computed once, controlled, frozen. A correction is a new release beside the old one."""

from collections.abc import Sequence
from uuid import UUID

from contracts.events.monitoring import FiguresPublished, PublishedFigure
from contracts.values import PartyId, PartyKind, council, municipality, party_code, party_kind
from services.kit.problems import Conflict, Forbidden, NotFound, Text
from services.kit.unit import Unit
from services.monitoring.catalogue import catalogue
from services.monitoring.commands import CorrectFigures, PublishRound
from services.monitoring.domain.aggregates import Slice
from services.monitoring.domain.disclosure import Thresholds
from services.monitoring.domain.figures import basis, release
from services.monitoring.domain.indicators import PUBLISHED_PERIOD, Audience
from services.monitoring.domain.peers import Spread, spread
from services.monitoring.domain.periods import Month, Period
from services.monitoring.domain.rounds import may_correct
from services.monitoring.handlers.rounds import PUBLISH, finish, month_of
from services.monitoring.store import figures, queries, rounds
from services.monitoring.views import ReleaseListView, ReleaseView


async def publish_round(command: PublishRound, unit: Unit, *, thresholds: Thresholds) -> ReleaseListView:
    """Release the figures of a closed round when it is due; doing it again gives the same releases."""
    row = await rounds.locked(unit.conn, command.round_id)
    month = Month.of(row["month"])
    if row["published_at"] is not None:
        return await _released(unit, row["region_id"], month)
    if row["closed_at"] is None or unit.now < row["publish_at"]:
        raise Conflict(_NOT_DUE, code="not-due")
    await queries.mark_published(unit.conn, round_id=command.round_id, at=unit.now)
    await finish(unit, [str(command.round_id)], [PUBLISH])
    return await _release(unit, row["region_id"], row["municipalities"], month, 0, thresholds)


async def correct_figures(command: CorrectFigures, unit: Unit, *, thresholds: Thresholds) -> ReleaseListView:
    """Release a month again with what was reported late: at most once a calendar month."""
    if not unit.actor.is_system and unit.actor.party != f"region:{command.region_id}":
        raise Forbidden()
    month = month_of(command.month)
    row = await queries.round_of_month(unit.conn, region_id=command.region_id, month=month.first_day)
    if row is None or row["published_at"] is None:
        raise NotFound(_NOTHING_RELEASED, code="nothing-released")
    await rounds.locked(unit.conn, row["round_id"])
    latest = await queries.latest_release(unit.conn, area=f"region:{command.region_id}", month=month.first_day)
    if not may_correct(latest["published_at"], unit.now):
        raise Conflict(_CORRECTED_THIS_MONTH, code="corrected-this-month")
    return await _release(unit, command.region_id, row["municipalities"], month, latest["correction"] + 1, thresholds)


async def _release(
    unit: Unit, region_id: str, municipalities: Sequence[str], month: Month, correction: int, thresholds: Thresholds
) -> ReleaseListView:
    period = Period(PUBLISHED_PERIOD, month)
    counted = await figures.load(unit.conn, first=period.first, last=month, municipalities=municipalities)
    by_area = controlled(counted, region_id, municipalities, period, unit, thresholds)
    releases = [
        figures.Release(unit.new_id(), region_id, area, month, correction, unit.now, shown)
        for area, shown in by_area.items()
    ]
    await figures.put_releases(unit.conn, releases)
    await figures.put_spreads(unit.conn, region_id, month, correction, _spreads(counted, period))
    for made in releases:
        unit.emit(
            made.release_id,
            FiguresPublished(
                release_id=made.release_id, area=made.area, month=str(month), correction=correction,
                figures=tuple(made.figures), published_at=unit.now,
            ),
            _audience(made.area, municipalities),
        )  # fmt: skip
    return await _released(unit, region_id, month)


def controlled(
    counted: Slice,
    region_id: str,
    municipalities: Sequence[str],
    period: Period,
    unit: Unit,
    thresholds: Thresholds,
) -> dict[PartyId, list[PublishedFigure]]:
    """The figures of the region and its municipalities after disclosure control, by area."""
    indicators = catalogue().published
    whole = counted.inputs(indicators, period)
    parts = {
        municipality(code): counted.of(municipalities=[code]).inputs(indicators, period) for code in municipalities
    }
    region = f"region:{region_id}"
    shown: dict[PartyId, list[PublishedFigure]] = {region: [], **{area: [] for area in parts}}
    for indicator in indicators:
        areas = {area: given[indicator.number] for area, given in parts.items()}
        released = release(indicator, period, (region, whole[indicator.number]), areas, unit.now, thresholds)
        for area, figure in released.items():
            shown[area].append(figure)
    return shown


def _spreads(counted: Slice, period: Period) -> dict[int, Spread]:
    """How the providers do among each other, on what is meant for them and rests on enough cases."""
    totals = [counted.of(provider=agb).totals(period) for agb in counted.providers]
    found: dict[int, Spread] = {}
    for indicator in catalogue().computed:
        how = indicator.computation
        if how is None or how.denominator is None or Audience.PROVIDER not in indicator.audiences:
            continue
        bases = [basis(indicator, each) for each in totals]
        made = spread([each.value for each in bases if each.value is not None and each.cases >= how.minimum])
        if made is not None:
            found[indicator.number] = made
    return found


def _audience(area: PartyId, municipalities: Sequence[str]) -> list[PartyId]:
    """Who fetches the release as an event; that it is public is another matter."""
    codes = [party_code(area)] if party_kind(area) is PartyKind.MUNICIPALITY else list(municipalities)
    return [area, *map(municipality, codes), *map(council, codes)]


async def _released(unit: Unit, region_id: str, month: Month) -> ReleaseListView:
    return ReleaseListView(
        items=[
            release_view(row)
            async for row in queries.releases_of_month(unit.conn, region_id=region_id, month=month.first_day)
        ]
    )


def release_view(row: object) -> ReleaseView:
    """A release as the API shows it."""
    values = dict(row)  # type: ignore[call-overload]
    release_id: UUID = values.pop("release_id")
    return ReleaseView(release_id=release_id, **{**values, "month": str(Month.of(values["month"]))})


_NOT_DUE = Text(
    "Deze cijfers mogen nog niet naar buiten. De ronde moet gesloten zijn en het moment van publicatie bereikt.",
    "These figures may not be released yet. The round must be closed and its publication due.",
)
_NOTHING_RELEASED = Text(
    "Voor deze maand zijn nog geen cijfers gepubliceerd, dus er is niets te corrigeren.",
    "No figures were released for this month yet, so there is nothing to correct.",
)
_CORRECTED_THIS_MONTH = Text(
    "Deze cijfers zijn deze maand al gepubliceerd of gecorrigeerd. Corrigeren kan één keer per kalendermaand, zodat "
    "verschillen niemand verraden.",
    "These figures were released or corrected this month already. A correction is possible once a calendar month, so "
    "that differences give nobody away.",
)
