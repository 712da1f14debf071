"""The provider answers an allocation; when it declines, or says nothing, the next provider is asked."""

from dataclasses import replace
from datetime import date

from contracts.events.referral import AllocationAccepted, AllocationDeclined, DeclineReason
from contracts.values import Role
from services.kit.problems import Forbidden, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.commands import AcceptAllocation, DeclineAllocation, NumberClient, OfferAllocation
from services.referral.domain.allocation import Allocation
from services.referral.domain.candidates import next_provider
from services.referral.domain.journey import Act, after
from services.referral.domain.reasons import Promise
from services.referral.domain.referral import Referral
from services.referral.domain.terms import Terms
from services.referral.handlers import deadlines
from services.referral.handlers.context import Context
from services.referral.handlers.decisions import allocate, take_back
from services.referral.handlers.promises import escalate
from services.referral.handlers.requests import number_client
from services.referral.store import allocations, market, personal_budgets, referrals
from services.referral.views import ReferralState


async def accept_allocation(context: Context, command: AcceptAllocation, unit: Unit) -> ReferralState:
    """The provider says yes."""
    referral = await referrals.lock(unit.conn, command.referral_id)
    return ReferralState.of(await accepted(context.terms, unit, referral, command.own_number))


async def accepted(terms: Terms, unit: Unit, granted: Referral, own_number: str | None) -> Referral:
    """The provider takes an allocation on, by answering it or by its claim; from now on a start can be reported."""
    referral = granted.accept(unit.now)
    await referrals.update(unit, referral)
    if own_number is not None:
        await number_client(unit, referral, own_number)
    await deadlines.close(unit, referral, deadlines.REMIND_ACCEPT, deadlines.ACCEPT)
    await deadlines.put(unit, deadlines.report_rows(referral, terms))
    unit.emit(
        referral.referral_id,
        AllocationAccepted(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=referral.provider,
            accepted_at=unit.now,
        ),
        audience=referral.parties,
    )
    return referral


async def decline_allocation(context: Context, command: DeclineAllocation, unit: Unit) -> ReferralState:
    """The provider says no, or (the workflow says) let the term pass. The allocation is removed."""
    if command.reason is DeclineReason.NO_ANSWER and not unit.actor.has(Role.SYSTEM):
        raise Forbidden(
            Text(
                "De reden 'geen antwoord' stelt alleen Samenspel zelf vast. Kies de reden waarom u weigert.",
                "Only Samenspel itself establishes 'no answer'. Choose the reason why you decline.",
            )
        )
    before = await referrals.lock(unit.conn, command.referral_id)
    referral = before.decline(command.reason, unit.now)
    await referrals.update(unit, referral)
    await deadlines.close(unit, referral)
    await take_back(context, unit, before)
    unit.emit(
        referral.referral_id,
        AllocationDeclined(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=referral.provider,
            allocation_number=referral.granted.number,
            reason=command.reason,
            declined_at=unit.now,
        ),
        audience=referral.parties,
    )
    return ReferralState.of(referral)


async def offer_allocation(context: Context, command: OfferAllocation, unit: Unit) -> ReferralState:
    """Offer a declined allocation to the next provider; the access team gets it when nobody is left.

    A provider that was named is asked even when it was asked before. Raises ``Conflict`` without an agreement.
    """
    referral = await referrals.lock(unit.conn, command.referral_id)
    after(referral.status, Act.OFFER)
    today = local_date(unit.now)
    starts_on = max(referral.starts_on or referral.desired_start, today)
    chosen = command.provider
    if chosen is None and (referral.ends_on is None or referral.ends_on >= starts_on):
        chosen = await _next_with_room(unit, referral, starts_on)
    if chosen is None:
        return await nobody_left(unit, referral)
    offered = await allocate(
        context,
        unit,
        replace(referral, wait_reason=None),
        provider=chosen,
        assignment=referral.assignment,
        starts_on=starts_on,
        ends_on=referral.ends_on,
    )
    return ReferralState.of(offered)


async def _next_with_room(unit: Unit, referral: Referral, starts_on: date) -> str | None:
    """Who is asked next: not who declined, and not who has this client with this product in these days (OP259); nobody
    when a personal budget runs then (OP043)."""
    asked = replace(Allocation.asked(referral), starts_on=starts_on, ends_on=referral.ends_on)
    await personal_budgets.wait_in_line(unit, referral.client_id)
    if await personal_budgets.beside(unit, [asked]):
        return None
    found = await market.candidates(unit.conn, referral.municipality, referral.assignment.product_code, starts_on)
    passed_over = set(referral.declined_by)
    while (candidate := next_provider(found, passed_over)) is not None:
        if await allocations.stacked(unit, replace(asked, provider=candidate.provider)) is None:
            return candidate.provider
        passed_over.add(candidate.provider)
    return None


async def nobody_left(unit: Unit, referral: Referral) -> ReferralState:
    """Everybody was asked: the access team looks for a place. Says so once."""
    if Promise.PLACE.value in referral.escalated:
        return ReferralState.of(referral, changed=False)
    return ReferralState.of(await escalate(unit, referral, Promise.PLACE))


async def name_client(context: Context, command: NumberClient, unit: Unit) -> ReferralState:
    """The provider's own number for the client, shown on its worklist."""
    referral = await referrals.lock(unit.conn, command.referral_id)
    await number_client(unit, referral, command.own_number)
    return ReferralState.of(referral)
