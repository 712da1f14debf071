"""Commissioning's events as referral needs them: who may deliver what, where and when, and how long the wait is."""

from collections.abc import Sequence
from typing import Any, ClassVar

from contracts.events.commissioning import AgreementAmended, AgreementConcluded, CapacityStated, ProviderRegistered
from contracts.topics import COMMISSIONING, Topic
from services.kit.projections import Projection, Received
from services.kit.unit import Unit
from services.referral.store import queries


class Market(Projection):
    """Providers, their agreements and what they said about room and wait."""

    group: ClassVar[str] = "referral-market"
    sources: ClassVar[tuple[Topic, ...]] = (COMMISSIONING,)
    tables: ClassVar[tuple[str, ...]] = ("known_provider", "agreed_product", "stated_capacity")

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        """The latest event about the same thing wins; within one batch that is the last one."""
        names: dict[str, str] = {}
        agreed: dict[tuple[str, str, str], dict[str, Any]] = {}
        amended: set[str] = set()
        stated: dict[tuple[str, str], dict[str, Any]] = {}
        for event in events:
            match event.data:
                case ProviderRegistered(agb=agb, name=name):
                    names[agb] = name
                case AgreementConcluded() as concluded:
                    agreed.update(_products(concluded))
                case AgreementAmended() as amendment:
                    # Other terms replace the earlier ones as a whole: a product that is left out is agreed no more.
                    amended.add(str(amendment.agreement_id))
                    agreed = {key: row for key, row in agreed.items() if key[0] != str(amendment.agreement_id)}
                    agreed.update(_products(amendment))
                case CapacityStated() as capacity:
                    stated[capacity.provider, capacity.product_code] = capacity.model_dump(mode="json")
        if names:
            await queries.put_providers(unit.conn, providers=list(names), names=list(names.values()))
        if amended:
            await queries.drop_agreed_products(unit.conn, agreements=list(amended))
        if agreed:
            await queries.put_agreed_products(unit.conn, rows=list(agreed.values()))
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
            "valid_from": concluded.valid_from.isoformat(),
            "valid_until": concluded.valid_until.isoformat() if concluded.valid_until else None,
        }
        for municipality in concluded.municipalities
        for product in concluded.products
    }


PROJECTIONS: tuple[type[Projection], ...] = (Market,)
"""Every projection of this service."""
