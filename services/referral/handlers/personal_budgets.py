"""The municipality granted a personal budget: it is recorded, and what is allocated for the same product ends.

Source: iWmo/iJw 3.2 OP043.
"""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from services.kit.model import refused, wrong
from services.kit.problems import Invalid, NotFound, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.budget_commands import ChangePersonalBudget, RecordPersonalBudget, WithdrawPersonalBudget
from services.referral.budget_views import CATEGORY_NAMES, PersonalBudgetState
from services.referral.commands import ChangeAllocation
from services.referral.domain.allocation import Allocation
from services.referral.domain.personal_budget import PersonalBudget, Remedy
from services.referral.domain.reasons import ChangeReason
from services.referral.handlers import broad, changes, outgoing
from services.referral.handlers.context import Context
from services.referral.store import allocations, clients, personal_budgets, queries, referrals
from services.referral.store.clients import Dossier


async def record_personal_budget(context: Context, command: RecordPersonalBudget, unit: Unit) -> PersonalBudgetState:
    """Record one, and end what is allocated for the same product the day before, as was confirmed.

    Raises ``Invalid`` when the period or category is not right, when it was recorded before, and when what would end is
    not what was confirmed; ``Conflict`` when no 301 can be written; ``NotFound``.
    """
    dossier = await known(unit, command.client)
    return await _hold(context, unit, command, dossier, said(command, dossier, unit.new_id()))


async def change_personal_budget(context: Context, command: ChangePersonalBudget, unit: Unit) -> PersonalBudgetState:
    """Say anew for what and when it is; raises as when it is recorded. What ended for it before stays so."""
    dossier = await known(unit, command.client)
    present = await personal_budgets.get(unit, dossier.client_id, command.budget_id)
    changed = said(command, dossier, present.budget_id)
    if changed == present and not command.ending:
        return PersonalBudgetState(client=command.client, budget_id=present.budget_id, changed=False)
    return await _hold(context, unit, command, dossier, changed)


async def withdraw_personal_budget(
    context: Context, command: WithdrawPersonalBudget, unit: Unit
) -> PersonalBudgetState:
    """It was recorded by mistake. What ended for it stays so: a provider may have other plans by now."""
    dossier = await known(unit, command.client)
    await personal_budgets.wait_in_line(unit, dossier.client_id)
    present = await personal_budgets.get(unit, dossier.client_id, command.budget_id)
    await personal_budgets.withdraw(unit, present.budget_id)
    await clients.record_looks(unit, "record-personal-budget", [command.client])
    return PersonalBudgetState(client=command.client, budget_id=present.budget_id)


async def known(unit: Unit, client: UUID) -> Dossier:
    """The dossier of a client of the caller's municipality. Raises ``NotFound``, also when it was erased."""
    async for row in queries.clients_of_pseudonyms(unit.conn, pseudonyms=[client]):
        if row["erased_at"] is None:
            return Dossier.from_row(row)
    raise NotFound(
        Text(
            "Deze cliënt is niet bekend bij uw gemeente, of de gegevens zijn gewist.",
            "This client is not known to your municipality, or the data were erased.",
        )
    )


def said(command: RecordPersonalBudget, dossier: Dossier, budget_id: UUID) -> PersonalBudget:
    """What a command says of a personal budget. Raises ``Invalid`` for a category or period that is not right."""
    if command.category not in CATEGORY_NAMES[command.law]:
        raise wrong(
            "/category",
            "Deze categorie hoort niet bij deze wet. Kies een categorie uit de lijst.",
            "This category is not one of this law. Choose a category from the list.",
            "unknown-category",
        )
    if command.ends_on is not None and command.ends_on < command.starts_on:
        raise wrong(
            "/endsOn",
            "De laatste dag ligt vóór de eerste dag. Kies een latere laatste dag.",
            "The last day is before the first day. Choose a later last day.",
            "ends-before-start",
        )
    return PersonalBudget(
        budget_id=budget_id,
        municipality=dossier.municipality,
        client_id=dossier.client_id,
        law=command.law,
        category=command.category,
        product_code=command.product_code,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
    )


async def _hold(
    context: Context, unit: Unit, command: RecordPersonalBudget, dossier: Dossier, budget: PersonalBudget
) -> PersonalBudgetState:
    """Store it as it holds from now on; nobody allocates anything to the client meanwhile."""
    await _lock(unit, await _to_end(unit, budget))
    await personal_budgets.wait_in_line(unit, dossier.client_id)
    if isinstance(command, ChangePersonalBudget):  # Perhaps somebody took it away meanwhile.
        await personal_budgets.get(unit, dossier.client_id, command.budget_id)
    if any(budget.repeats(each) for each in await personal_budgets.of_client(unit, dossier.client_id)):
        raise wrong(
            "/startsOn",
            "Voor hetzelfde staat in deze dagen al een pgb bij deze cliënt. Wijzig dat, of kies andere dagen.",
            "For the same a personal budget is recorded already in these days. Change that one, or choose other days.",
            "recorded-already",
        )
    ending = await _to_end(unit, budget)
    _require_confirmed(budget, ending, command.ending)
    if ending:
        _require_complete(context, dossier)
    await personal_budgets.put(unit, budget)
    for each in ending:
        await _end(context, unit, each, budget)
    await clients.record_looks(unit, "record-personal-budget", [command.client])
    return PersonalBudgetState(
        client=command.client, budget_id=budget.budget_id, ended=tuple(each.number for each in ending)
    )


async def _to_end(unit: Unit, budget: PersonalBudget) -> list[Allocation]:
    today = local_date(unit.now)
    found = map(allocations.from_row, await personal_budgets.allocated(unit, budget.client_id))
    return [each for each in found if budget.remedy(each, today) is Remedy.END]


async def _lock(unit: Unit, ending: Collection[Allocation]) -> None:
    """Lock what a change of an allocation locks, in the same order: before everybody waits for the client."""
    for referral_id in sorted(each.referral_id for each in ending if each.referral_id is not None):
        await referrals.lock(unit.conn, referral_id)
    for relation in sorted({each.relation for each in ending}):
        await allocations.wait_in_line(unit, relation)


def _require_confirmed(budget: PersonalBudget, ending: Collection[Allocation], confirmed: Collection[int]) -> None:
    if {each.number for each in ending} == set(confirmed):
        return
    last, listed = budget.last_day_before, ", ".join(str(each.number) for each in ending)
    raise wrong(
        "/ending",
        f"Deze toewijzingen lopen tegelijk met het pgb: {listed}. Bevestig dat zij eindigen op {last:%d-%m-%Y}"
        " (iStandaarden OP043)."
        if ending
        else "Er is geen toewijzing meer die door het pgb eindigt. Kijk opnieuw en leg het pgb dan vast.",
        f"These allocations run beside the personal budget: {listed}. Confirm that they end on {last}"
        " (iStandaarden OP043)."
        if ending
        else "There is no allocation any more that ends for the personal budget. Look again, and then record it.",
        "not-confirmed",
    )


def _require_complete(context: Context, dossier: Dossier) -> None:
    """Raises ``Conflict`` when the dossier cannot carry the 301 that ends an allocation."""
    try:
        outgoing.require_complete(dossier.open(context.vault))
    except Invalid:
        raise refused(
            "Een toewijzing eindigt door dit pgb, en dat moet de aanbieder met een bericht (301) horen. Daarvoor"
            " ontbreken gegevens van de cliënt: BSN, achternaam, geboortedatum, of adres en telefoonnummer. Er is"
            " niets vastgelegd. Vul die eerst aan.",
            "An allocation ends for this personal budget, of which the provider is to hear by message (301). For that"
            " the dossier lacks something: citizen number, surname, birth date, or address and phone number. Nothing"
            " was recorded. First complete them.",
            "dossier-incomplete",
        ) from None


async def _end(context: Context, unit: Unit, allocation: Allocation, budget: PersonalBudget) -> None:
    """End it the day before, as anybody would: the provider hears it by 301, and reports the stop in time."""
    last, reason = budget.last_day_before, ChangeReason.FORM_OF_DELIVERY
    if allocation.referral_id is not None:
        journey = await referrals.lock(unit.conn, allocation.referral_id)
        if journey.allocation_number == allocation.number:
            change = ChangeAllocation(referral_id=journey.referral_id, reason=reason, ends_on=last)
            await changes.change_allocation(context, change, unit)
            return
    ended = allocation.ended_on(last, local_date(unit.now))
    await broad.decide(context, unit, replace(ended, decided_at=unit.now, reason=reason.value, reference=None))
