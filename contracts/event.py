"""The base of every event model.

An event is a fact in the past tense. It is closed (no unknown fields), frozen, and never holds personal data:
a client is a random pseudonym.
"""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Fact(BaseModel):
    """A part of an event: frozen, closed, ``camelCase`` in JSON and ``snake_case`` in Python."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Event(Fact):
    """A versioned event. ``type`` is ``nl.samenspel.<plural>.<past-tense>.v<N>`` (CloudEvents NL GOV 1.1)."""

    type: ClassVar[str]
