"""A portal to look at: its application, a server for the browser, and a browser with axe."""

import asyncio
import json
import secrets
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, Page, async_playwright

from services.portal.app import create_app
from services.portal.session import SessionCodec
from services.portal.settings import PortalSettings
from tests.web.gallery import NOW, router

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
ISSUER = "http://issuer.test"
KEY = secrets.token_hex(32)

PERSON = {
    "subject": "p-1",
    "name": "Sanne de Wit",
    "party": "municipality:0268",
    "roles": ["contract_manager"],
    "access_token": "not-used",
    "refresh_token": None,
    "expires_at": 4_000_000_000.0,
}


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> PortalSettings:
    """Settings of a portal for tests, with the secrets in files as in real life."""
    folder = tmp_path_factory.mktemp("portal")
    (folder / "session").write_text(KEY)
    (folder / "client").write_text(secrets.token_hex(16))
    demo = [
        {"login": "sanne", "name": "Sanne de Wit", "description": "Contractmanager, Nijmegen"},
        {"login": "karim", "name": "Karim Haddad", "description": "Raadslid, Heumen"},
        {"login": "els", "name": "Els Vermeer", "description": "Planner, De Zilveren Reiger"},
    ]
    (folder / "demo.json").write_text(json.dumps(demo))
    return PortalSettings.load(
        {},
        oidc_issuer=ISSUER,
        oidc_client_id="samenspel-portal",
        oidc_client_secret_file=folder / "client",
        session_key_file=folder / "session",
        demo_people_file=folder / "demo.json",
    )


@pytest.fixture(scope="session")
def app(settings: PortalSettings) -> FastAPI:
    """The portal with the gallery, at half past eleven on Friday 14 August 2026."""
    return create_app(settings, now=lambda: NOW, extra_routers=[router], extra_templates=HERE / "templates")


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor without JavaScript."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as visitor:
        yield visitor


def session_cookie(**session: Any) -> dict[str, str]:
    """The cookie of a visitor with this session."""
    return {"samenspel": SessionCodec([KEY]).seal(session, time.time())}


@pytest.fixture(scope="session")
def portal_url(app: FastAPI) -> Iterator[str]:
    """The address of a running portal."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, loop="asyncio")
    server = uvicorn.Server(config)
    started = threading.Event()
    original = server.startup

    async def startup(*args: Any, **kwargs: Any) -> None:
        await original(*args, **kwargs)
        started.set()

    server.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    assert started.wait(20)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    server.force_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield chromium
        await chromium.close()


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

    async def violations(self) -> list[str]:
        """What axe finds wrong, as rule and place."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]


@pytest.fixture
async def window(browser: Browser, portal_url: str) -> AsyncIterator[Window]:
    """A window of 1440 by 900 with a visitor who is signed in as nobody."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="nl-NL", bypass_csp=False)
    page = await context.new_page()
    yield Window(page, portal_url)
    await context.close()
