"""Figures as CSV and as feeds: plain text that any program reads."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

from contracts.events.monitoring import PublishedFigure
from services.monitoring.catalogue import catalogue
from services.monitoring.explaining import amount, why_withheld
from services.monitoring.views import FigureView, ReleasedFigureView, ReleaseView

_LABEL = ("complete", "current", "substantiated", "relevant")
LIVE_COLUMNS = (
    "area", "provider", "period", "first_month", "last_month", "indicator", "code", "name_nl", "name_en",
    "definition_version", "value", "unit", "numerator", "denominator", "source_events", "last_event_at",
    "parties_reported", "parties_expected", "trust", *_LABEL,
)  # fmt: skip
PUBLISHED_COLUMNS = (
    "area", "month", "correction", "published_at", "period", "indicator", "code", "name_nl", "name_en",
    "definition_version", "value", "unit", "numerator", "denominator", "withheld", "wider_area", "wider_value",
    "source_events", "last_event_at", "parties_reported", "parties_expected", "trust", *_LABEL,
)  # fmt: skip
TRUST = {
    "trusted": "betrouwbaar",
    "caution": "let op",
    "not_yet": "nog niet bruikbaar",
}
ATOM = "http://www.w3.org/2005/Atom"


def live_csv(figures: Iterable[FigureView]) -> str:
    """Live figures, a row each; empty where there is nothing."""
    return _csv(
        LIVE_COLUMNS,
        (
            {
                **{name: getattr(figure, name) for name in LIVE_COLUMNS if name in FigureView.model_fields},
                "period": figure.period.kind,
                "first_month": figure.period.first,
                "last_month": figure.period.last,
                "name_nl": figure.name.nl,
                "name_en": figure.name.en,
                "trust": figure.label.trust,
                **{part: getattr(figure.label, part).kept for part in _LABEL},
            }
            for figure in figures
        ),
    )


def published_csv(figures: Iterable[ReleasedFigureView]) -> str:
    """Published figures, a row each; a withheld one has no counts and says why."""
    return _csv(
        PUBLISHED_COLUMNS,
        (
            {
                **{
                    name: getattr(row.figure, name)
                    for name in PUBLISHED_COLUMNS
                    if name in PublishedFigure.model_fields
                },
                "area": row.area,
                "month": row.month,
                "correction": row.correction,
                "published_at": row.published_at,
                "period": row.figure.period_kind,
                "code": row.code,
                "name_nl": row.name.nl,
                "name_en": row.name.en,
                "trust": row.figure.label.trust,
                **{part: getattr(row.figure.label, part).kept for part in _LABEL},
            }
            for row in figures
        ),
    )


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(row[name]) for name in columns})
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _title(release: ReleaseView) -> str:
    again = f", correctie {release.correction}" if release.correction else ""
    return f"Cijfers {release.area} {release.month}{again}"


def _lines(figures: Iterable[Mapping[str, Any]]) -> str:
    """A release in a few sentences, Dutch."""
    lines = []
    for given in figures:
        figure = PublishedFigure.model_validate(given)
        indicator = catalogue().get(figure.indicator)
        name = indicator.name.nl if indicator else f"Indicator {figure.indicator}"
        withheld = why_withheld(figure)
        if withheld is not None or figure.value is None:
            lines.append(f"{name}: {withheld.nl if withheld else 'geen gegevens.'}")
        else:
            lines.append(f"{name}: {amount(figure.value, figure.unit, 'nl')} ({TRUST[figure.label.trust]}).")
    return "\n".join(lines)


def json_feed(
    address: str, base: str, releases: Sequence[ReleaseView], figures: Mapping[UUID, Sequence[Mapping[str, Any]]]
) -> dict[str, Any]:
    """JSON Feed 1.1 of releases, newest first. ``address`` is the feed's own, ``base`` that of the API."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Samenspel: gepubliceerde cijfers",
        "feed_url": address,
        "language": "nl",
        "items": [
            {
                "id": f"urn:uuid:{release.release_id}",
                "url": f"{base}/releases/{release.release_id}",
                "title": _title(release),
                "content_text": _lines(figures.get(release.release_id, ())),
                "date_published": release.published_at.isoformat(),
                "tags": [release.area, release.month],
            }
            for release in releases
        ],
    }


def atom_feed(
    address: str, base: str, releases: Sequence[ReleaseView], figures: Mapping[UUID, Sequence[Mapping[str, Any]]]
) -> bytes:
    """Atom (RFC 4287) of the same."""
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")

    def add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
        child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
        child.text = text
        return child

    add(feed, "id", address)
    add(feed, "title", "Samenspel: gepubliceerde cijfers")
    add(feed, "updated", releases[0].published_at.isoformat() if releases else "1970-01-01T00:00:00+00:00")
    add(feed, "link", rel="self", href=address)
    add(add(feed, "author"), "name", "Samenspel")
    for release in releases:
        entry = add(feed, "entry")
        add(entry, "id", f"urn:uuid:{release.release_id}")
        add(entry, "title", _title(release))
        add(entry, "updated", release.published_at.isoformat())
        add(entry, "link", href=f"{base}/releases/{release.release_id}")
        add(entry, "category", term=release.area)
        add(entry, "content", _lines(figures.get(release.release_id, ())), type="text")
    document: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document
