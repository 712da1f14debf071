"""In a real browser: accessible in every theme and at every width, without a complaint, with the keyboard only."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from services.portal.themes import load_themes
from tests.web.visitor import PERSON, Window, Windows, sealed

SHOTS = Path(os.environ["SHOTS"]) if "SHOTS" in os.environ else None
"""A folder for pictures of the pages, to look at: ``SHOTS=/tmp/x pytest tests/web/test_browser.py``."""

PARTIES = {
    "nijmegen": "municipality:0268",
    "wijchen": "municipality:0296",
    "heumen": "council:0252",
    "samenspel": "region:rijk-van-nijmegen",
}
ALL_WIDTHS, FEW_WIDTHS = (390, 768, 1440), (390, 1440)
FULL = SHOTS is not None or os.environ.get("WEB_MATRIX") == "full"
"""Everything at every width in every theme. Otherwise: what a theme or a width can change is looked at once."""
WIDTHS = ALL_WIDTHS if FULL else FEW_WIDTHS


async def sign_in(window: Window, party: str) -> None:
    value = sealed(person={**PERSON, "party": party})
    await window.page.context.add_cookies([{"name": "samenspel", "value": value, "url": window.url}])


def test_every_theme_is_looked_at() -> None:
    assert set(PARTIES) == set(load_themes())


@pytest.mark.parametrize("theme", PARTIES)
async def test_all_components_are_accessible_in_every_theme(window: Window, theme: str) -> None:
    await sign_in(window, PARTIES[theme])
    # A theme is colours, corners and letters. Its colours are calculated at the start already (test_contrast), so a
    # browser looks at those of one dark theme; and at the width of all.
    whole = FULL or theme == "samenspel"
    rules = None if whole else ["color-contrast"] if theme == "nijmegen" else ["document-title"]
    for width in WIDTHS if whole else (1440,):
        await window.page.set_viewport_size({"width": width, "height": 900})
        await window.open("/gallery?errors=1")
        await expect(window.page.locator("html")).to_contain_class(f"theme-{theme}")
        await window.page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
        assert await window.violations(rules) == []
        if SHOTS:
            await window.page.screenshot(path=SHOTS / f"gallery-{theme}-{width}.png", full_page=True)
    for width in ALL_WIDTHS:
        await window.page.set_viewport_size({"width": width, "height": 900})
        assert await window.fits(), f"{theme} at {width} scrolls sideways"
    assert window.complaints == []


@pytest.mark.parametrize("path", ["/", "/story", "/developers", "/help", "/accessibility", "/nope"])
async def test_public_pages_are_accessible(window: Window, path: str) -> None:
    await window.page.set_viewport_size({"width": 390, "height": 900})
    await window.open(path)
    for width in ALL_WIDTHS:
        await window.page.set_viewport_size({"width": width, "height": 900})
        assert await window.fits()
        if FULL or width == 390:
            assert await window.violations() == []
        if SHOTS:
            name = path.strip("/") or "start"
            await window.page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
    assert [complaint for complaint in window.complaints if "404" not in complaint] == []


async def test_the_keyboard_reaches_content_menu_and_language(window: Window) -> None:
    await sign_in(window, "municipality:0268")
    await window.open("/help")
    page = window.page
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Naar de inhoud")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{window.url}/help#main")

    await page.focus(".sp-who__summary")
    await page.keyboard.press("Enter")
    await expect(page.locator(".sp-who__card")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".sp-who__card")).to_be_hidden()
    await expect(page.locator(".sp-who__summary")).to_be_focused()

    await page.focus(".sp-language button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('html[lang="en"]')
    await expect(page.locator("h1")).to_have_text("Help and glossary")


async def test_a_term_explains_itself_on_focus_and_lets_itself_be_closed(window: Window) -> None:
    await window.open("/gallery")
    meaning = window.page.locator(".sp-term__meaning").first
    await expect(meaning).to_be_hidden()
    await window.page.focus(".sp-term__word")
    await expect(meaning).to_be_visible()
    await window.page.keyboard.press("Escape")
    await expect(meaning).to_be_hidden()


async def test_news_arrives_by_itself(window: Window) -> None:
    await window.open("/gallery")
    await expect(window.page.locator("#changes li").first).to_have_text(re.compile(r"09:31\s*Er is nieuws\."))
    await expect(window.page.locator("#changes #arrived")).to_have_count(1)
    assert window.complaints == []


async def test_errors_get_the_focus_and_lead_to_their_field(window: Window) -> None:
    await window.open("/gallery?errors=1")
    page = window.page
    await expect(page.locator(".sp-errors")).to_be_focused()
    await page.get_by_role("link", name="Vul een heel getal in").click()
    hours = page.locator("#field-hours")
    await expect(hours).to_be_focused()
    await expect(hours).to_have_attribute("aria-describedby", re.compile(r"\berror-hours\b"))


async def test_a_draft_survives_a_reload_and_goes_when_sent(window: Window) -> None:
    await window.open("/gallery")
    page = window.page
    await page.fill("#field-reason", "Nog niet af")
    await page.check("input[name=kind][value=less]")
    await window.open("/gallery")
    await expect(page.locator("#field-reason")).to_have_value("Nog niet af")
    await expect(page.locator("input[name=kind][value=less]")).to_be_checked()
    await page.evaluate("document.querySelector('form[data-draft]').dispatchEvent(new Event('submit'))")
    drafts = await page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('draft'))")
    assert drafts == []


async def test_the_policy_stops_an_inline_style_and_the_charts_do_not_need_one(window: Window) -> None:
    await window.open("/gallery")
    page = window.page
    async with page.expect_console_message(lambda said: "Content Security Policy" in said.text):
        await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b id=x style=color:red>x</b>')")
    await expect(page.locator("#x")).not_to_have_css("color", "rgb(255, 0, 0)")
    bars = "[...document.querySelectorAll('.sp-chart__picture--wide [fill]')].map(part => getComputedStyle(part).fill)"
    colours = set(await page.evaluate(bars))
    assert len(colours) >= 3, "presentation attributes with the tokens of the theme are applied"


async def test_a_visitor_without_javascript_gets_the_same_page(windows: Windows, portal_url: str) -> None:
    async with windows.open(portal_url, javascript=False) as window:
        page = window.page
        await page.goto(window.url + "/gallery")
        await expect(page.locator(".sp-task")).to_have_count(4)
        await page.locator(".sp-chart__table summary").first.click()
        await expect(page.get_by_role("table", name="Aandeel per maand")).to_be_visible()
        await page.get_by_role("button", name="English").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
