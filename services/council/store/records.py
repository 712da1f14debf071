"""From row to value and back. The columns of a table are the fields of its value."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from pydantic import BaseModel

from contracts.values import PartyKind
from services.kit.actor import Actor
from services.kit.paging import PageRequest, bad_cursor
from services.kit.problems import Forbidden, NotFound, Text

M = TypeVar("M", bound=BaseModel)

_ONLY = {
    PartyKind.COUNCIL: Text(
        "Dit kan alleen de raad. Meld u aan namens de raad.",
        "Only the council can do this. Sign in for the council.",
    ),
    PartyKind.MUNICIPALITY: Text(
        "Dit kan alleen het college. Meld u aan namens de gemeente.",
        "Only the executive can do this. Sign in for the municipality.",
    ),
}


def require_kind(actor: Actor, kind: PartyKind) -> None:
    """Raise ``Forbidden`` unless the caller acts for this kind of party."""
    if actor.kind is not kind:
        raise Forbidden(_ONLY[kind], code=f"not-a-{kind.value}")


def value(model: type[M], row: asyncpg.Record | None) -> M:
    """The value of a row. Raises ``NotFound`` without one: it does not exist, or not for the caller."""
    if row is None:
        raise NotFound()
    return model.model_validate(dict(row))


def row_of(value: BaseModel) -> dict[str, Any]:
    """A value as PostgreSQL takes it in."""
    return value.model_dump(mode="json")


def position(paging: PageRequest) -> tuple[datetime | None, UUID | None]:
    """Where a list by time goes on: the instant and identifier of the last item seen. Raises ``Invalid``."""
    if paging.position is None:
        return None, None
    instant = paging.instant(0)
    try:
        identifier = UUID(paging.text(1))
    except ValueError:
        raise bad_cursor() from None
    if instant is None or instant.tzinfo is None:
        raise bad_cursor()
    return instant, identifier
