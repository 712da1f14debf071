"""One running stack with a small region, its people as readers without JavaScript, and windows of a real browser."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import free_port
from deploy.local.supervisor import Stack
from tests.web.conftest import BROKER
from tests.web.pages_manager_council.reader import Reader
from tests.web.pages_manager_council.world import World, build
from tests.web.visitor import Window, Windows

Read = Callable[..., Awaitable[Reader]]
Open = Callable[..., AbstractAsyncContextManager[Window]]
PROCESSES = ("council", "commissioning", "referral", "monitoring", "portal")


@pytest.fixture(scope="module")
async def world() -> AsyncIterator[World]:
    """The four services and the portal on real engines, on the morning of 14 August 2026."""
    directory = Path(tempfile.mkdtemp(prefix="samenspel-test-"))
    try:
        async with (
            Stack(directory, broker=BROKER, processes=PROCESSES, port=free_port(), durable=False) as stack,
            httpx.AsyncClient(timeout=60) as http,
        ):
            founded = World(stack, http)
            await build(founded)
            yield founded
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
async def read(world: World) -> AsyncIterator[Read]:
    """``await read("clerk-heumen")``: that person without JavaScript; ``await read()``: a visitor."""
    async with AsyncExitStack() as stack:

        async def reader(person: str | None = None) -> Reader:
            client = await stack.enter_async_context(
                httpx.AsyncClient(base_url=world.stack.url("portal"), follow_redirects=True, timeout=30)
            )
            found = Reader(client)
            return await found.sign_in(person) if person else found

        yield reader


@pytest.fixture
async def window(world: World, windows: Windows) -> Open:
    """``async with window("planner-waalwind", "/outcomes") as opened``: a browser window, by a real sign-in."""

    @asynccontextmanager
    async def opened(person: str | None, path: str) -> AsyncIterator[Window]:
        address = f"/sign-in?login_hint={person}&next={path}" if person else path
        async with windows.open(world.stack.url("portal")) as found:
            await found.page.goto(found.url + address)
            yield found

    return opened
