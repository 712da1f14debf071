"""The standard's rules between one provider and one municipality, written down once more and as small as can be.

An oracle for random courses of messages: what code a message must get, and what stands after it. It knows nothing of
the product; source: iWmo/iJw 3.2, the rules named beside each check. Declarations are in ``chain_declared``.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from typing import NamedTuple

from tests.integration.referral.chain_declared import Declared, Ledger, Outcome
from tests.integration.referral.chain_terms import AIDS, IJW, Allocation, Extent

TODAY = date(2026, 8, 14)
TEMPORARY = "temporary"


class Care(NamedTuple):
    """A start of care under an allocation, or with ``reason`` and ``until`` a stop of it."""

    number: int
    since: date
    reason: str | None = None
    until: date | None = None

    @property
    def start(self) -> "Care":
        return Care(self.number, self.since)


class Change(NamedTuple):
    """An allocation as a provider would have it: in these days, with this extent or budget in cents, or neither."""

    number: int
    since: date
    until: date
    extent: Extent | None = None
    budget: int | None = None


@dataclass
class Request:
    client: int
    change: bool
    answers: list[str] = field(default_factory=list)
    granted: bool = False

    @property
    def open(self) -> bool:
        return not self.granted and "rejected" not in self.answers


@dataclass
class Chain:
    """All that the two told each other under one law. Whom the municipality ``known`` does not depend on the law."""

    law: str = IJW
    known: set[int] = field(default_factory=set)
    allocations: dict[int, Allocation] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    reports: dict[int, list[Care]] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)

    def of(self, client: int, number: int) -> Allocation | None:
        """The allocation in force of that client under that number."""
        found = self.allocations.get(number)
        return found if found is not None and found.client == client and not found.removed else None

    def current(self, client: int) -> list[int]:
        return sorted(
            number
            for number, each in self.allocations.items()
            if each.client == client and not each.removed and (each.until is None or each.until >= TODAY)
        )

    # What a provider tells.

    def request(self, client: int, reference: str) -> set[str]:
        """315: TR347, TR374."""
        codes = {"9347"} if reference in self.requests else set()
        if any(each.client == client and each.open for each in self.requests.values()):
            codes.add("9374")
        if not codes:
            self.requests[reference] = Request(client, change=False)
            self.known.add(client)
        return codes

    def change(self, client: int, reference: str, named: list[int], changed: list[Change]) -> set[str]:
        """317 that leaves ``named`` unchanged, changes others and wants something new: TR304, TR347, TR349 to
        TR352, TR357, TR361, TR373, TR374, TR411, TR412."""
        if not named and not changed:
            return {"0001"}
        codes = {"9347"} if reference in self.requests else set()
        if client not in self.known:
            return codes | {"8187"}
        if any(each.client == client and each.open for each in self.requests.values()):
            codes.add("9374")
        current = set(self.current(client))
        to_change = {each.number for each in changed}
        if not current <= {*named, *to_change}:
            codes.add("9349")
        if not set(named) <= current:
            codes.add("9350")
        if not to_change <= current:
            codes.add("9351")
        wanted = [each for each in (self.of(client, number) for number in named) if each is not None]
        for each in changed:
            present = self.of(client, each.number)
            if present is not None:
                codes |= self._of_change(present, each)
                wanted.append(replace(present, since=each.since, until=each.until))
        if self._overlap(wanted):
            codes.add("9361")
        if not codes:
            self.requests[reference] = Request(client, change=True)
        return codes

    @staticmethod
    def _of_change(present: Allocation, wanted: Change) -> set[str]:
        """What is wrong with one change beside what is allocated now."""
        codes, now = set(), present.product
        if wanted.since <= TODAY and wanted.since != present.since:
            codes.add("9357")
        other_total = wanted.budget is not None and wanted.budget != now.budget
        if wanted.extent and now.extent and wanted.extent.per == now.extent.per == "whole":
            other_total |= wanted.extent != now.extent
        if other_total and wanted.since != present.since:
            codes.add("9373")
        if now.code and wanted.extent is None:
            codes.add("9411")
        if not now.code and wanted.extent is not None:
            codes.add("9412")
        return codes

    def _overlap(self, wanted: list[Allocation]) -> bool:
        """Whether one product would be had twice in the same days. In iWmo aids may stand beside anything."""
        if self.law != IJW:
            wanted = [each for each in wanted if each.product.category not in AIDS]
        return any(one.product.same(other.product) and one.overlaps(other) for one, other in combinations(wanted, 2))

    def declare(self, told: Declared) -> Outcome:
        """323: see ``chain_declared``."""
        return self.ledger.declare(told, self.law, self.known, self.allocations)

    def report(self, client: int, told: Care) -> set[str]:
        """305 or 307: TR019, TR074, TR326, TR382, TR413, TR414, TR415."""
        reports = self.reports.setdefault(client, [])
        codes = set() if self.of(client, told.number) else {"9019"}
        same = [each for each in reports if each.number == told.number]
        stops = [each for each in same if each.reason]
        if told in same:
            codes.add("9074")
        elif told.reason is None:
            stopped = {each.start for each in stops}
            if any(each.reason is None and each not in stopped for each in same):
                codes.add("9326")
        else:
            earlier = [each for each in stops if each.since == told.since]
            if told.start not in same:
                codes.add("9069")
            if told.reason == TEMPORARY and any(each.reason == TEMPORARY for each in earlier):
                codes.add("9413")
            if any(each.until and told.until and told.until < each.until for each in earlier):
                codes.add("9414")
            if any(each.reason != TEMPORARY for each in earlier):
                codes.add("9415")
        if not codes:
            reports.append(told)
        return codes

    def take_back(self, client: int, told: Care) -> set[str]:
        """305 or 307 with status 3: TR063, TR071."""
        reports = self.reports.setdefault(client, [])
        codes = set() if told in reports else {"9063"}
        if told.reason is None and any(each.reason and each.start == told for each in reports):
            codes.add("9071")
        if not codes:
            reports.remove(told)
        return codes

    # What a municipality tells.

    def allocate(self, client: int, number: int, told: Allocation, reference: str | None) -> set[str]:
        """301 with one product: TR332, TR379, TR385. The latest decision counts (IV013)."""
        before = self.allocations.get(number)
        codes = set()
        if before is not None and (before.client, *before.product[:2]) != (client, *told.product[:2]):
            codes.add("9332")
        if before is not None and before.client == client and told.removed and self.ledger.stands_on(number):
            codes.add("9385")
        request = self.requests.get(reference) if reference else None
        if reference and (request is None or request.granted):
            codes.add("9379")
        if codes:
            return codes
        self.known.add(client)
        if request is not None:
            request.granted = True
        if before is None or told.decided > before.decided:
            self.allocations[number] = told
        return codes

    def answer(self, reference: str, answer: str) -> set[str]:
        """319: TR355, TR359, TR360, TR365."""
        request = self.requests.get(reference)
        if request is None:
            return {"9355"}
        codes = {"9359"} if request.granted else set()
        if answer == "under_investigation" and request.answers:
            codes.add("9360")
        if "rejected" in request.answers:
            codes.add("9365")
        if not codes:
            request.answers.append(answer)
        return codes
