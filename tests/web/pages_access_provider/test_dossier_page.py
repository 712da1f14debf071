"""Correcting who a client is and how to reach them, in a real browser."""

from datetime import timedelta
from uuid import UUID

from playwright.async_api import Page, expect

from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import Allocation, read
from services.referral.istandaarden.codes import AddressKind, BirthDateUse, NameUsage
from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, NIJMEGEN, PLANNER, Region, this_day
from tests.web.pages_access_provider.walk import addresses, good

BOTH = (390, 1440)


async def _fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        await page.fill(f"#field-{name}", value)


async def _client(region: Region, journey: UUID) -> UUID:
    return (await region.referral(NIJMEGEN).referral(journey)).client


async def _sent(region: Region, ordinal: int) -> Allocation:
    """The 301 that left about this client."""
    theirs, bsn = region.referral(ADMINISTRATOR), fictional_bsn(ordinal).digits
    for each in (await theirs.messages(direction="written", kind="JW301")).items:
        found = Allocation.from_message(read(await theirs.message_content(each.message_id)))
        if found.client.bsn.digits == bsn:
            return found
    raise LookupError("no 301 about this client")


async def test_a_move_and_another_name_reach_the_provider_and_the_next_301(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(181))
    client, today = await _client(region, journey), this_day()
    async with signed_in(NIJMEGEN, f"/access/clients/{client}") as window:
        page, asked = window.page, addresses(window)
        await page.get_by_role("link", name="Gegevens wijzigen").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Gegevens wijzigen")
        await expect(page.locator("main")).to_contain_text("De volgende toewijzing (301) aan elke aanbieder")
        await good(window, "access-details", BOTH)
        await _fill(page, {"last_name": "Sterrenwoud", "birth_date": "", "phone": "024-123 45 67"})
        await page.locator("summary", has_text="Naam van partner").click()
        await _fill(page, {"partner_last_name": "Maanlicht", "birth_year": "2010"})
        await page.select_option("#field-name_usage", "3")
        await page.locator("summary", has_text="tijdelijk verblijft").click()
        await _fill(page, {"postcode_01": "6511", "house_number_01": "5", "town_01": "Nijmegen"})
        await _fill(page, {"house_number_04": "12", "from_04": str(today), "until_04": str(today - timedelta(days=1))})
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator(".sp-errors")).to_be_focused()
        await expect(page.locator("#error-postcode_04")).to_have_text("Vul ook de postcode van dit adres in.")
        await expect(page.locator("#error-until_04")).to_contain_text("ligt voor de eerste")
        window.complaints.clear()  # the browser tells of the answer 422
        await good(window, "access-details-wrong", BOTH)
        await _fill(page, {"postcode_04": "6512 cd", "until_04": str(today + timedelta(days=60))})
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator("#error-postcode_01")).to_contain_text("6511 AB")
        window.complaints.clear()
        await _fill(page, {"postcode_01": "6511 ab"})
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("bij de volgende toewijzing")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Maanlicht-Sterrenwoud")
        for fact in ("2010 (dag en maand onbekend)", "5, 6511AB Nijmegen", "Tijdelijk verblijf", "12, 6512CD"):
            await expect(page.locator("main")).to_contain_text(fact)
        await good(window, "access-client-changed", BOTH)
        assert not [url for url in asked if "Maanlicht" in url or "6511" in url or "2010" in url]

        # Nothing is lost by looking again and keeping what stands there.
        await page.get_by_role("link", name="Gegevens wijzigen").click()
        await expect(page.locator("#field-birth_year")).to_have_value("2010")
        await expect(page.locator("#field-until_04")).to_have_value(str(today + timedelta(days=60)))
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("niets anders")
    await region.grant(str(journey))
    sent = await _sent(region, 181)
    assert (str(sent.client.birth_date), sent.client.birth_date_use) == (
        "2010-01-01",
        BirthDateUse.DAY_AND_MONTH_UNKNOWN,
    )
    assert sent.client.name.usage is NameUsage.PARTNER_OWN
    assert [each.kind for each in sent.contacts] == [AddressKind.REGISTERED, AddressKind.TEMPORARY_STAY]
    async with signed_in(PLANNER, f"/provider/clients/{client}") as theirs:
        for fact in ("5, 6511AB Nijmegen", "Tijdelijk verblijf", "0241234567"):
            await expect(theirs.page.locator("main")).to_contain_text(fact)
        await good(theirs, "provider-client-addresses", BOTH)


async def test_of_two_who_change_at_once_the_second_sees_what_the_first_did(region: Region, signed_in: Open) -> None:
    client = await _client(region, UUID(await region.request(182)))
    address = f"/access/clients/{client}/details"
    async with (
        signed_in(NIJMEGEN, address) as window,
        signed_in(NIJMEGEN, address, javascript=False) as other,
    ):
        page = window.page
        await _fill(other.page, {"phone": "0611111111"})
        await other.page.get_by_role("button", name="Bewaren").click()
        await expect(other.page.locator(".utrecht-alert--ok")).to_contain_text("bij de volgende toewijzing")
        await _fill(page, {"last_name": "Sterrenwoud"})
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator(".sp-errors")).to_contain_text("Een collega heeft deze gegevens gewijzigd")
        await expect(page.locator("#error-phone")).to_have_text("Nu vastgelegd: 0611111111.")
        await expect(page.locator("#error-last_name")).to_have_text("Nu vastgelegd: Bakker.")
        await expect(page.locator(".sp-error")).to_have_count(2)
        await expect(page.locator("#field-last_name")).to_have_value("Sterrenwoud")
        window.complaints.clear()
        await good(window, "access-details-conflict", BOTH)
        await _fill(page, {"phone": "0611111111"})
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Sterrenwoud")
        await expect(page.locator("main")).to_contain_text("0611111111")


async def test_who_decides_is_told_that_no_address_is_known(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(183))
    client = await _client(region, journey)
    access = region.referral(NIJMEGEN)
    known = (await access.client(client)).person.model_dump(mode="json", by_alias=True, exclude_none=True)
    reached = {name: known[name] for name in known if name not in ("bsn", "reference", "remark", "address")}
    await access.change_client(client, {**reached, "phone": "0241234567"}, if_match='"v1"')
    async with signed_in(NIJMEGEN, f"/access/clients/{client}") as window:
        page = window.page
        await expect(page.locator(".utrecht-alert--warning", has_text="Er is geen adres bekend")).to_be_visible()
        await page.goto(f"{window.url}/access/referrals/{journey}/decide")
        await expect(page.locator("main")).to_contain_text("Van deze inwoner is geen adres bekend")
        await good(window, "access-decide-without-address", BOTH)
        await page.select_option("#field-wait_reason", "client_choice")
        await _fill(page, {"postcode": "6511AB", "house_number": "7"})
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Toegewezen aan")
    [contact] = (await _sent(region, 183)).contacts
    assert contact.address is not None
    assert (contact.kind, contact.address.house_number) == (AddressKind.REGISTERED, 7)
    assert [each.number for each in contact.phones] == ["0241234567"]


async def test_somebody_around_a_client_has_a_partner_and_a_partly_known_birth_date(
    region: Region, signed_in: Open
) -> None:
    journey = UUID(await region.request(184))
    client = await _client(region, journey)
    async with signed_in(NIJMEGEN, f"/access/clients/{client}/relations/new") as window:
        page = window.page
        await page.select_option("#field-kind", "parent")
        await _fill(page, {"last_name": "Wolkenveld", "phone": "0241234567"})
        await page.locator("summary", has_text="Naam van partner").click()
        await page.select_option("#field-name_usage", "2")
        await page.select_option("#field-birth_month", "6")
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator("#error-birth_year")).to_have_text("Vul ook het geboortejaar in.")
        await expect(page.locator("#error-partner_last_name")).to_contain_text("Vul de achternaam van de partner in")
        window.complaints.clear()
        await good(window, "access-relation-unusual", BOTH)
        await _fill(page, {"birth_year": "1984", "partner_last_name": "Maanlicht"})
        await page.get_by_role("button", name="Bewaren").click()
        card = page.locator(".ca-relation")
        await expect(card.get_by_role("heading")).to_have_text("Maanlicht")
        await expect(card).to_contain_text("juni 1984 (dag onbekend)")
        await expect(card).to_contain_text("Eigen achternaam")
        await page.get_by_role("link", name="Wijzigen Maanlicht").click()
        await expect(page.locator("#field-birth_year")).to_have_value("1984")
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator(".ca-relation")).to_contain_text("juni 1984 (dag onbekend)")
    await region.grant(str(journey))
    [told] = (await _sent(region, 184)).relations
    assert (str(told.birth_date), told.birth_date_use) == ("1984-06-01", BirthDateUse.DAY_UNKNOWN)
    assert (told.name.last_name, told.name.partner_last_name, told.name.usage) == (
        "Wolkenveld",
        "Maanlicht",
        NameUsage.PARTNER,
    )
