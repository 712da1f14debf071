"""What the commissioner does after a warning about spending room: talk, then decide (OV 1.5.7)."""

from services.commissioning.commands import RecordDecision, RecordTalk
from services.commissioning.domain.promises import Promise, about_agreement
from services.commissioning.store import queries
from services.commissioning.store.records import kept, value
from services.commissioning.views import SpendingWarning
from services.kit.model import refused, wrong
from services.kit.unit import Unit
from services.kit.working_days import local_date


async def record_talk(command: RecordTalk, unit: Unit) -> SpendingWarning:
    warning = await _open(command.agreement_id, command.year, unit)
    if command.held_on > local_date(unit.now):
        raise wrong(
            "/heldOn",
            "Het gesprek ligt in de toekomst. Leg het vast als het gevoerd is.",
            "The talk is in the future. Record it once it was held.",
            "in-future",
        )
    await queries.record_talk(
        unit.conn,
        agreement_id=command.agreement_id,
        year=command.year,
        held_on=command.held_on,
        note=command.note,
    )
    await kept(unit.conn, about_agreement(command.agreement_id, command.year), unit.now, Promise.TALK)
    return warning.model_copy(update={"talked_on": command.held_on, "talk_note": command.note})


async def record_decision(command: RecordDecision, unit: Unit) -> SpendingWarning:
    warning = await _open(command.agreement_id, command.year, unit)
    if warning.talked_on is None or command.decided_on < warning.talked_on:
        raise refused(
            "Eerst het gesprek, dan het besluit. Leg eerst vast dat het gesprek is gevoerd.",
            "First the talk, then the decision. Record first that the talk was held.",
            "talk-first",
        )
    if command.decided_on > local_date(unit.now):
        raise wrong(
            "/decidedOn",
            "Het besluit ligt in de toekomst. Leg het vast als het genomen is.",
            "The decision is in the future. Record it once it was taken.",
            "in-future",
        )
    await queries.record_decision(
        unit.conn,
        agreement_id=command.agreement_id,
        year=command.year,
        decided_on=command.decided_on,
        decision=command.decision.value,
        note=command.note,
    )
    await kept(unit.conn, about_agreement(command.agreement_id, command.year), unit.now, Promise.DECISION)
    return warning.model_copy(
        update={
            "decided_on": command.decided_on,
            "decision": command.decision,
            "decision_note": command.note,
        }
    )


async def _open(agreement_id: object, year: int, unit: Unit) -> SpendingWarning:
    row = await queries.lock_warning(unit.conn, agreement_id=agreement_id, year=year)
    warning = value(SpendingWarning, row)
    if warning.decided_on is not None:
        raise refused(
            "Over deze waarschuwing is al besloten. Het besluit ligt vast.",
            "This warning has been decided on already. The decision stands.",
            "already-decided",
        )
    return warning
