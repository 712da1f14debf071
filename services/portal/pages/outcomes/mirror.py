"""The mirror: a provider's own results among its anonymous peers of the region."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from services.monitoring.client import MirrorItemView, MirrorView
from services.portal.components import Column, Row, Table
from services.portal.directing.figures import month, written
from services.portal.directing.names import names
from services.portal.directing.people import Commissioning, Monitoring, Reporter
from services.portal.directing.speech import Speech, speech
from services.portal.pages.outcomes.tabs import tabs
from services.portal.views import render

router = APIRouter()

WIDTH: Final = 320.0
ROOM: Final = 12.0


@router.get("/outcomes/mirror")
async def mirror(
    request: Request, person: Reporter, commissioning: Commissioning, monitoring: Monitoring
) -> HTMLResponse:
    """Per region: where one stands among the others, without who the others are."""
    _ = speech(request)
    known, found, due = await asyncio.gather(
        names(request, commissioning), monitoring.mirrors(), monitoring.count_due_outcomes()
    )
    return render(
        request,
        "pages/outcomes/mirror.html",
        tabs=tabs(_, "/outcomes/mirror", due),
        mirrors=[(known.region(each.region_id), month(_, each.month), _table(_, each)) for each in found.items],
    )


def _table(_: Speech, found: MirrorView) -> Table:
    columns = [
        Column("name", _("Figure"), main=True),
        Column("own", _("You")),
        Column("middle", _("Half of the others")),
        Column("where", _("Where you stand"), "raw"),
    ]
    rows = [
        Row(
            {
                "name": _.of(item.name),
                "own": None if item.own_value is None else written(_, item.own_value, item.unit),
                "middle": _middle(_, item),
                "where": {"picture": _picture(item), "words": _where(_, item)},
            }
        )
        for item in found.items
    ]
    return Table(_("You among the others"), columns, rows, caption_hidden=True, id=f"mirror-{found.region_id}")


def _middle(_: Speech, item: MirrorItemView) -> str:
    if item.lower_quartile is None or item.upper_quartile is None:
        return _("too few others to show")
    return _(
        "%(low)s to %(high)s",
        low=_.fmt.number(round(item.lower_quartile, 1)),
        high=written(_, round(item.upper_quartile, 1), item.unit),
    )


def _where(_: Speech, item: MirrorItemView) -> str:
    """Better, about the same, or less good than the middle half; neutral where no direction is better."""
    own, low, high = item.own_value, item.lower_quartile, item.upper_quartile
    if own is None or low is None or high is None:
        return ""
    if low <= own <= high:
        return _("among the middle half")
    above = own > high
    if item.good not in ("up", "down"):
        return _("above the middle half") if above else _("below the middle half")
    return _("better than most") if above == (item.good == "up") else _("less good than most")


def _picture(item: MirrorItemView) -> Markup:
    """A line with the middle half of the others and the own place; its words stand beside it."""
    own, low, middle, high = item.own_value, item.lower_quartile, item.median, item.upper_quartile
    if own is None or low is None or high is None or middle is None:
        return Markup("")
    begin, end = min(own, low), max(own, high)
    spread = (end - begin) or 1.0

    def x(value: float) -> float:
        return round(ROOM + (value - begin) / spread * (WIDTH - 2 * ROOM), 1)

    return Markup(
        '<svg class="sp-mirror" viewBox="0 0 320 28" width="320" height="28" aria-hidden="true" focusable="false">'
        '<line x1="0" x2="320" y1="14" y2="14" stroke="var(--samenspel-chart-grid)" stroke-width="2"/>'
        '<rect x="{low}" y="6" width="{wide}" height="16" rx="3" fill="var(--samenspel-chart-band)"/>'
        '<line x1="{middle}" x2="{middle}" y1="4" y2="24" stroke="var(--samenspel-chart-second)" stroke-width="2.5"/>'
        '<circle cx="{own}" cy="14" r="7" fill="var(--samenspel-chart-main)"/></svg>'
    ).format(low=x(low), wide=max(2.0, round(x(high) - x(low), 1)), middle=x(middle), own=x(own))
