"""What the decision on a request asks of the referral service."""

from temporalio import activity

from services.referral.client import ReferralClient
from workflows.business import Step
from workflows.steps import subject_of, unless_overtaken


class RequestSteps:
    """The activities of :class:`RequestDecision`, with the client through which they act."""

    def __init__(self, client: ReferralClient) -> None:
        self._client = client

    @activity.defn(name="remind_of_request")
    async def remind_of_request(self, step: Step) -> None:
        """The decision is almost due, or late: the access team and the provider are told."""
        overdue = step.detail["overdue"] == "yes"
        command = self._client.remind_of_request(subject_of(step), overdue=overdue, idempotency_key=step.key)
        await unless_overtaken(step, command)
