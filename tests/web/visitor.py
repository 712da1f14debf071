"""A visitor of the portal in tests: their session, and a browser window that notices what is wrong."""

import secrets
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

from services.portal.session import SessionCodec

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BROWSER = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
"""Debian's Chromium: without a screen its headless shell shows the same, and paints no tabs and toolbars around it."""
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # Every visitor has a context of their own; a process of its own for each is a fifth of what the browser costs.
    "--renderer-process-limit=1", "--in-process-gpu",
]  # fmt: skip
KEY = secrets.token_hex(32)

# What is expected is waited for; on a busy machine five seconds, as Playwright has it, can be too short.
expect.set_options(timeout=15_000)

PERSON = {
    "subject": "p-1",
    "name": "Sanne de Wit",
    "party": "municipality:0268",
    "roles": ["contract_manager"],
    "access_token": "not-used",
    "refresh_token": None,
    "expires_at": 4_000_000_000.0,
}


def sealed(**session: Any) -> str:
    """The value of the cookie of a visitor with this session."""
    return SessionCodec([KEY]).seal(session, time.time())


def with_session(**session: Any) -> dict[str, str]:
    """The header of a visitor with this session."""
    return {"Cookie": f"samenspel={sealed(**session)}"}


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


class Window:
    """A browser window on the portal that remembers what the browser complained about."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def open(self, path: str) -> None:
        """Go to a page of the portal and wait until it and its fonts are there."""
        await self.page.goto(self.url + path, wait_until="load")
        await self.page.evaluate("document.fonts.ready")

    async def fits(self) -> bool:
        """Whether nothing makes the page scroll sideways."""
        await self._loaded()
        return bool(await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    async def _loaded(self) -> None:
        # A click comes back when the page it leads to begins, and then there is nothing of that page to look at yet.
        await self.page.wait_for_load_state("load")

    async def violations(self, rules: Sequence[str] | None = None, without: Sequence[str] = ()) -> list[str]:
        """What axe finds wrong, as rule and place; with ``rules`` only by those, and never by those in ``without``."""
        await self._loaded()
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(_axe())
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
        options = {
            "runOnly": only,
            "resultTypes": ["violations"],
            "rules": {rule: {"enabled": False} for rule in without},
        }
        # Only what is wrong crosses over to us: all that was looked at and found right is megabytes.
        run = "options => axe.run(document, options).then(found => found.violations)"
        violations = await self.page.evaluate(run, options)
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in violations for node in rule["nodes"]
        ]


class Windows:
    """Opens windows in one browser, each for a visitor of their own.

    A profile whose window was closed is emptied and used again, since a new one costs as much as opening a page.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._unused: dict[bool, list[BrowserContext]] = {True: [], False: []}

    @asynccontextmanager
    async def open(self, url: str, *, javascript: bool = True) -> AsyncIterator[Window]:
        """A window of 1440 by 900 on the portal at ``url``, with a visitor who is signed in as nobody."""
        unused = self._unused[javascript]
        context = unused.pop() if unused else await self._begin(javascript)
        try:
            yield Window(await context.new_page(), url)
        finally:
            for page in context.pages[1:]:
                await page.close()
            # What else the portal remembers is of the page, and goes with it; files that never change may stay.
            await context.clear_cookies()
            unused.append(context)

    async def _begin(self, javascript: bool) -> BrowserContext:
        context = await self._browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="nl-NL", java_script_enabled=javascript
        )
        # With an empty page open the process that shows pages stays.
        await context.new_page()
        return context
