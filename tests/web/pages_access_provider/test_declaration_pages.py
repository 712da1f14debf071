"""Declarations on a running stack, in a real browser: what was granted, what was rejected and why, for both sides."""

from datetime import date, timedelta
from uuid import UUID

from playwright.async_api import expect

from contracts.events.commissioning import Unit
from deploy.demo.region import OUTPATIENT
from services.referral.domain.declared import DeclaredClient, Performance
from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import MessageHeader, Standard, answer_325, declaration_323, read
from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, NIJMEGEN, PLANNER, REIGER, Region, this_day
from tests.web.pages_access_provider.walk import good

MANAGER = "contract-manager-nijmegen"
BOTH = (390, 1440)
RIGHT, WRONG = 4100, 4101


def last_month() -> tuple[date, date]:
    """The first and the last day of the month before this one."""
    last = this_day().replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


async def declared(region: Region, identification: str, number: str, right: int = RIGHT) -> UUID:
    """A declaration over last month: ten hours that are granted, and ninety that are too many; gives the message."""
    first, last = last_month()
    clients = []
    for ordinal, hours in ((right, 10), (right + 1, 90)):
        journey = await region.request(ordinal, days=75)
        await region.grant(journey)
        seen = await region.referral(PLANNER).referral(UUID(journey))
        assert seen.allocation_number is not None
        line = Performance(
            reference=f"{identification}{ordinal}",
            allocation_number=seen.allocation_number,
            category="45",
            code=OUTPATIENT.code,
            starts_on=first,
            ends_on=last,
            volume=hours,
            unit=Unit.HOUR,
            amount_cents=hours * OUTPATIENT.tariff_cents,
            tariff_cents=OUTPATIENT.tariff_cents,
        )
        clients.append(DeclaredClient(fictional_bsn(ordinal), (line,)))
    today = this_day()
    header = MessageHeader(Standard.IJW, "0268", REIGER, identification, today)
    sent = declaration_323(header, number, (first, last), clients)
    received = await region.referral(ADMINISTRATOR).send_message(sent, idempotency_key=region.key())
    return received.message_id


async def test_both_sides_see_what_was_granted_and_why_the_rest_was_not(region: Region, signed_in: Open) -> None:
    async with signed_in("administrator-kompas-kade", "/declarations") as window:
        await expect(window.page.get_by_text("Er zijn nog geen declaraties")).to_be_visible()
        await good(window, "declarations-empty", BOTH)
    message = await declared(region, "W1", "DECL1")

    async with signed_in(ADMINISTRATOR, "/declarations") as window:
        page = window.page
        row = page.get_by_role("row").filter(has_text="DECL1")
        await expect(row).to_contain_text("€ 8.510,00")  # submitted: a hundred hours
        await expect(row).to_contain_text("€ 851,00")
        await expect(row).to_contain_text("Voor een deel toegekend")
        await good(window, "declarations", BOTH)
        await page.get_by_role("link", name="DECL1").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Declaratie DECL1")
        await expect(page.locator("main")).to_contain_text(
            "€ 8.510,00 ingediend = € 851,00 toegekend + € 7.659,00 afgekeurd."
        )
        card = page.locator(".ca-findings > li")
        await expect(card).to_have_count(1)
        await expect(card).to_contain_text("Het volume is meer dan de toewijzing voor deze periode toestaat.")
        await expect(card).to_contain_text("Hoogstens het volume van de toewijzing.")
        await expect(card).to_contain_text("3 uur per week")
        assert fictional_bsn(WRONG).digits not in await page.content()
        await good(window, "declaration", BOTH)
        await page.get_by_role("link", name="Alle regels").click()
        await expect(page.locator("tbody tr")).to_have_count(2)
        await good(window, "declaration-lines", BOTH)
        for form, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
            async with page.expect_download() as started:
                await page.locator(f"a[href$='lines.{form}']").click()
            path = await (await started.value).path()
            assert path.read_bytes().startswith(start)
        await page.get_by_role("link", name="Afgekeurde regels").click()
        await page.get_by_role("link", name="Bekijk het bericht").click()
        await expect(page).to_have_url(f"{window.url}/messages/{message}")
        await expect(page.locator("main")).to_contain_text("voor een deel goedgekeurd")
        await good(window, "declaration-message", BOTH)
        await page.get_by_role("link", name="Bekijk de declaratie").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Declaratie DECL1")

    async with signed_in(NIJMEGEN, "/declarations?box=rejected") as window:
        await expect(window.page.locator("tbody tr")).to_have_count(1)
        await good(window, "declarations-municipality", BOTH)
        await window.page.get_by_role("link", name="DECL1").click()
        await window.page.get_by_role("link", name="Bekijk het traject").click()
        await expect(window.page).to_have_url(f"{window.url}/access/referrals/{window.page.url.rsplit('/', 1)[1]}")

    async with signed_in(MANAGER, "/declarations?month=2001-01") as window:
        await expect(window.page.get_by_text("Geen declaraties gevonden")).to_be_visible()
        await good(window, "declarations-none", BOTH)
        await window.open("/declarations")
        await window.page.get_by_role("link", name="DECL1").click()
        await expect(window.page.get_by_role("link", name="Bekijk het bericht")).to_have_count(0)
        await good(window, "declaration-manager", BOTH)


async def test_a_provider_sees_what_the_system_of_a_municipality_answered(region: Region, signed_in: Open) -> None:
    message = await declared(region, "W7", "DECL7", right=4120)
    sent = read(await region.referral(ADMINISTRATOR).message_content(message))
    first = "Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]"
    theirs = answer_325(sent, identification="E7", dated=this_day(), rejected={first: ["9321"]})
    await region.referral(NIJMEGEN).send_message(theirs, idempotency_key=region.key())
    async with signed_in(ADMINISTRATOR, "/declarations") as window:
        page = window.page
        row = page.get_by_role("row").filter(has_text="DECL7").filter(has_text="door de gemeente zelf")
        await expect(row).to_have_count(1)
        await good(window, "declarations-elsewhere", BOTH)
        await row.get_by_role("link").first.click()
        await expect(page.get_by_text("Beantwoord door de gemeente zelf")).to_be_visible()
        await expect(page.locator(".ca-findings > li")).to_have_count(1)
        await expect(page.locator(".ca-findings > li")).to_contain_text("(9321)")
        await good(window, "declaration-elsewhere", BOTH)


async def test_a_provider_makes_a_declaration_from_what_it_delivered(region: Region, signed_in: Open) -> None:
    first, _ = last_month()
    journey = await region.request(4110, days=75)
    await region.grant(journey)
    seen = await region.referral(PLANNER).referral(UUID(journey))
    number = seen.allocation_number
    async with signed_in(PLANNER, "/declarations") as window:
        page = window.page
        await page.get_by_role("link", name="Declaratie maken").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Declaratie maken")
        await expect(page.locator("#field-month")).to_have_value(f"{first:%Y-%m}")
        await good(window, "declare-empty", BOTH)
        await page.select_option("#field-municipality", "0268")
        await page.fill("#field-lines", f"{number};10;uur\n99999999;1\nx;2")
        await page.get_by_role("button", name="Controleren").click()
        await expect(page.locator("#error-lines")).to_contain_text("Rij 3: het toewijzingsnummer is geen nummer.")
        window.complaints.clear()  # the browser tells of the answer 422
        await page.fill("#field-lines", f"{number};10;uur\n99999999;1")
        await page.get_by_role("button", name="Controleren").click()
        await expect(page.locator("#error-lines")).to_contain_text("Rij 2: U hebt bij deze gemeente geen toewijzing")
        window.complaints.clear()
        await good(window, "declare-wrong", BOTH)

        await page.fill("#field-lines", f"{number};90;uur")
        await page.get_by_role("button", name="Controleren").click()
        await expect(page.get_by_text("Niet alles zou worden toegekend")).to_be_visible()
        await expect(page.locator("tbody tr")).to_contain_text("Het volume is meer dan de toewijzing")
        await good(window, "declare-draft", BOTH)
        await page.get_by_role("button", name="Regels wijzigen").click()
        # Nothing that was filled in is lost.
        await expect(page.locator("#field-lines")).to_have_value(f"{number};90;uur")

        async with page.expect_download() as started:
            await page.get_by_role("button", name="Bestand downloaden").click()
        template = (await (await started.value).path()).read_text("utf-8-sig")
        head, *rows = template.splitlines()
        assert head.startswith("toewijzingsnummer;hoeveelheid;eenheid;productcode;maand;credit van;")
        filled = [row.replace(";;", ";10;", 1) for row in rows if row.startswith(f"{number};")]
        content = "\r\n".join([head, *filled]).encode()
        await page.set_input_files("#field-file", {"name": "uren.csv", "mimeType": "text/csv", "buffer": content})
        await page.get_by_role("button", name="Controleren").click()
        await expect(page.get_by_text("Alles zou worden toegekend")).to_be_visible()
        await page.get_by_role("button", name="Declaratie versturen").click()
        await expect(page.locator(".utrecht-alert--ok").first).to_contain_text("De declaratie is verstuurd.")
        await expect(page.locator("main")).to_contain_text("€ 851,00 ingediend = € 851,00 toegekend")
        await good(window, "declared", BOTH)
