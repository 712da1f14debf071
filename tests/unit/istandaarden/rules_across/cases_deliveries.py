"""Starts and stops: what was reported before, and what is reported now."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from services.referral.istandaarden import Standard
from services.referral.istandaarden.rules.known import Known, KnownAllocation, Reported
from tests.unit.istandaarden.rules_across.messages_across import OTHER_PRODUCT, PRODUCT, Case, message, started, stopped

START = "Bericht/Client/StartProducten/StartProduct[1]"
STOP = "Bericht/Client/StopProducten/StopProduct[1]"
BEGUN, ENDED, LATER = date(2026, 4, 3), date(2026, 5, 20), date(2026, 5, 21)


def known(standard: Standard, *reports: Reported, **changes: Any) -> Known:
    """One allocation, and what was reported."""
    product = PRODUCT[standard]
    allocation = KnownAllocation(7, date(2026, 4, 1), None, product["Categorie"], product["Code"])
    return Known(**({"allocations": (allocation,), "reports": reports} | changes))


def cases(standard: Standard) -> Iterator[Case]:
    product = PRODUCT[standard]
    key = (7, product["Categorie"], product["Code"], BEGUN)
    start, again = Reported(*key), Reported(*key[:3], LATER)
    pause, stop = Reported(*key, "20", ENDED), Reported(*key, "38", ENDED)

    def starts(*reports: Reported, lines: Any = ({},), **changes: Any) -> Any:
        return message(standard, "305", started(standard, *lines)), known(standard, *reports, **changes)

    def stops(*reports: Reported, lines: Any = ({},), **changes: Any) -> Any:
        return message(standard, "307", stopped(standard, *lines)), known(standard, *reports, **changes)

    yield Case("TR019", *starts())
    yield Case("TR019", *starts(lines=[{"ToewijzingNummer": 8}]), START)
    yield Case("TR019", *starts(lines=[{"Product": OTHER_PRODUCT[standard]}]), START)
    yield Case("TR019", *starts(lines=[{"Product": None}]))
    yield Case("TR019", *starts(lines=[{"ToewijzingNummer": None}]), START)
    yield Case("TR019", *starts(lines=[{"ToewijzingNummer": None}], by_task=True))
    aspecific = (KnownAllocation(7, date(2026, 4, 1), None, product["Categorie"]),)
    yield Case("TR019", *starts(allocations=aspecific))
    removed = (KnownAllocation(7, date(2026, 4, 1), date(2026, 4, 1), *key[1:3], removed=True),)
    yield Case("TR019", *starts(allocations=removed), START)
    yield Case("TR019", *stops(start))
    yield Case("TR019", *stops(start, allocations=()), STOP)

    remove = {"StatusAanlevering": "3"}
    yield Case("TR063", *starts(start, lines=[remove]))
    yield Case("TR063", *starts(lines=[remove]), START)
    yield Case("TR063", *stops(start, stop, lines=[remove | {"Einddatum": ENDED}]))
    yield Case("TR063", *stops(start, stop, lines=[remove]), STOP)

    yield Case("TR071", *starts(start, lines=[remove]))
    yield Case("TR071", *starts(start, stop, lines=[remove]), START)

    yield Case("TR074", *starts(start, stop, lines=[{"Begindatum": LATER}]))
    yield Case("TR074", *starts(start), START)
    yield Case("TR074", *starts(start, stop), START)
    yield Case("TR074", *stops(start, pause))
    yield Case("TR074", *stops(start, stop, lines=[{"Einddatum": ENDED}]), STOP)
    # A key that changes is corrected in one message: the removal comes first, wherever it stands.
    moved = [{"Begindatum": LATER}, remove]
    yield Case("TR326", *starts(start, lines=moved))
    yield Case("TR415", *stops(start, stop, lines=[{}, remove | {"Einddatum": ENDED}]))

    yield Case("TR326", *starts())
    yield Case("TR326", *starts(start, lines=[{"Begindatum": LATER}]), START)
    yield Case("TR326", *starts(start, pause, lines=[{"Begindatum": LATER}]))
    yield Case("TR326", *starts(start, pause, again, lines=[{"Begindatum": date(2026, 6, 1)}]), START)
    two = [{}, {"Begindatum": LATER}]
    yield Case("TR326", *starts(lines=two), START.replace("[1]", "[2]"))

    yield Case("TR382", *stops(start))
    yield Case("TR382", *stops(start, pause))
    yield Case("TR382", *stops(), STOP)
    yield Case("TR382", *stops(start, lines=[{"Begindatum": date(2026, 4, 4)}]), STOP)
    yield Case("TR382", *stops(start, lines=[{"Product": None}]), STOP)

    interrupted = {"RedenBeeindiging": "20"}
    yield Case("TR413", *stops(start, lines=[interrupted]))
    yield Case("TR413", *stops(start, pause))
    yield Case("TR413", *stops(start, pause, lines=[interrupted]), STOP)
    yield Case("TR413", *stops(start, pause, again, lines=[interrupted | {"Begindatum": LATER}]))

    yield Case("TR414", *stops(start, pause, lines=[{"Einddatum": ENDED}]))
    yield Case("TR414", *stops(start, pause, lines=[{"Einddatum": date(2026, 5, 19)}]), STOP)

    yield Case("TR415", *stops(start, pause))
    yield Case("TR415", *stops(start, stop), STOP)
    yield Case("TR415", *stops(start, stop, lines=[interrupted]), STOP)
