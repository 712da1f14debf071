"""Before the story: the region, its providers, the frames of seven councils, running agreements and the commission.

Everything goes through the services' own interfaces, as its users would do it.
"""

import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from deploy.demo.cast import Cast
from deploy.demo.clock import BusinessClock
from deploy.demo.region import (
    DAY_ACTIVITIES,
    KLAVERVELD,
    MOLENRAD,
    MUNICIPALITIES,
    NOORDSTER,
    PROVIDERS,
    REGION_ID,
    REGION_NAME,
    DemoProvider,
    slug,
)
from services.commissioning import commands
from services.commissioning.domain.admission import ApplicationText, Judgement, RequirementAnswer
from services.commissioning.domain.commission import CommissionText, Requirement, Step, Terms
from services.commissioning.domain.model import OfferedProduct
from services.commissioning.domain.scenario import DesiredOutcome, Scenario
from services.commissioning.domain.workbook import AGREEMENTS, LAW_WORDS, TARIFFS, UNIT_WORDS, VARIANT_WORDS

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BEGIN = datetime(2026, 5, 22, 9, tzinfo=AMSTERDAM)
"""Friday 22 May 2026: the joint draft budget goes to the councils, and the commission is prepared."""
STORY = datetime(2026, 8, 14, 9, tzinfo=AMSTERDAM)
"""Friday 14 August 2026, the day on which the story begins."""
NEW_AGREEMENTS = date(2026, 8, 10)

REQUIREMENTS = (
    Requirement(code="u1", step=Step.EXCLUSION, text="Geen veroordeling, faillissement of belastingschuld."),
    Requirement(code="g1", step=Step.SUITABILITY, text="Ervaring met dagbesteding in een buurthuis of op een erf."),
    Requirement(code="p1", step=Step.PERFORMANCE, text="Ten minste 40 % van de plekken ligt dicht bij huis."),
)
STORY_TEXT = (
    "In 2029 groeit een kind hier zo gewoon mogelijk op, en heeft wie steun nodig heeft een zinvolle dag dicht bij "
    "huis. Wij zeggen waarheen en waarom; u bepaalt hoe. Wij vragen alleen wat we samen gebruiken om te leren. Wat "
    "werkt, mag worden overgenomen."
)


async def found_region(cast: Cast) -> None:
    """The seven municipalities commission together; the eight fictional providers join."""
    members = tuple(
        commands.RegionMunicipality(code=each.code, name=each.name, inhabitants=each.inhabitants)
        for each in MUNICIPALITIES
    )
    region = commands.FormRegion(region_id=REGION_ID, name=REGION_NAME, municipalities=members)
    await cast.officer.commissioning.form_region(region, cast.key())
    for provider in PROVIDERS:
        joins = commands.RegisterProvider(agb=provider.agb, name=provider.name, fictional=True)
        await cast.administrator(provider).commissioning.register_provider(joins, cast.key())


async def import_agreements(cast: Cast) -> int:
    """Running agreements and tariffs from a workbook; gives how many."""
    book = Workbook()
    agreements = book.active
    if agreements is None:
        raise RuntimeError("a new workbook has a sheet")
    agreements.title = AGREEMENTS.title.nl
    agreements.append([column.header.nl for column in AGREEMENTS.columns])
    tariffs = book.create_sheet(TARIFFS.title.nl)
    tariffs.append([column.header.nl for column in TARIFFS.columns])
    codes = ",".join(each.code for each in MUNICIPALITIES)
    for provider in PROVIDERS:
        reference = f"RvN-{provider.agb}"
        until = date(2026, 8, 9) if provider in (MOLENRAD, KLAVERVELD) else date(2028, 12, 31)
        cells = {
            "reference": reference,
            "agb": provider.agb,
            "provider": provider.name,
            "municipalities": codes,
            "valid_from": date(2022, 1, 1),
            "valid_until": until,
            "ceiling": provider.ceiling_cents / 100,
        }
        agreements.append([cells.get(column.key) for column in AGREEMENTS.columns])
        product = provider.product
        cells = {
            "reference": reference,
            "product_code": product.code,
            "category": product.category,
            "name": product.name,
            "law": LAW_WORDS[product.law].nl,
            "unit": UNIT_WORDS[product.unit].nl,
            "variant": VARIANT_WORDS[product.variant].nl,
            "tariff": product.tariff_cents / 100,
        }
        tariffs.append([cells.get(column.key) for column in TARIFFS.columns])
    content = io.BytesIO()
    book.save(content)
    report = await cast.officer.commissioning.import_agreements(content.getvalue(), cast.key())
    return len(report.agreements)


async def publish_scenario(cast: Cast) -> Scenario:
    """*Dichtbij, tenzij*: a story and three outcomes with their bands, citing the frames of the councils."""
    officer = cast.officer.commissioning
    text = commands.ScenarioText(
        title="Dichtbij, tenzij",
        story=STORY_TEXT,
        municipalities=tuple(each.code for each in MUNICIPALITIES),
        frames=tuple(frame.frame_id for frame in await officer.frames()),
        outcomes=(
            DesiredOutcome(indicator=6, title="80 % start binnen de norm", lower=80, year=2029),
            DesiredOutcome(indicator=9, title="Hoogstens 12 % stopt voortijdig", upper=12, year=2029),
            DesiredOutcome(indicator=31, title="40 % van de dagbesteding in de buurt", lower=40, year=2029),
        ),
    )
    draft = await officer.draft_scenario(text, cast.key())
    return await officer.publish_scenario(draft.scenario_id, cast.key())


async def commission_day_activities(cast: Cast, clock: BusinessClock, scenario: Scenario) -> list[str]:
    """The joint commission, from publication to signed agreements; gives the ids of the agreements."""
    officer = cast.officer.commissioning
    text = CommissionText(
        scenario_id=scenario.scenario_id,
        title="Dagbesteding in de buurt",
        municipalities=tuple(each.code for each in MUNICIPALITIES),
        products=(
            OfferedProduct(
                product_code=DAY_ACTIVITIES.code,
                category=DAY_ACTIVITIES.category,
                name=DAY_ACTIVITIES.name,
                law=DAY_ACTIVITIES.law,
                unit=DAY_ACTIVITIES.unit,
                tariff_cents=DAY_ACTIVITIES.tariff_cents,
                variant=DAY_ACTIVITIES.variant,
            ),
        ),
        requirements=REQUIREMENTS,
        terms=Terms(question_working_days=5, application_working_days=15, assessment_working_days=10),
        valid_from=NEW_AGREEMENTS,
        valid_until=date(2029, 12, 31),
    )
    draft = await officer.draft_commission(text, cast.key())
    commission = await officer.publish_commission(draft.commission_id, cast.key())
    applicants = (MOLENRAD, KLAVERVELD, NOORDSTER)
    for provider in applicants:
        answers = tuple(RequirementAnswer(code=each.code, text="Ja, zie de bijlage.") for each in REQUIREMENTS)
        application = ApplicationText(products=(DAY_ACTIVITIES.code,), answers=answers)
        await cast.administrator(provider).commissioning.submit_application(
            commission.commission_id, application, cast.key()
        )
    if commission.applications_due is None:
        raise RuntimeError("a published commission has a term for applications")
    await clock.quiet()
    await clock.advance(commission.applications_due)
    for one in await officer.applications(commission.commission_id):
        await officer.assess_application(one.application_id, _judgements(one.provider), cast.key())
    await officer.announce_assessment(commission.commission_id, cast.key())
    await clock.quiet()
    await clock.advance(datetime(2026, 7, 20, 9, tzinfo=AMSTERDAM).astimezone(UTC))
    signed = []
    for one in await officer.applications(commission.commission_id):
        if one.provider == NOORDSTER.agb:
            continue
        ceiling = 80_000_000 if one.provider == MOLENRAD.agb else 11_000_000
        agreement = await officer.draft_agreement(one.application_id, cast.key(), ceiling_cents=ceiling)
        await officer.sign_agreement(agreement.agreement_id, cast.key())
        provider = MOLENRAD if one.provider == MOLENRAD.agb else KLAVERVELD
        await cast.administrator(provider).commissioning.sign_agreement(agreement.agreement_id, cast.key())
        signed.append(str(agreement.agreement_id))
    return signed


def _judgements(provider: str) -> list[Judgement]:
    """Noordster has no experience with day activities: it stops at the second step."""
    if provider == NOORDSTER.agb:
        ground = "Er is nog geen ervaring met dagbesteding."
        return [Judgement(code="u1", met=True), Judgement(code="g1", met=False, ground=ground)]
    return [Judgement(code=each.code, met=True) for each in REQUIREMENTS]


async def state_capacities(cast: Cast) -> None:
    """Every provider says how many places it has, how many are free, how long the wait is, and where it is."""
    for position, provider in enumerate(PROVIDERS):
        capacity = commands.StateCapacity(
            product_code=provider.product.code,
            places=provider.places,
            free=max(2, provider.places // 20),
            wait_days=provider.wait_days,
        )
        await cast.planner(provider).commissioning.state_capacity(capacity, cast.key())
        home = MUNICIPALITIES[position % len(MUNICIPALITIES)].code
        await cast.planner(provider).referral.state_locations([home])


def council_people(municipality: str) -> tuple[str, str]:
    """The ids of the clerk and a council member of a municipality."""
    return f"clerk-{slug(municipality)}", f"council-member-{slug(municipality)}"


def provider_of(agb: str) -> DemoProvider:
    """The provider with this AGB code."""
    return next(provider for provider in PROVIDERS if provider.agb == agb)
