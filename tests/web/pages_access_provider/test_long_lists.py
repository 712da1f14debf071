"""Lists longer than a page, in a real browser: the most pressing stands first, and the number is that of all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from playwright.async_api import expect

from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import NIJMEGEN, PLANNER, REIGER, Region, this_day
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
                  now() + place * interval '1 second', request_id, '{}', '{}',
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


@asynccontextmanager
async def much_care(region: Region, ordinal: int, status: str) -> AsyncIterator[list[UUID]]:
    """Journeys of one client at De Zilveren Reiger beside the others; the first ends last and was asked for last."""
    journey = UUID(await region.request(ordinal))
    await region.grant(str(journey))
    given = [uuid4() for _ in range(MANY)]
    columns = await region.rows(
        "select attname from pg_attribute where attrelid = 'referral.referral'::regclass and attnum > 0"
        " and not attisdropped"
    )
    names = [each["attname"] for each in columns]
    paused = status == "paused"
    changed = {
        "referral_id": "each.id",
        "allocation_number": "null",
        "status": f"'{status}'",
        "started_on": "null" if status == "accepted" else "current_date - 1",
        "requested_at": "now() - each.place * interval '1 minute'",
        "ends_on": "current_date + 1000 - each.place::int",
        "provider_task": "'report_start'" if status == "accepted" else "null",
        "provider_due": "now() + each.place * interval '1 day'",
        "stopped_on": "current_date" if paused else "null",
        "stop_reason": "'temporary'" if paused else "null",
    }
    values = ", ".join(changed.get(each, f"one.{each}") for each in names)
    await region.sql(
        f"insert into referral.referral ({', '.join(names)}) select {values} from referral.referral one,"
        " unnest($1::uuid[]) with ordinality as each (id, place) where one.referral_id = $2",
        given,
        journey,
    )
    try:
        yield given
    finally:
        await region.sql("delete from referral.referral where referral_id = any($1::uuid[])", given)


async def test_care_in_progress_comes_page_by_page_and_each_page_is_small(region: Region, signed_in: Open) -> None:
    async with much_care(region, 195, "started") as given, signed_in(PLANNER, "/provider/care") as window:
        page = window.page
        rows = page.locator("#care tbody tr")
        await expect(rows).to_have_count(25)
        await expect(page.locator(f"#row-{given[0]}")).to_be_visible()
        text = await (await page.request.get(f"{window.url}/provider/care")).body()
        assert len(text) < MOST_BYTES, f"{len(text)} bytes"
        await good(window, "provider-care-many", BOTH)

        await page.get_by_label("Volgorde").select_option("ends")
        await page.get_by_label("Gemeente", exact=True).select_option("0268")
        await page.get_by_role("button", name="Toon", exact=True).click()
        await expect(page).to_have_url(f"{window.url}/provider/care?municipality=0268&product=&status=&order=ends")
        await page.goto(f"{window.url}/provider/care?order=ends&product=45A04")
        seen: list[str] = []
        for _page in range(2 * MANY // 25):
            await expect(rows.first).to_be_visible()
            seen += await rows.evaluate_all("all => all.map(each => each.id)")
            following = page.get_by_role("link", name="Volgende")
            if not await following.is_visible():
                break
            last = seen[-1]
            await following.click()
            await expect(page.locator(f"#{last}")).to_have_count(0)
        mine = [each.removeprefix("row-") for each in seen if UUID(each.removeprefix("row-")) in given]
        assert mine == [str(each) for each in reversed(given)]
        assert len(seen) == len(set(seen))
        await page.get_by_role("link", name="Naar het begin").click()
        await expect(page.locator(f"#{seen[0]}")).to_be_visible()
        await page.goto(f"{window.url}/provider/referrals/{given[0]}/stop?list=care&order=ends")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Einde melden")
        await good(window, "provider-act-page", BOTH)
        await page.get_by_label("Volgens plan afgerond").check()
        await page.get_by_role("button", name="Dit einde melden").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Het einde is gemeld.")
        await expect(page).to_have_url(f"{window.url}/provider/care?order=ends")
        await expect(page.locator(f"#row-{given[0]}")).to_have_count(0)
        await page.goto(f"{window.url}/provider/care?product=44A21&status=paused")
        await expect(page.locator("#care")).to_contain_text("Niets gevonden")


async def test_an_act_on_a_second_page_stays_there_with_the_focus_on_the_next_row(
    region: Region, signed_in: Open
) -> None:
    async with much_care(region, 196, "started") as given, signed_in(PLANNER, "/provider/care") as window:
        page = window.page
        await page.get_by_role("link", name="Volgende").click()
        await expect(page.locator(f"#row-{given[0]}")).to_have_count(0)
        rows = page.locator("#care tbody tr")
        first, second = [await rows.nth(place).get_attribute("id") for place in (0, 1)]
        row = page.locator(f"#{first}")
        await expect(row.get_by_label("Volgens plan afgerond")).to_have_count(0)
        await row.locator("summary", has_text="Einde melden").click()
        await row.get_by_role("button", name="Dit einde melden").click()
        await expect(row).to_contain_text("Kies waarom de hulp is gestopt.")
        await expect(row.locator("fieldset")).to_be_focused()
        window.complaints.clear()  # of the answer 422, which is meant
        await good(window, "provider-care-wrong", BOTH)
        await row.get_by_label("Volgens plan afgerond").check()
        await row.get_by_role("button", name="Dit einde melden").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Het einde is gemeld.")
        await expect(row).to_have_count(0)
        await expect(page.locator(f"#{second}")).to_be_focused()
        await expect(page.locator(f"#row-{given[0]}")).to_have_count(0)


async def test_without_javascript_an_act_has_a_page_of_its_own(region: Region, signed_in: Open) -> None:
    async with (
        much_care(region, 197, "paused") as given,
        signed_in(PLANNER, "/provider/care?order=ends", javascript=False) as window,
    ):
        page = window.page
        row = page.locator(f"#row-{given[-1]}")
        await row.locator("summary", has_text="Herstart melden").click()
        await row.get_by_role("link", name="Formulier openen").locator("visible=true").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Start melden")
        await page.get_by_label("De hulp begon weer op").fill("2020-01-01")
        await page.get_by_role("button", name="Deze start melden").click()
        await expect(row.locator(".sp-error")).to_be_visible()
        window.complaints.clear()  # of the answer 422, which is meant
        await row.get_by_label("De hulp begon weer op").fill(this_day().isoformat())
        await row.get_by_role("button", name="Deze start melden").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("De start is gemeld.")
        await expect(page).to_have_url(f"{window.url}/provider/care?order=ends#row-{given[-2]}")


async def test_the_worklist_of_a_provider_is_small_too(region: Region, signed_in: Open) -> None:
    async with much_care(region, 198, "accepted") as given, signed_in(PLANNER, "/provider/worklist") as window:
        page = window.page
        await page.goto(f"{window.url}/provider/worklist?task=report_start&page=2")
        text = await (await page.request.get(f"{window.url}/provider/worklist?task=report_start")).body()
        assert len(text) < MOST_BYTES, f"{len(text)} bytes"
        row = page.locator(f"#row-{given[40]}")
        await row.locator("summary", has_text="Nog niet begonnen").click()
        await row.get_by_role("button", name="De gemeente laten weten").click()
        await expect(row).to_contain_text("Kies waarom de hulp nog niet is begonnen.")
        window.complaints.clear()  # of the answer 422, which is meant
        await good(window, "provider-worklist-many", BOTH)
