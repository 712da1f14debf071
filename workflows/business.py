"""What every workflow of ours shares: facts that arrive as signals, and waiting on the business clock.

Business now is the machine's time plus an offset, zero in production. ``until`` waits with a durable timer that the
update ``clock_moved`` sets anew, so that a demonstration passes months in seconds, with exact dates.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

STEP_TIMEOUT = timedelta(seconds=30)
STEP_RETRIES = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=30)
)
"""A service that is away is waited for; what a service refuses is an answer, not a failure."""


@dataclass(frozen=True)
class Fact:
    """An event, as a signal: its place in the log of its source, and its data as in the contract (camelCase)."""

    source: str
    subject: str
    sequence: int
    type: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One command that a workflow asks of a service. ``key`` makes it happen once: workflow id, step and ordinal."""

    name: str
    key: str
    subject: str
    detail: dict[str, str] = field(default_factory=dict)


@dataclass
class Progress:
    """What outlives continue-as-new: the last sequence per (source, subject), and the clock."""

    offset_seconds: float = 0.0
    seen: dict[str, int] = field(default_factory=dict)


class BusinessWorkflow:
    """Base of our workflows. A subclass is a state that ``apply`` changes, and a ``run`` that waits for changes."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.changes = 0
        self._clock_moves = 0

    def apply(self, fact: Fact) -> None:
        """Take in a fact that was not seen before. Must not wait."""
        raise NotImplementedError

    @workflow.signal
    def fact(self, fact: Fact) -> None:
        """An event about this workflow's subject. Redelivered and reordered events change nothing."""
        place = f"{fact.source}/{fact.subject}"
        if fact.sequence <= self.progress.seen.get(place, 0):
            return
        self.progress.seen[place] = fact.sequence
        self.apply(fact)
        self.changes += 1

    @workflow.update
    def clock_moved(self, offset_seconds: float) -> None:
        """The business clock was set: wait on from there. Only the demonstration and tests do this."""
        self.progress.offset_seconds = offset_seconds
        self._clock_moves += 1

    @workflow.query
    def facts_seen(self) -> dict[str, int]:
        """The last sequence taken in, per source and subject."""
        return self.progress.seen

    def now(self) -> datetime:
        """Business now, UTC."""
        return workflow.now() + timedelta(seconds=self.progress.offset_seconds)

    async def until(self, due: datetime, unless: Callable[[], bool]) -> bool:
        """Wait until ``due`` on the business clock; gives ``False`` when ``unless`` became true before it."""
        while not unless():
            left = due - self.now()
            if left <= timedelta(0):
                return True
            moves = self._clock_moves
            try:
                await workflow.wait_condition(lambda: unless() or self._clock_moves != moves, timeout=left)  # noqa: B023
            except TimeoutError:
                continue
        return False

    async def changed_since(self, changes: int) -> None:
        """Wait for the next fact after ``changes``."""
        await workflow.wait_condition(lambda: self.changes != changes)

    async def act(self, name: str, subject: str, ordinal: str | int, **detail: str) -> None:
        """Ask a service for one command, once, however often this is replayed or retried."""
        step = Step(name, f"{workflow.info().workflow_id}/{name}/{ordinal}", subject, detail)
        await workflow.execute_activity(
            name, step, start_to_close_timeout=STEP_TIMEOUT, retry_policy=STEP_RETRIES, result_type=type(None)
        )


def parse_instant(text: Any) -> datetime:
    """An instant in the data of an event: RFC 3339."""
    return datetime.fromisoformat(text)


def parse_instant_or_none(text: Any) -> datetime | None:
    """Like ``parse_instant``; ``None`` stays ``None``."""
    return None if text is None else parse_instant(text)
