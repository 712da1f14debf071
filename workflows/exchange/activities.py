"""What the receiving of a batch asks of the referral service."""

from temporalio import activity

from services.referral.client import ReferralClient
from workflows.business import Step
from workflows.steps import subject_of


class ExchangeSteps:
    """The activities of :class:`MessageBatch`, with the client through which they act."""

    def __init__(self, client: ReferralClient) -> None:
        self._client = client

    @activity.defn(name="receive_batch_step")
    async def receive_batch_step(self, step: Step) -> int:
        """Receive the next files; gives how many still wait. The last step finishes the batch."""
        progress = await self._client.receive_batch_step(subject_of(step), idempotency_key=step.key)
        return progress.waiting
