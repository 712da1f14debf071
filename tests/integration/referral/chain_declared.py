"""The standard's rules on declarations (323), written down once more and as small as can be.

Part of the oracle of random courses of messages: what is granted, what is rejected with which code, and what stands
after it. It knows nothing of the product; source: iWmo/iJw 3.2, IV085 to IV091 and the rules named beside each check.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tests.integration.referral.chain_terms import AGREED, HOUR, MINUTE, Allocation, price, rounded


@dataclass(frozen=True)
class Line:
    """A performance; with ``takes_back`` or ``credit`` it credits an earlier one."""

    client: int
    reference: str
    number: int
    category: str
    code: str
    first: date
    last: date
    volume: int
    unit: str
    tariff: int
    cents: int
    by_effort: bool = False
    credit: bool = False
    takes_back: str | None = None

    @property
    def product_in_period(self) -> tuple[object, ...]:
        return self.number, self.first, self.last, self.category, self.code

    @property
    def signed(self) -> int:
        return -self.cents if self.credit else self.cents


@dataclass(frozen=True)
class Declared:
    """Lines of the same client stand together; ``total`` is what the message says they are together."""

    number: str
    month: date
    lines: tuple[Line, ...]
    dated: date
    total: int

    @property
    def ends(self) -> date:
        return last_day(self.month)


@dataclass
class Outcome:
    """Codes on the message as a whole, on the declaration, on clients, and on lines by their place; the rest is right.

    ``granted`` has the places of what was granted, ``cents`` is what that comes to.
    """

    header: set[str] = field(default_factory=set)
    declaration: set[str] = field(default_factory=set)
    clients: dict[int, set[str]] = field(default_factory=dict)
    lines: dict[int, set[str]] = field(default_factory=dict)
    granted: list[int] = field(default_factory=list)
    cents: int = 0

    @property
    def codes(self) -> set[str]:
        return self.header.union(self.declaration, *self.clients.values(), *self.lines.values())

    @property
    def accepted(self) -> bool:
        """Taken in, if only in part."""
        return not self.codes or bool(self.granted)


@dataclass
class Ledger:
    """What was declared before, under one law."""

    numbers: set[str] = field(default_factory=set)
    references: set[str] = field(default_factory=set)
    last: date | None = None
    debits: dict[str, Line] = field(default_factory=dict)
    credited: set[str] = field(default_factory=set)
    told: list[tuple[str, bool]] = field(default_factory=list)
    cents: int = 0

    @property
    def standing(self) -> list[Line]:
        return [each for reference, each in self.debits.items() if reference not in self.credited]

    def stands_on(self, number: int) -> list[Line]:
        """Approved on an allocation, and not taken back."""
        return [each for each in self.standing if each.number == number]

    def declare(self, told: Declared, law: str, known: set[int], allocations: Mapping[int, Allocation]) -> Outcome:
        """TR304, TR318, TR333, and line by line what ``_debit`` and ``_credit`` name; credits first (OP366)."""
        outcome = Outcome()
        if _technically_wrong(told):
            outcome.header = {"0001"}
            return outcome
        if told.number in self.numbers:
            outcome.declaration.add("9333")
        if self.last is not None and (told.month < self.last or self._skips_care(told)):
            outcome.declaration.add("8214")
        self.numbers.add(told.number)
        if outcome.declaration:
            self.told += [(each.reference, False) for each in told.lines]
            return outcome
        outcome.clients = {each.client: {"8187"} for each in told.lines if each.client not in known}
        repeated = Counter(each.reference for each in told.lines)
        for place in sorted(range(len(told.lines)), key=lambda place: not told.lines[place].credit):
            line = told.lines[place]
            if line.client in outcome.clients:
                continue
            codes = self._credit(line) if line.credit else self._debit(line, told, law, allocations)
            if line.reference in self.references or repeated[line.reference] > 1:
                codes.add("8021")
            if AGREED[law].get(line.code, (line.category,))[0] != line.category:
                codes.add("S329")
            if codes:
                outcome.lines[place] = codes
                continue
            outcome.granted.append(place)
            outcome.cents += line.signed
            if line.takes_back:
                self.credited.add(line.takes_back)
            else:
                self.debits[line.reference] = line
        self.references |= repeated.keys()
        self.last = told.month
        self.told += [(each.reference, place in outcome.granted) for place, each in enumerate(told.lines)]
        self.cents += outcome.cents
        return outcome

    def _skips_care(self, told: Declared) -> bool:
        """Care is declared of a month between the last declared one and this one."""
        months = (each.first.replace(day=1) for each in told.lines if not each.credit)
        return any(self.last is not None and self.last < month < told.month for month in months)

    def _credit(self, line: Line) -> set[str]:
        """TR323 with IV091 (else the same as the debit), TR390."""
        debit = self.debits.get(line.takes_back or "")
        same = debit and replace(debit, reference=line.reference, credit=True, takes_back=debit.reference)
        codes = set() if line == same else {"8017"}
        return codes | ({"9390"} if line.takes_back in self.credited else set())

    def _debit(self, line: Line, told: Declared, law: str, allocations: Mapping[int, Allocation]) -> set[str]:
        """TR319, TR338, TR346, TR389, TR418; under an allocation what ``_under`` names as well."""
        codes = set()
        if line.last > told.ends:
            codes.add("9319")
        if line.product_in_period in {each.product_in_period for each in self.standing}:
            codes.add("9389")
        codes |= _priced(line, law)
        allocation = allocations.get(line.number)
        if allocation is None or allocation.client != line.client:
            return codes | {"9338"}
        return codes | self._under(line, allocation, law)

    def _under(self, line: Line, allocation: Allocation, law: str) -> set[str]:
        """TR307, TR308, TR321, TR322, TR339 to TR341, TR369, TR384, TR387, TR388."""
        codes, product = set(), allocation.product
        if allocation.removed:
            codes.add("9384")
        if line.category != product.category:
            codes.add("9339")
        if product.code not in (None, line.code):
            codes.add("9340")
        if line.first < allocation.since:
            codes.add("9307")
        if line.last > allocation.until:
            codes.add("9308")
        month = line.first.replace(day=1)
        if line.first != max(month, allocation.since if allocation.since <= last_day(month) else month):
            codes.add("9387")
        ends = last_day(month)
        if line.last != (allocation.until if month <= allocation.until <= ends else ends):
            codes.add("9388")
        earlier = self.stands_on(line.number)
        if product.budget is not None and sum(each.cents for each in earlier) + line.cents > product.budget:
            codes.add("9369")
        if product.extent is None:
            return codes | _unit(line, *_agreed_unit(line, law))
        wrong = _unit(line, product.extent.unit, product.extent.by_effort)
        if not wrong:
            size = 60 if product.extent.unit == HOUR else 1
            volume = _volume(line, product.extent.unit)
            if volume > size * allocation.allowed(line.first, line.last, law):
                codes.add("9321")
            before = sum(_volume(each, product.extent.unit) for each in earlier)
            if before + volume > size * allocation.allowed_in_all():
                codes.add("9322")
        return codes | wrong


def _volume(line: Line, unit: str) -> int:
    return line.volume * 60 if unit == HOUR and line.unit == HOUR else line.volume


def _agreed_unit(line: Line, law: str) -> tuple[str, None]:
    return AGREED[law].get(line.code, ("", line.unit))[1], None


def _unit(line: Line, unit: str, by_effort: bool | None) -> set[str]:
    """TR341: the unit of the allocation or the agreement, or minutes for hours."""
    right = line.unit == unit or (line.unit, unit) == (MINUTE, HOUR)
    return set() if right and by_effort in (None, line.by_effort) else {"9341"}


def _priced(line: Line, law: str) -> set[str]:
    """TR346, TR418. A product that was not agreed has no tariff to judge it by."""
    hourly = price(line.first)
    agreed = AGREED[law].get(line.code)
    if agreed is None:
        return set() if line.cents == line.volume * line.tariff else {"9346"}
    by_minutes = line.unit == MINUTE and agreed[1] == HOUR
    fits = line.unit == agreed[1] or by_minutes
    codes = set() if fits and line.tariff == (rounded(hourly, 60) if by_minutes else hourly) else {"0611"}
    right = rounded(hourly * line.volume, 60) if by_minutes else line.tariff * line.volume
    return codes if line.cents == right else codes | {"9346"}


def _technically_wrong(told: Declared) -> bool:
    """TR101, TR137, TR315, TR316, TR358, TR416, CD060, CS337."""
    lines = told.lines
    previous = [each.takes_back for each in lines if each.takes_back]
    debits = [each.product_in_period for each in lines if not each.credit]
    keys = [(each.client, each.reference, each.takes_back) for each in lines]
    twice = any(len(set(each)) < len(each) for each in (previous, debits, keys))
    return (
        twice
        or bool(set(previous) & {each.reference for each in lines})
        or any(each.credit != bool(each.takes_back) for each in lines)
        or any(each.last > told.dated or each.last < each.first for each in lines)
        or any((each.first.year, each.first.month) != (each.last.year, each.last.month) for each in lines)
        or told.total != sum(each.signed for each in lines)
    )


def last_day(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])
