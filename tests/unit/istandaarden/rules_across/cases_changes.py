"""Requests for change, against the allocations of the client."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.istandaarden import Extent, Standard
from services.referral.istandaarden.rules.known import Known, KnownAllocation
from tests.unit.istandaarden.rules_across.messages_across import (
    DATED,
    EXTENT,
    OTHER_PRODUCT,
    PRODUCT,
    TOTAL,
    Case,
    change,
    message,
)

VERZOEK = "Bericht/Client/Verzoek"
UNCHANGED = f"{VERZOEK}/OngewijzigdeProducten/OngewijzigdProduct[1]"
CHANGED = f"{VERZOEK}/TeWijzigenProducten/TeWijzigenProduct[1]"
BEGUN, ENDS = date(2026, 1, 1), date(2026, 12, 31)


def cases(standard: Standard) -> Iterator[Case]:
    product = tuple(PRODUCT[standard].values())
    weekly = KnownAllocation(7, BEGUN, ENDS, *product, extent=Extent(3, Unit.HOUR, Frequency.WEEK))
    other = replace(weekly, number=8, category=None, code=None, extent=None)
    beside = replace(weekly, number=8, **_named(OTHER_PRODUCT[standard]))

    def case(rule: str, allocations: Any, at: str | None = None, *also: str, **asked: Any) -> Case:
        known = Known(today=DATED, allocations=tuple(allocations))
        return Case(rule, message(standard, "317", change(**asked)), known, at, frozenset(also))

    more = {"Omvang": EXTENT | {"Volume": 5}}
    yield case("TR349", [weekly, beside], unchanged=(8,), changed=[more])
    yield case("TR349", [weekly, beside], VERZOEK, changed=[more])
    yield case("TR349", [weekly, replace(beside, starts_on=date(2027, 1, 1), ends_on=None)], VERZOEK, changed=[more])
    over = replace(beside, ends_on=date(2026, 6, 14))
    removed = replace(beside, ends_on=BEGUN, starts_on=BEGUN, removed=True)
    yield case("TR349", [weekly, over, removed], changed=[more])
    yield case("TR349", [weekly, replace(over, ends_on=DATED)], VERZOEK, changed=[more])

    yield case("TR350", [weekly, beside], unchanged=(8,), changed=[more])
    yield case("TR350", [weekly], UNCHANGED, unchanged=(8,), changed=[more])
    yield case("TR350", [weekly, over], UNCHANGED, unchanged=(8,), changed=[more])
    yield case("TR351", [weekly], changed=[more])
    yield case("TR351", [], CHANGED, changed=[more])

    yield case("TR357", [weekly], changed=[more | {"GewensteIngangsdatum": date(2026, 6, 16)}])
    yield case("TR357", [weekly], changed=[more | {"GewensteIngangsdatum": BEGUN}])
    yield case("TR357", [weekly], CHANGED, changed=[more | {"GewensteIngangsdatum": DATED}])

    budget = replace(weekly, code=None, extent=None, budget_cents=500_000)
    total = replace(weekly, extent=Extent(80, Unit.HOUR, Frequency.WHOLE))
    raised = {"Omvang": None, "Budget": 600_000}
    higher = {"Omvang": TOTAL | {"Volume": 100}}
    for allocation, wish in ((budget, raised), (total, higher)):
        yield case("TR373", [allocation], changed=[wish | {"GewensteIngangsdatum": BEGUN}])
        yield case("TR373", [allocation], CHANGED, changed=[wish])
    yield case("TR373", [budget], changed=[{"Omvang": None, "Budget": 500_000}])
    yield case("TR373", [total], changed=[{"Omvang": TOTAL}])
    yield case("TR373", [total], changed=[more])

    generic = replace(other, number=7, budget_cents=500_000)
    aspecific = replace(weekly, code=None, extent=None)
    yield case("TR375", [generic], changed=[{"Omvang": None}])
    yield case("TR375", [generic], CHANGED, "TR412", changed=[more])
    long_ago = {"GewensteIngangsdatum": date(2020, 1, 1), "Einddatum": date(2020, 12, 31)}
    old = replace(aspecific, starts_on=date(2020, 1, 1))
    yield case("TR412", [old], changed=[more | long_ago])
    yield case("TR412", [aspecific], changed=[{"Omvang": None}])
    yield case("TR412", [aspecific], CHANGED, changed=[more])
    yield case("TR412", [aspecific], CHANGED, changed=[more | {"Einddatum": None}])
    yield case("TR411", [weekly], changed=[more])
    yield case("TR411", [weekly], CHANGED, changed=[{"Omvang": None}])

    yield from _overlaps(standard, case, weekly, generic)


def _overlaps(standard: Standard, case: Any, weekly: KnownAllocation, generic: KnownAllocation) -> Iterator[Case]:
    mine, others = PRODUCT[standard], OTHER_PRODUCT[standard]
    same, different = {"Product": mine}, {"Product": others}
    # Unchanged and new: the same product once more is right only after the first one ended.
    yield case("TR361", [weekly], unchanged=(7,), new=[different])
    yield case("TR361", [weekly], VERZOEK, unchanged=(7,), new=[same])
    next_year = {"GewensteIngangsdatum": date(2027, 1, 1), "Einddatum": None}
    yield case("TR361", [weekly], unchanged=(7,), new=[same | next_year])
    yield case("TR361", [replace(weekly, ends_on=None)], VERZOEK, unchanged=(7,), new=[same | next_year])
    # What was removed counts as never allocated (OP347); that it is no longer current is for TR350 to say.
    yield case("TR350", [replace(weekly, removed=True)], UNCHANGED, unchanged=(7,), new=[same])
    yield case("TR351", [replace(weekly, removed=True)], CHANGED, changed=[{}], new=[same])
    # Shortened, and succeeded by the same product.
    shorter = {"Einddatum": date(2026, 9, 30)}
    yield case("TR361", [weekly], changed=[shorter], new=[same | {"GewensteIngangsdatum": date(2026, 10, 1)}])
    yield case("TR361", [weekly], VERZOEK, changed=[shorter], new=[same | {"GewensteIngangsdatum": date(2026, 9, 30)}])
    # Without a code the category counts, without a category everything does.
    by_category = {"Product": {"Categorie": mine["Categorie"]}, "Omvang": None, "Budget": 1}
    yield case("TR361", [weekly], VERZOEK, unchanged=(7,), new=[by_category])
    yield case("TR361", [weekly], unchanged=(7,), new=[by_category | {"Product": {"Categorie": others["Categorie"]}}])
    yield case("TR361", [generic], VERZOEK, unchanged=(7,), new=[different])
    sibling = {"Product": {"Categorie": mine["Categorie"], "Code": f"{mine['Categorie']}Z99"}}
    yield case("TR361", [weekly], unchanged=(7,), new=[sibling])
    if standard is Standard.IWMO:
        aid = {"Product": {"Categorie": "11", "Code": "11A01"}}
        wheelchair = replace(weekly, category="11", code="11A01")
        yield case("TR361", [wheelchair], unchanged=(7,), new=[aid])
        yield case("TR361", [generic], unchanged=(7,), new=[aid])


def _named(product: dict[str, str]) -> dict[str, str]:
    return {"category": product["Categorie"], "code": product["Code"]}
