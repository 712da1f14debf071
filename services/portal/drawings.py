"""Pictures that Vega-Lite does not make: the sparkline beside a figure and the flow of referrals.

Plain SVG with presentation attributes only, so that the content security policy needs no exception. Colours are the
tokens of the theme.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from services.portal.chart_specs import INK


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a flow: how many came this far, and what became of those who did not go on (label, count)."""

    label: str
    count: int
    count_text: str
    leaving: tuple[str, int, str] | None = None


def sparkline(
    values: Sequence[float | None],
    label: str,
    band: tuple[float, float] | None = None,
    width: int = 168,
    height: int = 44,
) -> Markup:
    """A small line without axes, with its band behind it; ``label`` says in words what it shows."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Markup("")
    low, high = min([*known, *(band or ())]), max([*known, *(band or ())])
    spread = (high - low) or 1.0
    room = 5

    def y(value: float) -> float:
        return float(round(height - room - (value - low) / spread * (height - 2 * room), 1))

    step = (width - 2 * room) / (len(values) - 1)
    points = [(round(room + index * step, 1), y(value)) for index, value in enumerate(values) if value is not None]
    behind = ""
    if band is not None:
        top = y(band[1])
        behind = (
            f'<rect x="0" y="{top}" width="{width}" height="{round(y(band[0]) - top, 1)}" '
            'fill="var(--samenspel-chart-band)" rx="2"/>'
        )
    path = " ".join(f"{x},{y_}" for x, y_ in points)
    end_x, end_y = points[-1]
    return Markup(
        '<svg class="sp-sparkline" role="img" aria-label="{label}" viewBox="0 0 {width} {height}" '
        'width="{width}" height="{height}">{behind}<polyline points="{path}" fill="none" '
        'stroke="var(--samenspel-chart-main)" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/>'
        '<circle cx="{x}" cy="{y}" r="4" fill="var(--samenspel-chart-main)"/></svg>'
    ).format(label=label, width=width, height=height, behind=Markup(behind), path=path, x=end_x, y=end_y)  # noqa: S704


def flow(stages: Sequence[Stage], wide: bool) -> str:
    """Referrals from stage to stage; at each stage some leave downwards. A complete SVG document with stand-in colours.

    Wide runs from left to right, narrow from top to bottom as bars.
    """
    return _flow_across(stages) if wide else _flow_down(stages)


def _flow_across(stages: Sequence[Stage]) -> str:
    width, height, top, bar, deep = 640, 276, 58, 12, 150
    most = max((stage.count for stage in stages), default=1) or 1
    scale = deep / most
    gap = (width - bar - 110) / max(1, len(stages) - 1)
    parts: list[str] = []
    for index, stage in enumerate(stages):
        x = index * gap
        tall = max(2.0, stage.count * scale)
        if index + 1 < len(stages):
            following = max(2.0, stages[index + 1].count * scale)
            start, end = x + bar, (index + 1) * gap
            middle = (start + end) / 2
            parts.append(
                f'<path d="M{start:.1f},{top} L{end:.1f},{top} L{end:.1f},{top + following:.1f} '
                f"C{middle:.1f},{top + following:.1f} {middle:.1f},{top + following:.1f} {start:.1f},"
                f'{top + following:.1f} Z" fill="{INK["band"]}"/>'
            )
        if stage.leaving and stage.leaving[1] > 0:
            label, count, text = stage.leaving
            lost = max(2.0, count * scale)
            start_y = top + tall - lost
            out_x, out_y = x + bar + 46, top + deep + 44
            parts.append(
                f'<path d="M{x + bar:.1f},{start_y:.1f} C{out_x + lost:.1f},{start_y:.1f} {out_x + lost:.1f},'
                f"{start_y + 20:.1f} {out_x + lost:.1f},{out_y:.1f} L{out_x:.1f},{out_y:.1f} "
                f"C{out_x:.1f},{start_y + lost + 12:.1f} {out_x:.1f},{start_y + lost:.1f} {x + bar:.1f},"
                f'{start_y + lost:.1f} Z" fill="{INK["muted"]}" fill-opacity="0.55"/>'
                f'<text x="{x + bar:.1f}" y="{out_y + 18:.1f}" font-size="13" fill="{INK["label"]}">'
                f'<tspan font-weight="bold">{escape(text)}</tspan> {escape(label)}</text>'
            )
        parts.append(
            f'<rect x="{x:.1f}" y="{top}" width="{bar}" height="{tall:.1f}" fill="{INK["main"]}"/>'
            f'<text x="{x:.1f}" y="18" font-size="14" fill="{INK["label"]}">{escape(stage.label)}</text>'
            f'<text x="{x:.1f}" y="44" font-size="22" font-weight="bold" fill="{INK["main"]}">'
            f"{escape(stage.count_text)}</text>"
        )
    return _document(width, height, "".join(parts))


def _flow_down(stages: Sequence[Stage]) -> str:
    width, row = 330, 76
    most = max((stage.count for stage in stages), default=1) or 1
    parts: list[str] = []
    for index, stage in enumerate(stages):
        y = index * row
        long = max(2.0, stage.count / most * width)
        lost = max(0.0, (stage.leaving[1] if stage.leaving else 0) / most * width)
        parts.append(
            f'<text x="0" y="{y + 17}" font-size="14" fill="{INK["label"]}">{escape(stage.label)} '
            f'<tspan font-weight="bold" fill="{INK["main"]}">{escape(stage.count_text)}</tspan></text>'
            f'<rect x="0" y="{y + 25}" width="{long:.1f}" height="16" fill="{INK["main"]}"/>'
        )
        if stage.leaving and lost:
            parts.append(
                f'<rect x="{long - lost:.1f}" y="{y + 25}" width="{lost:.1f}" height="16" fill="{INK["second"]}"/>'
                f'<text x="{width}" y="{y + 58}" text-anchor="end" font-size="13" fill="{INK["label"]}">'
                f'<tspan font-weight="bold">{escape(stage.leaving[2])}</tspan> {escape(stage.leaving[0])}</text>'
            )
    return _document(width, row * len(stages), "".join(parts))


def _document(width: int, height: int, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="Liberation Sans">{body}</svg>'
    )


@dataclass(frozen=True, slots=True)
class Station:
    """A place on the loop: who it is, what they do, and (once known) how many events went on from there."""

    label: str
    does: str
    count_text: str | None = None


_CENTRE_X, _CENTRE_Y, _RING, _DISC, _INSIDE = 270.0, 236.0, 174.0, 56.0, 119.0


def _at(angle: float, radius: float = _RING) -> tuple[float, float]:
    return round(_CENTRE_X + radius * math.cos(angle), 1), round(_CENTRE_Y + radius * math.sin(angle), 1)


def loop(stations: Sequence[Station], title: str, description: str) -> Markup:
    """The loop of directing as a ring of stations with arrows between them, clockwise from the top.

    The count of a station stands inside the ring, beside the arrow that leaves it.
    """
    turn = 2 * math.pi / len(stations)
    clear = 2 * math.asin((_DISC + 10) / (2 * _RING))
    parts: list[str] = []
    for index, station in enumerate(stations):
        angle = -math.pi / 2 + index * turn
        (from_x, from_y), (to_x, to_y) = _at(angle + clear), _at(angle + turn - clear - 0.03)
        parts.append(
            f'<path d="M{from_x},{from_y} A{_RING},{_RING} 0 0 1 {to_x},{to_y}" fill="none" '
            'stroke="var(--samenspel-accent-300)" stroke-width="5" stroke-linecap="round" '
            'marker-end="url(#loop-head)"/>'
        )
        x, y = _at(angle)
        first = index == 0
        size = 18 if len(station.label) <= 10 else 16
        parts.append(
            f'<circle cx="{x}" cy="{y}" r="{_DISC}" fill="var(--samenspel-accent-{"500" if first else "50"})" '
            f'stroke="var(--samenspel-accent-500)" stroke-width="2.5"/>'
            f'<text x="{x}" y="{y + 6}" text-anchor="middle" font-size="{size}" '
            f'font-weight="700" fill="var(--samenspel-{"white" if first else "accent-700"})">'
            f"{escape(station.label)}</text>"
        )
        if station.count_text:
            beside_x, beside_y = _at(angle + turn / 2, _INSIDE)
            parts.append(
                f'<text x="{beside_x}" y="{beside_y + 6}" text-anchor="middle" font-size="17" font-weight="700" '
                f'fill="var(--samenspel-accent-500)">{escape(station.count_text)}</text>'
            )
    centre = (
        '<g fill="none" stroke-width="5"><circle cx="254" cy="227" r="30" stroke="var(--samenspel-accent-500)"/>'
        '<circle cx="286" cy="227" r="30" stroke="var(--samenspel-spark)"/>'
        '<circle cx="270" cy="252" r="30" stroke="var(--samenspel-accent-300)"/></g>'
    )
    head = (
        '<svg class="sp-loop" role="img" aria-labelledby="loop-title loop-text" '
        'viewBox="20 0 500 452" width="500" height="452">'
        f'<title id="loop-title">{escape(title)}</title><desc id="loop-text">{escape(description)}</desc>'
        '<defs><marker id="loop-head" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="3.4" markerHeight="3.4" '
        'orient="auto"><path d="M1,1 L9,5 L1,9 Z" fill="var(--samenspel-accent-300)"/></marker></defs>'
    )
    return Markup(head + centre + "".join(parts) + "</svg>")  # noqa: S704
