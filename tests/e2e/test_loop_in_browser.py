"""The whole loop through the portal, in Chromium, on every process: from the frame of a council to its figures.

Each step is clicked by the person whose work it is; every page on the way is examined (see ``walk.py``). Only founding
the region, its providers and the agreements that ran already goes through the typed clients: no page is meant for it.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from playwright.async_api import expect

from deploy.demo import setting
from deploy.demo.cast import REGIONAL_OFFICER
from deploy.demo.history import PastTrajectory, as_csv, outcomes_csv, trajectories
from deploy.demo.region import DAY_ACTIVITIES, MOLENRAD, REIGER
from services.kit.working_days import AMSTERDAM
from services.referral.domain.identity import fictional_bsn
from tests.e2e.walk import Walk, days_in, fill, follow, follows, send, tick

CLERK = "clerk-nijmegen"
ADMINISTRATOR = f"administrator-{MOLENRAD.slug}"
PLANNER = f"planner-{MOLENRAD.slug}"
ACCESS = "access-worker-nijmegen"
NIJMEGEN, WIJCHEN = "0268", "0296"
AUTUMN = datetime(2026, 10, 1, 9, tzinfo=AMSTERDAM)
ROUND = "2026-09"
SURNAME = "Testpersoon Lus"
PATIENCE = 60_000
"""Milliseconds that a file with hundreds of rows may take."""
REQUIREMENTS = (
    ("Geen veroordeling, faillissement of belastingschuld.", "exclusion"),
    ("Ervaring met dagbesteding in een buurthuis.", "suitability"),
    ("Ten minste 40 % van de plekken ligt dicht bij huis.", "performance"),
)


async def test_the_loop_goes_round(walk: Walk) -> None:
    await walk.clock.move_to(setting.BEGIN)
    await setting.found_region(walk.cast)
    await setting.import_agreements(walk.cast)
    await walk.clock.quiet()
    await see_the_loop_count(walk)
    await write_the_story(walk)
    commission = await open_the_commission(walk)
    await apply(walk)
    await see_dates_follow_the_clock(walk)
    await assess_and_announce(walk, commission)
    await sign_on_both_sides(walk, commission)
    await say_who_has_room(walk)
    referral = await refer_and_grant(walk)
    await accept(walk)
    await begin_and_end_help(walk)
    await take_over_the_past(walk)
    await report_results(walk, referral)
    await release_figures(walk)
    await read_as_a_council(walk)
    await tell_the_story(walk)
    assert len(walk.examined) >= 40


async def see_the_loop_count(walk: Walk) -> None:
    """A visitor sees the loop count by itself when a council adopts its frame."""
    async with walk.visitor("/") as window:
        council = window.page.locator(".sp-steps__step", has_text="Raad").first
        await expect(council).to_contain_text("0 kaders vastgesteld")
        await adopt_a_frame(walk)
        await expect(council).to_contain_text("1 kader vastgesteld")
        await walk.good(window, "start")
    async with walk.visitor("/", javascript=False) as window:
        await expect(window.page.locator(".sp-steps__step", has_text="Raad").first).to_contain_text("1 kader")


async def adopt_a_frame(walk: Walk) -> None:
    """The clerk writes a frame with a goal and its figures, and notes that the council adopted it."""
    async with walk.visitor(f"/council/{NIJMEGEN}/frames/new", CLERK) as window:
        page = window.page
        await walk.good(window, "frame-form", CLERK)
        await fill(page, title="Dichtbij, tenzij", introduction="Wat de raad belangrijk vindt, in één doel.")
        await fill(page, first_year=2026, last_year=2029, goal_0="Eerder passende hulp")
        for number in (5, 6, 9):
            await page.locator(f"input[name=indicators_0][value='{number}']").check()
        await send(page)
        await walk.good(window, "frames", CLERK)
        await follow(page, "/adopt")
        await walk.good(window, "frame-adopt", CLERK)
        await send(page)
    await walk.clock.quiet()


async def write_the_story(walk: Walk) -> None:
    """The regional officer writes a scenario within the frame and publishes it: without JavaScript."""
    async with walk.visitor("/manager/scenarios", REGIONAL_OFFICER, javascript=False) as window:
        page = window.page
        await walk.good(window, "scenarios", REGIONAL_OFFICER)
        await follow(page, "/manager/scenarios/new")
        await walk.good(window, "scenario-form", REGIONAL_OFFICER)
        await fill(page, title="Dichtbij, tenzij", story=setting.STORY_TEXT)
        await tick(page, "municipalities")
        await tick(page, "frames")
        await fill(page, title_0="80 % start binnen de norm", indicator_0="6", lower_0="80", year_0="2029")
        await fill(page, title_1="Hoogstens 12 % stopt voortijdig", indicator_1="9", upper_1="12", year_1="2029")
        await send(page)
        await walk.good(window, "scenario-draft", REGIONAL_OFFICER)
        await follow(page, "/publish")
        await walk.good(window, "scenario-publish", REGIONAL_OFFICER)
        await send(page)
        await expect(page.locator("main")).to_contain_text("Dichtbij, tenzij")


async def open_the_commission(walk: Walk) -> UUID:
    """The officer opens a joint commission under the story; gives its identifier."""
    async with walk.visitor("/manager/commissions/new", REGIONAL_OFFICER) as window:
        page = window.page
        await walk.good(window, "commission-form", REGIONAL_OFFICER)
        await fill(page, title=DAY_ACTIVITIES.name)
        await page.locator("#field-scenario").select_option(label="Dichtbij, tenzij")
        await tick(page, "municipalities")
        product = DAY_ACTIVITIES
        await fill(page, product_code_0=product.code, product_category_0=product.category, product_name_0=product.name)
        await fill(page, product_law_0=product.law.value, product_unit_0=product.unit.value, product_tariff_0="53,50")
        await fill(page, product_variant_0=product.variant.value, product_start_means_0="intake")
        for place, (text, step) in enumerate(REQUIREMENTS):
            await fill(page, **{f"requirement_text_{place}": text, f"requirement_step_{place}": step})
        await fill(page, valid_from=setting.NEW_AGREEMENTS, valid_until=date(2029, 12, 31))
        await send(page)
        await walk.good(window, "commission-draft", REGIONAL_OFFICER)
        await follow(page, "/publish")
        await walk.good(window, "commission-publish", REGIONAL_OFFICER)
        await send(page)
        return UUID(page.url.rpartition("/")[2].partition("#")[0].partition("?")[0])


async def apply(walk: Walk) -> None:
    """An administrator of a provider applies, without JavaScript; nobody can read it yet."""
    await walk.clock.quiet()
    async with walk.visitor("/provider/commissions", ADMINISTRATOR, javascript=False) as window:
        page = window.page
        await expect(page.locator(".sp-mark__name")).to_have_text(MOLENRAD.name)
        await walk.good(window, "provider-commissions", ADMINISTRATOR)
        await page.get_by_role("link", name=DAY_ACTIVITIES.name).first.click()
        await walk.good(window, "provider-commission", ADMINISTRATOR)
        await tick(page, "products")
        for answer in await page.locator("textarea[name^='answer-']").all():
            await answer.fill("Ja, zie de bijlage.")
        await send(page, "#apply form")
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("verzegeld")


async def see_dates_follow_the_clock(walk: Walk) -> None:
    """Three days on, "nog n dagen" says three less."""
    async with walk.visitor("/provider/commissions", ADMINISTRATOR) as window:
        badge = window.page.locator(".sp-deadline").first
        before = days_in(await badge.inner_text())
        await walk.clock.move_to(await walk.clock.now() + timedelta(days=3))

        async def says_less() -> bool:
            return days_in(await badge.inner_text()) == before - 3

        await follows(window.page, says_less)


async def assess_and_announce(walk: Walk, commission: UUID) -> None:
    """After the closing day the officer opens the application, judges it and announces the result."""
    closes = (await walk.cast.officer.commissioning.commission(commission)).data.applications_due
    await walk.clock.advance(closes)
    async with walk.visitor(f"/manager/commissions/{commission}", REGIONAL_OFFICER) as window:
        page = window.page
        await walk.good(window, "commission-closed", REGIONAL_OFFICER)
        await follow(page, "/assess")
        await walk.good(window, "assess", REGIONAL_OFFICER)
        for met in await page.locator("input[name^='met_'][value=yes]").all():
            await met.check()
        await send(page)
        await follow(page, "/announce")
        await walk.good(window, "announce", REGIONAL_OFFICER)
        await send(page)
        await expect(page.locator("main")).to_contain_text("Toegelaten")


async def sign_on_both_sides(walk: Walk, commission: UUID) -> None:
    """After the standstill the officer lays the agreement before both sides; both sign."""
    await walk.clock.advance(datetime(2026, 7, 20, 9, tzinfo=AMSTERDAM))
    async with walk.visitor(f"/manager/commissions/{commission}", REGIONAL_OFFICER) as window:
        page = window.page
        await follow(page, "/agreement")
        await walk.good(window, "agreement-form", REGIONAL_OFFICER)
        await fill(page, ceiling="800000")
        await send(page)
        await walk.good(window, "agreement-to-sign", REGIONAL_OFFICER)
        await send(page, "section:has(#sign-heading) form")
    async with walk.visitor("/provider/agreements", ADMINISTRATOR) as window:
        page = window.page
        await walk.good(window, "provider-agreements", ADMINISTRATOR)
        agreements = await walk.cast.administrator(MOLENRAD).commissioning.agreements()
        [agreement] = [each for each in agreements.items if each.commission_id == commission]
        await follow(page, f"/provider/agreements/{agreement.agreement_id}")
        await walk.good(window, "provider-agreement", ADMINISTRATOR)
        await follow(page, "/sign")
        await walk.good(window, "provider-sign", ADMINISTRATOR)
        await send(page)
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Getekend")
    await walk.clock.quiet()


async def say_who_has_room(walk: Walk) -> None:
    """The planner states free places in the page."""
    await walk.clock.advance(setting.STORY)
    async with walk.visitor(f"/provider/worklist?edit={DAY_ACTIVITIES.code}", PLANNER) as window:
        page = window.page
        await walk.good(window, "provider-worklist-empty", PLANNER)
        await fill(page, places="90", free="12", wait_days="9")
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator("#places .utrecht-alert--ok")).to_be_visible()
    await walk.clock.quiet()


async def refer_and_grant(walk: Walk) -> UUID:
    """The access worker refers somebody, and decides without JavaScript; gives the journey."""
    today = await walk.today()
    async with walk.visitor("/access/refer", ACCESS) as window:
        page = window.page
        await page.locator("#field-product").select_option(DAY_ACTIVITIES.code)
        await page.get_by_label(MOLENRAD.name).check()
        await walk.good(window, "access-refer", ACCESS)
        await fill(page, volume="4", frequency="week", end=today + timedelta(days=90))
        await fill(page, bsn=fictional_bsn(8_999).digits, last_name=SURNAME, birth_date="1951-02-03")
        await fill(page, postcode="6511 AB", house_number="12")
        await send(page, "form.ca-form")
        await expect(page.get_by_role("heading", level=1)).to_have_text(SURNAME)
        await walk.good(window, "access-follow", ACCESS)
        referral = UUID(page.url.rpartition("/")[2])
    async with walk.visitor(f"/access/referrals/{referral}/decide", ACCESS, javascript=False) as window:
        await walk.good(window, "access-decide", ACCESS)
        await send(window.page, "form.ca-form")
        await expect(window.page.locator(".utrecht-alert--ok")).to_contain_text(f"Toegewezen aan {MOLENRAD.name}")
        await walk.good(window, "access-worklist", ACCESS)
    return referral


async def accept(walk: Walk) -> None:
    """The planner takes the resident on, without JavaScript."""
    async with walk.visitor("/provider/worklist", PLANNER, javascript=False) as window:
        page = window.page
        await expect(page.locator(".ca-table th[scope=row]").first).to_have_text(SURNAME)
        await walk.good(window, "provider-worklist", PLANNER)
        await page.locator(".ca-acts button", has_text="Accepteren").click()
        await expect(page.locator(".utrecht-alert--ok")).to_contain_text("Geaccepteerd")
    await walk.clock.quiet()


async def begin_and_end_help(walk: Walk) -> None:
    """The planner reports the start, and a month later the end."""
    async with walk.visitor("/provider/worklist?task=report_start", PLANNER) as window:
        page = window.page
        await walk.good(window, "provider-to-start", PLANNER)
        await page.locator("summary", has_text="Start melden").click()
        await page.get_by_role("button", name="Deze start melden").click()
        await expect(page.locator("#announcement")).to_have_text("De start is gemeld.")
    await walk.clock.quiet()
    await walk.clock.advance(setting.STORY + timedelta(days=32))
    async with walk.visitor("/provider/care", PLANNER) as window:
        page = window.page
        await walk.good(window, "provider-care", PLANNER)
        await page.locator("summary", has_text="Einde melden").first.click()
        await page.get_by_label("Volgens plan afgerond").first.check()
        await page.get_by_role("button", name="Dit einde melden").first.click()
        await expect(page.locator("#announcement")).to_contain_text("gemeld")
    await walk.clock.quiet()


def past() -> list[PastTrajectory]:
    """Care that ended, in two municipalities: enough for figures that may be shown."""
    ended = [each for each in trajectories() if each.provider is REIGER and each.stopped_on is not None]
    nijmegen = [each for each in ended if each.municipality == NIJMEGEN][-240:]
    return nijmegen + [each for each in ended if each.municipality == WIJCHEN][-120:]


async def take_over_the_past(walk: Walk) -> None:
    """Access workers import what ran before; with it there are enough residents for figures."""
    for municipality, worker in ((NIJMEGEN, ACCESS), (WIJCHEN, "access-worker-wijchen")):
        content = as_csv(each for each in past() if each.municipality == municipality)
        async with walk.visitor("/access/import", worker) as window:
            page = window.page
            if municipality == NIJMEGEN:
                await walk.good(window, "access-import", worker)
            file = {"name": "trajecten.csv", "mimeType": "text/csv", "buffer": content}
            await page.set_input_files("#field-file", file)  # type: ignore[arg-type]
            await page.get_by_role("button", name="Bestand importeren").click()
            done = page.get_by_role("heading", name="Trajecten overgenomen", level=1)
            await expect(done).to_be_visible(timeout=PATIENCE)
            if municipality == NIJMEGEN:
                await walk.good(window, "access-imported", worker)
    await walk.clock.quiet()


async def report_results(walk: Walk, referral: UUID) -> None:
    """One result by form, without JavaScript; those of another provider by file."""
    async with walk.visitor("/outcomes", PLANNER, javascript=False) as window:
        page = window.page
        await walk.good(window, "outcomes-due", PLANNER)
        await follow(page, f"/outcomes/{referral}")
        await walk.good(window, "outcome-form", PLANNER)
        await page.locator("input[name=usefulness][value='8']").check()
        await page.locator("input[name=without_help][value='03']").check()
        await page.locator("main button[name=then][value=list]").click()
        await expect(page.locator(".utrecht-alert--ok")).to_be_visible()
    async with walk.visitor("/outcomes/upload", f"administrator-{REIGER.slug}") as window:
        page = window.page
        await walk.good(window, "outcomes-upload", f"administrator-{REIGER.slug}")
        file = {"name": "resultaten.csv", "mimeType": "text/csv", "buffer": outcomes_csv(past()).encode()}
        await page.set_input_files("main input[type=file]", file)  # type: ignore[arg-type]
        await page.locator("main button[name=action][value=import]").click()
        await expect(page.locator(".utrecht-alert--ok")).to_be_visible(timeout=PATIENCE)
    await walk.clock.quiet()


async def release_figures(walk: Walk) -> None:
    """The officer opens a round, providers close their month, and the figures are released by themselves."""
    await walk.clock.advance(AUTUMN)
    async with walk.visitor("/manager/rounds", REGIONAL_OFFICER) as window:
        month = window.page.locator(f"#field-month option[value='{ROUND}']")

        async def is_over() -> bool:
            return await month.count() > 0

        await follows(window.page, is_over)
        await fill(window.page, month=ROUND)
        await send(window.page, "aside form")
        await walk.good(window, "rounds", REGIONAL_OFFICER)
    await walk.clock.quiet()
    [opened] = (await walk.cast.officer.monitoring.rounds()).items
    for provider in (MOLENRAD, REIGER):
        administrator = f"administrator-{provider.slug}"
        async with walk.visitor(f"/outcomes/rounds/{opened.round_id}", administrator) as window:
            if provider is MOLENRAD:
                await walk.good(window, "outcomes-close", administrator)
            await send(window.page)
    await walk.clock.quiet()
    await walk.clock.advance(opened.publish_at)


async def read_as_a_council(walk: Walk) -> None:
    """Anybody reads the figures of Nijmegen, also without JavaScript; a council member asks a question about them."""
    async with walk.visitor(f"/council/{NIJMEGEN}") as window:
        await expect(window.page.locator("main")).to_contain_text("Eerder passende hulp")
        await walk.good(window, "council")
    async with walk.visitor(f"/council/{NIJMEGEN}/figures", javascript=False) as window:
        shown = await window.page.locator(".sp-figure__value").all_inner_texts()
        assert len(shown) >= 3, "the council sees few figures"
        assert any(sign.isdigit() for text in shown for sign in text)
        await walk.good(window, "council-figures")
    async with walk.visitor(
        f"/council/{NIJMEGEN}/questions/new", "council-member-nijmegen", javascript=False
    ) as window:
        page = window.page
        await walk.good(window, "council-ask", "council-member-nijmegen")
        await fill(page, subject="Waarom wachten gezinnen langer?", body="Wat doet het college eraan?")
        await send(page)
        await walk.good(window, "council-question", "council-member-nijmegen")
    async with walk.visitor(f"/council/{NIJMEGEN}") as window:
        await expect(window.page.locator("main")).to_contain_text("Waarom wachten gezinnen langer?")
    async with walk.visitor("/manager/home", REGIONAL_OFFICER) as window:
        await walk.good(window, "manager-home", REGIONAL_OFFICER)


async def tell_the_story(walk: Walk) -> None:
    """The pages about Samenspel itself, for everybody."""
    for path, name in (("/story", "story"), ("/developers", "developers"), ("/help", "help")):
        async with walk.visitor(path) as window:
            if name == "story":
                await expect(window.page.locator("main")).to_contain_text("80 % start binnen de norm: ten minste 80")
            await walk.good(window, name)
