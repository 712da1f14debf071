"""What declarations add to the measures. An event adds once and for all, so nothing needs to be remembered."""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.event import Event
from contracts.events.commissioning import Unit
from contracts.events.declarations import AmountSpent, DeclarationAnswered
from services.monitoring.domain.measures import NOTHING, Cell, Contribution, Measure
from services.monitoring.domain.periods import Month

MINUTES: Mapping[Unit, int] = {Unit.MINUTE: 1, Unit.HOUR: 60, Unit.DAY_PART: 240, Unit.DAY: 1440}
"""How long a unit is. A day part is four hours, a day an *etmaal*; a piece or a euro is no time."""


def minutes(unit: Unit, volume: int) -> int | None:
    """A volume as time; ``None`` when it is none."""
    each = MINUTES.get(unit)
    return None if each is None else volume * each


def declared(event: Event) -> Contribution:
    """What ``event`` adds; nothing when it is not about a declaration."""
    adds = _ADDS.get(type(event))
    return NOTHING if adds is None else adds(event)


def _spent(event: AmountSpent) -> Contribution:
    cell = Cell(event.municipality, event.provider, Month.of(event.month))
    counts = {
        Measure.APPROVED_CENTS: event.cents,
        Measure.GRANTED_LINES: event.lines,
        Measure.DELIVERED_MINUTES: minutes(event.unit, event.volume) or 0,
        Measure.DELIVERED_DAY_PARTS: event.volume if event.unit is Unit.DAY_PART else 0,
    }
    return _in(cell, counts)


def _answered(event: DeclarationAnswered) -> Contribution:
    cell = Cell(event.municipality, event.provider, Month.of(event.period))
    counts = {
        Measure.DECLARATIONS: 1,
        Measure.DECLARATIONS_IN_TIME: int(event.answered_at < event.answer_due),
        Measure.DECLARED_LINES: event.lines,
        Measure.REJECTED_LINES: event.rejected_lines,
    }
    return _in(cell, counts)


def _in(cell: Cell, counts: Mapping[Measure, int]) -> Contribution:
    return Contribution({(measure, cell): count for measure, count in counts.items() if count}, {})


_ADDS: Mapping[type[Event], Callable[[Any], Contribution]] = {AmountSpent: _spent, DeclarationAnswered: _answered}
