"""Whom a provider may call around a client, in a real browser: from the page of the client to who was named."""

from uuid import UUID

from playwright.async_api import expect

from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, NIJMEGEN, PLANNER, Region, this_day
from tests.web.pages_access_provider.walk import addresses, good

BOTH = (390, 1440)
GUARDIAN = {"kind": "guardian", "authority": True, "organisation": "Stichting De Maanvoogd", "phone": "0249876543"}
NEIGHBOUR = {"kind": "neighbour", "contact": True, "order": 1, "lastName": "Buurmans", "phone": "0611111111"}


async def test_whom_allocations_named_stands_with_how_to_reach_them(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(65))
    access, provider = region.referral(NIJMEGEN), region.referral(PLANNER)
    client = (await access.referral(journey)).client
    for each in (GUARDIAN, NEIGHBOUR):
        await access.add_relation(client, each, idempotency_key=region.key())
    await region.grant(str(journey))
    await provider.accept(journey, idempotency_key=region.key())
    await provider.report_start(journey, this_day(), idempotency_key=region.key())
    async with signed_in(PLANNER, f"/provider/clients/{client}") as window:
        page, asked = window.page, addresses(window)
        await page.get_by_role("link", name="Wie u kunt bellen").click()
        await expect(page.get_by_role("heading", level=4, name="Buurmans")).to_be_visible()
        await expect(page.locator("main")).to_contain_text("Stichting De Maanvoogd")
        await expect(page.locator("main")).to_contain_text("0249876543")
        await good(window, "provider-contacts", BOTH)
        await access.end_relation(client, 1, idempotency_key=region.key())
        changed = {"reason": "extended", "endsOn": str(this_day().replace(day=1, month=12, year=2027))}
        await access.request("POST", f"/referrals/{journey}/changes", body=changed, idempotency_key=region.key())
        await page.reload()
        await expect(page.locator("main")).to_contain_text("Vraag de gemeente of u hen nog mag bellen")
        await good(window, "provider-contacts-earlier", BOTH)
        assert not [each for each in asked if "Maanvoogd" in each or "Buurmans" in each]
    async with signed_in(ADMINISTRATOR, f"/provider/clients/{client}/contacts") as window:
        await expect(window.page.locator("main")).not_to_contain_text("Buurmans")
        window.complaints.clear()


async def test_nobody_named_says_what_to_do(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(66))
    client = (await region.referral(NIJMEGEN).referral(journey)).client
    async with signed_in(PLANNER, f"/provider/clients/{client}/contacts") as window:
        await expect(window.page.locator("main")).to_contain_text("Vraag de gemeente wie u mag bellen")
        await good(window, "provider-contacts-nobody", BOTH)
