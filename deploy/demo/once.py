"""The demonstration on the state of a stack: it is loaded once, and what was cut short is not built upon.

What it says depends on what was said before it: half of it can be neither gone on with nor repeated.
"""

import json

from deploy.demo.play import Played, play
from deploy.local.program import Report
from deploy.local.state import State
from deploy.local.supervisor import Stack


class Demonstration:
    """Whether and how far the demonstration was loaded on ``state``."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._begun = state.path("demo-begun")
        self._played = state.path("demo-played.json")

    @property
    def loaded(self) -> bool:
        return self._played.exists()

    @property
    def half_loaded(self) -> bool:
        """It is being loaded now, or that was cut short."""
        return self._begun.exists() and not self.loaded

    def throw_away(self) -> None:
        """Begin on an empty state, of a stack that does not run."""
        self._state.clear()
        for mark in (self._begun, self._played):
            mark.unlink(missing_ok=True)

    async def load(self, stack: Stack, report: Report, *, seed: int = 2026) -> Played:
        """Play everything on a fresh stack. Raises the ``Problem`` of whatever a service refuses."""
        self._begun.touch()
        played = await play(stack, report, seed=seed)
        self._played.write_text(json.dumps(played.as_json, ensure_ascii=False, indent=1) + "\n")
        return played
