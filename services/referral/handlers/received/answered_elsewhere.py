"""What a municipality with another system answered on a declaration (325), kept so that it shows among declarations.

It counts in no judgement of ours. A later answer on the same declaration goes before an earlier one.
"""

from collections.abc import Iterable, Iterator
from uuid import NAMESPACE_URL, UUID, uuid5

from services.kit.working_days import add_working_days, end_of_day_utc, local_date
from services.referral.domain.declared import Performance
from services.referral.domain.identity import Bsn
from services.referral.handlers.received.declarations import ANSWER_WORKING_DAYS
from services.referral.handlers.received.inbound import Inbound
from services.referral.istandaarden.codes import LAWS
from services.referral.istandaarden.declarations import AnswerToDeclaration, Declaration
from services.referral.istandaarden.labels import FULLY_GRANTED, NO_REMARK, NOT_ASSESSED
from services.referral.store import declarations, queries
from services.referral.store.declarations import Parties

Line = tuple[Bsn, Performance, tuple[str, ...]]
"""Whose care, what was declared, and why it was rejected; no codes: it was granted."""


async def keep(
    inbound: Inbound,
    answer: AnswerToDeclaration,
    answer_id: UUID,
    sent: tuple[UUID | None, Declaration | None],
    *,
    fits: bool,
) -> None:
    """Keep an answer with what became of each line that is known.

    ``sent`` is the 323 as far as it went through Samenspel. Of an answer that says nothing but that its declaration
    was refused, to a declaration that is not known, there is nothing to keep.
    """
    unit, message = inbound.unit, inbound.message
    sent_as, declared = sent
    number = answer.number or (declared.number if declared else None)
    submitted = answer.submitted_cents
    if submitted is None and declared is not None:
        submitted = declared.total_cents
    if number is None or submitted is None:
        return
    parties = Parties(message.municipality, message.provider, LAWS[message.standard])
    names = parties._asdict() | {"declaration_id": named(parties, number)}
    refused = tuple(_telling((*answer.header_codes, *answer.codes)))
    lines = list(_lines(answer, declared, refused=bool(refused)))
    granted = answer.granted_cents or 0
    judged = await queries.sent_declaration(unit.conn, message_id=sent_as) if sent_as is not None else None
    received_at = judged["at"] if judged is not None else unit.now
    period = min((line.starts_on for _, line, _ in lines), default=answer.declaration_dated).replace(day=1)
    if declared is not None:
        period = declared.period_starts_on
    elif judged is not None and judged["period"] is not None:
        period = judged["period"]
    await queries.drop_elsewhere(unit.conn, declaration_id=names["declaration_id"])
    await queries.insert_elsewhere(
        unit.conn,
        **names,
        number=number,
        period=period,
        declared_on=declared.declared_on if declared else answer.declaration_dated,
        message_id=sent_as or answer_id,
        answer_id=answer_id,
        return_codes=list(refused),
        submitted_cents=submitted,
        granted_cents=granted,
        rejected_cents=submitted - granted,
        lines=len(lines),
        rejected_lines=sum(bool(codes) for *_, codes in lines),
        received_at=received_at,
        answer_due=end_of_day_utc(add_working_days(local_date(received_at), ANSWER_WORKING_DAYS)),
        answered_at=unit.now,
        fits=fits,
    )
    await _keep_lines(inbound, parties, names["declaration_id"], lines)


def named(parties: Parties, number: str) -> UUID:
    """The name of what another system answered on a declaration: the same for every answer on it."""
    return uuid5(NAMESPACE_URL, f"urn:samenspel:answered-elsewhere:{':'.join(parties)}:{number}")


async def _keep_lines(inbound: Inbound, parties: Parties, declaration_id: UUID, lines: list[Line]) -> None:
    unit = inbound.unit
    clients = await declarations.clients_of(
        unit, inbound.context.vault, parties.municipality, {bsn for bsn, *_ in lines}
    )
    rows = [
        parties._asdict()
        | {
            "declaration_id": str(declaration_id),
            "line": place,
            "reference": line.reference,
            "previous_reference": line.previous_reference,
            "allocation_number": line.allocation_number,
            "client_id": str(clients[bsn]) if bsn in clients else None,
            "category": line.category,
            "product_code": line.code,
            "starts_on": line.starts_on.isoformat(),
            "ends_on": line.ends_on.isoformat(),
            "volume": line.volume,
            "unit": line.unit,
            "by_effort": line.by_effort,
            "tariff_cents": line.tariff_cents,
            "amount_cents": line.amount_cents,
            "credit": line.credit,
            "granted": not codes,
            "codes": list(codes),
        }
        for place, (bsn, line, codes) in enumerate(lines, start=1)
    ]
    await queries.insert_elsewhere_performances(unit.conn, rows=rows)
    credits = [line.previous_reference for _, line, codes in lines if line.credit and not codes]
    if credits:
        await queries.take_elsewhere_back(
            unit.conn, **parties._asdict(), declaration_id=declaration_id, references=credits
        )


def _lines(answer: AnswerToDeclaration, declared: Declaration | None, *, refused: bool) -> Iterator[Line]:
    """Every line of the declaration when that is known, otherwise those that the answer lists: the rejected ones."""
    rejected = {
        each.performance.reference: (client.bsn, each.performance, _why(each.codes, client.codes))
        for client in answer.clients
        for each in client.performances
    }
    if declared is None:
        yield from rejected.values()
        return
    for client in declared.clients:
        for line in client.performances:
            found = rejected.get(line.reference)
            yield client.bsn, line, (NOT_ASSESSED,) if refused else found[2] if found else ()


def _why(own: Iterable[str], of_client: Iterable[str]) -> tuple[str, ...]:
    """Why a line was rejected: its own codes, else those of its client, else that it was not assessed."""
    codes = tuple(code for code in _telling(own) if code != NOT_ASSESSED)
    return codes or tuple(_telling(of_client)) or (NOT_ASSESSED,)


def _telling(codes: Iterable[str]) -> Iterator[str]:
    return (code for code in codes if code not in (NO_REMARK, FULLY_GRANTED))
