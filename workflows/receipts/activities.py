"""What the receipt of a message asks of the referral service."""

from temporalio import activity

from services.referral.client import ReferralClient
from workflows.business import Step
from workflows.steps import subject_of, unless_overtaken


class ReceiptSteps:
    """The activities of :class:`MessageReceipt`, with the client through which they act."""

    def __init__(self, client: ReferralClient) -> None:
        self._client = client

    @activity.defn(name="miss_receipt")
    async def miss_receipt(self, step: Step) -> None:
        """The retour did not come in time: the sender is told."""
        await unless_overtaken(step, self._client.miss_receipt(subject_of(step), idempotency_key=step.key))
