"""A request for allocation comes in: by form from an access worker or provider, or by a 315."""

from datetime import date, timedelta
from uuid import UUID

from contracts.events.commissioning import Law, Variant
from contracts.events.commissioning import Unit as CountedIn
from contracts.events.referral import AllocationRequested, Assignment, Channel, Referrer
from contracts.values import PartyKind, municipality, provider
from services.kit.model import wrong
from services.kit.problems import Conflict, Forbidden, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.commands import RequestAllocation
from services.referral.domain.allocation import Allocation, CareRelation
from services.referral.domain.journey import Status
from services.referral.domain.person import Person
from services.referral.domain.referral import Referral
from services.referral.domain.referrers import ReferrerDetails
from services.referral.domain.volume import total_units
from services.referral.handlers import deadlines
from services.referral.handlers.context import Context
from services.referral.store import (
    allocations,
    chain_requests,
    clients,
    market,
    personal_budgets,
    queries,
    referrals,
)
from services.referral.store.chain_requests import asked_anew
from services.referral.views import ReferralState


def no_agreement() -> Conflict:
    """Nobody may deliver this here then."""
    return Conflict(
        Text(
            "Deze aanbieder heeft op die dag geen overeenkomst voor dit product in deze gemeente. Er is niets"
            " gewijzigd. Kies een aanbieder uit de lijst met mogelijke aanbieders.",
            "On that day this provider has no agreement for this product in this municipality. Nothing was changed."
            " Choose a provider from the list of candidates.",
        ),
        code="no-agreement",
    )


async def request_allocation(context: Context, command: RequestAllocation, unit: Unit) -> ReferralState:
    """Ask by form. Raises ``Forbidden`` for another party, ``Conflict`` without an agreement, ``Invalid``."""
    asking = {
        PartyKind.MUNICIPALITY: municipality(command.municipality),
        PartyKind.PROVIDER: provider(command.provider),
    }
    if not unit.actor.is_system and asking.get(unit.actor.kind) != unit.actor.party:
        raise Forbidden(
            Text(
                "U kunt alleen aanvragen voor uw eigen gemeente of als uw eigen instelling.",
                "You can only ask for your own municipality or as your own organisation.",
            )
        )
    if command.desired_end is not None and command.desired_end < command.desired_start:
        raise wrong(
            "/desiredEnd",
            "De einddatum ligt vóór de gewenste startdatum. Kies een latere einddatum.",
            "The end date is before the desired start. Choose a later end date.",
            "ends-before-start",
        )
    pointed = ReferrerDetails(command.referrer, command.referrer_name, command.referrer_code, command.ordered_on)
    pointed.require_complete(local_date(unit.now))
    if command.crisis:
        _require_now(command.desired_start, unit, context)
    agreed = await market.agreed(
        unit.conn, command.municipality, command.provider, command.product_code, command.desired_start
    )
    if agreed is None:
        raise no_agreement()
    assignment = Assignment(
        law=Law(agreed["law"]),
        product_code=command.product_code,
        category=agreed["category"],
        unit=CountedIn(agreed["unit"]),
        frequency=command.frequency,
        volume=command.volume,
        total_units=total_units(command.volume, command.frequency, command.desired_start, command.desired_end),
        by_effort=CountedIn(agreed["unit"]) is CountedIn.PIECE and _is_effort(agreed["variant"], command),
    )
    referral = await open_referral(
        context,
        unit,
        municipality_code=command.municipality,
        agb=command.provider,
        person=command.person,
        assignment=assignment,
        referrer=command.referrer,
        channel=Channel.FORM,
        desired_start=command.desired_start,
        desired_end=command.desired_end,
        request_reference=command.request_reference,
        crisis=command.crisis,
        pointed=pointed,
    )
    await _require_first(unit, referral)
    if command.own_number is not None:
        await number_client(unit, referral, command.own_number)
    return ReferralState.of(referral)


def _is_effort(variant: str | None, command: RequestAllocation) -> bool:
    """Whether pieces are of effort: as the agreement says (OP305), else as the request does."""
    return command.by_effort if variant is None else Variant(variant) is Variant.EFFORT


async def _require_first(unit: Unit, asked: Referral) -> None:
    """What is asked is not allocated already (OP307), and nothing else is to be decided first (OP350).

    A provider waits for the answer to any request of its own for the client; a municipality decides on an earlier
    request for the same product in the same days, but for a crisis. Whoever admits a person waits in their line: of two
    requests at the same moment the second finds the first here.
    """
    relation, wanted = CareRelation.of(asked), Allocation.asked(asked)
    by_provider = unit.actor.kind is PartyKind.PROVIDER
    requests = [
        each for each in await chain_requests.known(unit, relation, []) if each.reference != asked.request_reference
    ]
    journeys = [
        each
        for each in (await referrals.of_relation(unit, relation)).values()
        if each.status is Status.REQUESTED and each.referral_id != asked.referral_id
    ]
    earlier = [*(Allocation.asked(each) for each in journeys), *(new for each in requests for new in asked_anew(each))]
    if by_provider and (requests or journeys):
        raise Conflict(
            Text(
                "Er loopt nog een aanvraag bij u voor deze cliënt (iStandaarden OP350). Er is niets verstuurd. Wacht"
                " het besluit van de gemeente af.",
                "A request for this client at your organisation is still under way (iStandaarden OP350). Nothing was"
                " sent. Wait for the decision of the municipality.",
            ),
            code="request-under-way",
        )
    if not by_provider and not asked.crisis and any(wanted.stacks_with(each) for each in earlier):
        raise Conflict(
            Text(
                "Dit is voor deze cliënt al aangevraagd bij deze aanbieder, en daarop is nog niet besloten"
                " (iStandaarden OP350). Er is niets gewijzigd. Besluit eerst op die aanvraag.",
                "This was requested for this client at this provider before, and that was not decided on yet"
                " (iStandaarden OP350). Nothing was changed. Decide on that request first.",
            ),
            code="request-under-way",
        )
    await allocations.require_room(unit, wanted)
    if not by_provider:  # Which does not hear of a personal budget; the municipality is told when it decides.
        await personal_budgets.require_none(unit, [wanted], "/desiredStart")


def _require_now(desired_start: date, unit: Unit, context: Context) -> None:
    """Care in a crisis begins now, or has just begun. Raises ``Invalid`` for another start."""
    today = local_date(unit.now)
    since = context.terms.crisis_since(today)
    if not since <= desired_start <= today + timedelta(days=1):
        raise wrong(
            "/desiredStart",
            f"In een crisis begint de hulp nu: kies een start van {since:%d-%m-%Y} tot en met morgen. Begint de hulp"
            " later, vraag haar dan gewoon aan.",
            f"In a crisis care begins now: choose a start from {since} up to and including tomorrow. When care begins"
            " later, ask for it in the usual way.",
            "not-a-crisis",
        )


async def open_referral(
    context: Context,
    unit: Unit,
    *,
    municipality_code: str,
    agb: str,
    person: Person,
    assignment: Assignment,
    referrer: Referrer,
    channel: Channel,
    desired_start: date,
    desired_end: date | None,
    request_reference: str | None,
    dated: date | None = None,
    crisis: bool = False,
    pointed: ReferrerDetails | None = None,
    follows: UUID | None = None,
) -> Referral:
    """Open a journey: the dossier, the request, its decision term, and the event.

    ``dated`` is the day of the message with the request; ``pointed`` tells who exactly pointed the way. Raises
    ``Invalid`` when the provider used its reference before.
    """
    known = await clients.admit(unit, context.vault, municipality_code, person)
    referral = Referral(
        referral_id=unit.new_id(),
        municipality=municipality_code,
        provider=agb,
        client_id=known.client_id,
        client_stream=known.stream,
        client_dossier=known.dossier,
        status=Status.REQUESTED,
        assignment=assignment,
        referrer=referrer,
        channel=channel,
        desired_start=desired_start,
        desired_end=desired_end,
        requested_at=unit.now,
        crisis=crisis,
        ordered_on=pointed.ordered_on if pointed else None,
        follows=follows,
        decision_due=context.terms.decision_due(unit.now, crisis=crisis),
        request_reference=request_reference,
    )
    await referrals.insert(unit, referral)
    if pointed is not None:
        await clients.keep_referrer(unit, context.vault, referral.referral_id, known.client_id, pointed)
    if request_reference is not None:
        await chain_requests.remember(unit, referral, dated or local_date(unit.now))
    if unit.actor.is_system or unit.actor.party == municipality(municipality_code):
        await clients.complete(unit, context.vault, known.client_id, person)
    await deadlines.promise_decision(unit, referral)
    unit.emit(referral.referral_id, requested(referral), audience=referral.parties)
    return referral


def requested(referral: Referral) -> AllocationRequested:
    """The event of a request. Raises ``LookupError`` for one without a term to decide in."""
    if referral.decision_due is None:
        raise LookupError("a request is decided on within a term")
    return AllocationRequested(
        referral_id=referral.referral_id,
        municipality=referral.municipality,
        provider=referral.provider,
        client=referral.client_stream,
        assignment=referral.assignment,
        referrer=referral.referrer,
        channel=referral.channel,
        desired_start=referral.desired_start,
        requested_at=referral.requested_at,
        decision_due=referral.decision_due,
        crisis=referral.crisis,
    )


async def number_client(unit: Unit, referral: Referral, own_number: str) -> None:
    """The provider's own number for the client."""
    await queries.put_own_number(
        unit.conn, provider=referral.provider, client_id=referral.client_id, own_number=own_number
    )
