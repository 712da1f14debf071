"""Personal budgets on the page of a client, in a real browser: recorded, in the way of a decision, ended, removed."""

from datetime import timedelta
from uuid import UUID

from playwright.async_api import expect

from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import NIJMEGEN, PLANNER, Region, this_day
from tests.web.pages_access_provider.walk import addresses, good

BOTH = (390, 1440)
OUTPATIENT_HELP = "youth:45"


async def test_a_budget_ends_what_is_allocated_and_nothing_is_allocated_beside_it(
    region: Region, signed_in: Open
) -> None:
    ordinal = 201
    running, asked = UUID(await region.request(ordinal)), region.referral(NIJMEGEN)
    await region.grant(str(running))
    journey = await asked.referral(running)
    first = this_day() + timedelta(days=10)
    async with signed_in(NIJMEGEN, f"/access/clients/{journey.client}") as window:
        page, went = window.page, addresses(window)
        section = page.locator("#personal-budgets")
        await expect(section).to_contain_text("Er is geen pgb vastgelegd")
        await good(window, "access-client-no-budget", BOTH)
        await page.get_by_role("link", name="Pgb vastleggen").click()
        await page.get_by_role("button", name="Vastleggen").click()
        await expect(page.locator("#error-what")).to_contain_text("Kies voor welke hulp")
        await expect(page.locator("#error-starts_on")).to_contain_text("Vul de eerste dag van het pgb in")
        window.complaints.clear()
        await page.select_option("#field-what", OUTPATIENT_HELP)
        await page.fill("#field-product_code", "?")
        await page.fill("#field-starts_on", str(first))
        await page.fill("#field-ends_on", str(first - timedelta(days=1)))
        await page.get_by_role("button", name="Vastleggen").click()
        await expect(page.locator("#error-product_code")).to_contain_text("vijf tekens")
        await page.fill("#field-product_code", "")
        await page.get_by_role("button", name="Vastleggen").click()
        await expect(page.locator("#error-ends_on")).to_contain_text("laatste dag ligt vóór de eerste")
        window.complaints.clear()
        await good(window, "access-budget-wrong", BOTH)
        await page.fill("#field-ends_on", "")
        await page.get_by_role("button", name="Vastleggen").click()

        await expect(page.locator(".utrecht-alert--warning")).to_contain_text("Controleer dit eerst")
        await expect(page.locator(".utrecht-alert--warning")).to_contain_text(f"Toewijzing {journey.allocation_number}")
        await expect(page.locator(".utrecht-alert--warning")).to_contain_text("eindigt op")
        await good(window, "access-budget-check", BOTH)
        await page.get_by_role("button", name="Bevestigen en vastleggen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("dat de toewijzing eindigt")
        await expect(section).to_contain_text("Jeugdhulp ambulant")
        await expect(section).to_contain_text("Moet nog beginnen")
        await good(window, "access-client-budget", BOTH)
        assert (await asked.referral(running)).ends_on == first - timedelta(days=1)

        again = UUID(await region.request(ordinal, by=PLANNER, days=-20))
        await page.goto(f"{window.url}/access/referrals/{again}/decide")
        await expect(page.locator(".utrecht-alert--warning").first).to_contain_text("persoonsgebonden budget (pgb)")
        await good(window, "access-decide-budget", BOTH)
        await page.select_option("#field-wait_reason", "client_choice")
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator("#error-starts_on")).to_contain_text("OP043")
        window.complaints.clear()
        await page.get_by_role("link", name="Bekijk het pgb").click()

        await page.get_by_role("link", name="Wijzigen of beëindigen Jeugdhulp ambulant").click()
        await expect(page.locator("#field-what")).to_have_value(OUTPATIENT_HELP)
        await page.fill("#field-ends_on", str(first + timedelta(days=5)))
        await page.get_by_role("button", name="Vastleggen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Vastgelegd.")
        await page.goto(f"{window.url}/access/referrals/{again}/decide")
        await expect(page.locator("#field-starts_on")).to_be_visible()
        await expect(page.locator("main")).not_to_contain_text("persoonsgebonden budget (pgb)")

        await page.goto(f"{window.url}/access/clients/{journey.client}")
        await page.get_by_role("link", name="Verwijderen Jeugdhulp ambulant").click()
        await good(window, "access-budget-remove", BOTH)
        await page.get_by_role("button", name="Verwijderen").click()
        await expect(section).to_contain_text("Er is geen pgb vastgelegd")
        assert not [each for each in went if OUTPATIENT_HELP in each]


async def test_what_the_team_must_do_itself_stays_on_the_page_also_without_javascript(
    region: Region, signed_in: Open
) -> None:
    running, asked = UUID(await region.request(202, days=30)), region.referral(NIJMEGEN)
    await region.grant(str(running))
    journey = await asked.referral(running)
    async with signed_in(NIJMEGEN, f"/access/clients/{journey.client}", javascript=False) as window:
        page = window.page
        await page.get_by_role("link", name="Pgb vastleggen").click()
        await page.select_option("#field-what", OUTPATIENT_HELP)
        await page.fill("#field-starts_on", str(this_day() - timedelta(days=5)))
        await page.get_by_role("button", name="Vastleggen").click()
        await expect(page.locator(".utrecht-alert--warning")).to_contain_text("eindigt niet vanzelf")
        await page.get_by_role("button", name="Bevestigen en vastleggen").click()
        section = page.locator("#personal-budgets")
        await expect(section).to_contain_text("Nog te doen")
        await expect(section).to_contain_text("Lopend")
        await section.get_by_role("link", name=f"Toewijzing {journey.allocation_number}").click()
        await expect(page.locator("#field-reason")).to_have_value("form_of_delivery")
    async with signed_in(NIJMEGEN, f"/access/clients/{journey.client}") as window:
        await good(window, "access-client-budget-to-do", BOTH)
        await window.page.get_by_role("button", name="English").click()
        await expect(window.page.locator("#personal-budgets")).to_contain_text("Still to do")
        await good(window, "access-client-budget-english", BOTH)


async def test_a_request_for_change_into_a_budget_is_told_and_refused(region: Region, signed_in: Open) -> None:
    running, access = UUID(await region.request(203)), region.referral(NIJMEGEN)
    await region.grant(str(running))
    journey = await access.referral(running)
    assert journey.ends_on is not None
    first = journey.ends_on + timedelta(days=1)
    budget = {"law": "youth", "category": "45", "startsOn": str(first)}
    await access.record_personal_budget(journey.client, budget, idempotency_key=region.key())
    async with signed_in(PLANNER, f"/provider/care/{running}/ask") as window:
        page = window.page
        await page.select_option("#field-reason", "care_plan")
        await page.fill("#field-ends_on", str(first))
        await page.get_by_role("button", name="Verzoek versturen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("binnen vijf werkdagen")
        await expect(page.locator("main")).not_to_contain_text("pgb")
    waiting = (await access.chain_requests(undecided=True, limit=200)).items
    [wish] = [each for each in waiting if each.client == journey.client]
    async with signed_in(NIJMEGEN, f"/requests/{wish.request_id}") as window:
        page = window.page
        await expect(page.locator(".utrecht-alert--warning")).to_contain_text("persoonsgebonden budget (pgb)")
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator("#error-decision")).to_contain_text("OP043")
        window.complaints.clear()
        await good(window, "access-request-budget", BOTH)
