"""The answer to a declaration (325) from a municipality with another system: held against what was sent.

There is nothing to answer a 325 with. What is wrong with it is kept with it, for the provider to take up with the
municipality. What it granted and rejected shows among the declarations of both.
"""

from dataclasses import replace
from uuid import UUID

from contracts.values import provider
from services.kit.problems import NotFound
from services.referral.handlers.received import answered_elsewhere
from services.referral.handlers.received.inbound import Inbound
from services.referral.handlers.received.judging import Verdict
from services.referral.handlers.received.knowing import known_of_header
from services.referral.istandaarden import UnusableValue
from services.referral.istandaarden.care import kind_of
from services.referral.istandaarden.declarations import AnswerToDeclaration, Declaration
from services.referral.istandaarden.envelope import read_either
from services.referral.istandaarden.rules import check_content, check_known
from services.referral.store import declarations, messages, queries
from services.referral.views import MessageView


async def process(inbound: Inbound) -> MessageView:
    """Judge a 325 and keep it with what was found."""
    message = inbound.message
    sent_as: UUID | None = None
    declared: Declaration | None = None
    answer: AnswerToDeclaration | None = None
    verdict = Verdict.of(message, check_content(message))
    if verdict.right:
        try:
            answer = AnswerToDeclaration.from_message(message)
        except UnusableValue as error:
            verdict = Verdict.unusable(error)
        else:
            sent_as, sent = await _sent(inbound, answer.declaration_identification)
            declared = sent[0] if sent else None
            known = known_of_header(inbound.unit, message, seen_before=inbound.seen_before)
            verdict = Verdict.of(message, check_known(message, replace(known, declarations=sent)))
    codes = tuple(code for code in verdict.return_codes if code)
    findings = [each | {"codes": [code for code in each["codes"] if code]} for each in verdict.findings]
    received = inbound.received(
        accepted=verdict.right, level=verdict.level, return_codes=codes, findings=findings, answers=sent_as
    )
    told = await inbound.store(received)
    if answer is not None:
        await answered_elsewhere.keep(inbound, answer, received.message_id, (sent_as, declared), fits=verdict.right)
    clients = await declarations.clients_in(inbound.unit, inbound.context.vault, message)
    await queries.put_message_clients(inbound.unit.conn, message_ids=[received.message_id], clients=clients)
    return told


async def _sent(inbound: Inbound, identification: str) -> tuple[UUID | None, tuple[Declaration, ...] | None]:
    """The declaration under that identification, with the message that carried it.

    Was its text thrown away since, with a client that was erased, then it is not known: nothing is held against it.
    """
    unit = inbound.unit
    sent = await queries.find_sent(
        unit.conn,
        sender=provider(inbound.header.provider),
        kind=kind_of(inbound.message.standard, "323"),
        identification=identification,
    )
    if sent is None:
        return None, ()
    found: UUID = sent["message_id"]
    try:
        original = await messages.original(unit, inbound.context.vault, found)
    except NotFound:
        return found, None
    carried, _ = read_either(original.content)
    return found, (Declaration.from_message(carried),)
