"""The municipality decides: allocate (301) or refuse (319); and it takes back."""

from dataclasses import replace
from datetime import date, datetime

from contracts.events.commissioning import Law
from contracts.events.referral import (
    AllocationDecided,
    AllocationGranted,
    Assignment,
    Channel,
    OfferOutcome,
    ReferralInvestigated,
    ReferralWithdrawn,
    Referrer,
    RequestRefused,
)
from services.kit.model import wrong
from services.kit.problems import Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.commands import GrantAllocation, InvestigateRequest, RefuseRequest, WithdrawReferral
from services.referral.domain.allocation import Allocation, CareRelation
from services.referral.domain.journey import Act, Status, after
from services.referral.domain.reasons import Answer, RefusalReason
from services.referral.domain.referral import Referral
from services.referral.domain.referrers import require_not_weighed
from services.referral.handlers import deadlines, outgoing, reserving
from services.referral.handlers.context import Context
from services.referral.handlers.offering import end_offers
from services.referral.handlers.requests import no_agreement, requested
from services.referral.store import (
    allocations,
    chain_requests,
    clients,
    market,
    personal_budgets,
    queries,
    referrals,
)
from services.referral.views import ReferralState

INVESTIGATED = Text(
    "Dit is al in onderzoek. Er is niets gewijzigd. Wijs toe of wijs af.",
    "This is under investigation already. Nothing was changed. Allocate or refuse.",
)


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
        replace(referral, wait_reason=command.wait_reason),
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
    await allocations.require_room(unit, Allocation.of(granted))
    await personal_budgets.require_none(unit, [Allocation.of(granted)], "/startsOn")
    await allocations.grant(unit, granted, reference=reference)
    if reference is not None:
        await chain_requests.granted(unit, CareRelation.of(granted), [reference])
    await outgoing.write_allocation(context, unit, granted, reference)
    return await _promised(context, unit, granted)


async def serve(
    context: Context,
    unit: Unit,
    allocation: Allocation,
    assignment: Assignment,
    referrer: Referrer,
    channel: Channel,
) -> Referral:
    """Open a journey for an allocation that was decided without a request here, and store the allocation.

    The municipality asks and grants in one: a 301 of another system, or a number beside an earlier one.
    """
    names = await clients.names(unit, allocation.client_id)
    asked = Referral(
        referral_id=unit.new_id(),
        municipality=allocation.municipality,
        provider=allocation.provider,
        client_id=names.client_id,
        client_stream=names.stream,
        client_dossier=names.dossier,
        status=Status.REQUESTED,
        assignment=assignment,
        referrer=referrer,
        channel=channel,
        desired_start=allocation.starts_on,
        desired_end=allocation.ends_on,
        requested_at=unit.now,
        decision_due=context.terms.decision_due(unit.now),
    )
    granted = _under(context, unit, asked, allocation, assignment)
    await referrals.insert(unit, granted)
    await allocations.put(unit, [replace(allocation, referral_id=granted.referral_id)])
    unit.emit(granted.referral_id, requested(asked), audience=granted.parties)
    return await _promised(context, unit, granted)


async def grant_told(
    context: Context, unit: Unit, referral: Referral, allocation: Allocation, assignment: Assignment
) -> Referral:
    """A request is granted by a 301 of another system, under the number that it gives."""
    granted = _under(context, unit, referral, allocation, assignment)
    await referrals.update(unit, granted)
    await end_offers(unit, granted, OfferOutcome.GONE)
    await allocations.put(unit, [replace(allocation, referral_id=granted.referral_id)])
    return await _promised(context, unit, granted)


def _under(context: Context, unit: Unit, asked: Referral, allocation: Allocation, assignment: Assignment) -> Referral:
    """A request, granted under an allocation that has its number already."""
    return asked.grant(
        provider=allocation.provider,
        allocation_number=allocation.number,
        assignment=assignment,
        starts_on=allocation.starts_on,
        ends_on=allocation.ends_on,
        now=unit.now,
        terms=context.terms,
    )


async def _promised(context: Context, unit: Unit, granted: Referral) -> Referral:
    """The provider is to answer and to start, and both sides know what was granted and what it may cost."""
    await deadlines.promise_care(unit, granted, context.terms)
    unit.emit(granted.referral_id, _granted(granted, context), audience=granted.parties)
    await reserving.reserved(unit, granted)
    return granted


async def decide_broadly(unit: Unit, allocation: Allocation) -> None:
    """Store and tell an allocation that no journey serves: it has no product and extent of its own."""
    await allocations.put(unit, [allocation])
    names = await clients.names(unit, allocation.client_id)
    unit.emit(
        allocation.allocation_id,
        AllocationDecided(
            allocation_id=allocation.allocation_id,
            allocation_number=allocation.number,
            municipality=allocation.municipality,
            provider=allocation.provider,
            client=names.stream,
            law=allocation.law,
            category=allocation.category,
            budget_cents=allocation.budget_cents,
            starts_on=allocation.starts_on,
            ends_on=allocation.ends_on,
            reason=allocation.reason,
            removed=allocation.removed,
            decided_at=allocation.decided_at,
        ),
        audience=allocation.parties,
    )


async def refuse_request(context: Context, command: RefuseRequest, unit: Unit) -> ReferralState:
    """Say no. A request that came with a reference of the provider is answered with a 319."""
    before = await referrals.lock(unit.conn, command.referral_id)
    require_not_weighed(before.referrer, command.reason)
    if command.reason is RefusalReason.RESIDENCE_PRINCIPLE:
        require_residence(before.assignment.law, command.responsible_municipality)
    elif command.responsible_municipality is not None:
        raise wrong(
            "/responsibleMunicipality",
            "Noem alleen een gemeente als die volgens het woonplaatsbeginsel verantwoordelijk is.",
            "Name a municipality only when it is responsible by the residence principle.",
            "not-with-this-reason",
        )
    named = replace(before, responsible_municipality=command.responsible_municipality)
    referral = await refuse(unit, named, command.reason)
    if referral.request_reference is not None:
        await outgoing.write_answer(
            context,
            unit,
            CareRelation.of(referral),
            referral.request_reference,
            Answer.REJECTED,
            command.reason,
            command.responsible_municipality,
            referral.referral_id,
        )
    return ReferralState.of(referral)


async def refuse(unit: Unit, before: Referral, reason: RefusalReason) -> Referral:
    """The journey ends with a refusal, whoever tells of it."""
    referral = before.refuse(reason, unit.now)
    await referrals.update(unit, referral)
    await deadlines.close(unit, referral)
    await end_offers(unit, referral, OfferOutcome.WITHDRAWN)
    await _answered(unit, referral, Answer.REJECTED)
    unit.emit(
        referral.referral_id,
        RequestRefused(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=referral.provider,
            reason=reason,
            responsible_municipality=referral.responsible_municipality,
            refused_at=unit.now,
        ),
        audience=referral.parties,
    )
    return referral


async def investigate_request(context: Context, command: InvestigateRequest, unit: Unit) -> ReferralState:
    """The decision needs an investigation: the term becomes eight weeks from the request, and a 319 says so.

    Raises ``Conflict`` when that was said before.
    """
    before = await referrals.lock(unit.conn, command.referral_id)
    relation, reference = CareRelation.of(before), before.request_reference
    requested = await chain_requests.known(unit, relation, [reference]) if reference else []
    dated = next((each.dated for each in requested if each.reference == reference), local_date(before.requested_at))
    referral = await investigate(context, unit, before, dated)
    if reference is not None:
        await outgoing.write_answer(
            context, unit, relation, reference, Answer.UNDER_INVESTIGATION, referral_id=referral.referral_id
        )
    return ReferralState.of(referral)


async def investigate(context: Context, unit: Unit, before: Referral, dated: date) -> Referral:
    """A request that came in under a message of day ``dated`` is under investigation, whoever tells of it."""
    due = context.terms.investigation_due(dated)
    referral = before.investigate(due)
    await referrals.update(unit, referral)
    await deadlines.promise_decision(unit, referral)
    await _answered(unit, referral, Answer.UNDER_INVESTIGATION, due)
    unit.emit(
        referral.referral_id,
        ReferralInvestigated(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=referral.provider,
            decision_due=due,
            remind_at=context.terms.remind_at(due),
            investigated_at=unit.now,
        ),
        audience=referral.parties,
    )
    return referral


async def _answered(unit: Unit, referral: Referral, answer: Answer, due: datetime | None = None) -> None:
    if referral.request_reference is not None:
        await chain_requests.answered(unit, CareRelation.of(referral), referral.request_reference, answer, due=due)


def require_residence(law: Law, responsible: str | None) -> None:
    """The residence principle is the Jeugdwet's, and the answer names the municipality that is responsible."""
    if law is not Law.YOUTH:
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
    elif before.status is Status.REQUESTED:
        await _answered(unit, referral, Answer.REJECTED)
    unit.emit(
        referral.referral_id,
        ReferralWithdrawn(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=referral.provider,
            allocation_number=referral.allocation_number,
            reason=command.reason,
            withdrawn_at=unit.now,
            watch=referral.watch,
        ),
        audience=referral.parties,
    )
    return ReferralState.of(referral)


async def take_back(context: Context, unit: Unit, referral: Referral) -> None:
    """Nobody may deliver under this allocation any more: it is withdrawn, and removed with a 301."""
    await allocations.take_back(unit, referral)
    await outgoing.write_removal(context, unit, referral)
    await reserving.released(unit, referral)


def _granted(referral: Referral, context: Context) -> AllocationGranted:
    granted = referral.granted
    terms, crisis = context.terms, referral.crisis
    accept_due = terms.accept_due(granted.granted_at, crisis=crisis)
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
        # Terms of hours leave no room for a reminder.
        remind_accept_at=None if crisis else terms.remind_at(accept_due),
        remind_start_at=None if crisis else terms.remind_at(granted.start_due),
        report_due=referral.report_due,
        remind_report_at=terms.remind_at(referral.report_due) if referral.report_due else None,
        crisis=crisis,
    )
