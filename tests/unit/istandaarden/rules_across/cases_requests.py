"""Headers, requests and their answers, and allocations."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from services.referral.istandaarden import Standard
from services.referral.istandaarden.retours import HEADER_PATH
from services.referral.istandaarden.rules.known import InForce, Known, KnownAllocation, KnownRequest
from tests.unit.istandaarden.rules_across.messages_across import (
    BSN,
    DATED,
    MUNICIPALITY,
    OTHER_PRODUCT,
    PRODUCT,
    Case,
    allocated,
    answered,
    change,
    declared,
    message,
    requested,
    started,
    stopped,
)

ASKED = "Bericht/Client/AangevraagdeProducten/AangevraagdProduct[1]"
ALLOCATED = "Bericht/Client/ToegewezenProducten/ToegewezenProduct[1]"
VERZOEK, ANTWOORD = "Bericht/Client/Verzoek", "Bericht/Antwoord"


def cases(standard: Standard) -> Iterator[Case]:
    yield from header_cases(standard)
    yield from product_cases(standard)
    yield from request_cases(standard)
    yield from answer_cases(standard)
    yield from allocation_cases(standard)


def header_cases(standard: Standard) -> Iterator[Case]:
    ask = message(standard, "315", requested(standard))
    yield Case("TR056", ask, Known(identifications=frozenset({"A2"})))
    yield Case("TR056", ask, Known(identifications=frozenset({"A1"})), HEADER_PATH)
    yield Case("TR135", ask, Known(today=DATED))
    yield Case("TR135", ask, Known(today=date(2026, 6, 14)), HEADER_PATH)
    for one in (ask, message(standard, "301", allocated(standard)), message(standard, "319", answered("2"))):
        yield Case("TR378", one, Known(municipalities={MUNICIPALITY: InForce()}))
        yield Case("TR378", one, Known(municipalities={}), HEADER_PATH)
        ended = Known(municipalities={MUNICIPALITY: InForce(last=date(2025, 12, 31))})
        yield Case("TR378", one, ended, HEADER_PATH)
    # After a reorganisation the list of the first day of care is as right as today's.
    old = message(standard, "301", allocated(standard, {"Ingangsdatum": date(2025, 1, 1)}))
    yield Case("TR378", old, Known(municipalities={MUNICIPALITY: InForce(last=date(2025, 12, 31))}))
    new = Known(municipalities={MUNICIPALITY: InForce(first=date(2026, 7, 1))})
    yield Case("TR378", ask, new)
    if standard is Standard.IJW:
        elsewhere = answered("1") | {"RedenAfwijzingVerzoek": "8", "Woonplaatsbeginsel": {"Gemeente": "0268"}}
        answer = message(standard, "319", elsewhere)
        here = {MUNICIPALITY: InForce()}
        yield Case("TR378", answer, Known(municipalities=here | {"0268": InForce()}))
        yield Case("TR378", answer, Known(municipalities=here), f"{ANTWOORD}/Woonplaatsbeginsel")

    wish = message(standard, "317", change(new=[{"Product": PRODUCT[standard]}]))
    claim = message(standard, "323", declared(standard))
    for one, at in ((wish, "Bericht/Client"), (claim, "Bericht/Declaratie/Clienten/Client[1]")):
        yield Case("TR304", one, Known(bsns=frozenset({BSN})))
        yield Case("TR304", one, Known(bsns=frozenset()), at)


def product_cases(standard: Standard) -> Iterator[Case]:
    category, code = PRODUCT[standard]["Categorie"], PRODUCT[standard]["Code"]
    other = OTHER_PRODUCT[standard]["Categorie"]
    bodies = {
        "301": (allocated(standard), ALLOCATED),
        "305": (started(standard), "Bericht/Client/StartProducten/StartProduct[1]"),
        "307": (stopped(standard), "Bericht/Client/StopProducten/StopProduct[1]"),
        "315": (requested(standard), ASKED),
        "317": (change(new=[{"Product": PRODUCT[standard]}]), f"{VERZOEK}/NieuweProducten/NieuwProduct[1]"),
        "323": (declared(standard), "Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]"),
    }
    for number, (body, at) in bodies.items():
        one = message(standard, number, body)
        yield Case("TR381", one, Known(products={code: frozenset({category, other})}))
        yield Case("TR381", one, Known(products={}))
        yield Case("TR381", one, Known(products={code: frozenset({other})}), at)
        yield Case("TR381", one, Known(products={code: frozenset()}), at)


def request_cases(standard: Standard) -> Iterator[Case]:
    ask = message(standard, "315", requested(standard))
    wish = message(standard, "317", change(new=[{"Product": PRODUCT[standard]}]))
    for one, reference, at in ((ask, "R1", ASKED), (wish, "V1", VERZOEK)):
        elsewhere = KnownRequest(reference, of_client=False)
        yield Case("TR347", one, Known(requests=()))
        yield Case("TR347", one, Known(requests=(elsewhere,)), at)
        other = KnownRequest("X1")
        for decided in (
            replace(other, granted=True),
            replace(other, answers=("2", "1")),
            replace(other, of_client=False),
        ):
            yield Case("TR374", one, Known(requests=(decided,)))
        for waiting in (other, replace(other, answers=("2",)), replace(other, change=True)):
            yield Case("TR374", one, Known(requests=(waiting,)), at)


def answer_cases(standard: Standard) -> Iterator[Case]:
    no, looking = (message(standard, "319", answered(code)) for code in "12")
    asked = KnownRequest("R1")

    def known(**changes: Any) -> Known:
        return Known(requests=(replace(asked, **changes),))

    yield Case("TR355", no, known())
    yield Case("TR355", no, Known(requests=(KnownRequest("R2"),)), ANTWOORD)
    yield Case("TR359", no, known())
    yield Case("TR359", no, known(granted=True), ANTWOORD)
    yield Case("TR360", looking, known())
    yield Case("TR360", no, known(answers=("2",)))
    yield Case("TR360", looking, known(answers=("2",)), ANTWOORD)
    yield Case("TR365", no, known(answers=("2",)))
    yield Case("TR365", no, known(answers=("2", "1")), ANTWOORD)
    yield Case("TR365", looking, known(answers=("1",)), ANTWOORD, frozenset({"TR360"}))


def allocation_cases(standard: Standard) -> Iterator[Case]:
    product, other = (tuple(each[standard].values()) for each in (PRODUCT, OTHER_PRODUCT))
    first = message(standard, "301", allocated(standard))
    earlier = KnownAllocation(7, date(2026, 7, 1), None, *product)
    yield Case("TR332", first, Known(allocations=(earlier,)))
    yield Case("TR332", first, Known(allocations=(replace(earlier, number=8),), other_numbers=frozenset({9})))
    yield Case("TR332", first, Known(other_numbers=frozenset({7})), ALLOCATED)
    elsewhere = replace(earlier, category=other[0], code=other[1])
    yield Case("TR332", first, Known(allocations=(elsewhere,)), ALLOCATED)

    removal = {"RedenWijziging": "13", "Einddatum": date(2026, 7, 1)}
    gone = message(standard, "301", allocated(standard, removal))
    claimed = Known(allocations=(replace(earlier, claimed=True),))
    yield Case("TR385", gone, Known(allocations=(earlier,)))
    yield Case("TR385", first, claimed)
    yield Case("TR385", gone, claimed, ALLOCATED)

    granting = message(standard, "301", allocated(standard, {"ReferentieAanbieder": "R1"}))
    asked = KnownRequest("R1")
    yield Case("TR379", first, Known(requests=(asked,)))
    yield Case("TR379", granting, Known(requests=(asked,)))
    yield Case("TR379", granting, Known(requests=()), ALLOCATED)
    yield Case("TR379", granting, Known(requests=(replace(asked, granted=True),)), ALLOCATED)
    beside = allocated(standard, {"ReferentieAanbieder": "R1"}, {"ToewijzingNummer": 8})
    partly = message(standard, "301", beside)
    yield Case("TR379", partly, Known(requests=(asked,)))
    yield Case("TR379", partly, Known(requests=(replace(asked, change=True),)), ALLOCATED.replace("[1]", "[2]"))
