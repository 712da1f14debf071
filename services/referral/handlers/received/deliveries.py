"""A 305 or 307: care of a client started or stopped, or an earlier report of that is taken back.

What is right by the rules of the standard is taken as it is told; the journeys follow, and care that no journey follows
is told of by itself. Removals come first, whatever their place in the message (OP080): so a start or stop is corrected
in one message.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from services.referral.domain.deliveries import Delivery
from services.referral.domain.referral import Referral
from services.referral.handlers import deliveries as acts
from services.referral.handlers.received.inbound import Inbound
from services.referral.handlers.received.judging import Verdict
from services.referral.handlers.received.knowing import Facts
from services.referral.istandaarden import Message, StartedProduct, StartOfCare, StopOfCare, StoppedProduct
from services.referral.istandaarden.codes import Submission
from services.referral.store import deliveries
from services.referral.views import MessageView

Line = StartedProduct | StoppedProduct


async def process(inbound: Inbound) -> MessageView:
    """Take over what is reported, and let the journeys follow."""
    report, facts = await inbound.judged(_read)
    touched = await _take_over(inbound, report.products, facts)
    return await inbound.keep(Verdict(), touched, facts.met.relation.client_id)


def _read(message: Message) -> StartOfCare | StopOfCare:
    return StartOfCare.from_message(message) if message.number == "305" else StopOfCare.from_message(message)


async def _take_over(inbound: Inbound, lines: Sequence[Line], facts: Facts) -> list[UUID]:
    unit, relation = inbound.unit, facts.met.relation
    told = [(each.submission is Submission.REMOVED, _delivery(each, facts)) for each in lines]
    removed = {each.key for gone, each in told if gone}
    added = [each for gone, each in told if not gone]
    await deliveries.remove(unit, [name for name, each in facts.met.deliveries if each.key in removed])
    await deliveries.report(unit, *((relation, each) for each in added))
    kept = [each for _, each in facts.met.deliveries if each.key not in removed]
    touched: list[UUID] = []
    for number in sorted({each.number for _, each in told if each.number is not None}):
        journey = _journey(facts, number)
        if journey is None:
            # Removals first, as they count: what is reported again in their place comes after them.
            of_number = sorted((one for one in told if one[1].number == number), key=lambda one: not one[0])
            await acts.tell_broadly(unit, facts.met.allocations[number], of_number)
            continue
        of_it = [each for each in kept if each.number == number]
        news = [each for each in added if each.number == number]
        if any(gone and each.number == number for gone, each in told):
            await acts.correct(inbound.context.terms, unit, journey, [*of_it, *news])
        else:
            await _follow(inbound, journey, of_it, news)
        touched.append(journey.referral_id)
    return touched


async def _follow(inbound: Inbound, journey: Referral, before: list[Delivery], news: Iterable[Delivery]) -> None:
    for each in news:
        before.append(each)
        journey = await acts.follow(inbound.context.terms, inbound.unit, journey, before)


def _journey(facts: Facts, number: int) -> Referral | None:
    """The journey that is served under an allocation now."""
    allocation = facts.met.allocations.get(number)
    journey = facts.met.journeys.get(allocation.referral_id) if allocation and allocation.referral_id else None
    return journey if journey is not None and journey.allocation_number == number else None


def _delivery(line: Line, facts: Facts) -> Delivery:
    """The line as it is kept. One that leaves its product out has that of what it repeats, or of its allocation."""
    told = Delivery(line.allocation_number, line.category, line.code, line.starts_on)
    if isinstance(line, StoppedProduct):
        told = replace(told, reason=line.reason, ends_on=line.ends_on)
    if line.category is not None:
        return told
    for _, each in facts.met.deliveries:
        if (each.number, each.starts_on) == (told.number, told.starts_on):
            return replace(told, category=each.category, product_code=each.product_code)
    return told
