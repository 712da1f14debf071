"""Any valid model of what a party can send: what level 1 allows, to its borders.

They know the standard's types from here alone (iWmo/iJw 3.2), not from the descriptions of the product. Everything is
drawn from a ``random.Random``: one with a seed is fast, one of Hypothesis shrinks what fails.
"""

import random
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from enum import Enum
from functools import cache
from random import Random
from typing import Any, TypeVar

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency, Referrer
from services.referral.domain.declared import DeclaredClient, Performance
from services.referral.domain.identity import Bsn, passes_eleven_test
from services.referral.domain.reasons import ChangeRequestReason
from services.referral.istandaarden import (
    Address,
    AllocatedProduct,
    Allocation,
    AnswerToRequest,
    ClientDetails,
    Contact,
    Declaration,
    DesiredProduct,
    Extent,
    MessageHeader,
    PersonName,
    Phone,
    ReferrerDetails,
    Relation,
    RequestedProduct,
    RequestForAllocation,
    RequestForChange,
    Standard,
    StartedProduct,
    StartOfCare,
    StopOfCare,
    StoppedProduct,
    declaration_323,
)
from services.referral.istandaarden.codes import (
    STOP_REASONS,
    AddressKind,
    Answer,
    BirthDateUse,
    ChangeReason,
    Gender,
    NameUsage,
    RefusalReason,
    Submission,
)

T = TypeVar("T")
Draw = Callable[[Random], T]

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SIGNS = " \t<>&'\"]]>%;,.-/\u00a0\u0085\u2028\ufeff\ud7ff\ue000\ufffdéßỳÀ’€\u200b\u0301😀\U0010ffff"
_ANY = _LETTERS + "0123456789" + _SIGNS * 3
CATEGORIES = {
    Standard.IJW: [str(number) for number in range(31, 56) if number != 39],
    Standard.IWMO: [f"{number:02}" for number in range(1, 19)],
}
_BORDERS = (date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29), date(2000, 2, 29), date(999, 1, 1))
_DAYS = [*(date(2026, 1, 1) + timedelta(days=11 * n) for n in range(60)), *_BORDERS]


def of(values: Iterable[T]) -> Draw[T]:
    listed = tuple(values)
    return lambda dice: dice.choice(listed)


def members(enumeration: type[Enum]) -> Draw[Any]:
    return of(enumeration)


def maybe(draw: Draw[T]) -> Draw[T | None]:
    return lambda dice: draw(dice) if dice.random() < 0.6 else None


def several(draw: Draw[T], fewest: int = 1, most: int = 3) -> Draw[tuple[T, ...]]:
    return lambda dice: tuple(draw(dice) for _ in range(dice.randint(fewest, most)))


def made(make: Callable[..., T], **parts: Draw[Any]) -> Draw[T]:
    return lambda dice: make(**{name: draw(dice) for name, draw in parts.items()})


@cache
def text(alphabet: str, fewest: int, most: int, allowed: Callable[[str], bool] = bool) -> Draw[str]:
    """One of some hundred texts, the shortest and longest among them."""
    dice = random.Random(f"{alphabet} {fewest} {most}")
    found: set[str] = set()
    for _ in range(400):
        length = dice.choice((fewest, most, min(most, 12), dice.randint(fewest, most)))
        tried = "".join(dice.choices(alphabet, k=length))
        if allowed(tried):
            found.add(tried)
    return of(sorted(found, key=lambda each: (len(each), each)))


def _says_something(tried: str) -> bool:
    return tried.strip(" \t\n") != ""


def line(longest: int) -> Draw[str]:
    """One line of text that is not only space."""
    return text(_ANY, 1, longest, _says_something)


def digits(fewest: int, most: int) -> Draw[str]:
    return text("0123456789", fewest, most)


def number(most: int) -> Draw[int]:
    return lambda dice: dice.choice((0, 1, most, dice.randint(0, most)))


def _bsn(first_eight: int) -> str | None:
    return next((found for last in range(10) if passes_eleven_test(found := f"{first_eight:08}{last}")), None)


BSNS = of([Bsn(found) for found in map(_bsn, range(99990001, 99990500)) if found])
"""Of the range that nobody gets."""
DATES = of(_DAYS)
TIMES = made(time, hour=number(23), minute=number(59), second=number(59))
NUMBERS, CENTS = number(999_999_999), number(99_999_999)
REFERENCES, REMARKS, ANY_TEXT = line(36), text(_ANY + "\n\n", 1, 60, _says_something), text(_ANY + "\n", 1, 20)
INITIALS = text(_LETTERS + "ÀÖØöøÿŁỲỳ", 1, 6)
STREETS = text(_ANY, 1, 24, lambda street: _says_something(street) and street == street.rstrip())
YES_OR_NO = of((True, False))
VERSIONS = made("{a}.{b}.{c}".format, a=number(20), b=number(20), c=number(20))


def headers(standard: Standard) -> Draw[MessageHeader]:
    return made(
        MessageHeader,
        standard=of([standard]),
        municipality=digits(4, 4),
        provider=digits(8, 8),
        identification=line(12),
        dated=DATES,
    )


def name(dice: Random, *, full: bool) -> PersonName:
    partner = maybe(line(200))(dice) if full else None
    return PersonName(
        last_name=line(200)(dice),
        prefix=maybe(line(10))(dice),
        first_names=maybe(line(200))(dice),
        initials=maybe(INITIALS)(dice),
        partner_last_name=partner,
        partner_prefix=maybe(line(10))(dice) if partner else None,
        usage=dice.choice(tuple(NameUsage)) if full else None,
    )


def clients(*, full: bool) -> Draw[ClientDetails]:
    return made(
        ClientDetails,
        bsn=BSNS,
        name=lambda dice: name(dice, full=full),
        birth_date=DATES,
        gender=members(Gender),
        birth_date_use=maybe(members(BirthDateUse)),
    )


def address(dice: Random) -> Address:
    """As it is written: a country goes with a postcode (CD005), a street has no space at its end."""
    house, postcode = maybe(number(99_999))(dice), maybe(line(8))(dice)
    return Address(
        house_number=house,
        house_letter=None if house is None else maybe(line(1))(dice),
        addition=None if house is None else maybe(line(4))(dice),
        designation=None if house is None else maybe(of(("AB", "BY", "TO", "WW")))(dice),
        postcode=postcode,
        street=maybe(STREETS)(dice),
        town=maybe(line(80))(dice),
        country=dice.choice(("NL", "BE", "DE", "AD", "ZW", "TR", "MA")) if postcode else None,
    )


CONTACTS = made(
    Contact,
    kind=members(AddressKind),
    address=maybe(address),
    organisation=maybe(line(35)),
    phones=several(made(Phone, number=digits(1, 15), country=line(4)), 0, 2),
    email=maybe(line(80)),
    valid_from=maybe(DATES),
    valid_until=maybe(DATES),
)


def relation(dice: Random) -> Relation:
    born = maybe(DATES)(dice)
    return Relation(
        number=line(20)(dice),
        kind=f"{dice.randint(3, 25):02}",
        name=name(dice, full=True),
        contact=CONTACTS(dice),
        order=maybe(number(99))(dice),
        birth_date=born,
        birth_date_use=maybe(members(BirthDateUse))(dice) if born else None,
        gender=maybe(members(Gender))(dice),
    )


def extent(dice: Random) -> Extent:
    unit = dice.choice(tuple(Unit))
    by_effort = unit is Unit.PIECE and dice.random() < 0.5
    return Extent(number(99_999_999)(dice), unit, dice.choice(tuple(Frequency)), by_effort)


def with_product(make: Callable[..., T], standard: Standard, **parts: Draw[Any]) -> Draw[T]:
    """With category and code, the category alone, or neither."""
    category, code = maybe(of(CATEGORIES[standard])), maybe(line(5))

    def draw(dice: Random) -> T:
        found = category(dice)
        drawn = {each: part(dice) for each, part in parts.items()}
        return make(category=found, code=code(dice) if found else None, **drawn)

    return draw


def requests(standard: Standard) -> Draw[RequestForAllocation]:
    """315."""
    product = with_product(
        RequestedProduct,
        standard,
        reference=REFERENCES,
        starts_on=DATES,
        referrer=made(ReferrerDetails, kind=members(Referrer), name=maybe(line(64)), agb=maybe(digits(8, 8))),
        ends_on=maybe(DATES),
        extent=maybe(extent),
        budget_cents=maybe(CENTS),
        decision_number=maybe(NUMBERS),
        decision_starts_on=maybe(DATES),
        framework_contract=maybe(YES_OR_NO),
        remark=maybe(REMARKS),
    )
    return made(
        RequestForAllocation,
        header=headers(standard),
        client=clients(full=False),
        products=several(product),
        guardian_known=maybe(YES_OR_NO) if standard is Standard.IJW else of([None]),
        remark=maybe(REMARKS),
    )


def allocations(standard: Standard) -> Draw[Allocation]:
    """301."""
    product = with_product(
        AllocatedProduct,
        standard,
        number=NUMBERS,
        decided_on=DATES,
        decided_at=TIMES,
        starts_on=DATES,
        reference=maybe(REFERENCES),
        ends_on=maybe(DATES),
        change_reason=maybe(members(ChangeReason)),
        extent=maybe(extent),
        budget_cents=maybe(CENTS),
        remark=maybe(REMARKS),
    )

    def make(interpreter: str | None, language: str, **rest: Any) -> Allocation:
        return Allocation(interpreter=interpreter, language=language if interpreter else None, **rest)

    return made(
        make,
        interpreter=maybe(of("123")),
        language=maybe(line(25)),
        header=headers(standard),
        client=clients(full=True),
        contacts=several(CONTACTS, most=2),
        products=several(product),
        relations=several(relation, 0, 1),
        legal_status=maybe(of(("01", "02", "03", "04", "05", "11", "12"))),
        representation=maybe(of(("06", "07", "08", "09", "10"))),
        remark=maybe(REMARKS),
    )


_REPORTED: dict[str, Draw[Any]] = {
    "starts_on": DATES,
    "allocation_number": maybe(NUMBERS),
    "allocation_starts_on": maybe(DATES),
    "submission": members(Submission),
}


def starts(standard: Standard) -> Draw[StartOfCare]:
    """305."""
    product = with_product(StartedProduct, standard, **_REPORTED)
    return made(StartOfCare, header=headers(standard), client=clients(full=False), products=several(product))


def stops(standard: Standard) -> Draw[StopOfCare]:
    """307."""
    reasons = of(sorted({STOP_REASONS[standard].member(code) for code in STOP_REASONS[standard].codes()}))
    product = with_product(StoppedProduct, standard, ends_on=DATES, reason=reasons, **_REPORTED)
    return made(StopOfCare, header=headers(standard), client=clients(full=False), products=several(product))


def changes(standard: Standard) -> Draw[RequestForChange]:
    """317."""
    wish: dict[str, Draw[Any]] = {
        "starts_on": DATES,
        "ends_on": maybe(DATES),
        "extent": maybe(extent),
        "budget_cents": maybe(CENTS),
    }
    return made(
        RequestForChange,
        header=headers(standard),
        bsn=BSNS,
        reference=REFERENCES,
        reason=members(ChangeRequestReason),
        unchanged=several(NUMBERS, 0),
        changed=several(made(DesiredProduct, allocation_number=NUMBERS, **wish), 0),
        new=several(with_product(DesiredProduct, standard, **wish), 0),
    )


def answers(standard: Standard) -> Draw[AnswerToRequest]:
    """319."""
    return made(
        AnswerToRequest,
        header=headers(standard),
        reference=REFERENCES,
        answer=members(Answer),
        reason=maybe(members(RefusalReason)),
        responsible_municipality=maybe(digits(4, 4)) if standard is Standard.IJW else of([None]),
    )


def declarations(standard: Standard) -> Draw[Declaration]:
    """323, with any total."""

    def performance(dice: Random) -> Performance:
        unit = dice.choice(tuple(Unit))
        return Performance(
            reference=ANY_TEXT(dice),
            previous_reference=maybe(ANY_TEXT)(dice),
            allocation_number=NUMBERS(dice),
            category=dice.choice(CATEGORIES[standard]),
            code=line(5)(dice),
            starts_on=DATES(dice),
            ends_on=DATES(dice),
            volume=number(99_999_999)(dice),
            unit=unit,
            by_effort=unit is Unit.PIECE and dice.random() < 0.5,
            tariff_cents=maybe(CENTS)(dice),
            amount_cents=CENTS(dice),
            credit=dice.random() < 0.5,
        )

    return made(
        Declaration,
        header=headers(standard),
        number=text(_LETTERS + "0123456789", 1, 12),
        period_starts_on=DATES,
        period_ends_on=DATES,
        declared_on=DATES,
        total_cents=of((0, 1, -1, 123_456, 999_999_999_999, -999_999_999_999)),
        clients=several(made(DeclaredClient, bsn=BSNS, performances=several(performance))),
        xsd_versions=lambda dice: (VERSIONS(dice), VERSIONS(dice)),
    )


def added_up(declaration: Declaration) -> bytes:
    """The same declaration with the total that its performances add up to."""
    period = declaration.period_starts_on, declaration.period_ends_on
    return declaration_323(declaration.header, declaration.number, period, declaration.clients)


MODELS: dict[str, Callable[[Standard], Draw[Any]]] = {
    "301": allocations,
    "305": starts,
    "307": stops,
    "315": requests,
    "317": changes,
    "319": answers,
    "323": declarations,
}
"""Per forward message; a 325 answers any 323, a retour any other."""
