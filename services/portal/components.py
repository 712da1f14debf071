"""What the macros in ``templates/parts`` are given: small, typed descriptions of what stands on a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

BadgeTone = Literal["neutral", "good", "attention", "bad", "quiet"]
CellKind = Literal[
    "text", "number", "euros", "euros_whole", "euros_short", "percent", "day", "moment", "deadline", "raw"
]
QualityVerdict = Literal["reliable", "attention", "not_yet_usable"]


@dataclass(frozen=True, slots=True)
class Action:
    """A button or link: ``post`` makes it a form of its own (with ``fields``), otherwise it is a link."""

    label: str
    url: str
    post: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    primary: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for this person. ``because``: the rule or agreement; ``warning`` puts it first and apart."""

    sentence: str
    action: Action
    due: date | datetime | None = None
    because: str | None = None
    because_url: str | None = None
    warning: bool = False
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``key`` finds the value in a row; a ``sort`` name makes the head a link that sorts."""

    key: str
    label: str
    kind: CellKind = "text"
    sort: str | None = None
    main: bool = False
    """The column that names the row: a row header, and the title of the card on a phone."""

    @property
    def numeric(self) -> bool:
        """Whether the values line up at the right."""
        return self.kind in ("number", "euros", "euros_whole", "euros_short", "percent")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: values by key of the column (plain, or ``Markup``), and where the main column leads to."""

    cells: Mapping[str, Any]
    url: str | None = None
    id: str | None = None
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption that says what it is; ``exports``: links to the same rows by format."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    exports: Mapping[str, str] = field(default_factory=dict)
    caption_hidden: bool = False
    id: str = "table"


@dataclass(frozen=True, slots=True)
class QualityPart:
    """One of the four questions about a figure: whether it passes, and the explanation in words."""

    passes: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality label of a figure: complete, current, substantiated and relevant, and the verdict over them."""

    verdict: QualityVerdict
    complete: QualityPart
    current: QualityPart
    substantiated: QualityPart
    relevant: QualityPart


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure on a card: what it measures, its value and direction in words, and how far to trust it.

    ``value`` is ``None`` when the figure is withheld; ``withheld`` then says why and ``instead`` what can be shown.
    ``sparkline`` is made with :func:`services.portal.charts.sparkline`.
    """

    title: str
    value: str | None
    quality: Quality | None = None
    direction: str | None = None
    goal: str | None = None
    period: str | None = None
    sparkline: Any = None
    withheld: str | None = None
    instead: str | None = None
    url: str | None = None
    compare_url: str | None = None
    ask_url: str | None = None
    improving: bool | None = None


@dataclass(frozen=True, slots=True)
class Spending:
    """An agreement's money in cents: the ceiling, what was spent, what is committed, what it will come to.

    ``committed`` is all that allocations promise, paid or not; ``spent`` what declarations cost, ``None`` before the
    first. Both are held against the ceiling, so they are never added up.
    """

    ceiling: int
    spent: int | None
    committed: int
    forecast: int | None = None

    @property
    def scale(self) -> int:
        """The amount at the right end of the bar."""
        return max(self.ceiling, self.spent or 0, self.committed, self.forecast or 0, 1)

    def share(self, cents: int) -> float:
        """Where an amount stands on the bar, from 0 to 100."""
        return round(max(0.0, min(100.0, 100 * cents / self.scale)), 2)

    @property
    def exceeds(self) -> bool:
        """Whether the forecast, or what is already promised or paid, goes over the ceiling."""
        return max(self.spent or 0, self.committed, self.forecast or 0) > self.ceiling


@dataclass(frozen=True, slots=True)
class Step:
    """A step on a timeline: done, the present one, or still to come."""

    title: str
    when: date | datetime | None = None
    text: str | None = None
    state: Literal["done", "now", "later"] = "later"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment on the calendar strip: whose turn it is and what for."""

    day: date
    title: str
    ours: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab as a link; ``count`` stands beside the label."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened, for the live list of changes."""

    when: datetime
    sentence: str
    url: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a calendar strip with its moments."""

    first: date
    current: bool
    moments: Sequence[Moment]


def calendar(moments: Sequence[Moment], today: date, count: int = 12) -> list[Month]:
    """``count`` months from the present one on, with the moments that fall in each, in order."""
    months = []
    for ahead in range(count):
        number = today.year * 12 + today.month - 1 + ahead
        first = date(number // 12, number % 12 + 1, 1)
        inside = [moment for moment in moments if (moment.day.year, moment.day.month) == (first.year, first.month)]
        months.append(Month(first, ahead == 0, sorted(inside, key=lambda moment: moment.day)))
    return months
