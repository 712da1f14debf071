"""A time-skipping Temporal server per test run, and a worker whose activities write down what they were asked."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from services.kit.keyring import KeyRing, new_key_line
from workflows.business import Fact, Step
from workflows.codec import data_converter
from workflows.routes import WORKFLOWS

STEPS = (
    "remind",
    "escalate",
    "register_no_answer",
    "offer_to_next_provider",
    "lapse_offers",
    "remind_of_request",
    "promise_ends",
    "miss_receipt",
    "advance",
    "remind_assessment",
    "open_planned_round",
    "remind_round",
    "close_round",
    "publish_round",
    "receive_batch_step",
)


@dataclass
class Recorder:
    """Stands where the services are: remembers each step and the moment it was asked."""

    steps: list[tuple[str, Step, datetime]] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    """What each step of a batch leaves waiting."""

    def activities(self) -> list[Any]:
        return [self._activity(name) for name in STEPS]

    def _activity(self, name: str) -> Any:
        @activity.defn(name=name)
        async def record(step: Step) -> int | None:
            self.steps.append((name, step, activity.info().scheduled_time))
            if name != "receive_batch_step":
                return None  # a step of any other workflow answers nothing
            return self.waiting.pop(0) if self.waiting else 0

        return record

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.steps]

    def moment(self, name: str) -> datetime:
        return next(moment for step, _, moment in self.steps if step == name)


class Facts:
    """Sends events about one subject, numbered as their log would."""

    def __init__(self, handle: WorkflowHandle[Any, Any], source: str, subject: str) -> None:
        self._handle = handle
        self._source = source
        self._subject = subject
        self.sequence = 1

    async def send(self, type_: str, *, sequence: int | None = None, **data: Any) -> None:
        self.sequence = sequence or self.sequence + 1
        await self._handle.signal("fact", Fact(self._source, self._subject, self.sequence, type_, data))


@pytest.fixture(scope="session")
async def time_skipping() -> AsyncIterator[WorkflowEnvironment]:
    ring = KeyRing.parse(new_key_line("test", lambda size: b"k" * size), "WORKFLOW_KEY_FILE")
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(Path(sys.executable).parent / "temporal-test-server"),
        data_converter=data_converter(ring),
    ) as environment:
        yield environment


@asynccontextmanager
async def working(client: Client, recorder: Recorder, queue: str) -> AsyncIterator[None]:
    """A worker that replays every workflow from its history at each task: nothing is kept in memory."""
    async with Worker(
        client,
        task_queue=queue,
        workflows=list(WORKFLOWS.values()),
        activities=recorder.activities(),
        max_cached_workflows=0,
    ):
        yield


def keys(steps: Sequence[tuple[str, Step, datetime]]) -> list[str]:
    return [step.key for _, step, _ in steps]
