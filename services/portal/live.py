"""Live parts of a page by server-sent events: what changed since the visitor was last here.

A page shows its contents as they are and names an address that sends the same part again when it changes (the macro
``live_region``). Without JavaScript the page is simply as old as its last load.
"""

import asyncio
from collections.abc import AsyncIterator

from fastapi import Request
from fastapi.responses import StreamingResponse

KEEP_ALIVE_SECONDS = 20.0


def message(event: str, html: str, identifier: str | None = None) -> str:
    """One event in the text/event-stream format (HTML Living Standard, 9.2)."""
    head = f"id: {identifier}\n" if identifier else ""
    body = "\n".join(f"data: {line}" for line in html.splitlines())
    return f"{head}event: {event}\n{body}\n\n"


async def _with_keep_alive(request: Request, messages: AsyncIterator[str], every: float) -> AsyncIterator[str]:
    upcoming: asyncio.Task[str] | None = None
    try:
        yield ": connected\n\n"
        while not await request.is_disconnected():
            upcoming = upcoming or asyncio.ensure_future(anext(messages))
            done, _ = await asyncio.wait({upcoming}, timeout=every)
            if not done:
                yield ": still here\n\n"
                continue
            try:
                yield upcoming.result()
            except StopAsyncIteration:
                return
            upcoming = None
    finally:
        if upcoming is not None:
            upcoming.cancel()


def event_stream(
    request: Request, messages: AsyncIterator[str], keep_alive: float = KEEP_ALIVE_SECONDS
) -> StreamingResponse:
    """An answer that stays open and sends ``messages`` (made with :func:`message`) as they come."""
    return StreamingResponse(
        _with_keep_alive(request, messages, keep_alive),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
