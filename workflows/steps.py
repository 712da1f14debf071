"""How a step of a workflow becomes a command of a service, once.

A refusal of the service that says the moment has passed (the provider answered just before its term ended) is an
answer: the event that overtook the step moves the workflow on. Everything else is tried again until it works; so is a
step that came before its term ended, by the clock of the service, and one that cannot be done for another reason than
what happened to its subject: no event would follow, and the workflow would wait for ever.
"""

from collections.abc import Awaitable
from uuid import UUID

import structlog
from temporalio import activity

from services.kit.problems import Conflict, NotFound
from workflows.business import Step

log = structlog.get_logger(__name__)

NOT_OVERTAKEN = frozenset({"term-running", "stacking"})
"""The codes of a conflict after which no event comes: the term did not end yet; another allocation is in the way."""


async def unless_overtaken(step: Step, command: Awaitable[object]) -> None:
    """Carry out ``command``; say so when something else came first."""
    try:
        await command
    except (Conflict, NotFound) as problem:
        if not NOT_OVERTAKEN.isdisjoint((problem.code, *(error.code for error in problem.errors))):
            raise
        log.info("step_overtaken", step=step.name, workflow_id=activity.info().workflow_id, code=problem.code)


def subject_of(step: Step) -> UUID:
    """The aggregate that a step is about."""
    return UUID(step.subject)
