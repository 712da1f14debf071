"""The municipality decides by itself on an allocation that no journey serves: aspecific or generic.

Source: iWmo/iJw 3.2 IV066 (numbers and changes), OP033x1 (stretch, withdraw, remove), OP299 (a lower budget only with
consent), OP380 (a later end while the present one has not passed).
"""

from dataclasses import replace

from contracts.values import municipality as municipality_party
from services.kit.model import wrong
from services.kit.problems import Conflict, Forbidden, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.broad_commands import AllocateBroadly, ChangeBroadAllocation, RemoveBroadAllocation
from services.referral.chain_views import AllocationState
from services.referral.domain.allocation import REMOVED, Allocation
from services.referral.domain.personal_budget import added
from services.referral.handlers import changes, decisions, outgoing
from services.referral.handlers.context import Context
from services.referral.store import allocations, clients, personal_budgets, queries


async def allocate_broadly(context: Context, command: AllocateBroadly, unit: Unit) -> AllocationState:
    """Make an allocation without a product, which nobody asked for, and tell the provider with a 301.

    Raises ``Forbidden`` for another municipality, ``Conflict`` without an agreement or beside an allocation of the
    same, ``Invalid`` when a 301 cannot carry it.
    """
    if not unit.actor.is_system and unit.actor.party != municipality_party(command.municipality):
        raise Forbidden(
            Text("U kunt alleen voor uw eigen gemeente toewijzen.", "You can only allocate for your own municipality.")
        )
    _require_what(command)
    if not await queries.agreed_broadly(
        unit.conn,
        municipality=command.municipality,
        provider=command.provider,
        law=command.law,
        category=command.category,
        on=command.starts_on,
    ):
        raise Conflict(
            Text(
                "Deze aanbieder heeft op die dag geen overeenkomst hiervoor in deze gemeente. Er is niets gewijzigd."
                " Kies een andere aanbieder, of iets anders om toe te wijzen.",
                "On that day this provider has no agreement for this in this municipality. Nothing was changed. Choose"
                " another provider, or something else to allocate.",
            ),
            code="no-agreement",
        )
    known = await clients.admit(unit, context.vault, command.municipality, command.person)
    await clients.complete(unit, context.vault, known.client_id, command.person)
    allocation = Allocation(
        municipality=command.municipality,
        provider=command.provider,
        law=command.law,
        number=await queries.next_allocation_number(unit.conn, municipality=command.municipality),
        client_id=known.client_id,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        category=command.category,
        budget_cents=command.budget_cents,
        decided_at=unit.now,
    )
    await allocations.require_room(unit, allocation)
    await personal_budgets.require_none(unit, [allocation], "/startsOn")
    return await decide(context, unit, allocation)


def _require_what(command: AllocateBroadly) -> None:
    if command.category is None and command.budget_cents is None:
        raise wrong(
            "/budgetCents",
            "Zonder categorie is een budget nodig (iStandaarden CD079). Vul het budget in of kies een categorie.",
            "Without a category a budget is needed (iStandaarden CD079). Give the budget or choose a category.",
            "missing",
        )
    if command.budget_cents is not None and command.ends_on is None:
        raise wrong(
            "/endsOn",
            "Bij een budget hoort een einddatum (iStandaarden CD075). Vul de laatste dag in.",
            "A budget goes with a last day (iStandaarden CD075). Give the last day.",
            "missing",
        )
    if command.ends_on is not None and command.ends_on < command.starts_on:
        raise wrong(
            "/endsOn",
            "De einddatum ligt vóór de ingangsdatum. Kies een latere einddatum.",
            "The end date is before the first day. Choose a later end date.",
            "ends-before-start",
        )


async def change_broad_allocation(context: Context, command: ChangeBroadAllocation, unit: Unit) -> AllocationState:
    """Another last day or another budget, told with a 301.

    Raises ``Conflict`` when it was removed or a journey serves it, ``Invalid`` when the change is none or the standard
    does not allow it.
    """
    present = await _standing(unit, command)
    changed = present
    if command.reason.value == REMOVED:
        raise wrong(
            "/reason",
            "Met deze reden wordt een toewijzing verwijderd. Kies 'verwijderen', of een andere reden.",
            "This reason is for removing an allocation. Choose to remove it, or another reason.",
            "removes",
        )
    if command.ends_on is not None and command.ends_on != present.ends_on:
        changed = changed.ended_on(command.ends_on, local_date(unit.now))
    if command.budget_cents is not None and command.budget_cents != present.budget_cents:
        changed = await _with_budget(unit, changed, command.budget_cents, agreed=command.agreed)
    if changed == present:
        raise wrong(
            "/endsOn",
            "Er verandert niets. Kies een andere einddatum of een ander budget.",
            "Nothing changes. Choose another end date or another budget.",
            "nothing-changes",
        )
    changed = replace(changed, decided_at=unit.now, reason=command.reason.value, reference=None)
    await allocations.require_room(unit, changed)
    await personal_budgets.require_none(unit, added(present, changed), "/endsOn")
    return await decide(context, unit, changed)


async def _with_budget(unit: Unit, allocation: Allocation, cents: int, *, agreed: bool) -> Allocation:
    """With another budget. A first one is a limit where none was, so it needs the provider's consent too."""
    if allocation.category is not None and allocation.product_code is not None:
        raise wrong(
            "/budgetCents",
            "Deze toewijzing noemt een product met een omvang en heeft geen budget.",
            "This allocation names a product with a volume and has no budget.",
            "no-budget",
        )
    if (allocation.budget_cents is None or cents < allocation.budget_cents) and not agreed:
        raise wrong(
            "/agreed",
            "Een lager budget kan alleen als de aanbieder ermee instemt (iStandaarden OP299). Bevestig dat.",
            "A lower budget is possible only with the provider's consent (iStandaarden OP299). Confirm that.",
            "consent-needed",
        )
    spent = sum(each.cents for each in await allocations.approved(unit, allocation.relation, allocation.number))
    if cents < spent:
        raise wrong(
            "/budgetCents",
            "Op deze toewijzing is al meer goedgekeurd dan dit budget. Kies een hoger budget, of laat de aanbieder"
            " eerst crediteren.",
            "More than this budget was approved on this allocation already. Choose a higher budget, or have the"
            " provider credit first.",
            "below-approved",
        )
    return replace(allocation, budget_cents=cents)


async def remove_broad_allocation(context: Context, command: RemoveBroadAllocation, unit: Unit) -> AllocationState:
    """Remove it as if it had never been made, told with a 301. Raises ``Conflict`` when claims were approved."""
    present = await _standing(unit, command)
    await changes.require_unclaimed(unit, present.relation, present.number)
    return await decide(context, unit, present.taken_back(unit.now))


async def _standing(unit: Unit, command: ChangeBroadAllocation | RemoveBroadAllocation) -> Allocation:
    """The allocation, locked; no journey serves it and it was not removed."""
    present = await allocations.lock(unit, command.municipality, command.law, command.number)
    if present.referral_id is not None:
        raise Conflict(
            Text(
                "Deze toewijzing is voor één product en heeft een eigen traject. Wijzig haar daar.",
                "This allocation is for one product and has a journey of its own. Change it there.",
            ),
            code="has-journey",
        )
    if present.removed:
        raise Conflict(
            Text(
                "Deze toewijzing is verwijderd en telt niet mee. Er is niets gewijzigd.",
                "This allocation was removed and does not count. Nothing was changed.",
            ),
            code="removed",
        )
    return present


async def decide(context: Context, unit: Unit, allocation: Allocation) -> AllocationState:
    """Store and tell what was decided on an allocation that no journey serves, and write the 301."""
    await decisions.decide_broadly(unit, allocation)
    await outgoing.write_allocations(context, unit, allocation.relation, [allocation])
    return AllocationState.model_validate(allocation, from_attributes=True)
