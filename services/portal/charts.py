"""Charts as inline SVG, drawn on the server, with words and a table for who cannot or would rather not look.

``chart = await charts(request).trend(...)`` and ``{{ chart_figure(chart) }}`` in the template. Each chart is drawn in
two widths, since text that shrinks with a picture cannot be read on a phone; the stylesheet shows one of them.

Content security policy: ``style-src 'self'`` forbids ``style`` attributes, also in SVG, but not presentation
attributes (``fill``, ``stroke``). The output of Vega has only those; a test holds it to that. Colours in a page are
``var(--samenspel-chart-…)``, so one cached drawing serves every theme.
"""

import asyncio
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

import vl_convert
from fastapi import Request
from markupsafe import Markup, escape

from services.portal import chart_specs, drawings
from services.portal.chart_specs import INK, Band, Point, Spec, Unit
from services.portal.components import Table
from services.portal.formats import Formats
from services.portal.themes import Theme

_KEPT = 512
_LOCALES: Final[Mapping[str, dict[str, Any]]] = {
    "nl": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["€\u00a0", ""], "percent": "\u00a0%"},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""]},
}
_MILLION: Final[Mapping[str, str]] = {"nl": "\u00a0mln", "en": "M"}
_NOISE = re.compile(
    r' (?:aria-[a-z]+|role|class|pointer-events|font-family|xmlns:xlink|version)="[^"]*"'
    r'|<rect width="[\d.]+" height="[\d.]+" fill="(?:white|transparent)"/>'
    r'| (?:opacity|stroke-width|fill-opacity|stroke-opacity)="1"| stroke-miterlimit="10"| transform="translate\(0,0\)"'
)
_EMPTY = re.compile(r'<path(?: aria-hidden="true")? d="M0,0h0v0h0Z"/>|<g></g>')
_TAG = re.compile(r"<[^>]*>")
_FINE = re.compile(r"(\d\.\d)\d+")
_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"[^>]*>')


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart: title, description in words, both widths, the table behind it and links to files."""

    id: str
    title: str
    description: str
    wide: Markup
    narrow: Markup
    table: Table | None = None
    downloads: Mapping[str, str] = field(default_factory=dict)
    document: str = field(default="", repr=False)

    def with_table(self, table: Table, downloads: Mapping[str, str] | None = None) -> "Chart":
        """The chart with the table behind it and the addresses of its files (``{"CSV": …, "XLSX": …, "PNG": …}``)."""
        return replace(self, table=table, downloads=dict(downloads or {}))


@lru_cache(maxsize=128)
def without_noise(svg: str) -> str:
    """The drawing without what a page does not need: roles of its parts, classes, fonts (the page has its own)."""
    # A tenth of a pixel is finer than anybody sees. Only in the drawing: "€ 275.913" is a text.
    cleaned = _TAG.sub(lambda tag: _FINE.sub(r"\1", tag.group()), _NOISE.sub("", svg))
    previous = ""
    while previous != cleaned:
        previous, cleaned = cleaned, _EMPTY.sub("", cleaned)
    return cleaned


def for_page(svg: str, identifier: str, title: str, description: str, width: str) -> Markup:
    """A document of ours or of Vega as inline SVG: theme colours, unique ids, a name and a description."""
    svg = without_noise(svg)
    for name, colour in INK.items():
        svg = svg.replace(f'"{colour}"', f'"var(--samenspel-chart-{name})"')
    svg = svg.replace('id="clip', f'id="{identifier}-clip').replace("url(#clip", f"url(#{identifier}-clip")
    size = _SIZE.search(svg)
    if size is None:
        raise ValueError("not an SVG document")
    wide, tall = size.groups()
    head = (
        f'<svg class="sp-chart__picture sp-chart__picture--{width}" role="img" '
        f'aria-labelledby="{identifier}-t {identifier}-d" width="{wide}" height="{tall}" viewBox="0 0 {wide} {tall}">'
        f'<title id="{identifier}-t">{escape(title)}</title><desc id="{identifier}-d">{escape(description)}</desc>'
    )
    # Text in a specification is escaped by Vega; title and description are escaped here.
    return Markup(head + svg[size.end() :])  # noqa: S704


class Charts:
    """Draws charts and remembers them by their content; the same data are drawn once."""

    def __init__(self, default_theme: Theme) -> None:
        self._drawn: OrderedDict[str, str] = OrderedDict()
        self._file_colours = {colour: default_theme.colour(f"chart-{name}") for name, colour in INK.items()}

    async def warm_up(self) -> None:
        """Draw something small: the first drawing of a process takes most of a second."""
        await self._vega(chart_specs.trend([Point("a", 1.0), Point("b", 2.0)], None, "number", "2", True), "nl")

    async def _once(self, key: str, draw: Callable[[], str]) -> str:
        if key in self._drawn:
            self._drawn.move_to_end(key)
            return self._drawn[key]
        drawn = await asyncio.to_thread(draw)
        self._drawn[key] = drawn
        while len(self._drawn) > _KEPT:
            self._drawn.popitem(last=False)
        return drawn

    async def _vega(self, spec: Spec, language: str) -> str:
        text = json.dumps(spec, sort_keys=True).replace(chart_specs.MILLION, _MILLION[language])
        key = hashlib.sha256(f"{language}{text}".encode()).hexdigest()

        def draw() -> str:
            return str(vl_convert.vegalite_to_svg(text, format_locale=_LOCALES[language]))

        return await self._once(key, draw)

    async def _chart(self, title: str, description: str, language: str, make: Callable[[bool], Spec]) -> Chart:
        wide, narrow = await self._vega(make(True), language), await self._vega(make(False), language)
        return self._finish(title, description, wide, narrow)

    @staticmethod
    def _finish(title: str, description: str, wide: str, narrow: str) -> Chart:
        identifier = "c" + hashlib.sha256(f"{title}{wide}".encode()).hexdigest()[:8]
        return Chart(
            id=identifier,
            title=title,
            description=description,
            wide=for_page(wide, f"{identifier}w", title, description, "wide"),
            narrow=for_page(narrow, f"{identifier}n", title, description, "narrow"),
            document=wide,
        )

    async def trend(
        self,
        fmt: Formats,
        *,
        title: str,
        description: str,
        points: Sequence[Point],
        unit: Unit,
        band: Band | None = None,
    ) -> Chart:
        """A line through periods against the band of the scenario. ``percent`` values are fractions."""
        known = [point.value for point in points if point.value is not None]
        last = write(fmt, known[-1], unit) if known else ""
        return await self._chart(
            title, description, fmt.words.language, lambda wide: chart_specs.trend(points, band, unit, last, wide)
        )

    async def small_multiples(
        self,
        fmt: Formats,
        *,
        title: str,
        description: str,
        series: Mapping[str, Sequence[Point]],
        unit: Unit,
        band: Band | None = None,
        own: str | None = None,
    ) -> Chart:
        """A small trend for each municipality on the same scale; ``own`` is the one that stands out."""
        return await self._chart(
            title,
            description,
            fmt.words.language,
            lambda wide: chart_specs.small_multiples(series, band, unit, own, wide),
        )

    async def run_rate(
        self,
        fmt: Formats,
        *,
        title: str,
        description: str,
        spent: Sequence[tuple[str, int]],
        forecast: Sequence[tuple[str, int]],
        ceiling: int,
    ) -> Chart:
        """Money spent month by month, added up, and its forecast, against the ceiling. Amounts in cents."""
        words = {
            "ceiling": fmt.words.gettext("Ceiling %(amount)s") % {"amount": fmt.euros_short(ceiling)},
            "forecast": fmt.euros_short(forecast[-1][1]) if forecast else "",
        }
        so_far = [Point(label, cents / 100) for label, cents in spent]
        ahead = [Point(label, cents / 100) for label, cents in forecast]
        return await self._chart(
            title,
            description,
            fmt.words.language,
            lambda wide: chart_specs.run_rate(so_far, ahead, ceiling / 100, words, wide),
        )

    async def amounts(
        self, fmt: Formats, *, title: str, description: str, series: Mapping[str, Sequence[Point]]
    ) -> Chart:
        """Money per month as bars, for each municipality on the same scale. Values in euros."""
        return await self._chart(title, description, fmt.words.language, lambda wide: chart_specs.amounts(series, wide))

    async def flow(self, *, title: str, description: str, stages: Sequence[drawings.Stage]) -> Chart:
        """Referrals from stage to stage: asked, allocated, started, stopped, and who left where."""
        return self._finish(title, description, drawings.flow(stages, True), drawings.flow(stages, False))

    async def png(self, chart: Chart) -> bytes:
        """The wide drawing as a picture file, in the colours of Samenspel on white, twice as large as on screen."""
        svg = chart.document
        for stand_in, colour in self._file_colours.items():
            svg = svg.replace(stand_in, colour)
        size = _SIZE.search(svg)
        if size is None:
            raise ValueError("not an SVG document")
        ground = f'<rect width="{size[1]}" height="{size[2]}" fill="white"/>'
        whole = svg[: size.end()] + ground + svg[size.end() :]
        return await asyncio.to_thread(lambda: bytes(vl_convert.svg_to_png(whole, scale=2)))


def write(fmt: Formats, value: float, unit: Unit) -> str:
    """A value with its unit in the reader's language."""
    if unit == "percent":
        return fmt.percent(value)
    if unit == "euros":
        return fmt.euros_short(round(value * 100))
    number = fmt.number(round(value, 1))
    if unit == "days":
        return fmt.words.ngettext("%(num)s day", "%(num)s days", round(value)) % {"num": number}
    return number


def charts(request: Request) -> Charts:
    """The charts of this portal."""
    found: Charts = request.app.state.charts
    return found
