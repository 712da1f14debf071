"""Walking through the portal as its people: real sign-in, and on every page the same examination."""

import logging
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from deploy.demo.cast import Cast
from deploy.demo.clock import BusinessClock
from services.kit.working_days import local_date
from tests.web.visitor import Window, Windows

SHOTS = Path(os.environ["SHOTS"]) if "SHOTS" in os.environ else None
"""A folder for pictures of every page at three widths: ``SHOTS=/tmp/x pytest tests/e2e``."""
FULL = SHOTS is not None or os.environ.get("WEB_MATRIX") == "full"
WIDTHS = (390, 768, 1440)
_log = logging.getLogger("samenspel.walk")
PATIENCE_SECONDS = 30.0
"""How long a page may take to show what holds. The portal asks for the time every second; a busy machine is slower."""


def size(width: int) -> dict[str, int]:
    return {"width": width, "height": 900}


@dataclass
class Walk:
    """The people of the demonstration with a browser. ``examined`` tells which pages were looked at."""

    browser: Browser
    windows: Windows
    portal: str
    cast: Cast
    clock: BusinessClock
    examined: list[str] = field(default_factory=list)
    _english: dict[str, Window] = field(default_factory=dict)

    async def today(self) -> date:
        """Today, by the business clock."""
        return local_date(await self.clock.now())

    @asynccontextmanager
    async def visitor(self, path: str, person: str | None = None, *, javascript: bool = True) -> AsyncIterator[Window]:
        """A window on ``path``, of a visitor or of a person who signs in first."""
        entrance = f"/sign-in?login_hint={person}&next={path}" if person else path
        async with self.windows.open(self.portal, javascript=javascript) as window:
            window.page.set_default_timeout(20_000)
            answer = await window.page.goto(self.portal + entrance)
            assert answer is not None
            assert answer.status == 200, f"{path} answers {answer.status}"
            yield window

    async def good(self, window: Window, name: str, person: str | None = None) -> None:
        """The page on screen is accessible, fits at every width, and the browser is content.

        With ``WEB_MATRIX=full`` or pictures the English page is examined too, on a phone. Without JavaScript only the
        fit is looked at, since axe is a script.
        """
        page = window.page
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            assert await window.fits(), f"{name} scrolls sideways at {width}"
            if SHOTS:
                await page.evaluate("document.fonts.ready")
                await page.screenshot(path=SHOTS / f"{len(self.examined):02}-{name}-{width}.png", full_page=True)
        await self._good_in_dutch(window, name)
        if FULL:
            await self._good_in_english(page, name, person)
        self.examined.append(name)
        _log.info("examined %s", name)

    async def _good_in_dutch(self, window: Window, name: str) -> None:
        if await window.page.evaluate("typeof htmx !== 'undefined'"):
            assert await window.violations() == [], f"{name}, in Dutch"
        assert window.complaints == [], f"{name}: {window.complaints}"

    async def _good_in_english(self, dutch: Page, name: str, person: str | None) -> None:
        path = dutch.url.removeprefix(self.portal)
        english = await self._window_in_english(person)
        await english.open(path)
        await expect(english.page.locator("html")).to_have_attribute("lang", "en")
        assert await english.fits(), f"{name} scrolls sideways in English"
        # Colours do not depend on the language, and looking at them is most of the work of axe.
        wrong = await english.violations(without=["color-contrast"])
        assert wrong == [], f"{name}, in English on a phone"
        assert english.complaints == [], f"{name} in English: {english.complaints}"

    async def _window_in_english(self, person: str | None) -> Window:
        key = person or ""
        if key not in self._english:
            context = await self.browser.new_context(viewport={"width": 390, "height": 900}, locale="en-GB")
            window = Window(await context.new_page(), self.portal)
            await window.open(f"/sign-in?login_hint={person}&next=/help" if person else "/help")
            await window.page.get_by_role("button", name="English").click()
            await expect(window.page.locator("html")).to_have_attribute("lang", "en")
            self._english[key] = window
        return self._english[key]

    async def close(self) -> None:
        for window in self._english.values():
            await window.page.context.close()


async def fill(page: Page, **values: str | int | date) -> None:
    """Fill in fields by their name; a field with choices takes the value of one."""
    for name, value in values.items():
        where = page.locator(f"#field-{name}")
        if await where.evaluate("field => field.tagName") == "SELECT":
            await where.select_option(str(value))
        else:
            await where.fill(str(value))


async def follows(page: Page, condition: Callable[[], Awaitable[bool]]) -> None:
    """Reload until the page shows what holds after the clock was moved."""
    began = time.monotonic()
    while not await condition():
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise AssertionError(f"{page.url} does not follow the clock")
        await page.reload()


async def tick(page: Page, name: str) -> None:
    """Tick every box of a field."""
    for box in await page.locator(f"input[name='{name}']").all():
        await box.check()


async def send(page: Page, form: str = "main form:has(.sp-submit)") -> None:
    """Press the button at the end of the form, and wait for the page that follows."""
    async with page.expect_navigation():
        await page.locator(f"{form} .sp-submit button").click()
    wrong = await page.locator(".sp-errors").all_inner_texts()
    assert wrong == [], "the form is refused"


async def follow(page: Page, address: str) -> None:
    """Click the first link in the page to an address with this ending."""
    async with page.expect_navigation():
        await page.locator(f"main a[href$='{address}']").first.click()


def days_in(text: str) -> int:
    """The number in "nog 12 dagen"."""
    found = re.search(r"\d+", text)
    assert found is not None, text
    return int(found.group())
