"""Lists of a service come in pieces with a cursor; a page with numbers, another order or a file needs more of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
PIECE = 200
SORTED_ROWS = 1_000
"""How many rows are put in another order at most; the list says so when there are more."""
FILE_ROWS = 10_000


class Piece(Protocol[T]):
    """A page of a service."""

    items: list[T]
    next: str | None


async def number_of(page: Piece[T], count: Callable[[], Awaitable[int]], after: str | None = None) -> int:
    """How many a list has in all; ``count`` is asked only when ``page``, which came after ``after``, is not all."""
    return len(page.items) if page.next is None and after is None else await count()


@dataclass(frozen=True, slots=True)
class Gathered(Generic[T]):
    """Rows in the order of the service; ``more`` when there were others that nobody asked for."""

    rows: list[T]
    more: bool


async def gather(piece: Callable[[str | None, int], Awaitable[Piece[T]]], need: int) -> Gathered[T]:
    """At least ``need`` rows, if there are so many. ``piece(after, limit)`` asks for the next ones."""
    rows: list[T] = []
    after: str | None = None
    while True:
        answer = await piece(after, PIECE)
        rows += answer.items
        after = answer.next
        if after is None or len(rows) >= need:
            return Gathered(rows, after is not None)
