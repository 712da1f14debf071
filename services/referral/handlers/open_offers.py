"""One request offered to several providers at once. The first claim gets the allocation, and there is only one.

A provider cannot see the journey of an offer, so Samenspel itself carries its claim or refusal out (``on_behalf`` in
``api/access.py``). Every act locks the journey first: of two claims at the same moment the second finds it gone.
"""

from collections.abc import Iterable
from dataclasses import replace

from contracts.events.referral import DeclineReason, OfferOutcome, ReferralClaimed, ReferralOffered
from contracts.values import municipality, provider
from services.kit.model import wrong
from services.kit.problems import Conflict, Forbidden, Text
from services.kit.unit import Unit
from services.referral.commands import ClaimOffer, DeclineOffer, LapseOffers, OfferOpenly
from services.referral.domain.allocation import Allocation
from services.referral.domain.journey import Act, Status, after
from services.referral.domain.open_offer import AT_LEAST, AT_MOST, OpenOffer
from services.referral.domain.reasons import Promise
from services.referral.domain.referral import Referral
from services.referral.domain.volume import total_units
from services.referral.handlers import deadlines, outgoing
from services.referral.handlers.context import Context
from services.referral.handlers.decisions import allocate
from services.referral.handlers.offering import end_offers, tell_ended
from services.referral.handlers.offers import accepted
from services.referral.handlers.promises import escalate
from services.referral.handlers.requests import no_agreement
from services.referral.store import allocations, clients, market, open_offers, personal_budgets, queries, referrals
from services.referral.views import ReferralState


async def offer_openly(context: Context, command: OfferOpenly, unit: Unit) -> ReferralState:
    """Offer a request to several providers. What is wrong with it is told now, not to the provider that claims.

    Raises ``Conflict`` for a request that a provider sent itself, which is answered to that provider; and without an
    agreement. Raises ``Invalid`` for a period or a dossier that no 301 can carry.
    """
    referral = await referrals.lock(unit.conn, command.referral_id)
    after(referral.status, Act.OFFER_OPENLY)
    if referral.status is Status.REQUESTED and referral.request_reference is not None:
        raise Conflict(
            Text(
                "Deze aanvraag komt van een aanbieder en wordt aan die aanbieder beantwoord (iStandaarden OP274)."
                " Besluit eerst over de aanvraag; weigert de aanbieder daarna, dan kunt u haar aan meerdere aanbieden.",
                "This request came from a provider and is answered to that provider (iStandaarden OP274). Decide"
                " about it first; when the provider then declines, you can offer it to several.",
            ),
            code="asked-by-provider",
        )
    if command.person is not None:
        await clients.complete(unit, context.vault, referral.client_id, command.person)
    chosen = sorted(set(command.providers))
    if not AT_LEAST <= len(chosen) <= AT_MOST:
        raise wrong(
            "/providers",
            f"Kies {AT_LEAST} tot {AT_MOST} verschillende aanbieders.",
            f"Choose {AT_LEAST} to {AT_MOST} different providers.",
            "how-many",
        )
    offered = _as_offered(referral, command)
    starts_on, ends_on = offered.starts_on or referral.desired_start, offered.ends_on
    for agb in chosen:
        if not await market.agreed(unit.conn, referral.municipality, agb, referral.assignment.product_code, starts_on):
            raise no_agreement()
    # The very checks of an allocation, so that no claim can fail on what the team could have mended.
    as_granted = [
        Allocation.of(
            referral.grant(
                provider=agb,
                allocation_number=0,
                assignment=offered.assignment,
                starts_on=starts_on,
                ends_on=ends_on,
                now=unit.now,
                terms=context.terms,
            )
        )
        for agb in chosen
    ]
    await _require_room(unit, as_granted)
    await personal_budgets.require_none(unit, as_granted, "/startsOn")
    dossier = await clients.dossier(unit, referral.client_id)
    outgoing.require_complete(dossier.open(context.vault))
    await clients.record_looks(unit, "check-dossier", [referral.client_dossier])
    await referrals.update(unit, offered)
    claim_due = context.terms.claim_due(unit.now, referral.decision_due, crisis=referral.crisis)
    await open_offers.insert(unit, offered, chosen, claim_due)
    await deadlines.close(unit, offered, deadlines.DECIDE)
    home = municipality(referral.municipality)
    await deadlines.put(unit, [deadlines.row(offered, deadlines.CLAIM, claim_due, home)])
    for agb in chosen:
        unit.emit(
            referral.referral_id,
            ReferralOffered(
                referral_id=referral.referral_id,
                municipality=referral.municipality,
                provider=agb,
                product_code=referral.assignment.product_code,
                offered_at=unit.now,
                claim_due=claim_due,
            ),
            audience=(home, provider(agb)),
        )
    return ReferralState.of(offered)


async def _require_room(unit: Unit, granted: Iterable[Allocation]) -> None:
    """Raises ``Invalid`` with the providers where the client has the same product in those days already (OP347)."""
    found = [await allocations.stacked(unit, each) for each in granted]
    beside = [each for each in found if each is not None]
    if beside:
        names = await market.names_of(unit.conn, [each.provider for each in beside])
        listed = "; ".join(f"{names.get(each.provider, each.provider)} ({each.number})" for each in beside)
        raise wrong(
            "/providers",
            f"Deze cliënt heeft dit product in die periode al bij: {listed} (toewijzingsnummer tussen haakjes). Kies"
            " die aanbieder niet, of kies een andere periode (iStandaarden OP259).",
            f"This client has this product in that period already at: {listed} (allocation number in brackets). Leave"
            " that provider out, or choose another period (iStandaarden OP259).",
            "stacking",
        )


def _as_offered(referral: Referral, command: OfferOpenly) -> Referral:
    starts_on = command.starts_on or referral.starts_on or referral.desired_start
    ends_on = command.ends_on or referral.ends_on or referral.desired_end
    changes = {
        name: value
        for name, value in (("volume", command.volume), ("frequency", command.frequency))
        if value is not None
    }
    assignment = referral.assignment.model_copy(update=changes)
    if ends_on is None or ends_on >= starts_on:
        units = total_units(assignment.volume, assignment.frequency, starts_on, ends_on)
        assignment = assignment.model_copy(update={"total_units": units})
    offered = referral.offer_openly(assignment, starts_on, ends_on)
    return replace(offered, wait_reason=command.wait_reason or referral.wait_reason)


async def claim_offer(context: Context, command: ClaimOffer, unit: Unit) -> ReferralState:
    """The provider claims. It is allocated (301) and accepted in the same transaction; the other offers are gone.

    Raises ``NotFound`` when it was not offered, ``Conflict`` (``offer-closed``) when another was first.
    """
    referral, offer = await _offered(unit, command)
    offer.require_open()
    await _require_wanted(unit, referral, offer)
    await queries.end_offer(
        unit.conn,
        referral_id=referral.referral_id,
        provider=command.provider,
        status="claimed",
        reason=None,
        at=unit.now,
    )
    await end_offers(unit, referral, OfferOutcome.GONE)
    unit.emit(
        referral.referral_id,
        ReferralClaimed(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=command.provider,
            claimed_at=unit.now,
        ),
        audience=(municipality(referral.municipality), provider(command.provider)),
    )
    granted = await allocate(
        context,
        unit,
        referral,
        provider=command.provider,
        assignment=referral.assignment,
        starts_on=offer.starts_on,
        ends_on=offer.ends_on,
    )
    return ReferralState.of(await accepted(context.terms, unit, granted, command.own_number))


async def _require_wanted(unit: Unit, referral: Referral, offer: OpenOffer) -> None:
    """Raises ``Conflict`` when a personal budget came in between (OP043); the provider does not hear of that."""
    wanted = replace(
        Allocation.asked(referral), provider=offer.provider, starts_on=offer.starts_on, ends_on=offer.ends_on
    )
    await allocations.wait_in_line(unit, wanted.relation)
    await personal_budgets.wait_in_line(unit, referral.client_id)
    if await personal_budgets.beside(unit, [wanted]):
        raise Conflict(
            Text(
                "De gemeente kan dit nu niet toewijzen. Er is niets gewijzigd. Wilt u weten waarom? Bel de gemeente.",
                "The municipality cannot allocate this now. Nothing was changed. Do you want to know why? Call the"
                " municipality.",
            ),
            code="not-now",
        )


async def decline_offer(context: Context, command: DeclineOffer, unit: Unit) -> ReferralState:
    """A provider does not claim, and says why. When the last one says no, the workflow asks the next in line."""
    referral, offer = await _offered(unit, command)
    offer.require_open()
    if command.reason is DeclineReason.NO_ANSWER:
        raise wrong(
            "/reason",
            "De reden 'geen antwoord' stelt alleen Samenspel zelf vast. Kies de reden waarom u weigert.",
            "Only Samenspel itself establishes 'no answer'. Choose the reason why you decline.",
            "not-yours",
        )
    await queries.end_offer(
        unit.conn,
        referral_id=referral.referral_id,
        provider=command.provider,
        status="declined",
        reason=command.reason,
        at=unit.now,
    )
    offers = await open_offers.of_referral(unit.conn, referral.referral_id)
    left = sum(each.status == "open" for each in offers)
    if not left:
        declined = [each.provider for each in offers if each.status == "declined"]
        referral = referral.lapse(command.reason, declined)
        await referrals.update(unit, referral)
        await deadlines.close(unit, referral)
    tell_ended(unit, referral, command.provider, OfferOutcome.DECLINED, left, command.reason)
    return ReferralState.of(referral)


async def lapse_offers(context: Context, command: LapseOffers, unit: Unit) -> ReferralState:
    """The term passed and nobody claimed: the access team looks for a place. Does nothing when somebody did."""
    referral = await referrals.lock(unit.conn, command.referral_id)
    offers = await open_offers.of_referral(unit.conn, referral.referral_id)
    standing = [each for each in offers if each.status == "open"]
    if referral.status is not Status.OFFERED or not standing:
        return ReferralState.of(referral, changed=False)
    if unit.now < max(each.claim_due for each in standing):
        raise Conflict(
            Text(
                "De aanbieders kunnen nog claimen. Wacht tot de termijn voorbij is.",
                "The providers can still claim. Wait until the term has passed.",
            ),
            code="term-running",
        )
    await end_offers(unit, referral, OfferOutcome.LAPSED)
    declined = [each.provider for each in offers if each.status == "declined"]
    lapsed = referral.lapse(DeclineReason.NO_ANSWER, declined)
    await deadlines.close(unit, lapsed)
    return ReferralState.of(await escalate(unit, lapsed, Promise.PLACE))


async def _offered(unit: Unit, command: ClaimOffer | DeclineOffer) -> tuple[Referral, OpenOffer]:
    """The journey, locked, with the offer to this provider. Raises ``NotFound`` when it has none."""
    if not unit.actor.is_system:
        raise Forbidden()
    referral = await referrals.lock(unit.conn, command.referral_id)
    for offer in await open_offers.of_referral(unit.conn, referral.referral_id):
        if offer.provider == command.provider:
            return referral, offer
    raise referrals.unknown()
