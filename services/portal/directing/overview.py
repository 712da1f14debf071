"""Agreements as a table: how full each one is, how its care goes, and what is due next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.commissioning.client import NextDeadline, Promise, SpendingRoom
from services.portal.components import Column, Row, Spending, Table
from services.portal.directing.names import Names
from services.portal.directing.speech import Speech
from services.portal.directing.terms import last_moment
from services.portal.formats import Formats
from services.portal.i18n import N_
from services.portal.lists import ListQuery

PROMISES: Final = {
    Promise.QUESTIONS: N_("Answer questions"),
    Promise.APPLICATIONS: N_("Applications close"),
    Promise.ASSESSMENT: N_("Assess applications"),
    Promise.STANDSTILL: N_("Standstill ends"),
    Promise.SIGNATURE_COMMISSIONER: N_("Sign"),
    Promise.SIGNATURE_PROVIDER: N_("The provider signs"),
    Promise.EXTENSION_NOTICE: N_("Extend or end"),
    Promise.TALK: N_("Hold the talk"),
    Promise.DECISION: N_("Decide about the budget"),
}
"""What must happen, in two words; translate before showing."""

SORTS: Final = ("provider", "share", "waiting", "norm", "dropout", "due", "fresh")
FILTERS: Final = ("municipality", "show", "year")
SOON: Final = timedelta(days=100)
"""A term that is further off is shown as a day, not as a number of days."""
WARNED, OVER = "warned", "over"


def share(part: int, whole: int) -> float | None:
    """A part of a whole; nothing when there is no whole."""
    return part / whole if whole else None


def is_over(room: SpendingRoom) -> bool:
    """Whether the year is expected to end above the ceiling."""
    expected = max(room.forecast_cents or 0, room.committed_cents)
    return room.ceiling_cents is not None and expected > room.ceiling_cents


def spending_of(room: SpendingRoom) -> Spending | None:
    """The bar of an agreement; none without a ceiling."""
    if room.ceiling_cents is None:
        return None
    return Spending(room.ceiling_cents, room.spent_cents, room.committed_cents, room.forecast_cents)


def fresh(_: Speech, last: datetime | None, now: datetime) -> str:
    """How old the latest report is, in words."""
    if last is None:
        return _("nothing yet")
    days = (Formats.local(now).date() - Formats.local(last).date()).days
    if days <= 0:
        return _("today")
    return _("yesterday") if days == 1 else _.ngettext("%(num)s day ago", "%(num)s days ago", days)


def chosen(rooms: Sequence[SpendingRoom], query: ListQuery, names: Names) -> list[SpendingRoom]:
    """The agreements that the visitor asks for, in the order that they ask for."""
    words = query.search.casefold()
    wanted = query.filters.get("municipality")
    shown = [
        room
        for room in rooms
        if (not words or words in _called(room, names).casefold() or words in (room.reference or "").casefold())
        and (not wanted or wanted in room.municipalities)
        and (query.filters.get("show") != WARNED or room.warned_at is not None)
        and (query.filters.get("show") != OVER or is_over(room))
    ]
    keys: dict[str, Callable[[SpendingRoom], Any]] = {
        "provider": lambda room: _called(room, names).casefold(),
        "share": lambda room: room.share,
        "waiting": lambda room: room.waiting,
        "norm": lambda room: share(room.within_norm, room.started),
        "dropout": lambda room: share(room.dropouts, room.ended),
        "due": lambda room: room.next_deadline.due if room.next_deadline else None,
        "fresh": lambda room: room.last_event_at,
    }
    value = keys[query.sort or "due"]
    known = [room for room in shown if value(room) is not None]
    unknown = [room for room in shown if value(room) is None]
    return sorted(known, key=value, reverse=query.descending) + unknown


def _called(room: SpendingRoom, names: Names) -> str:
    return room.provider_name or names.provider(room.provider)


@dataclass(frozen=True, slots=True)
class Overview:
    """Writes agreements as rows."""

    speech: Speech
    names: Names
    now: datetime

    def table(self, rooms: Sequence[SpendingRoom]) -> Table:
        """For the screen: a bar, and a badge for what is due."""
        _ = self.speech
        columns = [
            Column("provider", _("Provider"), sort="provider", main=True),
            Column("room", _("Ceiling"), "raw", sort="share"),
            Column("waiting", _("Waiting"), "number", sort="waiting"),
            Column("norm", _("Within the norm"), "percent", sort="norm"),
            Column("dropout", _("Stopped early"), "percent", sort="dropout"),
            Column("due", _("Next legal deadline"), "raw", sort="due"),
            Column("fresh", _("Up to date"), sort="fresh"),
        ]
        return Table(_("Agreements"), columns, [self._row(room) for room in rooms], caption_hidden=True)

    def _row(self, room: SpendingRoom) -> Row:
        _, due = self.speech, room.next_deadline
        cells: dict[str, Any] = {
            "provider": _called(room, self.names),
            "room": {"spending": spending_of(room), "committed": room.committed_cents},
            "waiting": room.waiting,
            "norm": share(room.within_norm, room.started),
            "dropout": share(room.dropouts, room.ended),
            "due": due and self._due(due),
            "fresh": fresh(_, room.last_event_at, self.now),
        }
        return Row(cells, f"/manager/agreements/{room.agreement_id}", warning=room.warned_at is not None)

    def _due(self, due: NextDeadline) -> dict[str, Any]:
        when = last_moment(due.due)
        return {"when": when, "what": self.speech(PROMISES[due.kind]), "soon": when - self.now < SOON}

    def file(self, rooms: Sequence[SpendingRoom]) -> Table:
        """For a file: every number in a column of its own."""
        _ = self.speech
        columns = [
            Column("provider", _("Provider")),
            Column("agb", _("AGB code")),
            Column("reference", _("Own number")),
            Column("municipalities", _("Municipalities")),
            Column("year", _("Year")),
            Column("ceiling", _("Ceiling"), "euros"),
            Column("spent", _("Spent"), "euros"),
            Column("committed", _("Committed"), "euros"),
            Column("forecast", _("Expected spending"), "euros"),
            Column("waiting", _("Waiting"), "number"),
            Column("started", _("Started"), "number"),
            Column("norm", _("Within the norm"), "percent"),
            Column("ended", _("Ended"), "number"),
            Column("dropout", _("Stopped early"), "percent"),
            Column("what", _("Next legal deadline")),
            Column("due", _("Before"), "moment"),
            Column("last", _("Latest report"), "moment"),
        ]
        return Table(_("Agreements"), columns, [Row(self._values(room)) for room in rooms])

    def _values(self, room: SpendingRoom) -> dict[str, Any]:
        due = room.next_deadline
        return {
            "provider": _called(room, self.names),
            "agb": room.provider,
            "reference": room.reference,
            "municipalities": ", ".join(map(self.names.municipality, room.municipalities)),
            "year": room.year,
            "ceiling": room.ceiling_cents,
            "spent": room.spent_cents,
            "committed": room.committed_cents,
            "forecast": room.forecast_cents,
            "waiting": room.waiting,
            "started": room.started,
            "norm": share(room.within_norm, room.started),
            "ended": room.ended,
            "dropout": share(room.dropouts, room.ended),
            "what": self.speech(PROMISES[due.kind]) if due else None,
            "due": last_moment(due.due) if due else None,
            "last": room.last_event_at,
        }
