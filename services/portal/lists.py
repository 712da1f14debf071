"""Lists whose filters, order and page live in the address, so that a colleague who gets the link sees the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlencode

from fastapi import Request

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the visitor asks of a list: search text, filters, order and page, read from the address.

    >>> query = ListQuery(path="/agreements", search="", filters={"product": "45A04"}, sort="due")
    >>> query.url(page=2)
    '/agreements?product=45A04&page=2'
    """

    path: str
    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = PAGE_SIZE
    default_sort: str = ""
    default_descending: bool = False

    @classmethod
    def of(
        cls,
        request: Request,
        *,
        filters: Sequence[str] = (),
        sorts: Sequence[str] = (),
        default: str = "",
        size: int = PAGE_SIZE,
    ) -> Self:
        """Read the address. An unknown order or page number falls back to the default; ``default="-due"`` descends."""
        params = request.query_params
        default_descending, default_sort = default.startswith("-"), default.lstrip("-")
        asked = params.get("sort", "")
        known = asked.lstrip("-") in sorts
        sort, descending = (asked.lstrip("-"), asked.startswith("-")) if known else (default_sort, default_descending)
        number = params.get("page", "1")
        return cls(
            path=request.url.path,
            search=params.get("q", "").strip()[:200],
            filters={name: value for name in filters if (value := params.get(name, ""))},
            sort=sort,
            descending=descending,
            page=max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 8 else 1,
            size=size,
            default_sort=default_sort,
            default_descending=default_descending,
        )

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.page - 1) * self.size

    @property
    def is_filtered(self) -> bool:
        """Whether the visitor sees less than everything."""
        return bool(self.search or self.filters)

    def url(self, **changes: object) -> str:
        """The address of this list with something changed; a change other than the page goes back to page 1."""
        sort = ("-" if self.descending else "") + self.sort
        default = ("-" if self.default_descending else "") + self.default_sort
        values: dict[str, object] = {"q": self.search, **self.filters}
        values["sort"] = "" if sort == default else sort
        values["page"] = "" if changes and "page" not in changes else self.page
        values |= changes
        if values["page"] == 1:
            values["page"] = ""
        if values["sort"] == default:
            values["sort"] = ""
        query = urlencode([(name, str(value)) for name, value in values.items() if value not in ("", None)])
        return self.path + (f"?{query}" if query else "")

    def sort_url(self, sort: str) -> str:
        """Order by a column; a second time turns it round."""
        return self.url(sort=f"-{sort}" if self.sort == sort and not self.descending else sort)

    def order_of(self, sort: str | None) -> str:
        """``ascending``, ``descending`` or ``none``: the value of ``aria-sort`` for a column."""
        if sort is None or sort != self.sort:
            return "none"
        return "descending" if self.descending else "ascending"


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a list: ``total`` rows in pages of ``query.size``; ``more`` when there are others beyond these."""

    query: ListQuery
    total: int
    more: bool = False

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.query.size))

    @property
    def first(self) -> int:
        """The number of the first row on this page, counted from 1; 0 when there is none."""
        return min(self.query.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The number of the last row on this page."""
        return min(self.query.offset + self.query.size, self.total)

    def numbers(self) -> list[int | None]:
        """The pages to link to; ``None`` is a gap: ``[1, None, 4, 5, 6, None, 20]``."""
        near = {1, self.count, *range(self.query.page - 1, self.query.page + 2)}
        shown = sorted(number for number in near if 1 <= number <= self.count)
        found: list[int | None] = []
        for number in shown:
            if found and found[-1] is not None and number - found[-1] == 2:
                found.append(number - 1)
            elif found and found[-1] is not None and number - found[-1] > 2:
                found.append(None)
            found.append(number)
        return found
