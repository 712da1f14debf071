"""What the council follows: the figures that monitoring released, and nothing live."""

from collections.abc import Sequence
from typing import Any, ClassVar

from contracts.events.monitoring import FiguresPublished
from contracts.topics import MONITORING, Topic
from services.council.store import queries
from services.kit.projections import Projection, Received
from services.kit.unit import Unit


class PublishedFigures(Projection):
    """Every published figure, the latest correction of each period."""

    group: ClassVar[str] = "council-figures"
    sources: ClassVar[tuple[Topic, ...]] = (MONITORING,)
    tables: ClassVar[tuple[str, ...]] = ("published_figure",)

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        """Releases have keys of their own, so they may come in any order: the latest wins, not the last."""
        latest: dict[tuple[Any, ...], tuple[tuple[Any, ...], dict[str, Any]]] = {}
        for event in events:
            if isinstance(event.data, FiguresPublished):
                for key, rank, row in _rows(event.data):
                    if key not in latest or latest[key][0] < rank:
                        latest[key] = (rank, row)
        if latest:
            rows = [latest[key][1] for key in sorted(latest)]
            await queries.put_figures(unit.conn, rows=rows)


def _rows(release: FiguresPublished) -> list[tuple[tuple[Any, ...], tuple[Any, ...], dict[str, Any]]]:
    found = []
    for figure in release.figures:
        key = (release.area, figure.indicator, figure.period_kind.value, figure.period_end)
        rank = (release.month, release.correction, release.release_id)
        row = {
            "area": release.area,
            "indicator": figure.indicator,
            "period_kind": figure.period_kind.value,
            "period_end": figure.period_end,
            "month": release.month,
            "correction": release.correction,
            "release_id": str(release.release_id),
            "published_at": release.published_at.isoformat(),
            "figure": figure.model_dump(mode="json"),
        }
        found.append((key, rank, row))
    return found


PROJECTIONS: tuple[type[Projection], ...] = (PublishedFigures,)
"""Every projection of this service."""
