"""What a 315, 305 or 307 asks of the journeys: first everything is judged, then everything is done, or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from contracts.events.referral import Assignment, Channel
from services.kit.problems import Problem, Text
from services.kit.unit import Unit
from services.referral.domain.person import Person
from services.referral.domain.referral import Referral
from services.referral.domain.volume import total_units
from services.referral.handlers import deliveries
from services.referral.handlers.context import Context
from services.referral.handlers.judging import Verdict
from services.referral.handlers.requests import open_referral
from services.referral.istandaarden import (
    ClientDetails,
    RequestedProduct,
    RequestForAllocation,
    StartedProduct,
    StartOfCare,
    StopOfCare,
    StoppedProduct,
)
from services.referral.istandaarden.codes import GENDERS, LAWS

Item = TypeVar("Item")

_WRONG_PRODUCT, _NO_ALLOCATION, _NO_START = "S329", "9019", "9069"
_NO_PRODUCT = Text(
    "Een aanvraag gaat hier over één product: categorie, productcode en omvang zijn nodig.",
    "A request here is about one product: category, product code and extent are needed.",
)
_NOT_THEN = Text(
    "De zorg kan op die dag niet beginnen onder deze toewijzing. Kies een dag binnen de toewijzing en na een eerdere"
    " stop.",
    "Care cannot begin on that day under this allocation. Choose a day within the allocation and after a stop.",
)
_NOT_STOPPED = Text(
    "De zorg kan op die dag niet stoppen. Kies een dag op of na de start en niet in de toekomst.",
    "Care cannot stop on that day. Choose a day on or after the start and not in the future.",
)


def _numbered(path: str, items: Iterable[Item]) -> list[tuple[str, Item]]:
    """Each item with the path of its class in the message."""
    return [(f"Bericht/Client/{path}[{number}]", item) for number, item in enumerate(items, start=1)]


def person_of(client: ClientDetails) -> Person:
    """A client of a message as the vault keeps people; level 1 checked the parts already."""
    return Person.model_construct(
        bsn=client.bsn,
        last_name=client.name.last_name,
        prefix=client.name.prefix,
        initials=client.name.initials,
        first_names=client.name.first_names,
        birth_date=client.birth_date,
        gender=GENDERS.code(client.gender),
    )


def require_products(request: RequestForAllocation, verdict: Verdict) -> None:
    """A journey is about one product of the municipality's list, so a 315 without one is rejected."""
    for path, product in _numbered("AangevraagdeProducten/AangevraagdProduct", request.products):
        if product.code is None or product.extent is None:
            verdict.reject("4", path, _WRONG_PRODUCT, _NO_PRODUCT)


async def open_requests(context: Context, unit: Unit, request: RequestForAllocation) -> list[Referral]:
    """A journey per product of a 315 that was judged right."""
    return [await _open(context, unit, request, product) for product in request.products]


async def _open(context: Context, unit: Unit, request: RequestForAllocation, product: RequestedProduct) -> Referral:
    extent = product.extent
    if extent is None or product.code is None or product.category is None:
        raise LookupError("the request was not judged")
    assignment = Assignment(
        law=LAWS[request.header.standard],
        product_code=product.code,
        category=product.category,
        unit=extent.unit,
        frequency=extent.frequency,
        volume=extent.volume,
        total_units=total_units(extent.volume, extent.frequency, product.starts_on, product.ends_on),
    )
    return await open_referral(
        context,
        unit,
        municipality_code=request.header.municipality,
        agb=request.header.provider,
        person=person_of(request.client),
        assignment=assignment,
        referrer=product.referrer.kind,
        channel=Channel.MESSAGE,
        desired_start=product.starts_on,
        desired_end=product.ends_on,
        request_reference=product.reference,
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """A start or stop that was judged right; ``referral`` is the journey before it."""

    referral: Referral
    product: StartedProduct | StoppedProduct


def plan(
    unit: Unit, report: StartOfCare | StopOfCare, journeys: Mapping[int, Referral], verdict: Verdict
) -> list[Planned]:
    """What a 305 or 307 that breaks no rule asks of the ``journeys`` of its client, by allocation number.

    A line that its journey does not allow is rejected: no rule at these levels looks at the period of an allocation.
    """
    classes = "StartProducten/StartProduct" if isinstance(report, StartOfCare) else "StopProducten/StopProduct"
    states = dict(journeys)
    products: Sequence[StartedProduct | StoppedProduct] = report.products
    planned: list[Planned] = []
    for path, product in _numbered(classes, products):
        number = product.allocation_number
        if number is None or number not in states:
            raise LookupError("the report was not judged")
        try:
            after = _after(states[number], product, unit)
        except Problem:
            started = isinstance(product, StartedProduct)
            verdict.reject("3", path, *((_NO_ALLOCATION, _NOT_THEN) if started else (_NO_START, _NOT_STOPPED)))
        else:
            planned.append(Planned(states[number], product))
            states[number] = after
    return planned


def _after(referral: Referral, product: StartedProduct | StoppedProduct, unit: Unit) -> Referral:
    if isinstance(product, StartedProduct):
        return referral.start(product.starts_on, unit.now)
    return referral.stop(product.ends_on, product.reason, unit.now)


async def carry_out(unit: Unit, planned: Sequence[Planned]) -> list[UUID]:
    """Do what was judged right, in the order of the message; gives the journeys it touched."""
    latest: dict[UUID, Referral] = {}
    for each in planned:
        referral = latest.get(each.referral.referral_id, each.referral)
        if isinstance(each.product, StartedProduct):
            after = await deliveries.start(unit, referral, each.product.starts_on)
        else:
            after = await deliveries.stop(unit, referral, each.product.ends_on, each.product.reason)
        latest[after.referral_id] = after
    return list(latest)
