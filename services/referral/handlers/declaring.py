"""A provider declares a month by allocation number: lines become a 323, judged beforehand as the municipality does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from contracts.values import PartyKind
from services.kit.problems import FieldError, Forbidden, Invalid, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.commands import ReceiveMessage
from services.referral.declaration_commands import DeclareMonth, LineToDeclare
from services.referral.declared_views import DraftLine, DraftView, RejectionReason
from services.referral.domain.declaration_checks import last_of_month
from services.referral.domain.declared import ApprovedPerformance, DeclaredClient, Performance
from services.referral.domain.declaring import CannotDeclare, Delivered, credit, debit
from services.referral.handlers import messages as incoming
from services.referral.handlers.context import Context
from services.referral.handlers.received.judging import Verdict
from services.referral.handlers.received.knowing import known_of_header
from services.referral.istandaarden import Message, MessageHeader, declaration_323, read
from services.referral.istandaarden.codes import STANDARDS
from services.referral.istandaarden.declarations import declared_in
from services.referral.istandaarden.rules import check_content
from services.referral.istandaarden.rules.declarations_known import judge_323
from services.referral.store import clients, declarations, market, messages, queries, relations
from services.referral.store.clients import Dossier
from services.referral.store.declarations import Declarables, Parties
from services.referral.views import MessageFinding

_UNKNOWN = Text(
    "U hebt bij deze gemeente geen toewijzing met dit nummer. Controleer het nummer, de gemeente en de wet.",
    "You have no allocation with this number with this municipality. Check the number, the municipality and the law.",
)
_NOT_GRANTED = Text(
    "Er is geen toegekende regel met deze referentie. Alleen wat is toegekend, kunt u terugnemen.",
    "There is no granted line with this reference. Only what was granted can be taken back.",
)
_NO_NUMBER = Text("Geef een toewijzingsnummer.", "Give an allocation number.")
_NO_VOLUME = Text("Geef hoeveel er is geleverd.", "Give how much was delivered.")
_NO_MESSAGES = Text(
    "Over deze cliënt mogen geen berichten worden verstuurd (iStandaarden OP003). Declareer deze zorg buiten de"
    " berichten om; bel de gemeente.",
    "No messages may be sent about this client (iStandaarden OP003). Declare this care outside the messages; call the"
    " municipality.",
)
_NO_BSN = Text(
    "Van deze cliënt is geen burgerservicenummer bekend. Zonder dat nummer kan de zorg niet worden gedeclareerd.",
    "No citizen number is known of this client. Care cannot be declared without it.",
)


async def declare_month(context: Context, command: DeclareMonth, unit: Unit) -> DraftView:
    """Build the 323 and judge it or, but for a dry run, send it. Raises ``Invalid`` for lines that cannot be built."""
    if unit.actor.kind is not PartyKind.PROVIDER:
        raise Forbidden()
    parties = Parties(command.municipality, unit.actor.code, command.law)
    identification = await messages.next_identification(unit)
    declarables = await declarations.declarables(
        unit,
        parties,
        numbers=sorted({each.allocation_number for each in command.lines if each.allocation_number is not None}),
        references=sorted({each.takes_back for each in command.lines if each.takes_back is not None}),
        codes=sorted({each.product_code for each in command.lines if each.product_code is not None}),
    )
    categories = await _categories(unit, parties, command)
    listed = _built(command, identification, declarables, categories)
    dossiers = await _opened(context, unit, listed)
    message = _written(command, parties, unit, identification, listed, dossiers)
    if command.dry_run:
        return await _judged(context, unit, parties, command, message, listed)
    sent = await incoming.receive_message(
        context,
        ReceiveMessage(original=message, mark=messages.mark_of(context.vault, message).hex()),
        unit,
    )
    kept = await queries.declaration_of_message(unit.conn, message_id=sent.message_id)
    submitted = sum(line.signed_cents for line, _ in listed)
    return DraftView(
        municipality=command.municipality,
        law=command.law,
        month=command.month.replace(day=1),
        message_id=sent.message_id,
        declaration_id=kept["declaration_id"] if kept else None,
        submitted_cents=submitted,
        granted_cents=kept["granted_cents"] if kept else 0,
        rejected_cents=kept["rejected_cents"] if kept else submitted,
        findings=sent.findings,
    )


async def _categories(unit: Unit, parties: Parties, command: DeclareMonth) -> dict[str, str]:
    """The category of each product that a line names itself."""
    found = {}
    for code in sorted({each.product_code for each in command.lines if each.product_code is not None}):
        agreed = await market.agreed(unit.conn, parties.municipality, parties.provider, code, command.month)
        if agreed is not None:
            found[code] = agreed["category"]
    return found


Listed = list[tuple[Performance, UUID]]


def _built(
    command: DeclareMonth, identification: str, declarables: Declarables, categories: Mapping[str, str]
) -> Listed:
    """Each line with its client. Raises ``Invalid`` with everything that is wrong."""
    listed: Listed = []
    errors = []
    for place, line in enumerate(command.lines):
        reference = f"{identification}{place + 1:05d}"
        try:
            listed.append(_line(line, reference, command, declarables, categories))
        except CannotDeclare as error:
            errors.append(FieldError(f"/lines/{place}/{error.field}", error.text, "cannot-declare"))
    if errors:
        raise Invalid(
            Text(
                "Niet elke regel kan worden gedeclareerd. Er is niets verzonden. Herstel de regels hieronder.",
                "Not every line can be declared. Nothing was sent. Correct the lines below.",
            ),
            code="cannot-declare",
            errors=errors,
        )
    return listed


def _line(
    line: LineToDeclare,
    reference: str,
    command: DeclareMonth,
    declarables: Declarables,
    categories: Mapping[str, str],
) -> tuple[Performance, UUID]:
    if line.takes_back is not None:
        granted: ApprovedPerformance | None = declarables.granted.get(line.takes_back)
        if granted is None:
            raise CannotDeclare("takesBack", _NOT_GRANTED)
        return credit(granted.performance, reference), granted.client
    if line.allocation_number is None:
        raise CannotDeclare("allocationNumber", _NO_NUMBER)
    if line.volume is None:
        raise CannotDeclare("volume", _NO_VOLUME)
    allocation = declarables.allocations.get(line.allocation_number)
    if allocation is None:
        raise CannotDeclare("allocationNumber", _UNKNOWN)
    code = line.product_code or allocation.code or ""
    delivered = Delivered(line.volume, line.month or command.month, line.unit, line.product_code)
    tariffs = declarables.tariffs.get(code, ())
    return debit(delivered, reference, allocation, categories.get(code), tariffs), allocation.client


async def _opened(context: Context, unit: Unit, listed: Listed) -> dict[UUID, Any]:
    """The citizen numbers of the clients; every look is recorded."""
    wanted = list(dict.fromkeys(client for _, client in listed))
    rows = [row async for row in queries.dossiers_of(unit.conn, client_ids=wanted)]
    stored = [(Dossier.from_row(row), row["circumstances"]) for row in rows]
    found = {each.client_id: each.open(context.vault).bsn for each, _ in stored}
    silent = {each.client_id for each, sealed in stored if relations.opened(context.vault, each, sealed).silent}
    await clients.record_looks(unit, "declare", [row["dossier"] for row in rows])
    lacking = {client for client in wanted if found.get(client) is None}
    for those, told, code in ((silent, _NO_MESSAGES, "no-messages"), (lacking, _NO_BSN, "no-citizen-number")):
        errors = [
            FieldError(f"/lines/{place}/allocationNumber", told, code)
            for place, (_, client) in enumerate(listed)
            if client in those
        ]
        if errors:
            raise Invalid(told, code=code, errors=errors)
    return found


def _written(
    command: DeclareMonth,
    parties: Parties,
    unit: Unit,
    identification: str,
    listed: Listed,
    numbers: Mapping[UUID, Any],
) -> bytes:
    header = MessageHeader(
        standard=STANDARDS[parties.law],
        municipality=parties.municipality,
        provider=parties.provider,
        identification=identification,
        dated=local_date(unit.now),
    )
    per_client: dict[UUID, list[Performance]] = {}
    for line, client in listed:
        per_client.setdefault(client, []).append(line)
    declared = [DeclaredClient(numbers[client], tuple(lines)) for client, lines in per_client.items()]
    first = command.month.replace(day=1)
    return declaration_323(header, identification, (first, last_of_month(first)), declared)


async def _judged(
    context: Context, unit: Unit, parties: Parties, command: DeclareMonth, content: bytes, listed: Listed
) -> DraftView:
    """What the municipality would answer now; nothing of it is kept."""
    message: Message = read(content)
    verdict = Verdict.of(message, check_content(message))
    codes: dict[str, Sequence[str]] = {}
    granted = rejected = 0
    whole: tuple[str, ...] = ()
    if verdict.right:
        declared = declared_in(message)
        facts = await declarations.facts_for(unit, context.vault, parties, declared)
        header = known_of_header(unit, message, seen_before=False)
        known = replace(header, declared=facts.known, products=facts.categories)
        judgement = judge_323(message, known)
        assert judgement is not None  # noqa: S101 - it is judged whenever what is declared is known
        granted, rejected = judgement.granted_cents, judgement.rejected_cents
        whole = judgement.codes("header") + judgement.codes("declaration")
        codes = {each.performance.reference: declarations.codes_of_line(each, judgement) for each in judgement.verdicts}
    submitted = sum(line.signed_cents for line, _ in listed)
    return DraftView(
        municipality=command.municipality,
        law=command.law,
        month=command.month.replace(day=1),
        submitted_cents=submitted,
        granted_cents=granted,
        rejected_cents=rejected if verdict.right else submitted,
        reasons=tuple(RejectionReason.of(code) for code in whole),
        findings=[MessageFinding.model_validate(each) for each in verdict.findings],
        lines=[DraftLine.of(line, codes.get(line.reference, ())) for line, _ in listed],
    )
