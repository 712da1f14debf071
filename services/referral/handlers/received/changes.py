"""A 317: the provider asks to change the care of a client; the municipality decides on it as a whole (OP344)."""

from services.referral.handlers import chain_requests
from services.referral.handlers.received.inbound import Inbound
from services.referral.handlers.received.judging import Verdict
from services.referral.istandaarden import DesiredProduct, RequestForChange
from services.referral.store import clients
from services.referral.views import MessageView


async def process(inbound: Inbound) -> MessageView:
    """Put the request before the municipality."""
    request, facts = await inbound.judged(RequestForChange.from_message)
    client_id = facts.met.relation.client_id
    if client_id is None:
        raise LookupError("a request for change was judged right for an unknown client")
    known = await clients.names(inbound.unit, client_id)
    wanted = {
        "unchanged": list(request.unchanged),
        "changed": [desired(each) for each in request.changed],
        "new": [desired(each) for each in request.new],
    }
    await chain_requests.register(
        inbound, known, request.reference, change=True, wanted=wanted, reason=request.reason.value
    )
    journeys = [
        allocation.referral_id
        for number, allocation in facts.met.allocations.items()
        if allocation.referral_id is not None and number in {each.allocation_number for each in request.changed}
    ]
    return await inbound.keep(Verdict(), journeys, client_id)


def desired(product: DesiredProduct) -> dict[str, object]:
    """What is wanted, as it is kept: nothing in it is about the person."""
    extent = product.extent
    return {
        "number": product.allocation_number,
        "category": product.category,
        "productCode": product.code,
        "startsOn": product.starts_on.isoformat(),
        "endsOn": product.ends_on.isoformat() if product.ends_on else None,
        "volume": extent.volume if extent else None,
        "unit": extent.unit.value if extent else None,
        "frequency": extent.frequency.value if extent else None,
        "byEffort": extent.by_effort if extent else False,
        "budgetCents": product.budget_cents,
    }
