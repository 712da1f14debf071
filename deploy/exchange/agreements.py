"""``agreements.json``: what was agreed before the exchange, for the rules of level 4 on products, tariffs and budgets.

::

    {"municipalities": ["0268"],
     "providers": [{"agb": "73730001", "name": "De Zilveren Reiger", "validFrom": "2025-01-01",
                    "products": [{"code": "45A04", "category": "45", "unit": "hour", "tariffCents": 6000}]}]}

Without ``municipalities`` it holds for every one that sends or receives a message; without days for ever. ``law`` and
``name`` of a product follow from its category and code where they are left out; ``unit`` is a word or a code (04).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from contracts.envelope import partition_of
from contracts.event import Event
from contracts.events.commissioning import AgreementConcluded, Law, Product, ProviderRegistered, Unit
from contracts.topics import COMMISSIONING
from contracts.values import AgbCode, Cents, MunicipalityCode, ProductCategory, ProductCode
from deploy.local.errors import LocalError
from services.kit.projections import Received
from services.referral.istandaarden.codes import LAWS, UNITS
from services.referral.istandaarden.simple_types import Standard

_NAMESPACE = UUID("6f1d9a52-6b0e-5c0a-9a55-3f6c2f9f5b11")
_ALWAYS = date(2000, 1, 1)
_WMO_CATEGORIES = range(1, 19)
"""iWmo product categories 01 to 18 (WJ001); iJw has 31 to 55."""


def _unit(value: object) -> object:
    if not isinstance(value, str) or not value.isdigit():
        return value
    try:
        return UNITS.member(value)
    except KeyError:
        raise ValueError(f"there is no unit {value}") from None


class _Stated(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class AgreedProduct(_Stated):
    """A product at a price per unit."""

    code: ProductCode
    category: ProductCategory
    unit: Annotated[Unit, BeforeValidator(_unit)]
    tariff_cents: Cents
    name: str | None = None
    law: Law | None = None

    def as_event(self) -> Product:
        wmo = self.category.isdigit() and int(self.category) in _WMO_CATEGORIES
        law = self.law or LAWS[Standard.IWMO if wmo else Standard.IJW]
        return Product(
            product_code=self.code,
            category=self.category,
            name=self.name or self.code,
            law=law,
            unit=self.unit,
            tariff_cents=self.tariff_cents,
        )


class AgreedProvider(_Stated):
    """A provider with what it may deliver, from day to day inclusive, up to ``ceiling_cents`` a calendar year."""

    agb: AgbCode
    products: tuple[AgreedProduct, ...] = Field(min_length=1)
    name: str | None = None
    valid_from: date = _ALWAYS
    valid_until: date | None = None
    ceiling_cents: Cents | None = None


class Agreements(_Stated):
    """The whole file."""

    providers: tuple[AgreedProvider, ...]
    municipalities: tuple[MunicipalityCode, ...] = ()


def read_agreements(content: bytes) -> Agreements:
    """What the file says. Raises LocalError with the places that are wrong."""
    try:
        return Agreements.model_validate_json(content)
    except ValidationError as error:
        wrong = "; ".join(
            f"/{'/'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False)[:5]
        )
        raise LocalError(f"agreements.json is not right. {wrong}.", wrong_use=True) from None


def as_received(agreements: Agreements, municipalities: Iterable[str]) -> list[Received]:
    """The events of commissioning that say the same; ``municipalities`` where the file names none."""
    where = agreements.municipalities or tuple(sorted(set(municipalities)))
    return [
        Received(
            COMMISSIONING.service, partition_of(key, COMMISSIONING.partitions), number, key, data.type, _MOMENT, data
        )
        for number, (key, data) in enumerate(_events(agreements, where), start=1)
    ]


_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def _events(agreements: Agreements, municipalities: tuple[str, ...]) -> Iterator[tuple[str, Event]]:
    for place, provider in enumerate(agreements.providers):
        yield provider.agb, ProviderRegistered(agb=provider.agb, name=provider.name or provider.agb)
        if not municipalities:
            continue
        agreement = uuid5(_NAMESPACE, f"{place}/{provider.agb}")
        yield (
            str(agreement),
            AgreementConcluded(
                agreement_id=agreement,
                provider=provider.agb,
                municipalities=municipalities,
                products=tuple(each.as_event() for each in provider.products),
                ceiling_cents=provider.ceiling_cents,
                valid_from=provider.valid_from,
                valid_until=provider.valid_until,
                imported=True,
                concluded_at=_MOMENT,
            ),
        )
