"""Lists longer than a page, in a real browser: the most pressing stands first, and the number is that of all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from playwright.async_api import expect

from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import NIJMEGEN, PLANNER, REIGER, Region
from tests.web.pages_access_provider.walk import good

BOTH = (390, 1440)
MANY = 60
MOST_BYTES = 100_000


@asynccontextmanager
async def many_requests(region: Region, ordinal: int) -> AsyncIterator[list[UUID]]:
    """Requests for change that came one after the other in the last days; the first of them is due first."""
    journey = UUID(await region.request(ordinal))
    asked = [uuid4() for _ in range(MANY)]
    await region.sql(
        """insert into referral.chain_request (municipality, provider, law, reference, client_id, change, dated,
                                               received_at, request_id, wanted, answers, decision_due, escalated)
           select '0268', $2, 'youth', 'L' || place, client_id, place % 6 > 0, current_date,
                  now() - interval '6 days' + place * interval '1 hour', request_id, '{}', '{}',
                  now() - interval '1 day' + place * interval '1 hour', place <= 5
           from unnest($1::uuid[]) with ordinality as each (request_id, place),
                (select client_id from referral.referral where referral_id = $3) as about""",
        asked,
        REIGER,
        journey,
    )
    try:
        yield asked
    finally:
        await region.sql("delete from referral.chain_request where request_id = any($1::uuid[])", asked)


async def test_the_request_that_is_due_first_stands_on_the_home_page_of_the_access_team(
    region: Region, signed_in: Open
) -> None:
    async with many_requests(region, 191) as asked, signed_in(NIJMEGEN, "/access/worklist") as window:
        page, access = window.page, region.referral(NIJMEGEN)
        number = await access.chain_request_count(undecided=True)
        tasks = sum(each.number for each in await access.task_counts())
        assert number >= MANY
        await expect(page.locator(f"#task-{asked[0]}")).to_be_visible()
        await expect(page.locator(f"#task-{asked[-1]}")).to_have_count(0)
        await expect(page.locator("#tasks-heading .sp-count")).to_have_text(str(number + tasks))
        await expect(page.locator(".sp-task")).to_have_count(25)
        await good(window, "access-worklist-many", BOTH)
        await page.get_by_role("link", name=f"Alle {number} verzoeken van aanbieders").click()

        await expect(page.get_by_role("status").filter(has_text="verzoeken")).to_have_text(f"{number} verzoeken")
        rows = page.locator("#requests tbody tr")
        await expect(rows.first.get_by_role("link")).to_have_attribute("href", f"/requests/{asked[0]}")
        await expect(rows).to_have_count(50)
        await good(window, "access-requests-many", BOTH)
        await page.get_by_role("link", name="Volgende").click()
        await expect(rows).to_have_count(number - 50)
        await page.get_by_role("link", name="Naar het begin").click()
        await page.get_by_label("Volgorde").select_option("latest")
        await page.get_by_label("Vraag", exact=True).select_option("change")
        await page.get_by_role("button", name="Toon", exact=True).click()
        await expect(rows.first.get_by_role("link")).to_have_attribute("href", f"/requests/{asked[-2]}")
        await page.goto(f"{window.url}/requests?late=yes&other={REIGER}")
        await expect(page.get_by_role("status").filter(has_text="verzoeken")).to_have_text("5 verzoeken")
        await page.goto(f"{window.url}/requests?other=73730002")
        await expect(page.locator("main")).to_contain_text("Geen enkel verzoek past bij deze filters.")
        await page.goto(f"{window.url}/requests?after=W10")
        await expect(page).to_have_url(f"{window.url}/requests")


async def test_what_waits_for_the_access_team_is_one_list_in_the_order_of_its_terms(
    region: Region, signed_in: Open
) -> None:
    for ordinal in (192, 193):
        await region.request(ordinal)
    async with signed_in(NIJMEGEN, "/access/referrals?status=waiting") as window:
        waiting = await region.referral(NIJMEGEN).task_counts()
        number = sum(each.number for each in waiting)
        await expect(window.page.locator(".sp-pages__range")).to_have_text(
            f"1 tot en met {min(25, number)} van {number}"
        )
        await good(window, "access-referrals-waiting")


async def test_the_provider_sees_how_many_requests_wait_and_where(region: Region, signed_in: Open) -> None:
    async with many_requests(region, 194) as asked, signed_in(PLANNER, "/requests") as window:
        page = window.page
        rows = page.locator("#requests tbody tr")
        await expect(rows.first.get_by_role("link")).to_have_attribute("href", f"/requests/{asked[0]}")
        await page.get_by_label("Gemeente", exact=True).select_option("0268")
        await page.get_by_role("button", name="Toon", exact=True).click()
        number = await region.referral(PLANNER).chain_request_count(undecided=True, municipality="0268")
        await expect(page.get_by_role("status").filter(has_text="verzoeken")).to_have_text(f"{number} verzoeken")
        await good(window, "provider-requests-many", BOTH)
