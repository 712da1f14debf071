"""What the parties see of their journeys: worklists, lists, one journey, and who could take an allocation."""

from datetime import date
from typing import Annotated

import asyncpg
from fastapi import APIRouter, Query

from contracts.values import AgbCode, MunicipalityCode, PartyKind, ProductCode
from services.kit.actor import Actor
from services.kit.paging import Page, Paging
from services.kit.problems import FieldError, Invalid, Text
from services.kit.working_days import local_date
from services.referral.api.access import Decider, Norms, Reader, ReferralId, Store
from services.referral.api.pages import day_place, place
from services.referral.domain.candidates import Order, fitting, ranked
from services.referral.domain.journey import Status
from services.referral.domain.orders import ReferralOrder
from services.referral.domain.worklist import Task
from services.referral.store import market, queries, referrals
from services.referral.store.composed import SIDES
from services.referral.store.referrals import Filter, from_row
from services.referral.views import (
    AgreedMomentsView,
    AllocationView,
    CandidateView,
    ProductView,
    ReferralView,
    TaskCount,
)

router = APIRouter(tags=["referrals"])


def seen(row: asyncpg.Record, actor: Actor) -> ReferralView:
    """A journey as one of its parties sees it."""
    return ReferralView.of(from_row(row), actor, own_number=row["own_number"], provider_name=row["provider_name"])


@router.get("/referrals")
async def list_referrals(
    database: Store,
    actor: Reader,
    paging: Paging,
    status: Annotated[list[Status] | None, Query(description="Only these statuses.")] = None,
    task: Annotated[list[Task] | None, Query(description="The worklist of these tasks, earliest due first.")] = None,
    municipality: Annotated[MunicipalityCode | None, Query(description="Only of this municipality.")] = None,
    provider: Annotated[AgbCode | None, Query(description="Only of this provider.")] = None,
    product_code: Annotated[ProductCode | None, Query(alias="productCode", description="Only this product.")] = None,
    escalated: Annotated[bool, Query(description="Only those with a promise that was not kept.")] = False,
    elsewhere: Annotated[
        bool, Query(description="Only those refused for another municipality, where nobody asked yet.")
    ] = False,
    sort: Annotated[
        ReferralOrder,
        Query(description="`requested`: the latest request first; `ends`: the first last day first."),
    ] = ReferralOrder.REQUESTED,
) -> Page[ReferralView]:
    """The caller's journeys in that order; with `task` the caller's worklist, earliest due first."""
    wanted = Filter(
        status=[each.value for each in status or ()],
        tasks=[each.value for each in task or ()],
        municipality=municipality,
        provider=provider,
        product_code=product_code,
        escalated=escalated,
        elsewhere=elsewhere,
        order=sort,
    )
    by_day = sort is ReferralOrder.ENDS and not task
    after = day_place(paging) if by_day else place(paging)
    async with database.reading(actor) as unit:
        rows = await referrals.listed(unit.conn, SIDES.get(actor.kind), wanted, after, paging.fetch)
    return paging.page(
        rows,
        lambda row: seen(row, actor),
        lambda row: (row["position_at"].isoformat(), str(row["referral_id"])),
    )


@router.get("/task-counts")
async def count_tasks(database: Store, actor: Reader) -> list[TaskCount]:
    """How many journeys wait on the caller's worklist, per task."""
    async with database.reading(actor) as unit:
        return [TaskCount(**dict(row)) async for row in queries.count_tasks(unit.conn)]


@router.get("/referrals/{referralId}")
async def get_referral(referral_id: ReferralId, database: Store, actor: Reader) -> ReferralView:
    """One journey of the caller."""
    async with database.reading(actor) as unit:
        row = await queries.get_referral(unit.conn, referral_id=referral_id)
    if row is None:
        raise referrals.unknown()
    return seen(row, actor)


@router.get("/referrals/{referralId}/allocations")
async def list_allocations(referral_id: ReferralId, database: Store, actor: Reader) -> list[AllocationView]:
    """The allocations made in one journey, oldest first; a provider sees its own."""
    async with database.reading(actor) as unit:
        await referrals.get(unit.conn, referral_id)
        rows = queries.offers_of_referral(unit.conn, referral_id=referral_id)
        return [AllocationView(**dict(row)) async for row in rows]


@router.get("/candidates")
async def list_candidates(
    database: Store,
    actor: Decider,
    municipality: Annotated[MunicipalityCode, Query(description="Where the client lives.")],
    product_code: Annotated[ProductCode, Query(alias="productCode", description="What is asked for.")],
    norms: Norms,
    starts_on: Annotated[
        date | None, Query(alias="startsOn", description="The agreement must hold on this day; today by default.")
    ] = None,
    sort: Annotated[Order, Query(description="What stands first.")] = Order.WAIT,
    has_room: Annotated[bool, Query(alias="hasRoom", description="Only who says to have a place free.")] = False,
    within_norm: Annotated[bool, Query(alias="withinNorm", description="Only with a wait within the norm.")] = False,
    max_distance_km: Annotated[
        int | None, Query(alias="maxDistanceKm", ge=0, le=400, description="Only with a location this near.")
    ] = None,
) -> list[CandidateView]:
    """The providers that can take an allocation: who has room first, then the shortest wait."""
    if not actor.is_system and actor.code != municipality:
        message = Text("Kies uw eigen gemeente.", "Choose your own municipality.")
        raise Invalid(message, errors=[FieldError("/municipality", message, "not-yours", "query")])
    async with database.reading(actor) as unit:
        found = await market.candidates(unit.conn, municipality, product_code, starts_on or local_date(unit.now))
    wanted = fitting(
        ranked(found, sort, municipality),
        home=municipality,
        norm=norms.waiting_norm,
        has_room=has_room,
        within_norm=within_norm,
        at_most_km=max_distance_km,
    )
    return [CandidateView.of(each, municipality, norms.waiting_norm(each.category)) for each in wanted]


@router.get("/products")
async def list_products(
    database: Store,
    actor: Reader,
    municipality: Annotated[MunicipalityCode | None, Query(description="Only what is agreed there.")] = None,
    starts_on: Annotated[
        date | None, Query(alias="startsOn", description="Agreed on this day; today by default.")
    ] = None,
) -> list[ProductView]:
    """The products that may be asked for under the agreements the caller may see."""
    async with database.reading(actor) as unit:
        rows = queries.products_here(unit.conn, on=starts_on or local_date(unit.now), municipality=municipality)
        return [ProductView(**dict(row)) async for row in rows]


@router.get("/municipalities")
async def list_municipalities(database: Store, actor: Reader) -> list[MunicipalityCode]:
    """Where the caller, a provider, has agreements or was allocated something; a municipality is its own."""
    if actor.kind is PartyKind.MUNICIPALITY:
        return [actor.code]
    async with database.reading(actor) as unit:
        return sorted([row["municipality"] async for row in queries.municipalities_of_provider(unit.conn)])


@router.get("/agreed-moments")
async def list_agreed_moments(
    database: Store,
    actor: Reader,
    on: Annotated[date | None, Query(description="Agreed on this day; today by default.")] = None,
) -> list[AgreedMomentsView]:
    """When results are declared, and what the days of starts and ends are, under the agreements of the caller."""
    async with database.reading(actor) as unit:
        rows = queries.agreed_moments(unit.conn, on=on or local_date(unit.now))
        return [AgreedMomentsView(**dict(row)) async for row in rows]
