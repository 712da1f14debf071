"""A small region on the real stack, set up through the services' own interfaces, for pages to be looked at."""

import asyncio
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from uuid import UUID, uuid4

import asyncpg
import httpx
from babel.dates import format_date
from openpyxl import Workbook

from contracts.events.declarations import AmountSpent, DeclarationAnswered
from deploy.demo.history import PastTrajectory, as_csv, outcomes_csv, trajectories
from deploy.demo.region import MUNICIPALITIES, PROVIDERS, REGION_ID, REGION_NAME, DemoProvider
from deploy.local.supervisor import Stack
from services.commissioning.client import (
    ApplicationText,
    Commission,
    CommissioningClient,
    CommissionText,
    DesiredOutcome,
    FormRegion,
    OfferedProduct,
    RegionMunicipality,
    RegisterProvider,
    Requirement,
    RequirementAnswer,
    Scenario,
    ScenarioText,
    Stage,
    StateCapacity,
    Step,
    Terms,
)
from services.commissioning.domain.workbook import AGREEMENTS, LAW_WORDS, TARIFFS, UNIT_WORDS
from services.commissioning.projections import PROJECTIONS as COMMISSIONING_PROJECTIONS
from services.council.client import CouncilClient, FrameText, GoalText, LetterText, MomentText, QuestionText
from services.council.projections import PROJECTIONS as COUNCIL_PROJECTIONS
from services.kit.actor import Actor
from services.kit.database import Database
from services.monitoring.client import MonitoringClient
from services.monitoring.projections import PROJECTIONS as MONITORING_PROJECTIONS
from services.referral.client import ReferralClient
from tests.web.pages_manager_council.reader import Reader

OFFICER = "regional-officer-rijk-van-nijmegen"
STORY = datetime(2026, 8, 14, 7, 30, tzinfo=UTC)
"""Friday 14 August 2026, half past nine in the morning."""
PATIENCE_SECONDS = 60


@dataclass
class World:
    """A running stack with everybody's clients, and a business clock that moves at once."""

    stack: Stack
    http: httpx.AsyncClient

    def commissioning(self, person: str) -> CommissioningClient:
        """Commissioning as one demo person sees it."""
        return CommissioningClient(self.stack.url("commissioning"), self.http).acting_for(self._token(person))

    def monitoring(self, person: str) -> MonitoringClient:
        """Monitoring as one demo person sees it."""
        return MonitoringClient(self.stack.url("monitoring"), self.http).acting_for(self._token(person))

    def council(self, person: str) -> CouncilClient:
        """The council service as one demo person sees it."""
        return CouncilClient(self.stack.url("council"), self.http).acting_for(self._token(person))

    @property
    def referral(self) -> ReferralClient:
        """Referral as Samenspel itself sees it."""
        return ReferralClient(self.stack.url("referral"), self.http).acting_for(self.stack.system_token())

    def _token(self, person: str) -> str:
        return self.stack.system_token() if person == "system" else self.stack.token(person)

    @cached_property
    def past(self) -> list[PastTrajectory]:
        """A part of the history of the demonstration: enough for figures, few enough for some to be withheld."""
        return trajectories()[::6]

    def ceiling(self, provider: DemoProvider) -> int:
        """A ceiling in cents of which the first provider has committed some 72 %, and the others about half."""
        units = sum(
            each.volume for each in self.past if each.provider == provider and each.starts_on.year == STORY.year
        )
        share = 0.72 if provider == PROVIDERS[0] else 0.49 + 0.02 * PROVIDERS.index(provider)
        return round(units * provider.product.tariff_cents / share)

    async def at(self, moment: datetime) -> None:
        """Set business time."""
        connection = await asyncpg.connect(self.stack.admin_url)
        try:
            await connection.execute('update clock.business_clock set "offset" = $1 - pg_catalog.now()', moment)
        finally:
            await connection.close()

    async def shown_at(self, moment: datetime) -> None:
        """Set business time and wait until the portal shows it: that asks for the time every second."""
        await self.at(moment)
        day, give_up = format_date(moment, "EEEE d MMMM y", locale="nl"), time.monotonic() + PATIENCE_SECONDS
        async with httpx.AsyncClient(base_url=self.stack.url("portal"), follow_redirects=True, timeout=30) as client:
            officer = await Reader(client).sign_in(OFFICER)
            while day not in (await officer.get("/manager/home")).text:
                assert time.monotonic() < give_up, f"the portal does not come to {day}"
                await asyncio.sleep(0.1)

    async def settle(self) -> None:
        """Wait until every read model has seen every event."""
        kinds = [("commissioning", kind) for kind in COMMISSIONING_PROJECTIONS]
        kinds += [("monitoring", kind) for kind in MONITORING_PROJECTIONS]
        kinds += [("council", kind) for kind in COUNCIL_PROJECTIONS]
        connection = await asyncpg.connect(self.stack.admin_url)
        give_up = time.monotonic() + PATIENCE_SECONDS
        try:
            while True:
                behind = 0
                for schema, kind in kinds:
                    for source in kind.sources:
                        behind += await connection.fetchval(
                            f"select count(*) from {source.service}.log_head head"
                            f" left join {schema}.consumer_position place on place.partition = head.partition"
                            f" and place.group_name = $1 and place.source = $2"
                            f" where head.last > coalesce(place.last, 0)",
                            kind.group,
                            source.service,
                        )
                if not behind:
                    return
                assert time.monotonic() < give_up, f"{behind} partitions are still behind"
                await asyncio.sleep(0.1)
        finally:
            await connection.close()


def key() -> str:
    """A fresh idempotency key."""
    return str(uuid4())


def agreements_workbook(world: World) -> bytes:
    """The running agreements of the eight providers, as the region would bring them."""
    book = Workbook()
    heads = book.active
    assert heads is not None
    heads.title = AGREEMENTS.title.nl
    heads.append([column.header.nl for column in AGREEMENTS.columns])
    tariffs = book.create_sheet(TARIFFS.title.nl)
    tariffs.append([column.header.nl for column in TARIFFS.columns])
    for number, provider in enumerate(PROVIDERS):
        reference, product = f"RvN-{provider.agb}", provider.product
        head = {
            "reference": reference,
            "agb": provider.agb,
            "provider": provider.name,
            "municipalities": ",".join(each.code for each in MUNICIPALITIES),
            "valid_from": date(2022, 1, 1),
            "valid_until": date(2027, 2, 28 - number) if number % 3 == 0 else date(2028, 12, 31),
            "ceiling": round(world.ceiling(provider) / 100, -3),
        }
        heads.append([head.get(column.key) for column in AGREEMENTS.columns])
        line = {
            "reference": reference,
            "product_code": product.code,
            "category": product.category,
            "name": product.name,
            "law": LAW_WORDS[product.law].nl,
            "unit": UNIT_WORDS[product.unit].nl,
            "tariff": product.tariff_cents / 100,
        }
        tariffs.append([line.get(column.key) for column in TARIFFS.columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def found_region(world: World) -> None:
    """The region, its providers, their agreements, their room, and the care of the past."""
    await world.at(STORY)
    officer = world.commissioning(OFFICER)
    members = tuple(
        RegionMunicipality(code=each.code, name=each.name, inhabitants=each.inhabitants) for each in MUNICIPALITIES
    )
    region = FormRegion(region_id=REGION_ID, name=REGION_NAME, municipalities=members)
    await officer.form_region(region, key())
    system = world.commissioning("system")
    for provider in PROVIDERS:
        joins = RegisterProvider(agb=provider.agb, name=provider.name, fictional=True)
        await system.register_provider(joins, key())
        planner = world.commissioning(f"planner-{provider.slug}")
        room = StateCapacity(
            product_code=provider.product.code, places=provider.places, free=3, wait_days=provider.wait_days
        )
        await planner.state_capacity(room, key())
    await officer.import_agreements(agreements_workbook(world), key())
    await world.settle()
    await world.referral.import_trajectories(as_csv(world.past), idempotency_key=key())
    await world.settle()


DECLARED = {"2026-04": 6_100_25, "2026-05": 5_850_50, "2026-06": 6_425_75}
"""What the first provider declared per month of care and municipality, in cents, in this small region."""


async def declare(world: World) -> None:
    """Declarations of the first provider were answered, as the event log of referral tells; with one line rejected."""
    provider = PROVIDERS[0]
    received = datetime(2026, 7, 20, 8, tzinfo=UTC)
    async with (
        await Database.open(world.stack.database_url("referral"), "referral", size=2) as database,
        database.unit(Actor.system()) as unit,
    ):
        for number, municipality in enumerate(MUNICIPALITIES, start=1):
            for month, cents in DECLARED.items():
                about = {
                    "declaration_id": unit.new_id(), "municipality": municipality.code, "provider": provider.agb,
                }  # fmt: skip
                first, spent = date.fromisoformat(f"{month}-01"), cents // number
                spending = AmountSpent(
                    **about, product_code=provider.product.code, month=first, unit=provider.product.unit,
                    volume=spent // provider.product.tariff_cents, cents=spent, lines=40,
                )  # fmt: skip
                answer = DeclarationAnswered(
                    **about, law=provider.product.law, period=first, submitted_cents=spent + 8510, granted_cents=spent,
                    rejected_cents=8510, lines=41, rejected_lines=1, return_codes=("9030",), received_at=received,
                    answer_due=received + timedelta(days=14), answered_at=received + timedelta(days=2),
                )  # fmt: skip
                for event in (answer, spending):
                    unit.emit(event.declaration_id, event, [f"municipality:{municipality.code}"])
    await world.settle()


async def release_figures(world: World, months: Sequence[str]) -> list[UUID]:
    """Outcomes are reported and the figures of these months released, the last one just before the story."""
    system = world.monitoring("system")
    await system.import_outcomes(outcomes_csv(world.past).encode(), idempotency_key=key())
    officer, rounds = world.monitoring(OFFICER), []
    await world.at(datetime(2026, 7, 15, 7, tzinfo=UTC))
    for month in months:
        rounds.append(await officer.open_round(REGION_ID, month, idempotency_key=key()))
    for provider in PROVIDERS[:-1]:
        planner = world.monitoring(f"planner-{provider.slug}")
        for each in rounds:
            await planner.declare_reported(each.round_id, idempotency_key=key())
    for each in rounds:
        await world.at(max(each.closes_at, each.publish_at))
        await system.close_round(each.round_id, idempotency_key=key())
        await system.publish_round(each.round_id, idempotency_key=key())
    await world.settle()
    return [each.round_id for each in rounds]


HEUMEN = "0252"
GOALS = (
    GoalText(title="Sneller passende hulp", indicators=(5, 6)),
    GoalText(title="Minder vaak voortijdig gestopt", indicators=(9,)),
    GoalText(title="Vaker verder zonder hulp", indicators=(12,)),
)
STORY_TEXT = (
    "In 2029 groeit een kind hier zo gewoon mogelijk op, en heeft wie steun nodig heeft een zinvolle dag dicht bij "
    "huis.\n\nWij zeggen waarheen en waarom; u bepaalt hoe. Wij vragen alleen wat we samen gebruiken om te leren."
)


async def open_councils(world: World) -> None:
    """The councils of Heumen and Nijmegen: a frame, a view that ends today, questions, an answer and a letter."""
    await world.at(datetime(2026, 5, 22, 7, tzinfo=UTC))
    for slug, year in (("heumen", 2026), ("nijmegen", 2026)):
        clerk = world.council(f"clerk-{slug}")
        frame = FrameText(
            title="Dichtbij, tenzij",
            introduction="Wat de raad belangrijk vindt, staat hier in drie doelen. Hoe het gebeurt, is aan anderen.",
            first_year=year,
            last_year=2029,
            goals=GOALS,
        )
        draft = await clerk.draft_frame(frame, key())
        await clerk.adopt_frame(draft.frame_id, key())
        for kind, title, opens, days, rule in (
            ("view", "Zienswijze ontwerpbegroting regio", date(2026, 5, 22), 84, "Wgr art. 35: 12 weken"),
            ("budget", "Begroting 2027", date(2026, 10, 1), 42, "Gemeentewet art. 191"),
            ("report", "Voortgang jeugd en Wmo", date(2027, 2, 4), 28, "Kader, hoofdstuk 4"),
            ("accounts", "Jaarrekening 2026", date(2027, 5, 20), 42, "Gemeentewet art. 198"),
        ):
            moment = MomentText(kind=kind, title=title, opens_on=opens, term_days=days, rule=rule,
                                explanation="De notitie telt vier bladzijden.",
                                note_url="https://example.org/notitie")  # fmt: skip
            if slug == "heumen" or kind != "view":
                await clerk.schedule_moment(moment, key())
    await world.settle()


async def ask_and_answer(world: World) -> None:
    """Two questions of Heumen, one answered; and a letter."""
    member, executive = world.council("council-member-heumen"), world.council("executive-heumen")
    await world.at(datetime(2026, 7, 28, 8, tzinfo=UTC))
    first = await member.ask_question(
        QuestionText(subject="Waarom wachten gezinnen langer?", indicator=5,
                     body="De wachttijd daalt, maar blijft boven de norm. Wat doet het college?"), key())  # fmt: skip
    await executive.answer_question(
        first.question_id,
        "Wij spreken met drie aanbieders over extra plekken. In oktober hoort u het resultaat.",
        key(),
    )
    await world.at(datetime(2026, 8, 10, 8, tzinfo=UTC))
    await member.ask_question(
        QuestionText(subject="Hoe staat het met dagbesteding in de buurt?",
                     body="Komt de toelating op tijd rond?"), key())  # fmt: skip
    letter = LetterText(title="Stand van zaken jeugdhulp", body="De wachttijd daalt voor het derde kwartaal op rij.")
    await executive.send_letter(letter, key())


REQUIREMENTS = (
    Requirement(code="u1", step=Step.EXCLUSION, text="Geen veroordeling, faillissement of belastingschuld."),
    Requirement(code="g1", step=Step.SUITABILITY, text="Ervaring met dagbesteding in een buurthuis of op een erf."),
    Requirement(code="p1", step=Step.PERFORMANCE, text="Ten minste 40 % van de plekken ligt dicht bij huis."),
)


async def publish_story(world: World) -> Scenario:
    """The story with three bands, within the frames of the councils."""
    officer = world.commissioning(OFFICER)
    text = ScenarioText(
        title="Dichtbij, tenzij",
        story=STORY_TEXT,
        municipalities=tuple(each.code for each in MUNICIPALITIES),
        frames=tuple(frame.frame_id for frame in await officer.frames()),
        outcomes=(
            DesiredOutcome(indicator=5, title="Hulp begint binnen vijf weken", lower=20, upper=35, year=2029),
            DesiredOutcome(indicator=6, title="80 % start binnen de norm", lower=80, year=2029),
            DesiredOutcome(indicator=9, title="Hoogstens 12 % stopt voortijdig", upper=12, year=2029),
        ),
    )
    draft = await officer.draft_scenario(text, key())
    return await officer.publish_scenario(draft.scenario_id, key())


async def open_commission(world: World, scenario: Scenario, title: str) -> Commission:
    """A commission that is open for questions and applications."""
    officer, product = world.commissioning(OFFICER), PROVIDERS[4].product
    text = CommissionText(
        scenario_id=scenario.scenario_id,
        title=title,
        municipalities=tuple(each.code for each in MUNICIPALITIES),
        products=(
            OfferedProduct(product_code=product.code, category=product.category, name=product.name, law=product.law,
                           unit=product.unit, tariff_cents=product.tariff_cents),
        ),
        requirements=REQUIREMENTS,
        terms=Terms(question_working_days=5, application_working_days=15, assessment_working_days=10),
        valid_from=date(2027, 1, 1),
        valid_until=date(2029, 12, 31),
    )  # fmt: skip
    draft = await officer.draft_commission(text, key())
    return await officer.publish_commission(draft.commission_id, key())


async def run_commissions(world: World, scenario: Scenario) -> tuple[Commission, Commission]:
    """One commission with applications to assess, and one with a question to answer."""
    system = world.commissioning("system")
    await world.at(datetime(2026, 7, 13, 7, tzinfo=UTC))
    closed = await open_commission(world, scenario, "Dagbesteding in de buurt")
    for provider in (PROVIDERS[4], PROVIDERS[5], PROVIDERS[7]):
        answers = tuple(RequirementAnswer(code=each.code, text="Ja, zie de bijlage.") for each in REQUIREMENTS)
        application = ApplicationText(products=(PROVIDERS[4].product.code,), answers=answers)
        applicant = world.commissioning(f"administrator-{provider.slug}")
        await applicant.submit_application(closed.commission_id, application, key())
    assert closed.questions_due is not None
    assert closed.applications_due is not None
    await world.at(closed.questions_due)
    await system.advance_commission(closed.commission_id, Stage.ANSWERED, key())
    await world.at(closed.applications_due)
    await system.advance_commission(closed.commission_id, Stage.CLOSED, key())
    await world.at(datetime(2026, 8, 12, 7, tzinfo=UTC))
    fresh = await open_commission(world, scenario, "Begeleiding thuis")
    asker = world.commissioning("administrator-noordster")
    await asker.ask_question(fresh.commission_id, "Mogen wij samen met een buurthuis inschrijven?", key())
    await world.settle()
    return closed, fresh


async def build(world: World) -> None:
    """Everything, up to the morning of the story."""
    await found_region(world)
    await declare(world)
    await open_councils(world)
    scenario = await publish_story(world)
    await release_figures(world, ["2026-04", "2026-05", "2026-06"])
    await run_commissions(world, scenario)
    await ask_and_answer(world)
    await world.shown_at(STORY)
