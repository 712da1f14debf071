"""Changing what is allocated, in a real browser: asked by the provider, decided on and made by the municipality."""

from datetime import date, time, timedelta
from uuid import UUID

from playwright.async_api import expect

from contracts.events.commissioning import Unit as CountedIn
from contracts.events.referral import Frequency, Referrer
from deploy.demo.region import OUTPATIENT
from services.referral.domain.declared import DeclaredClient, Performance
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.reasons import ChangeRequestReason
from services.referral.istandaarden import (
    AllocatedProduct,
    ClientDetails,
    Contact,
    DesiredProduct,
    Extent,
    MessageHeader,
    PersonName,
    Phone,
    ReferrerDetails,
    RequestedProduct,
    Standard,
    StartedProduct,
    allocation_301,
    declaration_323,
    request_for_allocation_315,
    request_for_change_317,
    start_305,
)
from services.referral.istandaarden.codes import Gender
from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, NIJMEGEN, PLANNER, REIGER, Region, this_day
from tests.web.pages_access_provider.walk import good
from tests.web.visitor import Window

BOTH = (390, 1440)


async def under_way(region: Region, ordinal: int) -> UUID:
    """A journey in which help began a week ago."""
    journey = UUID(await region.request(ordinal))
    await region.grant(str(journey))
    began = this_day() - timedelta(days=1)
    await region.referral(PLANNER).report_start(journey, began, idempotency_key=region.key())
    return journey


async def test_a_provider_asks_for_a_change_and_the_municipality_grants_it(region: Region, signed_in: Open) -> None:
    journey = await under_way(region, 31)
    later = this_day() + timedelta(days=400)
    async with signed_in(PLANNER, f"/provider/care/{journey}/ask") as window:
        page = window.page
        await good(window, "provider-ask-change", BOTH)
        await page.get_by_role("button", name="Verzoek versturen").click()
        await expect(page.locator("#error-reason")).to_contain_text("Kies waarom u dit vraagt.")
        window.complaints.clear()
        await page.select_option("#field-reason", "care_plan")
        await page.fill("#field-ends_on", later.isoformat())
        await page.get_by_role("button", name="Verzoek versturen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("binnen vijf werkdagen")
        await expect(page.locator("#requests")).to_contain_text("Wacht op besluit")
        await good(window, "provider-requests", BOTH)
        await page.goto(f"{window.url}/provider/care/{journey}/ask")
        await page.select_option("#field-reason", "care_plan")
        await page.fill("#field-ends_on", (later + timedelta(days=1)).isoformat())
        await page.get_by_role("button", name="Verzoek versturen").click()
        await expect(page.locator("main")).to_contain_text("Er loopt nog een aanvraag bij u voor deze cliënt.")
        window.complaints.clear()
    async with signed_in(NIJMEGEN, "/requests") as window:
        page = window.page
        await good(window, "access-requests", BOTH)
        await page.locator("#requests a").first.click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Verzoek om wijziging voor")
        await good(window, "access-request", BOTH)
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Toegekend.")
    found = await region.referral(NIJMEGEN).referral(journey)
    assert found.ends_on == later


async def test_who_decides_sees_what_is_allocated_already(region: Region, signed_in: Open) -> None:
    earlier = UUID(await region.request(39))
    await region.grant(str(earlier))
    today = this_day()
    bos = ClientDetails(fictional_bsn(39), PersonName("Bos", initials="AB"), date(2014, 5, 8), Gender.FEMALE)
    product = RequestedProduct(
        reference="R39",
        starts_on=today,
        ends_on=today + timedelta(days=60),
        referrer=ReferrerDetails(Referrer.GENERAL_PRACTITIONER, "Huisarts"),
        category=OUTPATIENT.category,
        code=OUTPATIENT.code,
        extent=Extent(2, CountedIn.HOUR, Frequency.WEEK),
    )
    header = MessageHeader(Standard.IJW, "0268", REIGER, "Z39", today)
    asked = request_for_allocation_315(header, bos, [product])
    sent = await region.referral(ADMINISTRATOR).send_message(asked, idempotency_key=region.key())
    [journey] = sent.referral_ids
    allocated = await region.referral(NIJMEGEN).referral(earlier)
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}/decide") as window:
        page = window.page
        link = page.locator("#already").get_by_role("link", name=f"toewijzing {allocated.allocation_number}")
        await expect(link).to_have_attribute("href", f"/access/referrals/{earlier}")
        await good(window, "access-decide-already", BOTH)
        await page.get_by_label("Afwijzen").check()
        await expect(page.locator("#field-reason")).to_have_value("stacking")
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator(".utrecht-alert--ok")).to_have_text("Afgewezen. De aanbieder hoort de reden.")


async def test_a_request_is_investigated_and_turned_down(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(32))
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}/decide") as window:
        page = window.page
        await page.get_by_label("Eerst onderzoeken").check()
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("U hebt acht weken")
        await page.goto(f"{window.url}/access/referrals/{journey}/decide")
        await expect(page.get_by_label("Eerst onderzoeken")).to_have_count(0)
    assert (await region.referral(NIJMEGEN).referral(journey)).investigated


async def test_the_municipality_changes_and_removes_an_allocation(region: Region, signed_in: Open) -> None:
    journey = await under_way(region, 33)
    last = this_day() + timedelta(days=30)
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}") as window:
        page = window.page
        await page.get_by_role("link", name="Toewijzing wijzigen").click()
        await good(window, "access-change", BOTH)
        await page.get_by_role("button", name="Wijzigen", exact=True).click()
        await expect(page.locator("#error-reason")).to_contain_text("Kies de reden.")
        window.complaints.clear()
        await page.select_option("#field-reason", "shortened")
        await page.fill("#field-ends_on", last.isoformat())
        await page.get_by_role("button", name="Wijzigen", exact=True).click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Gewijzigd.")
        assert (await region.referral(NIJMEGEN).referral(journey)).ends_on == last
        await page.goto(f"{window.url}/access/referrals/{journey}/remove")
        await good(window, "access-remove", BOTH)
        await page.get_by_role("button", name="Verwijderen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Verwijderd.")
    assert (await region.referral(NIJMEGEN).referral(journey)).status == "withdrawn"


async def test_allocations_without_a_product_are_listed(region: Region, signed_in: Open) -> None:
    async with signed_in(NIJMEGEN, "/requests/allocations") as window:
        page = window.page
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Toewijzingen zonder product")
        await good(window, "access-allocations-empty")
        header = MessageHeader(Standard.IJW, "0268", REIGER, "Z1", this_day())
        name = PersonName("Bos", initials="AB")
        bos = ClientDetails(bsn=fictional_bsn(34), name=name, birth_date=date(2014, 5, 8), gender=Gender.FEMALE)
        product = AllocatedProduct(
            number=900_001,
            decided_on=header.dated,
            decided_at=time(8),
            starts_on=header.dated,
            ends_on=header.dated + timedelta(days=90),
            category="45",
            budget_cents=500_000,
        )
        phone = [Contact(phones=(Phone("0241234567"),))]
        sent = await region.referral(NIJMEGEN).send_message(
            allocation_301(header, bos, phone, [product]), idempotency_key=region.key()
        )
        assert sent.accepted
        await page.reload()
        await expect(page.locator("#allocations")).to_contain_text("Categorie 45, de aanbieder kiest het product")
        await expect(page.locator("#allocations")).to_contain_text("budget € 5.000,00")
        await good(window, "access-allocations", BOTH)


async def test_a_municipality_allocates_without_a_product_and_changes_and_removes_that(
    region: Region, signed_in: Open
) -> None:
    today = this_day()
    async with signed_in(NIJMEGEN, "/requests/allocations") as window:
        page = window.page
        await page.get_by_role("link", name="Toewijzen zonder product").click()
        await good(window, "access-allocate", BOTH)
        await page.get_by_role("button", name="Toewijzen", exact=True).click()
        await expect(page.locator("#error-what")).to_contain_text("Kies waaruit de aanbieder mag kiezen.")
        window.complaints.clear()
        await page.select_option("#field-what", "youth:45")
        await page.select_option("#field-provider", REIGER)
        await page.fill("#field-budget", "vijfduizend")
        await page.fill("#field-ends_on", (today + timedelta(days=90)).isoformat())
        await page.fill("#field-bsn", fictional_bsn(35).digits)
        await page.fill("#field-last_name", "Visser")
        await page.fill("#field-birth_date", "2014-05-08")
        await page.fill("#field-phone", "0241234567")
        await page.get_by_role("button", name="Toewijzen", exact=True).click()
        await expect(page.locator("#error-budget")).to_contain_text("Vul het budget in euro's in")
        await good_but_refused(window, "access-allocate-wrong")
        await page.fill("#field-budget", "5.000")
        await page.get_by_role("button", name="Toewijzen", exact=True).click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Toegewezen.")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Visser")
        await expect(page.locator("main")).to_contain_text("budget € 5.000,00")
        await good(window, "access-allocation", BOTH)
        here = page.url
        await page.get_by_role("link", name="Toewijzing wijzigen").click()
        await good(window, "access-change-budget", BOTH)
        await page.select_option("#field-reason", "shortened")
        await page.fill("#field-budget", "4.000,50")
        await page.fill("#field-ends_on", (today + timedelta(days=30)).isoformat())
        await page.get_by_role("button", name="Wijzigen", exact=True).click()
        await expect(page.locator("#error-agreed")).to_contain_text("als de aanbieder ermee instemt")
        window.complaints.clear()
        await page.check("#field-agreed")
        await page.get_by_role("button", name="Wijzigen", exact=True).click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Gewijzigd.")
        await expect(page.locator("main")).to_contain_text("budget € 4.000,50")
        await page.get_by_role("link", name="Toewijzing verwijderen").click()
        await good(window, "access-remove-broadly", BOTH)
        await page.get_by_role("button", name="Verwijderen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Verwijderd.")
        await expect(page).to_have_url(here)
        await expect(page.get_by_role("link", name="Toewijzing wijzigen")).to_have_count(0)


async def good_but_refused(window: Window, name: str) -> None:
    """As ``good``, after an answer that the browser tells of as a failure."""
    window.complaints.clear()
    await good(window, name, BOTH)


async def test_care_and_declarations_are_seen_with_the_allocation_and_by_who_decides(
    region: Region, signed_in: Open
) -> None:
    today, bos = this_day(), fictional_bsn(36)
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    until = today + timedelta(days=90)
    who = {"bsn": bos.digits, "lastName": "Smit", "birthDate": "2013-05-07", "phone": "0241234567"}
    made = await region.referral(NIJMEGEN).allocate_broadly(
        {"municipality": "0268", "provider": REIGER, "law": "youth", "person": who, "category": OUTPATIENT.category,
         "budgetCents": 500_000, "startsOn": str(month), "endsOn": str(until)},
        idempotency_key=region.key(),
    )  # fmt: skip
    planner = region.referral(ADMINISTRATOR)

    def header(identification: str) -> MessageHeader:
        return MessageHeader(Standard.IJW, "0268", REIGER, identification, today)

    client = ClientDetails(bsn=bos, name=PersonName("Smit", initials="A"), birth_date=date(2013, 5, 7),
                           gender=Gender.FEMALE)  # fmt: skip
    began = StartedProduct(starts_on=month, allocation_number=made.number, category=OUTPATIENT.category,
                           code=OUTPATIENT.code)  # fmt: skip
    hours = Performance("B1", allocation_number=made.number, category=OUTPATIENT.category, code=OUTPATIENT.code,
                        starts_on=month, ends_on=today.replace(day=1) - timedelta(days=1), volume=10,
                        unit=OUTPATIENT.unit, tariff_cents=OUTPATIENT.tariff_cents,
                        amount_cents=10 * OUTPATIENT.tariff_cents)  # fmt: skip
    period = (hours.starts_on, hours.ends_on)
    less = DesiredProduct(starts_on=month, allocation_number=made.number, ends_on=until, budget_cents=1_000)
    for message in (
        start_305(header("B305"), client, [began]),
        declaration_323(header("B323"), "B323", period, [DeclaredClient(bos, (hours,))]),
        request_for_change_317(header("B317"), bos, "B317", ChangeRequestReason.CARE_PLAN, changed=[less]),
    ):
        sent = await planner.send_message(message, idempotency_key=region.key())
        assert sent.accepted, sent
    async with signed_in(PLANNER, f"/requests/allocations/0268/youth/{made.number}") as window:
        page = window.page
        await expect(page.locator("#reports")).to_contain_text("Hulp gestart")
        await expect(page.locator("main")).to_contain_text("10 uur")
        await expect(page.locator("main")).to_contain_text("Over van het budget")
        await expect(page.get_by_role("link", name="Toewijzing wijzigen")).to_have_count(0)
        await good(window, "provider-allocation", BOTH)
    async with signed_in(NIJMEGEN, "/requests") as window:
        page = window.page
        await page.locator("#requests a", has_text="Smit").first.click()
        await expect(page.locator("main")).to_contain_text("Gedeclareerd en goedgekeurd")
        await expect(page.locator("main")).to_contain_text("is al meer goedgekeurd dan nu wordt gevraagd")
        await good(window, "access-request-declared", BOTH)
