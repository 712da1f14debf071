"""A 315: the provider asks for allocations. A specific product gets a journey, others await a decision as such."""

from uuid import UUID

from contracts.events.referral import Assignment, Channel
from services.referral.domain.person import Person
from services.referral.domain.referrers import ReferrerDetails
from services.referral.domain.volume import total_units
from services.referral.handlers import chain_requests
from services.referral.handlers.received.changes import desired
from services.referral.handlers.received.inbound import Inbound
from services.referral.handlers.received.judging import Verdict
from services.referral.handlers.requests import open_referral
from services.referral.istandaarden import ClientDetails, DesiredProduct, RequestedProduct, RequestForAllocation
from services.referral.istandaarden.codes import BIRTH_DATE_USES, GENDERS, LAWS, NAME_USAGES
from services.referral.store import clients, relations
from services.referral.views import MessageView


def person_of(client: ClientDetails) -> Person:
    """A client of a message as the vault keeps people; level 1 checked the parts already."""
    return Person.model_construct(
        bsn=client.bsn,
        last_name=client.name.last_name,
        prefix=client.name.prefix,
        initials=client.name.initials,
        first_names=client.name.first_names,
        partner_last_name=client.name.partner_last_name,
        partner_prefix=client.name.partner_prefix,
        name_usage=NAME_USAGES.code(client.name.usage) if client.name.usage else None,
        birth_date=client.birth_date,
        unknown_birth_part=BIRTH_DATE_USES.code(client.birth_date_use) if client.birth_date_use else None,
        gender=GENDERS.code(client.gender),
    )


async def process(inbound: Inbound) -> MessageView:
    """Open what is asked."""
    request, _ = await inbound.judged(RequestForAllocation.from_message)
    known = await clients.admit(
        inbound.unit, inbound.context.vault, request.header.municipality, person_of(request.client)
    )
    await relations.note_authority_known(inbound.unit, known.client_id, request.header.provider, request.guardian_known)
    opened: list[UUID] = []
    for product in request.products:
        assignment = _assignment(request, product)
        if assignment is None:
            await chain_requests.register(
                inbound, known, product.reference, change=False, wanted=_wanted(product), reason=None
            )
        else:
            opened.append(await _open(inbound, request, product, assignment))
    return await inbound.keep(Verdict(), opened, known.client_id)


def _assignment(request: RequestForAllocation, product: RequestedProduct) -> Assignment | None:
    """What a specific product asks; ``None`` for an aspecific or generic one."""
    extent = product.extent
    if extent is None or product.code is None or product.category is None:
        return None
    return Assignment(
        law=LAWS[request.header.standard],
        product_code=product.code,
        category=product.category,
        unit=extent.unit,
        frequency=extent.frequency,
        volume=extent.volume,
        total_units=total_units(extent.volume, extent.frequency, product.starts_on, product.ends_on),
        by_effort=extent.by_effort,
    )


def _wanted(product: RequestedProduct) -> dict[str, object]:
    """What a request without a specific product asks."""
    asked = DesiredProduct(
        starts_on=product.starts_on,
        category=product.category,
        ends_on=product.ends_on,
        budget_cents=product.budget_cents,
    )
    return {"unchanged": [], "changed": [], "new": [desired(asked)]}


async def _open(
    inbound: Inbound, request: RequestForAllocation, product: RequestedProduct, assignment: Assignment
) -> UUID:
    referral = await open_referral(
        inbound.context,
        inbound.unit,
        municipality_code=request.header.municipality,
        agb=request.header.provider,
        person=person_of(request.client),
        assignment=assignment,
        referrer=product.referrer.kind,
        channel=Channel.MESSAGE,
        desired_start=product.starts_on,
        desired_end=product.ends_on,
        request_reference=product.reference,
        dated=request.header.dated,
        pointed=ReferrerDetails(product.referrer.kind, product.referrer.name, product.referrer.agb),
    )
    return referral.referral_id
