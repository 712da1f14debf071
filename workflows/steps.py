"""How a step of a workflow becomes a command of a service, once.

A refusal of the service that says the moment has passed (the provider answered just before its term ended) is an
answer: the event that overtook the step moves the workflow on. Everything else is tried again until it works, since no
event would follow and the workflow would wait for ever: a term that did not end yet by the clock of the service, or
another reason than what happened to the subject of the step.
"""

from collections.abc import Awaitable
from uuid import UUID

import structlog
from temporalio import activity

from services.kit.problems import Conflict, NotFound
from workflows.business import Step

log = structlog.get_logger(__name__)

OVERTAKEN = frozenset({"not-now", "no-term"})
"""The codes of a conflict that say what happened to the subject meanwhile: another status, or the promise fell away."""


async def unless_overtaken(step: Step, command: Awaitable[object]) -> None:
    """Carry out ``command``; say so when something else came first, or the subject is gone."""
    try:
        await command
    except (Conflict, NotFound) as problem:
        if isinstance(problem, Conflict) and problem.code not in OVERTAKEN:
            raise
        log.info("step_overtaken", step=step.name, workflow_id=activity.info().workflow_id, code=problem.code)


def subject_of(step: Step) -> UUID:
    """The aggregate that a step is about."""
    return UUID(step.subject)
