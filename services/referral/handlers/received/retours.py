"""A retour on a message of ours, and what has no retour itself."""

from contracts.values import municipality, provider
from services.referral.handlers.received.inbound import Inbound
from services.referral.handlers.received.judging import Verdict
from services.referral.handlers.received.knowing import known_of_header
from services.referral.istandaarden import Retour
from services.referral.istandaarden.rules import check_known
from services.referral.store import queries
from services.referral.views import MessageView


async def process(inbound: Inbound) -> MessageView:
    """It says whether the other side took what was sent."""
    found, header = Retour.from_message(inbound.message), inbound.header
    from_municipality = inbound.message.description.from_municipality
    answers = await queries.find_sent(
        inbound.unit.conn,
        sender=municipality(header.municipality) if from_municipality else provider(header.provider),
        kind=found.answers,
        identification=header.identification,
    )
    codes = tuple(sorted({code for codes in found.codes.values() for code in codes}))
    message_id = await inbound.store(
        accepted=found.approved, return_codes=codes, answers=answers, identification=found.identification
    )
    return await inbound.tell(message_id, accepted=found.approved, return_codes=codes)


async def keep_unanswered(inbound: Inbound) -> MessageView:
    """A declaration or the answer to one has no retour; a person deals with it, if its header is right."""
    known = known_of_header(inbound.unit, inbound.message, seen_before=inbound.seen_before)
    verdict = Verdict.of(inbound.message, check_known(inbound.message, known))
    return await (inbound.keep_unprocessed() if verdict.right else inbound.keep(verdict, answer=False))
