"""One running stack with a small region, and people who look at its portal."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import free_port
from deploy.local.supervisor import Stack
from tests.web.conftest import BROKER
from tests.web.pages_access_provider.region import Region
from tests.web.visitor import Window, Windows

Open = Callable[..., AbstractAsyncContextManager[Window]]


@pytest.fixture(scope="session")
async def region() -> AsyncIterator[Region]:
    """Commissioning, referral and the portal on real engines, with providers, agreements and places."""
    directory = Path(tempfile.mkdtemp(prefix="samenspel-test-"))
    processes = ("commissioning", "referral", "portal")
    try:
        async with (
            Stack(directory, broker=BROKER, processes=processes, port=free_port(), durable=False) as stack,
            httpx.AsyncClient(timeout=20) as http,
        ):
            founded = Region(stack, http)
            await founded.found()
            yield founded
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
async def signed_in(region: Region, windows: Windows) -> Open:
    """``async with signed_in("planner-noordster") as window``: a window of that person, by a real sign-in."""

    @asynccontextmanager
    async def window(person: str, path: str = "/home", *, javascript: bool = True) -> AsyncIterator[Window]:
        async with windows.open(region.stack.url("portal"), javascript=javascript) as opened:
            await opened.page.goto(f"{opened.url}/sign-in?login_hint={person}&next={path}")
            yield opened

    return window
