"""Declarations in PostgreSQL: what a judgement needs in a handful of queries, and what became of each line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from contracts.events.commissioning import Law, Unit, Variant
from contracts.events.referral import Frequency
from services.kit.unit import Unit as UnitOfWork
from services.referral.domain.declaration import Judgement, Verdict
from services.referral.domain.declared import (
    ApprovedPerformance,
    ContractTariff,
    DeclarableAllocation,
    Declared,
    DeclaredKnown,
    Performance,
    Standing,
)
from services.referral.domain.declared_volume import AllocatedVolume
from services.referral.domain.identity import Bsn
from services.referral.istandaarden import Message
from services.referral.istandaarden.labels import NOT_ASSESSED
from services.referral.store import queries
from services.referral.vault.vault import Vault

HOUSEHOLD_HELP = "01"
"""iWmo category with a volume per week of its own (IV077)."""


class Parties(NamedTuple):
    """Whose declarations these are: everything known is of one municipality, one provider and one law."""

    municipality: str
    provider: str
    law: Law


@dataclass(frozen=True, slots=True)
class Facts:
    """``known`` for the judgement; ``agreements`` per reference of an earlier debit: the one it was paid under.

    ``categories``: in which ones the municipality's agreements put each product; a product in none is left out.
    """

    known: DeclaredKnown
    agreements: Mapping[str, UUID | None] = field(default_factory=dict)
    categories: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def agreement_of(self, performance: Performance) -> UUID | None:
        """The agreement whose tariff holds for a debit, or held for the debit that a credit takes back."""
        if performance.credit:
            return self.agreements.get(performance.previous_reference or "")
        tariff = self.known.tariff_of(performance)
        return tariff.agreement if tariff else None


async def clients_of(unit: UnitOfWork, vault: Vault, municipality: str, bsns: Iterable[Bsn]) -> dict[Bsn, UUID]:
    """The vault's identifiers of those whom the municipality knows."""
    by_index = {vault.index(municipality, "bsn", bsn.digits): bsn for bsn in bsns}
    rows = queries.find_clients(unit.conn, municipality=municipality, indexes=list(by_index))
    return {by_index[bytes(row["bsn_index"])]: row["client_id"] async for row in rows}


async def clients_in(unit: UnitOfWork, vault: Vault, message: Message) -> list[UUID]:
    """Whom the municipality knows of those in a message, which need not be right; always in the same order."""
    found = set()
    for client in message.every("Client"):
        try:
            found.add(Bsn(client.text("Bsn")))
        except ValueError:
            continue
    return sorted((await clients_of(unit, vault, message.municipality, found)).values())


async def facts_for(unit: UnitOfWork, vault: Vault, parties: Parties, declared: Declared) -> Facts:
    """What a declaration is judged against. The allocations that it names stay locked to the end."""
    names: dict[str, Any] = parties._asdict()
    performances = [each for client in declared.clients for each in client.performances]
    allocations = [
        _allocation(row, parties.law)
        async for row in queries.lock_declared_allocations(
            unit.conn, **names, numbers=sorted({each.allocation_number for each in performances})
        )
    ]
    before = await queries.declared_before(unit.conn, **names, number=declared.number)
    used = queries.used_references(unit.conn, **names, references=[each.reference for each in performances])
    approved = await _approved(unit, names, performances)
    codes = sorted({each.code for each in performances})
    known = DeclaredKnown(
        numbers={declared.number} if before["number_used"] else frozenset(),
        references=frozenset([row["reference"] async for row in used]),
        clients=await clients_of(unit, vault, parties.municipality, (client.bsn for client in declared.clients)),
        allocations={each.number: each for each in allocations},
        approved=tuple(earlier for earlier, _ in approved),
        standing=await _standing(unit, names, allocations, [earlier for earlier, _ in approved]),
        last_period=before["last_period"],
        tariffs=await tariffs_of(unit, parties, codes),
    )
    listed = await queries.categories_of_declared(unit.conn, municipality=parties.municipality, product_codes=codes)
    return Facts(
        known,
        {earlier.performance.reference: agreement for earlier, agreement in approved},
        {code: frozenset(each) for code, each in (listed or {}).items()},
    )


def _allocation(row: asyncpg.Record, law: Law) -> DeclarableAllocation:
    extent = None
    if row["product_code"] and row["volume"] and row["unit"] and row["frequency"]:
        extent = AllocatedVolume(
            row["volume"],
            Unit(row["unit"]),
            Frequency(row["frequency"]),
            by_effort=row["by_effort"],
            household_help=law is Law.WMO and row["category"] == HOUSEHOLD_HELP,
        )
    return DeclarableAllocation(
        row["number"],
        row["client_id"],
        row["starts_on"],
        row["ends_on"],
        row["category"],
        row["product_code"],
        extent,
        row["budget_cents"],
        row["removed"],
    )


async def _approved(
    unit: UnitOfWork, names: dict[str, Any], performances: Sequence[Performance]
) -> list[tuple[ApprovedPerformance, UUID | None]]:
    debits = [each for each in performances if not each.credit]
    rows = queries.approved_performances(
        unit.conn,
        **names,
        taken_back=[each.previous_reference for each in performances if each.previous_reference],
        numbers=[each.allocation_number for each in debits],
        firsts=[each.starts_on for each in debits],
        lasts=[each.ends_on for each in debits],
        categories=[each.category for each in debits],
        codes=[each.code for each in debits],
    )
    return [
        (
            ApprovedPerformance(performance_from(row), row["client_id"], row["credited_in"] is not None),
            row["agreement_id"],
        )
        async for row in rows
    ]


async def _standing(
    unit: UnitOfWork,
    names: dict[str, Any],
    allocations: Sequence[DeclarableAllocation],
    approved: Iterable[ApprovedPerformance],
) -> tuple[Standing, ...]:
    """What stands approved on the allocations, without the performances that are known one by one."""
    rows = queries.standing_of(unit.conn, **names, numbers=[each.number for each in allocations])
    sums = {(row["allocation_number"], row["unit"]): (row["volume"], row["cents"]) async for row in rows}
    for earlier in approved:
        done = earlier.performance
        key = (done.allocation_number, str(done.unit))
        if key in sums and not earlier.credited:
            volume, cents = sums[key]
            sums[key] = (volume - done.volume, cents - done.amount_cents)
    return tuple(Standing(number, Unit(name), *values) for (number, name), values in sums.items())


async def tariffs_of(
    unit: UnitOfWork, parties: Parties, product_codes: Sequence[str]
) -> dict[str, tuple[ContractTariff, ...]]:
    """The agreed tariffs per product; of those that hold on a day the first one counts."""
    return await unit.ask(_tariffs, (parties, tuple(product_codes)))


async def _tariffs(
    unit: UnitOfWork, asked: Sequence[tuple[Parties, tuple[str, ...]]]
) -> Sequence[dict[str, tuple[ContractTariff, ...]]]:
    """The same is asked of many messages, and looked up once."""
    found = {each: await _tariffs_of(unit, *each) for each in sorted(set(asked))}
    return [found[each] for each in asked]


async def _tariffs_of(
    unit: UnitOfWork, parties: Parties, product_codes: Sequence[str]
) -> dict[str, tuple[ContractTariff, ...]]:
    found: dict[str, list[ContractTariff]] = {}
    async for row in queries.tariffs_of(unit.conn, **parties._asdict(), product_codes=list(product_codes)):
        code = row["product_code"]
        by_effort = None if row["variant"] is None else row["variant"] == Variant.EFFORT
        tariff = ContractTariff(
            code, row["cents"], Unit(row["unit"]), row["valid_from"], row["valid_until"], by_effort, row["agreement_id"]
        )
        found.setdefault(code, []).append(tariff)
    return {code: tuple(tariffs) for code, tariffs in found.items()}


@dataclass(frozen=True, slots=True)
class Declarables:
    """What a provider can declare: allocations by number, granted lines by reference, tariffs per product."""

    allocations: Mapping[int, DeclarableAllocation]
    granted: Mapping[str, ApprovedPerformance]
    tariffs: Mapping[str, tuple[ContractTariff, ...]]


async def declarables(
    unit: UnitOfWork, parties: Parties, *, numbers: Sequence[int], references: Sequence[str], codes: Sequence[str]
) -> Declarables:
    """The allocations with these numbers and the granted lines with these references, and the tariffs they need.

    ``codes`` are products that are named besides.
    """
    names: dict[str, Any] = parties._asdict()
    rows = queries.lock_declared_allocations(unit.conn, **names, numbers=list(numbers))
    allocations = {row["number"]: _allocation(row, parties.law) async for row in rows}
    approved = queries.approved_performances(
        unit.conn, **names, taken_back=list(references), numbers=[], firsts=[], lasts=[], categories=[], codes=[]
    )
    granted = {
        row["reference"]: ApprovedPerformance(performance_from(row), row["client_id"], row["credited_in"] is not None)
        async for row in approved
    }
    wanted = {each.code for each in allocations.values() if each.code} | set(codes)
    return Declarables(allocations, granted, await tariffs_of(unit, parties, sorted(wanted)))


def performance_from(row: asyncpg.Record) -> Performance:
    """A line as it was declared."""
    return Performance(
        reference=row["reference"],
        allocation_number=row["allocation_number"],
        category=row["category"],
        code=row["product_code"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        volume=row["volume"],
        unit=Unit(row["unit"]),
        amount_cents=row["amount_cents"],
        tariff_cents=row["tariff_cents"],
        by_effort=row["by_effort"],
        credit=row["credit"],
        previous_reference=row["previous_reference"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A declaration with the messages that carried it and its answer."""

    declaration_id: UUID
    parties: Parties
    declared: Declared
    declared_on: date
    message_id: UUID
    answer_id: UUID
    received_at: datetime
    answer_due: datetime


async def insert(unit: UnitOfWork, answered: Answered, judgement: Judgement, facts: Facts) -> None:
    """Keep a declaration with what became of each of its lines, and take back what its credits take back."""
    names = answered.parties._asdict() | {"declaration_id": answered.declaration_id}
    verdicts = judgement.verdicts
    refused = judgement.codes("declaration")
    await queries.insert_declaration(
        unit.conn,
        **names,
        number=answered.declared.number,
        period=answered.declared.period_starts_on,
        declared_on=answered.declared_on,
        message_id=answered.message_id,
        answer_id=answered.answer_id,
        assessed=not refused,
        return_codes=list(refused),
        submitted_cents=judgement.submitted_cents,
        granted_cents=judgement.granted_cents,
        rejected_cents=judgement.rejected_cents,
        lines=len(verdicts),
        rejected_lines=len(judgement.rejected),
        received_at=answered.received_at,
        answer_due=answered.answer_due,
        answered_at=unit.now,
    )
    lines = [each.performance for each in verdicts]
    await queries.insert_performances(
        unit.conn,
        **names,
        lines=list(range(1, len(lines) + 1)),
        references=[each.reference for each in lines],
        previous_references=[each.previous_reference for each in lines],
        allocation_numbers=[each.allocation_number for each in lines],
        client_ids=[each.client for each in verdicts],
        categories=[each.category for each in lines],
        product_codes=[each.code for each in lines],
        starts=[each.starts_on for each in lines],
        ends=[each.ends_on for each in lines],
        volumes=[each.volume for each in lines],
        units=[each.unit for each in lines],
        by_efforts=[each.by_effort for each in lines],
        tariffs=[each.tariff_cents for each in lines],
        amounts=[each.amount_cents for each in lines],
        credits=[each.credit for each in lines],
        grants=[each.granted for each in verdicts],
        codes=[" ".join(codes_of_line(each, judgement)) for each in verdicts],
        agreement_ids=[facts.agreement_of(each.performance) for each in verdicts],
    )
    credits = [each.performance.previous_reference for each in judgement.granted if each.performance.credit]
    if credits:
        await queries.take_debits_back(unit.conn, **names, references=credits)


def codes_of_line(verdict: Verdict, judgement: Judgement) -> tuple[str, ...]:
    """Why a line was rejected: its own codes, else those of its client, else that it was not assessed."""
    if verdict.granted or verdict.codes:
        return verdict.codes
    return judgement.codes("client", verdict.position[0]) or (NOT_ASSESSED,)
