"""A declaration that is right in every way, to be changed, and what the municipality knows about it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.declared import (
    ApprovedPerformance,
    ContractTariff,
    DeclarableAllocation,
    DeclaredClient,
    DeclaredKnown,
    Performance,
)
from services.referral.domain.declared_volume import AllocatedVolume
from services.referral.domain.identity import Bsn, fictional_bsn
from services.referral.istandaarden import Declaration, Message, MessageHeader, Standard, read, validate_structure
from services.referral.istandaarden.rules import Known, Violation, check_known

APRIL = (date(2026, 4, 1), date(2026, 4, 30))
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
SENT = date(2026, 5, 6)
CLIENT, OTHER = UUID(int=1), UUID(int=2)
BSN, OTHER_BSN = fictional_bsn(1), fictional_bsn(2)
CATEGORIES = {Standard.IJW: "45", Standard.IWMO: "02"}


def performance(reference: str = "P1", **details: Any) -> Performance:
    """Ten hours at 60 euros in April on allocation 5301; the amount follows from volume and tariff."""
    given: dict[str, Any] = {
        "allocation_number": 5301,
        "category": "45",
        "code": "45A04",
        "starts_on": APRIL[0],
        "ends_on": APRIL[1],
        "volume": 10,
        "unit": Unit.HOUR,
        "tariff_cents": 6000,
    } | details
    given.setdefault("amount_cents", given["volume"] * (given["tariff_cents"] or 1))
    return Performance(reference, **given)


def credit_of(debit: Performance, reference: str = "C1", **details: Any) -> Performance:
    return replace(debit, reference=reference, previous_reference=debit.reference, credit=True, **details)


def in_standard(given: Performance, standard: Standard) -> Performance:
    """The same performance with the categories of the standard: 45 in iJw is 02 in iWmo."""
    if standard is Standard.IJW:
        return given
    names = {"45": "02", "46": "03"}
    code = names.get(given.code[:2], given.code[:2]) + given.code[2:]
    return replace(given, category=names.get(given.category, given.category), code=code)


def declaration(
    *performances: Performance,
    standard: Standard = Standard.IJW,
    others: Iterable[Performance] = (),
    period: tuple[date, date] = APRIL,
    sent: date = SENT,
    declared_on: date | None = None,
    number: str = "D1",
    identification: str = "M1",
    total: int | None = None,
) -> Declaration:
    """Performances for one client, and ``others`` for a second one."""
    listed = [(BSN, performances or (performance(),)), (OTHER_BSN, tuple(others))]
    clients = tuple(
        DeclaredClient(bsn, tuple(in_standard(each, standard) for each in each_for))
        for bsn, each_for in listed
        if each_for
    )
    header = MessageHeader(standard, "0268", "73730001", identification, sent)
    stated = sum(client.signed_cents for client in clients) if total is None else total
    return Declaration(header, number, *period, declared_on or sent, stated, clients)


def as_message(raw: bytes) -> Message:
    message = read(raw)
    assert validate_structure(message) == []
    return message


def message_of(*performances: Performance, **details: Any) -> Message:
    return as_message(declaration(*performances, **details).to_bytes())


def allocation(number: int = 5301, **details: Any) -> DeclarableAllocation:
    """Twenty hours a month of 45A04, March up to and including August 2026."""
    given: dict[str, Any] = {
        "client": CLIENT,
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 8, 31),
        "category": "45",
        "code": "45A04",
        "extent": AllocatedVolume(20, Unit.HOUR, Frequency.MONTH),
    } | details
    return DeclarableAllocation(number, **given)


def known_to(
    *allocations: DeclarableAllocation,
    approved: Iterable[Performance | ApprovedPerformance] = (),
    clients: dict[Bsn, UUID] | None = None,
    **details: Any,
) -> DeclaredKnown:
    """The allocations and 60 euros an hour for 45A04; 02 and 02A04 beside it for iWmo."""
    approvals = tuple(
        each if isinstance(each, ApprovedPerformance) else ApprovedPerformance(each, CLIENT) for each in approved
    )
    tariffs = {
        code: (ContractTariff(code, 6000, Unit.HOUR, date(2026, 1, 1), date(2026, 12, 31)),)
        for code in ("45A04", "02A04")
    }
    return DeclaredKnown(
        clients={BSN: CLIENT, OTHER_BSN: OTHER} if clients is None else clients,
        allocations={each.number: each for each in allocations or (allocation(),)},
        approved=approvals,
        references=frozenset(each.performance.reference for each in approvals) | details.pop("references", set()),
        tariffs=details.pop("tariffs", tariffs),
        **details,
    )


def known_in(known: DeclaredKnown, standard: Standard) -> DeclaredKnown:
    """What is known with the categories of the standard."""
    if standard is Standard.IJW:
        return known
    allocations = {}
    for number, each in known.allocations.items():
        category = CATEGORIES[standard] if each.category == "45" else each.category
        code = f"02{each.code[2:]}" if each.code and each.code.startswith("45") else each.code
        allocations[number] = replace(each, category=category, code=code)
    approved = tuple(replace(each, performance=in_standard(each.performance, standard)) for each in known.approved)
    tariffs = known.tariffs | {f"02{code[2:]}": found for code, found in known.tariffs.items() if code[:2] == "45"}
    return replace(known, allocations=allocations, approved=approved, tariffs=tariffs)


def found_in(message: Message, known: DeclaredKnown, **rest: Any) -> list[Violation]:
    bsns = frozenset(bsn.digits for bsn in known.clients)
    return check_known(message, Known(declared=known, bsns=bsns, **rest))
