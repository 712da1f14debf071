"""The book of promises: what is due when, who promised it, and which workflow waits for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.values import PartyId
from contracts.values import municipality as municipality_party
from services.kit.unit import Unit
from services.referral.domain.reasons import Promise
from services.referral.domain.referral import Referral
from services.referral.domain.terms import Terms
from services.referral.store import queries
from services.referral.store.chain_requests import ChainRequest

DECIDE = "decide"
REMIND_ACCEPT = "remind_accept"
ACCEPT = "accept"
REMIND_START = "remind_start"
REMIND_REPORT = "remind_report"
REPORT = "report"
START = "start"
RECEIPT = "receipt"
CLAIM = "claim"
REMIND_STOP = "remind_stop"
STOP = "stop"
REMIND_DECIDE = "remind_decide"
ALL = (
    DECIDE,
    REMIND_ACCEPT,
    ACCEPT,
    REMIND_REPORT,
    REPORT,
    REMIND_START,
    START,
    CLAIM,
    REMIND_DECIDE,
    REMIND_STOP,
    STOP,
)

REMINDER_OF = {
    Promise.ACCEPT: REMIND_ACCEPT,
    Promise.START: REMIND_START,
    Promise.REPORT: REMIND_REPORT,
    Promise.DECIDE: REMIND_DECIDE,
    Promise.STOP: REMIND_STOP,
}
"""The kind of deadline at which a promise is reminded of."""

RULES = {
    DECIDE: "iStandaarden 3.2 OP274",
    REMIND_ACCEPT: "twee werkdagen vooraf",
    ACCEPT: "vijf werkdagen",
    REMIND_START: "twee werkdagen vooraf",
    REMIND_DECIDE: "twee werkdagen vooraf",
    REMIND_REPORT: "twee werkdagen vooraf",
    REPORT: "iStandaarden 3.2 OP271",
    START: "Contractstandaard Wmo 1.2 art. 3.5.1",
    REMIND_STOP: "dag na de einddatum",
    STOP: "iStandaarden 3.2 OP272, OP288",
    CLAIM: "twee werkdagen, binnen de beslistermijn (iStandaarden 3.2 OP274)",
}


RESIDENCE = "iStandaarden 3.2 OP359"
CRISIS = "crisis: termijn in uren (afgesproken)"


def row(referral: Referral, kind: str, due: datetime, party: PartyId) -> dict[str, str]:
    """One promise as a row."""
    return {
        "subject": str(referral.referral_id),
        "kind": kind,
        "due": due.isoformat(),
        "party": party,
        "rule": CRISIS if referral.crisis else RULES[kind],
        "workflow": f"care/{spell_of(referral)}" if kind in (REMIND_STOP, STOP) else f"referral/{watch_of(referral)}",
    }


def watch_of(referral: Referral) -> str:
    """The name of one watch over a journey, as in its workflow: the journey's own until a start is taken back."""
    return str(referral.referral_id) if referral.watch == 1 else f"{referral.referral_id}/{referral.watch}"


def spell_of(referral: Referral) -> str:
    """The name of one spell of care, as in its workflow: the journey's own for the first."""
    return str(referral.referral_id) if referral.spell == 1 else f"{referral.referral_id}/{referral.spell}"


def start_rows(referral: Referral, terms: Terms) -> list[dict[str, str]]:
    """The promise to start care, with its reminder."""
    if referral.start_due is None:
        return []
    _, provider = referral.parties
    start = row(referral, START, referral.start_due, provider)
    if referral.crisis:
        return [start]
    return [row(referral, REMIND_START, terms.remind_at(referral.start_due), provider), start]


async def promise_decision(unit: Unit, referral: Referral) -> None:
    """The municipality promised to decide."""
    if referral.decision_due is not None:
        municipality, _ = referral.parties
        await put(unit, [row(referral, DECIDE, referral.decision_due, municipality)])


async def promise_care(unit: Unit, referral: Referral, terms: Terms) -> None:
    """The provider is to answer, and to start; the decision was made."""
    if referral.accept_due is None:
        await close(unit, referral, DECIDE, REMIND_DECIDE, CLAIM)
        return
    _, provider = referral.parties
    rows = [row(referral, ACCEPT, referral.accept_due, provider)]
    if not referral.crisis:
        rows.append(row(referral, REMIND_ACCEPT, terms.remind_at(referral.accept_due), provider))
    await _change(unit, referral, rows + start_rows(referral, terms), DECIDE, REMIND_DECIDE, CLAIM)


def report_rows(referral: Referral, terms: Terms) -> list[dict[str, str]]:
    """The promise to report the start in time, with its reminder."""
    if referral.report_due is None:
        return []
    _, provider = referral.parties
    remind_at = terms.remind_at(referral.report_due)
    return [row(referral, REMIND_REPORT, remind_at, provider), row(referral, REPORT, referral.report_due, provider)]


async def promise_report(unit: Unit, referral: Referral, terms: Terms) -> None:
    """The provider is to report the start by another day than before."""
    await _change(unit, referral, report_rows(referral, terms), REMIND_REPORT, REPORT)


async def promise_start_again(unit: Unit, referral: Referral, terms: Terms) -> None:
    """A start was taken back: the provider is to start, and to report that."""
    rows = start_rows(referral, terms) + report_rows(referral, terms)
    await _change(unit, referral, rows, REMIND_STOP, STOP)


async def promise_stop(unit: Unit, referral: Referral, terms: Terms) -> None:
    """The provider is to report the end of care; a promise that is no longer there is closed."""
    await _change(unit, referral, stop_rows(referral, terms), REMIND_STOP, STOP)


async def promise_stop_alone(unit: Unit, referral: Referral, terms: Terms) -> None:
    """Care began: the provider is to report its end, and nobody waits for anything else."""
    await _change(unit, referral, stop_rows(referral, terms), *ALL)


def stop_rows(referral: Referral, terms: Terms) -> list[dict[str, str]]:
    """The promise to report the end of care, with its reminder."""
    if referral.stop_due is None or referral.ends_on is None:
        return []
    _, provider = referral.parties
    return [
        row(referral, REMIND_STOP, terms.remind_stop_at(referral.ends_on), provider),
        row(referral, STOP, referral.stop_due, provider),
    ]


async def promise_request(unit: Unit, request: ChainRequest, due: datetime) -> None:
    """The municipality is to decide on a request as a whole, or to end its investigation of it."""
    rule = "iStandaarden 3.2 OP346" if request.change else RULES[DECIDE]
    promise = {
        "subject": str(request.request_id),
        "kind": DECIDE,
        "due": due.isoformat(),
        "party": municipality_party(request.relation.municipality),
        "rule": rule,
        "workflow": f"request/{request.request_id}",
    }
    await put(unit, [promise])


async def close_request(unit: Unit, request_id: UUID) -> None:
    """Nobody waits for the decision on a request any more."""
    await _close(unit, str(request_id), DECIDE)


async def promise_receipt(unit: Unit, message_id: UUID, receiver: PartyId, due: datetime) -> None:
    """The receiver of a message is to confirm it."""
    promise = {
        "subject": str(message_id),
        "kind": RECEIPT,
        "due": due.isoformat(),
        "party": receiver,
        "rule": "iStandaarden 3.2 OP090",
        "workflow": f"message/{message_id}",
    }
    await put(unit, [promise])


async def close_receipt(unit: Unit, message_id: UUID) -> None:
    """The message was confirmed, or its sender knows that it was not."""
    await _close(unit, str(message_id), RECEIPT)


async def put(unit: Unit, rows: list[dict[str, str]]) -> None:
    """Write promises down; one that was made before is open again with its new instant."""
    await unit.ask(_change_all, _Change(rows))


async def close(unit: Unit, referral: Referral, *kinds: str) -> None:
    """Nobody waits for these any more."""
    await _close(unit, str(referral.referral_id), *(kinds or ALL))


async def _close(unit: Unit, subject: str, *kinds: str) -> None:
    await unit.ask(_change_all, _Change([], subject, kinds))


async def _change(unit: Unit, referral: Referral, rows: list[dict[str, str]], *kinds: str) -> None:
    """Promise ``rows``; nobody waits for others of these ``kinds`` any more."""
    promised = {each["kind"] for each in rows}
    closed = tuple(kind for kind in kinds if kind not in promised)
    await unit.ask(_change_all, _Change(rows, str(referral.referral_id), closed))


class _Change(NamedTuple):
    """Promises that are made, and those of ``subject`` that are closed, by kind; none is in both."""

    made: list[dict[str, str]]
    subject: str = ""
    closed: tuple[str, ...] = ()


async def _change_all(unit: Unit, asked: Sequence[_Change]) -> Sequence[None]:
    closing = [each for each in asked if each.closed]
    await queries.change_deadlines(
        unit.conn,
        subjects=[each.subject for each in closing],
        kinds=[" ".join(each.closed) for each in closing],
        at=unit.now,
        rows=[row for each in asked for row in each.made],
    )
    return [None] * len(asked)
