"""A retour on what was sent."""

from contracts.values import municipality, provider
from services.referral.handlers import deadlines
from services.referral.handlers.received.inbound import Inbound
from services.referral.istandaarden import Retour
from services.referral.store import queries
from services.referral.views import MessageView


async def process(inbound: Inbound) -> MessageView:
    """It says whether the other side took what was sent."""
    found, header = Retour.from_message(inbound.message), inbound.header
    from_municipality = inbound.message.description.from_municipality
    sent = await queries.find_sent(
        inbound.unit.conn,
        sender=municipality(header.municipality) if from_municipality else provider(header.provider),
        kind=found.answers,
        identification=header.identification,
    )
    codes = tuple(sorted({code for codes in found.codes.values() for code in codes}))
    answers = sent["message_id"] if sent is not None else None
    awaited = answers if sent is not None and sent["receipt_due"] is not None else None
    if awaited is not None:
        await deadlines.close_receipt(inbound.unit, awaited)
    received = inbound.received(
        accepted=found.approved, return_codes=codes, answers=answers, identification=found.identification
    )
    return await inbound.store(received, answers=awaited)
