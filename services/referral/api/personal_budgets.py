"""The personal budgets (persoonsgebonden budget, pgb) of a client, for the access team alone (OP043)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

import asyncpg
from fastapi import APIRouter, Path, Query

from contracts.events.commissioning import Law
from contracts.values import ProductCategory, ProductCode
from services.kit.runner import Runner
from services.kit.tracing import current_traceparent
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral import budget_commands
from services.referral.api.access import Keeper, ReferralId, Store
from services.referral.api.allocations import allocation_seen
from services.referral.api.chain_requests import RequestId
from services.referral.api.clients import ClientName
from services.referral.budget_views import (
    CATEGORY_NAMES,
    AllocationBeside,
    PersonalBudgetBody,
    PersonalBudgetState,
    PersonalBudgetView,
)
from services.referral.domain.allocation import Allocation
from services.referral.domain.personal_budget import PersonalBudget, Remedy
from services.referral.handlers.granting import Wanted
from services.referral.handlers.personal_budgets import known, said
from services.referral.store import allocations, chain_requests, clients, personal_budgets, queries, referrals

router = APIRouter(tags=["personal budgets"])

BudgetId = Annotated[UUID, Path(alias="budgetId", description="The personal budget.")]


@router.get("/clients/{client}/personal-budgets")
async def list_personal_budgets(client: ClientName, database: Store, actor: Keeper) -> list[PersonalBudgetView]:
    """What was granted to a client, latest first day first, with what is allocated for the same in the same days.

    The look is recorded.
    """
    async with database.unit(actor, traceparent=current_traceparent()) as unit:
        dossier = await known(unit, client)
        found = await personal_budgets.of_client(unit, dossier.client_id)
        allocated = await personal_budgets.allocated(unit, dossier.client_id) if found else []
        await clients.record_looks(unit, "look-at-personal-budgets", [client])
        today = local_date(unit.now)
        return [
            _seen(each, [mend for mend in _beside(each, allocated, today) if mend.remedy is not Remedy.LOOK])
            for each in found
        ]


@router.get("/clients/{client}/overlapping-allocations")
async def list_overlapping_allocations(
    client: ClientName,
    database: Store,
    actor: Keeper,
    law: Law,
    category: ProductCategory,
    starts_on: Annotated[date, Query(alias="startsOn", description="The first day of the personal budget.")],
    product_code: Annotated[ProductCode | None, Query(alias="productCode")] = None,
    ends_on: Annotated[date | None, Query(alias="endsOn", description="Its last day.")] = None,
) -> list[AllocationBeside]:
    """What is allocated that would stand beside a personal budget like this, and what has to be done with each."""
    asked = budget_commands.RecordPersonalBudget(
        client=client, law=law, category=category, product_code=product_code, starts_on=starts_on, ends_on=ends_on
    )
    async with database.reading(actor) as unit:
        dossier = await known(unit, client)
        wanted = said(asked, dossier, uuid4())
        allocated = await personal_budgets.allocated(unit, dossier.client_id)
        return list(_beside(wanted, allocated, local_date(unit.now)))


@router.post("/clients/{client}/personal-budgets", status_code=201)
async def record_personal_budget(
    client: ClientName, body: PersonalBudgetBody, run: Runner, actor: Keeper
) -> PersonalBudgetState:
    """Record one that was granted, and end the day before what is allocated for the same product (a 301 each)."""
    command = budget_commands.RecordPersonalBudget(client=client, **body.model_dump())
    state: PersonalBudgetState = await run(command, actor)
    return state


@router.post("/clients/{client}/personal-budgets/{budgetId}/changes", status_code=201)
async def change_personal_budget(
    client: ClientName, budget_id: BudgetId, body: PersonalBudgetBody, run: Runner, actor: Keeper
) -> PersonalBudgetState:
    """Say anew for what it is and when it runs; so it is ended too. What ended for it before stays so."""
    command = budget_commands.ChangePersonalBudget(client=client, budget_id=budget_id, **body.model_dump())
    state: PersonalBudgetState = await run(command, actor)
    return state


@router.post("/clients/{client}/personal-budgets/{budgetId}/removals", status_code=201)
async def withdraw_personal_budget(
    client: ClientName, budget_id: BudgetId, run: Runner, actor: Keeper
) -> PersonalBudgetState:
    """It was recorded by mistake, and counts no more. What ended for it stays so."""
    command = budget_commands.WithdrawPersonalBudget(client=client, budget_id=budget_id)
    state: PersonalBudgetState = await run(command, actor)
    return state


@router.get("/referrals/{referralId}/personal-budgets")
async def budgets_beside_referral(referral_id: ReferralId, database: Store, actor: Keeper) -> list[PersonalBudgetView]:
    """The client's personal budgets for what a journey asks, in the days that it asks for."""
    async with database.reading(actor) as unit:
        referral = await referrals.get(unit.conn, referral_id)
        first = referral.starts_on or referral.desired_start
        asked = replace(Allocation.asked(referral), starts_on=first, ends_on=referral.ends_on or referral.desired_end)
        return await _stand_beside(unit, [asked])


@router.get("/chain-requests/{requestId}/personal-budgets")
async def budgets_beside_request(request_id: RequestId, database: Store, actor: Keeper) -> list[PersonalBudgetView]:
    """The client's personal budgets for what would be allocated when a request is granted."""
    async with database.reading(actor) as unit:
        row = await queries.get_chain_request(unit.conn, request_id=request_id)
        if row is None:
            raise chain_requests.unknown()
        request = chain_requests.from_row(row)
        anew = chain_requests.asked_anew(request)
        if request.relation.client_id is not None:
            rows = await personal_budgets.allocated(unit, request.relation.client_id)
            present = {each.number: each for each in map(allocations.from_row, rows)}
            for wanted in map(Wanted.read, (request.wanted or {}).get("changed", ())):
                if wanted.number in present:
                    anew += wanted.allows_anew(present[wanted.number])
        return await _stand_beside(unit, anew)


async def _stand_beside(unit: Unit, asked: Iterable[Allocation]) -> list[PersonalBudgetView]:
    return [_seen(each) for each in await personal_budgets.beside(unit, asked)]


def _beside(budget: PersonalBudget, rows: Iterable[asyncpg.Record], today: date) -> Iterable[AllocationBeside]:
    for row in rows:
        remedy = budget.remedy(allocations.from_row(row), today)
        if remedy is not None:
            yield AllocationBeside(allocation=allocation_seen(row), remedy=remedy)


def _seen(budget: PersonalBudget, beside: Iterable[AllocationBeside] = ()) -> PersonalBudgetView:
    return PersonalBudgetView(
        budget_id=budget.budget_id,
        law=budget.law,
        category=budget.category,
        category_name=CATEGORY_NAMES[budget.law].get(budget.category, budget.category),
        product_code=budget.product_code,
        starts_on=budget.starts_on,
        ends_on=budget.ends_on,
        beside=tuple(beside),
    )
