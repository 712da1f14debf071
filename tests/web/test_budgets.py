"""Pages are light: HTML under 100 KB, style and script under 150 KB compressed, and each file is kept by its hash."""

import re

import httpx
import pytest
from fastapi import FastAPI

from services.portal.assets import minify, used_tokens
from services.portal.views import Views

ADDRESS = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js)\?v=\w+)"')


@pytest.mark.parametrize("path", ["/", "/story", "/developers", "/help", "/accessibility", "/gallery"])
async def test_a_page_and_what_it_loads_stay_within_budget(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    assert page.status_code == 200
    assert len(page.content) < 100_000
    addresses = ADDRESS.findall(page.text)
    assert len(addresses) >= 6
    total = 0
    for address in addresses:
        async with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["cache-control"].endswith("immutable")
            total += sum([len(piece) async for piece in answer.aiter_raw()])
    assert 10_000 < total < 150_000


async def test_an_old_address_of_a_file_is_not_kept_for_ever(client: httpx.AsyncClient) -> None:
    answer = await client.get("/static/samenspel.css?v=old")
    assert answer.headers["cache-control"] == "public, max-age=300"
    again = await client.get("/static/samenspel.css", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (await client.get("/static/../app.py")).status_code == 404


def test_every_font_and_stylesheet_that_is_named_exists(app: FastAPI) -> None:
    views: Views = app.state.views
    assert set(views.themes) <= {"samenspel", "nijmegen", "wijchen", "heumen"} | set(views.themes)


def test_only_used_tokens_remain() -> None:
    theme = ".t { --a: var(--b); --b: 1px; --c: 2px; /* --d: 3px; */ }"
    assert used_tokens(theme, "p { margin: var(--a) }") == {"--a": "var(--b)", "--b": "1px"}


def test_minified_css_means_the_same() -> None:
    assert minify("/* x */\na  { b : c ;\n d:e; }\n") == "a{b : c;d:e}"
