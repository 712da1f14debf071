"""What a 315, 305 or 307 asks of the journeys: first everything is judged, then everything is done, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.events.referral import Assignment, Channel, StopReason
from services.kit.problems import Invalid, Problem
from services.kit.unit import Unit
from services.referral.domain.journey import Status
from services.referral.domain.person import Person
from services.referral.domain.referral import Referral
from services.referral.domain.volume import total_units
from services.referral.handlers import deliveries, judging
from services.referral.handlers.context import Context
from services.referral.handlers.judging import Verdict, numbered
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
from services.referral.store import queries, referrals

_WAITING = {Status.REQUESTED, Status.REFUSED, Status.DECLINED, Status.WITHDRAWN}


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


async def known_client(context: Context, unit: Unit, municipality: str, client: ClientDetails) -> UUID | None:
    """The vault's identifier of a client of a message, if the municipality knows them."""
    index = context.vault.index(municipality, "bsn", client.bsn.digits)
    found: UUID | None = await queries.find_client(
        unit.conn, municipality=municipality, bsn_index=index, reference_index=None
    )
    return found


async def judge_request(context: Context, unit: Unit, request: RequestForAllocation, verdict: Verdict) -> None:
    """Level 3 and 4 of a 315: references are new, no request is pending, the products exist."""
    header, law = request.header, LAWS[request.header.standard]
    client_id = await known_client(context, unit, header.municipality, request.client)
    pending = client_id is not None and await queries.pending_request(
        unit.conn, client_id=client_id, provider=header.provider
    )
    for path, product in numbered("AangevraagdeProducten/AangevraagdProduct", request.products):
        if await queries.find_by_request_reference(
            unit.conn, provider=header.provider, law=law, reference=product.reference
        ):
            verdict.reject("3", path, judging.SAME_REFERENCE)
        elif pending:
            verdict.reject("3", path, judging.PENDING)
        category = await queries.category_of_product(
            unit.conn, municipality=header.municipality, product_code=product.code or ""
        )
        if product.code is None or product.extent is None or category not in (None, product.category):
            verdict.reject("4", path, judging.WRONG_PRODUCT)


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


async def judge_delivery(
    context: Context, unit: Unit, report: StartOfCare | StopOfCare, verdict: Verdict
) -> list[Planned]:
    """Level 3 of a 305 or 307: every line belongs to an allocation and fits what was reported before."""
    client_id = await known_client(context, unit, report.header.municipality, report.client)
    classes = "StartProducten/StartProduct" if isinstance(report, StartOfCare) else "StopProducten/StopProduct"
    states: dict[UUID, Referral] = {}
    planned: list[Planned] = []
    for path, product in numbered(classes, report.products):
        found = await _allocated(unit, report, product)
        if found is None or found.client_id != client_id:
            verdict.reject("3", path, judging.NO_ALLOCATION)
            continue
        referral = states.get(found.referral_id, found)
        code = _start_code(referral, product) if isinstance(product, StartedProduct) else _stop_code(referral, product)
        if code is None:
            try:
                after = _after(referral, product, unit)
            except Problem as problem:
                code = _code_of(problem, product)
            else:
                states[referral.referral_id] = after
                planned.append(Planned(referral, product))
        if code is not None:
            verdict.reject("3", path, code)
    return planned


async def _allocated(
    unit: Unit, report: StartOfCare | StopOfCare, product: StartedProduct | StoppedProduct
) -> Referral | None:
    if product.allocation_number is None:
        return None
    row = await queries.lock_referral_by_allocation(
        unit.conn,
        municipality=report.header.municipality,
        number=product.allocation_number,
        provider=report.header.provider,
    )
    if row is None:
        return None
    referral = referrals.from_row(row)
    assignment = referral.assignment
    asked = (LAWS[report.header.standard], product.category, product.code)
    same = asked == (assignment.law, assignment.category, assignment.product_code)
    return referral if same and referral.status not in _WAITING else None


def _start_code(referral: Referral, product: StartedProduct) -> str | None:
    """What is against a start (TR074, TR326)."""
    if referral.status is Status.STARTED:
        return judging.SAME_KEY if referral.started_on == product.starts_on else judging.STILL_RUNNING
    return None


def _stop_code(referral: Referral, product: StoppedProduct) -> str | None:
    """What is against a stop (TR074, TR382, TR413, TR415)."""
    if referral.started_on is None or referral.started_on != product.starts_on:
        return judging.NO_START
    if referral.status is Status.STOPPED:
        same = (referral.stopped_on, referral.stop_reason) == (product.ends_on, product.reason)
        return judging.SAME_KEY if same else judging.ALREADY_STOPPED
    if referral.status is Status.PAUSED and product.reason is StopReason.TEMPORARY:
        return judging.ALREADY_INTERRUPTED
    return None


def _after(referral: Referral, product: StartedProduct | StoppedProduct, unit: Unit) -> Referral:
    if isinstance(product, StartedProduct):
        return referral.start(product.starts_on, unit.now)
    return referral.stop(product.ends_on, product.reason, unit.now)


def _code_of(problem: Problem, product: StartedProduct | StoppedProduct) -> str:
    if isinstance(product, StartedProduct):
        return judging.NO_ALLOCATION
    return judging.ENDS_TOO_EARLY if isinstance(problem, Invalid) else judging.NO_START


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
