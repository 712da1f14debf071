"""What a workflow does with a refusal of a service: go on when it came too late, try again when it came too early."""

from uuid import UUID

import pytest
from temporalio.testing import ActivityEnvironment

from services.kit.problems import Conflict, NotFound, Problem
from workflows.business import Step
from workflows.steps import unless_overtaken

STEP = Step("remind", "referral/1/remind/1", str(UUID(int=1)))


async def refused(problem: Problem) -> None:
    raise problem


@pytest.mark.parametrize("problem", [Conflict(code="not-now"), Conflict(code="no-term"), NotFound()])
async def test_a_step_that_was_overtaken_is_done(problem: Problem) -> None:
    await ActivityEnvironment().run(unless_overtaken, STEP, refused(problem))


async def test_a_step_that_is_too_early_is_tried_again() -> None:
    with pytest.raises(Conflict):
        await ActivityEnvironment().run(unless_overtaken, STEP, refused(Conflict(code="term-running")))


@pytest.mark.parametrize("code", ["stacking", "no-agreement", "conflict"])
async def test_a_step_that_something_else_stands_in_the_way_of_is_tried_again(code: str) -> None:
    """Taken for overtaken it would leave the workflow waiting for an event that nobody sends."""
    with pytest.raises(Conflict):
        await ActivityEnvironment().run(unless_overtaken, STEP, refused(Conflict(code=code)))
