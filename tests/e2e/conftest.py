"""The whole of Samenspel running, with a browser in front of it."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from deploy.demo.play import theatre
from deploy.local.supervisor import Stack
from tests.e2e.walk import Walk
from tests.web.conftest import BROKER, free_port
from tests.web.visitor import ARGUMENTS, BROWSER, Windows


@pytest.fixture(scope="module")
async def walk() -> AsyncIterator[Walk]:
    """Every engine and process on a state directory of its own, and Debian's Chromium."""
    directory = Path(tempfile.mkdtemp(prefix="samenspel-test-"))
    try:
        async with (
            Stack(directory, broker=BROKER, port=free_port(), durable=False) as stack,
            theatre(stack) as (cast, clock, _),
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
            walking = Walk(browser, Windows(browser), stack.url("portal"), cast, clock)
            try:
                yield walking
            finally:
                await walking.close()
                await browser.close()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
