"""What changed, told live: the events that a party may see, as sentences."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.events import ALL
from services.kit.events_api import CloudEvent, EventPage
from services.kit.http import ServiceClient
from services.kit.problems import Problem
from services.portal.components import Change
from services.portal.directing.sayings import SAYINGS, Knowledge
from services.portal.directing.speech import Speech

TOLD: Final = sorted(SAYINGS)
"""The types of events that are news to people."""
RECENT: Final = 400
"""How far back each partition of a log is looked through for what is new."""
WAIT_SECONDS: Final = 8
"""How long a service holds an answer until there is news; shorter than the patience of our clients."""
RETRY_SECONDS: Final = 5.0
_MOST: Final = 300


@dataclass(frozen=True, slots=True)
class Teller:
    """Turns an event into a change for the list; nothing for what is no news to people."""

    speech: Speech
    knowledge: Knowledge

    def tell(self, source: str, given: CloudEvent) -> Change | None:
        """The change, or nothing."""
        model, say = ALL.get(given.type), SAYINGS.get(given.type)
        if model is None or say is None:
            return None
        said = say(self.speech, self.knowledge, model.model_validate(given.data))
        if said is None:
            return None
        sentence, url = said
        return Change(datetime.fromisoformat(given.time), sentence, url, f"{source}-{given.id}")


@dataclass(frozen=True, slots=True)
class News:
    """The services that tell something, and how it is told."""

    clients: Mapping[str, ServiceClient]
    teller: Teller

    async def since(self, begin: datetime, most: int) -> tuple[list[Change], dict[str, str]]:
        """The latest changes since ``begin``, newest first; and the place in each log to go on from."""
        pages = await asyncio.gather(*(self._recent(client) for client in self.clients.values()))
        cursors: dict[str, str] = {}
        changes: list[Change] = []
        for source, (events, cursor) in zip(self.clients, pages, strict=True):
            if cursor is not None:
                cursors[source] = cursor
            changes += self._told(source, events, begin)
        return sorted(changes, key=lambda change: change.when, reverse=True)[:most], cursors

    def _told(self, source: str, events: Sequence[CloudEvent], begin: datetime) -> list[Change]:
        recent = [each for each in events if datetime.fromisoformat(each.time) >= begin][-_MOST:]
        told = [self.teller.tell(source, each) for each in recent]
        return [change for change in told if change is not None]

    @staticmethod
    async def _recent(client: ServiceClient) -> tuple[list[CloudEvent], str | None]:
        events: list[CloudEvent] = []
        query: dict[str, object] = {"recent": RECENT, "type": TOLD}
        try:
            while True:
                page = await client.get(EventPage, "/events", limit=500, **query)
                events += page.items
                query = {"after": page.next, "type": TOLD}
                if len(page.items) < 500:
                    return events, page.next
        except Problem:
            # News is not worth a page that fails: what cannot be asked is left out.
            return events, None

    async def follow(self, cursors: Mapping[str, str]) -> AsyncIterator[tuple[Change, dict[str, str]]]:
        """Every change from here on, with the places to go on from after it. Ends when nobody may be asked any more."""
        places = {source: cursors.get(source) for source in self.clients}
        waiting = {asyncio.ensure_future(self._next(source, places[source])): source for source in self.clients}
        try:
            while waiting:
                done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    source, page = waiting.pop(task), task.result()
                    if page is None:
                        return
                    places[source] = page.next
                    for event in page.items:
                        if (change := self.teller.tell(source, event)) is not None:
                            yield change, {name: place for name, place in places.items() if place}
                    waiting[asyncio.ensure_future(self._next(source, page.next))] = source
        finally:
            for task in waiting:
                task.cancel()

    async def _next(self, source: str, cursor: str | None) -> EventPage | None:
        client = self.clients[source]
        query: dict[str, object] = {"after": cursor} if cursor else {"recent": 0}
        while True:
            try:
                return await client.get(EventPage, "/events", wait=WAIT_SECONDS, type=TOLD, **query)
            except Problem as problem:
                if problem.status in (401, 403):
                    # The token has ended: the browser connects again, and gets a fresh one.
                    return None
                await asyncio.sleep(RETRY_SECONDS)
