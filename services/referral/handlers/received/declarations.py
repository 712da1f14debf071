"""A declaration (323): judged line by line against allocations, earlier approvals and agreements, and answered (325).

What is rejected at level 2 or for its header counts as never sent (OP286): the message and its answer are kept, and no
declaration. Declarations of one provider to one municipality under one law come one after the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from contracts.events.declarations import AmountSpent, DeclarationAnswered
from services.kit.unit import Unit
from services.kit.working_days import add_working_days, end_of_day_utc, local_date
from services.referral.domain.declaration import Judgement
from services.referral.domain.declared import Declared
from services.referral.domain.spent import spent
from services.referral.handlers.received.inbound import Inbound
from services.referral.handlers.received.judging import Verdict, thought_over
from services.referral.handlers.received.knowing import known_of_header
from services.referral.istandaarden import UnusableValue
from services.referral.istandaarden.care import kind_of
from services.referral.istandaarden.codes import LAWS
from services.referral.istandaarden.declarations import answer_325, declared_in, rejections
from services.referral.istandaarden.retours import HEADER_PATH
from services.referral.istandaarden.rules import check_content, check_known
from services.referral.istandaarden.rules.declarations_known import judge_323
from services.referral.store import declarations, queries
from services.referral.store.declarations import Answered, Facts, Parties
from services.referral.views import MessageView

ANSWER_WORKING_DAYS = 10
"""Within so many working days after it came in, a declaration is answered (OP090x4)."""
MAX_FINDINGS = 100
"""So many findings are kept with the message; every line has its own codes with the declaration."""


async def process(inbound: Inbound) -> MessageView:
    """Judge a 323, keep what became of it, and answer with a 325."""
    message, unit = inbound.message, inbound.unit
    verdict = Verdict.of(message, await thought_over(message.size, check_content, message))
    if not verdict.right:
        return await _send_back(inbound, verdict)
    try:
        declared = await thought_over(message.size, declared_in, message)
    except UnusableValue as error:
        return await _send_back(inbound, Verdict.unusable(error))
    parties = Parties(message.municipality, message.provider, LAWS[message.standard])
    await queries.wait_in_line_for(unit.conn, line="/".join(("declarations", *parties)))
    facts = await declarations.facts_for(unit, inbound.context.vault, parties, declared)
    known = replace(
        known_of_header(unit, message, seen_before=inbound.seen_before),
        declared=facts.known,
        products=facts.categories,
        bsns=frozenset(bsn.digits for bsn in facts.known.clients),
    )
    judgement = await thought_over(message.size, judge_323, message, known, declared)
    assert judgement is not None  # noqa: S101 - it is judged whenever what is declared is known
    verdict = Verdict.of(message, check_known(message, known))
    if HEADER_PATH in verdict.codes:
        return await _send_back(inbound, verdict)
    return await _answer(inbound, declared, judgement, verdict, facts, parties)


async def _send_back(inbound: Inbound, verdict: Verdict) -> MessageView:
    """The answer to a message of which nothing was assessed: its header alone."""
    known = await declarations.clients_in(inbound.unit, inbound.context.vault, inbound.message)
    told, _ = await _keep_both(inbound, verdict, verdict.codes, known, accepted=False)
    return told


async def _answer(
    inbound: Inbound, declared: Declared, judgement: Judgement, verdict: Verdict, facts: Facts, parties: Parties
) -> MessageView:
    unit = inbound.unit
    # What was granted in part was taken in; the rejected lines are told of in the answer.
    accepted = not judgement.codes("declaration") and (bool(judgement.granted) or verdict.right)
    told, answer_id = await _keep_both(
        inbound, verdict, rejections(judgement), facts.known.clients.values(), accepted=accepted
    )
    answered = Answered(
        declaration_id=unit.new_id(),
        parties=parties,
        declared=declared,
        declared_on=inbound.message.root.one("Declaratie").date("DeclaratieDagtekening"),
        message_id=told.message_id,
        answer_id=answer_id,
        received_at=unit.now,
        answer_due=end_of_day_utc(add_working_days(local_date(unit.now), ANSWER_WORKING_DAYS)),
    )
    await declarations.insert(unit, answered, judgement, facts)
    _emit(unit, inbound, answered, judgement, facts, verdict.return_codes)
    return told


async def _keep_both(
    inbound: Inbound,
    verdict: Verdict,
    rejected: Mapping[str, Iterable[str]],
    clients: Iterable[UUID],
    *,
    accepted: bool,
) -> tuple[MessageView, UUID]:
    """Keep the 323 and its 325, and who is in them; gives the 323 as it is seen and the name of the 325."""
    received = inbound.received(
        accepted=accepted,
        level=verdict.level,
        return_codes=verdict.return_codes,
        findings=verdict.findings[:MAX_FINDINGS],
    )
    content = await thought_over(
        inbound.message.size,
        answer_325,
        inbound.message,
        identification=inbound.next_identification,
        dated=local_date(inbound.unit.now),
        rejected=rejected,
    )
    answer = inbound.answer(received, kind_of(inbound.message.standard, "325"), content)
    told = await inbound.store(received, answer)
    await queries.put_message_clients(
        inbound.unit.conn, message_ids=[received.message_id, answer.message_id], clients=sorted(set(clients))
    )
    return told, answer.message_id


def _emit(
    unit: Unit,
    inbound: Inbound,
    answered: Answered,
    judgement: Judgement,
    facts: Facts,
    return_codes: tuple[str, ...],
) -> None:
    """Tell what was answered, and what it adds to the spend."""
    parties, audience = answered.parties, (inbound.sender, inbound.receiver)
    answer = DeclarationAnswered(
        declaration_id=answered.declaration_id,
        municipality=parties.municipality,
        provider=parties.provider,
        law=parties.law,
        period=answered.declared.period_starts_on,
        submitted_cents=judgement.submitted_cents,
        granted_cents=judgement.granted_cents,
        rejected_cents=judgement.rejected_cents,
        lines=len(judgement.verdicts),
        rejected_lines=len(judgement.rejected),
        return_codes=return_codes,
        received_at=answered.received_at,
        answer_due=answered.answer_due,
        answered_at=unit.now,
    )
    unit.emit(answered.declaration_id, answer, audience=audience)
    granted = ((each.performance, facts.agreement_of(each.performance)) for each in judgement.granted)
    for each in spent(granted):
        amount = AmountSpent(
            declaration_id=answered.declaration_id,
            municipality=parties.municipality,
            provider=parties.provider,
            agreement_id=each.agreement,
            product_code=each.product_code,
            month=each.month,
            unit=each.unit,
            volume=each.volume,
            cents=each.cents,
            lines=each.lines,
        )
        unit.emit(answered.declaration_id, amount, audience=audience)
