"""The receipt of one message: its retour comes within three working days, or its sender is told (OP090)."""

from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.business import BusinessWorkflow, Fact, Progress, parse_instant

WRITTEN = "nl.samenspel.messages.written.v1"
RECEIVED = "nl.samenspel.messages.received.v1"


@dataclass
class Receipt:
    """What is known of one message that was sent."""

    message_id: str
    due: datetime | None = None
    confirmed: bool = False
    progress: Progress = field(default_factory=Progress)


@workflow.defn
class MessageReceipt(BusinessWorkflow):
    """One message, ``message/<id>``. Ends with ``confirmed`` or ``missed``."""

    @workflow.init
    def __init__(self, receipt: Receipt, opening: Fact | None = None) -> None:
        super().__init__(receipt.progress)
        self.receipt = receipt
        if opening is not None:
            self.fact(opening)

    @workflow.run
    async def run(self, receipt: Receipt, opening: Fact | None = None) -> str:
        """``opening`` is the event that the message was written."""
        state = self.receipt
        if state.due is not None and await self.until(state.due, lambda: state.confirmed):
            await self.act("miss_receipt", state.message_id, 1)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "confirmed" if state.confirmed else "missed"

    def apply(self, fact: Fact) -> None:
        """The message was written, or its retour came."""
        if fact.type == WRITTEN:
            self.receipt.due = parse_instant(fact.data["receiptDue"])
        elif fact.type == RECEIVED:
            self.receipt.confirmed = True
