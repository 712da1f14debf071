"""What the reporting round and the calendar of a region ask of the monitoring service."""

from temporalio import activity

from services.monitoring.client import MonitoringClient
from workflows.business import Step
from workflows.steps import subject_of, unless_overtaken


class ReportingSteps:
    """The activities of :class:`ReportingRound` and :class:`RoundCalendar`, with the client through which they act."""

    def __init__(self, client: MonitoringClient) -> None:
        self._client = client

    @activity.defn(name="open_planned_round")
    async def open_planned_round(self, step: Step) -> None:
        """Open the round that is due."""
        month = step.detail["month"]
        await unless_overtaken(step, self._client.open_planned_round(step.subject, month, idempotency_key=step.key))

    @activity.defn(name="remind_round")
    async def remind_round(self, step: Step) -> None:
        """Remind the providers that did not report yet."""
        await unless_overtaken(step, self._client.remind_round(subject_of(step), idempotency_key=step.key))

    @activity.defn(name="close_round")
    async def close_round(self, step: Step) -> None:
        """Close the round: what comes now belongs to a correction."""
        await unless_overtaken(step, self._client.close_round(subject_of(step), idempotency_key=step.key))

    @activity.defn(name="publish_round")
    async def publish_round(self, step: Step) -> None:
        """Release the figures of the round, frozen, per area."""
        await unless_overtaken(step, self._client.publish_round(subject_of(step), idempotency_key=step.key))
