"""How many tasks wait for a worker, as Temporal estimates it: what an operator scales the workers by."""

import asyncio

import structlog
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from services.kit import metrics

log = structlog.get_logger(__name__)

EVERY_SECONDS = 5.0
KINDS = {
    "workflow": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "activity": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


async def waiting(temporal: Client, queue: str) -> dict[str, int]:
    """The number of tasks that wait on ``queue``, by kind. Raises ``RPCError`` when Temporal does not answer."""
    found = {}
    for kind, number in KINDS.items():
        answer = await temporal.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=temporal.namespace,
                task_queue=TaskQueue(name=queue),
                task_queue_type=number,
                report_stats=True,
            )
        )
        found[kind] = answer.stats.approximate_backlog_count
    return found


async def measure(temporal: Client, queue: str) -> None:
    """Keep the gauge of waiting tasks current."""
    while True:
        try:
            for kind, count in (await waiting(temporal, queue)).items():
                metrics.WORKFLOW_BACKLOG.labels(queue, kind).set(count)
        except RPCError as error:
            log.warning("backlog_unknown", queue=queue, error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
