"""The pages of the access team and the provider on a running stack, in a real browser: the way of one resident."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID

from playwright.async_api import Page, expect

from contracts.events.referral import DeclineReason
from deploy.demo.region import GUIDANCE
from services.referral.client import Promise, Task
from services.referral.domain.identity import fictional_bsn
from tests.integration.referral.trajectory_files import file as trajectory_file
from tests.integration.referral.trajectory_files import row as trajectory
from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, NIJMEGEN, PLANNER, Region, this_day
from tests.web.pages_access_provider.walk import addresses, good

BSN = fictional_bsn(4000).digits
SURNAME = "Sterrenwoud"
BOTH = (390, 1440)


async def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        await page.fill(f"#field-{name}", value)


async def test_somebody_is_referred_decided_about_accepted_and_helped(region: Region, signed_in: Open) -> None:
    today = this_day()
    async with signed_in(NIJMEGEN) as window:
        page, asked = window.page, addresses(window)
        await expect(page.get_by_role("heading", name="Wat op u wacht")).to_be_visible()
        await good(window, "access-worklist-empty")
        await page.get_by_role("link", name="Iemand verwijzen").first.click()
        await page.select_option("#field-product", "45A04")
        await expect(page.locator("#candidates .sp-choice")).to_have_count(2)
        # The shortest wait stands first.
        first = page.locator("#candidates .sp-choice").first
        await expect(first).to_have_text(re.compile(r"^\s*Kompas & Kade\s*12 dagen wachttijd, norm 6 weken"))
        await page.get_by_label("De Zilveren Reiger").check()
        await page.set_viewport_size({"width": 1440, "height": 900})
        end = str(today + timedelta(days=100))
        await fill(page, {"volume": "3", "end": end, "bsn": "123456789", "last_name": SURNAME})
        await fill(page, {"birth_date": "2012-03-04", "postcode": "6511 ab", "house_number": "5"})
        await page.get_by_role("button", name="Deze hulp aanvragen").click()

        await expect(page.locator(".sp-errors")).to_be_focused()
        await expect(page.locator("#error-bsn")).to_have_text(
            "Dit is geen burgerservicenummer. Een BSN heeft negen cijfers; kijk ze na."
        )
        # Nothing that was filled in is lost.
        await expect(page.locator("#field-last_name")).to_have_value(SURNAME)
        await expect(page.get_by_label("De Zilveren Reiger")).to_be_checked()
        window.complaints.clear()  # the browser tells of the answer 422
        await good(window, "access-refer", BOTH)
        await page.fill("#field-bsn", BSN)
        await page.get_by_role("button", name="Deze hulp aanvragen").click()

        await expect(page.get_by_role("heading", level=1)).to_have_text(SURNAME)
        await good(window, "access-follow")
        await page.get_by_role("link", name="Besluiten").click()
        await expect(page.locator("#field-reason")).not_to_be_visible()
        await good(window, "access-decide")
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator("#error-wait_reason")).to_contain_text("De wachttijd is daar langer dan de norm.")
        window.complaints.clear()
        await page.select_option("#field-wait_reason", "client_choice")
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Toegewezen aan De Zilveren Reiger")
        assert not [url for url in asked if BSN in url or SURNAME in url or "6511" in url]

        # One click makes somebody else of you in the demo.
        await page.locator(".sp-demo__summary").click()
        await page.locator(f"a[href$='{PLANNER}']").click()
        await expect(page.get_by_role("heading", name="Werklijst", level=1)).to_be_visible()
        await expect(page.locator(".ca-table th[scope=row]").first).to_have_text(SURNAME)
        await page.locator("summary", has_text="Weigeren").click()
        await page.locator("#places tr", has_text="Begeleiding").get_by_role("link").click()
        await expect(page.locator("#field-places")).to_be_visible()
        await good(window, "provider-worklist", BOTH)
        await page.get_by_label(f"Uw eigen nummer voor {SURNAME}").fill("ZR-1")
        await page.locator(".ca-acts button", has_text="Accepteren").click()
        await expect(page.locator("#announcement")).to_contain_text("Geaccepteerd.")
        await expect(page.get_by_text("Alles gedaan.")).to_be_visible()
        await expect(page.get_by_text("Volgende termijn: ")).to_be_visible()

        await page.get_by_role("link", name="Te starten 1").click()
        await page.locator("summary", has_text="Nog niet begonnen").click()
        await page.get_by_role("button", name="De gemeente laten weten").click()
        await expect(page.locator("input[name=expected_on]")).to_be_focused()
        await expect(page.locator(".sp-error").last).to_have_text("Kies waarom de hulp nog niet is begonnen.")
        window.complaints.clear()
        await page.fill("input[name=expected_on]", str(today + timedelta(days=5)))
        await page.get_by_label("De cliënt wil later beginnen").check()
        await good(window, "provider-not-begun", BOTH)
        await page.get_by_role("button", name="De gemeente laten weten").click()
        await expect(page.locator("#announcement")).to_contain_text("De gemeente ziet het")
        await expect(page.locator("#worklist .ca-table--cards").first).to_contain_text("De cliënt wil later beginnen")
        await page.locator("summary", has_text="Start melden").click()
        await expect(page.locator("details[open] .ca-act__card")).to_contain_text("Afgesproken: de dag van de intake.")
        await page.fill("input[name=started_on]", str(today + timedelta(days=3)))
        await page.get_by_role("button", name="Deze start melden").click()
        await expect(page.locator(".sp-error")).to_contain_text("ligt in de toekomst")
        await expect(page.locator("input[name=started_on]")).to_be_focused()
        await page.fill("input[name=started_on]", str(today))
        await page.get_by_role("button", name="Deze start melden").click()
        await expect(page.locator("#announcement")).to_have_text("De start is gemeld.")
        await page.get_by_role("link", name="Lopende hulp").first.click()
        await expect(page.get_by_text("ZR-1")).to_be_visible()
        window.complaints.clear()
        await good(window, "provider-care", BOTH)


async def test_without_javascript_a_row_is_refused_with_a_reason_and_help_ends(region: Region, signed_in: Open) -> None:
    for ordinal in (1, 2, 3):
        await region.grant(await region.request(ordinal))
    planner = region.referral(PLANNER)
    waiting = (await planner.referrals(tasks=[Task.ANSWER])).items
    await planner.accept(waiting[0].referral_id, idempotency_key=region.key())
    await planner.report_start(waiting[0].referral_id, waiting[0].desired_start, idempotency_key=region.key())
    async with signed_in(PLANNER, javascript=False) as window:
        page = window.page
        row = page.locator(f"#row-{waiting[1].referral_id}")
        await row.locator("summary", has_text="Weigeren").click()
        await row.get_by_role("link", name="Formulier openen").locator("visible=true").click()
        await page.get_by_role("button", name="Deze toewijzing weigeren").click()
        await expect(row).to_contain_text("Kies waarom u weigert.")
        await row.get_by_label("Wij hebben geen plek").check()
        await row.get_by_role("button", name="Deze toewijzing weigeren").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Geweigerd.")
        # The next row is where the visitor goes on.
        await expect(page).to_have_url(re.compile(f"#row-{waiting[2].referral_id}$"))
        await expect(row).to_have_count(0)

        await page.locator("#places tr", has_text="Begeleiding").get_by_role("link").click()
        await fill(page, {"places": "12", "free": "veel", "wait_days": "9"})
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator("#error-free")).to_have_text("Geef een geheel getal.")
        await fill(page, {"free": "4"})
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Uw plekken zijn bewaard.")
        [stated] = await region.commissioning(PLANNER).capacities(provider="73730001", product_code=GUIDANCE.code)
        assert (stated.places, stated.free, stated.wait_days) == (12, 4, 9)

        await page.goto(window.url + "/provider/care")
        row = page.locator(f"#row-{waiting[0].referral_id}")
        await row.locator("summary", has_text="Einde melden").click()
        await row.get_by_role("link", name="Formulier openen").locator("visible=true").click()
        await expect(page.locator("main")).to_contain_text(
            "Afgesproken: de laatste dag is die van het laatste contact."
        )
        await page.get_by_label("Volgens plan afgerond").check()
        await page.get_by_role("button", name="Dit einde melden").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Het einde is gemeld.")
        stopped = await planner.referral(waiting[0].referral_id)
        assert (stopped.status.value, stopped.stop_reason) == ("stopped", "as_planned")


async def test_somebody_whom_nobody_took_gets_another_place(region: Region, signed_in: Open) -> None:
    journey = UUID(await region.request(4))
    await region.grant(str(journey))
    await region.referral(PLANNER).decline(journey, DeclineReason.NO_ROOM, idempotency_key=region.key())
    await region.referral("system").escalate(journey, Promise.PLACE, idempotency_key=region.key())
    async with signed_in(NIJMEGEN) as window:
        page = window.page
        task = page.locator(f"#task-{journey}")
        await expect(task).to_contain_text("Zoek een plek voor A. Smit: niemand nam Jeugdhulp ambulant aan.")
        await good(window, "access-worklist", BOTH)
        await task.get_by_role("link", name="Plek zoeken").click()
        await expect(page.get_by_text("Al gevraagd: De Zilveren Reiger.")).to_be_visible()
        await expect(page.locator("#field-provider .sp-choice")).to_have_count(1)
        await good(window, "access-place")
        await page.get_by_label("Kompas & Kade").check()
        await page.get_by_role("button", name="Plek aanbieden").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Toegewezen aan Kompas & Kade")

        await page.goto(f"{window.url}/access/referrals/{journey}/withdraw")
        await good(window, "access-withdraw")
        await page.get_by_label("Er is andere hulp gevonden").check()
        await page.get_by_role("button", name="Intrekken").click()
        await expect(page.locator(".sp-timeline")).to_contain_text("Er is andere hulp gevonden")


async def test_a_request_is_turned_down_with_a_reason(region: Region, signed_in: Open) -> None:
    journey = await region.request(7)
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}/decide") as window:
        page = window.page
        await page.get_by_label("Afwijzen").check()
        await expect(page.locator("#field-provider")).not_to_be_visible()
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator("#error-reason")).to_have_text("Kies de reden. De aanbieder krijgt die ook.")
        await page.select_option("#field-reason", "stacking")
        await page.get_by_role("button", name="Besluiten").click()
        await expect(page.locator(".utrecht-alert--ok")).to_have_text("Afgewezen. De aanbieder hoort de reden.")
        await page.goto(f"{window.url}/access/referrals/{journey}/decide")
        await expect(page.get_by_text("Hier valt niets meer te besluiten.")).to_be_visible()


async def test_a_double_click_does_one_thing(region: Region, signed_in: Open) -> None:
    journey = await region.request(5)
    async with signed_in(NIJMEGEN, f"/access/referrals/{journey}/decide") as window:
        twice = """async () => {
            const body = () => new URLSearchParams(new FormData(document.querySelector('form.ca-form')));
            const send = () => fetch(location.href, {method: 'POST', body: body()});
            return (await Promise.all([send(), send()])).map(answer => answer.url);
        }"""
        await window.page.select_option("#field-wait_reason", "expertise")
        led_to = await window.page.evaluate(twice)
        assert led_to == [f"{window.url}/access/worklist"] * 2
    allocations = await region.referral(NIJMEGEN).allocations(UUID(journey))
    assert len(allocations) == 1


async def test_the_list_is_filtered_ordered_and_kept_as_a_file_without_names(region: Region, signed_in: Open) -> None:
    await region.request(6, GUIDANCE.code)
    async with signed_in(NIJMEGEN, f"/access/referrals?product={GUIDANCE.code}&sort=due") as window:
        page = window.page
        rows = page.locator("#referrals tbody tr")
        await expect(rows).to_have_count(1)
        await expect(rows).to_contain_text("Mulder")
        await good(window, "access-referrals")
        async with page.expect_download() as kept:
            await page.get_by_role("link", name="CSV").click()
        text = (await (await kept.value).path()).read_text(encoding="utf-8-sig")
        assert text.splitlines()[0].startswith("Toewijzing;Product;Aanbieder;Status")
        assert "Begeleiding;De Zilveren Reiger;Wacht op besluit" in text
        assert "Mulder" not in text
        await page.goto(window.url + "/access/referrals?status=nonsense&sort=nonsense&page=999")
        await expect(page.get_by_role("heading", name="Verwijzingen")).to_be_visible()


async def test_trajectories_are_checked_row_by_row_and_imported_whole(region: Region, signed_in: Open) -> None:
    good_rows = [trajectory(90_000 + each, municipality="0268") for each in range(2)]
    wrong = trajectory(90_009, municipality="0268", volume="veel")
    async with signed_in(NIJMEGEN, "/access/import") as window:
        page = window.page
        await good(window, "access-import")

        async def choose(rows: list[dict[str, str]], button: str) -> None:
            content = {"name": "trajecten.csv", "mimeType": "text/csv", "buffer": trajectory_file(rows)}
            await page.set_input_files("#field-file", content)  # type: ignore[arg-type]
            await page.get_by_role("button", name=button).click()

        for button in ("Bestand controleren", "Bestand importeren"):
            await choose([*good_rows, wrong], button)
            await expect(page.locator("#problems tbody tr")).to_have_count(1)
            await expect(page.locator("#problems tbody tr")).to_contain_text("volume")
        window.complaints.clear()  # the browser tells of the answer 422
        await good(window, "access-import-wrong")
        await choose(good_rows, "Bestand controleren")
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("2 van de 2 regels zijn nieuw")
        await choose(good_rows, "Bestand importeren")
        await expect(page.get_by_role("heading", name="Trajecten overgenomen", level=1)).to_be_visible()
        await expect(page.locator("tbody tr")).to_have_count(2)
        await good(window, "access-imported")


async def test_a_rejected_message_says_what_is_wrong_and_how_to_mend_it(region: Region, signed_in: Open) -> None:
    async with signed_in(ADMINISTRATOR, "/messages") as window:
        page = window.page
        await good(window, "provider-messages")
        message = {"name": "bericht.xml", "mimeType": "text/xml", "buffer": b"<kapot>"}
        await page.set_input_files("#field-file", message)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Versturen").click()
        await expect(page.get_by_text("Dit bericht is afgekeurd")).to_be_visible()
        await expect(page.locator(".ca-findings li")).to_have_count(1)
        await good(window, "provider-message")
        async with page.expect_download() as kept:
            await page.get_by_role("link", name="Bericht downloaden").click()
        assert (await (await kept.value).path()).read_bytes() == b"<kapot>"
        await page.goto(window.url + "/provider/worklist?task=rejected")
        await expect(page.get_by_role("link", name="Afgekeurd 1")).to_be_visible()
        await good(window, "provider-rejected")
    async with signed_in(NIJMEGEN, "/messages?box=in") as window:
        await expect(window.page.get_by_role("link", name="Aan u")).to_have_attribute("aria-current", "page")
        await good(window, "access-messages")


async def test_a_provider_asks_applies_and_signs(region: Region, signed_in: Open) -> None:
    commission = await region.commission("Jeugdhulp dichtbij huis")
    agreement = await region.agreement_to_sign()
    async with signed_in(ADMINISTRATOR, "/provider/commissions") as window:
        page = window.page
        await good(window, "provider-commissions")
        await page.get_by_role("link", name=commission.title).click()
        await page.fill("#field-question", "Telt ervaring op school mee?")
        await page.get_by_role("button", name="Vraag versturen").click()
        await expect(page.locator("#questions")).to_contain_text("uw vraag")
        await page.fill("#field-answer-u1", "Dat is zo.")
        await page.get_by_role("button", name="Inschrijving versturen").click()
        await expect(page.locator("#error-answer-g1")).to_have_text("Vertel hoe u aan deze eis voldoet.")
        await expect(page.locator("#field-answer-u1")).to_have_value("Dat is zo.")
        await page.fill("#field-answer-g1", "Tien jaar, op vier scholen.")
        await page.get_by_role("button", name="Inschrijving versturen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("verzegeld")
        window.complaints.clear()
        await good(window, "provider-commission")

        await page.goto(window.url + "/provider/agreements")
        await good(window, "provider-agreements")
        await page.goto(f"{window.url}/provider/agreements/{agreement}")
        await good(window, "provider-agreement")
        await page.get_by_role("link", name="Tekenen").click()
        await good(window, "provider-sign")
        await page.get_by_role("button", name="Tekenen").click()
        await expect(page.locator(".utrecht-alert--ok")).to_have_text("Getekend. De overeenkomst is gesloten.")


async def test_the_pages_are_for_those_whose_work_it_is(region: Region, signed_in: Open) -> None:
    async with signed_in("council-member-nijmegen", "/help") as window:
        answers = await asyncio.gather(
            *(
                window.page.context.request.get(window.url + path)
                for path in ("/access/worklist", "/access/referrals", "/provider/worklist", "/messages")
            )
        )
        assert [answer.status for answer in answers] == [403] * 4
        await expect(window.page.get_by_role("link", name="Werklijst")).to_have_count(0)
    async with signed_in(ADMINISTRATOR, "/provider/worklist") as window:
        # Names are for who helps.
        await expect(window.page.get_by_role("columnheader", name="Naam")).to_have_count(0)
        await expect(window.page.get_by_role("button", name="Accepteren")).to_have_count(0)
