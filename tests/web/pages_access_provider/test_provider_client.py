"""A provider finds a client and sees all their help on one page, in a real browser."""

from datetime import timedelta
from uuid import UUID, uuid4

from playwright.async_api import expect

from deploy.demo.region import GUIDANCE, OUTPATIENT
from services.referral.domain.identity import fictional_bsn
from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, NIJMEGEN, PLANNER, REIGER, Region, this_day
from tests.web.pages_access_provider.walk import addresses, good

BOTH = (390, 1440)
HEUMEN = "access-worker-heumen"
COMPETITOR = "planner-kompas-kade"
LABEL = "Burgerservicenummer (BSN), uw eigen nummer of een toewijzingsnummer"


async def client_of(region: Region, journey: UUID, by: str = NIJMEGEN) -> UUID:
    return (await region.referral(by).referral(journey)).client


async def granted(region: Region, ordinal: int, own_number: str | None = None) -> UUID:
    """Allocated by Nijmegen; accepted when there is an own number."""
    journey = UUID(await region.request(ordinal))
    await region.grant(str(journey))
    if own_number:
        await region.referral(PLANNER).accept(journey, own_number=own_number, idempotency_key=region.key())
    return journey


async def granted_in_heumen(region: Region, ordinal: int) -> UUID:
    journey = UUID(await region.request(ordinal, GUIDANCE.code, by=HEUMEN, municipality="0252"))
    await region.grant(str(journey), by=HEUMEN)
    return journey


async def test_all_help_of_a_client_is_found_with_the_keyboard(region: Region, signed_in: Open) -> None:
    journey, other = await granted(region, 171, "ZR-171"), await granted_in_heumen(region, 171)
    planner = region.referral(PLANNER)
    began = this_day() - timedelta(days=1)
    await planner.report_start(journey, began, idempotency_key=region.key())
    digits = fictional_bsn(171).digits
    async with signed_in(PLANNER, "/provider/worklist") as window:
        page, asked = window.page, addresses(window)
        await page.get_by_role("navigation").get_by_role("link", name="Zoeken", exact=True).first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Cliënt zoeken")
        await good(window, "provider-find", BOTH)
        await page.get_by_label(LABEL).focus()
        await page.keyboard.type(f"{digits[:4]}.{digits[4:6]}.{digits[6:]}")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/provider/clients/*-*")
        await expect(page.locator(".sp-task")).to_have_count(1)
        await expect(page.locator(".sp-task")).to_contain_text("Beantwoord de toewijzing: Begeleiding, Heumen")
        await expect(page.locator(".ca-help")).to_have_count(2)
        await expect(page.locator(f"#help-{journey}")).to_contain_text("Nijmegen · Jeugdwet")
        await expect(page.locator(f"#help-{other}")).to_contain_text("Heumen · Wmo")
        await good(window, "provider-client", BOTH)

        # To the row where it is done, of this client alone; and back to everybody.
        await page.locator(".sp-task a").click()
        await expect(page.locator("#worklist tbody tr")).to_have_count(1)
        await expect(page.locator(f"#row-{other}")).to_contain_text("Begeleiding")
        await good(window, "provider-worklist-one-client", BOTH)
        await page.locator(f"#row-{other}").get_by_role("button", name="Accepteren").click()
        await expect(page.locator(".utrecht-alert--ok")).to_be_visible()
        await expect(page.get_by_text("Alles gedaan.")).to_be_visible()
        await page.get_by_role("link", name="Iedereen tonen").click()
        await expect(page.get_by_text("U ziet alleen één cliënt.")).to_have_count(0)

        # The messages about one allocation, and all of them again.
        await page.goto(f"{window.url}/provider/clients/{await client_of(region, journey)}")
        await page.locator(f"#help-{journey}").get_by_role("link", name="Berichten").click()
        await expect(page.locator("#messages")).to_contain_text("Toewijzing (JW301)")
        await expect(page.locator("#messages")).not_to_contain_text("WMO301")
        await good(window, "provider-messages-of-allocation", BOTH)
        await page.get_by_role("link", name="Alle berichten tonen").click()
        await expect(page.locator("#messages")).to_contain_text("WMO301")

        # From the name in care in progress to the page, and on to a change and to what was declared.
        await page.goto(f"{window.url}/provider/care")
        await page.locator(f"#row-{journey} th a").click()
        await expect(page.locator(f"#help-{other}")).to_contain_text("Wacht op start")
        await page.locator(f"#help-{journey}").get_by_role("link", name="Meldingen en declaraties").click()
        await expect(page.locator("#reports")).to_contain_text("Hulp gestart")
        await good(window, "provider-allocation-of-client", BOTH)
        await page.get_by_role("link", name="Alle hulp die u aan deze cliënt geeft").click()
        await page.locator(f"#help-{journey}").get_by_role("link", name="Wijziging vragen").click()
        await page.select_option("#field-reason", "care_plan")
        await page.fill("#field-ends_on", (began + timedelta(days=500)).isoformat())
        await page.get_by_role("button", name="Verzoek versturen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_be_visible()
        await page.goto(f"{window.url}/provider/clients/{await client_of(region, journey)}")
        await expect(page.locator("#requests")).to_contain_text("Wacht op besluit")
        await good(window, "provider-client-request", BOTH)
        assert not [each for each in asked if digits in each or digits[:4] + "." in each]


async def test_a_client_without_a_product_about_whom_nothing_may_be_sent(region: Region, signed_in: Open) -> None:
    today, access = this_day(), region.referral(NIJMEGEN)
    who = {"bsn": fictional_bsn(176).digits, "lastName": "Mulder", "birthDate": "2013-05-07", "phone": "0241234567"}
    made = await access.allocate_broadly(
        {"municipality": "0268", "provider": REIGER, "law": "youth", "person": who, "category": OUTPATIENT.category,
         "budgetCents": 500_000, "startsOn": str(today), "endsOn": str(today + timedelta(days=90))},
        idempotency_key=region.key(),
    )  # fmt: skip
    found = await access.find_client(who["bsn"], idempotency_key=region.key())
    await access.stop_messages(found.client, "M. Denkbeeld, kinderarts", idempotency_key=region.key())
    async with signed_in(PLANNER, f"/provider/clients/{found.client}") as window:
        page = window.page
        await expect(page.locator(".utrecht-alert--warning")).to_contain_text("wordt geen bericht verstuurd")
        await expect(page.locator("main")).to_contain_text("nog niets met een eigen product toegewezen")
        await expect(page.locator("#allocations tbody tr")).to_have_count(1)
        await good(window, "provider-client-without-product", BOTH)
        await page.locator("#allocations a").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text(f"Toewijzing {made.number}")
        await page.get_by_role("link", name="Alle hulp die u aan deze cliënt geeft").click()
        await expect(page.locator("#allocations tbody tr")).to_have_count(1)
        await page.get_by_role("button", name="English").or_(page.get_by_role("link", name="English")).first.click()
        await expect(page.get_by_role("heading", level=2, name="Help you give or gave")).to_have_count(1)


async def test_of_two_clients_with_one_number_the_right_one_is_chosen(region: Region, signed_in: Open) -> None:
    first, _ = await granted(region, 172, "ZR/DUBBEL"), await granted(region, 173, "ZR/DUBBEL")
    today = this_day()
    who = {"bsn": fictional_bsn(173).digits, "birthDate": "2013-01-01", "unknownBirthPart": "2"}
    await region.referral(NIJMEGEN).allocate_broadly(
        {"municipality": "0268", "provider": REIGER, "law": "wmo", "person": who, "category": GUIDANCE.category,
         "budgetCents": 500_000, "startsOn": str(today), "endsOn": str(today + timedelta(days=90))},
        idempotency_key=region.key(),
    )  # fmt: skip
    async with signed_in(PLANNER, "/provider/clients") as window:
        page = window.page
        await page.get_by_label(LABEL).fill("ZR/DUBBEL")
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_contain_text("Meer dan één cliënt heeft dit nummer")
        await expect(page.locator("#found tbody tr")).to_have_count(2)
        await expect(page.locator("#found")).to_contain_text("2013 (dag en maand onbekend)")
        await good(window, "provider-find-several", BOTH)
        about = await client_of(region, first)
        await page.locator(f'#found a[href="/provider/clients/{about}"]').click()
        await expect(page.locator(".ca-help")).to_have_count(1)
        await expect(page.locator("main")).to_contain_text("ZR/DUBBEL")


async def test_nobody_and_not_yours_read_the_same_and_a_mistake_stands_at_the_field(
    region: Region, signed_in: Open
) -> None:
    journey = await granted(region, 174)
    said = []
    async with signed_in(COMPETITOR, "/provider/clients") as window:
        page = window.page
        for digits in (fictional_bsn(174).digits, fictional_bsn(4322).digits):
            await page.get_by_label(LABEL).fill(digits)
            await page.keyboard.press("Enter")
            await expect(page.locator("main")).to_contain_text("U hebt geen cliënt met dit nummer")
            said.append(await page.locator("main .utrecht-alert").inner_text())
            await page.goto(f"{window.url}/provider/clients")
        assert said[0] == said[1]
        await page.get_by_role("button", name="Zoeken").click()
        await expect(page.locator("#error-number")).to_contain_text("uw eigen nummer of een toewijzingsnummer in")
        await page.get_by_label(LABEL).fill("9999.00.007")
        await page.keyboard.press("Enter")
        await expect(page.locator("#error-number")).to_contain_text("Dit is geen burgerservicenummer")
        window.complaints.clear()
        await good(window, "provider-find-wrong", BOTH)
        for unknown in (await client_of(region, journey), uuid4()):
            await page.goto(f"{window.url}/provider/clients/{unknown}")
            await expect(page.locator("main")).to_contain_text("niet bekend bij uw organisatie")
        window.complaints.clear()
        await good(window, "provider-client-unknown", BOTH)


async def test_it_works_without_scripts_and_for_who_may_know_clients_alone(region: Region, signed_in: Open) -> None:
    journey = await granted(region, 175)
    about = await client_of(region, journey)
    async with signed_in(PLANNER, "/provider/clients", javascript=False) as window:
        page = window.page
        await page.get_by_label(LABEL).fill(fictional_bsn(175).digits)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/provider/clients/{about}")
        await page.locator(".sp-task a").click()
        await expect(page.locator(f"#row-{journey} th a")).to_have_count(1)
    async with signed_in(ADMINISTRATOR, f"/provider/clients/{about}") as window:
        await expect(window.page.locator(".ca-help")).to_have_count(0)
        await window.page.goto(f"{window.url}/provider/worklist?client={about}")
        await expect(window.page.get_by_text("U ziet alleen één cliënt.")).to_have_count(0)
        await expect(
            window.page.get_by_role("navigation").get_by_role("link", name="Zoeken", exact=True)
        ).to_have_count(0)
        window.complaints.clear()
    async with signed_in(NIJMEGEN, f"/provider/clients/{about}") as window:
        await expect(window.page.locator(".ca-help")).to_have_count(0)
        window.complaints.clear()
