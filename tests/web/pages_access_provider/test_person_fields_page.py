"""A partner's name, a birth date that is not fully known and the kind of an address: from the form to the 301."""

from datetime import timedelta
from uuid import UUID

from playwright.async_api import Page, expect

from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import Allocation, read
from services.referral.istandaarden.codes import AddressKind, BirthDateUse, NameUsage
from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, NIJMEGEN, REIGER, Region, this_day
from tests.web.pages_access_provider.walk import addresses, good

BOTH = (390, 1440)
MORE = "Naam van partner, geboortedatum niet helemaal bekend, ander soort adres"


async def _sent_about(region: Region, bsn: str) -> Allocation:
    """The 301 that left about this client."""
    theirs = region.referral(ADMINISTRATOR)
    for each in (await theirs.messages(direction="written", kind="JW301")).items:
        found = Allocation.from_message(read(await theirs.message_content(each.message_id)))
        if found.client.bsn.digits == bsn:
            return found
    raise LookupError("no 301 about this client")


async def _fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        await page.fill(f"#field-{name}", value)


async def test_what_few_need_goes_from_the_request_to_the_301(region: Region, signed_in: Open) -> None:
    bsn, today = fictional_bsn(81).digits, this_day()
    async with signed_in(NIJMEGEN, "/access/refer?product=45A04") as window:
        page, asked = window.page, addresses(window)
        await expect(page.locator("#field-partner_last_name")).not_to_be_visible()
        await good(window, "access-refer-folded", BOTH)
        await page.get_by_label("De Zilveren Reiger").check()
        await _fill(page, {"volume": "3", "end": str(today + timedelta(days=100)), "bsn": bsn, "initials": "J."})
        await _fill(page, {"prefix": "van", "last_name": "Sterrenwoud", "postcode": "6511 ab", "house_number": "5"})
        await page.get_by_text(MORE).click()
        await page.select_option("#field-name_usage", "3")
        await page.select_option("#field-birth_month", "6")
        await page.select_option("#field-address_kind", "03")
        await page.get_by_role("button", name="Deze hulp aanvragen").click()

        await expect(page.locator(".sp-errors")).to_be_focused()
        await expect(page.locator("#error-birth_year")).to_have_text("Vul ook het geboortejaar in.")
        await expect(page.locator("#error-partner_last_name")).to_contain_text("Vul de achternaam van de partner in")
        for field, value in {"name_usage": "3", "birth_month": "6", "address_kind": "03"}.items():
            await expect(page.locator(f"#field-{field}")).to_have_value(value)
            await expect(page.locator(f"#field-{field}")).to_be_visible()
        window.complaints.clear()  # the browser tells of the answer 422
        await good(window, "access-refer-unusual-wrong", BOTH)
        await page.get_by_role("link", name="Vul ook het geboortejaar in.").click()
        await expect(page.locator("#field-birth_year")).to_be_focused()
        await _fill(page, {"birth_year": "2009", "partner_prefix": "de", "partner_last_name": "Maanlicht"})
        await page.get_by_role("button", name="Deze hulp aanvragen").click()

        await expect(page.get_by_role("heading", level=1)).to_have_text("J. de Maanlicht-van Sterrenwoud")
        facts = page.locator("main")
        await expect(facts).to_contain_text("juni 2009 (dag onbekend)")
        await expect(facts).to_contain_text("Eigen achternaam")
        await expect(facts).to_contain_text("Verblijfadres")
        await good(window, "access-follow-unusual", BOTH)
        journey = page.url.rsplit("/", 1)[1]
        assert not [url for url in asked if bsn in url or "Maanlicht" in url or "2009" in url]

    await region.grant(journey)
    sent = await _sent_about(region, bsn)
    assert (str(sent.client.birth_date), sent.client.birth_date_use) == ("2009-06-01", BirthDateUse.DAY_UNKNOWN)
    name = sent.client.name
    assert (name.prefix, name.last_name, name.initials) == ("van", "Sterrenwoud", "J")
    assert (name.partner_prefix, name.partner_last_name, name.usage) == ("de", "Maanlicht", NameUsage.PARTNER_OWN)
    assert [each.kind for each in sent.contacts] == [AddressKind.STAY]


async def test_an_unknown_birth_date_is_allocated_for_without_scripts(region: Region, signed_in: Open) -> None:
    bsn, today = fictional_bsn(82).digits, this_day()
    async with signed_in(NIJMEGEN, "/requests/allocations/new", javascript=False) as window:
        page = window.page
        await page.select_option("#field-what", "youth:45")
        await page.select_option("#field-provider", REIGER)
        await _fill(page, {"ends_on": str(today + timedelta(days=90)), "bsn": bsn, "last_name": "Sterrenwoud"})
        await _fill(page, {"phone": "0241234567"})
        await page.get_by_role("button", name="Toewijzen", exact=True).click()
        await expect(page.locator("#error-birth_date")).to_contain_text("of hieronder wat u ervan weet")
        # What may be filled in instead lies open now.
        await page.get_by_label("Van de geboortedatum is niets bekend").check()
        await page.get_by_role("button", name="Toewijzen", exact=True).click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Toegewezen.")
    sent = await _sent_about(region, bsn)
    assert (str(sent.client.birth_date), sent.client.birth_date_use) == ("1900-01-01", BirthDateUse.UNKNOWN)
    assert sent.client.name.usage is NameUsage.OWN


async def test_a_dossier_is_completed_with_what_is_known_of_a_birth_date(region: Region, signed_in: Open) -> None:
    bsn, today = fictional_bsn(83).digits, this_day()
    body = {
        "municipality": "0268",
        "provider": REIGER,
        "person": {"bsn": bsn, "lastName": "Sterrenwoud", "phone": "0241234567"},
        "productCode": "45A04",
        "volume": 3,
        "frequency": "week",
        "referrer": "municipality",
        "desiredStart": str(today),
        "desiredEnd": str(today + timedelta(days=90)),
    }
    asked = await region.referral(NIJMEGEN).request("POST", "/referrals", body=body, idempotency_key=region.key())
    journey = UUID(asked.json()["referralId"])
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}/decide") as window:
        page = window.page
        await page.select_option("#field-wait_reason", "client_choice")
        await page.locator("summary", has_text="Geboortedatum niet helemaal bekend").click()
        await good(window, "access-decide-unusual", BOTH)
        await page.fill("#field-birth_year", "10")
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator("#error-birth_year")).to_contain_text("met vier cijfers")
        window.complaints.clear()
        await page.fill("#field-birth_year", "2010")
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Toegewezen aan De Zilveren Reiger")
    sent = await _sent_about(region, bsn)
    assert (str(sent.client.birth_date), sent.client.birth_date_use) == (
        "2010-01-01",
        BirthDateUse.DAY_AND_MONTH_UNKNOWN,
    )
