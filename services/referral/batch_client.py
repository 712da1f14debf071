"""Batches of messages for other processes: part of :class:`services.referral.client.ReferralClient`."""

from collections.abc import Sequence
from typing import IO
from uuid import UUID

import httpx

from services.kit.http import ServiceClient, path
from services.kit.paging import Page
from services.kit.problems import Problem, Unavailable, problem_from
from services.kit.tracing import current_traceparent
from services.referral.batch_views import BatchItemView, BatchProgress, BatchView

BATCH_TIMEOUT_SECONDS = 600.0
"""How long the largest batch may take to be kept."""


class BatchCalls(ServiceClient):
    """What people and the workflow do with batches."""

    async def submit_batch(self, files: Sequence[tuple[str, IO[bytes] | bytes]], *, idempotency_key: str) -> BatchView:
        """Submit many messages: files by name, zips among them. Read as they are sent, never whole into memory.

        Tried once: repeat it yourself, with the same key.
        """
        headers = await self._headers() | {"Idempotency-Key": idempotency_key}
        sent = [("file", (name, content, "application/octet-stream")) for name, content in files]
        try:
            answer = await self._client.post(
                f"{self._base}/message-batches", files=sent, headers=headers, timeout=BATCH_TIMEOUT_SECONDS
            )
        except httpx.TransportError as error:
            raise Unavailable() from error
        if not answer.is_success:
            raise _problem(answer)
        return BatchView.model_validate_json(answer.content)

    async def batches(self, *, limit: int = 50, after: str | None = None) -> Page[BatchView]:
        """The caller's batches, latest first."""
        return await self.get(Page[BatchView], "/message-batches", limit=limit, after=after)

    async def batch(self, batch_id: UUID) -> BatchView:
        """One batch, with how far it is."""
        return await self.get(BatchView, _one(batch_id))

    async def batch_items(
        self, batch_id: UUID, *, wrong: bool | None = None, limit: int = 50, after: str | None = None
    ) -> Page[BatchItemView]:
        """What became of each file of a batch; ``wrong``: only those that were not accepted."""
        return await self.get(Page[BatchItemView], f"{_one(batch_id)}/items", wrong=wrong, limit=limit, after=after)

    async def batch_results(self, batch_id: UUID) -> bytes:
        """What became of each file, as CSV."""
        return await self._file(f"{_one(batch_id)}/results", "text/csv")

    async def batch_replies(self, batch_id: UUID) -> bytes:
        """Every message written on the files of a batch, in a zip; the look is recorded."""
        return await self._file(f"{_one(batch_id)}/replies", "application/zip")

    async def _file(self, address: str, media_type: str) -> bytes:
        """A file over a whole batch, which takes longer than an ordinary look."""
        headers = await self._headers() | {"Accept": media_type}
        try:
            answer = await self._client.get(self._base + address, headers=headers, timeout=BATCH_TIMEOUT_SECONDS)
        except httpx.TransportError as error:
            raise Unavailable() from error
        if not answer.is_success:
            raise _problem(answer)
        return answer.content

    async def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json", "Accept-Language": str(self._language)}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {await self._token()}"
        if traceparent := current_traceparent():
            headers["traceparent"] = traceparent
        return headers

    async def receive_batch_step(self, batch_id: UUID, *, idempotency_key: str) -> BatchProgress:
        """Receive the next files of a batch. For the workflow."""
        return await self.post(BatchProgress, f"{_one(batch_id)}/steps", idempotency_key=idempotency_key)


def _one(batch_id: UUID) -> str:
    return path("/message-batches/{id}", id=batch_id)


def _problem(answer: httpx.Response) -> Problem:
    try:
        document = answer.json()
    except ValueError:
        document = None
    return problem_from(answer.status_code, document if isinstance(document, dict) else None)
