"""Projections: events of any service turned into a read model, once each, in order within a key."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

from pydantic import ValidationError

from contracts.envelope import Envelope
from contracts.event import Event
from contracts.events import ALL
from contracts.topics import Topic
from services.kit.unit import Unit


class MalformedEvent(Exception):
    """An event whose data do not fit its published model. It is parked, never skipped."""


class Received(NamedTuple):
    """One event as a projection gets it. ``data`` is ``None`` when this version does not know the type."""

    source: str
    partition: int
    sequence: int
    key: str
    type: str
    time: datetime
    data: Event | None
    traceparent: str | None = None


_VALIDATE = {type_: model.__pydantic_validator__.validate_json for type_, model in ALL.items()}


def parse(envelope: Envelope) -> Received:
    """Read the data of an event into its model.

    Raises ``MalformedEvent`` when the type is known and the data do not fit.
    """
    service, partition, sequence, key, type_, time, json, traceparent = envelope
    validate = _VALIDATE.get(type_)
    try:
        data = validate(json) if validate else None
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors())
        raise MalformedEvent(f"{envelope.type} {envelope.id}: does not fit its model at {fields}") from None
    return Received(service, partition, sequence, key, type_, time, data, traceparent)


class Projection(ABC):
    """A consumer group that keeps read-model tables of its service up to date.

    ``tables`` are rebuilt and compared by ``samenspel events verify``: only ``apply`` may write them, with identifiers
    and times from the events, relying on order only within one key of one source.
    """

    group: ClassVar[str]
    sources: ClassVar[tuple[Topic, ...]]
    tables: ClassVar[tuple[str, ...]]

    @abstractmethod
    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        """Apply a batch in order. What it writes and emits commits together with the position."""
