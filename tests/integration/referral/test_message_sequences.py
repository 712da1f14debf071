"""Random courses of messages of both parties: each step gets the codes of the standard, and leaves what it says."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import pytest

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
    Retour,
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
    validate_structure,
)
from services.referral.istandaarden.changes import ChangeRequestReason
from services.referral.istandaarden.codes import Gender, Submission
from tests.integration.referral.chain_model import TEMPORARY, TODAY, Allocation, Care, Chain
from tests.integration.referral.referral_world import ADMINISTRATOR, HEUMEN, OUTPATIENT, REIGER, WORKER, World

SEED = int(os.environ.get("CHAIN_SEED", "2026"))
COURSES = int(os.environ.get("CHAIN_COURSES", "4"))
STEPS = int(os.environ.get("CHAIN_STEPS", "30"))
CLIENTS = range(3)
NUMBERS = range(700_001, 700_007)
SINCE = date(2026, 1, 1)
EXTENT = Extent(3, Unit.HOUR, Frequency.WEEK)
CONTACTS = [Contact(address=Address(17, postcode="6581AB", street="Zonnedauwlaan"), phones=(Phone("0241234567"),))]


@dataclass
class Sent:
    """A message, who sends it, and what it must get: codes, and the level where it fails."""

    raw: bytes
    sender: str
    codes: set[str]
    told: str


def code_of(number: int) -> str:
    """Every allocation is of a product of its own, so that none overlaps with another (TR361)."""
    return f"45A{number % 100 + 10}"


def client(ordinal: int) -> ClientDetails:
    name = PersonName(f"Wolkenveld{ordinal}", "van", initials="JT")
    return ClientDetails(fictional_bsn(ordinal), name, date(2012, 3, 4), Gender.FEMALE)


@dataclass
class Course:
    """What is sent by chance, with what the model says of it."""

    dice: random.Random
    chain: Chain = field(default_factory=Chain)
    number: int = 0

    def header(self) -> MessageHeader:
        self.number += 1
        return MessageHeader(Standard.IJW, HEUMEN, REIGER, f"C{self.number}", TODAY)

    def step(self) -> Sent:
        acts: list[tuple[int, Callable[[], Sent]]] = [
            (4, self.allocation),
            (2, self.request),
            (2, self.answer),
            (2, self.change),
            (5, self.start),
            (6, self.stop),
        ]
        [act] = self.dice.choices([act for _, act in acts], weights=[weight for weight, _ in acts])
        return act()

    def reference(self) -> str:
        """A new one mostly, else one that was used."""
        if self.chain.requests and self.dice.random() < 0.2:
            return self.dice.choice(sorted(self.chain.requests))
        return f"R{self.number}"

    def request(self) -> Sent:
        who, reference = self.dice.choice(CLIENTS), self.reference()
        product = RequestedProduct(
            reference=reference,
            starts_on=TODAY + timedelta(days=30),
            ends_on=TODAY + timedelta(days=200),
            referrer=ReferrerDetails(Referrer.GENERAL_PRACTITIONER, "Huisarts"),
            category="45",
            code=OUTPATIENT if self.dice.random() < 0.7 else None,
            extent=None,
        )
        product = RequestedProduct(**{**_values(product), "extent": EXTENT if product.code else None})
        raw = request_for_allocation_315(self.header(), client(who), [product])
        return Sent(raw, ADMINISTRATOR, self.chain.request(who, reference), f"315 {who} {reference}")

    def change(self) -> Sent:
        who, reference = self.dice.choice(CLIENTS), self.reference()
        named = self.chain.current(who)
        if self.dice.random() < 0.3:
            named = self.dice.sample(NUMBERS, self.dice.randint(0, 3))
        begins = TODAY + timedelta(days=30)
        new = DesiredProduct(begins, None, "45", "45A99", begins + timedelta(days=90), EXTENT)
        raw = request_for_change_317(
            self.header(),
            fictional_bsn(who),
            reference,
            ChangeRequestReason.CARE_PLAN,
            unchanged=named,
            new=[new],
        )
        codes = self.chain.change(who, reference, named)
        return Sent(raw, ADMINISTRATOR, codes, f"317 {who} {reference} names {named}")

    def answer(self) -> Sent:
        reference = self.dice.choice([*sorted(self.chain.requests), "unknown"])
        answer = self.dice.choice([Answer.REJECTED, Answer.UNDER_INVESTIGATION])
        reason = RefusalReason.NO_CONTRACT if answer is Answer.REJECTED else None
        raw = answer_319(self.header(), reference, answer, reason)
        return Sent(raw, WORKER, self.chain.answer(reference, answer.value), f"319 {reference} {answer.value}")

    def allocation(self) -> Sent:
        number = self.dice.choice(NUMBERS)
        before = self.chain.allocations.get(number)
        who = self.dice.choice(CLIENTS)
        if before is not None and (before.removed or self.dice.random() < 0.8):
            who = before.client
        removed = before is not None and not before.removed and self.dice.random() < 0.2
        decided = self.number if self.dice.random() < 0.8 else self.dice.randrange(self.number + 1)
        until = self.dice.choice([date(2026, 6, 30), date(2026, 12, 31), date(2027, 3, 31)])
        told = Allocation(who, SINCE, SINCE if removed else until, decided, removed)
        reference = self._granted(who) if not removed else None
        minutes, seconds = divmod(decided, 60)
        reason = ChangeReason.REMOVED if removed else None
        product = AllocatedProduct(
            number=number,
            decided_on=date(2026, 8, 13),
            decided_at=time(9 + minutes // 60, minutes % 60, seconds),
            starts_on=SINCE,
            ends_on=told.until,
            reference=reference,
            category="45",
            code=code_of(number),
            change_reason=reason,
            extent=EXTENT,
        )
        raw = allocation_301(self.header(), client(who), CONTACTS, [product])
        codes = self.chain.allocate(who, number, told, reference)
        return Sent(raw, WORKER, codes, f"301 {who} {number} until {told.until} decided {decided} {reference} {reason}")

    def _granted(self, who: int) -> str | None:
        """A reference: mostly of an open request of the client, sometimes one of nothing, or of what was granted."""
        own = [reference for reference, each in self.chain.requests.items() if each.client == who]
        if own and self.dice.random() < 0.5:
            reference = self.dice.choice(own)
            if "rejected" not in self.chain.requests[reference].answers:
                return reference
        return "unknown" if self.dice.random() < 0.1 else None

    def _care(self) -> tuple[int, Care]:
        """A client with a start: one that was told, of an allocation, or any."""
        who = self.dice.choice(CLIENTS)
        starts = [each.start for each in self.chain.reports.get(who, [])]
        if starts and self.dice.random() < 0.6:
            return who, self.dice.choice(starts)
        own = [number for number, each in self.chain.allocations.items() if each.client == who]
        number = self.dice.choice(own) if own and self.dice.random() < 0.8 else self.dice.choice(NUMBERS)
        return who, Care(number, SINCE + timedelta(days=self.dice.choice([0, 0, 31, 59])))

    def start(self) -> Sent:
        who, care = self._care()
        gone = self.dice.random() < 0.2
        line = StartedProduct(care.since, care.number, "45", code_of(care.number), submission=_submission(gone))
        codes = self.chain.take_back(who, care) if gone else self.chain.report(who, care)
        raw = start_305(self.header(), client(who), [line])
        return Sent(raw, ADMINISTRATOR, codes, f"305 {who} {care} {'removed' if gone else ''}")

    def stop(self) -> Sent:
        who, care = self._care()
        reason = self.dice.choice([StopReason.TEMPORARY, StopReason.AS_PLANNED, StopReason.DIED])
        until = care.since + timedelta(days=self.dice.choice([5, 10, 20]))
        stops = [each for each in self.chain.reports.get(who, []) if each.reason]
        care = Care(care.number, care.since, reason.value, until)
        gone = self.dice.random() < 0.25
        if stops and (gone or self.dice.random() < 0.1):
            care = self.dice.choice(stops)
        line = StoppedProduct(
            care.since,
            care.until or until,
            StopReason(care.reason or TEMPORARY),
            care.number,
            "45",
            code_of(care.number),
            submission=_submission(gone),
        )
        codes = self.chain.take_back(who, care) if gone else self.chain.report(who, care)
        raw = stop_307(self.header(), client(who), [line])
        return Sent(raw, ADMINISTRATOR, codes, f"307 {who} {care} {'removed' if gone else ''}")


def _values(product: RequestedProduct) -> dict[str, Any]:
    return {name: getattr(product, name) for name in RequestedProduct.__dataclass_fields__}


def _submission(gone: bool) -> Submission:
    return Submission.REMOVED if gone else Submission.FIRST


@pytest.mark.parametrize("course", range(COURSES))
async def test_every_step_gets_the_codes_of_the_standard_and_leaves_what_it_says(world: World, course: int) -> None:
    dice = random.Random(f"{SEED} {course}")
    told = Course(dice)
    story: list[str] = []
    sent: list[tuple[Sent, dict[str, Any]]] = []
    for _ in range(STEPS):
        step = told.step()
        story.append(f"{step.told} -> {sorted(step.codes) or 'accepted'}")
        about = f"CHAIN_SEED={SEED}, course {course}:\n" + "\n".join(story)
        found = await world.call(step.sender, "POST", "/messages", content=step.raw, media_type="application/xml")
        assert found.status_code == 201, f"{found.status_code} {found.text}\n{about}"
        answer = found.json()
        assert set(answer["returnCodes"]) == step.codes, f"{answer['findings']}\n{about}"
        assert answer["accepted"] is (not step.codes), about
        await _answered(world, step, answer, about)
        await _as_told(world, told.chain, about)
        sent.append((step, answer))
    await _again(world, dice, sent)


async def test_the_latest_decision_counts_also_when_it_only_confirmed(world: World) -> None:
    """IV013, OP080: decided third and first the same, decided second otherwise, told in the order one, three, two."""
    course = Course(random.Random(1))
    lasting, shorter = date(2026, 12, 31), date(2026, 6, 30)
    for decided, until in ((1, lasting), (3, lasting), (2, shorter)):
        product = AllocatedProduct(
            number=NUMBERS[0],
            decided_on=date(2026, 8, 13),
            decided_at=time(9, decided),
            starts_on=SINCE,
            ends_on=until,
            category="45",
            code=code_of(NUMBERS[0]),
            extent=EXTENT,
        )
        assert (await world.send(WORKER, allocation_301(course.header(), client(0), CONTACTS, [product])))["accepted"]
    rows = await world.database.worker.fetch("select ends_on from allocation where number = $1", NUMBERS[0])
    assert [row["ends_on"] for row in rows] == [lasting]


async def _answered(world: World, step: Sent, answer: dict[str, Any], about: str) -> None:
    """Every message has its retour, valid and with the same codes."""
    found = await world.call(step.sender, "GET", f"/messages/{answer['answerId']}/content")
    assert found.status_code == 200, about
    message = read(found.content)
    assert validate_structure(message) == [], about
    told = Retour.from_message(message)
    assert {code for codes in told.codes.values() for code in codes} == step.codes, about
    assert told.header == read(step.raw).header, about


async def _as_told(world: World, chain: Chain, about: str) -> None:
    """What is kept is what the model says that was told."""
    rows = await world.database.worker.fetch(
        "select number, starts_on, ends_on, removed from allocation where number >= 700001"
    )
    kept = {row["number"]: None if row["removed"] else (row["starts_on"], row["ends_on"]) for row in rows}
    assert kept == {
        number: None if each.removed else (each.since, each.until) for number, each in chain.allocations.items()
    }, about
    rows = await world.database.worker.fetch("select number, starts_on, reason, ends_on from reported_delivery")
    kept_reports = sorted(map(str, (Care(*row.values()) for row in rows)))
    assert kept_reports == sorted(str(each) for reports in chain.reports.values() for each in reports), about
    rows = await world.database.worker.fetch(
        "select reference, answers, granted_at is not null as granted from chain_request"
    )
    kept_requests = {row["reference"]: (list(row["answers"]), row["granted"]) for row in rows}
    assert kept_requests == {name: (each.answers, each.granted) for name, each in chain.requests.items()}, about


async def _again(world: World, dice: random.Random, sent: list[tuple[Sent, dict[str, Any]]]) -> None:
    """The same again has one effect; what is damaged, dated ahead, of another or of nobody is refused as it should."""
    for step, answer in dice.sample(sent, 5):
        again = await world.send(step.sender, step.raw)
        assert (again["messageId"], again["answerId"]) == (answer["messageId"], answer["answerId"])
        other = WORKER if step.sender == ADMINISTRATOR else ADMINISTRATOR
        refused = await world.send(other, step.raw)
        assert (refused["accepted"], refused["level"], refused["answerId"]) == (False, None, None)
        assert "another sender" in refused["findings"][0]["wrongEn"]
        late = step.raw.replace(b"2026-08-14</ijw:Dagtekening>", b"2026-08-15</ijw:Dagtekening>")
        # What failed at level 2 counts as not sent: its identification is free, and it fails again.
        expected = {"0001"} if answer["level"] == "2" else {"8848", "9056"}
        assert set((await world.send(step.sender, late))["returnCodes"]) == expected
        spoilt = await world.send(step.sender, step.raw.replace(b"<ijw:Dagtekening>2026", b"<ijw:Dagtekening>x026"))
        assert (spoilt["accepted"], spoilt["level"], spoilt["answerId"]) == (False, "1", None)
        if b":Bsn>" in step.raw:
            bsn = step.raw.partition(b":Bsn>")[2][:9]
            wrong = await world.send(step.sender, step.raw.replace(bsn, b"999900007").replace(b">C", b">D"))
            assert (wrong["level"], wrong["returnCodes"]) == ("2", ["0001"])
    allocations = [step for step, answer in sent if step.told.startswith("301") and answer["accepted"]]
    for step in allocations[:3]:
        taken = retour(read(step.raw), identification=f"T{dice.randrange(10**6)}", dated=TODAY)
        assert (await world.send(ADMINISTRATOR, taken))["accepted"]
