"""A watched folder: what is put there is sent, its answer is put in another folder, and only then it is moved away.

Whatever is killed in between, the next look goes on: the same content sent again gets the same answer, an answer that
stands there is left alone, and a file is moved last.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from deploy.exchange.files import move, place
from services.kit.problems import Problem, Unauthorized, Unavailable
from services.referral.client import MessageView, ReferralClient
from services.referral.istandaarden import MAX_BYTES

DONE, REFUSED = "done", "refused"
MAX_FILE_BYTES = MAX_BYTES * 4 // 3 + 1_000_000
"""A message in an envelope is a third larger (base64)."""

Line = dict[str, Any]


class Look(NamedTuple):
    """How a file was at one moment; the same twice means that nobody writes it any more."""

    size: int
    changed: int
    node: int


class Folder:
    """``incoming`` with its ``done/`` and ``refused/``, and ``outgoing`` for the answers."""

    def __init__(self, incoming: Path, outgoing: Path) -> None:
        self.incoming, self.outgoing = incoming, outgoing
        self._seen: dict[str, Look] = {}
        for directory in (incoming / DONE, incoming / REFUSED, outgoing):
            directory.mkdir(parents=True, exist_ok=True)

    def ready(self) -> list[Path]:
        """Files that are as they were at the previous look, in order of name."""
        looks = dict(self._looks())
        ready = [self.incoming / name for name, look in looks.items() if self._seen.get(name) == look]
        self._seen = looks
        return sorted(ready)

    def _looks(self) -> Iterator[tuple[str, Look]]:
        for file in self.incoming.iterdir():
            if file.suffix.lower() != ".xml" or file.name.startswith(".") or not file.is_file():
                continue
            try:
                found = file.stat()
            except FileNotFoundError:
                continue
            yield file.name, Look(found.st_size, found.st_mtime_ns, found.st_ino)

    async def send_ready(self, client: ReferralClient) -> AsyncIterator[Line]:
        """Send every file that is ready; gives a line of each.

        Raises ``Unavailable`` or ``Unauthorized`` when the service cannot be asked; the rest then waits in the folder.
        """
        for file in self.ready():
            yield await self._send(client, file)

    async def _send(self, client: ReferralClient, file: Path) -> Line:
        line: Line = {"file": str(file), "message": None, "accepted": False, "error": None, "replies": []}
        content = _read(file)
        if content is None:
            return self._refuse(file, line | {"error": f"{file.name} is larger than any message may be (25 MB)."})
        key = f"watch/{hashlib.sha256(content).hexdigest()}"
        try:
            received = await client.send_message(content, idempotency_key=key)
            answer = await self._answer(client, received)
        except (Unavailable, Unauthorized):
            raise
        except Problem as problem:
            if problem.status >= 500:
                raise Unavailable(problem.detail) from problem
            return self._refuse(file, line | {"error": problem.detail.en})
        line |= {
            "message": received.kind,
            "accepted": received.accepted,
            "level": received.level,
            "return_codes": list(received.return_codes),
            "error": None
            if received.accepted
            else "; ".join(
                f"{each.path}: {each.wrong_en}" if each.path else each.wrong_en for each in received.findings
            )
            or None,
        }
        if answer is None and received.accepted is False:
            return self._refuse(file, line)
        if answer is not None:
            name = f"{file.stem}.{received.answer_kind}.xml"
            line["replies"] = [str(place(self.outgoing, name, answer))]
        return line | {"moved": str(move(file, self.incoming / (REFUSED if received.accepted is False else DONE)))}

    @staticmethod
    async def _answer(client: ReferralClient, received: MessageView) -> bytes | None:
        return await client.message_content(received.answer_id) if received.answer_id else None

    def _refuse(self, file: Path, line: Line) -> Line:
        """What gets no retour gets a line in JSON beside the answers: why it was refused."""
        told = {"file": file.name, "error": line["error"], "level": line.get("level")}
        content = json.dumps(told, ensure_ascii=False).encode() + b"\n"
        reply = place(self.outgoing, f"{file.stem}.error.json", content)
        return line | {"replies": [str(reply)], "moved": str(move(file, self.incoming / REFUSED))}


def _read(file: Path) -> bytes | None:
    """What is in a file, unless it is larger than any message may be."""
    return None if file.stat().st_size > MAX_FILE_BYTES else file.read_bytes()
