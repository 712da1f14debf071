"""An administrator of a provider says who confirms what it receives, and hears first what that means."""

from playwright.async_api import expect

from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, PLANNER, Region
from tests.web.pages_access_provider.walk import good

BOTH = (390, 1440)


async def test_an_administrator_lets_its_own_software_send_the_retours_and_back(
    region: Region, signed_in: Open
) -> None:
    settings = region.referral(ADMINISTRATOR)
    async with signed_in(ADMINISTRATOR, "/messages") as window:
        page = window.page
        await page.get_by_role("link", name="Wie bevestigt uw berichten?").click()
        await expect(page.locator("main")).to_contain_text("Zo is het nu: Samenspel bevestigt voor ons")
        await good(window, "exchange-settings", BOTH)
        await page.get_by_label("Onze eigen software stuurt de retourberichten").check()
        await page.get_by_role("button", name="Bekijk wat dat betekent").click()
        await expect(page.locator("main")).to_contain_text("binnen drie werkdagen een retourbericht")
        await good(window, "exchange-settings-confirm", BOTH)
        assert not (await settings.exchange_settings()).own_retours, "nothing happens before it is confirmed"
        await page.get_by_role("button", name="Ja, doe dit").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Vanaf nu stuurt uw eigen software")
        assert (await settings.exchange_settings()).own_retours

        await page.get_by_label("Samenspel bevestigt voor ons").check()
        await page.get_by_role("button", name="Bekijk wat dat betekent").click()
        await page.get_by_role("button", name="Ja, doe dit").click()
        await expect(page.locator("main")).to_contain_text("Zo is het nu: Samenspel bevestigt voor ons")
        assert not (await settings.exchange_settings()).own_retours
    async with signed_in(PLANNER, "/messages") as window:
        await expect(window.page.get_by_role("link", name="Wie bevestigt uw berichten?")).to_have_count(0)
        await window.page.goto(f"{window.url}/exchange-settings")
        await expect(window.page.get_by_role("heading", level=1)).not_to_have_text("Wie bevestigt uw berichten?")
