"""The pages of commissioners, providers who report, and councils, on a running stack: with and without JavaScript."""

import io
import os
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook
from playwright.async_api import expect

from deploy.demo.region import PROVIDERS
from services.commissioning.client import DesiredOutcome, ScenarioText, Stage
from services.portal.exports import XLSX
from tests.web.pages_manager_council.conftest import Open, Read
from tests.web.pages_manager_council.reader import Page
from tests.web.pages_manager_council.world import DECLARED, OFFICER, STORY, World, agreements_workbook, key
from tests.web.visitor import Window

SHOTS = Path(os.environ["SHOTS"]) if "SHOTS" in os.environ else None
"""A folder for pictures of the pages, to look at: ``SHOTS=/tmp/x pytest tests/web/pages_manager_council``."""
FULL = SHOTS is not None or os.environ.get("WEB_MATRIX") == "full"
REIGER = PROVIDERS[0]


async def good(window: Window, path: str) -> None:
    """The page is accessible, never scrolls sideways, is light, and the browser is content."""
    await window.open(path)
    assert len((await window.page.content()).encode()) < 100_000, path
    await window.page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    for width in (1440, 768, 390):
        await window.page.set_viewport_size({"width": width, "height": 900})
        assert await window.fits(), f"{path} scrolls sideways at {width}"
        if FULL or width == 390:
            assert await window.violations() == [], f"{path} at {width}"
        if SHOTS:
            await window.page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = false)")
            name = path.strip("/").partition("?")[0].replace("/", "-") or "start"
            await window.page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
    await window.page.set_viewport_size({"width": 1440, "height": 900})
    assert window.complaints == [], f"{path}: {window.complaints}"


async def agreement_with(world: World, agb: str) -> str:
    rooms = await world.commissioning(OFFICER).spending_rooms()
    return str(next(room.agreement_id for room in rooms.items if room.provider == agb))


async def commission(world: World, title: str) -> str:
    page = await world.commissioning(OFFICER).commissions()
    return str(next(each.commission_id for each in page.items if each.title == title))


# --- who directs


async def test_home_says_what_to_do_first(world: World, read: Read) -> None:
    home = await (await read(OFFICER)).get("/manager/home")
    assert home.of_class("sp-head__above") == ["vrijdag 14 augustus 2026 (fictief)"]
    assert home.title == "Goedemorgen, Medewerker regionaal bureau Rijk van Nijmegen"
    tasks = home.of_class("sp-task")
    assert len(tasks) == 5
    assert tasks[0].startswith("Waarschuwing nog 14 dagen , vrijdag 28 augustus 2026 De Zilveren Reiger zit op 7")
    assert "Contractstandaard, artikel 1.5.7" in tasks[0]
    assert ["nog 3 dagen" in tasks[1], "nog 5 dagen" in tasks[2]] == [True, True], "then by term"
    everything = await (await read(OFFICER)).get("/manager/home?task_list=all")
    assert len(everything.of_class("sp-task")) == 7
    assert any("Open de rapportageronde over juli 2026" in task for task in everything.of_class("sp-task"))


async def test_agreements_are_ordered_filtered_and_kept_as_a_file(world: World, read: Read) -> None:
    manager = await read("contract-manager-nijmegen")
    home = await manager.get("/manager/home")
    assert len(home.all("//*[@id='agreement-list']//tbody/tr/th")) == 8
    assert any("Rijk van Nijmegen voert het gesprek" in task for task in home.of_class("sp-task"))
    warned = await manager.get("/manager/agreements?show=warned&sort=-share")
    assert warned.all("//tbody/tr/th") == ["De Zilveren Reiger"]
    found = await manager.get("/manager/agreements?q=kompas")
    assert found.all("//tbody/tr/th") == ["Kompas & Kade"]
    nothing = await manager.get("/manager/agreements?q=bestaat+niet")
    assert nothing.of_class("sp-empty__title") == ["Geen overeenkomst gevonden"]
    file = await manager.file("/manager/agreements.csv?show=warned")
    assert [line.split(";")[0] for line in file.text.splitlines()] == ["\ufeffAanbieder", "De Zilveren Reiger"]
    sheet = load_workbook(io.BytesIO((await manager.file("/manager/agreements.xlsx")).content)).active
    assert sheet is not None
    assert sheet.max_row == 9
    assert (await manager.file("/manager/run-rate.png")).content.startswith(b"\x89PNG")


async def test_what_was_spent_stands_beside_what_is_committed_to_the_cent(world: World, read: Read) -> None:
    agreement = await agreement_with(world, REIGER.agb)
    spent = sum(cents // number for cents in DECLARED.values() for number in range(1, 8))
    euros = round(spent / 100)
    for person, address in (
        ("contract-manager-nijmegen", "/manager/agreements"),
        ("administrator-de-zilveren-reiger", "/provider/agreements"),
    ):
        visitor = await read(person)
        assert f"besteed € {euros // 1000}.{euros % 1000:03d}" in (await visitor.get(address)).text.replace(
            "\N{NO-BREAK SPACE}", " "
        )
        page = await visitor.get(f"{address}/{agreement}")
        words = page.text.replace("\N{NO-BREAK SPACE}", " ")
        assert "Besteed is wat declaraties echt kostten, voor zorg tot en met juni 2026." in words
        assert page.all("//*[@id='reconciliation-table']//tbody/tr[1]/th") == ["januari 2026"]
        assert page.all("//*[@id='reconciliation-table']//tbody/tr[last()]/td")[0] == "alle gemeenten"
        file = (await visitor.file(f"{address}/{agreement}/reconciliation/2026.csv")).text.lstrip("\ufeff").splitlines()
        assert file[0] == "Maand;Gemeente;Gereserveerd;Besteed"
        assert any(line.startswith("2026-04;Nijmegen;") and line.endswith(";6100,25") for line in file)
        assert file[-1].split(";")[-1] == f"{spent // 100},{spent % 100:02d}"
        *lines, total = [Decimal(line.split(";")[2].replace(",", ".") or 0) for line in file[1:]]
        assert sum(lines) == total > spent / 100
        picture = await visitor.file(f"{address}/{agreement}/reconciliation/2026.png")
        assert picture.content.startswith(b"\x89PNG")
    nobody = await read("administrator-waalwind")
    assert (await nobody.get(f"/provider/agreements/{agreement}/reconciliation/2026.csv")).status == 404


async def test_a_warning_is_talked_about_and_decided(world: World, read: Read) -> None:
    officer, address = await read(OFFICER), "/manager/agreements/" + await agreement_with(world, REIGER.agb)
    page = await officer.get(address)
    assert page.title == "De Zilveren Reiger"
    empty = await officer.send(page, "/talk", held_on="", note="")
    assert (empty.status, empty.error("held_on")) == (422, "Vul de dag in, bijvoorbeeld 14-08-2026.")
    future = await officer.send(empty, "/talk", held_on="2026-08-20", note="Gesproken over instroom.")
    assert future.error("held_on") == "Het gesprek ligt in de toekomst. Leg het vast als het gevoerd is."
    assert "Gesproken over instroom." in future.text, "nothing that was filled in is lost"
    talked = await officer.send(future, "/talk", held_on="2026-08-13")
    assert talked.said == ["Het gesprek is vastgelegd. Besluit uiterlijk op 11 september 2026."]
    undecided = await officer.send(talked, "/decision", decided_on="2026-08-14", note="Instroom daalt.")
    assert undecided.error("decision") == "Kies wat er is besloten."
    decided = await officer.send(undecided, "/decision", decision="no_change")
    assert decided.said == ["Het besluit is vastgelegd. Het staat bij de overeenkomst."]
    assert "Besluit: Er verandert niets (gedaan)" in " ".join(decided.of_class("sp-step__title"))


async def test_running_agreements_come_in_with_a_spreadsheet(world: World, read: Read) -> None:
    officer = await read(OFFICER)
    page = await officer.get("/manager/agreements/import")
    template = await officer.file("/manager/agreements/import/template")
    assert load_workbook(io.BytesIO(template.content)).sheetnames[:2] == ["Overeenkomsten", "Tarieven"]
    book = load_workbook(io.BytesIO(agreements_workbook(world)))
    book["Overeenkomsten"]["B3"] = "12"
    spoilt = io.BytesIO()
    book.save(spoilt)
    files = {"file": ("overeenkomsten.xlsx", spoilt.getvalue(), XLSX)}
    refused = await officer.send(page, "/import", button=("action", "import"), files=files)
    assert refused.status == 422
    assert refused.all("//tbody/tr")[0].startswith("Overeenkomsten 3 B ")
    files = {"file": ("overeenkomsten.xlsx", agreements_workbook(world), XLSX)}
    checked = await officer.send(refused, "/import", button=("action", "check"), files=files)
    assert checked.said == ["Het bestand klopt: 0 nieuw, 0 gewijzigd, 8 al aanwezig. Neem het nu over."]
    taken = await officer.send(checked, "/import", button=("action", "import"), files=files)
    assert taken.said == ["Overgenomen: 0 nieuw, 0 gewijzigd, 8 al aanwezig."]
    assert taken.title == "Overeenkomsten"
    none = await officer.send(await officer.get("/manager/agreements/import"), "/import", button=("action", "check"))
    assert none.error("file") == "Kies een bestand."


async def test_a_story_is_drafted_edited_and_published(world: World, read: Read) -> None:
    officer = await read(OFFICER)
    page = await officer.get("/manager/scenarios/new")
    frame = page.tree.xpath("//input[@name='frames']/@value")[0]
    values = {"title": "Thuis opgroeien", "story": "Waarheen.\n\nEn waarom.", "title_0": "Minder uitval"}
    wrong = await officer.send(page, "/new", **values, indicator_0="9", year_0="2029")
    assert wrong.error("lower_0") == "Vul ten minste één kant van de bandbreedte in."
    upside_down = await officer.send(wrong, "/new", lower_0="20", upper_0="12,5")
    assert "ondergrens ligt boven de bovengrens" in upside_down.error("lower_0")
    draft = await officer.send(upside_down, "/new", lower_0="", frames=[])
    assert draft.said[0].startswith("Bewaard als concept.")
    unready = await officer.send(await officer.get(f"{draft.url}/publish"), "/publish")
    assert (unready.status, "kader" in unready.said[0]) == (422, True)
    kept = await officer.send(await officer.get(f"{draft.url}/edit"), "/edit", frames=[frame])
    assert kept.said[0] == "Bewaard."
    told = await officer.send(await officer.get(f"{draft.url}/publish"), "/publish")
    assert told.of_class("sp-outcome__band") == ["Bandbreedte: 12,5 % of minder, in 2029"]
    assert told.of_class("sp-story") == ["Waarheen. En waarom."]
    assert "Hoe? Dat bepaalt u." in told.of_class("sp-freedom")[0]


async def test_a_commission_runs_from_question_to_signature(world: World, read: Read) -> None:
    officer = await read(OFFICER)
    open_ = await officer.get("/manager/commissions/" + await commission(world, "Begeleiding thuis"))
    assert "ook u niet" in open_.of_class("sp-sealed")[0]
    (field,) = open_.tree.xpath("//textarea/@name")
    (form,) = [form for form in open_.tree.forms if "/questions/" in form.action]
    answered = await officer.send(open_, form.action.split("#")[0], **{field: "Ja, dat mag."})
    assert answered.of_class("sp-question__answer") == ["Ja, dat mag."]

    closed = await commission(world, "Dagbesteding in de buurt")
    page = await officer.get(f"/manager/commissions/{closed}")
    for line, link in zip(page.of_class("sp-line"), [a for a in page.links() if a.endswith("/assess")], strict=True):
        sheet = await officer.get(link)
        if line.startswith("Noordster"):
            unsaid = await officer.send(sheet, "/assess", met_u1="yes", met_g1="no")
            assert unsaid.error("ground_g1") == "Schrijf waarom. De aanbieder heeft recht op de reden."
            page = await officer.send(unsaid, "/assess", ground_g1="Nog geen ervaring.")
            assert page.said == ["Beoordeeld: Noordster voldoet niet aan alle eisen."]
        else:
            page = await officer.send(sheet, "/assess", met_u1="yes", met_g1="yes", met_p1="yes")
    announced = await officer.send(await officer.get(f"/manager/commissions/{closed}/announce"), "/announce")
    assert announced.of_class("sp-step--now")[0].startswith("Wachttijd na de uitslag (nu) 3 september 2026")

    await world.at(STORY + timedelta(days=22))
    await world.commissioning("system").advance_commission(UUID(closed), Stage.FINAL, key())
    page = await officer.get(f"/manager/commissions/{closed}")
    form_page = await officer.get(next(link for link in page.links() if link.endswith("/agreement")))
    wrong = await officer.send(form_page, "/agreement", ceiling="veel")
    assert wrong.error("ceiling") == "Vul een bedrag in euro's in, bijvoorbeeld 85,10."
    drafted = await officer.send(wrong, "/agreement", ceiling="110.000,00")
    assert drafted.said == ["De overeenkomst ligt bij beide kanten. Lees hem en teken."]
    signed = await officer.send(drafted, "/sign")
    assert signed.said == ["Getekend. De overeenkomst wacht nu op de aanbieder."]
    assert "€ 110.000" in " ".join(signed.of_class("sp-fact"))
    await world.shown_at(STORY)


async def test_a_commission_is_written_and_withdrawn(world: World, read: Read) -> None:
    officer = await read(OFFICER)
    page = await officer.get("/manager/commissions/new")
    empty = await officer.send(page, "/new", municipalities=[])
    assert {"title", "scenario", "municipalities", "product_code_0"} <= _fields_in_error(empty)
    scenario = page.tree.xpath("//select[@name='scenario']/option[@value!='']/@value")[0]
    product = {
        "code": "02A03",
        "category": "02",
        "name": "Begeleiding",
        "law": "wmo",
        "unit": "hour",
        "variant": "effort",
    }
    values = {f"product_{part}_0": value for part, value in product.items()} | {
        "title": "Begeleiding in de wijk", "scenario": scenario, "municipalities": ["0252", "0268"],
        "product_tariff_0": "64,80", "requirement_text_0": "Start op tijd", "requirement_step_0": "performance",
        "valid_from": "2027-01-01", "valid_until": "2033-12-31",
    }  # fmt: skip
    long = await officer.send(empty, "/new", **values)
    assert "48 maanden" in long.error("duration_reason")
    draft = await officer.send(long, "/new", valid_until="2030-12-31")
    opened = await officer.send(await officer.get(f"{draft.url}/publish"), "/publish")
    assert opened.of_class("sp-step--now")[0].startswith("Vragen (nu) 28 augustus 2026")
    withdrawn = await officer.send(await officer.get(f"{draft.url}/withdraw"), "/withdraw", reason="Anders besloten")
    assert "Anders besloten" in " ".join(withdrawn.of_class("sp-step"))


async def test_figures_room_and_rounds(world: World, read: Read) -> None:
    officer = await read(OFFICER)
    figures = await officer.get("/manager/figures")
    assert len(figures.of_class("sp-figure")) == 12
    waiting = await officer.get("/manager/figures/5?period=quarter")
    assert "Bandbreedte: 20 tot 35 dagen" in waiting.text
    assert len(waiting.all("//*[@id='providers']//tbody/tr")) >= 6, "every provider with a start in the quarter"
    assert (await officer.file("/manager/figures/5/file.csv?period=quarter")).text.count("\n") == 9
    assert (await officer.get("/manager/figures/1")).status == 404
    planned = "De volgende ronde gaat vanzelf open op 3 augustus 2026: die over juli 2026."
    assert planned in (await officer.get("/manager/rounds")).text
    assert planned not in (await (await read("contract-manager-nijmegen")).get("/manager/rounds")).text
    free = await officer.get("/manager/providers?room=free&sort=provider")
    assert free.all("//tbody/tr/th")[0] == "Boerderij Klaverveld"

    rounds = await officer.get("/manager/rounds")
    again = await officer.send(rounds, "/rounds", month="")
    assert again.error("month") == "Kies een maand."
    opened = await officer.send(again, "/rounds", month="2026-07")
    assert opened.said == ["De ronde is open. 8 aanbieders zijn gevraagd te melden."]
    planner = await read("planner-waalwind")
    due = await planner.get("/outcomes")
    link = next(link for link in due.links() if link.startswith("/outcomes/rounds/"))
    closed = await planner.send(await planner.get(link), link)
    assert closed.said == ["Dank u wel. U heeft alles over juli 2026 gemeld."]
    assert "1 van de 8 aanbieders hebben gemeld" in (await officer.get("/manager/rounds")).text


# --- who reports


async def test_results_are_reported_by_form_and_by_file(world: World, read: Read) -> None:
    planner = await read("planner-kompas-kade")
    due = await planner.get("/outcomes")
    count = int(due.of_class("sp-count")[0])
    form = await planner.get(next(link for link in due.links() if link.count("/") == 2 and len(link) > 40))
    neither = await planner.send(form, form.url.rpartition("/")[2])
    assert neither.error("usefulness") == "Beantwoord ten minste één van de twee vragen."
    following = await planner.send(
        neither, form.url.rpartition("/")[2], button=("then", "next"), usefulness="8", without_help="04"
    )
    assert following.said[0].startswith("Gemeld. Dank u wel")
    assert following.title == "Een resultaat melden"
    assert following.url != form.url

    upload = await planner.get("/outcomes/upload")
    template = (await planner.file("/outcomes/upload/template")).text.removeprefix("\ufeff").splitlines()
    assert len(template) == count, "the head, and what is left"
    rows = [template[0], template[1].replace(";;", ";9;03"), template[2].replace(";;", ";11;")]
    files = {"file": ("resultaten.csv", "\n".join(rows).encode(), "text/csv")}
    wrong = await planner.send(upload, "/upload", button=("action", "import"), files=files)
    assert wrong.status == 422
    assert wrong.all("//tbody/tr") == ["3 usefulness Het nut is een heel cijfer van 1 tot en met 10, of leeg."]
    rows[2] = template[2].replace(";;", ";7;")
    files = {"file": ("resultaten.csv", "\n".join(rows).encode(), "text/csv")}
    checked = await planner.send(wrong, "/upload", button=("action", "check"), files=files)
    assert checked.said == ["Er is niets mis: 2 resultaten zijn nieuw, 0 zijn al bekend. Meld ze nu."]
    done = await planner.send(checked, "/upload", button=("action", "import"), files=files)
    assert done.said == ["2 resultaten zijn gemeld."]
    assert int(done.of_class("sp-count")[0]) == count - 3
    mirror = await planner.get("/outcomes/mirror")
    assert mirror.all("//h2") == ["Rijk van Nijmegen"]


# --- councils


async def test_anybody_reads_when_the_council_is_on_and_whether_it_gets_better(world: World, read: Read) -> None:
    visitor = await read()
    assert "Raad van Heumen" in (await visitor.get("/council")).text
    home = await visitor.get("/council/0252")
    assert home.title == "Raad van Heumen"
    assert home.all("//*[@id='turn-heading']") == ["U bent aan zet: Zienswijze ontwerpbegroting regio, nog 0 dagen"]
    assert home.of_class("sp-spotlight__term")[0].startswith("Dag 84 van 84, tot en met vrijdag 14 augustus 2026")
    assert len(home.of_class("sp-month")) == 12
    cards = home.of_class("sp-figure")
    assert len(cards) == 3
    withheld = [card for card in cards if "Te klein om te tonen" in card]
    assert withheld, "a goal about few people in a small municipality"
    assert all("Regio: " in card for card in withheld)
    assert any("Volledig" in card and "Onderbouwd" in card for card in cards)
    others = home.of_class("sp-line")
    assert len(cards) + len(others) >= 5, "a council sees at least five figures at home"
    assert all(any(word in other for word in ("Betrouwbaar", "Let op", "Nog niet bruikbaar")) for other in others)
    nijmegen = await visitor.get("/council/0268")
    assert nijmegen.one("//*[@id='turn-heading']") == "Nu het college."
    assert "U weer op 1 oktober 2026: Begroting 2027." in nijmegen.text

    figure = await visitor.get("/council/0268/figures/5")
    bars = figure.of_class("sp-bar")
    assert len(bars) == 8, "seven municipalities and the region"
    assert any(bar.startswith("Rijk van Nijmegen (regio)") for bar in bars)
    assert figure.all("//*[@id='history']//tbody/tr/th") == ["juni 2026", "mei 2026", "april 2026"]
    assert (await visitor.file("/council/0268/figures/5/file.csv")).text.count("\n") == 4
    calendar = await visitor.file("/council/0252/calendar.ics")
    assert calendar.text.count("BEGIN:VEVENT") == 4
    assert (await visitor.get("/council/x")).status == 404


async def test_a_question_is_asked_answered_and_followed_by_a_letter(world: World, read: Read) -> None:
    visitor = await read()
    asking = await visitor.get("/council/0252/questions/new?indicator=5")
    assert "login" in asking.url or "/sign-in" in asking.url or not asking.url.startswith(world.stack.url("portal"))
    stranger = await (await read("council-member-nijmegen")).get("/council/0252/questions/new")
    assert stranger.status == 403

    member = await read("council-member-heumen")
    form = await member.get("/council/0252/questions/new?indicator=5")
    empty = await member.send(form, "/new")
    assert empty.error("subject") == "Schrijf in één regel waar het over gaat."
    asked = await member.send(empty, "/new", subject="Komt er meer plek?", body="Wanneer?")
    assert asked.said == ["Gesteld. Het college antwoordt uiterlijk op 13 september 2026."]
    executive = await read("executive-heumen")
    home = await executive.get("/manager/home")
    assert any("Antwoord de raad: Komt er meer plek?" in task for task in home.of_class("sp-task"))
    answered = await executive.send(await executive.get(asked.url), asked.url.rpartition("/")[2], answer="In oktober.")
    assert "In oktober." in answered.of_class("sp-said")
    letter = await executive.send(
        await executive.get("/council/0252/letters/new"),
        "/new",
        title="Meer plekken",
        body="Twaalf erbij.",
        indicator="5",
    )
    assert letter.title == "Meer plekken"
    said = (await visitor.get("/council/0252/figures/5")).of_class("sp-promise")
    assert [line.split(" ")[0] for line in said[:2]] == ["Brief", "Beantwoord"], "beside the figure"


async def test_the_view_is_given_and_then_it_is_the_turn_of_the_executive(world: World, read: Read) -> None:
    clerk = await read("clerk-heumen")
    home = await clerk.get("/council/0252")
    moment = await clerk.get(home.tree.xpath("//section[contains(@class,'sp-spotlight')]//a/@href")[1])
    given = await clerk.send(moment, "/view", text="De raad stemt in.")
    assert given.of_class("sp-said") == ["De raad stemt in."]
    assert (await clerk.get("/council/0252")).one("//*[@id='turn-heading']") == "Nu het college."


async def test_a_clerk_plans_moments_and_writes_frames(world: World, read: Read) -> None:
    clerk = await read("clerk-wijchen")
    plan = await clerk.get("/council/0296/moments/new")
    wrong = await clerk.send(plan, "/new", title="Startnotitie", rule="Kader", term_days="0")
    assert {"kind", "term_days", "opens_on"} <= _fields_in_error(wrong)
    planned = await clerk.send(wrong, "/new", kind="report", term_days="14", opens_on="2026-08-10")
    assert planned.said == ["Gepland. De laatste dag is 24 augustus 2026."]
    done = await clerk.send(planned, "/conclusion", outcome="Met algemene stemmen aangenomen")
    assert done.of_class("sp-badge")[0] == "Afgerond"
    form = await clerk.get("/council/0296/frames/new")
    values = {"title": "Samen redzaam", "first_year": "2026", "last_year": "2029", "goal_0": "Op tijd hulp"}
    bare = await clerk.send(form, "/new", **values)
    assert "Kies de cijfers" in bare.error("indicators_0")
    draft = await clerk.send(bare, "/new", indicators_0=["5", "6"])
    assert "Concept" in draft.text
    adopt = next(link for link in draft.links() if link.endswith("/adopt"))
    adopted = await clerk.send(await clerk.get(adopt), "/adopt")
    assert adopted.all("//h3") == ["Op tijd hulp"]


# --- who may not, and how it looks


@pytest.mark.parametrize(
    ("person", "path"),
    [
        ("planner-waalwind", "/manager/home"),
        ("council-member-heumen", "/manager/agreements"),
        ("contract-manager-heumen", "/outcomes"),
        ("executive-heumen", "/manager/scenarios/new"),
        ("clerk-heumen", "/council/0268/frames/new"),
        ("executive-nijmegen", "/council/0252/letters/new"),
    ],
)
async def test_who_has_no_business_there_is_told_so(read: Read, person: str, path: str) -> None:
    assert (await (await read(person)).get(path)).status == 403


async def test_pages_of_commissioners_are_accessible(world: World, window: Open) -> None:
    reiger, scenarios = await agreement_with(world, REIGER.agb), await world.commissioning(OFFICER).scenarios()
    closed = await commission(world, "Dagbesteding in de buurt")
    async with window(OFFICER, "/help") as opened:
        for path in (
            "/manager/home", "/manager/agreements", f"/manager/agreements/{reiger}", "/manager/agreements/import",
            "/manager/scenarios", f"/manager/scenarios/{scenarios.items[-1].scenario_id}", "/manager/scenarios/new",
            "/manager/commissions", f"/manager/commissions/{closed}", "/manager/commissions/new", "/manager/providers",
            "/manager/figures", "/manager/figures/6", "/manager/figures/27", "/manager/rounds",
        ):  # fmt: skip
            await good(opened, path)


async def test_pages_of_councils_and_results_are_accessible(world: World, window: Open) -> None:
    async with window(None, "/help") as opened:
        for path in (
            "",
            "/0252",
            "/0252/figures",
            "/0252/figures/5",
            "/0252/questions",
            "/0252/frames",
            "/0252/moments",
        ):
            await good(opened, f"/council{path}")
    async with window("council-member-heumen", "/help") as opened:
        await good(opened, "/council/0252/questions/new?indicator=9")
    async with window("planner-de-zilveren-reiger", "/help") as opened:
        for path in ("/outcomes", "/outcomes/reported", "/outcomes/upload", "/outcomes/mirror"):
            await good(opened, path)


async def test_news_filters_and_uploads_work_without_a_new_page(world: World, window: Open) -> None:
    async with window(OFFICER, "/manager/home") as opened:
        page = opened.page
        await page.evaluate("window.same = true")
        await page.fill("#q", "waalwind")
        await page.get_by_role("button", name="Toon", exact=True).click()
        await expect(page.locator("#agreement-list tbody tr")).to_have_count(1)
        await expect(page).to_have_url(re.compile("q=waalwind"))
        same = await page.evaluate("window.same")
        assert same, "only the list was replaced"
        officer = world.commissioning(OFFICER)
        (story,) = [each for each in (await officer.scenarios()).items if each.title == "Dichtbij, tenzij"]
        outcome = DesiredOutcome(indicator=9, title="Minder uitval", upper=10, year=2029)
        text = ScenarioText(title="Dichterbij", story="Nog verder.", municipalities=story.municipalities,
                            frames=story.frames, outcomes=(outcome,))  # fmt: skip
        draft = await officer.draft_scenario(text, key())
        await officer.publish_scenario(draft.scenario_id, key())
        first = page.locator("#changes li").first
        await expect(first).to_contain_text("Verhaal gepubliceerd: Dichterbij.")
        assert opened.complaints == []
    async with window(OFFICER, "/manager/agreements/import") as opened:
        file = {"name": "x.xlsx", "mimeType": XLSX, "buffer": agreements_workbook(world)}
        await opened.page.set_input_files("#field-file", [file])  # type: ignore[list-item]
        await opened.page.get_by_role("button", name="Bestand controleren").click()
        await expect(opened.page.locator("#upload .utrecht-alert--ok")).to_contain_text("Het bestand klopt")
        await expect(opened.page.locator("#upload [data-focus]")).to_be_focused()


def _fields_in_error(page: Page) -> set[str]:
    return {name.removeprefix("error-") for name in page.tree.xpath("//*[starts-with(@id, 'error-')]/@id")}
