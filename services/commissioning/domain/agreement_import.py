"""Running agreements from a workbook: from rows to terms, all or nothing.

A row of *Overeenkomsten* is an agreement, a row of *Tarieven* a price under it. So that value does not wait for a
tender, what already runs is taken over as it was signed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from contracts.events.commissioning import DeclaredWhen, Law, StartMeans, StopMeans, Tariff, Unit, Variant
from services.commissioning.domain import workbook as cell
from services.commissioning.domain.agreement import AgreementTerms, overlapping
from services.commissioning.domain.model import OfferedProduct
from services.commissioning.domain.workbook import Findings, Row, read

MAX_TARIFFS_EACH = 200
"""An agreement must fit in one event."""


@dataclass(frozen=True, slots=True)
class ImportedAgreement:
    """One agreement of the workbook, with the number of its row."""

    reference: str
    provider_name: str
    terms: AgreementTerms
    row: Row


@dataclass(slots=True)
class _Head:
    reference: str
    agb: str
    provider: str
    municipalities: tuple[str, ...]
    valid_from: date
    valid_until: date | None
    ceiling: int | None
    row: Row
    prices: list["_Price"] = field(default_factory=list)


class _Moments(NamedTuple):
    """When a result is declared, and what the days of starts and ends are."""

    declared_when: DeclaredWhen | None
    start_means: StartMeans | None
    stop_means: StopMeans | None


@dataclass(frozen=True, slots=True)
class _Price:
    product_code: str
    category: str
    name: str
    law: Law
    unit: Unit
    variant: Variant | None
    agreed: "_Moments"
    tariff_cents: int
    municipality: str | None
    valid_from: date
    valid_until: date | None
    row: Row

    @property
    def product(self) -> tuple[str, str, Law, Unit, Variant | None, "_Moments"]:
        return self.category, self.name, self.law, self.unit, self.variant, self.agreed

    @property
    def tariff(self) -> Tariff:
        return Tariff(
            product_code=self.product_code,
            municipality=self.municipality,
            tariff_cents=self.tariff_cents,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


def agreements_from(rows: Sequence[Row], findings: Findings) -> list[ImportedAgreement]:
    """The agreements in ``rows`` of both sheets; none when something is wrong, which ``findings`` then tells."""
    heads = _heads((row for row in rows if row.sheet is cell.SheetName.AGREEMENTS), findings)
    _attach((row for row in rows if row.sheet is cell.SheetName.TARIFFS), heads, findings)
    for head in heads.values():
        _check_prices(head, findings)
    if findings.errors:
        return []
    return [_imported(head) for head in heads.values()]


def _heads(rows: Iterable[Row], findings: Findings) -> dict[str, _Head]:
    heads: dict[str, _Head] = {}
    for row in rows:
        reference = read(row, "reference", cell.line, findings)
        agb = read(row, "agb", cell.digits(8), findings)
        provider = read(row, "provider", cell.line, findings)
        municipalities = read(row, "municipalities", cell.municipalities, findings)
        valid_from = read(row, "valid_from", cell.day, findings)
        valid_until = read(row, "valid_until", cell.day, findings)
        ceiling = read(row, "ceiling", cell.ceiling, findings)
        if reference in heads:
            findings.add(
                row,
                "reference",
                f"kenmerk {reference} staat ook in rij {heads[reference].row.number}",
                f"reference {reference} also stands in row {heads[reference].row.number}",
                "repeated",
            )
            continue
        if valid_from and valid_until and valid_until < valid_from:
            findings.add(
                row,
                "valid_until",
                "de einddatum ligt vóór de ingangsdatum",
                "the last day is before the first",
                "ends-before-start",
            )
        if reference and agb and provider and municipalities and valid_from:
            heads[reference] = _Head(reference, agb, provider, municipalities, valid_from, valid_until, ceiling, row)
        elif reference:
            # Known, but not whole: its tariffs must not be called orphans as well.
            heads[reference] = _Head(reference, "", "", (), date.min, None, None, row)
    return heads


def _attach(rows: Iterable[Row], heads: dict[str, _Head], findings: Findings) -> None:
    for row in rows:
        reference = read(row, "reference", cell.line, findings)
        code = read(row, "product_code", cell.characters(5), findings)
        category = read(row, "category", cell.characters(2), findings)
        name = read(row, "name", cell.line, findings)
        law = read(row, "law", cell.one_of(cell.LAWS), findings)
        unit = read(row, "unit", cell.one_of(cell.UNITS), findings)
        variant = read(row, "variant", cell.one_of(cell.VARIANTS), findings)
        agreed = _Moments(
            read(row, "declared_when", cell.one_of(cell.worded(cell.DECLARED_WORDS)), findings),
            read(row, "start_means", cell.one_of(cell.worded(cell.START_WORDS)), findings),
            read(row, "stop_means", cell.one_of(cell.worded(cell.STOP_WORDS)), findings),
        )
        if agreed.declared_when is not None and variant is not Variant.OUTPUT:
            findings.add(
                row,
                "declared_when",
                "een declaratiemoment hoort bij een product met variant output",
                "a moment to declare belongs with a product of variant output",
                "not-output",
            )
        tariff = read(row, "tariff", cell.tariff, findings)
        municipality = read(row, "municipality", cell.digits(4), findings)
        valid_from = read(row, "valid_from", cell.day, findings)
        valid_until = read(row, "valid_until", cell.day, findings)
        if reference is None:
            continue
        head = heads.get(reference)
        if head is None:
            findings.add(
                row,
                "reference",
                f"kenmerk {reference} staat niet in het blad Overeenkomsten",
                f"reference {reference} is not in the sheet Agreements",
                "unknown-reference",
            )
        elif code and category and name and law and unit and tariff:
            first = valid_from or head.valid_from
            last = valid_until or head.valid_until
            head.prices.append(
                _Price(code, category, name, law, unit, variant, agreed, tariff, municipality, first, last, row)
            )


def _check_prices(head: _Head, findings: Findings) -> None:
    if not head.agb:
        return
    if not head.prices:
        findings.add(
            head.row,
            "reference",
            f"bij kenmerk {head.reference} staat geen (goed) tarief in het blad Tarieven",
            f"reference {head.reference} has no (valid) tariff in the sheet Tariffs",
            "no-tariff",
        )
    if len(head.prices) > MAX_TARIFFS_EACH:
        findings.add(
            head.row,
            "reference",
            f"overeenkomst {head.reference} heeft meer dan {MAX_TARIFFS_EACH} tarieven",
            f"agreement {head.reference} has more than {MAX_TARIFFS_EACH} tariffs",
            "too-many",
        )
        return
    known: dict[str, _Price] = {}
    for price in head.prices:
        first = known.setdefault(price.product_code, price)
        if price.product != first.product:
            findings.add(
                price.row,
                "product_code",
                f"product {price.product_code} is in rij {first.row.number} anders omschreven",
                f"product {price.product_code} is described differently in row {first.row.number}",
                "contradiction",
            )
        if price.municipality is not None and price.municipality not in head.municipalities:
            findings.add(
                price.row,
                "municipality",
                f"gemeente {price.municipality} hoort niet bij overeenkomst {head.reference}",
                f"municipality {price.municipality} is not in agreement {head.reference}",
                "outside-agreement",
            )
        _check_period(price, head, findings)
    clash = overlapping([price.tariff for price in head.prices])
    if clash:
        earlier, later = (head.prices[place] for place in clash)
        findings.add(
            later.row,
            "valid_from",
            f"dit tarief overlapt met rij {earlier.row.number}",
            f"this tariff overlaps with row {earlier.row.number}",
            "overlap",
        )


def _check_period(price: _Price, head: _Head, findings: Findings) -> None:
    if price.valid_until is not None and price.valid_until < price.valid_from:
        findings.add(
            price.row,
            "valid_until",
            "de laatste dag ligt vóór de eerste",
            "the last day is before the first",
            "ends-before-start",
        )
    ends_later = head.valid_until is not None and (price.valid_until is None or price.valid_until > head.valid_until)
    if price.valid_from < head.valid_from or ends_later:
        findings.add(
            price.row,
            "valid_from",
            f"het tarief valt buiten de looptijd van overeenkomst {head.reference}",
            f"the tariff falls outside the duration of agreement {head.reference}",
            "outside-agreement",
        )


def _imported(head: _Head) -> ImportedAgreement:
    prices: dict[str, list[_Price]] = {}
    for price in head.prices:
        prices.setdefault(price.product_code, []).append(price)
    simple = all(
        len(each) == 1
        and each[0].municipality is None
        and (each[0].valid_from, each[0].valid_until) == (head.valid_from, head.valid_until)
        for each in prices.values()
    )
    return ImportedAgreement(
        reference=head.reference,
        provider_name=head.provider,
        row=head.row,
        terms=AgreementTerms(
            provider=head.agb,
            municipalities=head.municipalities,
            products=tuple(_product(each) for each in prices.values()),
            tariffs=() if simple else tuple(price.tariff for price in head.prices),
            ceiling_cents=head.ceiling,
            valid_from=head.valid_from,
            valid_until=head.valid_until,
        ),
    )


def _product(prices: Sequence[_Price]) -> OfferedProduct:
    """The product with the price that holds in most places and latest."""
    shown = max(prices, key=lambda price: (price.municipality is None, price.valid_from))
    return OfferedProduct(
        product_code=shown.product_code,
        category=shown.category,
        name=shown.name,
        law=shown.law,
        unit=shown.unit,
        variant=shown.variant,
        **shown.agreed._asdict(),
        tariff_cents=shown.tariff_cents,
    )
