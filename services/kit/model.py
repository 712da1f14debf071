"""The base of a service's values, the texts people write in them, and the words for what is wrong with one."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from services.kit.problems import Conflict, FieldError, Invalid, Text

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
"""One line of text for people: a title or a name."""

Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]
"""Text for people, as long as a story may be."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""A short name that people give to a thing of their own: ``no-bankruptcy``."""

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
"""A calendar day in the Netherlands, within the horizon of the platform."""


class Model(BaseModel):
    """Frozen and closed; ``camelCase`` in JSON, ``snake_case`` in Python and PostgreSQL."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


def wrong(pointer: str, nl: str, en: str, code: str) -> Invalid:
    """One wrong field, with what is wrong and what would be right."""
    message = Text(nl, en)
    return Invalid(message, errors=[FieldError(pointer, message, code)])


def refused(nl: str, en: str, code: str) -> Conflict:
    """The present state does not allow it: what happened, and what to do."""
    return Conflict(Text(nl, en), code=code)
