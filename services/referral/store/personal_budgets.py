"""Personal budgets in PostgreSQL, and that nothing is allocated beside them (OP043)."""

from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

import asyncpg

from contracts.events.commissioning import Law
from services.kit.model import wrong
from services.kit.problems import NotFound, Text
from services.kit.unit import Unit
from services.referral.domain.allocation import Allocation
from services.referral.domain.personal_budget import PersonalBudget
from services.referral.store import queries


async def wait_in_line(unit: Unit, client_id: UUID) -> None:
    """Personal budgets and allocations of one client come one after the other: neither overlooks the other.

    Of what a transaction locks this comes last where that can be: the journey and the client at the provider go before
    it. Where it cannot, PostgreSQL lets one of two that wait for each other begin again (``CommandBus``).
    """
    await queries.wait_in_line_for(unit.conn, line=f"personal-budgets/{client_id}")


async def of_client(unit: Unit, client_id: UUID) -> list[PersonalBudget]:
    """What was granted to a client, latest first day first; nothing for who is not of the municipality."""
    rows = queries.personal_budgets_of_client(unit.conn, client_id=client_id)
    return [PersonalBudget(**{**dict(row), "law": Law(row["law"])}) async for row in rows]


async def get(unit: Unit, client_id: UUID, budget_id: UUID) -> PersonalBudget:
    """One of them. Raises ``NotFound``."""
    for each in await of_client(unit, client_id):
        if each.budget_id == budget_id:
            return each
    raise NotFound(
        Text(
            "Dit pgb van de cliënt bestaat niet, of is verwijderd. Ga terug naar de pagina van de cliënt.",
            "This personal budget of the client does not exist, or was removed. Go back to the page of the client.",
        )
    )


async def put(unit: Unit, budget: PersonalBudget) -> None:
    """Store it as it is from now on."""
    await queries.put_personal_budget(unit.conn, **asdict(budget), at=unit.now)


async def withdraw(unit: Unit, budget_id: UUID) -> None:
    """It was recorded by mistake, and counts no more."""
    await queries.withdraw_personal_budget(unit.conn, budget_id=budget_id, at=unit.now)


async def allocated(unit: Unit, client_id: UUID) -> list[asyncpg.Record]:
    """The rows of all that is allocated to a client, at whatever provider."""
    return [row async for row in queries.allocations_for_client(unit.conn, client_id=client_id)]


async def beside(unit: Unit, allowed: Iterable[Allocation]) -> list[PersonalBudget]:
    """The personal budgets of the client for the same product in days that are ``allowed`` now."""
    days = list(allowed)
    found = [each for client_id in {each.client_id for each in days} for each in await of_client(unit, client_id)]
    return [each for each in found if any(each.covers(allocation) for allocation in days)]


async def require_none(unit: Unit, allowed: Iterable[Allocation], field: str) -> None:
    """Raises ``Invalid`` at ``field`` when days that a decision allows are those of a personal budget (OP043).

    Of a decision and a budget at the same moment the second waits here, and finds what the first one made.
    """
    days = list(allowed)
    for client_id in sorted({each.client_id for each in days}):
        await wait_in_line(unit, client_id)
    for budget in await beside(unit, days):
        until = f" tot en met {budget.ends_on:%d-%m-%Y}" if budget.ends_on else ""
        last = f" up to and including {budget.ends_on}" if budget.ends_on else ""
        raise wrong(
            field,
            f"Deze cliënt heeft voor dit product een persoonsgebonden budget (pgb), vanaf {budget.starts_on:%d-%m-%Y}"
            f"{until}. In die dagen kan het niet ook worden toegewezen (iStandaarden OP043). Kies andere dagen, of"
            " wijzig eerst het pgb op de pagina van de cliënt.",
            f"This client has a personal budget (pgb) for this product, from {budget.starts_on}{last}. In these days it"
            " cannot be allocated too (iStandaarden OP043). Choose other days, or first change the personal budget on"
            " the page of the client.",
            "personal-budget",
        )
