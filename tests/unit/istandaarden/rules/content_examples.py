"""One message of each kind that breaks no rule of level 2, and small changes to it."""

import copy
from collections import defaultdict
from collections.abc import Callable
from datetime import date, time
from functools import cache
from typing import Any

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency, Referrer, StopReason
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.reasons import Answer, ChangeRequestReason, RefusalReason
from services.referral.istandaarden import (
    KINDS,
    Address,
    AllocatedProduct,
    Allocation,
    AnswerToRequest,
    ClientDetails,
    Contact,
    DesiredProduct,
    Extent,
    Message,
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
    read,
    validate_structure,
    write,
)
from services.referral.istandaarden.codes import AddressKind, BirthDateUse, Gender, NameUsage
from services.referral.istandaarden.rules import IN_MESSAGE, check_content

Change = Callable[[Any], None]
IJW = Standard.IJW
CHECKED = tuple(kind for kind in KINDS if kind[-3:] in ("301", "305", "307", "315", "317", "319", "323", "325"))
"""The kinds that have rules of level 2; retours have none."""
_SENT = date(2026, 9, 1)
_HOME = Address(9, "B", "BEL", "TO", "6511XX", "Sint Annastraat", "Nijmegen")
_NAME = PersonName("Berg", "van den", "Anna", "A")
_CLIENT = ClientDetails(fictional_bsn(7), _NAME, date(2012, 2, 28), Gender.FEMALE)


def kinds_of(number: str) -> tuple[str, ...]:
    """``301`` is both standards, ``JW319`` one."""
    return tuple(kind for kind in CHECKED if kind in (number, f"JW{number}", f"WMO{number}"))


def example(kind: str) -> Any:
    """The content of a message of this kind that breaks nothing; to be changed at will."""
    return copy.deepcopy(read(raw_example(kind)).root.content())


def changed(kind: str, change: Change) -> Message:
    """The example with one change, still valid at level 1."""
    content = example(kind)
    change(content)
    message = read(write(kind, content))
    assert validate_structure(message) == []
    return message


def put(path: str, value: Any) -> Change:
    """Set one element; a number in the path counts repeated classes from 0. Classes on the way are made."""

    def change(content: Any) -> None:
        *above, last = path.split("/")
        for step in above:
            content = content[int(step)] if step.isdigit() else content.setdefault(step, {})
        content[int(last) if last.isdigit() else last] = copy.deepcopy(value)

    return change


def drop(path: str) -> Change:
    """Leave out one element, which must be there."""

    def change(content: Any) -> None:
        *above, last = path.split("/")
        for step in above:
            content = content[int(step) if step.isdigit() else step]
        del content[int(last) if last.isdigit() else last]

    return change


def again(path: str, **other: Any) -> Change:
    """Repeat the first of a list, with other values for some of its elements."""

    def change(content: Any) -> None:
        for step in path.split("/"):
            content = content[int(step) if step.isdigit() else step]
        content.append(copy.deepcopy(content[0]) | other)

    return change


def all_of(*changes: Change) -> Change:
    def change(content: Any) -> None:
        for each in changes:
            each(content)

    return change


def nothing(_content: Any) -> None:
    """No change."""


def declared_only(code: str) -> bool:
    """Whether it is a rule of 323 and 325 alone; those have tests of their own."""
    return {kind[-3:] for rule in IN_MESSAGE.all if rule.code == code for kind in rule.kinds} <= {"323", "325"}


def broken(message: Message) -> dict[str, list[str]]:
    """The places that break each rule, without ``Bericht/`` and without rules of 323 and 325 alone."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in check_content(message):
        if not declared_only(each.rule.code):
            found[each.rule.code].append(each.full_path.removeprefix("Bericht/"))
    return dict(found)


@cache
def raw_example(kind: str) -> bytes:
    standard = IJW if kind.startswith("JW") else Standard.IWMO
    made = _EXAMPLES[kind[-3:]](standard)
    raw: bytes = made if isinstance(made, bytes) else made.to_bytes()
    return raw


def _header(standard: Standard) -> MessageHeader:
    return MessageHeader(standard, "0268", "73730001", "M1", _SENT)


def _categories(standard: Standard) -> tuple[str, str]:
    return ("45", "41") if standard is IJW else ("02", "07")


def _allocation(standard: Standard) -> Allocation:
    first, second = _categories(standard)
    partner = PersonName("Berg", "van den", "Bea", "B", "Wit", "de", NameUsage.PARTNER_OWN)
    home = Contact(AddressKind.STAY, _HOME, phones=(Phone("0241234567"),))
    for_now = Contact(AddressKind.TEMPORARY_STAY, _HOME, valid_from=date(2026, 8, 1), valid_until=date(2026, 10, 1))

    def product(number: int, **rest: Any) -> AllocatedProduct:
        return AllocatedProduct(number, _SENT, time(12), **rest)

    return Allocation(
        _header(standard),
        _CLIENT,
        (home, for_now),
        (
            product(
                7001,
                starts_on=date(2026, 9, 7),
                ends_on=date(2026, 12, 31),
                category=first,
                code=f"{first}A04",
                extent=Extent(3, Unit.HOUR, Frequency.WEEK),
            ),
            product(7002, starts_on=date(2026, 9, 7), ends_on=date(2026, 12, 31), category=second),
            product(7003, starts_on=date(2027, 1, 1), ends_on=date(2027, 3, 31), budget_cents=100),
        ),
        (Relation("1", "10", partner, home, 1, date(1980, 1, 1), BirthDateUse.DAY_AND_MONTH_UNKNOWN, Gender.MALE),),
        interpreter="1",
        language="Zweeds",
    )


def _start(standard: Standard) -> StartOfCare:
    category = _categories(standard)[0]
    started = StartedProduct(_SENT, 7001, category, f"{category}A04", date(2026, 8, 31))
    return StartOfCare(_header(standard), _CLIENT, (started,))


def _stop(standard: Standard) -> StopOfCare:
    stopped = StoppedProduct(date(2026, 8, 1), date(2026, 8, 31), StopReason.AS_PLANNED, 7001)
    return StopOfCare(_header(standard), _CLIENT, (stopped,))


def _request(standard: Standard) -> RequestForAllocation:
    first, second = _categories(standard)
    doctor = ReferrerDetails(Referrer.GENERAL_PRACTITIONER, agb="01000001")
    specific = RequestedProduct(
        "R-1",
        date(2026, 9, 7),
        doctor,
        first,
        f"{first}A04",
        date(2026, 12, 31),
        Extent(3, Unit.HOUR, Frequency.WEEK),
        decision_number=12,
        decision_starts_on=date(2026, 9, 1),
    )
    court = ReferrerDetails(Referrer.COURT, "Rechtbank")
    return RequestForAllocation(
        _header(standard),
        _CLIENT,
        (
            specific,
            RequestedProduct("R-2", date(2026, 9, 7), court, second),
            RequestedProduct("R-3", date(2025, 1, 1), court, ends_on=date(2025, 2, 1), budget_cents=100),
        ),
    )


def _change(standard: Standard) -> RequestForChange:
    first, second = _categories(standard)
    later = date(2026, 10, 1)
    volume = Extent(4, Unit.HOUR, Frequency.MONTH)
    return RequestForChange(
        _header(standard),
        _CLIENT.bsn,
        "R-4",
        ChangeRequestReason.CARE_PLAN,
        unchanged=(7001,),
        changed=(DesiredProduct(later, 7002, extent=volume),),
        new=(
            DesiredProduct(later, category=first, code=f"{first}A04", extent=volume),
            DesiredProduct(later, category=second, ends_on=date(2026, 12, 31), budget_cents=100),
        ),
    )


def _answer(standard: Standard) -> AnswerToRequest:
    return AnswerToRequest(_header(standard), "R-1", Answer.REJECTED, RefusalReason.NO_CONTRACT)


def _performance(reference: str, category: str) -> Any:
    return {
        "ProductReferentie": {"ReferentieNummer": reference},
        "ToewijzingNummer": 7001,
        "ProductCategorie": category,
        "ProductCode": f"{category}A04",
        "ProductPeriode": {"Begindatum": "2026-08-01", "Einddatum": "2026-08-31"},
        "GeleverdVolume": 10,
        "Eenheid": "04",
        "ProductTarief": 100,
        "IngediendBedrag": {"Bedrag": 1000, "DebetCredit": "D"},
    }


def _declaration(standard: Standard) -> bytes:
    category = _categories(standard)[0]
    clients = [
        {
            "Bsn": fictional_bsn(place).digits,
            "Prestaties": {"Prestatie": [_performance(f"RN{place}", category) | {"ToewijzingNummer": 7000 + place}]},
        }
        for place in (7, 8)
    ]
    declaration = {
        "DeclaratieNummer": "D1",
        "DeclaratiePeriode": {"Begindatum": "2026-08-01", "Einddatum": "2026-08-31"},
        "DeclaratieDagtekening": _SENT,
        "TotaalIngediendBedrag": {"TotaalBedrag": 2000, "DebetCredit": "D"},
        "Clienten": {"Client": clients},
    }
    header = _header(standard).content(from_municipality=False)
    return write(f"{'JW' if standard is IJW else 'WMO'}323", {"Header": header, "Declaratie": declaration})


def _declaration_answer(standard: Standard) -> bytes:
    category = _categories(standard)[0]
    codes = {"RetourCode": ["0200"]}
    rejected = _performance("RN7", category) | {"RetourCodes": {"RetourCode": ["0611"]}}
    client = {"Bsn": fictional_bsn(7).digits, "Prestaties": {"Prestatie": [rejected]}, "RetourCodes": codes}
    answer = {
        "DeclaratieNummer": "D1",
        "TotaalIngediendBedrag": {"TotaalBedrag": 2000, "DebetCredit": "D"},
        "TotaalToegekendBedrag": {"TotaalBedrag": 1000, "DebetCredit": "D"},
        "Clienten": {"Client": [client]},
        "RetourCodes": codes,
    }
    header = _header(standard).content(from_municipality=True) | {
        "DeclaratieIdentificatie": {"Identificatie": "M1", "Dagtekening": _SENT},
        "XsdVersieDeclaratie": {"BasisschemaXsdVersie": "1.0.0", "BerichtXsdVersie": "1.0.0"},
        "RetourCodes": codes,
    }
    kind = f"{'JW' if standard is IJW else 'WMO'}325"
    return write(kind, {"Header": header, "DeclaratieAntwoord": answer})


_EXAMPLES: dict[str, Callable[[Standard], Any]] = {
    "301": _allocation,
    "305": _start,
    "307": _stop,
    "315": _request,
    "317": _change,
    "319": _answer,
    "323": _declaration,
    "325": _declaration_answer,
}
