"""A portal to look at: its application, a server for the browser, and a browser with axe."""

import asyncio
import json
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, async_playwright

from deploy.local.identity import clients
from deploy.local.identity.app import create_app as create_provider
from deploy.local.identity.persons import load_persons
from deploy.local.identity.tokens import Issuer
from deploy.local.ports import free_port
from deploy.local.state import State
from services.portal.app import create_app
from services.portal.charts import Charts
from services.portal.settings import PortalSettings
from services.portal.themes import load_themes
from tests.web.gallery import NOW, router
from tests.web.visitor import ARGUMENTS, BROWSER, KEY, Window, Windows

HERE = Path(__file__).parent
STUDIO = Charts(load_themes()["samenspel"])
"""Every chart is drawn once in a test run, also when several portals show it."""


BROKER = os.environ.get("BROKER", "tansu")
"""For pages any broker will do, and this one starts at once; ``BROKER=kafka`` looks at them on Kafka."""


@contextmanager
def served(app: Any, port: int = 0) -> Iterator[str]:
    """Serve an application from a thread of its own; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, loop="asyncio"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    wait_until = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < wait_until, "the server did not start"
        thread.join(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def identity_state(tmp_path_factory: pytest.TempPathFactory) -> State:
    """Where the identity provider keeps its keys."""
    state = State(tmp_path_factory.mktemp("identity"))
    state.create()
    return state


@pytest.fixture(scope="session")
def issuer(identity_state: State) -> Iterator[str]:
    """The address of the local identity provider, running."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    provider = create_provider(Issuer.of(identity_state, address), clients.registered(identity_state))
    with served(provider, port):
        yield address


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, issuer: str, identity_state: State) -> PortalSettings:
    """Settings of a portal for tests, with the secrets in files as in real life."""
    folder = tmp_path_factory.mktemp("portal")
    (folder / "session").write_text(KEY)
    demo = [{"login": person.id, "name": person.name, "description": person.organisation} for person in load_persons()]
    (folder / "demo.json").write_text(json.dumps(demo))
    return PortalSettings.load(
        {},
        oidc_issuer=issuer,
        oidc_client_id=clients.PORTAL,
        oidc_client_secret_file=clients.secret_file(identity_state, clients.PORTAL),
        session_key_file=folder / "session",
        demo_people_file=folder / "demo.json",
    )


def build(settings: PortalSettings) -> FastAPI:
    """The portal with the gallery, at half past eleven on Friday 14 August 2026."""
    portal = create_app(settings, now=lambda: NOW, extra_routers=[router], extra_templates=HERE / "templates")
    portal.state.charts = STUDIO
    return portal


@pytest.fixture(scope="session")
async def app(settings: PortalSettings) -> AsyncIterator[FastAPI]:
    """The portal in this process, for visitors without a browser."""
    portal = build(settings)
    yield portal
    await portal.state.http.aclose()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor without JavaScript."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as visitor:
        yield visitor


@pytest.fixture(scope="session")
def portal_url(settings: PortalSettings) -> Iterator[str]:
    """The address of a running portal."""
    with served(build(settings)) as address:
        yield address


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    """Windows of that browser."""
    return Windows(browser)


@pytest.fixture
async def window(windows: Windows, portal_url: str) -> AsyncIterator[Window]:
    """A window of 1440 by 900 with a visitor who is signed in as nobody."""
    async with windows.open(portal_url) as opened:
        yield opened
