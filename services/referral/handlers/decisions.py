"""The municipality decides: allocate (301) or refuse (319); and it takes back."""

from datetime import date

from contracts.events.commissioning import Law
from contracts.events.referral import AllocationGranted, Assignment, OfferOutcome, ReferralWithdrawn, RequestRefused
from services.kit.model import wrong
from services.kit.unit import Unit
from services.referral.commands import GrantAllocation, RefuseRequest, WithdrawReferral
from services.referral.domain.journey import Act, Status, after
from services.referral.domain.reasons import RefusalReason
from services.referral.domain.referral import Referral
from services.referral.handlers import deadlines, outgoing
from services.referral.handlers.context import Context
from services.referral.handlers.offering import end_offers
from services.referral.handlers.requests import no_agreement
from services.referral.store import allocations, clients, market, queries, referrals
from services.referral.views import ReferralState


async def grant_allocation(context: Context, command: GrantAllocation, unit: Unit) -> ReferralState:
    """Allocate what was requested, or what the decision makes of it.

    Raises ``Conflict`` when the journey or the agreements do not allow it, ``Invalid`` when the dossier or a date is
    not good enough for a 301.
    """
    referral = await referrals.lock(unit.conn, command.referral_id)
    after(referral.status, Act.OFFER if referral.status is Status.DECLINED else Act.GRANT)
    if command.person is not None:
        await clients.complete(unit, context.vault, referral.client_id, command.person)
    changes = {
        name: value
        for name, value in (("volume", command.volume), ("frequency", command.frequency))
        if value is not None
    }
    granted = await allocate(
        context,
        unit,
        referral,
        provider=command.provider or referral.provider,
        assignment=referral.assignment.model_copy(update=changes),
        starts_on=command.starts_on or referral.starts_on or referral.desired_start,
        ends_on=command.ends_on or referral.ends_on or referral.desired_end,
    )
    return ReferralState.of(granted)


async def allocate(
    context: Context,
    unit: Unit,
    referral: Referral,
    *,
    provider: str,
    assignment: Assignment,
    starts_on: date,
    ends_on: date | None,
) -> Referral:
    """Make an allocation: number, terms, 301 and event."""
    agreed = await market.agreed(unit.conn, referral.municipality, provider, assignment.product_code, starts_on)
    if agreed is None:
        raise no_agreement()
    number = await queries.next_allocation_number(unit.conn, municipality=referral.municipality)
    granted = referral.grant(
        provider=provider,
        allocation_number=number,
        assignment=assignment,
        starts_on=starts_on,
        ends_on=ends_on,
        now=unit.now,
        terms=context.terms,
    )
    await referrals.update(unit, granted)
    await end_offers(unit, granted, OfferOutcome.GONE)
    asked_here = referral.offers == 0 and provider == referral.provider
    reference = referral.request_reference if asked_here else None
    await allocations.insert(unit, granted, reference=reference)
    await deadlines.close(unit, granted, deadlines.DECIDE, deadlines.CLAIM)
    await deadlines.promise_care(unit, granted, context.terms)
    await outgoing.write_allocation(context, unit, granted, reference)
    unit.emit(granted.referral_id, _granted(granted, context), audience=granted.parties)
    return granted


async def refuse_request(context: Context, command: RefuseRequest, unit: Unit) -> ReferralState:
    """Say no. A request that came with a reference of the provider is answered with a 319."""
    referral = (await referrals.lock(unit.conn, command.referral_id)).refuse(command.reason, unit.now)
    if command.reason is RefusalReason.RESIDENCE_PRINCIPLE:
        _require_residence(referral, command.responsible_municipality)
    elif command.responsible_municipality is not None:
        raise wrong(
            "/responsibleMunicipality",
            "Noem alleen een gemeente als die volgens het woonplaatsbeginsel verantwoordelijk is.",
            "Name a municipality only when it is responsible by the residence principle.",
            "not-with-this-reason",
        )
    await referrals.update(unit, referral)
    await deadlines.close(unit, referral)
    await end_offers(unit, referral, OfferOutcome.WITHDRAWN)
    await outgoing.write_refusal(context, unit, referral, command.reason, command.responsible_municipality)
    unit.emit(
        referral.referral_id,
        RequestRefused(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=referral.provider,
            reason=command.reason,
            refused_at=unit.now,
        ),
        audience=referral.parties,
    )
    return ReferralState.of(referral)


def _require_residence(referral: Referral, responsible: str | None) -> None:
    """The residence principle is the Jeugdwet's, and the answer names the municipality that is responsible."""
    if referral.assignment.law is not Law.YOUTH:
        raise wrong(
            "/reason",
            "Het woonplaatsbeginsel geldt alleen voor de Jeugdwet. Kies 'andere gemeente'.",
            "The residence principle holds for the Jeugdwet only. Choose 'other municipality'.",
            "not-for-this-law",
        )
    if responsible is None:
        raise wrong(
            "/responsibleMunicipality",
            "Noem de gemeente die volgens het woonplaatsbeginsel verantwoordelijk is.",
            "Name the municipality that is responsible by the residence principle.",
            "missing",
        )


async def withdraw_referral(context: Context, command: WithdrawReferral, unit: Unit) -> ReferralState:
    """Take a journey back before care began; an allocation under it is removed with a 301."""
    before = await referrals.lock(unit.conn, command.referral_id)
    referral = before.withdraw(command.reason, unit.now)
    await referrals.update(unit, referral)
    await deadlines.close(unit, referral)
    await end_offers(unit, referral, OfferOutcome.WITHDRAWN)
    if before.status in {Status.GRANTED, Status.ACCEPTED}:
        await take_back(context, unit, before)
    unit.emit(
        referral.referral_id,
        ReferralWithdrawn(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=referral.provider,
            allocation_number=referral.allocation_number,
            reason=command.reason,
            withdrawn_at=unit.now,
        ),
        audience=referral.parties,
    )
    return ReferralState.of(referral)


async def take_back(context: Context, unit: Unit, referral: Referral) -> None:
    """Nobody may deliver under this allocation any more: it is withdrawn, and removed with a 301."""
    await allocations.take_back(unit, referral)
    await outgoing.write_removal(context, unit, referral)


def _granted(referral: Referral, context: Context) -> AllocationGranted:
    granted = referral.granted
    accept_due = context.terms.accept_due(granted.granted_at)
    return AllocationGranted(
        referral_id=referral.referral_id,
        allocation_number=granted.number,
        municipality=referral.municipality,
        provider=referral.provider,
        client=referral.client_stream,
        assignment=referral.assignment,
        referrer=referral.referrer,
        starts_on=granted.starts_on,
        ends_on=referral.ends_on,
        granted_at=granted.granted_at,
        accept_due=accept_due,
        start_due=granted.start_due,
        remind_accept_at=context.terms.remind_at(accept_due),
        remind_start_at=context.terms.remind_at(granted.start_due),
    )
