"""Pages of a list: an opaque cursor says where the next page begins, however the list grows meanwhile."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from services.kit.problems import FieldError, Invalid, Text

T = TypeVar("T")
R = TypeVar("R")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_BAD_CURSOR = Text(
    "Deze cursor is niet van ons. Begin opnieuw zonder cursor.",
    "This cursor is not one of ours. Begin again without a cursor.",
)


def bad_cursor(parameter: str = "after") -> Invalid:
    """The problem of a cursor that we did not give."""
    return Invalid(
        _BAD_CURSOR, code="bad-cursor", errors=[FieldError(f"/{parameter}", _BAD_CURSOR, "bad-cursor", "query")]
    )


def encode_cursor(value: Any) -> str:
    """An opaque cursor for a JSON value. It stands in an address, so never put anything about a person in it."""
    text = json.dumps(value, separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str, parameter: str = "after") -> Any:
    """The value of a cursor. Raises ``Invalid`` (400) for anything we did not give."""
    try:
        return json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise bad_cursor(parameter) from None


class Page(BaseModel, Generic[T]):
    """One page of a list. ``next`` is the cursor of the following page; absent on the last."""

    items: list[T]
    next: str | None = Field(default=None, description="Give this as `after` for the next page; null on the last page.")

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return f"{getattr(params[0], '__name__', 'Item')}Page"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page was asked: at most ``limit`` items after ``position`` (the sort key of the last item seen)."""

    limit: int
    position: tuple[Any, ...] | None

    @property
    def fetch(self) -> int:
        """How many rows to fetch: one more than asked tells whether there is a next page."""
        return self.limit + 1

    def page(self, rows: Sequence[R], item: Callable[[R], T], key: Callable[[R], tuple[Any, ...]]) -> Page[T]:
        """The page of ``rows`` (up to ``fetch``, sorted); ``key`` gives the sort key that the next page needs."""
        kept = rows[: self.limit]
        more = len(rows) > self.limit
        return Page(items=[item(row) for row in kept], next=encode_cursor(list(key(kept[-1]))) if more else None)

    def text(self, index: int) -> str | None:
        """Part ``index`` of the position as text, ``None`` on the first page."""
        return None if self.position is None else str(self._part(index))

    def integer(self, index: int) -> int | None:
        """Part ``index`` of the position as a whole number."""
        return self._parsed(index, int)

    def day(self, index: int) -> date | None:
        """Part ``index`` of the position as a date."""
        return self._parsed(index, date.fromisoformat)

    def instant(self, index: int) -> datetime | None:
        """Part ``index`` of the position as an aware instant."""
        return self._parsed(index, datetime.fromisoformat)

    def _part(self, index: int) -> Any:
        if self.position is None or index >= len(self.position):
            raise bad_cursor()
        return self.position[index]

    def _parsed(self, index: int, parse: Callable[[str], T]) -> T | None:
        if self.position is None:
            return None
        try:
            return parse(str(self._part(index)))
        except ValueError:
            raise bad_cursor() from None


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many items at most.")] = DEFAULT_LIMIT,
    after: Annotated[
        str | None, Query(max_length=1000, description="The `next` of the previous page; leave out for the first.")
    ] = None,
) -> PageRequest:
    if after is None:
        return PageRequest(limit, None)
    position = decode_cursor(after)
    if not isinstance(position, list):
        raise bad_cursor()
    return PageRequest(limit, tuple(position))


Paging = Annotated[PageRequest, Depends(_page_request)]
"""The dependency of a route that gives a list in pages: ``?limit=&after=``."""
