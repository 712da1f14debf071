"""What providers declare after a simulation: the care that was started, up to the last whole month (323, by number).

Each provider declares to each municipality month after month; what it delivered before the month that it declared last
goes with that month (OP284). Of every ``WRONG_EVERY`` lines one says more than was allocated and is rejected. Then it
takes a few granted lines back with credits.
"""

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from contracts.events.commissioning import Law
from contracts.values import Role
from deploy.simulate.access import Access
from services.referral.client import DeclareBody, DraftView, LineToDeclare, ReferralClient

T = TypeVar("T")
DELIVERED = (0.7, 1.0)
"""Part of the allocated volume that is really given, evenly over the days of the allocation."""
WRONG_EVERY = 20
TAKEN_BACK_EVERY = 15
AT_ONCE = 500
"""Lines in one declaration at most: what is over stands in a next one over the same month."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Care under one allocation. ``volume`` is what was allocated in all; ``stopped_on``: still given when ``None``."""

    municipality: str
    provider: str
    law: Law
    number: int
    volume: int
    starts_on: date
    ends_on: date
    stopped_on: date | None = None

    def until(self, day: date, share: float) -> int:
        """Units that were given up to and including ``day``."""
        last = min(day, self.ends_on, self.stopped_on or day)
        days, whole = (last - self.starts_on).days + 1, (self.ends_on - self.starts_on).days + 1
        return max(0, int(self.volume * share * min(days, whole) / whole))


@dataclass
class Declared:
    """What came of it. Amounts are signed cents: credits count below zero."""

    declarations: int = 0
    lines: int = 0
    rejected_lines: int = 0
    credits: int = 0
    granted_cents: int = 0
    rejected_cents: int = 0

    @property
    def as_json(self) -> dict[str, int]:
        return {
            "declarations": self.declarations,
            "lines": self.lines,
            "rejectedLines": self.rejected_lines,
            "credits": self.credits,
            "grantedCents": self.granted_cents,
            "rejectedCents": self.rejected_cents,
        }


class Giver(Protocol):
    """Gives a command until it is answered, under one key per ``what``."""

    async def __call__(self, step: str, what: str, give: Callable[[str], Awaitable[T]]) -> T: ...


def months_of(delivered: Delivered, last: date) -> Iterator[date]:
    """The first day of each month in which the allocation ran, up to the one of ``last``."""
    month = delivered.starts_on.replace(day=1)
    while month <= min(last, delivered.ends_on):
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def last_whole_month(today: date) -> date:
    """The first day of the month before that of ``today``."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def lines_of(care: Sequence[Delivered], month: date, chance: random.Random) -> list[LineToDeclare]:
    """A line per allocation and month up to ``month``, as far as something was given in it."""
    found = []
    for each in sorted(care, key=lambda one: one.number):
        share = chance.uniform(*DELIVERED)
        for first in months_of(each, month):
            end = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            volume = each.until(end, share) - each.until(first - timedelta(days=1), share)
            if volume <= 0:
                continue
            wrong = chance.randrange(WRONG_EVERY) == 0
            found.append(
                LineToDeclare(allocation_number=each.number, volume=each.volume * 10 if wrong else volume, month=first)
            )
    return found


def in_periods(lines: Sequence[LineToDeclare], last: date | None) -> list[tuple[date, list[LineToDeclare]]]:
    """The lines per month in which they are declared: their own, or ``last`` when that month was declared already."""
    found: dict[date, list[LineToDeclare]] = defaultdict(list)
    for line in lines:
        if line.month is not None:
            found[line.month if last is None else max(line.month, last)].append(line)
    return sorted(found.items())


@dataclass
class Declaring:
    """Lets the providers declare ``care``, each of its own."""

    access: Access
    seed: int
    today: date
    give: Giver
    declared: Declared = field(default_factory=Declared)

    async def declare(self, care: Sequence[Delivered]) -> Declared:
        """Every provider, one municipality and law after the other."""
        month = last_whole_month(self.today)
        by_parties: dict[tuple[str, str, Law], list[Delivered]] = defaultdict(list)
        for each in care:
            by_parties[each.provider, each.municipality, each.law].append(each)
        for provider, municipality, law in sorted(by_parties):
            name = f"{provider}/{municipality}/{law}"
            chance = random.Random(f"{self.seed}/declare/{name}")  # noqa: S311 - a reproducible load, no secret
            lines = lines_of(by_parties[provider, municipality, law], month, chance)
            last = await self._last_period(provider, municipality, law, name) if lines else None
            for period, due in in_periods(lines, last):
                for begin in range(0, len(due), AT_ONCE):
                    part = tuple(due[begin : begin + AT_ONCE])
                    body = DeclareBody(municipality=municipality, law=law, month=period, lines=part)
                    what = f"{name}/{period}/{begin}"
                    draft = await self._send(provider, "declare", what, body)
                    await self._take_back(provider, what, body, draft, chance)
        return self.declared

    async def _last_period(self, provider: str, municipality: str, law: Law, name: str) -> date | None:
        """The latest month that the provider declared to the municipality before."""
        client = self._client(provider)
        page: Any = await self.give(
            "", f"{name}/last", lambda _: client.declarations(municipality=municipality, law=law, limit=200)
        )
        return max((each.period for each in page.items), default=None)

    async def _take_back(
        self, provider: str, name: str, sent: DeclareBody, draft: DraftView, chance: random.Random
    ) -> None:
        """Credits of some of the lines that were granted."""
        if draft.declaration_id is None:
            return
        client, declaration_id = self._client(provider), draft.declaration_id
        granted: list[str] = []
        after: str | None = None
        while True:
            place = after
            page: Any = await self.give(
                "", f"{name}/look/{place or ''}",
                lambda _, place=place: client.declaration_lines(declaration_id, limit=200, after=place),  # type: ignore[misc]
            )  # fmt: skip
            granted += [line.reference for line in page.items if line.granted and not line.credit]
            self.declared.rejected_lines += sum(not line.granted for line in page.items)
            after = page.next
            if after is None:
                break
        credits = [reference for reference in granted if chance.randrange(TAKEN_BACK_EVERY) == 0]
        if credits:
            lines = tuple(LineToDeclare(takes_back=reference) for reference in credits)
            await self._send(provider, "credit", name, sent.model_copy(update={"lines": lines}))
            self.declared.credits += len(credits)

    async def _send(self, provider: str, step: str, name: str, body: DeclareBody) -> DraftView:
        client = self._client(provider)
        draft = await self.give(step, f"{step}/{name}", lambda key: client.declare(body, idempotency_key=key))
        self.declared.declarations += 1
        self.declared.lines += len(body.lines)
        self.declared.granted_cents += draft.granted_cents
        self.declared.rejected_cents += draft.rejected_cents
        return draft

    def _client(self, provider: str) -> ReferralClient:
        return self.access.client(ReferralClient, "referral", f"provider:{provider}", Role.PROVIDER_ADMINISTRATOR)
