"""Random courses of messages of both parties: each step gets the codes of the standard, and leaves what it says."""

import os
from collections.abc import Iterable
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest

from contracts.events.commissioning import AgreementConcluded, Law, Product, Unit
from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import AnswerToDeclaration, Retour, read, retour, validate_structure
from services.referral.istandaarden.rules import check_content
from tests.integration.referral.chain_course import SINCE, Course, Sent
from tests.integration.referral.chain_declared import Declared, Outcome
from tests.integration.referral.chain_model import TODAY, Care, Chain
from tests.integration.referral.chain_terms import (
    AFTER,
    AGREED,
    ALLOCATED,
    BEFORE,
    DEARER,
    IJW,
    IWMO,
    Allocation,
)
from tests.integration.referral.declaring import recounted, total_spent
from tests.integration.referral.referral_world import ADMINISTRATOR, HEUMEN, REIGER, WORKER, World, apply_market

SEED = int(os.environ.get("CHAIN_SEED", "2026"))
COURSES = int(os.environ.get("CHAIN_COURSES", "6"))
STEPS = int(os.environ.get("CHAIN_STEPS", "30"))
LAWS = {IJW: Law.YOUTH, IWMO: Law.WMO}
COMBINED = ((IJW,), (IWMO,), (IJW, IWMO))
"""Under one law or under both at once: the same clients and the same numbers, and yet nothing to do with each other."""
FIRST, NUMBER = 700_001, 700_002


async def agree(world: World) -> None:
    """Two agreements on everything that is allocated, the later one dearer."""
    concluded = [
        AgreementConcluded(
            agreement_id=UUID(int=2026 + later),
            provider=REIGER,
            municipalities=(HEUMEN,),
            products=tuple(
                Product(
                    product_code=code,
                    category=category,
                    name="Zorg",
                    law=LAWS[law],
                    unit=Unit(unit),
                    tariff_cents=cents,
                )
                for law, agreed in AGREED.items()
                for code, (category, unit) in agreed.items()
            ),
            valid_from=since,
            valid_until=date(2027, 12, 31),
            imported=True,
            concluded_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for later, (since, cents) in enumerate([(date(2025, 1, 1), BEFORE), (DEARER, AFTER)])
    ]
    await apply_market(world.database, concluded)


@pytest.mark.parametrize("course", range(COURSES))
async def test_every_step_gets_the_codes_of_the_standard_and_leaves_what_it_says(world: World, course: int) -> None:
    await agree(world)
    dice = Random(f"{SEED} {course}")
    told = Course(dice, COMBINED[course % len(COMBINED)])
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
        assert answer["accepted"] is step.accepted, about
        await _answered(world, step, answer, about)
        await _as_told(world, told.chains.values(), about)
        sent.append((step, answer))
    cents = sum(chain.ledger.cents for chain in told.chains.values())
    assert cents == await total_spent(world) == await recounted(world)
    await _again(world, dice, sent)


async def test_the_latest_decision_counts_also_when_it_only_confirmed(world: World) -> None:
    """IV013, OP080: decided third and first the same, decided second otherwise, told in the order one, three, two."""
    course = Course(Random(1), (IJW,))
    lasting, shorter = date(2026, 12, 31), date(2026, 6, 30)
    for decided, until in ((1, lasting), (3, lasting), (2, shorter)):
        told = Allocation(0, SINCE, until, decided, ALLOCATED[IJW][FIRST])
        assert (await world.send(WORKER, course.allocated(FIRST, told)))["accepted"]
    rows = await world.database.worker.fetch("select ends_on from allocation where number = $1", FIRST)
    assert [row["ends_on"] for row in rows] == [lasting]


async def _answered(world: World, step: Sent, answer: dict[str, Any], about: str) -> None:
    """Every message has its answer, valid and with the same codes; a retour and a 325 have none."""
    if not step.answered:
        assert answer["answerId"] is None, about
        return
    found = await world.call(step.sender, "GET", f"/messages/{answer['answerId']}/content")
    assert found.status_code == 200, about
    message = read(found.content)
    assert validate_structure(message) == [], about
    if step.outcome is not None:
        assert check_content(message) == [], about
        assert step.declared is not None
        _answers(AnswerToDeclaration.from_message(message), step.outcome, step.declared, about)
        return
    told = Retour.from_message(message)
    assert {code for codes in told.codes.values() for code in codes} == step.codes, about
    assert told.header == read(step.raw).header, about


def _answers(answer: AnswerToDeclaration, outcome: Outcome, declared: Declared, about: str) -> None:
    """The 325 says of each class what became of it, and of what was granted only how much it is (IV087)."""
    assert set(answer.header_codes) == (outcome.header or {"0200"}), about
    if outcome.header:
        assert (answer.number, answer.clients) == (None, ()), about
        return
    assert (answer.number, answer.submitted_cents) == (declared.number, declared.total), about
    assert answer.granted_cents == outcome.cents, about
    assert set(answer.codes) == (outcome.declaration or {"0200" if outcome.codes else "8001"}), about
    rejected: dict[str, list[tuple[str, set[str]]]] = {}
    for place, line in enumerate(declared.lines):
        if not outcome.declaration and place not in outcome.granted:
            codes = outcome.lines.get(place) or {"0233"}
            rejected.setdefault(fictional_bsn(line.client).digits, []).append((line.reference, codes))
    assert rejected == {
        client.bsn.digits: [(each.performance.reference, set(each.codes)) for each in client.performances]
        for client in answer.clients
    }, about
    of_clients = {fictional_bsn(who).digits: codes for who, codes in outcome.clients.items()}
    for client in answer.clients:
        assert set(client.codes) == of_clients.get(client.bsn.digits, {"0200"}), about


async def _as_told(world: World, chains: Iterable[Chain], about: str) -> None:
    """What is kept is what the model says that was told."""
    for chain in chains:
        law = LAWS[chain.law]
        rows = await world.database.worker.fetch(
            "select number, starts_on, ends_on, volume, budget_cents, removed from allocation where law = $1", law
        )
        kept = {row["number"]: tuple(row.values())[1:] for row in rows}
        assert kept == {number: _terms(each) for number, each in chain.allocations.items()}, about
        rows = await world.database.worker.fetch(
            "select number, starts_on, reason, ends_on from reported_delivery where law = $1", law
        )
        kept_reports = sorted(map(str, (Care(*row.values()) for row in rows)))
        assert kept_reports == sorted(str(each) for reports in chain.reports.values() for each in reports), about
        rows = await world.database.worker.fetch(
            "select reference, answers, granted_at is not null as granted from chain_request where law = $1", law
        )
        kept_requests = {row["reference"]: (list(row["answers"]), row["granted"]) for row in rows}
        assert kept_requests == {name: (each.answers, each.granted) for name, each in chain.requests.items()}, about
        rows = await world.database.worker.fetch(
            "select reference, granted, credited_in is not null as credited from performance where law = $1", law
        )
        credited = {row["reference"] for row in rows if row["credited"]}
        assert credited == chain.ledger.credited, about
        assert sorted((row["reference"], row["granted"]) for row in rows) == sorted(chain.ledger.told), about


def _terms(told: Allocation) -> tuple[object, ...]:
    extent = told.product.extent
    return told.since, told.until, extent.volume if extent else None, told.product.budget, told.removed


async def _again(world: World, dice: Random, sent: list[tuple[Sent, dict[str, Any]]]) -> None:
    """The same again has one effect; what is damaged, dated ahead, of another or of nobody is refused as it should."""
    for step, answer in dice.sample(sent, 5):
        again = await world.send(step.sender, step.raw)
        assert (again["messageId"], again["answerId"]) == (answer["messageId"], answer["answerId"])
        other = WORKER if step.sender == ADMINISTRATOR else ADMINISTRATOR
        refused = await world.send(other, step.raw)
        assert (refused["accepted"], refused["level"], refused["answerId"]) == (False, None, None)
        assert "another sender" in refused["findings"][0]["wrongEn"]
        spoilt = await world.send(step.sender, step.raw.replace(b":Dagtekening>2026", b":Dagtekening>x026"))
        assert (spoilt["accepted"], spoilt["level"], spoilt["answerId"]) == (False, "1", None)
        if not step.answered:
            continue
        late = step.raw.replace(b"2026-08-14</", b"2026-08-15</", 1)
        # What failed at level 2 counts as not sent: its identification is free, and it fails again.
        expected = {"0001"} if answer["level"] == "2" else {"8848", "9056"}
        assert set((await world.send(step.sender, late))["returnCodes"]) == expected
        if b":Bsn>" in step.raw:
            bsn = step.raw.partition(b":Bsn>")[2][:9]
            wrong = await world.send(step.sender, step.raw.replace(bsn, b"999900007").replace(b">C", b">D"))
            assert (wrong["level"], wrong["returnCodes"]) == ("2", ["0001"])
    allocations = [step for step, answer in sent if step.told.split()[1] == "301" and answer["accepted"]]
    for step in allocations[:3]:
        taken = retour(read(step.raw), identification=f"T{dice.randrange(10**6)}", dated=TODAY)
        assert (await world.send(ADMINISTRATOR, taken))["accepted"]
