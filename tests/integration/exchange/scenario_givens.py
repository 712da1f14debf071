"""What the scenarios say in words (``given``), as messages that come before, and as agreed tariffs."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

YOUTH, WMO = "999900006", "999996770"
_OTHER = "999900018"


def _step(kind: str, dated: str, **fields: Any) -> dict[str, Any]:
    return {"message": kind, "date": dated, "fields": fields}


def _allocated(dated: str, *products: Mapping[str, Any], bsn: str = YOUTH, standard: str = "JW") -> dict[str, Any]:
    return _step(f"{standard}301", dated, Bsn=bsn, ToegewezenProduct=list(products))


def _product(
    number: int, code: str, first: str, last: str, volume: int | None = 3, frequency: str = "2", **rest: Any
) -> dict[str, Any]:
    extent = {"Volume": volume, "Eenheid": "04", "Frequentie": frequency} if volume else {}
    named = {"Categorie": code[:2]} | ({"Code": code} if len(code) > 2 else {})
    return {"ToewijzingNummer": number, **named, "Ingangsdatum": first, "Einddatum": last, **extent, **rest}


_300201 = {"ToewijzingNummer": 300201, "Categorie": "45", "Code": "45A04", "ToewijzingIngangsdatum": "2026-04-01"}
_FIRST = {"StatusAanlevering": "1"}
_CURRENT = _allocated("2026-03-25", _product(300201, "45A04", "2026-04-01", "2026-12-31"))
_STARTED = _step("JW305", "2026-04-06", Bsn=YOUTH, StartProduct=[_300201 | _FIRST | {"Begindatum": "2026-04-03"}])


def _stopped(dated: str, last: str) -> dict[str, Any]:
    stop = _300201 | _FIRST | {"Begindatum": "2026-04-03", "RedenBeeindiging": "31", "Einddatum": last}
    return _step("JW307", dated, Bsn=YOUTH, StopProduct=[stop])


_5301 = _allocated("2026-02-20", _product(5301, "45A04", "2026-03-01", "2026-08-31", 20, "4"))
_R1 = {
    "ReferentieAanbieder": "R1",
    "Categorie": "45",
    "Code": "45A04",
    "ToewijzingIngangsdatum": "2026-03-01",
    "ToewijzingEinddatum": "2026-08-31",
    "Volume": 3,
    "Eenheid": "04",
    "Frequentie": "2",
    "VerwijzerType": "02",
    "ZorgverlenerCode": "01012345",
}
_7001 = _product(7001, "02A03", "2026-01-01", "2026-12-31")
_GRANTED_R1 = _product(5301, "45A04", "2026-03-01", "2026-08-31", ReferentieAanbieder="R1")


def _declared(number: str, dated: str, month: str, last: str) -> dict[str, Any]:
    """An earlier declaration over a month, about somebody else."""
    performance = {
        "ReferentieNummer": f"E{number}",
        "ToewijzingNummer": 6399,
        "ProductCategorie": "45",
        "ProductCode": "45A04",
        "Begindatum": f"{month}-01",
        "Einddatum": last,
        "GeleverdVolume": 1,
        "Eenheid": "04",
        "ProductTarief": 6000,
        "Bedrag": 6000,
        "DebetCredit": "D",
    }
    return _step(
        "JW323",
        dated,
        DeclaratieNummer=f"E{number}",
        Declaratieperiode=[f"{month}-01", last],
        TotaalBedrag=6000,
        DebetCredit="D",
        Client=[{"Bsn": _OTHER, "Prestatie": [performance]}],
    )


GIVEN: Mapping[str, tuple[dict[str, Any], ...]] = {
    "TOEW-3": (
        _step(
            "JW317",
            "2026-05-28",
            Bsn=YOUTH,
            ReferentieAanbieder="A-77",
            RedenVerzoek="1",
            TeWijzigenProduct=[
                {"ToewijzingNummer": 5101, "GewensteIngangsdatum": "2026-01-01", "Einddatum": "2026-12-31"}
                | {"Volume": 100, "Eenheid": "04", "Frequentie": "6"}
            ],
        ),
    ),
    "TOEW-5": (_allocated("2026-05-10", _product(7001, "02A03", "2026-06-01", "2026-12-31"), bsn=WMO, standard="WMO"),),
    "VOT-9": (
        _step("JW315", "2026-02-16", Bsn=YOUTH, AangevraagdProduct=[_R1]),
        _allocated("2026-02-20", _GRANTED_R1),
    ),
    "VOW-1": (
        _allocated(
            "2025-02-14",
            _product(432, "45B01", "2025-03-01", "2026-12-31"),
            _product(543, "45C01", "2025-03-01", "2025-12-31", 80, "6"),
        ),
    ),
    "VOW-3": (
        _allocated(
            "2025-02-14",
            _product(789, "45B01", "2025-03-01", "2026-07-01"),
            _product(910, "45C01", "2025-03-01", "2025-12-31"),
        ),
    ),
    "VOW-5": (
        _allocated(
            "2024-12-16",
            _product(345001, "43", "2025-01-01", "2025-12-31", None),
            _product(345002, "44", "2025-01-01", "2025-12-31", None),
        ),
    ),
    "VOW-8": (_allocated("2025-12-15", _product(611, "45", "2026-01-01", "2026-12-31", None, Budget=500000)),),
    "VOW-11": (_allocated("2025-12-15", _7001, bsn=WMO, standard="WMO"),),
    "START-1": (_CURRENT,),
    "START-3": (_CURRENT,),
    "START-5": (_CURRENT, _STARTED, _stopped("2026-06-16", "2026-06-15")),
    "STOP-1": (_CURRENT, _STARTED),
    "STOP-3": (_CURRENT, _STARTED, _stopped("2026-07-20", "2026-07-17")),
    "STOP-5": (_CURRENT, _STARTED),
    "DECL-1": (_5301,),
    "DECL-3": (
        _5301,
        _allocated(
            "2026-02-21",
            _product(5302, "45A06", "2026-03-01", "2026-08-31", 20, "4"),
        ),
    ),
    "DECL-5": (_5301,),
    "DECL-7": (_allocated("2026-04-01", _product(6101, "45A04", "2026-04-08", "2026-06-17", 10, "4")),),
    "DECL-9": (
        _allocated("2025-12-15", _product(6301, "45A04", "2026-01-01", "2026-12-31", 20, "4")),
        _allocated("2025-12-16", _product(6399, "45A04", "2026-01-01", "2026-12-31", 20, "4"), bsn=_OTHER),
        _declared("1", "2026-02-05", "2026-01", "2026-01-31"),
        _declared("2", "2026-03-05", "2026-02", "2026-02-28"),
        _declared("3", "2026-04-05", "2026-03", "2026-03-31"),
        _declared("5", "2026-06-05", "2026-05", "2026-05-31"),
    ),
    "DECL-11": (_5301,),
    "DECL-13": (_5301,),
    "DECL-16": (_5301,),
    "DECL-18": (
        _allocated("2025-12-15", _product(7002, "02A03", "2026-01-01", "2026-12-31", 20, "4"), bsn=WMO, standard="WMO"),
    ),
}
"""By scenario, in order; a message of a later day than a step of the scenario comes after it."""

_TARIFFS = {
    "DECL-3": {"45A04": 6000, "45A05": 6000, "45A06": 6000},
    "DECL-9": {"45A04": 6000, "45A05": 6000},
    "DECL-16": {"45A04": 6990},
    "DECL-18": {"02A03": 6000},
}


def agreed_tariffs(scenario: str) -> Mapping[str, Any] | None:
    """``agreements.json`` of a scenario about declarations: prices per hour in cents."""
    if not scenario.startswith("DECL"):
        return None
    products = [
        {"code": code, "category": code[:2], "unit": "04", "tariffCents": cents}
        for code, cents in _TARIFFS.get(scenario, {"45A04": 6000}).items()
    ]
    return {"providers": [{"agb": "73730001", "name": "De Zilveren Reiger", "products": products}]}


_LIMITS = (("9321", "boven max periode"), ("9322", "boven max totaal"))


def volume_steps(scenario: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A scenario that tells how much may be declared: once up to the most of each period, once one more at first.

    The period that brings the sum over the most in all is rejected with 9322.
    """
    told = scenario["steps"][0]["fields"]
    wmo = scenario["standard"] == "iwmo"
    code = "01A05" if wmo else "45A04"
    unit = told.get("eenheid", "04")
    first, last = told["toewijzing"]
    granted = _product(8001, code, first, last, told["volume"], told["frequentie"]) | {"Eenheid": unit}
    standard, bsn = ("WMO", WMO) if wmo else ("JW", YOUTH)
    start = _allocated(first, granted, bsn=bsn, standard=standard) | {"expect": {"result": "goed", "codes": {}}}
    periods = [each for each in told["max_per_productperiode"] if each["max"]]

    def declared(place: int, volume: int, code_expected: str | None) -> dict[str, Any]:
        period = periods[place]
        amount = volume if unit == "83" else volume * 100
        performance = {
            "ReferentieNummer": f"V{place}",
            "ToewijzingNummer": 8001,
            "ProductCategorie": code[:2],
            "ProductCode": code,
            "Begindatum": period["van"],
            "Einddatum": period["tot"],
            "GeleverdVolume": volume,
            "Eenheid": unit,
            "Bedrag": amount,
            "DebetCredit": "D",
        } | ({} if unit == "83" else {"ProductTarief": 100})
        month = _month(period["tot"])
        step = _step(
            f"{standard}323",
            _after(month[1]),
            DeclaratieNummer=f"V{place}",
            Declaratieperiode=list(month),
            TotaalBedrag=amount,
            DebetCredit="D",
            Client=[{"Bsn": bsn, "Prestatie": [performance]}],
        )
        codes = (
            {"Header": ["0200"], "DeclaratieAntwoord": ["8001"]}
            if code_expected is None
            else {"Header": ["0200"], f"Prestatie V{place}": [code_expected]}
        )
        return step | {"expect": {"result": "goed" if code_expected is None else "deels", "codes": codes}}

    steps, left = [start], told.get("max_totaal")
    for place, period in enumerate(periods):
        beyond = left is not None and period["max"] > left
        steps.append(declared(place, period["max"], "9322" if beyond else None))
        left = None if left is None else left if beyond else left - period["max"]
    yield f"{scenario['id']}-most", steps
    yield f"{scenario['id']}-more", [start, declared(0, periods[0]["max"] + 1, "9321")]


def _month(day: str) -> tuple[str, str]:
    first = date.fromisoformat(day).replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.isoformat(), date.fromordinal(following.toordinal() - 1).isoformat()


def _after(last: str) -> str:
    return date.fromordinal(date.fromisoformat(last).toordinal() + 5).isoformat()
