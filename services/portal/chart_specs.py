"""The pictures as Vega-Lite specifications: what is drawn, in two widths, in colours that the theme fills in.

Colours are stand-ins (``INK``): :mod:`services.portal.charts` swaps them for the tokens of the theme in a page and for
fixed colours in a file. Labels arrive as text in the reader's language; values are plain numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Unit = Literal["percent", "number", "days", "euros"]
Spec = dict[str, Any]

INK: Final[Mapping[str, str]] = {
    "main": "#010a01",
    "second": "#010a02",
    "band": "#010a03",
    "muted": "#010a04",
    "warning": "#010a05",
    "grid": "#010a06",
    "label": "#010a07",
}
"""Stand-in colours by name; ``--samenspel-chart-<name>`` is what they become."""

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"
WIDE, NARROW = 640, 330
MILLION: Final = "#million"
"""Stand-in for how the reader's language writes a million in short."""

_AXIS_FORMAT: Final[Mapping[Unit, str]] = {"percent": ".0%", "number": ",.2~f", "days": ",.2~f", "euros": "$,.3~s"}

CONFIG: Final[Spec] = {
    "background": None,
    "font": "Liberation Sans",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK["label"],
        "labelFontSize": 13,
        "titleColor": INK["label"],
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "grid": False,
        "domainColor": INK["muted"],
        "tickColor": INK["muted"],
        "labelPadding": 6,
    },
    "axisY": {"grid": True, "gridColor": INK["grid"], "domain": False, "ticks": False, "tickCount": 4},
    "axisX": {"labelAngle": 0, "labelOverlap": "parity", "labelSeparation": 6},
    "header": {"labelColor": INK["label"], "labelFontSize": 13, "labelFontWeight": "bold", "labelAnchor": "start"},
    "text": {"color": INK["label"], "fontSize": 13},
}


@dataclass(frozen=True, slots=True)
class Point:
    """One period: its label and its value; ``None`` where nothing is known or shown."""

    label: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """The band of a scenario: from, to, and how it is called in the picture."""

    low: float
    high: float
    label: str


def _y_axis(unit: Unit) -> Spec:
    axis: Spec = {"title": None, "format": _AXIS_FORMAT[unit]}
    if unit == "euros":
        axis["labelExpr"] = (
            f"datum.value >= 1e6 ? replace(datum.label, 'M', '{MILLION}') : format(datum.value, '$,.0f')"
        )
    return axis


def _inner_width(wide: bool) -> int:
    return (WIDE if wide else NARROW) - 60


def _x(labels: Sequence[str]) -> Spec:
    return {
        "field": "label",
        "type": "ordinal",
        "sort": list(labels),
        "axis": {"title": None},
        "scale": {"padding": 0.25},
    }


def _domain(values: Sequence[float], band: Band | None, unit: Unit) -> list[float]:
    low = min([*values, *([band.low] if band else [])], default=0.0)
    high = max([*values, *([band.high] if band else [])], default=1.0)
    room = (high - low) * 0.18 or abs(high) * 0.1 or 1.0
    bottom = max(0.0, low - room) if low >= 0 else low - room
    top = high + room
    return [bottom, min(1.0, top) if unit == "percent" and high <= 1 else top]


def trend(points: Sequence[Point], band: Band | None, unit: Unit, last_label: str, wide: bool) -> Spec:
    """A line through the periods against the band of the scenario; the last value is written beside its point."""
    labels = [point.label for point in points]
    known = [point for point in points if point.value is not None]
    domain = _domain([point.value for point in known if point.value is not None], band, unit)
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False, "zero": False},
        "axis": _y_axis(unit),
    }
    layers: list[Spec] = []
    if band is not None:
        edges = {"values": [{"low": band.low, "high": band.high, "text": band.label}]}
        limits: Spec = {"y": {**y, "field": "low"}, "y2": {"field": "high"}}
        # Its words stand where the line does not begin.
        begins_high = bool(known) and (known[0].value or 0) > (band.low + band.high) / 2
        layers += [
            {"data": edges, "mark": {"type": "rect", "color": INK["band"]}, "encoding": limits},
            {
                "data": edges,
                "mark": {
                    "type": "text",
                    "align": "left",
                    "baseline": "bottom" if begins_high else "top",
                    "dy": -6 if begins_high else 6,
                    "dx": 6,
                    "fontSize": 12,
                },
                "encoding": {
                    "x": {"value": 0},
                    "y": {**y, "field": "low" if begins_high else "high"},
                    "text": {"field": "text", "type": "nominal"},
                },
            },
        ]
    layers.append(
        {
            "mark": {
                "type": "line",
                "color": INK["main"],
                "strokeWidth": 2.5,
                "interpolate": "monotone",
                "point": {"filled": True, "size": 34, "color": INK["main"]},
            },
            "encoding": {"x": _x(labels), "y": y},
        }
    )
    if known:
        end = {"values": [{"label": known[-1].label, "value": known[-1].value, "text": last_label}]}
        # On the side that the line does not come from.
        falls = len(known) > 1 and (known[-2].value or 0) > (known[-1].value or 0)
        layers += [
            {
                "data": end,
                "mark": {"type": "point", "filled": True, "size": 110, "color": INK["main"], "opacity": 1},
                "encoding": {"x": _x(labels), "y": y},
            },
            {
                "data": end,
                "mark": {
                    "type": "text", "align": "right", "dx": 4, "dy": 22 if falls else -16,
                    "fontSize": 15, "fontWeight": "bold", "color": INK["main"],
                },
                "encoding": {"x": _x(labels), "y": y, "text": {"field": "text", "type": "nominal"}},
            },
        ]  # fmt: skip
    return {
        "$schema": SCHEMA,
        "width": _inner_width(wide),
        "height": 240 if wide else 200,
        "data": {"values": [{"label": point.label, "value": point.value} for point in points]},
        "layer": layers,
        "config": CONFIG,
    }


def small_multiples(
    series: Mapping[str, Sequence[Point]], band: Band | None, unit: Unit, own: str | None, wide: bool
) -> Spec:
    """One small trend per municipality on the same scale; our own stands out."""
    columns = 3 if wide else 2
    labels = list(dict.fromkeys(point.label for points in series.values() for point in points))
    ends = [labels[0], labels[-1]] if labels else []
    every = [point.value for points in series.values() for point in points if point.value is not None]
    domain = _domain(every, band, unit)
    rows = [
        {
            "name": name,
            "label": point.label,
            "value": point.value,
            "own": name == own,
            "low": band.low if band else None,
            "high": band.high if band else None,
        }
        for name, points in series.items()
        for point in points
    ]
    x = _x(labels)
    x["axis"] = {"title": None, "values": ends, "labelOverlap": False, "labelFontSize": 11}
    # The outer labels stay inside their own picture.
    x["axis"]["labelAlign"] = {"condition": {"test": "datum.index == 0", "value": "left"}, "value": "right"}
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False, "zero": False},
        "axis": {**_y_axis(unit), "tickCount": 2, "labelFontSize": 11},
    }
    layers: list[Spec] = []
    if band is not None:
        layers.append(
            {
                "mark": {"type": "area", "color": INK["band"]},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            }
        )
    layers.append(
        {
            "mark": {"type": "line", "strokeWidth": 2.5, "interpolate": "monotone"},
            "encoding": {
                "x": x,
                "y": y,
                "color": {
                    "condition": {"test": "datum.own", "value": INK["main"]},
                    "value": INK["label"],
                },
            },
        }
    )
    width = (_inner_width(wide) - (columns - 1) * 52) // columns
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "facet": {"field": "name", "type": "nominal", "sort": list(series), "header": {"title": None}},
        "columns": columns,
        "spacing": {"row": 22, "column": 14},
        "spec": {"width": width, "height": 84, "layer": layers},
        "config": CONFIG,
    }


def amounts(series: Mapping[str, Sequence[Point]], wide: bool) -> Spec:
    """Money per month as bars, a small picture per municipality on the same scale. Values in euros."""
    columns = min(len(series), 3 if wide else 2) or 1
    labels = list(dict.fromkeys(point.label for points in series.values() for point in points))
    every = [point.value or 0.0 for points in series.values() for point in points]
    x = _x(labels)
    x["axis"] = {"title": None, "values": [labels[0], labels[-1]] if labels else [], "labelOverlap": False}
    x["axis"]["labelFontSize"] = 11
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [min(0.0, *every, 0.0), max(*every, 1.0, 1.0) * 1.1], "nice": False},
        "axis": {**_y_axis("euros"), "tickCount": 2, "labelFontSize": 11},
    }
    rows = [
        {"name": name, "label": point.label, "value": point.value}
        for name, points in series.items()
        for point in points
    ]
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "facet": {"field": "name", "type": "nominal", "sort": list(series), "header": {"title": None}},
        "columns": columns,
        "spacing": {"row": 22, "column": 14},
        "spec": {
            "width": (_inner_width(wide) - (columns - 1) * 52) // columns,
            "height": 84,
            "mark": {"type": "bar", "color": INK["main"]},
            "encoding": {"x": x, "y": y},
        },
        "config": CONFIG,
    }


def run_rate(
    spent: Sequence[Point], forecast: Sequence[Point], ceiling: float, words: Mapping[str, str], wide: bool
) -> Spec:
    """Money spent so far, month by month and added up, and where it goes, against the ceiling. Values in euros.

    ``words``: the texts ``ceiling`` and ``forecast`` for in the picture.
    """
    labels = [point.label for point in spent]
    labels += [point.label for point in forecast if point.label not in labels]
    highest = max([ceiling, *(point.value or 0 for point in [*spent, *forecast])]) * 1.14
    over = bool(forecast) and (forecast[-1].value or 0) > ceiling
    ahead = INK["warning"] if over else INK["main"]
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, highest], "nice": False},
        "axis": _y_axis("euros"),
    }
    x = _x(labels)

    def values(points: Sequence[Point]) -> Spec:
        return {"values": [{"label": point.label, "value": point.value} for point in points]}

    limit = {"values": [{"value": ceiling, "text": words["ceiling"]}]}
    layers: list[Spec] = [
        {
            "data": values(spent),
            "mark": {"type": "area", "color": INK["band"], "opacity": 1},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": values(spent),
            "mark": {"type": "line", "color": INK["main"], "strokeWidth": 2.5},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": values([*spent[-1:], *forecast]),
            "mark": {"type": "line", "color": ahead, "strokeWidth": 2.5, "strokeDash": [6, 4]},
            "encoding": {"x": x, "y": y},
        },
        {"data": limit, "mark": {"type": "rule", "color": INK["label"], "strokeWidth": 1.5}, "encoding": {"y": y}},
        {
            "data": limit,
            "mark": {"type": "text", "align": "left", "baseline": "bottom", "dy": -5, "fontSize": 12},
            "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "text", "type": "nominal"}},
        },
    ]
    if forecast:
        end = {"values": [{"label": forecast[-1].label, "value": forecast[-1].value, "text": words["forecast"]}]}
        # A line of money rises, so there is room above its end; unless the line of the ceiling runs there.
        close = not over and (forecast[-1].value or 0) > 0.84 * ceiling
        below = 34 if wide else 56
        layers.append(
            {
                "data": end,
                "mark": {
                    "type": "text", "align": "right", "dx": 4, "dy": below if close else -12,
                    "fontSize": 14, "fontWeight": "bold", "color": ahead,
                },
                "encoding": {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}},
            }
        )  # fmt: skip
    return {
        "$schema": SCHEMA,
        "width": _inner_width(wide),
        "height": 250 if wide else 210,
        "layer": layers,
        "config": CONFIG,
    }
