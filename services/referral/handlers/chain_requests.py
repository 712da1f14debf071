"""Requests that the municipality decides on as a whole: for change (317), and for no specific product (315).

Source: iWmo/iJw 3.2 IV092 and IV093 (what a granted request for change becomes), IV094, OP274 and OP346 (terms), OP344.
"""

from typing import Any
from uuid import UUID

from contracts.events.exchange import RequestAnswered, RequestReceived, RequestReminded
from contracts.values import municipality, provider
from services.kit.model import wrong
from services.kit.problems import Conflict, Text
from services.kit.unit import Unit
from services.referral.chain_views import RequestState
from services.referral.commands import GrantRequest, InvestigateChainRequest, RejectRequest, RemindOfRequest
from services.referral.domain.allocation import CareRelation
from services.referral.domain.reasons import Answer, RefusalReason
from services.referral.handlers import deadlines, decisions, outgoing
from services.referral.handlers.context import Context
from services.referral.handlers.granting import Granting
from services.referral.handlers.received.inbound import Inbound
from services.referral.store import chain_requests, clients
from services.referral.store.chain_requests import ChainRequest
from services.referral.store.clients import Known

_ALREADY = Text(
    "Op dit verzoek is al besloten. Er is niets gewijzigd.",
    "This request was decided on already. Nothing was changed.",
)


async def register(
    inbound: Inbound, known: Known, reference: str, *, change: bool, wanted: dict[str, Any], reason: str | None
) -> ChainRequest:
    """Put a request before the municipality: its term begins."""
    unit, terms = inbound.unit, inbound.context.terms
    due = terms.decision_due(unit.now)
    request = ChainRequest(
        relation=CareRelation(inbound.header.municipality, inbound.header.provider, inbound.law, known.client_id),
        reference=reference,
        change=change,
        dated=inbound.header.dated,
        received_at=unit.now,
        request_id=unit.new_id(),
        wanted=wanted,
        reason=reason,
        decision_due=due,
    )
    if not await chain_requests.put(unit, request):
        raise LookupError("a request was judged right under a reference that was used before")
    request_id = _id(request)
    await deadlines.promise_request(unit, request, due)
    unit.emit(
        request_id,
        RequestReceived(
            request_id=request_id,
            municipality=request.relation.municipality,
            provider=request.relation.provider,
            client=known.stream,
            law=request.relation.law,
            change=change,
            allocation_numbers=tuple(each["number"] for each in wanted["changed"]),
            received_at=unit.now,
            decision_due=due,
            remind_at=terms.remind_at(due),
        ),
        audience=_parties(request),
    )
    return request


async def grant_request(context: Context, command: GrantRequest, unit: Unit) -> RequestState:
    """Grant the request as a whole, with one 301 in which every product has its reference (IV093).

    Raises ``Conflict`` when it was decided on, or an allocation in it does not run any more.
    """
    request = await chain_requests.lock(unit, command.request_id)
    _require_open(request)
    relation = request.relation
    if relation.client_id is None or request.wanted is None:
        raise LookupError("a request is about somebody and something")
    if command.person is not None:
        await clients.complete(unit, context.vault, relation.client_id, command.person)
    granting = Granting(context, unit, request, command.from_day)
    decided = await granting.decide()
    change = request.reference if request.change else None
    await outgoing.write_allocations(context, unit, relation, decided, change=change)
    await chain_requests.granted(unit, relation, [request.reference])
    await deadlines.close_request(unit, command.request_id)
    unit.emit(
        command.request_id,
        RequestAnswered(
            request_id=command.request_id,
            municipality=relation.municipality,
            provider=relation.provider,
            answer="granted",
            answered_at=unit.now,
        ),
        audience=_parties(request),
    )
    return RequestState(request_id=command.request_id, answer=None, granted=True)


async def reject_request(context: Context, command: RejectRequest, unit: Unit) -> RequestState:
    """Reject the request; a 319 says so, and what was allocated stays as it is (OP344)."""
    request = await chain_requests.lock(unit, command.request_id)
    if command.reason is RefusalReason.RESIDENCE_PRINCIPLE:
        if request.change:
            raise wrong(
                "/reason",
                "Het woonplaatsbeginsel is geen reden om een wijziging af te wijzen. Kies een andere reden.",
                "The residence principle is no reason to reject a change. Choose another reason.",
                "not-for-this-request",
            )
        decisions.require_residence(request.relation.law, command.responsible_municipality)
    return await _decided(
        context, unit, request, Answer.REJECTED, command.reason, responsible=command.responsible_municipality
    )


async def investigate_chain_request(context: Context, command: InvestigateChainRequest, unit: Unit) -> RequestState:
    """The decision needs an investigation, once: the term becomes eight weeks from the day of the request (OP346)."""
    request = await chain_requests.lock(unit, command.request_id)
    if request.answers:
        raise Conflict(_ALREADY if not request.open else decisions.INVESTIGATED, code="under-investigation")
    return await _decided(context, unit, request, Answer.UNDER_INVESTIGATION, None)


async def _decided(
    context: Context,
    unit: Unit,
    request: ChainRequest,
    answer_: Answer,
    reason: RefusalReason | None,
    *,
    responsible: str | None = None,
) -> RequestState:
    _require_open(request)
    await outgoing.write_answer(context, unit, request.relation, request.reference, answer_, reason, responsible)
    return await answer(context, unit, request, answer_, reason)


async def answer(
    context: Context, unit: Unit, request: ChainRequest, given: Answer, reason: RefusalReason | None
) -> RequestState:
    """A 319 answers the request, whoever wrote it."""
    due = context.terms.investigation_due(request.dated) if given is Answer.UNDER_INVESTIGATION else None
    await chain_requests.answered(unit, request.relation, request.reference, given, due=due)
    if request.request_id is None:
        return RequestState(request_id=None, answer=given, decision_due=due)
    if due is None:
        await deadlines.close_request(unit, request.request_id)
    else:
        await deadlines.promise_request(unit, request, due)
    unit.emit(
        request.request_id,
        RequestAnswered(
            request_id=request.request_id,
            municipality=request.relation.municipality,
            provider=request.relation.provider,
            answer=given,
            reason=reason,
            decision_due=due,
            remind_at=context.terms.remind_at(due) if due else None,
            answered_at=unit.now,
        ),
        audience=_parties(request),
    )
    return RequestState(request_id=request.request_id, answer=given, decision_due=due)


async def remind_of_request(context: Context, command: RemindOfRequest, unit: Unit) -> RequestState:
    """Say that a decision is almost due or late; nothing when the request was decided on meanwhile."""
    request = await chain_requests.lock(unit, command.request_id)
    due = request.decision_due
    if not request.open or due is None or (command.overdue and request.escalated):
        return RequestState(request_id=request.request_id, answer=_last(request), decision_due=due)
    if command.overdue and unit.now < due:
        raise Conflict(
            Text("De termijn loopt nog.", "The term still runs."),
            code="term-running",
        )
    if command.overdue:
        await chain_requests.escalated(unit, command.request_id)
        await deadlines.close_request(unit, command.request_id)
    unit.emit(
        command.request_id,
        RequestReminded(
            request_id=command.request_id,
            municipality=request.relation.municipality,
            provider=request.relation.provider,
            overdue=command.overdue,
            due=due,
            reminded_at=unit.now,
        ),
        audience=_parties(request),
    )
    return RequestState(request_id=request.request_id, answer=_last(request), decision_due=due)


def _last(request: ChainRequest) -> Answer | None:
    return Answer(request.answers[-1]) if request.answers else None


def _require_open(request: ChainRequest) -> None:
    if not request.open:
        raise Conflict(_ALREADY, code="decided")


def _id(request: ChainRequest) -> UUID:
    if request.request_id is None:
        raise LookupError("this request is decided on in its journey")
    return request.request_id


def _parties(request: ChainRequest) -> tuple[str, str]:
    return municipality(request.relation.municipality), provider(request.relation.provider)
