"""An access worker types a number and lands on the page of the resident, in a real browser."""

from uuid import UUID

from playwright.async_api import expect

from services.referral.domain.identity import fictional_bsn
from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, NIJMEGEN, Region
from tests.web.pages_access_provider.walk import addresses, good

BOTH = (390, 1440)
LABEL = "Burgerservicenummer (BSN) of eigen kenmerk"


async def test_a_resident_is_found_from_the_home_page_with_the_keyboard(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(71))
    client = (await region.referral(NIJMEGEN).referral(journey)).client
    digits = fictional_bsn(71).digits
    async with signed_in(NIJMEGEN, "/access/worklist") as window:
        page, asked = window.page, addresses(window)
        await good(window, "access-worklist-find", BOTH)
        await page.get_by_label(LABEL).focus()
        await page.keyboard.type(f"{digits[:4]}.{digits[4:6]}.{digits[6:]}")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/access/clients/{client}")
        await expect(page.get_by_role("heading", level=2, name="Wie om deze inwoner heen staat")).to_have_count(1)
        # Back, with the same form, somebody else may be looked for.
        await page.go_back()
        await page.get_by_label(LABEL).fill(fictional_bsn(4321).digits)
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_contain_text("Geen inwoner van uw gemeente heeft dit nummer")
        await expect(page.locator("main").get_by_role("link", name="Iemand verwijzen")).to_have_count(1)
        await good(window, "access-find-nobody", BOTH)
        assert not [each for each in asked if digits in each or digits[:4] + "." in each]


async def test_a_mistake_is_told_at_the_field(region: Region, signed_in: Open) -> None:
    async with signed_in(NIJMEGEN, "/access/worklist") as window:
        page = window.page
        await page.get_by_role("navigation").get_by_role("link", name="Zoeken").first.click()
        await good(window, "access-find", BOTH)
        await page.get_by_role("button", name="Zoeken").click()
        await expect(page.locator("#error-number")).to_contain_text("Vul een burgerservicenummer")
        await page.get_by_label(LABEL).fill("9999.00.007")
        await page.keyboard.press("Enter")
        await expect(page.locator("#error-number")).to_contain_text("Dit is geen burgerservicenummer")
        await expect(page.get_by_label(LABEL)).to_have_value("9999.00.007")
        window.complaints.clear()
        await good(window, "access-find-wrong", BOTH)


async def test_it_works_without_scripts_and_for_the_access_team_alone(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(72))
    client = (await region.referral(NIJMEGEN).referral(journey)).client
    async with signed_in(NIJMEGEN, "/access/clients", javascript=False) as window:
        page = window.page
        await page.get_by_label(LABEL).fill(fictional_bsn(72).digits)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/access/clients/{client}")
    async with signed_in(ADMINISTRATOR, "/access/clients") as window:
        await expect(window.page.get_by_label(LABEL)).to_have_count(0)
        window.complaints.clear()
