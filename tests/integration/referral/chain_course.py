"""Random steps of the two parties, right and wrong, each with what the oracle says of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from random import Random

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency, Referrer, StopReason
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.reasons import Answer, ChangeReason, RefusalReason
from services.referral.istandaarden import (
    Address,
    AllocatedProduct,
    ClientDetails,
    Contact,
    DesiredProduct,
    Extent,
    MessageHeader,
    PersonName,
    Phone,
    ReferrerDetails,
    RequestedProduct,
    Standard,
    StartedProduct,
    StoppedProduct,
    allocation_301,
    answer_319,
    read,
    request_for_allocation_315,
    request_for_change_317,
    retour,
    start_305,
    stop_307,
)
from services.referral.istandaarden.changes import ChangeRequestReason
from services.referral.istandaarden.codes import Gender, Submission
from tests.integration.referral import chain_terms
from tests.integration.referral.chain_declared import Declared, Outcome
from tests.integration.referral.chain_declaring import Declarer
from tests.integration.referral.chain_model import TEMPORARY, TODAY, Care, Chain, Change
from tests.integration.referral.chain_terms import ALLOCATED, NEW, Allocation, Product
from tests.integration.referral.referral_world import ADMINISTRATOR, HEUMEN, REIGER, WORKER

CLIENTS = range(3)
SINCE = date(2026, 1, 1)
BEGINS = {700_004: date(2026, 2, 16)}
"""What begins later than ``SINCE``, within a month."""
EXTENT = Extent(3, Unit.HOUR, Frequency.WEEK)
CONTACTS = [Contact(address=Address(17, postcode="6581AB", street="Zonnedauwlaan"), phones=(Phone("0241234567"),))]


@dataclass
class Sent:
    """A message, who sends it, and what it must get: codes, and when it is a declaration what becomes of each line.

    ``answered`` is False for what nothing answers: a retour, and the answer to a declaration.
    """

    raw: bytes
    sender: str
    codes: set[str]
    told: str
    accepted: bool
    declared: Declared | None = None
    outcome: Outcome | None = None
    answered: bool = True


def client(ordinal: int) -> ClientDetails:
    name = PersonName(f"Wolkenveld{ordinal}", "van", initials="JT")
    return ClientDetails(fictional_bsn(ordinal), name, date(2012, 3, 4), Gender.FEMALE)


@dataclass
class Course:
    """What is sent by chance, with what the model says of it."""

    dice: Random
    laws: tuple[str, ...]
    known: set[int] = field(default_factory=set)
    chains: dict[str, Chain] = field(init=False)
    law: str = field(init=False)
    number: int = 0
    sent: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chains = {law: Chain(law, self.known) for law in self.laws}
        self.law = self.laws[0]

    @property
    def chain(self) -> Chain:
        return self.chains[self.law]

    @property
    def numbers(self) -> list[int]:
        return list(ALLOCATED[self.law])

    def header(self) -> MessageHeader:
        self.number += 1
        return MessageHeader(Standard(self.law), HEUMEN, REIGER, f"C{self.number}", TODAY)

    def step(self) -> Sent:
        self.law = self.dice.choice(self.laws)
        acts: list[tuple[int, Callable[[], Sent]]] = [
            (6, self.allocation),
            (2, self.request),
            (2, self.answer),
            (4, self.change),
            (4, self.start),
            (5, self.stop),
            (7 if self.chain.allocations else 1, self.declaration),
            (2 if self.sent else 0, self.retour),
            (1 if self.chain.ledger.numbers else 0, self.answer_to_declaration),
        ]
        [act] = self.dice.choices([act for _, act in acts], weights=[weight for weight, _ in acts])
        sent = act()
        self.sent.append(sent)
        return replace(sent, told=f"{self.law} {sent.told}")

    def _sent(self, raw: bytes, sender: str, codes: set[str], told: str) -> Sent:
        return Sent(raw, sender, codes, told, accepted=not codes)

    def reference(self) -> str:
        """A new one mostly, else one that was used."""
        if self.chain.requests and self.dice.random() < 0.2:
            return self.dice.choice(sorted(self.chain.requests))
        return f"R{self.number}"

    def request(self) -> Sent:
        who, reference = self.dice.choice(CLIENTS), self.reference()
        specific = self.dice.random() < 0.7
        product = RequestedProduct(
            reference=reference,
            starts_on=TODAY + timedelta(days=30),
            ends_on=TODAY + timedelta(days=200),
            referrer=ReferrerDetails(Referrer.GENERAL_PRACTITIONER, "Huisarts"),
            category=NEW[self.law].category,
            code=NEW[self.law].code if specific else None,
            extent=EXTENT if specific else None,
        )
        raw = request_for_allocation_315(self.header(), client(who), [product])
        return self._sent(raw, ADMINISTRATOR, self.chain.request(who, reference), f"315 {who} {reference}")

    def change(self) -> Sent:
        who, reference = self.dice.choice(CLIENTS), self.reference()
        current = [each.client for each in self.chain.allocations.values() if not each.removed]
        if current and self.dice.random() < 0.8:
            who = self.dice.choice(current)
        named = self.chain.current(who)
        if self.dice.random() < 0.3:
            own = [number for number, each in self.chain.allocations.items() if each.client == who]
            some = own if own and self.dice.random() < 0.6 else self.numbers
            named = self.dice.sample(some, self.dice.randint(0, min(len(some), 3)))
        changed: list[Change] = []
        if named and self.dice.random() < 0.6:
            chosen = self.dice.sample(named, self.dice.randint(1, min(len(named), 2)))
            changed = [self._changed(number) for number in chosen]
            if self.dice.random() < 0.95:  # Else it is named twice: as it is, and as it would be.
                named = [number for number in named if number not in chosen]
        begins = TODAY + timedelta(days=30)
        asked = NEW[self.law]
        new = DesiredProduct(begins, None, asked.category, asked.code, begins + timedelta(days=90), EXTENT)
        raw = request_for_change_317(
            self.header(),
            fictional_bsn(who),
            reference,
            ChangeRequestReason.CARE_PLAN,
            unchanged=named,
            changed=[_desired(each) for each in changed],
            new=[new],
        )
        codes = self.chain.change(who, reference, named, changed)
        return self._sent(raw, ADMINISTRATOR, codes, f"317 {who} {reference} names {named} changes {changed}")

    def _changed(self, number: int) -> Change:
        """Other days mostly from its first or a later one, with the same extent or budget, another, none or the wrong
        kind."""
        present = self.chain.allocations.get(number)
        product = present.product if present is not None else ALLOCATED[self.law][number]
        first = present.since if present is not None else SINCE
        since = self.dice.choice([first, first, TODAY + timedelta(days=30), TODAY, SINCE + timedelta(days=31)])
        until = max(self.dice.choice([date(2026, 12, 31), date(2027, 3, 31)]), since)
        extent, budget = product.extent, product.budget
        if self.dice.random() < 0.4:
            extent = extent._replace(volume=2 * extent.volume) if extent else None
            budget = 2 * budget if budget else None
        if self.dice.random() < 0.25:
            extent, budget = self.dice.choice(
                [(None, None), (None, 90_000), (chain_terms.Extent(2, "hour", "week"), None)]
            )
        return Change(number, since, until, extent, budget)

    def answer(self) -> Sent:
        reference = self.dice.choice([*sorted(self.chain.requests), "unknown"])
        answer = self.dice.choice([Answer.REJECTED, Answer.UNDER_INVESTIGATION])
        reason = RefusalReason.NO_CONTRACT if answer is Answer.REJECTED else None
        raw = answer_319(self.header(), reference, answer, reason)
        return self._sent(raw, WORKER, self.chain.answer(reference, answer.value), f"319 {reference} {answer.value}")

    def allocation(self) -> Sent:
        number = self.dice.choice(self.numbers)
        before = self.chain.allocations.get(number)
        who = self._whose(number)
        removed = before is not None and not before.removed and self.dice.random() < 0.2
        decided = self.number if self.dice.random() < 0.8 else self.dice.randrange(self.number + 1)
        if before is not None and decided == before.decided:  # Two decisions of one moment: the standard has none.
            decided = self.number
        until = self.dice.choice([date(2026, 4, 12), date(2026, 6, 30), date(2026, 12, 31), date(2027, 3, 31)])
        # A removal changes nothing else.
        product = before.product if before is not None and removed else self._product(number)
        since = BEGINS.get(number, SINCE)
        told = Allocation(who, since, since if removed else until, decided, product, removed)
        reference = self._granted(who) if not removed else None
        raw = self.allocated(number, told, reference)
        codes = self.chain.allocate(who, number, told, reference)
        about = f"{told.product} until {told.until} decided {decided} {reference} {'removed' if removed else ''}"
        return self._sent(raw, WORKER, codes, f"301 {who} {number} {about}")

    def _whose(self, number: int) -> int:
        """Whose it was before, sometimes another's, which is wrong; of the same product mostly for one client."""
        before = self.chain.allocations.get(number)
        if before is not None and (before.removed or self.dice.random() < 0.85):
            return before.client
        product = ALLOCATED[self.law][number]
        of_same = [each.client for each in self.chain.allocations.values() if each.product[:2] == product[:2]]
        if before is None and of_same and self.dice.random() < 0.7:
            return of_same[0]
        return self.dice.choice(CLIENTS)

    def _product(self, number: int) -> Product:
        """That of the number, sometimes twice as much of it, and sometimes another than before, which is wrong."""
        other = number in self.chain.allocations and self.dice.random() < 0.05
        product = ALLOCATED[self.law][self.dice.choice(self.numbers) if other else number]
        if product.extent and self.dice.random() < 0.3:
            return product._replace(extent=product.extent._replace(volume=2 * product.extent.volume))
        return product

    def allocated(self, number: int, told: Allocation, reference: str | None = None) -> bytes:
        """A 301 with one product; the moment of its decision follows from its order."""
        minutes, seconds = divmod(told.decided, 60)
        extent = told.product.extent
        product = AllocatedProduct(
            number=number,
            decided_on=date(2026, 8, 13),
            decided_at=time(9 + minutes // 60, minutes % 60, seconds),
            starts_on=told.since,
            ends_on=told.until,
            reference=reference,
            category=told.product.category,
            code=told.product.code,
            change_reason=ChangeReason.REMOVED if told.removed else None,
            extent=_extent(extent) if extent else None,
            budget_cents=told.product.budget,
        )
        return allocation_301(self.header(), client(told.client), CONTACTS, [product])

    def _granted(self, who: int) -> str | None:
        """A reference: mostly of an open request of the client, sometimes one of nothing, or of what was granted."""
        own = [reference for reference, each in self.chain.requests.items() if each.client == who]
        if own and self.dice.random() < 0.5:
            reference = self.dice.choice(own)
            if "rejected" not in self.chain.requests[reference].answers:
                return reference
        return "unknown" if self.dice.random() < 0.1 else None

    def _care(self, started: float) -> tuple[int, Care]:
        """A client with a start: with a chance of ``started`` one that was told; else of an allocation, or any."""
        told = [(who, each.start) for who, reports in self.chain.reports.items() for each in reports]
        if told and self.dice.random() < started:
            return self.dice.choice(told)
        allocated = [(each.client, number) for number, each in self.chain.allocations.items() if not each.removed]
        who, number = self.dice.choice(CLIENTS), self.dice.choice(self.numbers)
        if allocated and self.dice.random() < 0.85:
            who, number = self.dice.choice(allocated)
        return who, Care(number, SINCE + timedelta(days=self.dice.choice([0, 0, 31, 59])))

    def start(self) -> Sent:
        who, care = self._care(started=0.3)
        gone = self.dice.random() < 0.15
        product = ALLOCATED[self.law][care.number]
        submission = Submission.REMOVED if gone else Submission.FIRST
        line = StartedProduct(care.since, care.number, product.category, product.code, submission=submission)
        codes = self.chain.take_back(who, care) if gone else self.chain.report(who, care)
        raw = start_305(self.header(), client(who), [line])
        return self._sent(raw, ADMINISTRATOR, codes, f"305 {who} {care} {'removed' if gone else ''}")

    def stop(self) -> Sent:
        who, care = self._care(started=0.85)
        reason = self.dice.choice([StopReason.TEMPORARY, StopReason.AS_PLANNED, StopReason.EXTERNAL_CAUSE])
        until = care.since + timedelta(days=self.dice.choice([5, 10, 20]))
        stops = [each for each in self.chain.reports.get(who, []) if each.reason]
        care = Care(care.number, care.since, reason.value, until)
        gone = self.dice.random() < 0.2
        if stops and (gone or self.dice.random() < 0.1):
            care = self.dice.choice(stops)
        product = ALLOCATED[self.law][care.number]
        line = StoppedProduct(
            care.since,
            care.until or until,
            StopReason(care.reason or TEMPORARY),
            care.number,
            product.category,
            product.code,
            submission=Submission.REMOVED if gone else Submission.FIRST,
        )
        codes = self.chain.take_back(who, care) if gone else self.chain.report(who, care)
        raw = stop_307(self.header(), client(who), [line])
        return self._sent(raw, ADMINISTRATOR, codes, f"307 {who} {care} {'removed' if gone else ''}")

    def declaration(self) -> Sent:
        header = self.header()
        told = Declarer(self.dice, self.law, self.chain, self.number).declared()
        outcome = self.chain.declare(told)
        raw = Declarer.message(header, told)
        return Sent(raw, ADMINISTRATOR, outcome.codes, f"323 {told}", outcome.accepted, told, outcome)

    def retour(self) -> Sent:
        """The other side confirms or rejects a message, also once more, or one that nobody sent."""
        with_retour = [each for each in self.sent if each.answered and each.outcome is None]
        if not with_retour:
            return self.allocation()
        to = self.dice.choice(with_retour)
        original, self.number = to.raw, self.number + 1
        known = self.dice.random() < 0.8
        if not known:
            identification = read(to.raw).identification
            original = original.replace(f">{identification}<".encode(), f">U{self.number}<".encode())
        wrong = self.dice.random() < 0.4
        codes = {"Bericht/Header": ("9056",)} if wrong else {}
        raw = retour(read(original), identification=f"T{self.number}", dated=TODAY, codes=codes)
        sender = WORKER if to.sender == ADMINISTRATOR else ADMINISTRATOR
        about = f"retour on {'' if known else 'what nobody sent, like '}{to.told}"
        return Sent(raw, sender, {"9056"} if wrong else set(), about, accepted=not wrong, answered=False)

    def answer_to_declaration(self) -> Sent:
        """The municipality answers a declaration with a system of its own: as it should, or what was not declared."""
        declared = [each for each in self.sent if each.outcome is not None and not each.outcome.header]
        if not declared:
            return self.declaration()
        to = self.dice.choice(declared)
        self.number += 1
        raw, codes, accepted, about = Declarer.answer(self.dice, read(to.raw), f"T{self.number}")
        return Sent(raw, WORKER, codes, f"325 {about} on {to.told}", accepted, answered=False)


def _desired(wanted: Change) -> DesiredProduct:
    return DesiredProduct(
        wanted.since,
        wanted.number,
        ends_on=wanted.until,
        extent=_extent(wanted.extent) if wanted.extent else None,
        budget_cents=wanted.budget,
    )


def _extent(extent: chain_terms.Extent) -> Extent:
    return Extent(extent.volume, Unit(extent.unit), Frequency(extent.per), extent.by_effort)
