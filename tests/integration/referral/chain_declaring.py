"""Random declarations, mostly right, and answers to them of a municipality with a system of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from random import Random

from contracts.events.commissioning import Unit
from services.referral.domain.declared import DeclaredClient, Performance
from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import Message, MessageHeader
from services.referral.istandaarden.declarations import Declaration, answer_325
from tests.integration.referral.chain_declared import Declared, Line, last_day
from tests.integration.referral.chain_model import TODAY, Chain
from tests.integration.referral.chain_terms import (
    AGREED,
    ALLOCATED,
    DAY_PART,
    HOUR,
    MINUTE,
    OPEN,
    PIECE,
    price,
    rounded,
)

MONTHS = [date(2026, month, 1) for month in range(1, 8)]
NOBODY = 7
"""A client of whom the municipality has never heard."""


@dataclass
class Declarer:
    """What a provider declares at one moment."""

    dice: Random
    law: str
    chain: Chain
    ordinal: int

    def chance(self, of: float) -> bool:
        return self.dice.random() < of

    def declared(self) -> Declared:
        ledger, month = self.chain.ledger, self._month()
        listed = [self._line(month, f"P{self.ordinal}L{place}") for place in range(self.dice.randint(1, 5))]
        if self.chance(0.9):  # No product twice in one period, and nothing taken back twice: level 2.
            once = {each.takes_back or each.product_in_period: each for each in listed}
            listed = list(once.values())
        lines = tuple(sorted(listed, key=lambda each: each.client))
        number = f"D{self.ordinal}"
        if ledger.numbers and self.chance(0.06):
            number = self.dice.choice(sorted(ledger.numbers))
        total = sum(each.signed for each in lines) + self.chance(0.02)
        return Declared(number, month, lines, TODAY, total)

    def _month(self) -> date:
        """The last one again or the next one mostly, else any."""
        last = self.chain.ledger.last
        if self.chance(0.15):
            return self.dice.choice(MONTHS)
        if last is None:
            return self.dice.choice(MONTHS[:3])
        place = MONTHS.index(last) + self.chance(0.5)
        return MONTHS[min(place, len(MONTHS) - 1)]

    def _line(self, month: date, reference: str) -> Line:
        ledger = self.chain.ledger
        if ledger.references and self.chance(0.05):
            reference = self.dice.choice(sorted(ledger.references))
        if ledger.debits and self.chance(0.35):
            return self._credit(reference)
        return self._spoilt(self._debit(month, reference))

    def _credit(self, reference: str) -> Line:
        """Of what stands mostly; else of what was taken back, or not the debit itself, or of nothing."""
        ledger = self.chain.ledger
        standing = ledger.standing
        back = self.dice.choice(standing if standing and self.chance(0.85) else list(ledger.debits.values()))
        line = replace(back, reference=reference, credit=True, takes_back=back.reference)
        if self.chance(0.05):
            line = replace(line, volume=line.volume + 1)
        if self.chance(0.05):
            line = replace(line, client=self.dice.choice(range(3)))
        if self.chance(0.05):
            line = replace(line, takes_back=self.dice.choice([*sorted(ledger.references), f"N{self.ordinal}"]))
        return line

    def _debit(self, month: date, reference: str) -> Line:
        """Care in a month of an allocation, or where there is none of what it would be."""
        numbers = list(ALLOCATED[self.law])
        allocated = sorted(self.chain.allocations)
        number = self.dice.choice(allocated if allocated and self.chance(0.93) else numbers)
        allocation = self.chain.allocations.get(number)
        who = allocation.client if allocation and self.chance(0.95) else self.dice.choice([0, 1, 2, NOBODY])
        product = allocation.product if allocation else ALLOCATED[self.law][number]
        in_month = month if self.chance(0.8) else self.dice.choice(MONTHS)
        first, last = in_month, last_day(in_month)
        if allocation and allocation.days(first, last):
            days = allocation.days(first, last)
            first, last = days[0], days[-1]
        unit, most, by_effort = HOUR, 14, False
        if product.extent:
            unit, by_effort = product.extent.unit, product.extent.by_effort
            most = {HOUR: 15, MINUTE: 900, PIECE: 12, DAY_PART: 20}[unit]
        volume = self.dice.randint(1, most if self.chance(0.9) else 4 * most)
        if unit == HOUR and self.chance(0.4):
            unit, volume = MINUTE, 60 * volume - self.dice.randint(0, 59)
        code = product.code or self.dice.choice(OPEN[self.law])
        line = Line(who, reference, number, product.category, code, first, last, volume, unit, 0, 0, by_effort)
        return priced(line, self.law)

    def _spoilt(self, line: Line) -> Line:
        """With a chance of one in four, one thing is wrong with it."""
        day, codes = timedelta(days=1), sorted(AGREED[self.law])
        others = [each for each in codes if each != line.code]
        wrong: list[Mapping[str, object]] = [
            {"first": line.first + day},
            {"first": max(line.first - day, line.first.replace(day=1))},
            {"last": line.last - day},
            {"last": line.last + day},
            {"category": next(each[:2] for each in codes if each[:2] != line.category)},
            {"code": self.dice.choice(others)},
            {"code": f"{line.category}Z99", "unit": HOUR},
            {"unit": DAY_PART if line.unit == HOUR else HOUR},
            {"by_effort": not line.by_effort} if line.unit == PIECE else {"unit": PIECE},
            {"tariff": line.tariff + 1},
            {"cents": line.cents + 1},
            {"tariff": line.tariff - 1, "cents": (line.tariff - 1) * line.volume},
        ]
        if not self.chance(0.25):
            return line
        changed = self.dice.choice(wrong)
        line = replace(line, **changed)  # type: ignore[arg-type]
        return line if {"tariff", "cents"} & changed.keys() else priced(line, self.law)

    @staticmethod
    def message(header: MessageHeader, told: Declared) -> bytes:
        clients = tuple(
            DeclaredClient(fictional_bsn(who), tuple(map(_performance, lines)))
            for who, lines in groupby(told.lines, key=lambda each: each.client)
        )
        period = (told.month, last_day(told.month))
        return Declaration(header, told.number, *period, header.dated, told.total, clients).to_bytes()

    @staticmethod
    def answer(dice: Random, declaration: Message, identification: str) -> tuple[bytes, set[str], bool, str]:
        """A 325, what it gets, and what it is: everything granted, a line rejected, or what was never declared."""
        first = "Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]"
        rejected = answer_325(declaration, identification=identification, dated=TODAY, rejected={first: ("9321",)})
        reference = next(_references(declaration)).encode()
        number = declaration.root.text("Declaratie/DeclaratieNummer").encode()
        of = declaration.identification.encode()
        volume = rejected.partition(b":GeleverdVolume>")[2].partition(b"<")[0]
        answers = [
            (answer_325(declaration, identification=identification, dated=TODAY), set(), True, "all granted"),
            (rejected, set(), True, "a line rejected"),
            (rejected.replace(b">" + reference + b"<", b">ELSE<"), {"9366"}, False, "a line of nothing"),
            (
                rejected.replace(b"GeleverdVolume>" + volume, b"GeleverdVolume>" + volume + b"1"),
                {"9367"},
                False,
                "a line that was otherwise",
            ),
            # No code exists for the two that follow (TR337, TR376): they are told of without one.
            (rejected.replace(b">" + of + b"<", b">NEVER<"), set(), False, "a declaration of nothing"),
            (rejected.replace(b">" + number + b"<", b">OTHER<"), set(), False, "another declaration number"),
        ]
        return dice.choice(answers)


def _references(declaration: Message) -> Iterator[str]:
    for performance in declaration.every("Prestatie"):
        yield performance.text("ProductReferentie/ReferentieNummer")


def priced(line: Line, law: str) -> Line:
    """At the tariff that was agreed, and with the amount that follows."""
    hourly = price(line.first)
    if line.unit == MINUTE and AGREED[law].get(line.code, ("", ""))[1] == HOUR:
        return replace(line, tariff=rounded(hourly, 60), cents=rounded(hourly * line.volume, 60))
    return replace(line, tariff=hourly, cents=hourly * line.volume)


def _performance(line: Line) -> Performance:
    return Performance(
        reference=line.reference,
        allocation_number=line.number,
        category=line.category,
        code=line.code,
        starts_on=line.first,
        ends_on=line.last,
        volume=line.volume,
        unit=Unit(line.unit),
        amount_cents=line.cents,
        tariff_cents=line.tariff,
        by_effort=line.by_effort,
        credit=line.credit,
        previous_reference=line.takes_back,
    )
