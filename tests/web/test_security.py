"""No inline code, no change on the word of another site, and a session that only the portal can read."""

import re
import time
from pathlib import Path

import httpx
import pytest
from starlette.datastructures import Headers

from services.portal.security import from_own_site
from services.portal.session import LIVES_SECONDS, SessionCodec
from services.portal.sign_in import safe_next
from tests.web.visitor import PERSON, sealed, with_session

TEMPLATES = Path(__file__).parents[2] / "services" / "portal" / "templates"
PAGES = [
    "/",
    "/help",
    "/story",
    "/developers",
    "/accessibility",
    "/gallery",
    "/gallery?errors=1",
    "/nope",
    "/gallery/missing",
    "/gallery/broken",
]
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:|hx-on", re.IGNORECASE)
JINJA = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_has_nothing_inline_and_the_policy_forbids_it(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert INLINE.findall(answer.text) == []
    assert {"hx-request", "cookie"} <= {part.strip().lower() for part in answer.headers["vary"].split(",")}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert '"allowEval":false,"includeIndicatorStyles":false' in answer.text


def test_templates_have_nothing_inline() -> None:
    html = {path.name: JINJA.sub("", path.read_text(encoding="utf-8")) for path in TEMPLATES.rglob("*.html")}
    found = {name: hits for name, text in html.items() if (hits := INLINE.findall(text))}
    assert found == {}


@pytest.mark.parametrize(
    ("method", "headers", "allowed"),
    [
        ("GET", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-origin", "origin": "http://portal.test"}, True),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("POST", {"origin": "http://portal.test"}, True),
        ("POST", {"origin": "http://evil.test"}, False),
        ("POST", {"origin": "null"}, False),
        ("POST", {"sec-fetch-site": "same-site", "origin": "http://portal.test"}, False),
        ("POST", {"sec-fetch-site": "cross-site", "origin": "http://portal.test"}, False),
        ("POST", {"sec-fetch-site": "none"}, False),
        ("DELETE", {}, False),
    ],
)
def test_only_our_own_pages_change_something(method: str, headers: dict[str, str], allowed: bool) -> None:
    assert from_own_site(method, Headers(headers), "portal.test") is allowed


async def test_a_form_of_another_site_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/language", data={"language": "en"}, headers={"Origin": "http://evil.test"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_the_chosen_language_stays(client: httpx.AsyncClient) -> None:
    own = {"Origin": "http://portal.test"}
    assert '<html lang="nl"' in (await client.get("/")).text
    answer = await client.post("/language", data={"language": "en", "next": "/help"}, headers=own)
    assert (answer.status_code, answer.headers["location"]) == (303, "/help")
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/"))
    page = (await client.get("/help")).text
    assert '<html lang="en"' in page
    assert "Woordenlijst" not in page


def test_a_session_is_sealed() -> None:
    now = time.time()
    old, new = SessionCodec(["o" * 32]), SessionCodec(["n" * 32, "o" * 32])
    value = old.seal({"person": PERSON}, now)
    assert "Sanne" not in value
    assert new.open(value, now)["person"] == PERSON, "a former key still opens"
    assert old.open(new.seal({"a": 1}, now), now) == {}, "an unknown key does not"
    assert old.open(value, now + LIVES_SECONDS + 1) == {}
    assert old.open(value[:-4] + "AAAA", now) == {}
    assert old.open("nonsense", now) == {}


async def test_a_big_session_is_split_over_cookies(client: httpx.AsyncClient) -> None:
    person = {**PERSON, "access_token": "".join(f"{index:x}" for index in range(2600))}
    value = sealed(person=person)
    assert len(value) > 4096
    headers = {"Cookie": f"samenspel={value[:3800]}; samenspel-2={value[3800:]}", "Origin": "http://portal.test"}
    assert "Sanne de Wit" in (await client.get("/", headers=headers)).text
    answer = await client.post("/language", data={"language": "en"}, headers=headers)
    set_names = [cookie.split("=")[0] for cookie in answer.headers.get_list("set-cookie")]
    assert set_names == ["samenspel", "samenspel-2"]
    assert all(len(cookie) < 4096 for cookie in answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize("address", ["//evil.test", "https://evil.test", "/\\evil.test", "", None, "evil"])
def test_nobody_is_led_to_another_site(address: str | None) -> None:
    assert safe_next(address) == "/home"
    assert safe_next("/agreements?page=2") == "/agreements?page=2"


async def test_problems_are_told_in_the_language_of_the_reader(client: httpx.AsyncClient) -> None:
    missing = await client.get("/gallery/missing")
    assert missing.status_code == 404
    assert "Wat u zoekt bestaat niet" in missing.text
    fragment = await client.get("/gallery/missing", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert 'role="alert"' in fragment.text
    broken = await client.get("/gallery/broken", headers=with_session(language="en"))
    assert broken.status_code == 500
    assert "Something went wrong" in broken.text
    assert "999900006" not in broken.text


async def test_htmx_gets_only_the_part_it_asks_for(client: httpx.AsyncClient) -> None:
    part = await client.get("/gallery", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "<table" in part.text
    whole = await client.get("/gallery", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in whole.text
