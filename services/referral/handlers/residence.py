"""Who is responsible: an investigation of two weeks, and the same help asked for at the municipality that is."""

from dataclasses import replace
from datetime import date, timedelta

from contracts.events.commissioning import Law
from contracts.events.referral import Channel, ReferralInvestigated
from contracts.values import PartyKind, municipality, provider
from services.kit.model import wrong
from services.kit.problems import Conflict, Forbidden, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.commands import AskElsewhere, ContinueElsewhere, InvestigateResidence
from services.referral.domain.allocation import CareRelation
from services.referral.domain.journey import Status
from services.referral.domain.reasons import Answer
from services.referral.domain.referral import Referral
from services.referral.domain.referrers import ReferrerDetails
from services.referral.domain.volume import total_units
from services.referral.handlers import deadlines, outgoing
from services.referral.handlers.context import Context
from services.referral.handlers.requests import no_agreement, open_referral
from services.referral.store import chain_requests, clients, market, referrals
from services.referral.views import ReferralState

UNDER_WAY = (Status.GRANTED, Status.ACCEPTED, Status.STARTED, Status.PAUSED)
"""Care that can go on elsewhere when the client moves."""


async def investigate_residence(context: Context, command: InvestigateResidence, unit: Unit) -> ReferralState:
    """The team looks into who is responsible: it decides within two weeks of the request (OP359), with a reminder.

    Raises ``Invalid`` for help under the Wmo, ``Conflict`` when it is under investigation or the two weeks are over.
    """
    before = await referrals.lock(unit.conn, command.referral_id)
    if before.assignment.law is not Law.YOUTH:
        raise wrong(
            "/residence",
            "Het woonplaatsbeginsel geldt alleen voor de Jeugdwet.",
            "The residence principle holds for the Jeugdwet only.",
            "not-for-this-law",
        )
    relation, reference = CareRelation.of(before), before.request_reference
    requested = await chain_requests.known(unit, relation, [reference]) if reference else []
    dated = next((each.dated for each in requested if each.reference == reference), local_date(before.requested_at))
    due = context.terms.residence_due(dated)
    if unit.now >= due:
        raise Conflict(
            Text(
                "De twee weken voor onderzoek naar de woonplaats zijn voorbij (OP359). Besluit nu over de aanvraag.",
                "The two weeks for looking into the residence are over (OP359). Decide about the request now.",
            ),
            code="too-late",
        )
    referral = before.investigate(due)
    await referrals.update(unit, referral)
    remind_at = context.terms.remind_at(due)
    home = municipality(referral.municipality)
    decide = deadlines.row(referral, deadlines.DECIDE, due, home) | {"rule": deadlines.RESIDENCE}
    remind = deadlines.row(referral, deadlines.REMIND_DECIDE, remind_at, home)
    await deadlines.put(unit, [decide, remind])
    if reference is not None:
        await chain_requests.answered(unit, relation, reference, Answer.UNDER_INVESTIGATION, due=due)
        await outgoing.write_answer(
            context, unit, relation, reference, Answer.UNDER_INVESTIGATION, referral_id=referral.referral_id
        )
    unit.emit(
        referral.referral_id,
        ReferralInvestigated(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=referral.provider,
            decision_due=due,
            remind_at=remind_at,
            investigated_at=unit.now,
            residence=True,
        ),
        audience=referral.parties,
    )
    return ReferralState.of(referral)


async def ask_elsewhere(context: Context, command: AskElsewhere, unit: Unit) -> ReferralState:
    """The provider asks the municipality that was named in a refusal for the same help, with all that is known.

    Raises ``Conflict`` when none was named, when it was asked before, or without an agreement there.
    """
    referral = await referrals.lock(unit.conn, command.referral_id)
    if unit.actor.kind is not PartyKind.PROVIDER or unit.actor.party != provider(referral.provider):
        raise Forbidden()
    if referral.status is not Status.REFUSED or referral.responsible_municipality is None:
        raise Conflict(
            Text(
                "Bij deze aanvraag is geen andere gemeente genoemd. Er is niets gewijzigd.",
                "No other municipality was named for this request. Nothing was changed.",
            ),
            code="no-municipality-named",
        )
    return await _again(context, unit, referral, referral.responsible_municipality, referral.desired_start)


async def continue_elsewhere(context: Context, command: ContinueElsewhere, unit: Unit) -> ReferralState:
    """The client moves during care: the new municipality is asked to go on with it from the day of the move.

    Carried out by Samenspel for the municipality that the client leaves, which ends its own allocation (reason 07).
    Raises ``Forbidden`` for another municipality, ``Conflict`` for care that is not under way.
    """
    referral = await referrals.lock(unit.conn, command.referral_id)
    if not unit.actor.is_system or referral.municipality != command.asked_by:
        raise referrals.unknown()
    if referral.status not in UNDER_WAY:
        raise Conflict(
            Text(
                "Deze hulp loopt niet, dus er is niets voort te zetten. Er is niets gewijzigd.",
                "This help is not under way, so there is nothing to continue. Nothing was changed.",
            ),
            code="not-under-way",
        )
    if command.municipality == referral.municipality:
        raise wrong("/municipality", "Kies een andere gemeente.", "Choose another municipality.", "same-municipality")
    return await _again(context, unit, referral, command.municipality, command.from_day)


async def _again(context: Context, unit: Unit, referral: Referral, at: str, starts_on: date) -> ReferralState:
    """The same help for the same client with the same provider, asked of municipality ``at``."""
    if referral.continued_as is not None:
        raise Conflict(
            Text(
                "Deze hulp is al bij een andere gemeente aangevraagd. Er is niets gewijzigd.",
                "This help was asked of another municipality already. Nothing was changed.",
            ),
            code="asked-before",
        )
    assignment = referral.assignment
    ends_on = referral.ends_on or referral.desired_end
    if ends_on is not None and ends_on < starts_on:
        ends_on = starts_on + timedelta(days=1)
    if not await market.agreed(unit.conn, at, referral.provider, assignment.product_code, starts_on):
        raise no_agreement()
    dossier = await clients.dossier(unit, referral.client_id)
    name, code = await clients.open_referrer(unit, context.vault, referral.referral_id, referral.client_id)
    units = total_units(assignment.volume, assignment.frequency, starts_on, ends_on)
    asked = await open_referral(
        context,
        unit,
        municipality_code=at,
        agb=referral.provider,
        person=dossier.open(context.vault),
        assignment=assignment.model_copy(update={"total_units": units}),
        referrer=referral.referrer,
        channel=Channel.FORM,
        desired_start=starts_on,
        desired_end=ends_on,
        request_reference=None,
        pointed=ReferrerDetails(referral.referrer, name, code, referral.ordered_on),
        follows=referral.referral_id,
    )
    await clients.record_looks(unit, "ask-elsewhere", [referral.client_dossier])
    await referrals.update(unit, replace(referral, continued_as=asked.referral_id))
    return ReferralState.of(asked)
