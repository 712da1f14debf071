"""What the watch over later ends asks of the referral service."""

from temporalio import activity

from services.referral.client import ReferralClient
from workflows.business import Step
from workflows.steps import subject_of, unless_overtaken


class EndsSteps:
    """The activities of :class:`LaterEnds`, with the client through which they act."""

    def __init__(self, client: ReferralClient) -> None:
        self._client = client

    @activity.defn(name="promise_ends")
    async def promise_ends(self, step: Step) -> None:
        """Promise the ends of a file that came near."""
        await unless_overtaken(step, self._client.promise_ends(subject_of(step), idempotency_key=step.key))
