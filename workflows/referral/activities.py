"""What the referral journey asks of the referral service."""

from temporalio import activity

from services.referral.client import Promise, ReferralClient
from workflows.business import Step
from workflows.steps import subject_of, unless_overtaken


class ReferralSteps:
    """The activities of :class:`ReferralJourney`, with the client through which they act."""

    def __init__(self, client: ReferralClient) -> None:
        self._client = client

    @activity.defn(name="remind")
    async def remind(self, step: Step) -> None:
        """Remind the party whose promise is almost due."""
        promise = Promise(step.detail["promise"])
        await unless_overtaken(step, self._client.remind(subject_of(step), promise, idempotency_key=step.key))

    @activity.defn(name="escalate")
    async def escalate(self, step: Step) -> None:
        """Put a promise that was not kept before the access team."""
        promise = Promise(step.detail["promise"])
        await unless_overtaken(step, self._client.escalate(subject_of(step), promise, idempotency_key=step.key))

    @activity.defn(name="register_no_answer")
    async def register_no_answer(self, step: Step) -> None:
        """The provider let its term pass."""
        await unless_overtaken(step, self._client.register_no_answer(subject_of(step), idempotency_key=step.key))

    @activity.defn(name="lapse_offers")
    async def lapse_offers(self, step: Step) -> None:
        """Nobody claimed in time what was offered to several providers."""
        await unless_overtaken(step, self._client.lapse_offers(subject_of(step), idempotency_key=step.key))

    @activity.defn(name="offer_to_next_provider")
    async def offer_to_next_provider(self, step: Step) -> None:
        """Offer the allocation to the provider with the shortest wait that was not asked before."""
        await unless_overtaken(step, self._client.offer(subject_of(step), idempotency_key=step.key))
