"""Workflows that began under the code of then go on under the code of now: every committed history is replayed.

A change that a running workflow would not survive fails here, before it is deployed. ``record.py`` says how to go on.
"""

import base64
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from tests.workflows.record import DIRECTORY, STORIES
from workflows.commissioning import workflow as procedures
from workflows.referral import workflow as journeys
from workflows.reporting import calendar
from workflows.reporting import workflow as rounds
from workflows.routes import WORKFLOWS

HISTORIES = sorted(DIRECTORY.glob("*.json"))
NAMES = [file.stem for file in HISTORIES]


def history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))


def test_every_story_is_recorded() -> None:
    assert set(STORIES) <= set(NAMES), "python -m tests.workflows.record"


def test_every_workflow_has_a_history_of_each_of_its_endings() -> None:
    endings = {(file.stem.split("-")[0], STORIES[file.stem][2]) for file in HISTORIES if file.stem in STORIES}
    assert endings == {
        ("journey", "started"),
        ("journey", "refused"),
        ("journey", "withdrawn"),
        ("care", "ended"),
        ("request", "granted"),
        ("request", "rejected"),
        ("message", "confirmed"),
        ("message", "missed"),
        ("commission", "final"),
        ("commission", "withdrawn"),
        ("round", "published"),
        ("calendar", "running"),
        ("batch", "finished"),
        ("ends", "promised"),
    }


@pytest.mark.parametrize("file", HISTORIES, ids=NAMES)
async def test_a_committed_history_replays(file: Path) -> None:
    await Replayer(workflows=list(WORKFLOWS.values())).replay_workflow(history(file))


def _payloads(part: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, dict):
        if "metadata" in part and "data" in part:
            yield part
        for value in part.values():
            yield from _payloads(value)
    elif isinstance(part, list):
        for value in part:
            yield from _payloads(value)


@pytest.mark.parametrize("file", HISTORIES, ids=NAMES)
def test_a_committed_history_is_readable(file: Path) -> None:
    """Not encrypted: a key that rotates would take the corpus along."""
    payloads = list(_payloads(json.loads(file.read_text(encoding="utf-8"))))
    assert payloads
    for payload in payloads:
        assert base64.b64decode(payload["metadata"]["encoding"]) in (b"json/plain", b"binary/null", b"json/protobuf")


CHANGES = [
    (
        journeys,
        "ReferralJourney",
        'self.act("remind", journey.referral_id, f',
        'self.act("remind_kindly", journey.referral_id, f',
    ),
    (journeys, "ReferralJourney", "if journey.remind_at is not None:", "if False:"),
    (journeys, "ReferralJourney", 'await self.act("offer_to_next_provider"', 'self.act("offer_to_next_provider"'),
    (procedures, "CommissioningProcedure", '"answered": (procedure.applications_due,', '"answered": (None,'),
    (procedures, "CommissioningProcedure", 'self.act("remind_assessment"', 'self.act("advance"'),
    (calendar, "RoundCalendar", "if state.month == month:", "if state.month != month:"),
    (rounds, "ReportingRound", "if not state.closed:", "if state.closed:"),
]
"""Changes that look harmless, and that a running workflow would not survive."""


def changed(module: ModuleType, name: str, before: str, after: str) -> type[Any]:
    """The workflow as it would be after a change of its source."""
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    assert source.count(before) == 1, f"{module.__name__} no longer has {before!r}: choose another change"
    copy = ModuleType(f"changed_{module.__name__}")
    sys.modules[copy.__name__] = copy  # where dataclasses look their annotations up
    exec(compile(source.replace(before, after), copy.__name__, "exec"), vars(copy))
    built: type[Any] = vars(copy)[name]
    return built


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize(("module", "name", "before", "after"), CHANGES, ids=[change[2] for change in CHANGES])
async def test_a_change_that_running_workflows_do_not_survive_is_caught(
    module: ModuleType, name: str, before: str, after: str
) -> None:
    kind = {
        "ReferralJourney": "journey",
        "CommissioningProcedure": "commission",
        "ReportingRound": "round",
        "RoundCalendar": "calendar",
    }[name]
    replayer = Replayer(workflows=[changed(module, name, before, after)], workflow_runner=UnsandboxedWorkflowRunner())
    failures = []
    for file in HISTORIES:
        if file.stem.startswith(kind):
            result = await replayer.replay_workflow(history(file), raise_on_replay_failure=False)
            failures.append(result.replay_failure)
    caught = [failure for failure in failures if isinstance(failure, NondeterminismError)]
    assert caught, failures
