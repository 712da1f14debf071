"""Commissioning's events as referral needs them: who may deliver what, where, when and at what price, and how long the
wait is."""

from collections.abc import Sequence
from typing import Any, ClassVar

from contracts.events.commissioning import (
    AgreementAmended,
    AgreementConcluded,
    CapacityStated,
    ProviderRegistered,
    Tariff,
)
from contracts.topics import COMMISSIONING, Topic
from services.kit.projections import Projection, Received
from services.kit.unit import Unit
from services.referral.store import queries


class Market(Projection):
    """Providers, their agreements and what they said about room and wait."""

    group: ClassVar[str] = "referral-market"
    sources: ClassVar[tuple[Topic, ...]] = (COMMISSIONING,)
    tables: ClassVar[tuple[str, ...]] = ("known_provider", "agreed_product", "agreed_tariff", "stated_capacity")

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        """The latest event about the same thing wins; within one batch that is the last one."""
        names: dict[str, str] = {}
        agreed: dict[tuple[str, str, str], dict[str, Any]] = {}
        amended: set[str] = set()
        tariffs: dict[str, list[dict[str, Any]]] = {}
        stated: dict[tuple[str, str], dict[str, Any]] = {}
        for event in events:
            match event.data:
                case ProviderRegistered(agb=agb, name=name):
                    names[agb] = name
                case AgreementConcluded() as concluded:
                    agreed.update(_products(concluded))
                    tariffs[str(concluded.agreement_id)] = _tariffs(concluded)
                case AgreementAmended() as amendment:
                    # Other terms replace the earlier ones as a whole: a product that is left out is agreed no more.
                    amended.add(str(amendment.agreement_id))
                    agreed = {key: row for key, row in agreed.items() if key[0] != str(amendment.agreement_id)}
                    agreed.update(_products(amendment))
                    tariffs[str(amendment.agreement_id)] = _tariffs(amendment)
                case CapacityStated() as capacity:
                    stated[capacity.provider, capacity.product_code] = capacity.model_dump(mode="json")
        if names:
            await queries.put_providers(unit.conn, providers=list(names), names=list(names.values()))
        if amended:
            await queries.drop_agreed_products(unit.conn, agreements=list(amended))
        if agreed:
            await queries.put_agreed_products(unit.conn, rows=list(agreed.values()))
        if tariffs:
            await queries.drop_tariffs(unit.conn, agreements=list(tariffs))
            await queries.put_tariffs(unit.conn, rows=[row for rows in tariffs.values() for row in rows])
        if stated:
            await queries.put_capacities(unit.conn, rows=list(stated.values()))


def _products(concluded: AgreementConcluded | AgreementAmended) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {
        (str(concluded.agreement_id), municipality, product.product_code): {
            "agreement_id": str(concluded.agreement_id),
            "municipality": municipality,
            "product_code": product.product_code,
            "provider": concluded.provider,
            "category": product.category,
            "name": product.name,
            "law": product.law,
            "unit": product.unit,
            "variant": product.variant,
            "declared_when": product.declared_when,
            "start_means": product.start_means,
            "stop_means": product.stop_means,
            "valid_from": concluded.valid_from.isoformat(),
            "valid_until": concluded.valid_until.isoformat() if concluded.valid_until else None,
        }
        for municipality in concluded.municipalities
        for product in concluded.products
    }


def _tariffs(terms: AgreementConcluded | AgreementAmended) -> list[dict[str, Any]]:
    """Each line of the agreement per municipality in which it holds, within the period of the agreement."""
    products = {product.product_code: product for product in terms.products}
    lines: Sequence[Tariff] = terms.tariffs or [
        Tariff(product_code=each.product_code, tariff_cents=each.tariff_cents, valid_from=terms.valid_from)
        for each in terms.products
    ]
    rows = []
    for number, line in enumerate(lines):
        product = products.get(line.product_code)
        first = max(line.valid_from, terms.valid_from)
        last = min((day for day in (line.valid_until, terms.valid_until) if day is not None), default=None)
        if product is None or (last is not None and last < first):
            continue
        rows += [
            {
                "agreement_id": str(terms.agreement_id),
                "municipality": municipality,
                "line": number,
                "provider": terms.provider,
                "product_code": line.product_code,
                "law": product.law,
                "unit": product.unit,
                "variant": product.variant,
                "cents": line.tariff_cents,
                "own": line.municipality is not None,
                "valid_from": first.isoformat(),
                "valid_until": last.isoformat() if last else None,
                "agreed_from": terms.valid_from.isoformat(),
            }
            for municipality in terms.municipalities
            if line.municipality in (None, municipality)
        ]
    return rows


PROJECTIONS: tuple[type[Projection], ...] = (Market,)
"""Every projection of this service."""
