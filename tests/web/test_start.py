"""The start page counts what happens, the story leads to pages that exist, and developers find their way."""

import asyncio
import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from services.portal.app import create_app
from services.portal.pages.start import shown
from services.portal.places import Place, routes, url_of
from services.portal.pulse import FRESH_SECONDS, Counts, Pulse
from services.portal.settings import PortalSettings
from tests.web.gallery import NOW

HREF = re.compile(r'href="(/[^"#]*)"')
HEADS = """# HELP samenspel_event_log_head Last sequence in the event log.
samenspel_event_log_head{{partition="0",service="x"}} {first}.0
samenspel_event_log_head{{partition="1",service="x"}} 1.2e+03
samenspel_relay_lag{{partition="0",service="x"}} 7.0
"""
URLS = {f"{name}_url": f"http://{name}" for name in ("council", "commissioning", "referral", "monitoring")}


class Services:
    """What four services say about themselves and published."""

    def __init__(self) -> None:
        self.first = 34
        self.away: set[str] = set()
        self.asked = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if request.url.host in self.away:
            raise httpx.ConnectError("away")
        if request.url.path == "/metrics":
            return httpx.Response(200, text=HEADS.format(first=self.first))
        paged = {} if request.url.path == "/v1/frames" else {"next": None}
        return httpx.Response(200, json={"items": [], **paged})


class Wall:
    """Machine time that goes on when told."""

    seconds = 4_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def counting(settings: PortalSettings, services: Services, wall: Wall) -> AsyncIterator[FastAPI]:
    """A portal whose services answer."""
    told = settings.model_copy(update=URLS)
    portal = create_app(told, now=lambda: NOW, wall_clock=wall, transport=httpx.MockTransport(services))
    yield portal
    await portal.state.http.aclose()


@pytest.fixture
async def visitor(counting: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(counting), base_url="http://portal.test") as client:
        yield client


async def test_the_start_page_counts_events_and_what_was_published(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/")).text
    assert page.count("1.234 gebeurtenissen") == 8, "in the steps, and in the description of the picture"
    assert "0 kaders vastgesteld" in page
    assert ">1.234</text>" in page


async def test_services_are_asked_once_for_all_who_look(
    visitor: httpx.AsyncClient, services: Services, wall: Wall
) -> None:
    for _ in range(4):
        await visitor.get("/")
    once = services.asked
    wall.seconds += FRESH_SECONDS + 0.1
    services.first = 35
    assert "1.235 gebeurtenissen" in (await visitor.get("/")).text
    assert services.asked == 2 * once


async def test_the_loop_is_there_without_the_services(visitor: httpx.AsyncClient, services: Services) -> None:
    services.away = {"council", "referral"}
    page = (await visitor.get("/")).text
    assert 'class="sp-loop"' in page
    assert page.count("1.234 gebeurtenissen") == 4


async def test_a_follower_hears_of_every_change(counting: FastAPI, services: Services, wall: Wall) -> None:
    pulse: Pulse = counting.state.pulse
    following = pulse.follow(Counts())
    first = await anext(following)
    assert first.events == dict.fromkeys(("council", "commissioning", "referral", "monitoring"), 1234)
    upcoming = asyncio.ensure_future(anext(following))
    services.first += 1
    wall.seconds += FRESH_SECONDS + 0.1
    second = await asyncio.wait_for(upcoming, 10)
    assert second.events["council"] == 1235


def test_a_place_without_a_page_fails(app: FastAPI) -> None:
    request = _request(app)
    assert url_of(request, Place("/help")) == "/help"
    assert url_of(request, Place("/gallery", login="clerk-heumen")) == "/sign-in?login_hint=clerk-heumen&next=/gallery"
    with pytest.raises(LookupError, match="/nowhere"):
        url_of(request, Place("/nowhere"))


def _request(app: FastAPI) -> Request:
    return Request({"type": "http", "app": app, "headers": [], "session": {}})


def test_without_counts_nothing_is_said_about_them(app: FastAPI) -> None:
    assert shown(_request(app), Counts())["counted"] is False


@pytest.mark.parametrize("path", ["/", "/story", "/developers", "/help", "/accessibility"])
async def test_every_link_on_a_public_page_leads_to_a_page(client: httpx.AsyncClient, app: FastAPI, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    for link in sorted(set(HREF.findall(answer.text.replace("&amp;", "&")))):
        if link.startswith("/static/"):
            continue
        parts = urlsplit(link)
        targets = [parts.path, *parse_qs(parts.query).get("next", [])]
        for target in targets:
            assert any(_matches(route, target) for route in routes(app)), f"{path} links to {target}"


def _matches(route: str, address: str) -> bool:
    return re.fullmatch(re.sub(r"\{\}", "[^/]+", route), address) is not None


async def test_developers_see_addresses_only_where_they_lead_somewhere(
    visitor: httpx.AsyncClient, settings: PortalSettings
) -> None:
    assert "http://commissioning/v1/openapi.json" in (await visitor.get("/developers")).text
    real = create_app(settings.model_copy(update={**URLS, "demo_people_file": None}), now=lambda: NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(real), base_url="http://portal.test") as client:
        page = (await client.get("/developers")).text
    await real.state.http.aclose()
    assert "http://commissioning" not in page
    assert "samenspel api-token --person" in page
