"""Finding a place: offers to several providers with first claim, and from where a provider delivers."""

from datetime import timedelta

from fastapi import APIRouter

from contracts.values import PartyKind
from services.kit.runner import Runner
from services.kit.tracing import current_traceparent
from services.referral import bodies, commands
from services.referral.api.access import (
    Claimer,
    Decider,
    Looker,
    Mover,
    Norms,
    OpenVault,
    Reader,
    ReferralId,
    Stater,
    Store,
    Workflow,
    on_behalf,
)
from services.referral.api.acts import mark_of
from services.referral.domain.referrers import BINDING
from services.referral.store import clients, open_offers, queries, referrals
from services.referral.views import LocationView, OpenOfferView, ReferralState, ReferrerView

router = APIRouter(tags=["places"])

ENDED_SHOWN = timedelta(days=3)
"""How long a provider still sees that an offer is gone."""
MOST = 200


@router.post("/referrals/{referralId}/shared-offers", status_code=201)
async def offer_openly(
    referral_id: ReferralId, body: bodies.OpenOfferBody, run: Runner, vault: OpenVault, actor: Decider
) -> ReferralState:
    """Offer a request to several providers at once: the first that claims gets the allocation."""
    values = {name: getattr(body, name) for name in bodies.OpenOfferBody.model_fields}
    command = commands.OfferOpenly(referral_id=referral_id, **values, person_mark=mark_of(vault, body.person))
    state: ReferralState = await run(command, actor)
    return state


@router.get("/referrals/{referralId}/shared-offers")
async def list_offers_of_referral(referral_id: ReferralId, database: Store, actor: Decider) -> list[OpenOfferView]:
    """To whom a request was offered at once, and what each of them answered."""
    async with database.reading(actor) as unit:
        await referrals.get(unit.conn, referral_id)
        found = await open_offers.of_referral(unit.conn, referral_id)
    return [OpenOfferView.model_validate(each, from_attributes=True) for each in found]


@router.get("/shared-offers")
async def list_open_offers(database: Store, actor: Reader) -> list[OpenOfferView]:
    """What the own provider may claim, earliest term first, and for three days what it no longer can."""
    if actor.kind is not PartyKind.PROVIDER:
        return []
    async with database.reading(actor) as unit:
        found = await open_offers.of_provider(unit.conn, actor.code, unit.now - ENDED_SHOWN, MOST)
    return [OpenOfferView.model_validate(each, from_attributes=True) for each in found]


@router.post("/referrals/{referralId}/claims", status_code=201)
async def claim_offer(referral_id: ReferralId, body: bodies.ClaimBody, run: Runner, actor: Claimer) -> ReferralState:
    """Claim for the own provider what was offered to several. The first gets the allocation; 409 for the others."""
    command = commands.ClaimOffer(referral_id=referral_id, provider=actor.code, own_number=body.own_number)
    state: ReferralState = await run(command, on_behalf(actor), step=actor.party)
    return state


@router.post("/referrals/{referralId}/shared-declines", status_code=201)
async def decline_offer(
    referral_id: ReferralId, body: bodies.DeclineBody, run: Runner, actor: Claimer
) -> ReferralState:
    """Decline for the own provider what was offered to several. When all decline, the next in line is asked."""
    command = commands.DeclineOffer(referral_id=referral_id, provider=actor.code, reason=body.reason)
    state: ReferralState = await run(command, on_behalf(actor), step=actor.party)
    return state


@router.post("/referrals/{referralId}/lapses", status_code=201)
async def lapse_offers(referral_id: ReferralId, run: Runner, actor: Workflow) -> ReferralState:
    """Nobody claimed in time: the access team looks further. `changed` is false when somebody did."""
    state: ReferralState = await run(commands.LapseOffers(referral_id=referral_id), actor)
    return state


@router.get("/referrals/{referralId}/referrer")
async def get_referrer(
    referral_id: ReferralId, database: Store, vault: OpenVault, terms: Norms, actor: Looker
) -> ReferrerView:
    """Who exactly pointed the way, and what goes with it. The look is recorded."""
    async with database.unit(actor, traceparent=current_traceparent()) as unit:
        referral = await referrals.get(unit.conn, referral_id)
        name, code = await clients.open_referrer(unit, vault, referral_id, referral.client_id)
        if name or code:
            await clients.record_looks(unit, "look-at-referrer", [referral.client_dossier])
    return ReferrerView(
        referrer=referral.referrer,
        name=name,
        code=code,
        ordered_on=referral.ordered_on,
        request_due=terms.request_due(referral.ordered_on) if referral.ordered_on else None,
        binding=referral.referrer in BINDING,
    )


@router.post("/referrals/{referralId}/residence-investigations", status_code=201)
async def investigate_residence(referral_id: ReferralId, run: Runner, actor: Decider) -> ReferralState:
    """Look into which municipality is responsible (Jeugdwet): the decision comes within two weeks (OP359)."""
    state: ReferralState = await run(commands.InvestigateResidence(referral_id=referral_id), actor)
    return state


@router.post("/referrals/{referralId}/follow-ups", status_code=201)
async def ask_elsewhere(referral_id: ReferralId, run: Runner, actor: Stater) -> ReferralState:
    """Ask the municipality that a refusal named for the same help, with all that is known. Gives the new journey."""
    state: ReferralState = await run(commands.AskElsewhere(referral_id=referral_id), actor)
    return state


@router.post("/referrals/{referralId}/moves", status_code=201)
async def continue_elsewhere(
    referral_id: ReferralId, body: bodies.MoveBody, run: Runner, actor: Mover
) -> ReferralState:
    """The client moved: ask the new municipality to go on with the help. End the own allocation with reason *moved*."""
    command = commands.ContinueElsewhere(
        referral_id=referral_id, asked_by=actor.code, municipality=body.municipality, from_day=body.from_day
    )
    state: ReferralState = await run(command, on_behalf(actor), step=actor.party)
    return state


@router.get("/locations")
async def list_locations(database: Store, actor: Stater) -> list[LocationView]:
    """The municipalities from which the own provider says it delivers."""
    async with database.reading(actor) as unit:
        rows = queries.locations_of(unit.conn, provider=actor.code)
        return [LocationView(**dict(row)) async for row in rows]


@router.put("/locations")
async def state_locations(body: bodies.LocationsBody, run: Runner, actor: Stater) -> list[LocationView]:
    """Say from which municipalities the own provider delivers; access teams then see how far away it is."""
    command = commands.StateLocations(municipalities=body.municipalities)
    stated: list[LocationView] = await run(command, actor)
    return stated
