"""What the commissioning procedure asks of the commissioning service."""

from temporalio import activity

from services.commissioning.client import CommissioningClient, Stage
from workflows.business import Step
from workflows.steps import subject_of, unless_overtaken


class CommissioningSteps:
    """The activities of :class:`CommissioningProcedure`, with the client through which they act."""

    def __init__(self, client: CommissioningClient) -> None:
        self._client = client

    @activity.defn(name="advance")
    async def advance(self, step: Step) -> None:
        """The next stage begins: questions close, applications close, or the standstill ends."""
        command = self._client.advance_commission(subject_of(step), Stage(step.detail["stage"]), step.key)
        await unless_overtaken(step, command)

    @activity.defn(name="remind_assessment")
    async def remind_assessment(self, step: Step) -> None:
        """The assessment term passed without a decision."""
        await unless_overtaken(step, self._client.remind_assessment(subject_of(step), step.key))
