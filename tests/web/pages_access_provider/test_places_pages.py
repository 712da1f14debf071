"""Finding a place in a real browser: near and within the norm, and offered to several of which the first gets it."""

import re
from datetime import timedelta
from uuid import UUID

from playwright.async_api import expect

from contracts.events.referral import DeclineReason
from services.referral.domain.identity import fictional_bsn
from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import NIJMEGEN, PLANNER, Region, this_day
from tests.web.pages_access_provider.walk import good

OTHER = "planner-kompas-kade"
BOTH = (390, 1440)


async def test_a_team_sees_who_is_near_and_within_the_norm(region: Region, signed_in: Open) -> None:
    async with signed_in(PLANNER) as window:
        page = window.page
        await page.get_by_label("Wijchen", exact=True).check()
        await good(window, "provider-locations")
        await page.get_by_role("button", name="Locaties vastleggen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Uw locaties zijn bewaard.")
        await expect(page.get_by_label("Wijchen", exact=True)).to_be_checked()
    async with signed_in(NIJMEGEN, "/access/refer?product=45A04") as window:
        page = window.page
        far = page.locator("#candidates .sp-choice", has_text="De Zilveren Reiger")
        await expect(far).to_contain_text("44 dagen wachttijd, norm 6 weken · 21 plekken vrij · op 9 km")
        await expect(far).to_contain_text("Langer dan de norm")
        await page.get_by_label("Alleen binnen de norm").check()
        await expect(far).to_have_count(0)
        await expect(page.locator("#candidates .sp-choice")).to_have_count(1)
        await page.select_option("#field-away", "10")
        await expect(page.locator("#candidates")).to_contain_text("Geen aanbieder voldoet aan deze wensen.")
        await page.get_by_label("Alleen binnen de norm").uncheck()
        await expect(far).to_have_count(1)
        await good(window, "access-refer-wishes", BOTH)


async def test_offered_to_several_the_first_claim_gets_it(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(21))
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}/decide") as window:
        page = window.page
        await page.get_by_label("Aan meerdere tegelijk aanbieden").check()
        await expect(page.locator("#providers-1")).to_be_visible()
        await expect(page.locator("#provider-1")).not_to_be_visible()
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator("#error-providers")).to_contain_text("Kies minstens twee aanbieders.")
        window.complaints.clear()
        for label in ("Kompas & Kade", "De Zilveren Reiger"):
            await page.locator(".ca-several label", has_text=label).click()
        await good(window, "access-decide-several", BOTH)
        await page.select_option("#field-wait_reason", "no_shorter_wait")
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Aangeboden aan meerdere.")
        await page.goto(f"{window.url}/access/referrals/{journey}")
        await expect(page.get_by_text("Kan nog claimen")).to_have_count(2)
        await good(window, "access-follow-offered", BOTH)
    surname = (
        await region.referral(NIJMEGEN).client((await region.referral(NIJMEGEN).referral(journey)).client)
    ).person
    async with signed_in(PLANNER, "/provider/worklist?task=offered") as late, signed_in(OTHER) as early:
        await expect(late.page.locator(".ca-offer")).to_have_count(1)
        # Nothing of the client is told before the claim.
        await expect(late.page.locator("#worklist")).not_to_contain_text(str(surname.last_name))
        await late.page.locator("summary", has_text="Niet voor ons").click()
        await good(late, "provider-offers", BOTH)
        await early.page.get_by_role("link", name="Aangeboden aan meerdere 1").click()
        await early.page.get_by_role("button", name="Claimen").click()
        await expect(early.page.locator("#announcement")).to_contain_text("U was de eerste")
        await late.page.get_by_role("button", name="Claimen").click()
        await expect(late.page.get_by_text("Een andere aanbieder was u voor")).to_be_visible()
        await expect(late.page.get_by_text("Een ander was eerder")).to_be_visible()
        late.complaints.clear()
        await good(late, "provider-offer-gone")
        await early.page.get_by_role("link", name="Te starten 1").click()
        await expect(early.page.locator("#worklist th[scope=row]")).to_contain_text(str(surname.last_name))


async def test_without_javascript_an_offer_is_left_to_others_with_a_reason(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(22))
    team = region.referral(NIJMEGEN)
    await team.offer_openly(journey, ["73730001", "73730002"], idempotency_key=region.key())
    async with signed_in(OTHER, "/provider/worklist?task=offered", javascript=False) as window:
        page = window.page
        row = page.locator(f"#row-{journey}")
        await row.locator("summary", has_text="Niet voor ons").click()
        await row.get_by_role("link", name="Formulier openen").click()
        await page.get_by_role("button", name="Aan anderen overlaten").click()
        await expect(row).to_contain_text("Kies waarom u weigert.")
        await row.get_by_label("Het is te ver weg").check()
        await row.get_by_role("button", name="Aan anderen overlaten").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Geweigerd. De anderen kunnen nog claimen.")
        await expect(row).to_have_count(0)
    answers = {each.provider: each.reason for each in await team.offers_of(journey)}
    assert answers == {"73730001": None, "73730002": DeclineReason.TOO_FAR}


async def test_a_crisis_is_allocated_at_once_and_stands_on_top(region: Region, signed_in: Open) -> None:
    await region.grant(await region.request(23))
    async with signed_in(NIJMEGEN, "/access/refer?product=45A04") as window:
        page = window.page
        await page.locator("#candidates label", has_text="De Zilveren Reiger").click()
        await page.get_by_label("Dit is een crisis").check()
        values = {
            "volume": "3",
            "bsn": fictional_bsn(4023).digits,
            "last_name": "Maanlicht",
            "birth_date": "2012-03-04",
        }
        end = str(this_day() + timedelta(days=30))
        for name, value in {**values, "end": end, "postcode": "6511 AB", "house_number": "5"}.items():
            await page.fill(f"#field-{name}", value)
        await good(window, "access-refer-crisis", BOTH)
        await page.get_by_role("button", name="Deze hulp aanvragen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Crisis: meteen toegewezen.")
        await expect(page.get_by_text("Ja, met termijnen in uren")).to_be_visible()
    async with signed_in(PLANNER) as window:
        first = window.page.locator("#worklist tbody tr").first
        await expect(first).to_contain_text("Maanlicht")
        await expect(first).to_contain_text("Crisis")
        await good(window, "provider-worklist-crisis", BOTH)


async def test_a_court_points_the_way_and_the_need_is_not_weighed(region: Region, signed_in: Open) -> None:
    today = this_day()
    async with signed_in(NIJMEGEN, "/access/refer?product=45A04") as window:
        page = window.page
        await page.locator("#candidates label", has_text="Kompas & Kade").click()
        values = {
            "volume": "3",
            "bsn": fictional_bsn(4024).digits,
            "last_name": "Zonnedauw",
            "birth_date": "2012-03-04",
        }
        end = str(today + timedelta(days=30))
        for name, value in {**values, "end": end, "postcode": "6511 AB", "house_number": "5"}.items():
            await page.fill(f"#field-{name}", value)
        await page.select_option("#field-referrer", "general_practitioner")
        await expect(page.locator("#field-referrer_code")).to_be_visible()
        await page.get_by_role("button", name="Deze hulp aanvragen").click()
        await expect(page.locator("#error-referrer_code")).to_contain_text("Geef de AGB-code van de verwijzer")
        window.complaints.clear()
        await page.select_option("#field-referrer", "court")
        await expect(page.locator("#field-referrer_code")).not_to_be_visible()
        await page.fill("#field-ordered_on", str(today - timedelta(days=1)))
        await page.fill("#field-referrer_name", "Rechtbank Verzonnen")
        await good(window, "access-refer-court", BOTH)
        await page.get_by_role("button", name="Deze hulp aanvragen").click()
        await expect(page.get_by_text("Rechtbank Verzonnen")).to_be_visible()
        await good(window, "access-follow-court")
        await page.get_by_role("link", name="Besluiten").click()
        await expect(page.get_by_text("U weegt niet of die nodig is.")).to_be_visible()
        await expect(page.locator("#field-reason option[value=not_suitable]")).to_have_count(0)
        await good(window, "access-decide-court", BOTH)


async def test_a_team_finds_who_is_responsible_and_the_provider_asks_there(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(25))
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}") as window:
        page = window.page
        await page.get_by_role("link", name="Wie is verantwoordelijk?").click()
        await good(window, "access-residence", BOTH)
        await page.get_by_role("button", name="Wie is verantwoordelijk?").click()
        await expect(page.locator("#error-stays")).to_contain_text("Geef aan of er verblijf bij de hulp hoort.")
        window.complaints.clear()
        await page.get_by_label("Ja", exact=True).check()
        await page.select_option("#field-registered_in", "0268")
        await page.select_option("#field-registered_before", "0296")
        await page.get_by_role("button", name="Wie is verantwoordelijk?").click()
        await expect(page.get_by_role("heading", name="Wijchen is verantwoordelijk")).to_be_visible()
        await good(window, "access-residence-told", BOTH)
        await page.get_by_role("button", name="Afwijzen en Wijchen noemen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Afgewezen.")
    async with signed_in(PLANNER) as window:
        page = window.page
        await good(window, "provider-elsewhere", BOTH)
        await page.get_by_role("button", name="Vraag aan bij Wijchen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Aangevraagd.")
        await expect(page.get_by_role("button", name="Vraag aan bij Wijchen")).to_have_count(0)
    [asked] = (await region.referral("access-worker-wijchen").referrals()).items
    assert asked.follows == journey


async def test_a_client_moves_and_the_new_municipality_is_asked(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(26))
    await region.grant(str(journey))
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}") as window:
        page = window.page
        await page.get_by_role("link", name="De cliënt verhuist").click()
        await page.get_by_role("link", name="Uw eigen toewijzing beëindigen, nummer").click()
        await expect(page).to_have_url(re.compile("/change"))
        await expect(page.locator("#field-reason")).to_have_value("moved")
        await page.goto(f"{window.url}/access/referrals/{journey}/residence")
        await page.select_option("#field-municipality", "0209")
        await good(window, "access-move", BOTH)
        await page.get_by_role("button", name="Vraag aan bij de nieuwe gemeente").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("De nieuwe gemeente heeft de aanvraag.")
    [asked] = (await region.referral("access-worker-beuningen").referrals()).items
    assert asked.follows == journey
