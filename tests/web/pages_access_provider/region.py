"""A small region on a running stack, set up through the services' own interfaces: agreements, places, a commission."""

import io
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import uuid4

import asyncpg
import httpx
from openpyxl import Workbook

from deploy.demo.region import FAMILY_HOME, GUIDANCE, MENTAL_HEALTH, MUNICIPALITIES, OUTPATIENT, REGION_ID, REGION_NAME
from deploy.local.supervisor import Stack
from services.commissioning import commands
from services.commissioning.client import CommissioningClient, Stage
from services.commissioning.domain.commission import Commission, CommissionText, Requirement, Step
from services.commissioning.domain.model import OfferedProduct
from services.commissioning.domain.scenario import DesiredOutcome
from services.commissioning.domain.workbook import AGREEMENTS, LAW_WORDS, TARIFFS, UNIT_WORDS
from services.kit.working_days import local_date
from services.referral.client import ReferralClient
from services.referral.domain.identity import fictional_bsn

OFFICER = "regional-officer-rijk-van-nijmegen"
NIJMEGEN = "access-worker-nijmegen"
REIGER, KOMPAS = "73730001", "73730002"
PLANNER = "planner-de-zilveren-reiger"
ADMINISTRATOR = "administrator-de-zilveren-reiger"
NAMES = ("Jansen", "de Vries", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "de Boer", "Bos", "Peters")
REQUIREMENTS = (
    Requirement(code="u1", step=Step.EXCLUSION, text="Geen veroordeling, faillissement of belastingschuld."),
    Requirement(code="g1", step=Step.SUITABILITY, text="Ervaring met jeugdhulp in een buurthuis of op school."),
)


def this_day() -> date:
    """The day in the Netherlands: what people and the portal mean by today. In UTC that can still be yesterday."""
    return local_date(datetime.now(UTC))


@dataclass
class Region:
    """The people of the region with their clients."""

    stack: Stack
    http: httpx.AsyncClient
    keys: "count[int]" = field(default_factory=count)

    def key(self) -> str:
        return f"region-{next(self.keys)}"

    def _token(self, person: str) -> Callable[[], Awaitable[str]]:
        async def token() -> str:
            return self.stack.system_token() if person == "system" else self.stack.token(person)

        return token

    def commissioning(self, person: str) -> CommissioningClient:
        return CommissioningClient(self.stack.url("commissioning"), self.http, self._token(person))

    def referral(self, person: str) -> ReferralClient:
        return ReferralClient(self.stack.url("referral"), self.http, self._token(person))

    async def sql(self, query: str, *values: object) -> None:
        connection = await asyncpg.connect(self.stack.admin_url)
        try:
            await connection.execute(query, *values)
        finally:
            await connection.close()

    async def rows(self, query: str, *values: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.stack.admin_url)
        try:
            return await connection.fetch(query, *values)
        finally:
            await connection.close()

    async def back(self, days: int) -> None:
        """Set business time so many days back; 0 is now."""
        await self.sql('update clock.business_clock set "offset" = $1', timedelta(days=-days))

    async def found(self) -> None:
        """Municipalities, two providers with agreements, places, and a wait until referral knows them."""
        officer = self.commissioning(OFFICER)
        members = tuple(
            commands.RegionMunicipality(code=each.code, name=each.name, inhabitants=each.inhabitants)
            for each in MUNICIPALITIES
        )
        region = commands.FormRegion(region_id=REGION_ID, name=REGION_NAME, municipalities=members)
        await officer.form_region(region, self.key())
        for person, agb, name in (
            (ADMINISTRATOR, REIGER, "De Zilveren Reiger"),
            ("administrator-kompas-kade", KOMPAS, "Kompas & Kade"),
        ):
            joins = commands.RegisterProvider(agb=agb, name=name, fictional=True)
            await self.commissioning(person).register_provider(joins, self.key())
        await officer.import_agreements(_workbook(), self.key())
        for person, wait, free in ((PLANNER, 44, 21), ("planner-kompas-kade", 12, 3)):
            stated = commands.StateCapacity(product_code=OUTPATIENT.code, places=420, free=free, wait_days=wait)
            await self.commissioning(person).state_capacity(stated, self.key())
        began = time.monotonic()
        access = self.referral(NIJMEGEN)
        while len(await access.candidates("0268", OUTPATIENT.code)) < 2 or not await access.products("0268"):
            assert time.monotonic() - began < 30, "referral does not hear of the agreements"

    async def request(
        self,
        ordinal: int,
        product: str = OUTPATIENT.code,
        *,
        days: int = 7,
        by: str = NIJMEGEN,
        municipality: str = "0268",
    ) -> str:
        """Somebody is referred to De Zilveren Reiger; gives the journey."""
        today = this_day()
        body = {
            "municipality": municipality,
            "provider": REIGER,
            "person": {
                "bsn": fictional_bsn(ordinal).digits,
                "initials": "AB"[: 1 + ordinal % 2],
                "lastName": NAMES[ordinal % len(NAMES)],
                "birthDate": f"201{ordinal % 8}-05-0{1 + ordinal % 9}",
                "gender": "2",
                "address": {
                    "postcode": "6511AB",
                    "houseNumber": 10 + ordinal,
                    "street": "Fictieve Kade",
                    "town": "Nijmegen",
                },
                "phone": "0612345678",
            },
            "productCode": product,
            "volume": 3,
            "frequency": "week",
            "referrer": "general_practitioner",
            "referrerCode": "01010101",
            "desiredStart": str(today - timedelta(days=days)),
            "desiredEnd": str(today + timedelta(days=180)),
        }
        response = await self.referral(by).request("POST", "/referrals", body=body, idempotency_key=self.key())
        return str(response.json()["referralId"])

    async def grant(self, journey: str, by: str = NIJMEGEN) -> None:
        """The access team allocates exactly what was asked."""
        await self.referral(by).grant(journey, idempotency_key=self.key())  # type: ignore[arg-type]

    async def commission(self, title: str) -> Commission:
        """A commission that is open for questions and applications."""
        # What a council adopted is told by an event of the council service, which does not run here.
        await self.sql(
            "insert into commissioning.frame values ($1, '0268', 'Kader jeugd', 2026, 2029, '[]', now())",
            frame := uuid4(),
        )
        officer = self.commissioning(OFFICER)
        codes = tuple(each.code for each in MUNICIPALITIES)
        outcome = DesiredOutcome(indicator=6, title="80 % start binnen de norm", lower=80, year=2029)
        story = "In 2029 groeit een kind hier zo gewoon mogelijk op. Wij zeggen waarheen en waarom; u bepaalt hoe."
        text = commands.ScenarioText(
            title="Dichtbij, tenzij", story=story, municipalities=codes, frames=(frame,), outcomes=(outcome,)
        )
        scenario = await officer.draft_scenario(text, self.key())
        await officer.publish_scenario(scenario.scenario_id, self.key())
        product = OfferedProduct(
            product_code=MENTAL_HEALTH.code,
            category=MENTAL_HEALTH.category,
            name=MENTAL_HEALTH.name,
            law=MENTAL_HEALTH.law,
            unit=MENTAL_HEALTH.unit,
            tariff_cents=MENTAL_HEALTH.tariff_cents,
        )
        asked = CommissionText(
            scenario_id=scenario.scenario_id,
            title=title,
            municipalities=codes,
            products=(product,),
            requirements=REQUIREMENTS,
            valid_from=date(2027, 1, 1),
            valid_until=date(2029, 12, 31),
        )
        draft = await officer.draft_commission(asked, self.key())
        return await officer.publish_commission(draft.commission_id, self.key())

    async def agreement_to_sign(self) -> str:
        """A commission that ended weeks ago, whose agreement waits for the signature of De Zilveren Reiger."""
        from services.commissioning.domain.admission import ApplicationText, Judgement, RequirementAnswer

        officer, system = self.commissioning(OFFICER), self.commissioning("system")
        await self.back(120)
        commission = await self.commission("Jeugd-ggz in de wijk")
        answers = tuple(RequirementAnswer(code=each.code, text="Ja, zie de bijlage.") for each in REQUIREMENTS)
        await self.commissioning(ADMINISTRATOR).submit_application(
            commission.commission_id, ApplicationText(products=(MENTAL_HEALTH.code,), answers=answers), self.key()
        )
        await self.back(75)
        for stage in (Stage.ANSWERED, Stage.CLOSED):
            await system.advance_commission(commission.commission_id, stage, self.key())
        [application] = await officer.applications(commission.commission_id)
        judged = [Judgement(code=each.code, met=True) for each in REQUIREMENTS]
        await officer.assess_application(application.application_id, judged, self.key())
        await officer.announce_assessment(commission.commission_id, self.key())
        await self.back(0)
        await system.advance_commission(commission.commission_id, Stage.FINAL, self.key())
        agreement = await officer.draft_agreement(application.application_id, self.key(), ceiling_cents=80_000_000)
        await officer.sign_agreement(agreement.agreement_id, self.key())
        return str(agreement.agreement_id)


def _workbook() -> bytes:
    """Running agreements: De Zilveren Reiger with three products, Kompas & Kade with one of them."""
    book = Workbook()
    agreements = book.active
    assert agreements is not None
    agreements.title = AGREEMENTS.title.nl
    agreements.append([column.header.nl for column in AGREEMENTS.columns])
    tariffs = book.create_sheet(TARIFFS.title.nl)
    tariffs.append([column.header.nl for column in TARIFFS.columns])
    for agb, name, products in (
        (REIGER, "De Zilveren Reiger", (OUTPATIENT, GUIDANCE, FAMILY_HOME)),
        (KOMPAS, "Kompas & Kade", (OUTPATIENT,)),
    ):
        cells = {
            "reference": f"RvN-{agb}",
            "agb": agb,
            "provider": name,
            "municipalities": ",".join(each.code for each in MUNICIPALITIES),
            "valid_from": date(2022, 1, 1),
            "valid_until": date(2028, 12, 31),
            "ceiling": 2_600_000,
        }
        agreements.append([cells.get(column.key) for column in AGREEMENTS.columns])
        for product in products:
            line = {
                "reference": f"RvN-{agb}",
                "product_code": product.code,
                "category": product.category,
                "name": product.name,
                "law": LAW_WORDS[product.law].nl,
                "unit": UNIT_WORDS[product.unit].nl,
                "tariff": product.tariff_cents / 100,
                "start_means": "intake",
                "stop_means": "laatste contact",
            }
            tariffs.append([line.get(column.key) for column in TARIFFS.columns])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
