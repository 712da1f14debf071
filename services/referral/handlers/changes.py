"""The municipality changes what it allocated: another end or total under the same number, or a new number beside it.

Source: iWmo/iJw 3.2 OP033x1 (what may change), OP257 and IV066 (when a new number is needed), OP298 (less in total only
with consent), OP380 (a later end keeps its number while the present one has not passed).
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from contracts.events.referral import AllocationChanged, Channel, Frequency, ReferralWithdrawn
from services.kit.model import wrong
from services.kit.problems import Conflict, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.commands import ChangeAllocation, RemoveAllocation
from services.referral.domain.allocation import Allocation, CareRelation
from services.referral.domain.journey import Act, Status, after
from services.referral.domain.personal_budget import added
from services.referral.domain.reasons import ChangeReason, WithdrawalReason
from services.referral.domain.referral import Referral
from services.referral.handlers import deadlines, decisions, outgoing, reserving
from services.referral.handlers.context import Context
from services.referral.store import allocations, personal_budgets, queries, referrals
from services.referral.views import ReferralState

_ONE_DAY = timedelta(days=1)


async def change_allocation(context: Context, command: ChangeAllocation, unit: Unit) -> ReferralState:
    """Change an allocation and tell the provider with a 301; gives the journey that holds from then on.

    Raises ``Invalid`` when the change is none or the standard does not allow it.
    """
    referral = await referrals.lock(unit.conn, command.referral_id)
    after(referral.status, Act.CHANGE)
    present = Allocation.of(referral)
    if command.volume in (None, present.volume):
        return ReferralState.of(await _other_end(context, unit, referral, command))
    if present.frequency is Frequency.WHOLE:
        return ReferralState.of(await _other_total(context, unit, referral, command))
    return ReferralState.of(await _beside(context, unit, referral, command))


async def remove_allocation(context: Context, command: RemoveAllocation, unit: Unit) -> ReferralState:
    """Remove an allocation as if it had never been made. Raises ``Conflict`` when claims were approved (TR385)."""
    before = await referrals.lock(unit.conn, command.referral_id)
    if before.allocation_number is not None:
        await require_unclaimed(unit, CareRelation.of(before), before.allocation_number)
    removed = await remove(context, unit, before)
    await outgoing.write_removal(context, unit, before)
    return ReferralState.of(removed)


async def require_unclaimed(unit: Unit, relation: CareRelation, number: int) -> None:
    """Raises ``Conflict`` when services on an allocation were approved and not credited: it cannot go (TR385)."""
    if await allocations.claimed(unit, relation, [number]):
        raise Conflict(
            Text(
                "Op deze toewijzing zijn declaraties goedgekeurd; zij kan niet worden verwijderd. Trek haar in met een"
                " eerdere einddatum, of laat de aanbieder eerst crediteren.",
                "Claims on this allocation were approved; it cannot be removed. Withdraw it with an earlier end, or"
                " have the provider credit first.",
            ),
            code="claimed",
        )


async def _other_end(context: Context, unit: Unit, referral: Referral, command: ChangeAllocation) -> Referral:
    ends_on = command.ends_on
    if ends_on is None or ends_on == referral.ends_on:
        raise wrong(
            "/endsOn",
            "Er verandert niets. Kies een andere einddatum of een andere omvang.",
            "Nothing changes. Choose another end date or another volume.",
            "nothing-changes",
        )
    Allocation.of(referral).ended_on(ends_on, local_date(unit.now))
    return await _changed(context, unit, referral, command, ends_on=ends_on, volume=None)


async def _other_total(context: Context, unit: Unit, referral: Referral, command: ChangeAllocation) -> Referral:
    if command.volume is not None and command.volume < referral.assignment.volume and not command.agreed:
        raise wrong(
            "/agreed",
            "Een lager totaal kan alleen als de aanbieder ermee instemt (iStandaarden OP298). Bevestig dat.",
            "Less in total is possible only with the provider's consent (iStandaarden OP298). Confirm that.",
            "consent-needed",
        )
    if command.ends_on is not None:
        Allocation.of(referral).ended_on(command.ends_on, local_date(unit.now))
    return await _changed(context, unit, referral, command, ends_on=command.ends_on, volume=command.volume)


async def _changed(
    context: Context,
    unit: Unit,
    before: Referral,
    command: ChangeAllocation,
    *,
    ends_on: date | None,
    volume: int | None,
) -> Referral:
    assignment = before.assignment.model_copy(update={"volume": volume} if volume else {})
    referral = before.change(assignment=assignment, ends_on=ends_on or before.ends_on)
    allocation = replace(Allocation.of(referral), decided_at=unit.now, reason=command.reason.value)
    await allocations.require_room(unit, allocation)
    await personal_budgets.require_none(unit, added(Allocation.of(before), allocation), "/endsOn")
    await record_change(context, unit, referral, allocation)
    await outgoing.write_allocations(context, unit, CareRelation.of(referral), [allocation], referral.referral_id)
    return referral


async def _beside(context: Context, unit: Unit, before: Referral, command: ChangeAllocation) -> Referral:
    """Another volume per day, week or month: the present allocation ends, and a new one goes on from there (IV066)."""
    from_day, granted = command.from_day, before.granted
    last = command.ends_on or before.ends_on
    if from_day is None or from_day <= granted.starts_on or (last is not None and from_day > last):
        raise wrong(
            "/fromDay",
            "Kies vanaf welke dag de andere omvang geldt: na de eerste dag van de toewijzing en niet na de einddatum.",
            "Choose from which day the other volume holds: after the first day of the allocation, not after its end.",
            "outside-allocation",
        )
    ended = before.change(assignment=before.assignment, ends_on=from_day - _ONE_DAY)
    ending = replace(Allocation.of(ended), decided_at=unit.now, reason=command.reason.value)
    await record_change(context, unit, ended, ending)
    assignment = before.assignment.model_copy(update={"volume": command.volume})
    number = await queries.next_allocation_number(unit.conn, municipality=before.municipality)
    beside = replace(
        ending, number=number, starts_on=from_day, ends_on=last, volume=command.volume, reason=None, referral_id=None
    )
    await allocations.require_room(unit, ending, beside)
    await personal_budgets.require_none(unit, [beside], "/fromDay")
    successor = await decisions.serve(context, unit, beside, assignment, before.referrer, Channel.FORM)
    decided = [ending, Allocation.of(successor)]
    await outgoing.write_allocations(context, unit, CareRelation.of(ended), decided, successor.referral_id)
    return successor


async def record_change(context: Context, unit: Unit, referral: Referral, allocation: Allocation) -> None:
    """Store and tell what an allocation is from now on; ``referral`` is its journey after the change."""
    stood, referral = referral.stop_due, referral.promise_stop(context.terms)
    await referrals.update(unit, referral)
    await deadlines.promise_stop(unit, referral, context.terms)
    await allocations.put(unit, [allocation])
    unit.emit(
        referral.referral_id,
        AllocationChanged(
            referral_id=referral.referral_id,
            allocation_number=allocation.number,
            municipality=referral.municipality,
            provider=referral.provider,
            client=referral.client_stream,
            assignment=referral.assignment,
            starts_on=allocation.starts_on,
            ends_on=allocation.ends_on,
            reason=allocation.reason or ChangeReason.CORRECTION,
            removed=allocation.removed,
            stop_due=stood if allocation.removed else referral.stop_due,
            remind_stop_at=context.terms.remind_stop_at(referral.ends_on)
            if referral.stop_due and referral.ends_on
            else None,
            spell=referral.spell,
            changed_at=unit.now,
        ),
        audience=referral.parties,
    )
    await (reserving.released(unit, referral) if allocation.removed else reserving.reserved(unit, referral))


async def remove(context: Context, unit: Unit, before: Referral, decided_at: datetime | None = None) -> Referral:
    """Store and tell that an allocation counts as never made. Before care began, the journey is withdrawn.

    ``decided_at`` is when another system decided so (IV013): what it decides after that goes before it. Without, now.
    """
    referral = before.remove(unit.now)
    await deadlines.close(unit, referral)
    await record_change(context, unit, referral, Allocation.of(before).taken_back(decided_at or unit.now))
    if before.status in {Status.GRANTED, Status.ACCEPTED}:
        unit.emit(
            referral.referral_id,
            ReferralWithdrawn(
                referral_id=referral.referral_id,
                municipality=referral.municipality,
                provider=referral.provider,
                allocation_number=referral.allocation_number,
                reason=WithdrawalReason.MISTAKE,
                withdrawn_at=unit.now,
                watch=referral.watch,
            ),
            audience=referral.parties,
        )
    return referral
