"""Everything that was written for a party since the last time, as files: each message once.

``.fetched.json`` in the directory remembers how far it came. Messages that were being written at that moment may appear
behind it, so the last hour is looked through again, and what was fetched of it is remembered by name.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.exchange.files import place
from deploy.local.errors import LocalError
from services.referral.client import MessageView, ReferralClient

REMEMBERED = ".fetched.json"
AGAIN = timedelta(hours=1)
_PAGE = 200

Line = dict[str, Any]


class Fetched:
    """What of a directory was fetched before. ``since`` goes before what is remembered."""

    def __init__(self, directory: Path, since: datetime | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._file = directory / REMEMBERED
        self._latest, self._recent = self._read()
        if since is not None:
            self._recent = {}
        self.after = since if since is not None else self._latest - AGAIN if self._latest else None

    def _read(self) -> tuple[datetime | None, dict[str, str]]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return datetime.fromisoformat(found["latest"]), dict(found["recent"])
        except FileNotFoundError:
            return None, {}
        except (OSError, ValueError, KeyError, TypeError):
            raise LocalError(f"{self._file} cannot be read. Remove it to fetch everything again.") from None

    def knows(self, message: MessageView) -> bool:
        return str(message.message_id) in self._recent

    def remember(self, message: MessageView) -> None:
        self._latest = max(self._latest or message.at, message.at)
        self._recent[str(message.message_id)] = message.at.isoformat()
        kept = self._latest - AGAIN
        self._recent = {name: at for name, at in self._recent.items() if datetime.fromisoformat(at) >= kept}
        told = {"latest": self._latest.isoformat(), "recent": self._recent}
        scratch = self._file.with_name(f"{REMEMBERED}.part")
        scratch.write_text(json.dumps(told), encoding="utf-8")
        scratch.replace(self._file)


async def fetch(client: ReferralClient, fetched: Fetched, *, others: bool = False) -> AsyncIterator[Line]:
    """Fetch what is new, oldest first; gives a line of each.

    With ``others`` also what other parties sent through Samenspel and was approved.
    """
    for message in reversed([each async for each in _new(client, fetched, others)]):
        content = await client.message_content(message.message_id)
        at = message.at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        file = place(fetched.directory, f"{at}.{message.kind or 'message'}.{message.message_id}.xml", content)
        fetched.remember(message)
        yield {
            "file": str(file),
            "message": message.kind,
            "message_id": str(message.message_id),
            "sender": message.sender,
            "identification": message.identification,
            "at": message.at.isoformat(),
        }


async def _new(client: ReferralClient, fetched: Fetched, others: bool) -> AsyncIterator[MessageView]:
    """What is new, latest first."""
    after: str | None = None
    while True:
        page = await client.messages(direction=None if others else "written", sent=False, limit=_PAGE, after=after)
        for message in page.items:
            if fetched.after is not None and message.at < fetched.after:
                return
            if not fetched.knows(message) and (message.direction == "written" or message.accepted):
                yield message
        after = page.next
        if after is None:
            return
