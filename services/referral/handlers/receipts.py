"""Whether the other side confirms what was sent: with a retour before its term (iWmo/iJw 3.2 OP090)."""

from contracts.events.exchange import ReceiptMissed
from services.kit.problems import Conflict, NotFound, Text
from services.kit.unit import Unit
from services.referral.chain_views import ExchangeSettings
from services.referral.commands import MissReceipt, SetExchange
from services.referral.handlers import deadlines
from services.referral.handlers.context import Context
from services.referral.handlers.received.inbound import get, view
from services.referral.store import queries
from services.referral.views import MessageView


async def miss_receipt(context: Context, command: MissReceipt, unit: Unit) -> MessageView:
    """Say that a retour did not come in time; nothing when it came meanwhile, or that was said before."""
    row = await queries.lock_message(unit.conn, message_id=command.message_id)
    if row is None:
        raise NotFound()
    due = row["receipt_due"]
    if due is not None and not row["answered"] and not row["receipt_missed"]:
        if unit.now < due:
            raise Conflict(Text("De termijn loopt nog.", "The term still runs."), code="term-running")
        await queries.miss_receipt(unit.conn, message_id=command.message_id)
        unit.emit(
            command.message_id,
            ReceiptMissed(
                message_id=command.message_id,
                kind=row["kind"],
                sender=row["sender"],
                receiver=row["receiver"],
                due=due,
                missed_at=unit.now,
            ),
            audience=(row["sender"], row["receiver"]),
        )
    await deadlines.close_receipt(unit, command.message_id)
    return view(await get(unit, command.message_id))


async def set_exchange(context: Context, command: SetExchange, unit: Unit) -> ExchangeSettings:
    """Say whether the caller's own software sends the retours."""
    await queries.put_exchange_setting(unit.conn, party=unit.actor.party, own_retours=command.own_retours)
    return ExchangeSettings(own_retours=command.own_retours)
