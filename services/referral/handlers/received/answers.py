"""A 319 of a municipality that uses another system: the request is rejected, or under investigation."""

from uuid import UUID

from services.referral.domain.reasons import Answer
from services.referral.handlers import chain_requests, decisions
from services.referral.handlers.received.inbound import Inbound
from services.referral.handlers.received.judging import Verdict
from services.referral.istandaarden import AnswerToRequest
from services.referral.store import queries, referrals
from services.referral.views import MessageView


async def process(inbound: Inbound) -> MessageView:
    """Keep the answer with its request, and let the journey follow."""
    answer, facts = await inbound.judged(AnswerToRequest.from_message)
    request = facts.requests[answer.reference]
    touched: list[UUID] = []
    row = await queries.lock_requested(
        inbound.unit.conn,
        municipality=request.relation.municipality,
        provider=request.relation.provider,
        law=request.relation.law,
        reference=answer.reference,
    )
    if row is not None:
        journey = referrals.from_row(row)
        touched.append(journey.referral_id)
        if answer.answer is Answer.REJECTED and answer.reason is not None:
            await decisions.refuse(inbound.unit, journey, answer.reason)
        else:
            await decisions.investigate(inbound.context, inbound.unit, journey, request.dated)
    else:
        await chain_requests.answer(inbound.context, inbound.unit, request, answer.answer, answer.reason)
    return await inbound.keep(Verdict(), touched, request.relation.client_id)
