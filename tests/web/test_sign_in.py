"""Signing in with a real OpenID provider: code flow, the session, renewal, sign-out and the demo switch."""

import time

import httpx
import pytest
from playwright.async_api import expect

from services.portal.app import create_app
from services.portal.session import SessionCodec
from services.portal.settings import PortalSettings
from tests.web.gallery import NOW
from tests.web.visitor import KEY, PERSON, Window, with_session

MANAGER = "contract-manager-nijmegen"
OWN = {"Origin": "http://portal.test"}


async def test_a_demo_person_signs_in_switches_and_signs_out(window: Window) -> None:
    page = window.page
    await window.open("/help")
    await page.click(".sp-demo__summary")
    await page.get_by_role("link", name="Contractmanager Nijmegen (fictief)").click()
    await expect(page.locator(".sp-who__name")).to_have_text("Contractmanager Nijmegen (fictief)")
    await expect(page.locator(".sp-mark__name")).to_have_text("Gemeente Nijmegen")

    await page.click(".sp-demo__summary")
    await page.get_by_role("link", name="Raadslid Heumen (fictief)").click()
    await expect(page.locator(".sp-mark__name")).to_have_text("Raad van Heumen")
    await expect(page.locator("html.theme-heumen")).to_be_visible()

    await page.click(".sp-who__summary")
    await page.get_by_role("button", name="Afmelden").click()
    await expect(page.get_by_text("Aanmelden").first).to_be_visible()
    await expect(page.locator(".sp-who__name")).to_have_count(0)
    # No service runs here, so the homes of these people say that they are away.
    assert [complaint for complaint in window.complaints if "404" not in complaint and "503" not in complaint] == []
    cookies = await page.context.cookies()
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in cookies)


async def test_the_visitor_comes_back_to_where_they_were(window: Window) -> None:
    await window.page.goto(f"{window.url}/sign-in?next=/help&login_hint={MANAGER}")
    await expect(window.page).to_have_url(f"{window.url}/help")


async def test_a_page_for_people_sends_a_visitor_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/home?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fhome%3Fx%3D1")
    part = await client.get("/home", headers={"HX-Request": "true", "HX-Current-URL": "http://portal.test/help?a=b"})
    assert (part.status_code, part.headers["hx-redirect"]) == (204, "/sign-in?next=%2Fhelp%3Fa%3Db")


async def test_the_provider_is_asked_with_pkce_state_and_nonce(client: httpx.AsyncClient, issuer: str) -> None:
    answer = await client.get("/sign-in", params={"login_hint": MANAGER})
    asked = httpx.URL(answer.headers["location"])
    assert str(asked).startswith(f"{issuer}/authorize?")
    assert asked.params["code_challenge_method"] == "S256"
    assert len(asked.params["state"]) >= 16
    assert len(asked.params["nonce"]) >= 16
    assert asked.params["redirect_uri"] == "http://portal.test/sign-in/callback"


@pytest.mark.parametrize("query", ["code=x&state=forged", "error=access_denied&state=x", ""])
async def test_a_forged_or_broken_return_is_refused(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/sign-in/callback?{query}")
    assert answer.status_code == 401
    assert "Aanmelden is niet gelukt" in answer.text


async def signed_in(client: httpx.AsyncClient, issuer: str) -> None:
    """Go through the sign-in by hand; the cookies stay with the client."""
    began = await client.get("/sign-in", params={"login_hint": MANAGER})
    # The provider knows our address by its path; this machine's name stands for it.
    asked = httpx.URL(began.headers["location"])
    async with httpx.AsyncClient() as outside:
        returned = await outside.get(asked)
    back = httpx.URL(returned.headers["location"])
    answer = await client.get(f"/sign-in/callback?{back.query.decode()}")
    assert answer.headers["location"] == "/home"


async def test_an_expired_token_is_renewed_without_asking(settings: PortalSettings, issuer: str) -> None:
    portal = create_app(settings, now=lambda: NOW)
    codec = SessionCodec([KEY])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(portal), base_url="http://127.0.0.1:9") as client:
        await signed_in(client, issuer)
        session = codec.open(client.cookies["samenspel"], time.time())
        session["person"]["expires_at"] = time.time() + 20
        client.cookies.clear()
        answer = await client.get("/home", headers=with_session(**session))
        assert "sign-in" not in answer.headers["location"]
        renewed = codec.open(client.cookies["samenspel"], time.time())["person"]
        assert renewed["expires_at"] > time.time() + 60
        assert {**renewed, "access_token": 0, "refresh_token": 0, "expires_at": 0} == {
            **session["person"],
            "access_token": 0,
            "refresh_token": 0,
            "expires_at": 0,
        }
    await portal.state.http.aclose()


async def test_an_expired_token_that_cannot_be_renewed_signs_out(client: httpx.AsyncClient) -> None:
    expired = {**PERSON, "expires_at": 1.0}
    answer = await client.get("/home", headers=with_session(person=expired))
    assert answer.headers["location"] == "/sign-in?next=%2Fhome"
    page = await client.get("/help", headers=with_session(person=expired))
    assert page.status_code == 200
    assert "sp-who__name" not in page.text


async def test_a_provider_that_is_away_is_told(settings: PortalSettings) -> None:
    away = settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:9"})
    portal = create_app(away, now=lambda: NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(portal), base_url="http://portal.test") as client:
        answer = await client.get("/sign-in")
        assert answer.status_code == 503
        assert "aanmeldvoorziening antwoordt niet" in answer.text
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 503
    await portal.state.http.aclose()


async def test_signing_out_needs_our_own_form(client: httpx.AsyncClient) -> None:
    assert (await client.post("/sign-out")).status_code == 403
    answer = await client.post("/sign-out", headers={**OWN, **with_session(person=PERSON)})
    assert answer.status_code == 303
    assert 'samenspel=""; ' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
