"""The page of one client, in a real browser: relations, authority, and stopping all messages."""

from datetime import timedelta
from uuid import UUID

from playwright.async_api import expect

from deploy.demo.region import OUTPATIENT
from services.referral.domain.identity import fictional_bsn
from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, NIJMEGEN, PLANNER, REIGER, Region, this_day
from tests.web.pages_access_provider.walk import addresses, good

BOTH = (390, 1440)


async def test_relations_are_added_changed_and_ended(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(61))
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}") as window:
        page, asked = window.page, addresses(window)
        await page.get_by_role("link", name="Alles over deze inwoner").click()
        await expect(page.locator("main")).to_contain_text("Er is nog niemand vastgelegd")
        await expect(page.locator("main")).to_contain_text("Onder de Jeugdwet noemt een toewijzing")
        await good(window, "access-client-empty", BOTH)
        await page.get_by_role("link", name="Iemand toevoegen").click()
        await good(window, "access-relation", BOTH)
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator("#error-kind")).to_contain_text("Kies wat deze persoon of organisatie")
        await expect(page.locator("#error-last_name")).to_contain_text("Vul een achternaam in")
        await expect(page.locator("#error-phone")).to_contain_text("Vul een telefoonnummer in")
        window.complaints.clear()
        await page.select_option("#field-kind", "mentor")
        await page.fill("#field-organisation", "Stichting De Maanvoogd")
        await page.get_by_label("Heeft het gezag over de inwoner").check()
        await page.fill("#field-phone", "geen")
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator("#error-phone")).to_contain_text("alleen met cijfers")
        await page.fill("#field-phone", "024-987 65 43")
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator("#error-kind")).to_contain_text("Een organisatie met gezag is een voogd")
        window.complaints.clear()
        await good(window, "access-relation-wrong", BOTH)
        await page.select_option("#field-kind", "guardian")
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Vastgelegd.")
        await expect(page.get_by_role("heading", level=3, name="Stichting De Maanvoogd")).to_have_count(1)
        await expect(page.locator("main")).not_to_contain_text("Onder de Jeugdwet noemt een toewijzing")
        await good(window, "access-client", BOTH)

        await page.get_by_role("link", name="Wijzigen Stichting De Maanvoogd").click()
        await expect(page.locator("#field-phone")).to_have_value("0249876543")
        await page.fill("#field-phone", "0241112223")
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator(".ca-relations")).to_contain_text("0241112223")
        await page.get_by_role("link", name="Beëindigen Stichting De Maanvoogd").click()
        await good(window, "access-relation-end", BOTH)
        await page.get_by_role("button", name="Relatie beëindigen").click()
        await expect(page.get_by_text("1 beëindigde relatie")).to_be_visible()
        await expect(page.locator(".ca-relations")).to_have_count(0)
        assert not [each for each in asked if "Maanvoogd" in each or "0249876543" in each]


async def test_about_a_client_for_whom_it_is_unsafe_nothing_is_sent(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(62))
    access = region.referral(NIJMEGEN)
    client = (await access.referral(journey)).client
    async with signed_in(NIJMEGEN, f"/access/clients/{client}") as window:
        page = window.page
        await page.get_by_role("link", name="Niet veilig? Stop alle berichten").click()
        await good(window, "access-client-stop", BOTH)
        await page.get_by_role("button", name="Alle berichten stoppen").click()
        await expect(page.locator("#error-judged_by")).to_contain_text("Vul in welke professional")
        window.complaints.clear()
        await page.fill("#field-judged_by", "M. Denkbeeld, kinderarts")
        await page.get_by_role("button", name="Alle berichten stoppen").click()
        await expect(page.locator("main")).to_contain_text("M. Denkbeeld, kinderarts")
        await good(window, "access-client-silent", BOTH)
        await page.goto(f"{window.url}/access/referrals/{journey}/decide")
        await expect(page.locator(".utrecht-alert--warning").first).to_contain_text("wordt geen bericht verstuurd")
        await page.select_option("#field-wait_reason", "client_choice")
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator(".utrecht-alert--warning").first).to_contain_text("Bel de aanbieder")
        assert not [each for each in (await access.messages(referral_id=journey)).items if each.kind == "JW301"]
        async with signed_in(PLANNER, "/provider/worklist") as theirs:
            await expect(theirs.page.locator("main")).to_contain_text("(geen berichten, telefonisch)")
        await page.goto(f"{window.url}/access/clients/{client}/exchange")
        await good(window, "access-client-resume", BOTH)
        await page.get_by_role("button", name="Weer berichten versturen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("is verstuurd")
    [sent] = [each for each in (await access.messages(referral_id=journey)).items if each.kind == "JW301"]
    assert sent.referral_ids == (journey,)


async def test_a_client_of_seventeen_decides_for_themselves(region: Region, signed_in: Open) -> None:
    today = this_day()
    body = {
        "municipality": "0268",
        "provider": REIGER,
        "person": {
            "bsn": fictional_bsn(64).digits,
            "lastName": "Denkbeeld",
            "birthDate": str(today.replace(day=1) - timedelta(days=17 * 366)),
            "phone": "0612345678",
        },
        "productCode": OUTPATIENT.code,
        "volume": 3,
        "frequency": "week",
        "referrer": "municipality",
        "desiredStart": str(today),
    }
    asked = await region.referral(NIJMEGEN).request("POST", "/referrals", body=body, idempotency_key=region.key())
    journey = UUID(asked.json()["referralId"])
    client = (await region.referral(NIJMEGEN).referral(journey)).client
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}/decide") as window:
        page = window.page
        await expect(page.locator("main")).to_contain_text("Er is niet vastgelegd wie het gezag heeft")
        await good(window, "access-decide-without-authority", BOTH)
        await page.get_by_role("link", name="Leg vast wie het gezag heeft").click()
        await good(window, "access-client-seventeen", BOTH)
        await page.get_by_role("button", name="De inwoner zelf, die 16 jaar of ouder is").click()
        await expect(page.locator("main")).to_contain_text("De inwoner heeft zelf het gezag.")
        await good(window, "access-client-own", BOTH)
        await page.goto(f"{window.url}/access/referrals/{journey}/decide")
        await expect(page.locator("main")).not_to_contain_text("Er is niet vastgelegd wie het gezag heeft")
        await page.goto(f"{window.url}/access/clients/{client}")
        await page.get_by_role("button", name="Niet meer").click()
        await expect(page.locator("main")).to_contain_text("Onder de Jeugdwet noemt een toewijzing")


async def test_the_page_is_for_the_access_team_and_works_without_scripts(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(63))
    client = (await region.referral(NIJMEGEN).referral(journey)).client
    async with signed_in(ADMINISTRATOR, f"/access/clients/{client}") as window:
        await expect(window.page.locator(".ca-relations, #relations-heading")).to_have_count(0)
        window.complaints.clear()
    async with signed_in(NIJMEGEN, f"/access/clients/{client}", javascript=False) as window:
        await expect(window.page.get_by_role("heading", level=2, name="Wie om deze inwoner heen staat")).to_have_count(
            1
        )
        await expect(window.page.locator("#journeys a")).to_have_count(1)
